"""Names of types and accesses into them to what they stand for: a declaration, a template's schema, a resource type.

Source: Emit/TemplateWriter.cs (ResolveTypeReferenceExpression and below).
"""

from __future__ import annotations

import re
from typing import Any

from amlctl.bicep import resource_types, syntax
from amlctl.bicep.symbols import IMPORT, TYPE, WILDCARD, ImportSymbol, Symbol
from amlctl.bicep.unit import Unit
from amlctl.bicep.values import Unsupported
from amlctl.records import NamedTuple

Node = syntax.Node
Json = dict[str, Any]

AMBIENT = frozenset(("string", "int", "bool", "object", "array", "any"))
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-_.~]*\Z")
_VARIANTS = {"resourceInput": "input", "resourceOutput": "output", "resource": "legacy"}


class Declared(NamedTuple):
    """A type found behind a reference: its declaration and the pointer to it. ``decorators`` are the declaration's."""

    unit: Unit
    node: Node
    pointer: tuple[str, ...]
    decorators: tuple[Node, ...] = ()


class Schema(NamedTuple):
    """A type of a compiled template found behind a reference: its JSON, the pointer, and where names lead."""

    json: Json
    pointer: tuple[str, ...]
    origin: Any


class Derived(NamedTuple):
    """A part of a resource type: ``resourceInput<'type@version'>`` and the segments from its body."""

    type: str
    version: str
    segments: tuple[str, ...]
    variant: str


Found = Declared | Schema | Derived


def encode(segment: str) -> str:
    """Escape one segment of a pointer."""
    text = segment.replace("~", "~0").replace("/", "~1")
    if _UNRESERVED.match(text):
        return text
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in text.encode())


def resolve(unit: Unit, node: Node) -> Found:
    """Find what a name or an access stands for."""
    kind = type(node)
    if kind is syntax.Parens:
        return resolve(unit, node.inner)
    if kind is syntax.TypeName:
        symbol = unit.model.by_name.get(node.name)
        if symbol is not None and symbol.kind in (TYPE, IMPORT):
            return _symbol(unit, symbol, node)
    elif kind is syntax.TypeGeneric:
        return derived(node)
    elif kind is syntax.TypeProperty:
        return _member(unit, node, node.name)
    elif kind is syntax.TypeIndex:
        index = node.index
        if type(index) is syntax.String:
            return _member(unit, node, index.value)
        if type(index) is syntax.Int:
            return _step(unit, node, "prefixItems", str(index.value))
    elif kind is syntax.TypeRest:
        return _step(unit, node, "additionalProperties")
    elif kind is syntax.TypeItems:
        return _step(unit, node, "items")
    raise Unsupported(node, "Only a named type or a part of one can be referred to.", "BCP391")


def _symbol(unit: Unit, symbol: Symbol, node: Node) -> Found:
    pointer = ("definitions", unit.type_name(symbol))
    if isinstance(symbol, ImportSymbol):
        return _imported(unit.import_target(symbol, symbol.original), pointer, node)
    return Declared(unit, symbol.node.value, pointer, symbol.node.decorators)


def _imported(target: Any, pointer: tuple[str, ...], node: Node) -> Found:
    """Find an imported type in its source: a Bicep file's declaration or a compiled template's definition."""
    if target is None:
        raise Unsupported(node, "This type could not be imported.", "BCP360")
    source, schema = target
    if schema is not None:
        return Schema(schema, pointer, source)
    unit, symbol = source
    return Declared(unit, symbol.node.value, pointer, symbol.node.decorators)


def _member(unit: Unit, node: Node, name: str) -> Found:
    base = node.base
    if type(base) is syntax.TypeName:
        symbol = unit.model.by_name.get(base.name)
        if isinstance(symbol, ImportSymbol) and symbol.kind == WILDCARD:
            pointer = ("definitions", unit.wildcard_type(symbol, name))
            return _imported(unit.import_target(symbol, name), pointer, node)
    return _step(unit, node, "properties", name)


def _step(unit: Unit, node: Node, *segments: str) -> Found:
    """Go one access further from what the base stands for."""
    found = _followed(resolve(unit, node.base), segments[0])
    if isinstance(found, Derived):
        return found._replace(segments=found.segments + segments)
    if isinstance(found, Schema):
        return Schema(_schema_part(found.json, segments, node), found.pointer + segments, found.origin)
    return Declared(found.unit, *_part(found, segments, node))


def _part(found: Declared, segments: tuple[str, ...], node: Node) -> tuple[Node, tuple[str, ...], tuple[Node, ...]]:
    """One member of a declared type: its type, its pointer, its decorators."""
    owner, kind = found.node, segments[0]
    if kind == "properties" and type(owner) is syntax.TypeObject:
        for item in owner.items:
            if type(item) is syntax.TypeMember and (item.name or "").lower() == segments[1].lower():
                return item.value, found.pointer + segments, item.decorators
    elif kind == "additionalProperties" and type(owner) is syntax.TypeObject:
        for item in owner.items:
            if type(item) is syntax.TypeMember and item.name is None:
                return item.value, found.pointer + segments, item.decorators
    elif kind == "prefixItems" and type(owner) is syntax.TypeTuple and int(segments[1]) < len(owner.items):
        item = owner.items[int(segments[1])]
        return item.value, found.pointer + segments, item.decorators
    elif kind == "items" and type(owner) is syntax.TypeArray:
        return owner.item, found.pointer + segments, ()
    raise Unsupported(node, "The type has no such part.", "BCP053")


def _schema_part(schema: Json, segments: tuple[str, ...], node: Node) -> Json:
    part: Any = schema
    for segment in segments:
        if isinstance(part, list) and segment.isdigit() and int(segment) < len(part):
            part = part[int(segment)]
        elif isinstance(part, dict) and segment in part:
            part = part[segment]
        else:
            raise Unsupported(node, "The type has no such part.", "BCP053")
    return dict(part) if isinstance(part, dict) else {}


_OWNERS: dict[str, type] = {
    "properties": syntax.TypeObject,
    "additionalProperties": syntax.TypeObject,
    "prefixItems": syntax.TypeTuple,
    "items": syntax.TypeArray,
}


def _followed(found: Found, segment: str) -> Found:
    """Follow names of names (and ``?``) to the declaration that has members."""
    for _ in range(100):
        if isinstance(found, Derived):
            return found
        if isinstance(found, Schema):
            reference = found.json.get("$ref")
            if reference is None:
                return found
            found = found.origin.schema_behind(reference)
            continue
        node = found.node
        while type(node) in (syntax.Parens, syntax.TypeNullable, syntax.TypeNonNull):
            node = node[2]
        if type(node) is _OWNERS[segment]:
            return found._replace(node=node)
        found = resolve(found.unit, node)
    return found


def derived(node: syntax.TypeGeneric) -> Derived:
    """Read ``resourceInput<'type@version'>`` and its siblings."""
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if node.name not in _VARIANTS or type(argument) is not syntax.String:
        raise Unsupported(node, f'The type "{node.name}" cannot be given these arguments.', "BCP384")
    name, _, version = argument.value.removeprefix("az:").partition("@")
    return Derived(resource_types.spelling(name, version) or name, version, (), _VARIANTS[node.name])
