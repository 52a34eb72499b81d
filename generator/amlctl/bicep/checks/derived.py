"""Types taken from resource types: ``resourceInput<'T@v'>`` and ``resourceOutput<'T@v'>``."""

from __future__ import annotations

from amlctl import types as catalogue
from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.declared import type_of_syntax
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.resources import convert, from_string
from amlctl.bicep.checks.types import Type

_ACCESSES = (s.TypeProperty, s.TypeItems, s.TypeRest, s.TypeIndex)
_THROUGH = (s.Parens, s.TypeNullable, s.TypeNonNull)
_MAX_STEPS = 100


def resource_derived(c: Checker, node: s.TypeGeneric) -> Type:
    """Give the body type that the argument names; it must be accessed further, the whole body is not a type."""
    if node.name == "resource":
        c.report("BCP409", node.at, node.at + 1, level="warning")
    if len(node.arguments) != 1:
        chevron = (
            node.at + 1
            if node.base is None
            else next(at for at in range(node.base.end, node.end) if c.tokens.texts[at] == "<")
        )
        c.report("BCP071", chevron, node.end, "1 argument", len(node.arguments))
        return t.ERROR
    argument = node.arguments[0]
    if type(argument) is s.Interpolated:
        return c.error("BCP032", argument)
    if type(argument) is not s.String:
        return c.error("BCP070", argument, type_name(t.force(type_of_syntax(c, argument))), "string")
    found = from_string(c, argument, argument.value, False)
    if found is t.ERROR:
        return t.ERROR
    parent = c.parent(node)
    while type(parent) in _THROUGH:
        parent = c.parent(parent)
    if type(parent) not in _ACCESSES:
        c.report("BCP394", node.at, node.end)
    return _body(found)


def _body(found: t.Res) -> Type:
    known = catalogue.find(found.name, found.version)
    if known is None:
        return t.Obj("object", dict(t.force(found.body).props))
    node = known.node()
    if isinstance(node, catalogue.Object):
        return _loosened(convert(known.provider, known.body), found)
    return convert(known.provider, known.body)


def _loosened(body: Type, found: t.Res) -> Type:
    extra = {name: t.Prop(prop.type) for name, prop in t.force(found.body).props.items()
             if prop.flags & t.FALLBACK} if type(t.force(found.body)) is t.Obj else {}  # fmt: skip
    fixed = {name: t.Prop(t.STRING, t.READ_ONLY) for name in ("id", "type", "apiVersion")}
    return body._replace(props={**extra, **fixed, **body.props}) if type(body) is t.Obj else body


def may_have_part(c: Checker, node: s.Node) -> bool:
    """Tell whether an access into a resource type may be right although the catalogue does not show it.

    It may where the catalogue lacks the type or its version, or where newer types or another version have the part.
    """
    found = _derived_path(c, node)
    if found is None:
        return False
    (name, _, version), path = found[0].partition("@"), found[1]
    known = catalogue.find(name, version)
    return known is None or not known.exact or catalogue.property_kind(name, version, path) is not None


def _derived_path(c: Checker, node: s.Node) -> tuple[str, list[str]] | None:
    """Follow accesses and aliases down to ``resourceInput<'T@v'>``: the type's text and the path into it."""
    path: list[str] = []
    for _ in range(_MAX_STEPS):
        kind = type(node)
        if kind is s.TypeGeneric:
            argument = node.arguments[0] if len(node.arguments) == 1 else None
            return (argument.value, path) if type(argument) is s.String else None
        if kind is s.TypeName:
            symbol = c.symbol(node)
            if symbol is None or symbol.kind != "type":
                return None
            node = symbol.node.value
        elif kind in _THROUGH:
            node = node[2]
        elif kind in _ACCESSES:
            path = [*_segments(node), *path]
            node = node.base
        else:
            return None
    return None


def _segments(node: s.Node) -> tuple[str, ...]:
    if type(node) is s.TypeItems:
        return ("items",)
    if type(node) is s.TypeRest:
        return ("additionalProperties",)
    if type(node) is s.TypeProperty:
        return ("properties", node.name)
    index = node.index
    return ("properties", index.value) if type(index) is s.String else ("prefixItems", "0")
