"""Addresses of the endpoint itself, behind the same token: faults, quota, the log of requests."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from amlctl.localarm.refusals import bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

Groups = dict[str, str]


def add_faults(world: World, request: Request, found: Groups) -> Response:
    """POST ``/_lab/faults``: one rule, or ``{"rules": [...]}``."""
    body = request.json()
    for rule in body["rules"] if isinstance(body.get("rules"), list) else [body]:
        world.faults.add(rule)
    return Response(200, {"rules": world.faults.shown()})


def show_faults(world: World, request: Request, found: Groups) -> Response:
    """GET ``/_lab/faults``."""
    return Response(200, {"rules": world.faults.shown()})


def clear_faults(world: World, request: Request, found: Groups) -> Response:
    """DELETE ``/_lab/faults``."""
    world.faults.clear()
    return Response(200, {"rules": []})


def show_requests(world: World, request: Request, found: Groups) -> Response:
    """GET ``/_lab/requests``: what came in, oldest first; ``?count=true`` gives the numbers alone."""
    counts = {"writes": world.writes, "requests": world.taken}
    if request.query.get("count") == "true":
        return Response(200, counts)
    return Response(200, {**counts, "value": list(world.requests)})


SETTINGS: dict[str, type | tuple[type, ...]] = {
    "rolePropagation": (int, float),
    "replication": (int, float),
    "keylessInstances": str,
}
"""What ``/_lab/settings`` takes: seconds, but for ``keylessInstances`` (``refuse``)."""


def settings(world: World, request: Request, found: Groups) -> Response:
    """POST ``/_lab/settings``: how the endpoint behaves until its end; an unknown or odd value changes nothing."""
    body = request.json()
    for name, value in body.items():
        if not isinstance(value, SETTINGS.get(name, ())):
            raise bad_request(f"The setting '{name}' is not known, or not of its type.", "InvalidSetting")
    world.settings |= body
    return Response(200, {name: value for name, value in world.settings.items() if name in SETTINGS})


def stop(world: World, request: Request, found: Groups) -> Response:
    """POST ``/_lab/stop``: the endpoint ends after this answer."""
    world.closing.set()
    return Response(200, {"status": "stopping"})
