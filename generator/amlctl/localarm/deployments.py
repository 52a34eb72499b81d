"""Deployments on the wire: validate, create, read, cancel, what-if, template hash — at all four scopes."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from amlctl.localarm import engine, groups, longrunning, records
from amlctl.localarm.answers import Observed
from amlctl.localarm.ids import GROUP, canonical, scope_kind
from amlctl.localarm.records import Record
from amlctl.localarm.refusals import Refused, bad_request, conflict, not_found
from amlctl.localarm.wire import Request, Response, page
from amlctl.localarm.world import World

Groups = dict[str, str]
_NAME = re.compile(r"[\w().-]{1,64}")
_FILTER = re.compile(r"provisioningState\s+eq\s+'(\w+)'", re.IGNORECASE)


def evaluated(world: World, request: Request, found: Groups, body: Record, record: Record, answers: Any = None) -> Any:
    """Evaluate what was sent as a validation does; Refused with the template's first fault."""
    from amlctl.arm import evaluate

    template, parameters = template_of(body), parameters_of(body)
    context = records.context(world, record, request.caller)
    desired = evaluate(template, parameters, context, answers or Observed(world))
    if desired.faults:
        fault = desired.faults[0]
        raise bad_request(fault.message, fault.code)
    return desired


def template_of(body: Record) -> dict[str, Any]:
    """Give the template that was sent; a link cannot be followed."""
    properties = body.get("properties")
    template = properties.get("template") if isinstance(properties, dict) else None
    if isinstance(template, str):
        from amlctl.localarm import jsonc

        template = jsonc.loads(template)
    if not isinstance(template, dict):
        link = isinstance(properties, dict) and properties.get("templateLink")
        message = (
            "The template link cannot be followed by the local endpoint; send the template itself."
            if link
            else "Deployment template validation failed: 'Required property 'template' not found in JSON.'."
        )
        raise bad_request(message, "InvalidDeploymentTemplateLink" if link else "InvalidRequestContent")
    return template


def parameters_of(body: Record) -> dict[str, Any]:
    """Give the parameters that were sent, without the nulls that some clients put beside a value."""
    sent = body["properties"].get("parameters") or {}
    if "parameters" in sent and "$schema" in sent:
        sent = sent["parameters"]
    return {
        name: {key: value for key, value in item.items() if not (key in ("reference", "expression") and value is None)}
        if isinstance(item, dict)
        else item
        for name, item in sent.items()
    }


def checked(world: World, request: Request, found: Groups) -> tuple[Record, Record]:
    """Check name, scope and body of a deployment; give the body and the start of its record."""
    scope, name = canonical(found["scope"]), found["name"]
    if not _NAME.fullmatch(name):
        message = (
            f"The provided deployment name '{name}' is not valid: 1 to 64 letters, digits, '-', '.', '_', '(' or ')'."
        )
        raise bad_request(
            message, "DeploymentNameInvalidCharacters" if len(name) <= 64 else "DeploymentNameLengthLimitExceeded"
        )
    match = GROUP.fullmatch(scope)
    if match:
        group = groups.require(world, match.group(1), match.group(2))
        scope = group["body"]["id"]
    body = request.json()
    location = body.get("location")
    if scope_kind(scope) != "resourceGroup" and not location:
        message = "The 'location' property is required for this deployment: it is not at resource group scope."
        raise bad_request(message, "LocationRequired")
    started = world.clock()
    record = {
        "scope": scope,
        "name": name,
        "location": location,
        "started": started,
        "guid": uuid.uuid4().hex,
    }
    return body, record


def _accepted(world: World, request: Request, body: Record, begun: Record, desired: Any) -> Record:
    correlation = request.headers.get("x-ms-correlation-request-id") or str(uuid.uuid4())
    record = records.new(world, begun["scope"], begun["name"], desired.root, correlation=correlation)
    record |= {"started": begun["started"], "guid": begun["guid"], "location": begun["location"]}
    if body.get("tags") is not None:
        record["tags"] = body["tags"]
    record["mode"] = _mode(body, begun["scope"])
    return record


def _mode(body: Record, scope: str) -> str:
    mode = str(body["properties"].get("mode") or "Incremental").capitalize()
    if mode not in ("Incremental", "Complete"):
        raise bad_request(f"The deployment mode '{mode}' is not valid.", "InvalidDeploymentMode")
    if mode == "Complete" and scope_kind(scope) != "resourceGroup":
        raise bad_request("The 'Complete' mode is supported at resource group scope only.", "InvalidDeploymentMode")
    return mode


# ---- routes -------------------------------------------------------------------------------------------------------


def validate(world: World, request: Request, found: Groups) -> Response:
    """POST validate: 200 with what would be deployed, or 400 with the fault."""
    from amlctl.localarm.preflight import check

    body, begun = checked(world, request, found)
    desired = evaluated(world, request, found, body, begun)
    check(world, begun["name"], desired)
    record = _accepted(world, request, body, begun, desired)
    record |= {"state": "Succeeded", "duration": "PT0S", "validated": validated(desired.root)}
    return Response(200, records.shown(record, accepted=True))


