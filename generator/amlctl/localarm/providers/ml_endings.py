"""What the work on a workspace or a compute comes to: nothing wrong, or the error with which it ends.

A workspace whose storage, vault, insights or registry is not there is accepted and ends Failed. UNVERIFIED: that the
dependents are looked up in this order; the error is ARM's own for each of them.
"""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from datetime import datetime

from amlctl.localarm.ids import parse
from amlctl.localarm.providers import ml_network
from amlctl.localarm.providers.kinds import Arrival, Body
from amlctl.localarm.refusals import Refused, bad_request, resource_not_found
from amlctl.localarm.world import World

_DEPENDENTS = ("storageAccount", "keyVault", "applicationInsights", "containerRegistry")
_ROLES = "/providers/microsoft.authorization/roleassignments/"
_MOUNT = (
    'The specified Azure ML Compute Instance {name} setup failed with error "Failed to mount storage. Details - Hint:If'
    " you're using network security group rules, make sure to allow outbound connection to ports 443, 445 for storage"
    ' service tag. For more details please visit aka.ms/AMLComputeVnet ". Please delete and try to recreate. If the'
    " problem persists, please follow up with Azure Support."
)


def of_workspace(arrival: Arrival, body: Body) -> Refused | None:
    """Give the error of a workspace: something it needs is absent or does not fit, or its identity lacks roles."""
    properties = body["properties"]
    needed = [str(arrival.properties.get(name) or "") for name in _DEPENDENTS]
    for text in (*needed, *ml_network.targets(arrival.properties)):
        id = parse(text)  # noqa: A001
        if id is not None and arrival.world.store.get("resource", id.key) is None:
            return resource_not_found(id)
    return _storage(arrival.world, properties) or _identity(arrival, body)


def _storage(world: World, properties: Body) -> Refused | None:
    """The default storage cannot have hierarchical namespaces (AzureTRE#1920)."""
    record = world.store.get("resource", str(properties.get("storageAccount") or "").lower())
    if record is not None and record["body"]["properties"].get("isHnsEnabled"):
        return bad_request("Cannot use storage with HNS enabled.")
    return None


def _identity(arrival: Arrival, body: Body) -> Refused | None:
    """With ``rolePropagation`` the workspace's own identity needs roles on storage and vault that are that old."""
    world, seconds = arrival.world, float(arrival.world.settings.get("rolePropagation", 0))
    user = str(body["properties"].get("primaryUserAssignedIdentity") or "").lower()
    record = world.store.get("resource", user)
    if not seconds or record is None or arrival.kept.get("provisioningState") == "Succeeded":
        return None
    principal = str(record["body"]["properties"].get("principalId"))
    for name in ("storageAccount", "keyVault"):
        scope = str(body["properties"].get(name) or "")
        if scope and not _spread(world, principal, scope, seconds):
            return Refused(
                403,
                "AuthorizationFailed",
                f"The client '{principal}' with object id '{principal}' does not have authorization to perform action"
                f" over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your"
                " credentials.",
            )
    return None


def _spread(world: World, principal: str, scope: str, seconds: float) -> bool:
    for key, record in world.store.scan("resource"):
        above, mark, _ = key.partition(_ROLES)
        properties = record["body"].get("properties") or {}
        if (
            mark
            and (scope.lower() + "/").startswith(above + "/")
            and str(properties.get("principalId")).lower() == principal.lower()
            and world.clock() - _when(str(properties["createdOn"])) >= seconds
        ):
            return True
    return False


def _when(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def of_compute(arrival: Arrival, body: Body) -> Refused | None:
    """Give the error of a managed compute: the network that it came too early for, a share that it cannot mount."""
    kind = str(arrival.properties.get("computeType", "")).lower()
    if kind not in ("amlcompute", "computeinstance") or arrival.kept.get("provisioningState") == "Succeeded":
        return None
    return ml_network.join(arrival) or (_mount(arrival) if kind == "computeinstance" else None)


def _mount(arrival: Arrival) -> Refused | None:
    """With ``keylessInstances: refuse`` an instance over an account without keys ends as ai-studio-in-a-box#7 shows.

    One page says keys must be allowed (how-to-create-compute-instance), another that they need not be
    (how-to-disable-local-auth-storage, preview): which is true Azure alone can say.
    """
    world, workspace = arrival.world, arrival.id.parent
    record = world.store.get("resource", workspace.key) if workspace else None
    if world.settings.get("keylessInstances") != "refuse" or record is None:
        return None
    account = world.store.get("resource", str(record["body"]["properties"].get("storageAccount") or "").lower())
    if account is not None and account["body"]["properties"].get("allowSharedKeyAccess") is False:
        return bad_request(_MOUNT.format(name=arrival.id.name), "StorageMountError")
    return None
