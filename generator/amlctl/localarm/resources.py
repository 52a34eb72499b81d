"""Resources of every type at every scope: written, read, listed, deleted, acted upon."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from amlctl.localarm import groups, longrunning, shape
from amlctl.localarm.ids import ResourceId, parse
from amlctl.localarm.locks import check_lock
from amlctl.localarm.providers.index import kind_of, kinds, known, respelled
from amlctl.localarm.providers.kinds import Arrival, Body, Kind, Reply
from amlctl.localarm.refusals import Refused, bad_request, conflict, resource_not_found
from amlctl.localarm.wire import Caller, Request, Response, page
from amlctl.localarm.world import World

_VIRTUAL = ("blobservices", "fileservices", "queueservices", "tableservices")
_LOOSE = ("environments", "models", "data", "components", "codes")
_TRACKED_CHILDREN = (
    "onlineendpoints",
    "batchendpoints",
    "deployments",
    "virtualnetworklinks",
    "replications",
    "webhooks",
)


class Written(NamedTuple):
    """A write that was taken: the stored body, whether it is new, and when its work is done."""

    id: ResourceId
    body: Body
    created: bool
    until: float
    reply: Reply
    error: Refused | None = None
    """What the work ends with, if it does not end well."""


def write(
    world: World,
    id: ResourceId,  # noqa: A002
    body: Body,
    api_version: str,
    caller: Caller,
    *,
    merge: bool = False,
) -> Written:
    """Take a PUT (with `merge` a PATCH): check it, fill it, store it with its children; Refused where ARM would."""
    id = respelled(id)  # noqa: A001
    kind = kind_of(id)
    with world.lock, world.store.transaction():
        _check_place(world, id)
        record = world.store.get("resource", id.key)
        if merge:
            body = _merged(record, id, kind, body)
        else:
            shape.check(id, body, api_version)
        arrival = _arrival(world, id, body, record, api_version, caller)
        _check_location(arrival)
        if kind.check:
            kind.check(arrival)
        return _store(arrival, kind, record)


def _arrival(world: World, id: ResourceId, body: Body, record: Any, api_version: str, caller: Caller) -> Arrival:  # noqa: A002
    born = record["born"] if record else world.time()
    return Arrival(
        _spelled_group(world, id), body, record["body"] if record else None, api_version, world, caller, born
    )


def _spelled_group(world: World, id: ResourceId) -> ResourceId:  # noqa: A002
    """Spell the group's name as the group itself does."""
    record = world.store.get("group", id.group_id.lower()) if id.group else None
    if record is None:
        return id
    return id._replace(scope=record["body"]["id"] + id.scope[len(record["body"]["id"]) :])


def _store(arrival: Arrival, kind: Kind, record: Any) -> Written:
    world, reply = arrival.world, reply_of(kind, arrival.api_version)
    body = kind.fill(arrival)
    error = kind.ends(arrival, body)
    if error is not None:
        body["properties"]["provisioningState"] = "Failed"
    runs = record is None or _runs_on_update(reply)
    until = world.clock() + world.pace if runs and (reply.state or reply.status_at or reply.result_at) else 0.0
    new = {"body": body, "api": arrival.api_version, "born": arrival.born, "changed": world.time()}
    if reply.state and runs:
        new["pending"] = {"until": until, "state": reply.state if record is None else "Updating"}
    world.store.put("resource", arrival.id.key, new)
    for name in kind.embeds:
        _store_children(arrival, body, name)
    if error is None:
        kind.after(arrival, body)
    return Written(arrival.id, body, record is None, until, reply, error)


def _runs_on_update(reply: Reply) -> bool:
    """Say whether an update takes its time too; without an address to poll it is done at once."""
    return bool(reply.status_at or reply.result_at) and not (reply.body == "empty" and reply.same == 200)


def reply_of(kind: Kind, api_version: str) -> Reply:
    """Give how a PUT is answered; registries of the preview that azure-ai-ml speaks are answered 201 with the body."""
    if kind.type == "Microsoft.MachineLearningServices/registries" and api_version < "2024":
        return kind.put._replace(new=201, same=200, body="resource")
    return kind.put


