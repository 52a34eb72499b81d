"""What an evaluation is told of running resources: the store, and what its own deployment has made so far."""

from __future__ import annotations

from typing import Any

from amlctl.localarm import resources
from amlctl.localarm.ids import GROUP, SUBSCRIPTION, parse
from amlctl.localarm.refusals import Refused
from amlctl.localarm.wire import ANONYMOUS, Request
from amlctl.localarm.world import World


class Live:
    """Answers of a running deployment. `pending` are ids (lower case) that it will make and has not made yet.

    `outputs` are those of its finished nested deployments, with their secure values. `asked` collects ids that were
    asked for and do not exist.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.pending: set[str] = set()
        self.outputs: dict[str, dict[str, Any]] = {}
        self.absent: set[str] = set()

    def reference(self, id: str, api_version: str | None, full: bool) -> Any | None:  # noqa: A002
        """Give the resource's properties, or the whole resource when `full`; None while it is not there."""
        key = id.lower()
        if key in self.outputs:
            return {"properties": self.outputs[key]} if full else self.outputs[key]
        if key in self.pending:
            return None
        body = self._body(id)
        if body is None:
            self.absent.add(id)
            return None
        return _full(body, id, api_version) if full else body.get("properties") or {}

    def call(self, function: str, id: str, api_version: str | None, arguments: tuple[Any, ...]) -> Any | None:  # noqa: A002
        """Give what a list function answers."""
        if id.lower() in self.pending:
            return None
        found = parse(id)
        if found is None or resources.find(self._world, found) is None:
            self.absent.add(id)
            return None
        request = Request(
            "POST", f"{id}/{function}", {"api-version": api_version or ""}, {}, b"", "https://local", ANONYMOUS
        )
        try:
            return resources.act(self._world, request, found, function).body
        except Refused:
            return None

    def _body(self, id: str) -> dict[str, Any] | None:  # noqa: A002
        if "/providers/microsoft.resources/deployments/" in id.lower():
            return self._deployment(id)
        if GROUP.fullmatch(id):
            record = self._world.store.get("group", id.lower())
            return record["body"] if record else None
        if SUBSCRIPTION.fullmatch(id):
            return None
        found = parse(id)
        return resources.read(self._world, found) if found else None

    def _deployment(self, id: str) -> dict[str, Any] | None:  # noqa: A002
        from amlctl.localarm import records

        record = records.load(self._world, id)
        return records.shown(record) if record else None


def _full(body: dict[str, Any], id: str, api_version: str | None) -> dict[str, Any]:  # noqa: A002
    """Give the whole resource as ``reference(…, 'Full')`` does."""
    found = parse(id)
    more = {
        "apiVersion": api_version or "",
        "subscriptionId": found.subscription if found else "",
        "resourceGroupName": found.group if found else "",
        "scope": "",
        "resourceId": id.partition("/providers/")[2],
        "referenceApiVersion": api_version or "",
        "condition": True,
        "isConditionTrue": True,
        "isTemplateResource": True,
        "isAction": False,
        "provisioningOperation": "Read",
    }
    return {**{key: value for key, value in body.items() if key not in ("id", "name", "type")}, **more}


class Observed(Live):
    """Answers of a validation or a what-if: what exists now, which a deployment would see as `existing`."""
