"""Microsoft.Authorization: role assignments and definitions, locks (observed: role assignments 2020-08-01-preview)."""

from __future__ import annotations

import re
from datetime import datetime

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import (
    GONE,
    GONE_WITH_BODY,
    SYNC,
    Arrival,
    Body,
    Kind,
    fill_bare,
    resource,
)
from amlctl.localarm.providers.role_actions import allowed_by
from amlctl.localarm.refusals import Refused, bad_request, not_found
from amlctl.localarm.tokens import OBJECT_ID
from amlctl.localarm.wire import Request, Response, page
from amlctl.localarm.world import World
from amlctl.types.roles import BUILT_IN

ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
DEFINITION = "Microsoft.Authorization/roleDefinitions"
_IDENTITY = "/providers/microsoft.managedidentity/userassignedidentities/"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MARK = "/providers/microsoft.authorization/roleassignments/"
_FILTER = re.compile(r"(\w+)\s+eq\s+'((?:[^']|'')*)'", re.IGNORECASE)


def _check(arrival: Arrival) -> None:
    properties = arrival.properties
    if not _GUID.fullmatch(arrival.id.name):
        raise bad_request(
            f"The role assignment ID '{arrival.id.name}' is not valid. It must be a GUID.", "InvalidRoleAssignmentId"
        )
    for required in ("roleDefinitionId", "principalId"):
        if not properties.get(required):
            raise bad_request(
                f"The request to create role assignment '{arrival.id.name}' is not valid. {required} is required.",
                "InvalidCreateRoleAssignmentRequest",
            )
    if arrival.previous is not None:
        _check_same(arrival)
    else:
        _check_new(arrival)


def _triple(properties: Body) -> tuple[str, str]:
    return str(properties["roleDefinitionId"]).rpartition("/")[2].lower(), str(properties["principalId"]).lower()


def _check_same(arrival: Arrival) -> None:
    if _triple(arrival.properties) != _triple(arrival.kept):
        message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        raise bad_request(message, "RoleAssignmentUpdateNotPermitted")


def _check_principal(arrival: Arrival) -> None:
    """Refuse a principal that is said to be of another type, or that the directory does not know everywhere yet.

    Texts: modern-web-app-pattern-dotnet#129 (spelled so by the service), avdaccelerator#76. With ``replication`` a
    managed identity is found only by its type until it is that many seconds old (Azure RBAC, troubleshooting).
    """
    principal, said = str(arrival.properties["principalId"]), arrival.properties.get("principalType")
    born = _born(arrival.world, principal)
    if born is None:
        return
    if said and str(said).lower() != "serviceprincipal":
        message = (
            f"The PrincipalId '{principal.replace('-', '')}' has type 'ServicePrincipal' , which is different from"
            f" specified PrinciaplType '{said}'."
        )
        raise bad_request(message, "UnmatchedPrincipalType")
    if not said and arrival.world.clock() - born < float(arrival.world.settings.get("replication", 0)):
        message = (
            f"Principal {principal.replace('-', '')} does not exist in the directory {arrival.world.tenant_id}. Check"
            " that you have the correct principal ID. If you are creating this principal and then immediately assigning"
            " a role, this error might be related to a replication delay. In this case, set the role assignment"
            " principalType property to a value, such as ServicePrincipal, User, or Group.  See"
            " https://aka.ms/docs-principaltype"
        )
        raise bad_request(message, "PrincipalNotFound")


def _born(world: World, principal: str) -> float | None:
    """Give when a service principal was made, the endpoint's own one at 0; None for one that it does not know."""
    if principal.lower() == OBJECT_ID:
        return 0.0
    for key in world.store.keys("resource"):
        record = world.store.get("resource", key) if _IDENTITY in key else None
        if record and str(record["body"]["properties"].get("principalId")).lower() == principal.lower():
            return datetime.fromisoformat(record["born"]).timestamp()
    return None


def _check_new(arrival: Arrival) -> None:
    _check_principal(arrival)
    prefix = arrival.id.scope.lower() + _MARK
    for key, record in arrival.world.store.scan("resource", prefix):
        if _triple(record["body"]["properties"]) == _triple(arrival.properties):
            found = key.rpartition("/")[2].replace("-", "")
            message = f"The role assignment already exists. The ID of the existing role assignment is {found}."
            raise Refused(409, "RoleAssignmentExists", message)


def _fill(arrival: Arrival) -> Body:
    sent, kept, now = arrival.properties, arrival.kept, arrival.world.seconds()
    optional = ("condition", "conditionVersion", "delegatedManagedIdentityResourceId", "description")
    properties = {
        "roleDefinitionId": _definition_id(arrival),
        "principalId": sent["principalId"],
        "principalType": sent.get("principalType") or "ServicePrincipal",
        "scope": arrival.id.scope or "/",
        **{key: sent.get(key) for key in optional},
        "createdOn": kept.get("createdOn", now),
        "updatedOn": now,
        "createdBy": kept.get("createdBy", arrival.caller.object_id),
        "updatedBy": arrival.caller.object_id,
    }
    return {"properties": properties, "id": arrival.id.text, "type": ASSIGNMENT, "name": arrival.id.name}


