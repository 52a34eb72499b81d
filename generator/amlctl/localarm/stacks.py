"""Deployment stacks: validate, create, read, delete (observed: 2024-03-01). Deny settings are not enforced."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from amlctl.localarm import deployments, engine, groups, longrunning, records, resources
from amlctl.localarm.ids import GROUP, canonical, parse
from amlctl.localarm.records import Record
from amlctl.localarm.refusals import conflict, not_found
from amlctl.localarm.wire import Request, Response, page
from amlctl.localarm.world import World

Groups = dict[str, str]
_ACTIONS = {"resources": "detach", "resourceGroups": "detach", "managementGroups": "detach"}
_STATES = {
    "Accepted": "deploying",
    "Running": "deploying",
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Canceled": "canceled",
}


def id_of(scope: str, name: str) -> str:
    """The id of a stack at a scope."""
    return f"{canonical(scope)}/providers/Microsoft.Resources/deploymentStacks/{name}"


def validate(world: World, request: Request, found: Groups) -> Response:
    """POST validate: 202 with a Location that gives the validation; words in Pascal case."""
    body, begun = deployments.checked(world, request, found)
    desired = deployments.evaluated(world, request, found, body, begun)
    sent = body["properties"]
    described = records.described(desired.root)
    properties: Record = {
        "validatedResources": [{"id": id} for id in deployments.validated(desired.root)],  # noqa: A001
        "actionOnUnmanage": {key: _pascal(value) for key, value in _actions(sent).items()},
        "denySettings": {**_deny(sent), "mode": _pascal(_deny(sent)["mode"])},
        "parameters": records.shown_parameters(described["parameters"], nulls=True),
        "deploymentExtensions": [],
        "correlationId": request.headers.get("x-ms-correlation-request-id") or str(uuid.uuid4()),
    }
    answer = {
        "properties": properties,
        "id": id_of(begun["scope"], begun["name"]),
        "type": "Microsoft.Resources/deploymentStacks",
        "name": begun["name"],
    }
    path = f"{_locations(world, begun, body)}/deploymentStackOperationResults/{uuid.uuid4()}"
    longrunning.later(world, path, answer, delay=0.0)
    return Response(202, None, (("Location", request.url(path)), *longrunning.RETRY))


def _locations(world: World, begun: Record, body: Record) -> str:
    """The address under which a stack's operations live."""
    location = body.get("location")
    match = GROUP.fullmatch(begun["scope"])
    if match:
        location = groups.require(world, match.group(1), match.group(2))["body"]["location"]
    subscription = begun["scope"].partition("/resourceGroups/")[0]
    return f"{subscription}/providers/Microsoft.Resources/locations/{location}"


def _actions(sent: Record) -> Record:
    return {**_ACTIONS, **(sent.get("actionOnUnmanage") or {}), "resourcesWithoutDeleteSupport": "fail"}


def _deny(sent: Record) -> Record:
    defaults: Record = {"mode": "none", "applyToChildScopes": False, "excludedPrincipals": [], "excludedActions": []}
    return {**defaults, **(sent.get("denySettings") or {})}


def _pascal(word: str) -> str:
    return word[:1].upper() + word[1:]


def put(world: World, request: Request, found: Groups) -> Response:
    """PUT: 201 or 200 with the stack, its deployment starts; words in camel case, parameters as they were sent."""
    body, begun = deployments.checked(world, request, found)
    desired = deployments.evaluated(world, request, found, body, begun)
    id = id_of(begun["scope"], begun["name"])  # noqa: A001
    with world.lock:
        before = world.store.get("stack", id.lower())
        if before is not None and _state(world, before) not in ("succeeded", "failed", "canceled"):
            raise conflict(
                "DeploymentStackInNonTerminalState", f"The deployment stack '{begun['name']}' is being changed."
            )
        deployment = _deployment(world, request, body, begun, desired)
        record = _record(world, request, body, begun, id, deployment)
        record["managed"] = (before or {}).get("managed", [])
        record["operation"] = str(uuid.uuid4())
        world.store.put("stack", id.lower(), record)
        path = f"{_locations(world, begun, body)}/deploymentStackOperationStatus/{record['operation']}"
        world.store.put("stack operation", path.lower(), {"stack": id.lower(), "path": path})
        answer = shown(world, record, started=True)
        engine.launch(world, deployment, deployments.parameters_of(body), request.caller)
    headers = (("Azure-AsyncOperation", request.url(path)), *longrunning.RETRY)
    return Response(200 if before else 201, answer, headers)


