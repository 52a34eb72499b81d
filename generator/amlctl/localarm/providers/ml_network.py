"""The managed network of a workspace: when it is there, what it can change to, and computes that come too early.

The network is made with the workspace only where ``provisionNetworkNow`` says so; else the first compute makes it
(azure-ai-docs, how-to-managed-network: "Manually provision a managed VNet"). Computes that arrive while another one is
making it fail or time out (pulumi-azure-native#3212, terraform-provider-azurerm#29250). On Azure that is a race; here
it is certain, so that a product which relies on luck is found. UNVERIFIED: the wording of the refusals.
"""

from __future__ import annotations

from typing import Any

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import Arrival, Body, place
from amlctl.localarm.refusals import Refused, bad_request, conflict
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

MODES = ("disabled", "allowinternetoutbound", "allowonlyapprovedoutbound")


def mode(properties: Body) -> str:
    """Give a workspace's isolation mode in lower case, ``disabled`` where it says none."""
    return str((properties.get("managedNetwork") or {}).get("isolationMode") or "Disabled").lower()


def check_ratchet(arrival: Arrival) -> None:
    """Refuse a looser mode than the one that is there (how-to-managed-network: it cannot be turned back)."""
    before, now = mode(arrival.kept), mode(arrival.properties)
    sent = (arrival.properties.get("managedNetwork") or {}).get("isolationMode")
    if arrival.previous is None or not sent or before not in MODES or now not in MODES:
        return
    if MODES.index(now) < MODES.index(before):
        kept = arrival.kept["managedNetwork"]["isolationMode"]
        raise bad_request(
            f"The isolation mode of the managed network cannot be changed from {kept} to {sent}.", "ValidationError"
        )


def rules(properties: Body) -> dict[str, Body]:
    """Give a workspace's outbound rules by name."""
    found = (properties.get("managedNetwork") or {}).get("outboundRules") or {}
    return {name: rule for name, rule in found.items() if isinstance(rule, dict)}


def check_rules(arrival: Arrival) -> None:
    """Refuse host names where all of the internet is reached (how-to-managed-network: approved outbound alone)."""
    hosts = [name for name, rule in rules(arrival.properties).items() if _kind(rule) == "fqdn"]
    if hosts and mode(arrival.properties) != MODES[2]:
        raise bad_request(
            f"Outbound rule '{hosts[0]}' of type FQDN is only supported with isolation mode AllowOnlyApprovedOutbound.",
            "ValidationError",
        )


def _kind(rule: Body) -> str:
    return str(rule.get("type", "")).lower()


def targets(properties: Body) -> list[str]:
    """Give the resources that private endpoint rules lead to."""
    found = [rule.get("destination") for rule in rules(properties).values() if _kind(rule) == "privateendpoint"]
    return [str(one.get("serviceResourceId") or "") for one in found if isinstance(one, dict)]


def keep_rules(arrival: Arrival, workspace: Body) -> None:
    """Give the rules of the workspace's body a life as its children, which is how they are listed.

    UNVERIFIED: that a rule is Active as soon as the network is.
    """
    status = ((workspace["properties"].get("managedNetwork") or {}).get("status") or {}).get("status", "Inactive")
    for name, rule in rules(arrival.properties).items():
        id = arrival.id.child("outboundRules", name)  # noqa: A001
        body = {"id": id.text, "name": name, "type": id.type, "properties": {**_DEFAULTS, **rule, "status": status}}
        record: dict[str, Any] = {"body": body, "api": arrival.api_version, "born": arrival.born}
        arrival.world.store.put("resource", id.key, record)


_DEFAULTS = {"category": "UserDefined"}


def provision(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    """Answer ``provisionManagedNetwork``: 202, then the network's status (Managed Network Provisions, 2023-06-01)."""
    from amlctl.localarm import longrunning

    record = world.store.get("resource", id.key)
    if record is None or mode(body["properties"]) == "disabled":
        raise bad_request(f"The workspace '{id.name}' has no managed network.", "ValidationError")
    spark = bool(request.json().get("includeSpark"))
    status = {"status": "Active", "sparkReady": spark}
    record["body"]["properties"]["managedNetwork"]["status"] = status
    world.store.put("resource", id.key, record)
    location, operation = place(world, id), world.guid(id.key, "provision", world.time())
    path = (
        f"/subscriptions/{id.subscription}/providers/Microsoft.MachineLearningServices/locations/{location}"
        f"/workspaceOperationResults/{operation}"
    )
    address = request.url(path)
    longrunning.later(world, path, status, urls={"Location": address})
    return Response(202, None, (("Location", address), *longrunning.RETRY))


def filled(arrival: Arrival, sent: Body) -> Body:
    """Fill the network: the modes it can still change to, and whether it is there."""
    at = mode({"managedNetwork": sent})
    following = ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"]
    left = following[MODES.index(at) :] if at in MODES else []
    network = {**sent, "changeableIsolationModes": left}
    if at != "disabled":
        network["status"] = _status(arrival)
    return network


def _status(arrival: Arrival) -> Body:
    kept = (arrival.kept.get("managedNetwork") or {}).get("status")
    if kept:
        return dict(kept)
    now = arrival.previous is None and arrival.properties.get("provisionNetworkNow") is True
    return {"status": "Active" if now else "Inactive", "sparkReady": False}


def join(arrival: Arrival) -> Refused | None:
    """Let a managed compute join its workspace's network; the first one makes it, others meanwhile are refused."""
    world, workspace = arrival.world, arrival.id.parent
    record = world.store.get("resource", workspace.key) if workspace else None
    if record is None or workspace is None or mode(record["body"]["properties"]) == "disabled":
        return None
    status = record["body"]["properties"]["managedNetwork"]["status"]
    made_by, until = _maker(world, workspace.key)
    if made_by and made_by != arrival.id.key and world.clock() < until:
        return conflict(
            "Conflict",
            f"The managed network of the workspace '{workspace.name}' is being provisioned; create the compute when it"
            " is Active.",
        )
    if status["status"] != "Active":
        status["status"] = "Active"
        world.store.put("resource", workspace.key, record)
        world.settings[_key(workspace.key)] = (arrival.id.key, world.clock() + world.pace)
    return None


def _key(workspace: str) -> str:
    return f"network/{workspace}"


def _maker(world: World, workspace: str) -> tuple[str, float]:
    return world.settings.get(_key(workspace)) or ("", 0.0)
