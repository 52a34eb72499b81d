"""What the caller may do: the endpoint's principal is Owner of everything until ``POST /_lab/roles`` says otherwise.

An action is allowed by a permission that lists it in ``actions`` and not in ``notActions`` (Azure RBAC, "how Azure RBAC
determines access"); a role holds at its scope and below. The text of the refusal is the one that ARM's clients quote.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

from amlctl.localarm.ids import GROUP, SUBSCRIPTION, ResourceId, split
from amlctl.localarm.providers.role_actions import EVERYTHING, Allowed, allowed_by
from amlctl.localarm.refusals import Refused
from amlctl.localarm.wire import Caller, Request, Response, page
from amlctl.localarm.world import World

ROLES = "roles"
_MARK = "/providers/microsoft.authorization/roleassignments/"
_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}


def permissions(world: World, request: Request, scope: str) -> Response:
    """Answer ``{scope}/providers/Microsoft.Authorization/permissions``: the caller's, at and above the scope."""
    if (match := GROUP.fullmatch(scope)) and world.store.get("group", scope.lower()) is None:
        name = match.group(2)
        raise Refused(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
    return page([one.shown() for one in _held(world, request.caller, scope)])


def check_request(world: World, request: Request) -> None:
    """Refuse a request that the caller's roles do not allow; free of cost while no roles were set."""
    if ROLES not in world.settings:
        return
    asked = _action_of(request)
    if asked:
        check(world, request.caller, *asked)


def check(world: World, caller: Caller, action: str, scope: str) -> None:
    """Refuse an action at a scope: 403 AuthorizationFailed."""
    if ROLES not in world.settings or any(_allows(one, action) for one in _held(world, caller, scope)):
        return
    message = (
        f"The client '{caller.client_id}' with object id '{caller.object_id}' does not have authorization to perform"
        f" action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please"
        " refresh your credentials."
    )
    raise Refused(403, "AuthorizationFailed", message)


def check_write(world: World, caller: Caller, id: ResourceId) -> None:  # noqa: A002
    """Refuse to write a resource."""
    check(world, caller, f"{id.type}/write", id.text)


def _held(world: World, caller: Caller, scope: str) -> Iterator[Allowed]:
    if ROLES not in world.settings:
        yield EVERYTHING
        return
    for given in world.settings[ROLES]:
        if _covers(str(given.get("scope", "")), scope):
            yield allowed_by(str(given.get("role")))
    from amlctl.types.roles import BUILT_IN

    for key, record in world.store.scan("resource"):
        if _MARK in key and _covers(key.partition(_MARK)[0], scope):
            properties = record["body"]["properties"]
            if str(properties["principalId"]).lower() == caller.object_id.lower():
                guid = str(properties["roleDefinitionId"]).rpartition("/")[2].lower()
                yield allowed_by(BUILT_IN.get(guid, ""))


def _covers(given: str, scope: str) -> bool:
    given, scope = given.rstrip("/").lower(), scope.rstrip("/").lower()
    return scope == given or scope.startswith(given + "/")


def _allows(allowed: Allowed, action: str) -> bool:
    return _matches(action, allowed.actions) and not _matches(action, allowed.not_actions)


def _matches(action: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _action_of(request: Request) -> tuple[str, str] | None:
    """The action of a request and the scope that it needs it at; None for what everybody may ask."""
    path, verb = request.path, _VERBS.get(request.method)
    if GROUP.fullmatch(path):
        return f"{_GROUPS}/{verb}", path
    if SUBSCRIPTION.fullmatch(path) or path.lower().endswith("/providers/microsoft.authorization/permissions"):
        return None
    found = split(path)
    if found is None:
        return None
    id, tail = found  # noqa: A001
    if not id.types:
        return _of_provider(id, tail, request.method)
    if request.method == "POST":
        return f"{id.type}/{tail}/action", id.text
    kind = f"{id.type}/{tail}" if tail else id.type
    return f"{kind}/{verb}", id.text


def _of_provider(id: ResourceId, tail: str, method: str) -> tuple[str, str] | None:  # noqa: A002
    if method == "POST" and tail in ("register", "unregister"):
        return f"{id.namespace}/{tail}/action", id.scope
    return (f"{id.namespace}/{tail}/read", id.scope) if method == "GET" and tail else None


def set_roles(world: World, request: Request, found: dict[str, str]) -> Response:  # noqa: ARG001
    """POST ``/_lab/roles``: ``{"roles": [{"scope", "role"}]}`` are the caller's; ``{"default": true}``: Owner again."""
    body: dict[str, Any] = request.json()
    if body.get("default"):
        world.settings.pop(ROLES, None)
    else:
        world.settings[ROLES] = [one for one in body.get("roles") or [] if isinstance(one, dict)]
    return Response(200, {"roles": world.settings.get(ROLES)})