def _deployment(world: World, request: Request, body: Record, begun: Record, desired: Any) -> Record:
    correlation = request.headers.get("x-ms-correlation-request-id") or str(uuid.uuid4())
    name = f"{begun['name']}-{world.now():%y%m%d%H}{uuid.uuid4().hex[:5]}"
    record = records.new(world, begun["scope"], name, desired.root, correlation=correlation)
    secret = any(one.secure and one.given for one in desired.parameters)
    record |= {
        "started": begun["started"],
        "guid": begun["guid"],
        "location": begun["location"],
        "template": deployments.template_of(body),
        "secret": secret,
        "sent": None if secret else deployments.parameters_of(body),
    }
    records.save(world, record)
    return record


def _record(world: World, request: Request, body: Record, begun: Record, id: str, deployment: Record) -> Record:  # noqa: A002
    sent, now = body["properties"], world.time()
    definitions = deployments.template_of(body).get("parameters") or {}
    parameters = {}
    for name, item in (sent.get("parameters") or {}).items():
        kind = str((definitions.get(name) or {}).get("type", "object"))
        hidden = kind.lower().startswith("secure") and item.get("value") not in ("", {}, None)
        shown_item = {"type": kind} if hidden else {"value": item.get("value"), "type": kind.lower()}
        parameters[name] = shown_item
    stack = {
        "location": body.get("location"),
        "tags": body.get("tags"),
        "description": sent.get("description"),
        "actionOnUnmanage": _actions(sent),
        "denySettings": _deny(sent),
        "parameters": parameters,
        "deployment": deployment["id"],
        "correlation": deployment["correlation"],
        "id": id,
        "name": begun["name"],
    }
    by = {"createdBy": request.caller.name, "createdByType": "User", "createdAt": now}
    stack["systemData"] = {
        **by,
        "lastModifiedBy": request.caller.name,
        "lastModifiedByType": "User",
        "lastModifiedAt": now,
    }
    return stack


def _state(world: World, record: Record) -> str:
    deployment = records.load(world, record["deployment"])
    return _STATES[deployment["state"]] if deployment else "failed"


def shown(world: World, record: Record, *, started: bool = False) -> Record:
    """Show a stack; `started` is the answer to PUT."""
    deployment = records.load(world, record["deployment"]) or {}
    state = "initializing" if started else _state(world, record)
    properties: Record = {"actionOnUnmanage": record["actionOnUnmanage"]}
    if record.get("description"):
        properties["description"] = record["description"]
    if not started:
        properties |= {"deploymentId": record["deployment"], "duration": deployment.get("duration")}
    properties["denySettings"] = record["denySettings"]
    if state == "succeeded" and deployment.get("outputs") is not None:
        properties["outputs"] = records.shown_outputs(deployment["outputs"])
    managed = deployment.get("outputResources", []) if state == "succeeded" else []
    properties |= {
        "parameters": record["parameters"],
        "resources": [{"status": "managed", "denyStatus": "none", "id": id} for id in managed],  # noqa: A001
        "provisioningState": state,
        "detachedResources": [],
        "deletedResources": [],
        "failedResources": [],
        "correlationId": record["correlation"],
    }
    if deployment.get("error"):
        properties["error"] = deployment["error"]
    top = {key: record[key] for key in ("location", "tags") if record.get(key) is not None}
    tail = {"systemData": record["systemData"], "id": record["id"], "type": "Microsoft.Resources/deploymentStacks"}
    return {**top, "properties": properties, **tail, "name": record["name"]}


