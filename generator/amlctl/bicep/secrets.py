"""Which outputs of a file hold secrets: ``@secure`` on the output or anywhere inside its type."""

from __future__ import annotations

from typing import Any

from amlctl.bicep import resource_types, syntax, type_references
from amlctl.bicep.unit import Unit
from amlctl.bicep.values import Unsupported

Node = syntax.Node
_NAMED = frozenset(
    (syntax.TypeName, syntax.TypeGeneric, syntax.TypeProperty, syntax.TypeIndex, syntax.TypeItems, syntax.TypeRest)
)


def secure_outputs(unit: Unit) -> frozenset[str]:
    """Give the names of the outputs that hold secrets."""
    return frozenset(
        symbol.name
        for symbol in unit.model.outputs
        if _is_marked(symbol.node.decorators) or _is_secure(unit, symbol.node.type, set())
    )


def _is_marked(decorators: tuple[Node, ...]) -> bool:
    return any(getattr(decorator.expression, "name", "") == "secure" for decorator in decorators)


def _is_secure(unit: Unit, node: Node, seen: set[tuple[str, int]]) -> bool:
    kind = type(node)
    if kind in (syntax.Parens, syntax.TypeNullable, syntax.TypeNonNull, syntax.TypeArray):
        return _is_secure(unit, node[2], seen)
    if kind is syntax.TypeObject or kind is syntax.TypeTuple:
        items = [item for item in node.items if type(item) in (syntax.TypeMember, syntax.TypeItem)]
        return any(_is_marked(item.decorators) or _is_secure(unit, item.value, seen) for item in items)
    if kind is syntax.TypeUnion:
        return any(_is_secure(unit, member, seen) for member in node.members)
    if kind in _NAMED:
        return _is_secure_name(unit, node, seen)
    return False


def _is_secure_name(unit: Unit, node: Node, seen: set[tuple[str, int]]) -> bool:
    if type(node) is syntax.TypeName and node.name not in unit.model.by_name:
        return False
    key = (unit.model.file, node.at)
    if key in seen:
        return False
    seen.add(key)
    try:
        found: Any = type_references.resolve(unit, node)
    except Unsupported:
        return False
    if isinstance(found, type_references.Declared):
        return _is_marked(found.decorators) or _is_secure(found.unit, found.node, seen)
    if isinstance(found, type_references.Derived):
        return resource_types.holds_secret(found.type, found.version, found.segments)
    return bool(found.origin.is_secure(found.json))
