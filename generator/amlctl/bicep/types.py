"""Type syntax to the JSON of parameters, outputs and definitions (Emit/TemplateWriter.cs).

A named type is a ``$ref``; an access into one (``A.b[0]``) is a ``$ref`` with a longer pointer, or for a
resource-derived type a pointer into that type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.arm.tree import escape
from amlctl.bicep import resource_types, syntax
from amlctl.bicep.symbols import IMPORT, TYPE
from amlctl.bicep.type_references import AMBIENT, Declared, Derived, Found, Schema, derived, encode, resolve
from amlctl.bicep.unit import Unit
from amlctl.bicep.values import Unsupported

Node = syntax.Node
Json = dict[str, Any]

_KIND_OF = {str: "string", bool: "bool", int: "int", dict: "object", list: "array"}


def type_json(unit: Unit, node: Node, discriminator: str | None = None) -> Json:
    """Give the JSON of a type. ``discriminator`` is what ``@discriminator`` on the declaration says."""
    make = _MAKERS.get(type(node))
    if make is None:
        raise Unsupported(node, "This is not a valid type.", "BCP279")
    return make(unit, node, discriminator)


# --- names and accesses --------------------------------------------------------------------------------------------


def _name(unit: Unit, node: syntax.TypeName, _: str | None) -> Json:
    symbol = unit.model.by_name.get(node.name)
    if symbol is None or symbol.kind not in (TYPE, IMPORT):
        if node.name not in AMBIENT:
            raise Unsupported(node, f'The name "{node.name}" is not a valid type.', "BCP302")
        return {} if node.name == "any" else {"type": node.name}
    return _pointed(("definitions", unit.type_name(symbol)))


def _pointed(pointer: tuple[str, ...]) -> Json:
    return {"$ref": "#/" + "/".join(encode(segment) for segment in pointer)}


def _property(unit: Unit, node: syntax.TypeProperty, _: str | None) -> Json:
    base = node.base
    if type(base) is syntax.TypeName and base.name not in unit.model.by_name:
        if base.name == "sys" and node.name in AMBIENT:
            return {} if node.name == "any" else {"type": node.name}
        raise Unsupported(node, f'The name "{base.name}" does not exist in the current context.', "BCP057")
    return _access(unit, node, None)


def _access(unit: Unit, node: Node, _: str | None) -> Json:
    found = resolve(unit, node)
    return derived_json(found) if isinstance(found, Derived) else _pointed(found.pointer)


# --- resource-derived types ----------------------------------------------------------------------------------------


def _generic(_unit: Unit, node: syntax.TypeGeneric, _: str | None) -> Json:
    return derived_json(derived(node))


def derived_json(found: Derived) -> Json:
    """The JSON of a resource-derived type: the kind of the property and a pointer to it."""
    source = f"{found.type}@{found.version}"
    if found.segments:
        source += "#" + "/".join(encode(segment) for segment in found.segments)
    pointer: Any = source
    if found.variant == "input":
        pointer = {"source": source}
    elif found.variant == "output":
        pointer = {"source": source, "output": True}
    kind = resource_types.property_kind(found.type, found.version, found.segments, output=found.variant == "output")
    made: Json = {} if kind is None else {"type": kind}
    made["metadata"] = {"__bicep_resource_derived_type!": pointer}
    return made


# --- literals and unions -------------------------------------------------------------------------------------------


def _literal(unit: Unit, node: Node, _: str | None) -> Json:
    value = literal(unit, node)
    if value is None or value[0] is None:
        raise Unsupported(node, "Only literals can be types.", "BCP286")
    return {"type": _KIND_OF[type(value[0])], "allowedValues": [_escaped(value[0])]}


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, dict):
        return {escape(key): _escaped(member) for key, member in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list) else value


def literal(unit: Unit, node: Node) -> tuple[Any] | None:
    """The value of a type that is one literal (seen through names), in a tuple; None for any other type."""
    kind = type(node)
    if kind in (syntax.String, syntax.Int, syntax.Bool):
        return (node.value,)
    if kind is syntax.Null:
        return (None,)
    if kind is syntax.Parens:
        return literal(unit, node.inner)
    if kind is syntax.Unary:
        inner = literal(unit, node.operand)
        if inner is None:
            return None
        return (-inner[0],) if node.operator == "-" else (not inner[0],)
    if kind is syntax.TypeObject:
        return _literal_object(unit, node)
    if kind is syntax.TypeTuple:
        items = [literal(unit, item.value) if type(item) is syntax.TypeItem else None for item in node.items]
        return None if None in items else ([item[0] for item in items if item is not None],)
    if kind in _NAMED:
        found = _try_resolve(unit, node)
        if isinstance(found, Declared):
            return literal(found.unit, found.node)
        if isinstance(found, Schema):
            values = found.json.get("allowedValues")
            return (values[0],) if isinstance(values, list) and len(values) == 1 else None
    return None


def _literal_object(unit: Unit, node: syntax.TypeObject) -> tuple[Any] | None:
    made: Json = {}
    for item in node.items:
        value = literal(unit, item.value) if type(item) is syntax.TypeMember and item.name is not None else None
        if value is None:
            return None
        made[item.name] = value[0]
    return (made,)


def _try_resolve(unit: Unit, node: Node) -> Found | None:
    try:
        return resolve(unit, node)
    except Unsupported:
        return None


def union_members(unit: Unit, node: Node) -> list[Any]:
    """The literals of a union, names followed."""
    kind = type(node)
    if kind is syntax.TypeUnion:
        return [value for member in node.members for value in union_members(unit, member)]
    if kind in (syntax.Parens, syntax.TypeNonNull):
        return union_members(unit, node[2])
    if kind is syntax.TypeNullable:
        return [*union_members(unit, node.base), None]
    value = literal(unit, node)
    if value is not None:
        return [value[0]]
    found = _try_resolve(unit, node) if kind in _NAMED else None
    if isinstance(found, Declared):
        return union_members(found.unit, found.node)
    if isinstance(found, Schema) and isinstance(found.json.get("allowedValues"), list):
        nullable = [None] if found.json.get("nullable") else []
        return [*found.json["allowedValues"], *nullable]
    raise Unsupported(node, "A union type may only hold literals, or objects with @discriminator.", "BCP293")


def spelled(value: Any) -> str:
    """How Bicep spells a literal; unions are sorted by it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
        return "'" + text.replace("\t", "\\t").replace("${", "\\${") + "'"
    if isinstance(value, dict):
        members = ", ".join(f"{key}: {spelled(member)}" for key, member in value.items())
        return f"{{ {members} }}" if members else "object"
    if isinstance(value, list):
        return "[" + ", ".join(spelled(item) for item in value) + "]"
    return "null" if value is None else str(value)


