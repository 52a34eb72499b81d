"""Kinds of properties for resource-derived types: a walk along a path, and one word for the type at its end."""

from __future__ import annotations

from collections.abc import Sequence

from amlctl.types.nodes import Array, Discriminated, Flag, Node, Object, Union_
from amlctl.types.reader import Provider, find, versions

KNOWN: dict[str, object] = {
    "id": "string",
    "name": "string",
    "type": "string",
    "apiVersion": "string",
    "location": "string",
    "kind": "string",
    "managedBy": "string",
    "eTag": "string",
    "tags": {"*": "string"},
    "asserts": {"*": "bool"},
    "properties": {},
    "plan": {},
    "managedByExtended": ["string"],
    "zones": ["string"],
    "sku": {"name": "string", "tier": "string", "size": "string", "family": "string", "model": "string",
            "capacity": "int"},
    "extendedLocation": {"type": "string", "name": "string"},
    "placement": {"zonePlacementPolicy": "string", "includeZones": ["string"], "excludeZones": ["string"]},
    "scale": {"capacity": "int", "maximum": "int", "minimum": "int"},
    "identity": {"principalId": "string", "tenantId": "string", "type": "string", "identityIds": ["string"],
                 "userAssignedIdentities": {"*": {"principalId": "string", "clientId": "string"}},
                 "delegatedResources": {}},
    "systemData": {"createdBy": "string", "createdByType": "string", "createdAt": "string", "lastModifiedBy": "string",
                   "lastModifiedByType": "string", "lastModifiedAt": "string"},
}  # fmt: skip
"""What Bicep knows of any resource where its type is silent (AzResourceTypeProvider, known top-level properties)."""

_KINDS = {"String": "string", "Const": "string", "Enum": "string", "Int": "int", "Bool": "bool", "Array": "array",
          "Object": "object", "Discriminated": "object"}  # fmt: skip


def property_kind(name: str, version: str, path: str | Sequence[str | int], *, output: bool = False) -> str | None:
    """Give string, int, bool, array or object; None for a mixed union, for any and for what the type lacks.

    ``path`` is the part of the pointer after ``#`` (``properties/properties/properties/x``, ``~1`` and ``~0`` escaped)
    or its segments; segments are ``properties`` + name, ``items``, ``additionalProperties``, ``prefixItems`` + number,
    ``discriminator/mapping`` + value. With ``output`` write-only properties are not there, else read-only ones.
    Where the version at hand lacks the property, another version of the type that has it answers.
    """
    steps = _steps(path)
    if not steps:
        return "object"
    found = find(name, version)
    at = _walk(found.provider, found.node(), steps, output) if found else None
    if at is None or found is None:
        return _known(KNOWN, steps) or _elsewhere(name, steps, output)
    return node_kind(found.provider, at)


def _elsewhere(name: str, steps: list[str], output: bool) -> str | None:
    """Give the kind in the newest version that has the property: a file that compiles names what is there."""
    for version in reversed(versions(name)):
        found = find(name, version)
        at = _walk(found.provider, found.node(), steps, output) if found else None
        if found is not None and at is not None:
            return node_kind(found.provider, at)
    return None


def later_spelling(name: str, version: str) -> str | None:
    """Give the official spelling of a type at a version that is newer than all that the catalogue has, else None."""
    known = versions(name)
    if not known or version[:10] <= max(one[:10] for one in known):
        return None
    found = find(name, version)
    return found.name if found else None


def _steps(path: str | Sequence[str | int]) -> list[str]:
    """Turn a path into the words that a walk takes: names of properties, and ``[]``, ``{}`` and ``=value``."""
    if isinstance(path, str):
        path = [part.replace("~1", "/").replace("~0", "~") for part in path.strip("/").split("/") if part]
    words, steps = iter(path), []
    for word in words:
        if word == "properties":
            steps.append("." + str(next(words, "")))
        elif word == "items":
            steps.append("[]")
        elif word == "additionalProperties":
            steps.append("{}")
        elif word == "prefixItems":
            next(words, None)
            steps.append("[]")
        elif word == "mapping":
            steps.append("=" + str(next(words, "")))
    return steps


def _walk(provider: Provider, node: Node, steps: list[str], output: bool) -> Node | None:
    for step in steps:
        number = _child(provider, node, step, output)
        if number is None:
            return None
        node = provider.node(number)
    return node


def _child(provider: Provider, node: Node, step: str, output: bool) -> int | None:
    if type(node) is Array:
        return node.item if step == "[]" else None
    if type(node) is Object:
        if step == "{}":
            return node.additional
        found = node.properties.get(step[1:])
        return found.type if found and _visible(found.flags, output) else None
    if type(node) is Discriminated:
        if step[0] == "=":
            return node.branches.get(step[1:])
        found = node.base.get(step[1:])
        return found.type if found else _in_branches(provider, node, step[1:])
    return None


def _in_branches(provider: Provider, node: Discriminated, name: str) -> int | None:
    """Give the type of a property that only branches have; the discriminator itself is a text in each."""
    for number in node.branches.values():
        branch = provider.node(number)
        found = branch.properties.get(name) if type(branch) is Object else None
        if found:
            return found.type
    return None


def _visible(flags: int, output: bool) -> bool:
    return not flags & (Flag.WRITE_ONLY if output else 0)


def node_kind(provider: Provider, node: Node) -> str | None:
    """Give the one word for a type; a union of one kind has that kind."""
    if type(node) is Union_:
        kinds = {node_kind(provider, provider.node(member)) for member in node.members}
        return kinds.pop() if len(kinds) == 1 else None
    return _KINDS.get(type(node).__name__)


def _known(shape: object, steps: list[str]) -> str | None:
    for step in steps:
        if step == "[]":
            shape = shape[0] if isinstance(shape, list) else None
        elif isinstance(shape, dict):
            shape = shape.get(step[1:] if step[0] == "." else "*", shape.get("*"))
        else:
            return None
    if isinstance(shape, str):
        return shape
    return "array" if isinstance(shape, list) else "object" if isinstance(shape, dict) else None
