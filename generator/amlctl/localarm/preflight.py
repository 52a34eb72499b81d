"""What the providers check before a deployment starts: names and quota of resources that would be made."""

from __future__ import annotations

from typing import Any

from amlctl.localarm import records
from amlctl.localarm.ids import parse
from amlctl.localarm.providers.index import kind_of, known, respelled
from amlctl.localarm.providers.kinds import Arrival
from amlctl.localarm.refusals import Refused, bad_request
from amlctl.localarm.wire import ANONYMOUS
from amlctl.localarm.world import World

_CHECKED = (
    "microsoft.storage/storageaccounts",
    "microsoft.keyvault/vaults",
    "microsoft.containerregistry/registries",
    "microsoft.machinelearningservices/workspaces",
    "microsoft.machinelearningservices/workspaces/computes",
)


def check(world: World, name: str, desired: Any) -> None:
    """Refuse a deployment (InvalidTemplateDeployment) whose resources their providers would refuse."""
    found = [error for resource in desired.resources if (error := _refusal(world, resource))]
    if found:
        message = (
            f"The template deployment '{name}' is not valid according to the validation procedure. See inner errors for"
            " details."
        )
        raise bad_request(message, "InvalidTemplateDeployment", details=found)


def _refusal(world: World, resource: Any) -> dict[str, Any] | None:
    if not isinstance(resource.id, str) or resource.type.lower() not in _CHECKED:
        return None
    id = parse(resource.id)  # noqa: A001
    if id is None or not known(id):
        return None
    record = world.store.get("resource", id.key)
    body = records.bare(resource.body, secrets=True)
    kind, born = kind_of(id), record["born"] if record else world.time()
    arrival = Arrival(
        respelled(id), body, record["body"] if record else None, resource.api_version, world, ANONYMOUS, born
    )
    try:
        if kind.check:
            kind.check(arrival)
    except Refused as refused:
        return {**refused.error(), "target": resource.id}
    return None