def _store_children(arrival: Arrival, body: Body, name: str) -> None:
    """Give the members of a list in the parent a life of their own; what the list no longer names is deleted."""
    sent = arrival.properties.get(name)
    if isinstance(sent, list) and (arrival.previous is None or "properties" in arrival.body):
        prefix = f"{arrival.id.key}/{name.lower()}/"
        arrival.world.store.delete_under("resource", prefix)
        for item in sent:
            child = arrival.id.child(name, str(item.get("name")))
            inner = arrival._replace(id=child, body={"properties": item.get("properties") or {}}, previous=None)
            filled = kinds()[child.type.lower()].fill(inner)
            record = {"body": filled, "api": arrival.api_version, "born": arrival.born, "changed": arrival.world.time()}
            arrival.world.store.put("resource", child.key, record)
    body["properties"][name] = []
    stored = arrival.world.store.get("resource", arrival.id.key)
    if stored is not None:
        stored["body"]["properties"][name] = []
        arrival.world.store.put("resource", arrival.id.key, stored)


def _merged(record: Any, id: ResourceId, kind: Kind, patch: Body) -> Body:  # noqa: A002
    if record is None:
        raise missing(id, kind)
    body = dict(record["body"])
    properties = patch.get("properties")
    for name in kind.embeds:
        body["properties"] = {key: value for key, value in body["properties"].items() if key != name}
    if (
        isinstance(properties, dict)
        and "scaleSettings" in properties
        and "computeType" in (body.get("properties") or {})
    ):
        inner = {key: value for key, value in properties.items() if key != "scaleSettings"}
        patch = {**patch, "properties": {**inner, "properties": {"scaleSettings": properties["scaleSettings"]}}}
    merged: Body = merge_patch(body, patch)
    if "tags" in patch:
        merged["tags"] = patch["tags"] or {}
    return merged


def merge_patch(value: Any, patch: Any) -> Any:
    """Merge as JSON merge patch does, but keep a null that is sent."""
    if not isinstance(patch, dict) or not isinstance(value, dict):
        return patch
    merged = dict(value)
    for key, item in patch.items():
        merged[key] = merge_patch(merged.get(key), item)
    return merged


def _check_place(world: World, id: ResourceId) -> None:  # noqa: A002
    """Refuse a resource whose group, target or parent does not exist."""
    if id.group:
        groups.require(world, id.subscription, id.group)
    _check_registered(world, id)
    check_lock(world, id, "write")
    target = parse(id.scope) if "/providers/" in id.scope.lower() else None
    if target and known(target) and find(world, target) is None:
        raise resource_not_found(target)
    parent = id.parent
    if parent and known(parent) and parent.types[-1].lower() not in _LOOSE and find(world, parent) is None:
        message = (
            f"Failed to perform 'write' on resource(s) of type '{'/'.join(id.types)}', because the parent resource"
            f" '{parent.text}' could not be found."
        )
        raise Refused(404, "ParentResourceNotFound", message)


def _check_registered(world: World, id: ResourceId) -> None:  # noqa: A002
    state = world.store.get("setting", f"provider/{id.subscription}/{id.namespace}".lower())
    if state == "NotRegistered":
        message = (
            f"The subscription is not registered to use namespace '{id.namespace}'. See"
            f" https://aka.ms/rps-not-found for"
            " how to register subscriptions."
        )
        raise conflict("MissingSubscriptionRegistration", message)


def _check_location(arrival: Arrival) -> None:
    before, now = (arrival.previous or {}).get("location"), arrival.body.get("location")
    if not before or not isinstance(now, str):
        return
    if str(before).replace(" ", "").lower() != now.replace(" ", "").lower():
        message = (
            f"The resource '{arrival.id.name}' already exists in location '{before}' in resource group"
            f" '{arrival.id.group}'. A resource with the same name cannot be created in location '{now}'."
            f" Please select a"
            " new resource name."
        )
        raise conflict("InvalidResourceLocation", message)


def find(world: World, id: ResourceId) -> Any | None:  # noqa: A002
    """Give a resource's record; services that are always there are made up."""
    record = world.store.get("resource", id.key)
    if record is not None or id.types[-1].lower() not in _VIRTUAL or id.name.lower() != "default" or not known(id):
        return record
    parent = id.parent
    above = find(world, parent) if parent else None
    if above is None:
        return None
    arrival = Arrival(respelled(id), {}, None, above["api"], world, Caller("", "", "", ""), above["born"])
    return {"body": kind_of(id).fill(arrival), "api": above["api"], "born": above["born"]}