def _sorted_members(unit: Unit, node: Node) -> list[Any]:
    """The distinct members of a union in the order of the template."""
    by_spelling = {spelled(value): value for value in union_members(unit, node)}
    return [by_spelling[key] for key in sorted(by_spelling, key=lambda key: key.encode("utf-16-be"))]


def _union(unit: Unit, node: syntax.TypeUnion, discriminator: str | None) -> Json:
    if discriminator is not None:
        return {"type": "object", "discriminator": _discriminator(unit, node, discriminator)}
    values = _sorted_members(unit, node)
    rest = [value for value in values if value is not None]
    nullable = len(rest) < len(values) and bool(rest)
    values = rest if nullable else values
    made: Json = {}
    if values and values[0] is not None:
        made["type"] = _KIND_OF[type(values[0])]
    made["allowedValues"] = [_escaped(value) for value in values]
    if nullable:
        made["nullable"] = True
    return made


# --- discriminated unions ------------------------------------------------------------------------------------------


def discriminator_of(decorators: tuple[Node, ...]) -> str | None:
    """What ``@discriminator('k')`` among decorators says."""
    for decorator in decorators:
        call = decorator.expression
        if type(call) in (syntax.FunctionCall, syntax.InstanceCall) and call.name == "discriminator" and call.arguments:
            argument = call.arguments[0]
            return str(argument.value) if type(argument) is syntax.String else None
    return None


def _discriminator(unit: Unit, node: Node, name: str) -> Json:
    mapping: Json = {}
    for member in node.members if type(node) is syntax.TypeUnion else (node,):
        mapping.update(_variants(unit, member, name))
    return {"propertyName": name, "mapping": mapping}


def _variants(unit: Unit, member: Node, name: str) -> Json:
    """The entries that one member of a discriminated union brings."""
    while type(member) is syntax.Parens:
        member = member.inner
    if type(member) is syntax.TypeObject:
        return {_variant_value(unit, member, name): type_json(unit, member)}
    if type(member) is syntax.TypeUnion:
        return dict(_discriminator(unit, member, name)["mapping"])
    found = resolve(unit, member)
    if isinstance(found, Derived):
        return _derived_variants(found, name, member)
    reference = _pointed(found.pointer)
    if isinstance(found, Schema):
        entries: Json = found.origin.variants(found.json, name, reference)
        return entries
    node = found.node
    while type(node) in (syntax.Parens, syntax.TypeNullable, syntax.TypeNonNull):
        node = node[2]
    if type(node) is syntax.TypeObject:
        return {_variant_value(found.unit, node, name): reference}
    if type(node) is syntax.TypeUnion:
        return dict(_discriminator(found.unit, node, name)["mapping"])
    return _variants(found.unit, node, name)


