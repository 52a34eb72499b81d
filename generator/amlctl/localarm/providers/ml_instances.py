"""What is said of compute instances alone: their names, their owners' keys and sign-in, their schedules.

Sources: azure-ai-docs, how-to-create-compute-instance ("Create on behalf of", prerequisites); azure-docs#109642 (SSH);
Templates-For-Dynamics-365…#4 (names); azureml-facts section 4 (idle time); bicep-types-az and the client packages
(which versions know ``updateSchedules``).
"""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import re

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import Arrival, Body, location_of
from amlctl.localarm.refusals import Refused, bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

SCHEDULES_API = ("2021-03-01-preview",)
"""The versions whose public definition has ``updateSchedules`` (azure-rest-api-specs#14360; gone in #20699)."""
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_MARK = "/workspaces/"


def check_instance(arrival: Arrival) -> None:
    """Refuse a new instance whose name is taken in the region, or whose key, owner or idle time cannot be."""
    inner = arrival.properties.get("properties")
    inner = inner if isinstance(inner, dict) else {}
    _check_free(arrival)
    _check_key(arrival, inner)
    _check_idle(inner.get("idleTimeBeforeShutdown"))


def _check_free(arrival: Arrival) -> None:
    """A name is one instance's in a region: of every workspace and subscription that this endpoint has."""
    location, end = location_of(arrival), f"/computes/{arrival.id.name}".lower()
    for key, record in arrival.world.store.scan("resource"):
        if key.endswith(end) and _MARK in key and _is_instance(record["body"]):
            found = record["body"].get("location")
            if found == location:
                raise bad_request(
                    f"Compute name '{arrival.id.name}' is not available. Reason: AlreadyExists. Message: The specified"
                    f" name {arrival.id.name} is already in use and is therefore unavailable",
                    "UserError",
                )


def _is_instance(body: Body) -> bool:
    return str((body.get("properties") or {}).get("computeType")).lower() == "computeinstance"


def _owner(arrival: Arrival, inner: Body) -> str:
    """Give the object id of who the instance is for: the assigned user, or who makes it."""
    assigned = (inner.get("personalComputeInstanceSettings") or {}).get("assignedUser") or {}
    return str(assigned.get("objectId") or arrival.caller.object_id).lower()


def _for_another(arrival: Arrival, inner: Body) -> bool:
    return _owner(arrival, inner) != arrival.caller.object_id.lower()


def _check_key(arrival: Arrival, inner: Body) -> None:
    if (inner.get("sshSettings") or {}).get("adminPublicKey") and _for_another(arrival, inner):
        raise bad_request(
            "Setting SSH key at creation time is not allowed when compute instance is provisioned on behalf of another"
            " user.",
            "UserError",
        )


def _check_idle(text: object) -> None:
    """15 minutes to 3 days, as ISO 8601 (physical-ai-toolchain#687). UNVERIFIED: the wording."""
    if text is None:
        return
    match = _DURATION.fullmatch(str(text))
    parts = [int(part or 0) for part in match.groups()] if match else [0, 0, 0, 0]
    minutes = parts[0] * 1440 + parts[1] * 60 + parts[2] + parts[3] / 60
    if not 15 <= minutes <= 4320:
        raise bad_request(f"IdleTimeBeforeShutdown '{text}' is invalid: it must be from PT15M to P3D.", "UserError")


def signs_in(arrival: Arrival, sent: Body, kept: Body) -> bool:
    """Say whether single sign-on is on: off if made with a setup script or for another, until that one turns it on."""
    if kept:
        return bool(kept.get("enableSSO"))
    return not sent.get("setupScripts") and not _for_another(arrival, sent) and sent.get("enableSSO") is not False


def update_schedules(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    """Answer ``updateSchedules``: the one documented way to change the schedules of an instance that is there."""
    if request.api_version not in SCHEDULES_API:
        raise Refused(
            404,
            "InvalidResourceType",
            f"The resource type 'updateSchedules' could not be found in the namespace '{id.namespace}' for api version"
            f" '{request.api_version}'. The supported api-versions are '{', '.join(SCHEDULES_API)}'.",
        )
    record = world.store.get("resource", id.key)
    if record is not None:
        sent = request.json()
        record["body"]["properties"]["properties"]["schedules"] = sent.get("schedules", sent)
        world.store.put("resource", id.key, record)
    return Response(200)