def read(world: World, id: ResourceId) -> Body | None:  # noqa: A002
    """Give a resource as GET shows it, or None."""
    record = find(world, id)
    return None if record is None else shown(world, respelled(id), record)


def shown(world: World, id: ResourceId, record: Any) -> Body:  # noqa: A002
    """Show a record: with its running state, its embedded children and what its type computes."""
    kind = kind_of(id)
    body: Body = kind.view(world, id, record["body"])
    for name in kind.embeds:
        body["properties"][name] = children(world, id, name)
    pending = record.get("pending")
    properties = body.get("properties")
    if (
        pending
        and world.clock() < pending["until"]
        and isinstance(properties, dict)
        and "provisioningState" in properties
    ):
        body = {**body, "properties": {**properties, "provisioningState": pending["state"]}}
    return body


def children(world: World, id: ResourceId, name: str) -> list[Body]:  # noqa: A002
    """Give the direct children of one kind, shown, in the order in which they were made."""
    prefix = f"{id.key}/{name.lower()}/"
    records = [(key, record) for key, record in world.store.scan("resource", prefix) if "/" not in key[len(prefix) :]]
    return [shown(world, _id_of(record), record) for _, record in records]


def _id_of(record: Any) -> ResourceId:
    found = parse(str(record["body"]["id"]))
    assert found is not None
    return found


def missing(id: ResourceId, kind: Kind) -> Exception:  # noqa: A002
    """Word the 404 of a resource: the provider's own, ARM's, or ARM's naming the missing parent."""
    return kind.missing(id) if kind.missing else resource_not_found(id)


def require(world: World, id: ResourceId) -> Body:  # noqa: A002
    """Give a resource as GET shows it; Refused with the 404 of its type where it is not there."""
    if id.group:
        groups.require(world, id.subscription, id.group, deleting=True)
    body = read(world, id)
    if body is not None:
        return body
    parent = id.parent
    while parent is not None:
        if known(parent) and parent.types[-1].lower() not in _LOOSE and find(world, parent) is None:
            raise resource_not_found(parent)
        parent = parent.parent
    raise missing(id, kind_of(id))


def remove(world: World, id: ResourceId, query: Mapping[str, str]) -> Body | None:  # noqa: A002
    """Delete a resource with everything below it; give its last body, or None when there was none."""
    id = respelled(id)  # noqa: A001
    with world.lock, world.store.transaction():
        check_lock(world, id, "delete")
        record = world.store.get("resource", id.key)
        if record is None:
            return None
        for key, inside in reversed(world.store.scan("resource", id.key + "/")):
            _drop(world, _id_of(inside), inside, {})
            world.store.delete("resource", key)
        _drop(world, id, record, query)
        world.store.delete("resource", id.key)
        return dict(record["body"])


def _drop(world: World, id: ResourceId, record: Any, query: Mapping[str, str]) -> None:  # noqa: A002
    kind_of(id).removed(world, _spelled_group(world, respelled(id)), record["body"], query)


def is_listed(record: Any) -> bool:
    """Say whether a resource stands in resource lists: tracked ones do, children and extensions mostly do not."""
    id = parse(str(record["body"]["id"]))  # noqa: A001
    if id is None or not kind_of(id).listed or "/providers/" in id.scope.lower():
        return False
    return len(id.types) == 1 or id.types[-1].lower() in _TRACKED_CHILDREN


# ---- routes -------------------------------------------------------------------------------------------------------


def get(world: World, request: Request, id: ResourceId) -> Response:  # noqa: A002
    """GET of one resource; while it is being made, clients that poll it are told to come back soon."""
    body = require(world, id)
    record = world.store.get("resource", id.key)
    pending = (record or {}).get("pending")
    running = pending is not None and world.clock() < pending["until"]
    return Response(200, body, longrunning.RETRY if running else ())


def head(world: World, request: Request, id: ResourceId) -> Response:  # noqa: A002
    """HEAD of one resource: 204, or 404 without a body."""
    return Response(204 if read(world, id) is not None else 404)


def put(world: World, request: Request, id: ResourceId) -> Response:  # noqa: A002
    """PUT of one resource."""
    written = write(world, id, _object(request), request.api_version, request.caller)
    return _answer(world, request, written)