def _variant_value(unit: Unit, node: syntax.TypeObject, name: str) -> str:
    for item in node.items:
        if type(item) is syntax.TypeMember and item.name == name:
            value = literal(unit, item.value)
            if value is not None and isinstance(value[0], str):
                return escape(value[0])
    raise Unsupported(node, f'Every member of the union needs the property "{name}" with one text.', "BCP364")


def _derived_variants(found: Derived, name: str, node: Node) -> Json:
    variants = resource_types.variants(found.type, found.version, found.segments, name)
    if variants is None:
        raise Unsupported(node, "The kinds of this resource type are not known.", "BCP364")
    if isinstance(variants, str):
        return {variants: derived_json(found)}
    return {
        value: derived_json(found._replace(segments=(*found.segments, "discriminator", "mapping", value)))
        for value in variants
    }


# --- structures ----------------------------------------------------------------------------------------------------


def _array(unit: Unit, node: syntax.TypeArray, _: str | None) -> Json:
    item = node.item
    while type(item) is syntax.Parens:
        item = item.inner
    if type(item) is syntax.TypeUnion:
        return {"type": "array", "allowedValues": [_escaped(value) for value in _sorted_members(unit, item)]}
    if type(item) not in _NAMED:
        value = literal(unit, item)
        if value is not None:
            return {"type": "array", "allowedValues": [_escaped(value[0])]}
    return {"type": "array", "items": type_json(unit, item)}


def _object(unit: Unit, node: syntax.TypeObject, _: str | None) -> Json:
    members: Json = {}
    made: Json = {"type": "object", "properties": members}
    for item in node.items:
        if type(item) is not syntax.TypeMember:
            continue
        schema = declared_type(unit, item.value, item.decorators)
        if item.name is None:
            made["additionalProperties"] = schema
        else:
            key = escape(item.name)
            members[f"[string('{key}')]" if key.lower() == "copy" else key] = schema
            if unit.places is not None:
                unit.note(members, key, item)
    return made


def _tuple(unit: Unit, node: syntax.TypeTuple, _: str | None) -> Json:
    items = [declared_type(unit, item.value, item.decorators) for item in node.items if type(item) is syntax.TypeItem]
    return {"type": "array", "prefixItems": items, "items": False}


def _nullable(unit: Unit, node: syntax.TypeNullable, discriminator: str | None) -> Json:
    return {**type_json(unit, node.base, discriminator), "nullable": True}


def _non_nullable(unit: Unit, node: syntax.TypeNonNull, discriminator: str | None) -> Json:
    return {**type_json(unit, node.base, discriminator), "nullable": False}


def _resource(_unit: Unit, node: syntax.TypeResource, _: str | None) -> Json:
    raise Unsupported(node, "Resources as parameters and outputs are an experimental feature.", "BCP104")


def declared_type(unit: Unit, node: Node, decorators: tuple[Node, ...]) -> Json:
    """The JSON of a member's type with what its decorators add."""
    from amlctl.bicep.decorators import modified

    return modified(unit, type_json(unit, node, discriminator_of(decorators)), decorators)


_NAMED = frozenset(
    (syntax.TypeName, syntax.TypeGeneric, syntax.TypeProperty, syntax.TypeIndex, syntax.TypeRest, syntax.TypeItems)
)
_MAKERS: dict[type, Callable[[Unit, Any, str | None], Json]] = {
    syntax.TypeName: _name,
    syntax.TypeGeneric: _generic,
    syntax.TypeProperty: _property,
    syntax.TypeIndex: _access,
    syntax.TypeRest: _access,
    syntax.TypeItems: _access,
    syntax.TypeArray: _array,
    syntax.TypeObject: _object,
    syntax.TypeTuple: _tuple,
    syntax.TypeNullable: _nullable,
    syntax.TypeNonNull: _non_nullable,
    syntax.TypeUnion: _union,
    syntax.TypeResource: _resource,
    syntax.Parens: lambda unit, node, discriminator: type_json(unit, node.inner, discriminator),
    syntax.String: _literal,
    syntax.Int: _literal,
    syntax.Bool: _literal,
    syntax.Null: _literal,
    syntax.Unary: _literal,
}