def _require(world: World, found: Groups) -> Record:
    record = world.store.get("stack", id_of(found["scope"], found["name"]).lower())
    if record is None:
        raise not_found(f"The deployment stack '{found['name']}' could not be found.", "DeploymentStackNotFound")
    return dict(record)


def get(world: World, request: Request, found: Groups) -> Response:
    """GET of a stack."""
    return Response(200, shown(world, _require(world, found)))


def listing(world: World, request: Request, found: Groups) -> Response:
    """GET of the stacks of a scope."""
    prefix = id_of(found["scope"], "").lower()
    return page([shown(world, record) for _, record in world.store.scan("stack", prefix)])


def status(world: World, request: Request, found: Groups) -> Response:
    """GET of a stack's operation: ``succeeded`` in lower case."""
    entry = world.store.get("stack operation", request.path.lower())
    record = world.store.get("stack", entry["stack"]) if entry else None
    if entry is None:
        raise not_found("The operation could not be found.", "OperationNotFound")
    body: Record = {"id": entry["path"], "name": entry["path"].rpartition("/")[2]}
    state = _state(world, record) if record else "succeeded"
    body["status"] = state
    if record and state == "failed":
        body["error"] = (records.load(world, record["deployment"]) or {}).get("error")
    return Response(200, body, () if state in ("succeeded", "failed", "canceled") else longrunning.RETRY)


def delete(world: World, request: Request, found: Groups) -> Response:
    """DELETE: what the stack manages goes with it where the query says ``delete``; 204 where there is none."""
    id = id_of(found["scope"], found["name"])  # noqa: A001
    record = world.store.get("stack", id.lower())
    if record is None:
        return Response(204)
    deployment = records.load(world, record["deployment"]) or {}
    for one in reversed(deployment.get("outputResources") or []):
        _unmanage(world, request, one)
    world.store.delete("stack", id.lower())
    location = record.get("location") or "local"
    subscription = canonical(found["scope"]).partition("/resourceGroups/")[0]
    place = f"{subscription}/providers/Microsoft.Resources/locations/{location}"
    path = f"{place}/deploymentStackOperationStatus/{uuid.uuid4()}"
    world.store.put("stack operation", path.lower(), {"stack": id.lower(), "path": path})
    return Response(202, None, (("Azure-AsyncOperation", request.url(path)), *longrunning.RETRY))


def _unmanage(world: World, request: Request, id: str) -> None:  # noqa: A002
    match = GROUP.fullmatch(id)
    if match and request.query.get("unmanageaction.resourcegroups", "").lower() == "delete":
        groups.purge(world, groups.key_of(match.group(1), match.group(2)))
    found = parse(id)
    if found is not None and request.query.get("unmanageaction.resources", "").lower() == "delete":
        resources.remove(world, found, {})


def export(world: World, request: Request, found: Groups) -> Response:
    """POST exportTemplate: the template that was deployed."""
    deployment = records.load(world, _require(world, found)["deployment"]) or {}
    return Response(200, {"template": deployment.get("template")})


_S = r"(?P<scope>.*)/providers/Microsoft\.Resources/deploymentStacks"
_ONE = _S + r"/(?P<name>[^/]+)"
ROUTES: tuple[tuple[str, str, Callable[[World, Request, Groups], Response]], ...] = (
    ("GET", r"/.*/providers/Microsoft\.Resources/locations/[^/]+/deploymentStackOperationStatus/[^/]+", status),
    ("GET", _S, listing),
    ("PUT", _ONE, put),
    ("GET", _ONE, get),
    ("DELETE", _ONE, delete),
    ("POST", _ONE + r"/validate", validate),
    ("POST", _ONE + r"/exportTemplate", export),
)
