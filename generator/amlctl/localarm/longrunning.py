"""Long-running operations: their addresses, their polls and their ends. Time decides, so they survive a restart.

While work goes on an answer carries ``retry-after-ms`` and never ``Retry-After``: clients then poll at once instead of
every 30 seconds.
"""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import Reply, place
from amlctl.localarm.wire import Headers, Request, Response
from amlctl.localarm.world import World

RETRY: Headers = (("retry-after-ms", "20"),)
_PLAIN = "text/plain; charset=utf-8"


class Begun(NamedTuple):
    """A started operation: the first answer and when the work is done."""

    response: Response
    until: float


def begin(
    world: World,
    request: Request,
    id: ResourceId,  # noqa: A002
    reply: Reply,
    body: Any,
    *,
    status: int = 0,
    error: Any = None,
) -> Begun:
    """Start an operation on a resource and build its first answer."""
    until = world.clock() + world.pace
    words = _words(world, id, body)
    shared = {
        "until": until,
        "poll": reply.poll,
        "percent": reply.percent,
        "result": reply.result,
        "typed": reply.typed,
        "resource": id.text,
        "error": error,
        "urls": _urls(request, reply, words),
    }
    for mode, template in (("status", reply.status_at), ("result", reply.result_at)):
        if template:
            path = template.format(**words).partition("?")[0]
            world.store.put("operation", path.lower(), {**shared, "mode": mode, "path": path})
    headers = (*_address_headers(shared["urls"]), *RETRY, *reply.headers)
    return Begun(first(reply, body, status or reply.new, headers, words), until)


def first(reply: Reply, body: Any, status: int, headers: Headers, words: dict[str, str]) -> Response:
    """Build the answer to the write itself."""
    spelled = tuple((name, value.format(**words) if "{" in value else value) for name, value in headers)
    shown = {"empty": None, "object": {}}.get(reply.body, body) if reply.body != "resource" else body
    return Response(
        status, shown, spelled, _PLAIN if reply.text and shown is None else Response._field_defaults["content_type"]
    )


def words_of(world: World, id: ResourceId, body: Any) -> dict[str, str]:  # noqa: A002
    """Give what an address template may name."""
    return _words(world, id, body)


def poll(world: World, request: Request) -> Response | None:
    """Answer the poll of an operation; None when the path is no operation."""
    record = world.store.get("operation", request.path.lower())
    if record is None:
        return None
    mode = record["mode"]
    if record.get("typed"):
        mode = "result" if request.query.get("type") == "location" else "status"
    running = world.clock() < record["until"]
    return _status(record, running=running) if mode == "status" else _result(world, record, running=running)


def later(
    world: World,
    path: str,
    body: Any,
    *,
    delay: float | None = None,
    status: int = 200,
    urls: dict[str, str] | None = None,
) -> float:
    """Store a final answer that a Location address gives when the work is done."""
    until = world.clock() + (world.pace if delay is None else delay)
    record = {
        "until": until,
        "mode": "result",
        "result": "body",
        "body": body,
        "final": status,
        "urls": urls or {},
        "path": path,
    }
    world.store.put("operation", path.lower(), record)
    return until


def prune(world: World) -> None:
    """Forget operations that ended more than a day ago."""
    old = world.clock() - 86400
    for key, record in world.store.scan("operation"):
        if record["until"] < old:
            world.store.delete("operation", key)


def _words(world: World, id: ResourceId, body: Any) -> dict[str, str]:  # noqa: A002
    location = body.get("location") if isinstance(body, dict) else None
    return {
        "sub": f"/subscriptions/{id.subscription}",
        "group": id.group_id,
        "id": body.get("id", id.text) if isinstance(body, dict) else id.text,
        "location": location if isinstance(location, str) else place(world, id),
        "operation": str(uuid.uuid4()),
    }


def _urls(request: Request, reply: Reply, words: dict[str, str]) -> dict[str, str]:
    urls = {}
    for name, template, kind in (
        ("Azure-AsyncOperation", reply.status_at, "async"),
        ("Location", reply.result_at, "location"),
    ):
        if template:
            path, _, query = template.format(**words).partition("?")
            more = f"&{query}" if query else ""
            typed = f"&type={kind}" if reply.typed else ""
            urls[name] = request.url(path) + more + typed
    return urls


def _address_headers(urls: dict[str, str]) -> Headers:
    return tuple(urls.items())


def _status(record: dict[str, Any], *, running: bool) -> Response:
    if running:
        headers = _address_headers(record["urls"]) if record["poll"] == 202 else ()
        return Response(record["poll"], {"status": "InProgress"}, (*headers, *RETRY))
    if record.get("error"):
        return Response(200, {"status": "Failed", "error": record["error"]})
    return Response(200, {"status": "Succeeded", **({"percentComplete": 100.0} if record["percent"] else {})})


def _result(world: World, record: dict[str, Any], *, running: bool) -> Response:
    if running:
        location = tuple(item for item in record["urls"].items() if item[0] == "Location")
        return Response(202, None, (*location, *RETRY), _PLAIN)
    if record["result"] == "body":
        return Response(record["final"], record["body"])
    if record["result"] == "resource":
        return _resource(world, record["resource"])
    return Response(200, None, (), _PLAIN)


def _resource(world: World, text: str) -> Response:
    from amlctl.localarm import resources
    from amlctl.localarm.ids import parse

    id = parse(text)  # noqa: A001
    return Response(200, resources.read(world, id)) if id else Response(200)