def _definition_id(arrival: Arrival) -> str:
    guid = str(arrival.properties["roleDefinitionId"]).rpartition("/")[2]
    scope = f"/subscriptions/{arrival.id.subscription}" if arrival.id.subscription else ""
    return f"{scope}/providers/{DEFINITION}/{guid}"


def _missing(id: ResourceId) -> Refused:  # noqa: A002
    return not_found(f"The role assignment '{id.name}' is not found.", "RoleAssignmentNotFound")


def list_assignments(world: World, request: Request, scope: str) -> Response:
    """List role assignments at, above and below a scope; ``atScope()`` leaves those below out."""
    wanted = request.query.get("$filter", "")
    at_scope = "atscope()" in wanted.lower()
    conditions = {key.lower(): value.lower() for key, value in _FILTER.findall(wanted)}
    assigned = re.search(r"assignedto\('([^']+)'\)", wanted, re.IGNORECASE)
    if assigned:
        conditions["principalid"] = assigned.group(1).lower()
    found = []
    for key, record in world.store.scan("resource"):
        if _MARK in key and _in_scope(key.partition(_MARK)[0], scope.lower(), at_scope):
            properties = record["body"]["properties"]
            if all(
                str(properties.get(_NAMES.get(name, name), "")).lower() == value for name, value in conditions.items()
            ):
                found.append(record["body"])
    return page(found)


_NAMES = {"principalid": "principalId"}


def _in_scope(assigned: str, scope: str, at_scope: bool) -> bool:
    above = scope == assigned or scope.startswith(assigned + "/")
    return above or (not at_scope and assigned.startswith(scope + "/"))


def definition(guid: str, scope: str) -> Body:
    """Give a built-in role as the service shows it at a scope."""
    name = BUILT_IN[guid.lower()]
    subscription = re.match(r"/subscriptions/[^/]+", scope, re.IGNORECASE)
    return {
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": f"The built-in role {name}.",
            "assignableScopes": ["/"],
            "permissions": [allowed_by(name).shown()],
            "createdOn": "2015-02-02T21:55:09.8806423Z",
            "updatedOn": "2015-02-02T21:55:09.8806423Z",
            "createdBy": None,
            "updatedBy": None,
        },
        "id": f"{subscription.group() if subscription else ''}/providers/{DEFINITION}/{guid}",
        "type": DEFINITION,
        "name": guid,
    }


def list_definitions(world: World, request: Request, scope: str) -> Response:
    """List built-in and own roles; ``roleName eq 'X'`` and ``type eq 'BuiltInRole'`` filter."""
    conditions = {key.lower(): value.lower() for key, value in _FILTER.findall(request.query.get("$filter", ""))}
    found = [definition(guid, scope) for guid in BUILT_IN]
    mark = f"/providers/{DEFINITION}/".lower()
    found += [record["body"] for key, record in world.store.scan("resource") if mark in key]
    name, kind = conditions.get("rolename"), conditions.get("type")
    return page(
        [
            role
            for role in found
            if (name is None or role["properties"]["roleName"].lower() == name)
            and (kind is None or str(role["properties"].get("type", "")).lower() == kind)
        ]
    )


def _fill_definition(arrival: Arrival) -> Body:
    now = arrival.world.seconds()
    properties = {
        "type": "CustomRole",
        "description": "",
        "assignableScopes": [arrival.id.scope],
        "permissions": [],
        **arrival.properties,
        "createdOn": arrival.kept.get("createdOn", now),
        "updatedOn": now,
        "createdBy": arrival.caller.object_id,
        "updatedBy": arrival.caller.object_id,
    }
    return {"properties": properties, "id": arrival.id.text, "type": DEFINITION, "name": arrival.id.name}


def _fill_lock(arrival: Arrival) -> Body:
    return resource(arrival, dict(arrival.properties))


def _missing_definition(id: ResourceId) -> Refused:  # noqa: A002
    return not_found(
        f"The specified role definition with ID '{id.name.replace('-', '')}' does not exist.",
        "RoleDefinitionDoesNotExist",
    )


KINDS = (
    Kind(ASSIGNMENT, _fill, SYNC, GONE_WITH_BODY, _check, listed=False, missing=_missing),
    Kind(DEFINITION, _fill_definition, SYNC, GONE_WITH_BODY, listed=False, missing=_missing_definition),
    Kind("Microsoft.Authorization/locks", _fill_lock, SYNC, GONE, listed=False),
    Kind("Microsoft.Authorization/policyAssignments", fill_bare, SYNC, GONE_WITH_BODY, listed=False),
    Kind("Microsoft.Authorization/policyDefinitions", fill_bare, SYNC, GONE, listed=False),
)
