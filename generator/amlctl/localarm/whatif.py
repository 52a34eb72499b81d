"""What-if: desired resources against those that exist, in the service's form (observed.md section 6)."""

from __future__ import annotations

import uuid
from typing import Any

from amlctl.localarm import deployments, records, resources
from amlctl.localarm.answers import Observed
from amlctl.localarm.ids import GROUP, parse
from amlctl.localarm.records import Record
from amlctl.localarm.wire import Request
from amlctl.localarm.world import World

_READ_ONLY_TEXT = """
    provisioningstate creationtime keycreationtime primaryendpoints secondaryendpoints primarylocation
    secondarylocation statusofprimary lastenabledtime lastupdatedtime privateendpointconnections systemdata etag
    createdon modifiedon createddate modifieddate creationdate resourceguid notebookinfo instrumentationkey
    connectionstring appid customerid lastskuupdate loginserver updatedon createdby updatedby discoveryurl
    mlflowtrackinguri lastmodifiedtime vaulturi
"""
_READ_ONLY = frozenset(_READ_ONLY_TEXT.split())
_READ_ONLY_PATHS = {".sku.tier", ".identity.principalid", ".identity.tenantid", ".properties.encryption.services"}
_TOP = (
    "apiVersion",
    "id",
    "identity",
    "kind",
    "location",
    "managedBy",
    "name",
    "plan",
    "properties",
    "sku",
    "tags",
    "type",
    "zones",
)


def result(world: World, request: Request, body: Record, begun: Record) -> Record:
    """Give the whole answer of a what-if; Refused where the template is at fault."""
    format_ = str((body["properties"].get("whatIfSettings") or {}).get("resultFormat", "")).lower()
    desired = _desired(world, request, body, begun)
    changes = [_change(world, one, ids_only=format_ == "resourceidonly") for one in _listed(desired.root)]
    if str(body["properties"].get("mode", "")).lower() == "complete":
        changes += _deletions(world, begun["scope"], changes)
    correlation = request.headers.get("x-ms-correlation-request-id") or str(uuid.uuid4())
    return {"status": "Succeeded", "properties": {"correlationId": correlation, "changes": changes}}


def _desired(world: World, request: Request, body: Record, begun: Record) -> Any:
    """Evaluate with times and given secrets unresolved: the service prints their expressions."""
    from amlctl.arm import evaluate
    from amlctl.localarm.refusals import bad_request

    template, parameters = deployments.template_of(body), deployments.parameters_of(body)
    definitions = {key.lower(): value for key, value in (template.get("parameters") or {}).items()}
    for name, item in parameters.items():
        kind = str((definitions.get(name.lower()) or {}).get("type", "")).lower()
        if kind.startswith("secure") and isinstance(item, dict) and "value" in item:
            parameters[name] = {"reference": {"keyVault": {"id": "/hidden"}, "secretName": name}}
    context = records.context(world, begun, request.caller)._replace(time=None, new_guid=None)
    desired = evaluate(template, parameters, context, Observed(world))
    if desired.faults:
        fault = desired.faults[0]
        raise bad_request(fault.message, fault.code)
    return desired


def _listed(root: Any) -> list[Any]:
    """Give the resources that a what-if lists: modules flattened, the nested deployments themselves left out."""
    found = [
        one for one in root.resources if one.type.lower() != "microsoft.resources/deployments" and not one.existing
    ]
    for child in root.children:
        found += _listed(child)
    return found


def _change(world: World, resource: Any, *, ids_only: bool) -> Record:
    id = resource.id if isinstance(resource.id, str) else resource.id.text  # noqa: A001
    if ids_only:
        return {"resourceId": id, "changeType": "Deploy"}
    wanted = _wanted(resource, id)
    live = _live(world, id)
    if live is None:
        return {"resourceId": id, "changeType": "Create", "after": arranged(wanted)}
    before = arranged({**_readable(live, wanted), "apiVersion": resource.api_version, "id": id})
    after = arranged(_over(wanted, before))
    delta = differences(before, after)
    return {
        "resourceId": id,
        "changeType": "Modify" if delta else "NoChange",
        "before": before,
        "after": after,
        "delta": delta,
    }