def validated(root: Any) -> list[str]:
    """Give the ids that a validation names: a deployment's own resources, then the contents of its modules."""
    found = [one.id for one in root.resources if isinstance(one.id, str) and not one.existing]
    for child in root.children:
        if child.expanded:
            found += validated(child)
    return found


def put(world: World, request: Request, found: Groups) -> Response:
    """PUT: 201 for a new name, 200 for one that is used again; 409 while it runs."""
    body, begun = checked(world, request, found)
    desired = evaluated(world, request, found, body, begun)
    with world.lock:
        before = records.load(world, records.id_of(begun["scope"], begun["name"]))
        _check_free(before, begun)
        record = _accepted(world, request, body, begun, desired)
        secret = any(one.secure and one.given for one in desired.parameters)
        record |= {"secret": secret, "sent": None if secret else parameters_of(body), "template": template_of(body)}
        with world.store.transaction():
            records.forget(world, record["id"])
            records.groom(world, record["scope"])
            records.save(world, record)
        answer = records.shown(record, accepted=True)
        engine.launch(world, json.loads(json.dumps(record)), parameters_of(body), request.caller)
    path = f"{request.path.rstrip('/')}/operationStatuses/{record['operation']}"
    headers = (
        ("Azure-AsyncOperation", request.url(path)),
        ("x-ms-deployment-engine-version", records.ENGINE_VERSION),
        *longrunning.RETRY,
    )
    return Response(200 if before else 201, answer, headers)


def _check_free(before: Record | None, begun: Record) -> None:
    if before is None:
        return
    if before["state"] not in records.FINAL:
        message = (
            f"Unable to edit or replace deployment '{begun['name']}': previous deployment from"
            f" '{before['timestamp']}' is"
            " still active (expiration time is 7 days later). Please see https://aka.ms/arm-deploy for usage details."
        )
        raise conflict("DeploymentActive", message)
    if before.get("location") and begun["location"] and before["location"].lower() != str(begun["location"]).lower():
        message = (
            f"Invalid deployment location '{begun['location']}'. The deployment '{begun['name']}' already"
            f" exists in location"
            f" '{before['location']}'."
        )
        raise conflict("InvalidDeploymentLocation", message)


def require(world: World, found: Groups) -> Record:
    """Give a deployment's record; Refused where there is none."""
    match = GROUP.fullmatch(canonical(found["scope"]))
    if match:
        groups.require(world, match.group(1), match.group(2), deleting=True)
    record = records.load(world, records.id_of(found["scope"], found["name"]))
    if record is None:
        raise not_found(f"Deployment '{found['name']}' could not be found.", "DeploymentNotFound")
    return record


def get(world: World, request: Request, found: Groups) -> Response:
    """GET of a deployment."""
    return Response(200, records.shown(require(world, found)))


def head(world: World, request: Request, found: Groups) -> Response:
    """HEAD of a deployment: 204 or 404."""
    there = records.load(world, records.id_of(found["scope"], found["name"])) is not None
    return Response(204 if there else 404)


def listing(world: World, request: Request, found: Groups) -> Response:
    """GET of all deployments of a scope, the newest first; ``$filter`` by state, ``$top``."""
    scope = canonical(found["scope"])
    match = GROUP.fullmatch(scope)
    if match:
        groups.require(world, match.group(1), match.group(2), deleting=True)
    prefix = records.id_of(scope, "").lower()
    listed = [record for _, record in world.store.scan("deployment", prefix)]
    wanted = _FILTER.search(request.query.get("$filter", ""))
    if wanted:
        listed = [record for record in listed if record["state"].lower() == wanted.group(1).lower()]
    listed.sort(key=lambda record: record["started"], reverse=True)
    top = request.query.get("$top", "")
    return page([records.shown(record) for record in (listed[: int(top)] if top.isdecimal() else listed)])


def delete(world: World, request: Request, found: Groups) -> Response:
    """DELETE of a deployment from the history: 202, or 204 where there is none; refused while it runs."""
    record = records.load(world, records.id_of(found["scope"], found["name"]))
    if record is None:
        return Response(204)
    if record["state"] not in records.FINAL:
        message = f"Unable to delete deployment '{found['name']}': it is still active."
        raise conflict("DeploymentActive", message)
    records.forget(world, record["id"])
    path = f"{_subscription(record['scope'])}/operationresults/{uuid.uuid4()}"
    longrunning.later(world, path, None, status=204, delay=0.0)
    return Response(202, None, (("Location", request.url(path)), *longrunning.RETRY))


def _subscription(scope: str) -> str:
    return scope.partition("/resourceGroups/")[0]


