"""Deployments as they are kept and as they are shown: documents, operations, states (observed.md section 5)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from amlctl.localarm.ids import GROUP, canonical, scope_kind
from amlctl.localarm.wire import Caller
from amlctl.localarm.world import World, duration, stamp

ENGINE_VERSION = "1.701.0"
FINAL = ("Succeeded", "Failed", "Canceled")
FAILED_MESSAGE = (
    "At least one resource deployment operation failed. Please list deployment operations for details. Please see"
    " https://aka.ms/arm-deployment-operations for usage details."
)
Record = dict[str, Any]


def id_of(scope: str, name: str) -> str:
    """The id of a deployment at a scope."""
    return f"{canonical(scope)}/providers/Microsoft.Resources/deployments/{name}"


def operation_id(moment: datetime) -> str:
    """Name an operation by its time: 20 digits, 2**63 - 1 minus the .NET ticks."""
    passed = moment - datetime(1, 1, 1, tzinfo=UTC)
    ticks = (passed.days * 86400 + passed.seconds) * 10_000_000 + passed.microseconds * 10
    return f"{9223372036854775807 - ticks:020d}"


def new(world: World, scope: str, name: str, desired: Any, **more: Any) -> Record:
    """Make the record of a deployment that was just accepted, from what its template comes to."""
    now = world.clock()
    moment = datetime.fromtimestamp(now, UTC)
    return {
        "id": id_of(scope, name),
        "name": name,
        "scope": canonical(scope),
        "location": desired.location,
        "state": "Accepted",
        "started": now,
        "timestamp": stamp(moment),
        "duration": "PT0.0003641S",
        "operation": operation_id(moment),
        "guid": str(uuid.uuid4()),
        **described(desired),
        **more,
    }


def described(desired: Any) -> Record:
    """Give what a deployment's record takes from the evaluator: hash, typed parameters, providers, dependencies."""
    return {
        "hash": desired.template_hash,
        "parameters": [_parameter(one) for one in desired.parameters],
        "mode": desired.mode,
        "providers": desired.providers,
        "dependencies": desired.dependencies,
        "template": desired.template,
    }


def _parameter(parameter: Any) -> list[Any]:
    """Keep a parameter's name, type, whether it is secure, and its value unless it is."""
    value = None if parameter.secure else bare(parameter.value, secrets=False)
    return [parameter.name, parameter.type, parameter.secure, value]


def bare(value: Any, *, secrets: bool) -> Any:
    """Take the evaluator's wrappings off: an unknown becomes its text, a secret its value or ``***``."""
    from amlctl.arm.values import Secret, Unknown

    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, Secret):
        return bare(value.value, secrets=secrets) if secrets else "***"
    if isinstance(value, dict):
        return {key: bare(item, secrets=secrets) for key, item in value.items()}
    return [bare(item, secrets=secrets) for item in value] if isinstance(value, list) else value


def shown(record: Record, *, accepted: bool = False) -> Record:
    """Show a deployment; `accepted` is the answer to PUT and validate, where a null parameter keeps its value."""
    body: Record = {"id": record["id"], "name": record["name"], "type": "Microsoft.Resources/deployments"}
    if scope_kind(record["scope"]) != "resourceGroup" and record.get("location"):
        body["location"] = record["location"]
    if record.get("tags") is not None:
        body["tags"] = record["tags"]
    body["properties"] = _properties(record, accepted=accepted)
    return body


def _properties(record: Record, *, accepted: bool) -> Record:
    properties = {
        "templateHash": record["hash"],
        "parameters": shown_parameters(record["parameters"], nulls=accepted),
        "mode": record["mode"],
        "provisioningState": record["state"],
        "timestamp": record["timestamp"],
        "duration": record["duration"],
        "correlationId": record["correlation"],
        "providers": record["providers"],
        "dependencies": record["dependencies"],
    }
    if record["state"] == "Succeeded" and "outputResources" in record:
        if record.get("outputs") is not None:
            properties["outputs"] = shown_outputs(record["outputs"])
        properties["outputResources"] = [{"id": id} for id in record["outputResources"]]  # noqa: A001
    if "validated" in record:
        properties["validatedResources"] = [{"id": id} for id in record["validated"]]  # noqa: A001
    if record.get("error"):
        properties["error"] = record["error"]
    return properties


def shown_parameters(parameters: list[list[Any]], *, nulls: bool) -> Record:
    """Show typed parameters; secure ones have no value, null ones only where `nulls`."""
    found: Record = {}
    for name, kind, secure, value in parameters:
        found[name] = {"type": kind} if secure or (value is None and not nulls) else {"type": kind, "value": value}
    return found


def shown_outputs(outputs: list[list[Any]]) -> Record:
    """Show outputs with the names that the service's serialiser makes of them."""
    from amlctl.arm.hashing import camel_case

    found: Record = {}
    for name, kind, secure, value in outputs:
        found[camel_case(name)] = {"type": kind} if secure or value is None else {"type": kind, "value": value}
    return found


def save(world: World, record: Record) -> None:
    """Write a record."""
    world.store.put("deployment", record["id"].lower(), record)


def load(world: World, id: str) -> Record | None:  # noqa: A002
    """Read a record."""
    return world.store.get("deployment", id.lower())


