"""Resource groups: made, shown, listed, deleted with everything in them."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import base64
import json
import re
from typing import Any

from amlctl.localarm import longrunning
from amlctl.localarm.locks import check_group
from amlctl.localarm.providers.kinds import short_location
from amlctl.localarm.refusals import bad_request, conflict, group_being_deleted, group_not_found
from amlctl.localarm.wire import Request, Response, page
from amlctl.localarm.world import World

_NAME = re.compile(r"[\w().-]{1,90}(?<!\.)")
_FILTER = re.compile(r"tagname\s+eq\s+'((?:[^']|'')*)'(?:\s+and\s+tagvalue\s+eq\s+'((?:[^']|'')*)')?", re.IGNORECASE)
Groups = dict[str, str]


def key_of(subscription: str, name: str) -> str:
    """The key of a group in the store."""
    return f"/subscriptions/{subscription}/resourcegroups/{name}".lower()


def require(world: World, subscription: str, name: str, *, deleting: bool = False) -> dict[str, Any]:
    """Give a group's record; Refused where it is not there or, unless that is allowed, on its way out."""
    record = world.store.get("group", key_of(subscription, name))
    if record is None:
        raise group_not_found(name)
    if not deleting and world.store.get("deleting", key_of(subscription, name)) is not None:
        raise group_being_deleted(name)
    return dict(record)


def settle(world: World) -> None:
    """Carry out the deletions whose time has come."""
    for key, entry in world.store.scan("deleting"):
        if world.clock() >= entry["until"]:
            purge(world, key)


def purge(world: World, key: str) -> None:
    """Delete a group with its resources and its deployments."""
    from amlctl.localarm import resources
    from amlctl.localarm.ids import parse

    with world.lock, world.store.transaction():
        for inside in world.store.keys("resource", key + "/"):
            id = parse(inside)  # noqa: A001
            if id is not None and world.store.get("resource", inside) is not None:
                resources.remove(world, id, {})
        for kind in ("resource", "deployment", "deployed", "stack"):
            world.store.delete_under(kind, key + "/")
        world.store.delete("group", key)
        world.store.delete("deleting", key)