def cancel(world: World, request: Request, found: Groups) -> Response:
    """POST cancel: 204; only what runs can be cancelled."""
    record = require(world, found)
    if record["state"] in records.FINAL:
        message = f"The deployment '{found['name']}' cannot be cancelled: it is in state '{record['state']}'."
        raise conflict("DeploymentCannotBeCancelled", message)
    world.cancelled.add(record["id"].lower())
    return Response(204)


def export(world: World, request: Request, found: Groups) -> Response:
    """POST exportTemplate: the template that was deployed."""
    return Response(200, {"template": require(world, found)["template"]})


def status(world: World, request: Request, found: Groups) -> Response:
    """GET operationStatuses: ``{"status": …}``, and the error of a failed one."""
    record = require(world, found)
    state = record["state"]
    if state not in records.FINAL:
        return Response(200, {"status": state}, longrunning.RETRY)
    body: Record = {"status": state}
    if state == "Failed":
        body["error"] = record.get("error") or {"code": "DeploymentFailed", "message": records.FAILED_MESSAGE}
    elif state == "Canceled":
        body["error"] = {"code": "DeploymentCanceled", "message": f"The deployment '{record['name']}' was canceled."}
    return Response(200, body)


def operations(world: World, request: Request, found: Groups) -> Response:
    """GET of a deployment's operations."""
    listed = records.operations(world, require(world, found)["id"])
    top = request.query.get("$top", "")
    return page(listed[: int(top)] if top.isdecimal() else listed)


def operation(world: World, request: Request, found: Groups) -> Response:
    """GET of one operation."""
    listed = records.operations(world, require(world, found)["id"])
    one = next((item for item in listed if item["operationId"].lower() == found["operation"].lower()), None)
    if one is None:
        raise not_found(f"The operation '{found['operation']}' could not be found.", "DeploymentOperationNotFound")
    return Response(200, one)


def template_hash(world: World, request: Request, found: Groups) -> Response:
    """POST calculateTemplateHash: the hash and the upper-cased text that is hashed."""
    from amlctl.arm import hashing

    template = request.json()
    text = json.dumps(template, separators=(",", ":"), ensure_ascii=False).upper()
    return Response(200, {"minifiedTemplate": text, "templateHash": hashing.template_hash(template)})


def what_if(world: World, request: Request, found: Groups) -> Response:
    """POST whatIf: 202 with a Location that gives the changes."""
    from amlctl.localarm import whatif

    body, begun = checked(world, request, found)
    location = body.get("location") or (groups.require(world, *_pair(begun["scope"]))["body"]["location"])
    path = f"{_subscription(begun['scope'])}/operationresults/{_job(begun, location)}"
    try:
        result = whatif.result(world, request, body, begun)
    except Refused as refused:
        result = {"status": "Failed", "error": refused.error()}
    longrunning.later(world, path, result, delay=0.0)
    return Response(202, None, (("Location", request.url(path)), *longrunning.RETRY))


def _pair(scope: str) -> tuple[str, str]:
    match = GROUP.fullmatch(scope)
    return (match.group(1), match.group(2)) if match else ("", "")


def _job(begun: Record, location: str) -> str:
    import base64

    group = records.group_of(begun["scope"])
    words = f"{group}-{begun['name']}-{uuid.uuid4()}".upper().replace("-", ":2D")
    job = {"jobId": f"DeploymentWhatIfJob-{words}", "jobLocation": location}
    return base64.urlsafe_b64encode(json.dumps(job, separators=(",", ":")).encode()).rstrip(b"=").decode()


_D = r"(?P<scope>.*)/providers/Microsoft\.Resources/deployments"
_ONE = _D + r"/(?P<name>[^/]+)"
_SHORT = r"(?P<scope>/subscriptions/[^/]+/resourcegroups/[^/]+)/deployments/(?P<name>[^/]+)"


def _both(method: str, tail: str, handler: Callable[[World, Request, Groups], Response]) -> list[tuple[str, str, Any]]:
    return [(method, _ONE + tail, handler), (method, _SHORT + tail, handler)]


ROUTES: tuple[tuple[str, str, Callable[[World, Request, Groups], Response]], ...] = (
    ("POST", r"/providers/Microsoft\.Resources/calculateTemplateHash", template_hash),
    ("GET", _D, listing),
    ("PUT", _ONE, put),
    ("GET", _ONE, get),
    ("HEAD", _ONE, head),
    ("DELETE", _ONE, delete),
    ("POST", _ONE + r"/validate", validate),
    ("POST", _ONE + r"/whatIf", what_if),
    ("POST", _ONE + r"/cancel", cancel),
    ("POST", _ONE + r"/exportTemplate", export),
    *_both("GET", r"/operationStatuses/(?P<operation>[^/]+)", status),
    *_both("GET", r"/operations", operations),
    *_both("GET", r"/operations/(?P<operation>[^/]+)", operation),
)