def move(world: World, record: Record, state: str, **more: Any) -> None:
    """Put a deployment into another state and save it; its time and duration follow the clock."""
    now = world.clock()
    record |= {"state": state, "timestamp": stamp(datetime.fromtimestamp(now, UTC)), **more}
    record["duration"] = duration(now - record["started"])
    save(world, record)


def group_of(scope: str) -> str:
    """The resource group's name of a scope, or ""."""
    match = GROUP.fullmatch(scope)
    return match.group(2) if match else ""


# ---- operations ---------------------------------------------------------------------------------------------------


def begin_operation(world: World, record: Record, resource: Any, at: int) -> str:
    """Write the operation of a resource that starts now, the `at`-th of its deployment; give its key."""
    target: Record = {"id": resource.id, "resourceType": resource.type, "resourceName": resource.name}
    if resource.symbol:
        target["symbolicName"] = resource.symbol
    number = uuid.uuid4().hex[:16].upper()
    operation = {
        "id": f"{record['id']}/operations/{number}",
        "operationId": number,
        "started": world.clock(),
        "properties": {
            "provisioningOperation": "Create",
            "provisioningState": "Running",
            "timestamp": world.time(),
            "duration": "PT0S",
            "trackingId": str(uuid.uuid4()),
            "serviceRequestId": str(uuid.uuid4()),
            "statusCode": "Accepted",
            "targetResource": target,
        },
    }
    key = f"{record['id'].lower()}/{at:06d}"
    world.store.put("deployed", key, operation)
    return key


def end_operation(world: World, key: str, state: str, status: str, message: Any = None) -> None:
    """Write the end of an operation: ``Created`` and ``OK`` for success, the refusal's name and error for failure."""
    operation = world.store.get("deployed", key)
    if operation is None:
        return
    properties = operation["properties"]
    properties |= {
        "provisioningState": state,
        "timestamp": world.time(),
        "duration": duration(world.clock() - operation["started"]),
        "statusCode": status,
    }
    if message is not None:
        properties["statusMessage"] = message
    world.store.put("deployed", key, operation)


def output_operation(world: World, record: Record) -> None:
    """Write the last operation: it evaluates the outputs and bears the id of the status address."""
    operation = {
        "id": f"{record['id']}/operations/{record['operation']}",
        "operationId": record["operation"],
        "started": world.clock(),
        "properties": {
            "provisioningOperation": "EvaluateDeploymentOutput",
            "provisioningState": "Succeeded",
            "timestamp": world.time(),
            "duration": "PT0.0102031S",
            "trackingId": str(uuid.uuid4()),
            "statusCode": "OK",
            "statusMessage": None,
        },
    }
    world.store.put("deployed", f"{record['id'].lower()}/999999", operation)


def operations(world: World, id: str) -> list[Record]:  # noqa: A002
    """Give a deployment's operations as they are shown, in the order in which they began."""
    found = world.store.scan("deployed", id.lower() + "/")
    return [
        {key: value for key, value in operation.items() if key != "started"}
        for name, operation in found
        if "/" not in name[len(id) + 1 :]
    ]


def forget(world: World, id: str) -> None:  # noqa: A002
    """Forget a deployment with its operations."""
    with world.store.transaction():
        world.store.delete("deployment", id.lower())
        for key in world.store.keys("deployed", id.lower() + "/"):
            world.store.delete("deployed", key)


def groom(world: World, scope: str) -> None:
    """Delete the oldest finished deployments of a scope when there are more than 775: 750 are left."""
    prefix = id_of(scope, "").lower()
    if len(world.store.keys("deployment", prefix)) <= 775:
        return
    kept = sorted((record for _, record in world.store.scan("deployment", prefix)), key=lambda one: one["started"])
    for record in [one for one in kept if one["state"] in FINAL][: len(kept) - 750]:
        forget(world, record["id"])


def failure(id: str, errors: list[tuple[str, Record]]) -> Record:  # noqa: A002
    """Build the error of a failed deployment: each detail's message is the JSON text of what the resource's said."""
    import json

    details = [
        {"code": status, "message": json.dumps({"status": "Failed", "error": error}, indent=2)}
        for status, error in errors
    ]
    return {"code": "DeploymentFailed", "target": id, "message": FAILED_MESSAGE, "details": details}


def context(world: World, record: Record, caller: Caller) -> Any:
    """Build where and when a deployment is evaluated; the same for all its evaluations."""
    from amlctl.arm.values import Context, Deployer
    from amlctl.localarm.ids import SUBSCRIPTION

    scope = record["scope"]
    subscription = SUBSCRIPTION.match(scope)
    group = world.store.get("group", scope.lower()) if GROUP.fullmatch(scope) else None
    return Context(
        tenant_id=world.tenant_id,
        subscription_id=subscription.group(1) if subscription else None,
        subscription_name="amlctl local",
        management_group_id=scope.rpartition("/")[2] if scope_kind(scope) == "managementGroup" else None,
        resource_group=group["body"]["name"] if group else group_of(scope) or None,
        location=record.get("location"),
        deployment_name=record["name"],
        scope=scope_kind(scope),  # type: ignore[arg-type]
        deployer=Deployer(caller.object_id, caller.tenant_id, caller.name),
        time=datetime.fromtimestamp(record["started"], UTC),
        new_guid=record["guid"],
        resource_group_location=group["body"]["location"] if group else None,
        resource_group_tags=group["body"].get("tags") or {} if group else None,
    )