def write(world: World, subscription: str, name: str, body: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Make or change a group; give its body and whether it is new."""
    if not _NAME.fullmatch(name):
        message = (
            f"The provided resource group name '{name}' has these invalid characters or ends with a period. The"
            f" name can"
            " only be a letter, digit, '-', '.', '(', ')' or '_'."
        )
        raise bad_request(message, "InvalidResourceGroup")
    location = body.get("location")
    if not isinstance(location, str) or not location:
        raise bad_request("The location property is required for this definition.", "LocationRequired")
    with world.lock:
        key = key_of(subscription, name)
        record = world.store.get("group", key)
        if record is not None:
            _check_same(world, key, name, record["body"], short_location(location))
        shown = _body(subscription, record["body"]["name"] if record else name, body, short_location(location))
        born = record["born"] if record else world.time()
        world.store.put("group", key, {"body": shown, "born": born, "changed": world.time()})
        return shown, record is None


def _check_same(world: World, key: str, name: str, before: dict[str, Any], location: str) -> None:
    if world.store.get("deleting", key) is not None:
        raise group_being_deleted(name)
    if before["location"] != location:
        message = (
            f"Invalid resource group location '{location}'. The Resource group already exists in location"
            f" '{before['location']}'."
        )
        raise conflict("InvalidResourceGroupLocation", message)


def _body(subscription: str, name: str, sent: dict[str, Any], location: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": f"/subscriptions/{subscription}/resourceGroups/{name}",
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
    }
    if sent.get("tags") is not None:
        body["tags"] = sent["tags"]
    if sent.get("managedBy"):
        body["managedBy"] = sent["managedBy"]
    body["properties"] = {"provisioningState": "Succeeded"}
    return body


def shown(world: World, key: str, record: dict[str, Any]) -> dict[str, Any]:
    """Show a group with its state."""
    if world.store.get("deleting", key) is None:
        return dict(record["body"])
    return {**record["body"], "properties": {"provisioningState": "Deleting"}}


# ---- routes -------------------------------------------------------------------------------------------------------


def put(world: World, request: Request, found: Groups) -> Response:
    """PUT of a group: 201 new, 200 same."""
    body, created = write(world, found["sub"], found["group"], request.json())
    return Response(201 if created else 200, body)


def get(world: World, request: Request, found: Groups) -> Response:
    """GET of a group."""
    record = require(world, found["sub"], found["group"], deleting=True)
    return Response(200, shown(world, key_of(found["sub"], found["group"]), record))


def head(world: World, request: Request, found: Groups) -> Response:
    """HEAD of a group: 204 or 404."""
    there = world.store.get("group", key_of(found["sub"], found["group"])) is not None
    return Response(204 if there else 404)


def patch(world: World, request: Request, found: Groups) -> Response:
    """PATCH of a group: tags are replaced."""
    with world.lock:
        record = require(world, found["sub"], found["group"])
        sent = request.json()
        body = record["body"]
        if "tags" in sent:
            body = {
                **{key: body[key] for key in ("id", "name", "type", "location")},
                "tags": sent["tags"] or {},
                **body,
            }
            body["tags"] = sent["tags"] or {}
        record["body"] = body
        world.store.put("group", key_of(found["sub"], found["group"]), record)
    return Response(200, body)


def delete(world: World, request: Request, found: Groups) -> Response:
    """DELETE of a group: 202 with a Location that says 202 until everything is gone."""
    name = found["group"]
    with world.lock:
        record = require(world, found["sub"], name, deleting=True)
        check_group(world, record["body"]["id"])
        job = {"jobId": _job(name, record["body"]["location"]), "jobLocation": record["body"]["location"]}
        operation = base64.urlsafe_b64encode(json.dumps(job, separators=(",", ":")).encode()).rstrip(b"=").decode()
        path = f"/subscriptions/{found['sub']}/operationresults/{operation}"
        until = longrunning.later(world, path, None, urls={"Location": request.url(path)})
        world.store.put("deleting", key_of(found["sub"], name), {"until": until})
    return Response(202, None, (("Location", request.url(path)), *longrunning.RETRY))


def _job(name: str, location: str) -> str:
    written = name.upper().replace("-", ":2D").replace("_", ":5F")
    return f"RESOURCEGROUPDELETIONJOB-{written}-{location.upper()}"


def listing(world: World, request: Request, found: Groups) -> Response:
    """GET of all groups; ``$filter`` by tag."""
    match = _FILTER.search(request.query.get("$filter", ""))
    prefix = f"/subscriptions/{found['sub']}/resourcegroups/".lower()
    items = [shown(world, key, record) for key, record in world.store.scan("group", prefix)]
    if match:
        items = [item for item in items if _tagged(item, match.group(1), match.group(2))]
    return page(items)


def _tagged(item: dict[str, Any], name: str, value: str | None) -> bool:
    tags = {key.lower(): str(text) for key, text in (item.get("tags") or {}).items()}
    return name.lower() in tags and (value is None or tags[name.lower()] == value.replace("''", "'"))


def export(world: World, request: Request, found: Groups) -> Response:
    """POST exportTemplate: the group's resources as a template, without what is read-only everywhere."""
    from amlctl.localarm import resources

    require(world, found["sub"], found["group"])
    prefix = key_of(found["sub"], found["group"]) + "/"
    listed = [record for _, record in world.store.scan("resource", prefix) if resources.is_listed(record)]
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {},
        "variables": {},
        "resources": [_exported(record) for record in listed],
    }
    return Response(200, {"template": template})


def _exported(record: dict[str, Any]) -> dict[str, Any]:
    body = {
        key: value for key, value in record["body"].items() if key not in ("id", "etag", "systemData", "name", "type")
    }
    properties = body.get("properties")
    if isinstance(properties, dict):
        body["properties"] = {key: value for key, value in properties.items() if key != "provisioningState"}
    return {"type": record["body"]["type"], "apiVersion": record["api"], "name": record["body"]["name"], **body}
