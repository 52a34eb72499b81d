"""Lists over resources of all types, tags at any scope."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import re
from typing import Any

from amlctl.localarm import groups, resources
from amlctl.localarm.ids import GROUP, SUBSCRIPTION, canonical, parse
from amlctl.localarm.refusals import Refused, no_route
from amlctl.localarm.wire import Request, Response, page
from amlctl.localarm.world import World

_SHOWN = ("id", "name", "type", "sku", "kind", "managedBy", "location", "identity", "tags", "systemData")
_CONDITION = re.compile(r"(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'", re.IGNORECASE)
Groups = dict[str, str]


def of_subscription(world: World, request: Request, found: Groups) -> Response:
    """GET of all resources of a subscription."""
    return _listing(world, request, f"/subscriptions/{found['sub']}")


def of_group(world: World, request: Request, found: Groups) -> Response:
    """GET of all resources of a group."""
    record = groups.require(world, found["sub"], found["group"], deleting=True)
    return _listing(world, request, record["body"]["id"])


def _listing(world: World, request: Request, scope: str) -> Response:
    conditions = _CONDITION.findall(request.query.get("$filter", ""))
    expand = {part.strip().lower() for part in request.query.get("$expand", "").split(",")}
    records = [record for _, record in world.store.scan("resource", scope.lower() + "/") if resources.is_listed(record)]
    items = [_item(world, record, expand) for record in records]
    items = [item for item in items if all(_matches(item, *condition) for condition in conditions)]
    top = request.query.get("$top", "")
    return page(items[: int(top)] if top.isdecimal() else items)


def _item(world: World, record: Any, expand: set[str]) -> dict[str, Any]:
    body = record["body"]
    item = {key: body[key] for key in _SHOWN if body.get(key) is not None}
    if "createdtime" in expand:
        item["createdTime"] = record["born"]
    if "changedtime" in expand:
        item["changedTime"] = record.get("changed", record["born"])
    if "provisioningstate" in expand:
        properties = body.get("properties")
        state = properties.get("provisioningState") if isinstance(properties, dict) else None
        item["provisioningState"] = state or "Succeeded"
    return item


def _matches(item: dict[str, Any], name: str, operator: str, value: str) -> bool:
    found = _value(item, name.lower(), value.replace("''", "'"))
    return found if operator.lower() == "eq" else not found


def _value(item: dict[str, Any], name: str, wanted: str) -> bool:
    if name == "resourcegroup":
        match = GROUP.match(item["id"])
        return bool(match) and match.group(2).lower() == wanted.lower()  # type: ignore[union-attr]
    if name == "resourcetype":
        return str(item["type"]).lower() == wanted.lower()
    if name == "tagname":
        return wanted.lower() in {key.lower() for key in item.get("tags") or {}}
    if name == "tagvalue":
        return wanted in [str(value) for value in (item.get("tags") or {}).values()]
    return str(item.get(name, "")).lower() == wanted.lower()


# ---- tags at a scope ----------------------------------------------------------------------------------------------


def get_tags(world: World, request: Request, found: Groups) -> Response:
    """GET of ``{scope}/providers/Microsoft.Resources/tags/default``."""
    scope = canonical(found["scope"])
    return _tags_of(scope, _read_tags(world, scope))


def put_tags(world: World, request: Request, found: Groups) -> Response:
    """PUT: the tags become those that are sent."""
    sent = (request.json().get("properties") or {}).get("tags") or {}
    return _write_tags(world, canonical(found["scope"]), sent)


def patch_tags(world: World, request: Request, found: Groups) -> Response:
    """PATCH: ``Merge``, ``Replace`` or ``Delete`` the tags that are sent."""
    body, scope = request.json(), canonical(found["scope"])
    sent = (body.get("properties") or {}).get("tags") or {}
    operation, before = str(body.get("operation", "Merge")).lower(), _read_tags(world, scope)
    if operation == "merge":
        sent = {**before, **sent}
    elif operation == "delete":
        sent = {key: value for key, value in before.items() if sent.get(key) != value}
    return _write_tags(world, scope, sent)


def delete_tags(world: World, request: Request, found: Groups) -> Response:
    """DELETE: no tags are left."""
    _write_tags(world, canonical(found["scope"]), {})
    return Response(200)


def _tags_of(scope: str, tags: dict[str, Any]) -> Response:
    id = f"{scope}/providers/Microsoft.Resources/tags/default"  # noqa: A001
    body = {"id": id, "name": "default", "type": "Microsoft.Resources/tags", "properties": {"tags": tags}}
    return Response(200, body)


def _place(world: World, scope: str) -> tuple[str, str]:
    """Give the kind and key of what carries a scope's tags."""
    if GROUP.fullmatch(scope):
        return "group", scope.lower()
    if SUBSCRIPTION.fullmatch(scope):
        return "setting", f"tags{scope}".lower()
    id = parse(scope)  # noqa: A001
    if id is None:
        raise no_route("GET", scope)
    resources.require(world, id)
    return "resource", id.key


def _read_tags(world: World, scope: str) -> dict[str, Any]:
    kind, key = _place(world, scope)
    record = world.store.get(kind, key)
    if kind == "setting":
        return dict(record or {})
    if record is None:
        raise Refused(404, "ResourceGroupNotFound", f"Resource group '{scope.rpartition('/')[2]}' could not be found.")
    return dict(record["body"].get("tags") or {})


def set_tags(world: World, scope: str, tags: dict[str, Any]) -> None:
    """Make the tags of a scope those that are given."""
    _write_tags(world, scope, tags)


def _write_tags(world: World, scope: str, tags: dict[str, Any]) -> Response:
    with world.lock:
        _read_tags(world, scope)
        kind, key = _place(world, scope)
        if kind == "setting":
            world.store.put(kind, key, tags)
        else:
            record = world.store.get(kind, key)
            assert record is not None
            record["body"]["tags"] = tags
            world.store.put(kind, key, record)
    return _tags_of(scope, tags)
