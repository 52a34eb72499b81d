"""From a request to a response, in one place: host, token, faults, api-version, polls, routes, refusals."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from typing import Any

from amlctl.localarm import callers, faults, groups, longrunning, routes
from amlctl.localarm.refusals import Refused, invalid_api_version, missing_api_version
from amlctl.localarm.wire import Caller, Request, Response, refusal
from amlctl.localarm.world import World

_VERSION = re.compile(r"\d{4}-\d\d-\d\d(-[a-z]+\d*)?", re.IGNORECASE)
_HOSTS = ("127.0.0.1", "localhost")
_ARM_AUDIENCES = {"https://management.azure.com", "https://management.core.windows.net"}
_UNVERSIONED = ("/_lab/", "/v1.0/")
"""Addresses that are no part of ARM: no api-version, no faults, no log."""
_CHANGING = ("/start", "/stop", "/restart", "/register", "/unregister", "/purge", "/cancel", "/updatequotas")
"""POST addresses that change something; the others only ask."""
MAX_BODY = 20 * 1024 * 1024


def answer(world: World, request: Request) -> Response:
    """Answer a request. Raises only what a fault rule asks for (`faults.Dropped`, `faults.Cut`)."""
    try:
        response = _guarded(world, request)
    except Refused as refused:
        response = refusal(refused)
    return response._replace(headers=(*_common(world, request), *response.headers))


def _guarded(world: World, request: Request) -> Response:
    _check_host(request)
    public = routes.find(request, public=True)
    if public is not None:
        return public[0](world, request, public[1])
    request = request._replace(caller=_authenticated(world, request))
    if not request.path.startswith(_UNVERSIONED):
        _note(world, request)
        do = world.faults.find(request)
        if do is not None:
            return _faulty(world, request, do)
        return _served(world, request)
    return routes.dispatch(world, request)


def _served(world: World, request: Request) -> Response:
    version = request.api_version
    if not version:
        raise missing_api_version()
    if not _VERSION.fullmatch(version):
        raise invalid_api_version(version)
    callers.check_request(world, request)
    groups.settle(world)
    if request.method == "GET":
        polled = longrunning.poll(world, request)
        if polled is not None:
            return polled
    return routes.dispatch(world, request)


def _check_host(request: Request) -> None:
    host = request.headers.get("host", "")
    expected = request.base.rpartition(":")[2]
    name, _, port = host.rpartition(":")
    if name not in _HOSTS or port != expected:
        raise Refused(421, "MisdirectedRequest", "This endpoint answers for 127.0.0.1 and localhost only.")


def _authenticated(world: World, request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    caller = world.tokens.caller(token.strip(), world.clock()) if scheme.lower() == "bearer" else None
    if caller is None:
        code = "InvalidAuthenticationToken" if token else "AuthenticationFailed"
        message = (
            "The access token is invalid."
            if token
            else "Authentication failed. The 'Authorization' header is missing or of another scheme than Bearer."
        )
        challenge = f'Bearer authorization_uri="{request.base}/{world.tenant_id}", error="invalid_token"'
        raise Refused(401, code, message, headers=(("WWW-Authenticate", challenge),))
    if not request.path.startswith(_UNVERSIONED):
        _check_audience(request, caller)
    return caller


def _check_audience(request: Request, caller: Caller) -> None:
    """ARM takes a token that is made for it alone: the audiences of the metadata document, on either host name."""
    port = request.base.rpartition(":")[2]
    own = {f"https://{name}:{port}" for name in _HOSTS}
    if caller.audience.rstrip("/") not in own | _ARM_AUDIENCES:
        allowed = ",".join(sorted(own | _ARM_AUDIENCES))
        message = (
            f"The access token has been obtained for wrong audience or resource '{caller.audience}'. It should exactly"
            f" match with one of the allowed audiences '{allowed}'."
        )
        challenge = f'Bearer authorization_uri="{request.base}/common", error="invalid_token"'
        headers = (("WWW-Authenticate", challenge),)
        raise Refused(401, "InvalidAuthenticationTokenAudience", message, headers=headers)


def _note(world: World, request: Request) -> None:
    """Keep a line of the request for tests: what it was, not what it held."""
    world.taken += 1
    world.writes += request.method in ("PUT", "PATCH", "DELETE") or (
        request.method == "POST" and request.path.lower().endswith(_CHANGING)
    )
    world.requests.append(
        {
            "method": request.method,
            "path": request.path,
            "query": {
                key: value for key, value in request.query.items() if key in ("api-version", "$filter", "$expand")
            },
            "sha256": hashlib.sha256(request.body).hexdigest() if request.body else "",
            "agent": request.headers.get("user-agent", ""),
        }
    )


def _faulty(world: World, request: Request, do: Mapping[str, Any]) -> Response:
    """Do what a fault rule says, once."""
    if "delay" in do:
        world.sleep(float(do["delay"]))
    if do.get("reset"):
        raise faults.Dropped
    if "status" in do:
        return faults.answer_of(do)
    response = answer_of(world, request)
    if do.get("twice"):
        response = answer_of(world, request)
    if do.get("lose"):
        raise faults.Dropped
    if "cut" in do:
        raise faults.Cut(response, int(do["cut"]))
    return response


def answer_of(world: World, request: Request) -> Response:
    """Answer without faults; a refusal is a response too."""
    try:
        return _served(world, request)
    except Refused as refused:
        return refusal(refused)


def _common(world: World, request: Request) -> tuple[tuple[str, str], ...]:
    """Give the headers that stand on every answer (observed.md section 2)."""
    own = str(uuid.uuid4())
    correlation = request.headers.get("x-ms-correlation-request-id") or own
    route = f"LOCAL:{world.now():%Y%m%dT%H%M%SZ}:{uuid.uuid4()}"
    kind = {"GET": "Reads", "HEAD": "Reads", "DELETE": "Deletes"}.get(request.method, "Writes")
    left = {"Reads": "1099", "Writes": "799", "Deletes": "799"}[kind]
    client = request.headers.get("x-ms-client-request-id")
    echoed = (("x-ms-client-request-id", client),) if client else ()
    return (
        ("Cache-Control", "no-cache"),
        ("Pragma", "no-cache"),
        ("Expires", "-1"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"),
        ("x-ms-request-id", own),
        ("x-ms-correlation-request-id", correlation),
        ("x-ms-routing-request-id", route),
        (f"x-ms-ratelimit-remaining-subscription-{kind.lower()}", left),
        *echoed,
    )
