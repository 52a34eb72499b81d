"""Names that stand twice: identifiers, outputs, resources and modules with one id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import Symbol, body_of, key_at
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.functions import Overload
from amlctl.bicep.checks.infer import type_of
from amlctl.bicep.checks.resources import body_value, declared_resource, enclosing_resource, parent_symbol
from amlctl.bicep.checks.scopes import Place, Scopes

Node = s.Node
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("parameters", ("param",)),
    ("variables", ("var",)),
    ("outputs", ("output",)),
    ("types", ("type",)),
    ("asserts", ("assert",)),
    ("functions", ("func",)),
)


def check_names(c: Checker) -> None:
    """Report identifiers that are declared twice in one scope, reserved, or different only in case."""
    for scope in c.binding.scopes:
        _check_scope(c, scope.declared)
    for word, kinds in _GROUPS:
        own = [symbol for symbol in c.binding.file.declared if (_imported(c, symbol) or symbol.kind) in kinds]
        _check_case(c, word, [(one.name, (one.name_at, one.name_at + 1)) for one in own])
    for node in c.every(s.TypeObject):
        members = [item for item in node.items if type(item) is s.TypeMember and item.name is not None]
        _check_case(c, "type properties", [(str(item.name), key_at(item)) for item in members])
    for symbol in c.binding.file.declared:
        if symbol.kind == "var" and symbol.name.lower() == "copy":
            c.report("BCP239", symbol.name_at, symbol.name_at + 1, "copy")
            return


def _imported(c: Checker, symbol: Symbol) -> str:
    """Give the kind of declaration that an imported name stands for."""
    if symbol.kind != "import":
        return ""
    found = c.session.imported(c, symbol)
    if found in (t.ERROR, t.ANY):
        return "import"
    return "type" if type(found) is t.TypeType else "func" if type(found) is Overload else "var"


def _check_scope(c: Checker, declared: list[Symbol]) -> None:
    named = [symbol for symbol in declared if symbol.name]
    for code, kinds in (("BCP028", None), ("BCP145", ("output",)), ("BCP145", ("metadata",))):
        own = [one for one in named if (one.kind in kinds if kinds else one.kind not in ("output", "metadata"))]
        for same in _groups(own, lambda one: one.name):
            for symbol in same:
                c.report(code, symbol.name_at, symbol.name_at + 1, symbol.name)
    for symbol in named:
        reserved = symbol.name in ("az", "sys") or (symbol.name == "this" and symbol.scope is c.binding.file)
        if reserved and symbol.kind not in ("output", "metadata"):
            c.report("BCP084", symbol.name_at, symbol.name_at + 1, symbol.name)


def _groups(items: Iterable[Any], key: Callable[[Any], Any]) -> list[list[Any]]:
    found: dict[Any, list[Any]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return [same for same in found.values() if len(same) > 1]


def _check_case(c: Checker, word: str, named: list[tuple[str, tuple[int, int]]]) -> None:
    for same in _groups(named, lambda pair: pair[0].lower()):
        names = [name for name, _ in same]
        if len(set(names)) == len(names):
            for _, place in same:
                c.report("BCP353", *place, word, ", ".join(f'"{name}"' for name in names))


# ---- resources and modules with one id -----------------------------------------------------------------------------


def check_ids(c: Checker, scopes: Scopes) -> None:
    """Report resources with one type, name and scope, and modules with one name and scope."""
    resources = [node for node in c.every(s.Resource) if _counts(c, node)]
    for same in _groups(resources, lambda node: _resource_key(c, node, scopes)):
        names = ", ".join(f'"{node.name.text}"' for node in same)
        for node in same:
            value = body_value(node, "name")
            place = (value.at, value.end) if value is not None else (node.name.at, node.name.at + 1)
            c.report("BCP121", *place, names)
    modules = [node for node in c.every(s.Module) if _is_always(c, node) and body_value(node, "name") is not None]
    for same in _groups(modules, lambda node: _module_key(c, node, scopes)):
        names = ", ".join(f'"{node.name.text}"' for node in same)
        for node in same:
            value = body_value(node, "name")
            c.report("BCP122", value.at, value.end, names)


def _counts(c: Checker, node: s.Resource) -> bool:
    body = body_of(node)
    names = [item for item in body.items if type(item) is s.Property and item.name == "name"] if body else []
    return len(names) < 2 and _is_always(c, node) and type(declared_resource(c, node)) is t.Res


def _is_always(c: Checker, node: Node) -> bool:
    value = node.value.body if type(node.value) is s.For else node.value
    return type(value) is not s.If or type_of(c, value.condition) == t.TRUE


def _segment(c: Checker, value: Node) -> Any:
    """Give the text of a name, or the node itself, which is equal to no other."""
    if value is None:
        return None
    kind = type_of(c, value)
    return kind.value if type(kind) is t.StrLit else id(value)


def _resource_key(c: Checker, node: s.Resource, scopes: Scopes) -> Any:
    found = declared_resource(c, node)
    segments: list[Any] = []
    one: s.Resource | None = node
    seen: set[int] = set()
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        name = body_value(one, "name")
        segments.append(id(one) if name is None else _segment(c, name))
        one, index = _above(c, one)
        if index is not None:
            kind = type_of(c, index)
            segments.append(str(kind.value) if type(kind) is t.IntLit else id(index))
    return (found.name.lower(), tuple(segments), scopes.place(node))


def _above(c: Checker, node: s.Resource) -> tuple[s.Resource | None, Node]:
    outer = enclosing_resource(c, node)
    if outer is not None:
        return outer, None
    symbol = parent_symbol(c, node)
    value = body_value(node, "parent")
    index = value.index if type(value) is s.ArrayAccess else None
    return (None, None) if symbol is None else (symbol.node, index)


def _module_key(c: Checker, node: s.Module, scopes: Scopes) -> Any:
    place = scopes.module_place(node)
    parts = tuple(_segment(c, part) for part in place.arguments) if isinstance(place, Place) else id(node)
    kind = (place.kind, len(place.arguments)) if isinstance(place, Place) else None
    return (_segment(c, body_value(node, "name")), kind and kind[1], parts)