def _wanted(resource: Any, id: str) -> Record:  # noqa: A002
    name = resource.name if isinstance(resource.name, str) else resource.name.text
    body = _no_nulls(records.bare(resource.body, secrets=True))
    return {
        "apiVersion": resource.api_version,
        "id": id,
        "name": name.rpartition("/")[2],
        **body,
        "type": resource.type,
    }


def _live(world: World, id: str) -> Record | None:  # noqa: A002
    if GROUP.fullmatch(id):
        record = world.store.get("group", id.lower())
        return dict(record["body"]) if record else None
    found = parse(id)
    return resources.read(world, found) if found else None


def _readable(body: Record, wanted: Record) -> Record:
    """Give a live resource without what is read-only and not mentioned by the template."""
    return dict(_mentioned({key: value for key, value in body.items() if key in _TOP}, wanted, ""))


def _mentioned(live: Any, wanted: Any, path: str) -> Any:
    if isinstance(live, list):
        return [_mentioned(item, None, path) for item in live]
    if not isinstance(live, dict):
        return live
    names = {key.lower(): value for key, value in wanted.items()} if isinstance(wanted, dict) else {}
    kept = {}
    for key, value in live.items():
        here = f"{path}.{key}".lower()
        if key.lower() in names or not (key.lower() in _READ_ONLY or here in _READ_ONLY_PATHS):
            kept[key] = _mentioned(value, names.get(key.lower()), here)
    return kept


def _no_nulls(value: Any) -> Any:
    """Drop nulls: a property that is null in the template is one that is not mentioned."""
    if isinstance(value, dict):
        return {key: _no_nulls(item) for key, item in value.items() if item is not None}
    return [_no_nulls(item) for item in value] if isinstance(value, list) else value


def _over(wanted: Any, live: Any) -> Any:
    """Lay the template's values over the live ones: what the template does not mention stays in `after`."""
    if not isinstance(wanted, dict) or not isinstance(live, dict):
        return wanted
    spelled = {key.lower(): key for key in wanted}
    merged = {key: value for key, value in live.items() if key.lower() not in spelled and key != "tags"}
    for key, value in wanted.items():
        before = next((item for name, item in live.items() if name.lower() == key.lower()), None)
        merged[key] = value if key == "tags" else _over(value, before)
    return merged


def arranged(value: Any) -> Any:
    """Sort keys without case at every level and drop what is empty: ``[]``, ``{}``, ``""``."""
    if isinstance(value, dict):
        inside = {key: arranged(value[key]) for key in sorted(value, key=str.lower)}
        return {key: item for key, item in inside.items() if item not in ({}, [], "", None)}
    return [arranged(item) for item in value] if isinstance(value, list) else value


def differences(before: Any, after: Any, path: str = "") -> list[Record]:
    """Give the flat list of differing properties with dotted paths; lists are compared as wholes."""
    found: list[Record] = []
    for key in sorted({*before, *after}, key=str.lower):
        here = f"{path}.{key}" if path else key
        if key not in before:
            found.append({"path": here, "propertyChangeType": "Create", "after": after[key]})
        elif key not in after:
            found.append({"path": here, "propertyChangeType": "Delete", "before": before[key]})
        elif isinstance(before[key], dict) and isinstance(after[key], dict):
            found += differences(before[key], after[key], here)
        elif before[key] != after[key] and not _same_text(here, before[key], after[key]):
            found.append({"path": here, "propertyChangeType": "Modify", "before": before[key], "after": after[key]})
    return found


def _same_text(path: str, before: Any, after: Any) -> bool:
    """Say whether two texts mean the same: ids, types and locations have no case."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    if path.endswith(".vmSize"):
        return before.lower() == after.lower()
    if path == "location":
        return before.replace(" ", "").lower() == after.replace(" ", "").lower()
    return (path in ("type", "id", "name") or before.startswith("/subscriptions/")) and before.lower() == after.lower()


def _deletions(world: World, scope: str, changes: list[Record]) -> list[Record]:
    """Give what a complete deployment would delete: the group's other resources."""
    named = {change["resourceId"].lower() for change in changes}
    found = []
    for key, record in world.store.scan("resource", scope.lower() + "/"):
        if key not in named and resources.is_listed(record):
            found.append(
                {
                    "resourceId": record["body"]["id"],
                    "changeType": "Delete",
                    "before": arranged(_readable(record["body"], {})),
                }
            )
    return found
