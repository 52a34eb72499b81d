"""Azure ML computes: clusters, instances, attached ones (observed: an attached VM, 2021-07-01; others UNVERIFIED)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers import ml_endings
from amlctl.localarm.providers.kinds import Arrival, Body, Kind, Reply, location_of, resource, with_defaults, without
from amlctl.localarm.providers.ml_instances import check_instance, signs_in, update_schedules
from amlctl.localarm.providers.quota import check_quota
from amlctl.localarm.refusals import bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
_AT = "{sub}/providers/Microsoft.MachineLearningServices/locations/{location}"
_STATUS = _AT + "/computeOperationsStatus/{operation}?service=new"
_PUT = Reply(state="Creating", status_at=_STATUS, percent=True)
_DELETE = Reply(new=202, body="empty", status_at=_STATUS, percent=True)
ACTION = Reply(new=202, body="empty", status_at=_STATUS, percent=True)
_NAME = re.compile(r"[a-zA-Z](?![a-zA-Z0-9-]*-[0-9]+$)[a-zA-Z0-9-]{0,22}[a-zA-Z0-9]")
_ATTACHED = {
    "virtualmachine",
    "kubernetes",
    "aks",
    "databricks",
    "hdinsight",
    "synapsespark",
    "datafactory",
    "datalakeanalytics",
}
_KNOWN = {"amlcompute", "computeinstance", *_ATTACHED}


def _kind(arrival: Arrival) -> str:
    return str(arrival.properties.get("computeType", "")).lower()


def _check(arrival: Arrival) -> None:
    kind = _kind(arrival)
    if kind not in _KNOWN:
        raise bad_request(f"The compute type '{arrival.properties.get('computeType')}' is not supported.", "UserError")
    if kind in ("amlcompute", "computeinstance") and not _NAME.fullmatch(arrival.id.name):
        message = (
            f"Compute name '{arrival.id.name}' is invalid. It can include letters, digits and dashes. It must"
            " start with a letter, end with a letter or digit, be between 2 and 24 characters in length and not end in"
            " a dash and digits."
        )
        raise bad_request(message, "UserError")
    _check_kept(arrival)
    if kind == "computeinstance" and arrival.previous is None:
        check_instance(arrival)
    if kind in ("amlcompute", "computeinstance"):
        check_quota(arrival)


def _check_kept(arrival: Arrival) -> None:
    """Refuse what cannot change: the type, and the size of a managed compute."""
    if arrival.previous is None:
        return
    before, now = arrival.kept, arrival.properties
    if str(before.get("computeType")).lower() != _kind(arrival):
        raise bad_request("Compute type cannot be changed.", "UserError")
    sizes = [str((item.get("properties") or {}).get("vmSize", "")).upper() for item in (before, now)]
    if sizes[0] and sizes[1] and sizes[0] != sizes[1]:
        raise bad_request("The vmSize of a compute cannot be changed after it was created.", "UserError")
    if _kind(arrival) in _ATTACHED and now.get("resourceId"):
        raise bad_request(f"Compute with name {arrival.id.name} already exists.", "UserError")


def _fill(arrival: Arrival) -> Body:
    kind, now = _kind(arrival), arrival.world.time()
    inner = arrival.properties.get("properties")
    filler = _FILLERS.get(kind, _attached)
    properties = {
        "description": None,
        "disableLocalAuth": False,
        "resourceId": None,
        **without(arrival.properties, "properties"),
        "createdOn": arrival.kept.get("createdOn", now),
        "modifiedOn": now,
        "computeLocation": arrival.properties.get("computeLocation") or location_of(arrival),
        "provisioningState": "Succeeded",
        "provisioningErrors": None,
        "isAttachedCompute": kind in _ATTACHED,
        "properties": filler(arrival, inner if isinstance(inner, dict) else {}),
    }
    filled = resource(arrival, properties, location=location_of(arrival))
    filled.pop("sku", None)
    filled.setdefault("tags", None)
    return filled


def _inner(arrival: Arrival) -> Body:
    found = arrival.kept.get("properties")
    return found if isinstance(found, dict) else {}


def _cluster(arrival: Arrival, sent: Body) -> Body:
    scale = {"minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT2M", **(sent.get("scaleSettings") or {})}
    nodes = int(scale.get("minNodeCount") or 0)
    account = sent.get("userAccountCredentials")
    defaults = {
        "osType": "Linux",
        "vmPriority": "Dedicated",
        "virtualMachineImage": None,
        "isolatedNetwork": False,
        "enableNodePublicIp": True,
        "subnet": None,
        "remoteLoginPortPublicAccess": "NotSpecified",
    }
    counts = {
        "preparingNodeCount": 0,
        "runningNodeCount": 0,
        "idleNodeCount": nodes,
        "unusableNodeCount": 0,
        "leavingNodeCount": 0,
        "preemptedNodeCount": 0,
    }
    return {
        **with_defaults(without(sent, "userAccountCredentials"), defaults),
        "vmSize": str(sent.get("vmSize", "")).upper(),
        "scaleSettings": scale,
        "userAccountCredentials": without(account, "adminUserPassword") if isinstance(account, dict) else None,
        "allocationState": "Steady",
        "allocationStateTransitionTime": arrival.world.time(),
        "errors": None,
        "currentNodeCount": nodes,
        "targetNodeCount": nodes,
        "nodeStateCounts": counts,
    }


def _instance(arrival: Arrival, sent: Body) -> Body:
    """Fill an instance; its schedules and idle time are taken when it is made and never later."""
    kept, name, location = _inner(arrival), arrival.id.name, location_of(arrival)
    defaults = {
        "subnet": None,
        "applicationSharingPolicy": "Shared",
        "computeInstanceAuthorizationType": "personal",
        "personalComputeInstanceSettings": None,
        "enableNodePublicIp": True,
        "setupScripts": None,
        "schedules": None,
        "idleTimeBeforeShutdown": None,
    }
    ssh = {
        "sshPublicAccess": "Disabled",
        "adminUserName": "azureuser",
        "sshPort": 50000,
        **(sent.get("sshSettings") or {}),
    }
    filled = {
        **with_defaults(sent, defaults),
        "vmSize": str(sent.get("vmSize", "")).upper(),
        "sshSettings": ssh,
        "state": kept.get("state", "Running"),
        "connectivityEndpoints": {"publicIpAddress": None, "privateIpAddress": "10.0.0.4"},
        "applications": [
            {"displayName": shown, "endpointUri": f"https://{name}.{location}.instances.azureml.ms{path}"}
            for shown, path in (("Jupyter", "/tree"), ("Jupyter Lab", "/lab"), ("RStudio", "/rstudio"))
        ],
        "createdBy": kept.get("createdBy") or _creator(arrival),
        "enableSSO": signs_in(arrival, sent, kept),
        "errors": [],
        "lastOperation": kept.get("lastOperation") or _operation(arrival.world, "Create"),
    }
    if kept:
        filled |= {key: kept.get(key) for key in ("schedules", "idleTimeBeforeShutdown")}
    return filled


def _creator(arrival: Arrival) -> Body:
    return {
        "userName": arrival.caller.name,
        "userOrgId": arrival.caller.tenant_id,
        "userId": arrival.caller.object_id,
    }


def _operation(world: World, name: str) -> Body:
    return {
        "operationName": name,
        "operationTime": world.time(),
        "operationStatus": "Succeeded",
        "operationTrigger": "User",
    }


def _attached(arrival: Arrival, sent: Body) -> Body:
    secrets = ("administratorAccount", "databricksAccessToken", "relayConnectionString", "serviceBusConnectionString")
    return without(sent, *secrets)


def _machine(arrival: Arrival, sent: Body) -> Body:
    octets = bytes.fromhex(arrival.world.hex(arrival.id.key, arrival.born)[:6])
    address = sent.get("address") or "20." + ".".join(str(octet) for octet in octets)
    return {
        "virtualMachineSize": str(sent.get("virtualMachineSize") or "STANDARD_D1_V2").upper(),
        "sshPort": sent.get("sshPort", 22),
        "notebookServerPort": None,
        "address": address,
        "ipAddress": address,
        "administratorAccount": None,
        "imageVersion": None,
        "applicationUris": None,
        "createdBy": None,
    }


_FILLERS: dict[str, Callable[[Arrival, Body], Body]] = {
    "amlcompute": _cluster,
    "computeinstance": _instance,
    "virtualmachine": _machine,
}


def _power(state: str, operation: str) -> Any:
    """Build the handler of start, stop or restart: an instance only; 202, until 2020 200."""

    def act(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
        from amlctl.localarm import longrunning

        if str(body["properties"].get("computeType")).lower() != "computeinstance":
            raise bad_request(f"{operation} is only supported for compute instances.", "UserError")
        record = world.store.get("resource", id.key)
        if record is None:
            raise bad_request(f"Compute {id.name} is gone.", "UserError")
        inner = record["body"]["properties"]["properties"]
        inner |= {"state": state, "lastOperation": _operation(world, operation)}
        world.store.put("resource", id.key, record)
        begun = longrunning.begin(world, request, id, ACTION, body).response
        return begun._replace(status=200) if request.api_version < "2021" else begun

    return act


def _nodes(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    inner = body["properties"]["properties"]
    nodes = [
        {
            "nodeId": f"tvmps_{world.hex(id.key, str(at))[:40]}_d",
            "privateIpAddress": f"10.0.0.{4 + at}",
            "publicIpAddress": None,
            "port": 50000 + at,
            "nodeState": "idle",
            "runId": None,
        }
        for at in range(int(inner.get("currentNodeCount") or 0))
    ]
    return Response(200, {"nodes": nodes})


def _keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return Response(200, {"computeType": body["properties"]["computeType"]})


def _idle(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return _set(world, id, {"idleTimeBeforeShutdown": request.json().get("idleTimeBeforeShutdown")})


def _set(world: World, id: ResourceId, change: Body) -> Response:  # noqa: A002
    record = world.store.get("resource", id.key)
    if record is not None:
        record["body"]["properties"]["properties"] |= change
        world.store.put("resource", id.key, record)
    return Response(200)


KINDS = (
    Kind(
        COMPUTE,
        _fill,
        _PUT,
        _DELETE,
        _check,
        actions={
            "start": _power("Running", "Start"),
            "stop": _power("Stopped", "Stop"),
            "restart": _power("Running", "Restart"),
            "listnodes": _nodes,
            "listkeys": _keys,
            "updateschedules": update_schedules,
            "updateidleshutdownsetting": _idle,
        },
        ends=ml_endings.of_compute,
    ),
)