def patch(world: World, request: Request, id: ResourceId) -> Response:  # noqa: A002
    """PATCH of one resource; answered as an update."""
    written = write(world, id, _object(request), request.api_version, request.caller, merge=True)
    reply = written.reply
    if not (reply.status_at or reply.result_at) or reply.body == "empty":
        return Response(200, read(world, written.id))
    return _answer(world, request, written)


def _object(request: Request) -> Body:
    return request.json()


def _answer(world: World, request: Request, written: Written) -> Response:
    reply = written.reply
    status = reply.new if written.created else reply.same
    body = read(world, written.id)
    if reply.body in ("echo", "head"):
        return Response(status, _short(reply, request, body or {}), reply.headers)
    plain = not written.created and reply.body == "empty" and status == 200
    if plain or not (reply.status_at or reply.result_at):
        words = longrunning.words_of(world, written.id, body)
        headers = (*reply.headers, *(longrunning.RETRY if reply.state else ()))
        return longrunning.first(reply._replace(body="resource"), body, status, headers, words)
    error = written.error.error() if written.error else None
    return longrunning.begin(world, request, written.id, reply, body, status=status, error=error).response


def _short(reply: Reply, request: Request, body: Body) -> Body:
    """Give the short answers of storage: the request itself, or id, name and type."""
    return request.json() if reply.body == "echo" else {key: body[key] for key in ("id", "name", "type")}


def delete(world: World, request: Request, id: ResourceId) -> Response:  # noqa: A002
    """DELETE of one resource: 204 when it was not there."""
    kind = kind_of(id)
    if id.group:
        groups.require(world, id.subscription, id.group, deleting=True)
    body = remove(world, id, request.query)
    if body is None:
        return Response(204)
    reply = kind.delete
    if reply.status_at or reply.result_at:
        return longrunning.begin(world, request, respelled(id), reply, body).response
    shown_body = body if reply.body == "resource" else None
    kind_of_text = "text/plain; charset=utf-8" if reply.text else Response._field_defaults["content_type"]
    return Response(reply.new, shown_body, (), kind_of_text)


def act(world: World, request: Request, id: ResourceId, action: str) -> Response:  # noqa: A002
    """POST of an action on a resource, or GET of what is no child (``listUsages``)."""
    body = require(world, id)
    handler = kind_of(id).actions.get(action.lower())
    if handler is None:
        message = f"The action '{action}' is not supported for resources of type '{id.type}' by the local endpoint."
        raise bad_request(message, "InvalidResourceAction")
    return handler(world, request, respelled(id), body)


def collection(world: World, request: Request, id: ResourceId, name: str) -> Response:  # noqa: A002
    """GET of a collection: children of a resource, or all resources of a type at or below a scope."""
    if id.types:
        require(world, id)
        wanted = f"{id.key}/{name}/".lower()
        records = [record for key, record in world.store.scan("resource", wanted) if "/" not in key[len(wanted) :]]
    else:
        if id.group:
            groups.require(world, id.subscription, id.group)
        records = _of_type(world, id.scope.lower(), f"/providers/{id.namespace}/{name}/".lower())
    return page([shown(world, _id_of(record), record) for record in _arranged(records, request.query)])


def _of_type(world: World, scope: str, mark: str) -> list[Any]:
    found = []
    for key, record in world.store.scan("resource", scope + "/"):
        before, _, rest = key.rpartition(mark)
        if rest and "/" not in rest and "/providers/" not in before[len(scope) :]:
            found.append(record)
    return found


def _arranged(records: list[Any], query: Mapping[str, str]) -> list[Any]:
    """Sort, filter and cut a list as the query asks: ``$orderBy``, ``listViewType``, ``isDefault``, ``$top``."""
    if query.get("listviewtype", "").lower() == "activeonly":
        records = [one for one in records if not (one["body"].get("properties") or {}).get("isArchived")]
    if query.get("isdefault", "").lower() == "true":
        records = [one for one in records if (one["body"].get("properties") or {}).get("isDefault")]
    if "desc" in query.get("$orderby", "").lower():
        records = sorted(records, key=lambda one: (one["born"], one["body"]["name"]), reverse=True)
    top = query.get("$top", "")
    return records[: int(top)] if top.isdecimal() else records
