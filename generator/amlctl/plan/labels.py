"""Names of resources for people: an extension after what it extends, a role assignment by role and principal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amlctl.arm.values import Resource, Unknown
from amlctl.plan.values import Live
from amlctl.types.roles import BUILT_IN

ASSIGNMENT = "microsoft.authorization/roleassignments"
IDENTITY = "/providers/microsoft.managedidentity/userassignedidentities/"


def identities(live: Live | None) -> dict[str, str]:
    """Name the managed identities that were read, by principal id: an assignment knows the id alone."""
    found = {}
    for key, document in (live or {}).items():
        if IDENTITY in key and document:
            principal = (document.get("properties") or {}).get("principalId")
            if isinstance(principal, str):
                found[principal.lower()] = str(document.get("name") or key.rpartition("/")[2])
    return found


def label(resource: Resource, names: Mapping[str, str]) -> str:
    """Name a resource; ``names`` are those of principals by their id."""
    if resource.type.lower() == ASSIGNMENT:
        return f"{_holder(_scope(resource))}: {assignment(resource, names)}"
    id_, name = _text(resource.id), _text(resource.name)
    base = id_.rpartition("/providers/")[0]
    return f"{_holder(base)}: {name}" if "/providers/" in base else name


def assignment(resource: Resource, names: Mapping[str, str]) -> str:
    """Say which role a role assignment gives to whom: ``Contributor for id-mlplat-dev``."""
    properties = resource.body.get("properties") or {}
    role = str(properties.get("roleDefinitionId")).rpartition("/")[2]
    return f"{BUILT_IN.get(role.lower(), role)} for {principal(properties, names)}"


def principal(properties: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Name a principal: an identity by its name, anybody else by type and object id."""
    value = properties.get("principalId")
    if isinstance(value, Unknown):
        return next((one.rpartition("/")[2] for one in value.depends_on), value.text)
    known = names.get(str(value).lower())
    kind = properties.get("principalType")
    return known or f"{kind.lower() if isinstance(kind, str) else 'principal'} {value}"


def _scope(resource: Resource) -> str:
    """What a role assignment is on: the part of its id before its own provider, or its scope if the id is unknown."""
    if isinstance(resource.id, Unknown):
        return resource.scope
    return resource.id.rpartition("/providers/")[0]


def _holder(scope: str) -> str:
    """The names in a scope: ``account/default/container`` of a container, the last name of a group."""
    if "/providers/" not in scope:
        return scope.rsplit("/", 1)[-1]
    return "/".join(scope.rpartition("/providers/")[2].split("/")[2::2])


def _text(value: str | Unknown) -> str:
    return value.text if isinstance(value, Unknown) else value
