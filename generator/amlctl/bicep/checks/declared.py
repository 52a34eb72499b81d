"""Types as they are written: type expressions, aliases, decorators that narrow them (DeclaredTypeManager.cs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import Symbol, key_at
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.modifiers import decorated, find_decorator, text_argument
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.names import suggest
from amlctl.bicep.checks.operators import unary
from amlctl.bicep.checks.types import Type, force

Node = s.Node
AMBIENT: dict[str, Type] = {
    "string": t.STRING,
    "int": t.INT,
    "bool": t.BOOL,
    "array": t.ARRAY,
    "object": t.OBJECT,
    "any": t.ANY,
}
RESOURCE_TYPES = ("resource", "resourceInput", "resourceOutput")
_MEMBER_BASES = (s.TypeProperty, s.TypeRest, s.TypeIndex, s.TypeItems, s.TypeName)


def type_of_syntax(c: Checker, node: Node) -> Type:
    """Give the type that a type expression means; computed once."""
    key = id(node)
    found = c.type_memo.get(key)
    if found is None:
        c.type_memo[key] = t.ANY
        maker = _MAKERS.get(type(node))
        found = maker(c, node) if maker else c.error("BCP289", node)
        c.type_memo[key] = found
    return found


def value_type(c: Checker, node: Node) -> Type:
    """Give the type of a type expression that must not be a namespace."""
    found = type_of_syntax(c, node)
    if type(found) is t.Namespace:
        return c.error("BCP306", node, found.name)
    return found


def _name(c: Checker, node: s.TypeName) -> Type:
    symbol = c.symbol(node)
    if symbol is not None:
        return _symbol_type(c, node, symbol)
    if node.name in AMBIENT:
        return AMBIENT[node.name]
    if node.name in RESOURCE_TYPES:
        return c.error("BCP384", node, node.name, 1)
    if node.name in ("sys", "az"):
        types = AMBIENT if node.name == "sys" else {}
        return t.Namespace(node.name, {}, {}, types)
    return c.error("BCP302", node, node.name, ", ".join(f'"{one}"' for one in _valid_names(c)))


def _valid_names(c: Checker) -> list[str]:
    own = [symbol.name for symbol in c.binding.file.declared if symbol.kind == "type"]
    return [*sorted((*AMBIENT, *RESOURCE_TYPES[1:])), *own]


def _symbol_type(c: Checker, node: s.TypeName, symbol: Symbol) -> Type:
    if symbol.kind == "type":
        if symbol.cycle:
            inside = any(one.node.at <= node.at < one.node.end for one in symbol.cycle)
            return t.ERROR if inside else c.error("BCP062", node, node.name)
        return t.Lazy(lambda: _alias_use(c, node, symbol))
    if symbol.kind in ("import", "wildcard", "extension"):
        found = c.session.imported(c, symbol)
        if type(found) is t.TypeType:
            return found.inner
        if found is t.ANY:
            return found
        if found is t.ERROR or type(found) is t.Namespace:
            return found if found is not t.ERROR else c.error("BCP062", node, node.name)
    return c.error("BCP287", node, node.name)


def _alias_use(c: Checker, node: s.TypeName, symbol: Symbol) -> Type:
    found = alias_type(c, symbol)
    return c.error("BCP062", node, node.name) if found is t.ERROR else found


def alias_type(c: Checker, symbol: Symbol) -> Type:
    """Give the type that an alias stands for."""
    key = id(symbol)
    if key not in c.symbol_types:
        c.symbol_types[key] = t.ANY
        c.symbol_types[key] = _alias(c, symbol)
    return c.symbol_types[key]


def _alias(c: Checker, symbol: Symbol) -> Type:
    if symbol.cycle:
        names = '" -> "'.join(one.name for one in symbol.cycle)
        code = "BCP298" if len(symbol.cycle) == 1 else "BCP299"
        c.report(code, symbol.name_at, symbol.name_at + 1, names)
        return t.ERROR
    return decorated(c, force(value_type(c, symbol.node.value)), symbol.node)


def _array(c: Checker, node: s.TypeArray) -> Type:
    item = value_type(c, node.item)
    return t.Arr(item)


def _object(c: Checker, node: s.TypeObject) -> Type:
    props: dict[str, t.Prop] = {}
    rest = [item for item in node.items if type(item) is s.TypeMember and item.name is None and item.key is None]
    wrong = False
    for item in node.items:
        if type(item) is not s.TypeMember or item in rest:
            continue
        wrong = _member(c, item, props) or wrong
    if len(rest) > 1:
        for item in rest:
            c.report("BCP315", item.at, item.end)
        return t.ERROR
    if wrong:
        return t.ERROR
    extra = t.Prop(member_type(c, rest[0])) if rest else t.Prop(t.ANY, t.FALLBACK)
    written = 0 if rest else t.WRITTEN
    return t.Obj(c.tree.source(node) if node.end - node.at < 40 else "object", props, extra, written)


def _member(c: Checker, item: s.TypeMember, props: dict[str, t.Prop]) -> bool:
    kind = member_type(c, item)
    if item.name is None:
        if type(item.key) is not s.Skipped:
            c.error("BCP296", item.key)
        return True
    if item.name in props:
        c.report("BCP025", *key_at(item), item.name)
        return True
    props[item.name] = t.Prop(kind, 0 if type(item.value) is s.TypeNullable else t.REQUIRED)
    return False


def member_type(c: Checker, item: Node) -> Type:
    """Give the type of a property or an item of a type expression, with its decorators."""
    found = value_type(c, item.value)
    if not item.decorators:
        return found
    if type(found) is t.Lazy:
        return t.Lazy(lambda: decorated(c, force(found), item))
    return decorated(c, found, item)


def _tuple(c: Checker, node: s.TypeTuple) -> Type:
    return t.Tup(tuple(member_type(c, item) for item in node.items if type(item) is s.TypeItem))


def _string(_: Checker, node: s.String) -> Type:
    return t.StrLit(node.value)


def _interpolated(c: Checker, node: s.Interpolated) -> Type:
    from amlctl.bicep.checks.infer import type_of

    parts = [node.texts[0]]
    for value, text in zip(node.values, node.texts[1:], strict=False):
        found = type_of(c, value)
        if type(found) is not t.StrLit:
            return c.error("BCP285", node)
        parts += [found.value, text]
    return t.StrLit("".join(parts))


def _int(c: Checker, node: s.Int) -> Type:
    return t.IntLit(node.value) if node.value < 1 << 63 else c.error("BCP285", node)


def _unary(c: Checker, node: s.Unary) -> Type:
    if node.operator == "-" and type(node.operand) is s.Int:
        return t.IntLit(-node.operand.value) if node.operand.value <= 1 << 63 else c.error("BCP285", node)
    base = force(value_type(c, node.operand))
    if base is t.ERROR:
        return t.ERROR
    found = unary(node.operator, base)
    return found if found is not None and t.is_literal(found) else c.error("BCP285", node)


def _union(c: Checker, node: s.TypeUnion) -> Type:
    def final() -> Type:
        decorator = _discriminator(c, node)
        if decorator is not None:
            return _tagged(c, node, decorator)
        members = [t.NULL if type(member) is s.Null else force(value_type(c, member)) for member in node.members]
        _check_union(c, node, members)
        return t.ERROR if t.ERROR in members else t.union(members)

    return t.Lazy(final)


def _check_union(c: Checker, node: s.TypeUnion, members: list[Type]) -> None:
    """A union is of literals of one kind; inside ``[]`` its members may be of several (VisitUnionTypeSyntax)."""
    kinds = {_plain_kind(one) for member in members for one in t.flatten((member,))} - {""}
    known = kinds - {"null"}
    subset = _is_item(c, node) and "array" not in kinds and bool(kinds)
    if len(known) != 1 and not subset:
        c.report("BCP294", node.at, node.end)
        return
    for written, member in zip(node.members, members, strict=True):
        for one in t.flatten((member,)):
            if not t.is_literal(one):
                c.report("BCP293", written.at, written.end)


def _plain_kind(member: Type) -> str:
    if member is t.NULL:
        return "null"
    return "" if type(member) in (t.Arr, t.Disc) else t.kind_name(member) or ""


def _is_item(c: Checker, node: Node) -> bool:
    parent = c.parent(node)
    while type(parent) is s.Parens:
        parent = c.parent(parent)
    return type(parent) is s.TypeArray


def _discriminator(c: Checker, node: Node) -> s.Decorator | None:
    parent = c.parent(node)
    while type(parent) in (s.Parens, s.TypeUnion, s.TypeNullable, s.TypeNonNull):
        parent = c.parent(parent)
    return find_decorator(c, parent, "discriminator") if hasattr(parent, "decorators") else None


def _tagged(c: Checker, node: s.TypeUnion, decorator: s.Decorator) -> Type:
    key = text_argument(decorator)
    if key is None:
        return t.ERROR
    branches: dict[str, Type] = {}
    wrong = False
    for member in node.members:
        found = t.NULL if type(member) is s.Null else force(value_type(c, member))
        for one in found.branches.values() if type(found) is t.Disc else (found,):
            wrong = _branch(c, member, key, force(one), branches) or wrong
    if wrong:
        return t.ERROR
    return t.Disc(" | ".join(type_name(one) for one in branches.values()), key, branches) if branches else t.ERROR


def _branch(c: Checker, node: Node, key: str, found: Type, branches: dict[str, Type]) -> bool:
    if found is t.ERROR:
        return True
    if type(found) is not t.Obj:
        c.report("BCP286", node.at, node.end, "object")
        return True
    prop = found.props.get(key)
    tag = force(prop.type) if prop else None
    if prop is None or not prop.flags & t.REQUIRED or type(tag) is not t.StrLit:
        c.report("BCP364", node.at, node.end, key)
        return True
    if branches.get(tag.value) == found:
        return False
    if tag.value.lower() in {value.lower() for value in branches}:
        c.report("BCP365", node.at, node.end, tag.value, key)
        return True
    branches[tag.value] = found
    return False


def _nullable(c: Checker, node: s.TypeNullable) -> Type:
    base = value_type(c, node.base)

    def final() -> Type:
        found = force(base)
        return found if found is t.ERROR else t.nullable(found)

    return t.Lazy(final) if type(base) is t.Lazy else final()


def _non_null(c: Checker, node: s.TypeNonNull) -> Type:
    base = type_of_syntax(c, node.base)

    def final() -> Type:
        found = force(base)
        rest = t.without_null(found)
        return found if rest is None else rest

    return t.Lazy(final) if type(base) is t.Lazy else final()


def _generic(c: Checker, node: s.TypeGeneric) -> Type:
    from amlctl.bicep.checks.derived import resource_derived

    for argument in node.arguments:
        type_of_syntax(c, argument)
    if node.base is not None:
        base = force(type_of_syntax(c, node.base))
        if base is t.ERROR:
            return t.ERROR
        if type(base) is not t.Namespace or base.name != "sys" or node.name not in RESOURCE_TYPES:
            return c.error("BCP383", node, node.name)
        return resource_derived(c, node)
    symbol = c.symbol(node)
    if symbol is not None:
        return c.error("BCP383" if symbol.kind in ("type", "import") else "BCP287", node, node.name)
    if node.name in RESOURCE_TYPES:
        return resource_derived(c, node)
    if node.name in AMBIENT:
        return c.error("BCP383", node, node.name)
    return c.error("BCP302", node, node.name, ", ".join(f'"{one}"' for one in _valid_names(c)))


# ---- access to members ---------------------------------------------------------------------------------------------


def _accessed(c: Checker, node: Node, found: Callable[[Type], Type], must_have_value: bool = True) -> Type:
    base = value_type(c, node.base) if must_have_value else type_of_syntax(c, node.base)

    def final() -> Type:
        inner = force(base)
        rest = t.without_null(inner)
        inner = inner if rest is None else rest
        if inner is t.ERROR:
            return t.ERROR
        if not _has_part(inner, node):
            from amlctl.bicep.checks.derived import may_have_part

            if may_have_part(c, node):
                return t.ANY
        result = force(found(inner))
        if result is not t.ERROR and not _may_be_base(node.base):
            return c.error("BCP391", node)
        return result

    return t.Lazy(final) if type(base) is t.Lazy else final()


def _has_part(base: Type, node: Node) -> bool:
    """Tell whether an access into a type finds what it names, as far as resource types can have it."""
    kind = type(node)
    if kind is s.TypeProperty or (kind is s.TypeIndex and type(node.index) is s.String):
        name = node.name if kind is s.TypeProperty else node.index.value
        return type(base) is t.Namespace or (type(base) is t.Obj and name in base.props)
    if kind is s.TypeItems:
        return type(base) is t.Arr and base.item is not t.ANY
    return kind is s.TypeIndex or (type(base) is t.Obj and base.extra is not None)


def _may_be_base(node: Node) -> bool:
    return type(node) in _MEMBER_BASES or (type(node) is s.TypeGeneric and node.name in RESOURCE_TYPES)


def _property(c: Checker, node: s.TypeProperty) -> Type:
    at = node.end - 1
    return _accessed(c, node, lambda base: _named(c, base, node.name, at, node.end), must_have_value=False)


def _named(c: Checker, base: Type, name: str, at: int, end: int) -> Type:
    if type(base) is t.Namespace:
        found = base.types.get(name)
        if found is None:
            c.report("BCP052", at, end, base.name, name)
            return t.ERROR
        return found
    if base is t.ANY and any(type(one) is s.Import for one in c.tree.statements):
        return base
    if type(base) is not t.Obj:
        c.report("BCP055", at, end, type_name(base))
        return t.ERROR
    prop = base.props.get(name)
    if prop is None:
        unknown_property(c, base, name, at, end, "error")
        return t.ERROR
    return force(prop.type)


def unknown_property(c: Checker, base: Type, name: str, at: int, end: int, level: str) -> None:
    """Report that an object has no such property, with the near name or those there are."""
    props = base.props if type(base) is t.Obj else {}
    readable = sorted((key for key, prop in props.items() if not prop.flags & t.WRITE_ONLY), key=str.lower)
    near = suggest(name, readable)
    if near is not None:
        c.report("BCP083", at, end, type_name(base), name, near, level=level)
    elif readable:
        known = ", ".join(f'"{one}"' for one in readable)
        c.report("BCP053", at, end, type_name(base), name, known, level=level)
    else:
        c.report("BCP052", at, end, type_name(base), name, level=level)


def _rest(c: Checker, node: s.TypeRest) -> Type:
    def found(base: Type) -> Type:
        extra = base.extra if type(base) is t.Obj else None
        if extra is None or force(extra.type) is t.ANY:
            c.report("BCP389", node.end - 1, node.end, type_name(base))
            return t.ERROR
        return force(extra.type)

    return _accessed(c, node, found)


def _index(c: Checker, node: s.TypeIndex) -> Type:
    index = node.index
    if type(index) is s.String:
        return _accessed(c, node, lambda base: _named(c, base, index.value, index.at, index.end), False)
    if type(index) is s.Unary and index.operator == "-":
        return c.error("BCP387", index)
    if type(index) is not s.Int:
        return c.error("BCP032", index)

    def found(base: Type) -> Type:
        if type(base) is not t.Tup:
            return c.error("BCP388", index, type_name(base))
        if index.value >= len(base.items):
            return c.error("BCP311", index, index.value, type_name(base))
        return force(base.items[index.value])

    return _accessed(c, node, found, False)


def _items(c: Checker, node: s.TypeItems) -> Type:
    def found(base: Type) -> Type:
        if type(base) is not t.Arr or base.item is t.ANY:
            c.report("BCP390", node.end - 3, node.end)
            return t.ERROR
        return force(base.item)

    return _accessed(c, node, found)


_MAKERS: dict[type, Callable[[Checker, Any], Type]] = {
    s.Skipped: lambda *_: t.ANY,
    s.TypeName: _name,
    s.TypeArray: _array,
    s.TypeObject: _object,
    s.TypeTuple: _tuple,
    s.String: _string,
    s.Interpolated: _interpolated,
    s.Int: _int,
    s.Bool: lambda _, node: t.TRUE if node.value else t.FALSE,
    s.Unary: _unary,
    s.TypeUnion: _union,
    s.Parens: lambda c, node: type_of_syntax(c, node.inner),
    s.TypeNullable: _nullable,
    s.TypeNonNull: _non_null,
    s.TypeGeneric: _generic,
    s.TypeProperty: _property,
    s.TypeRest: _rest,
    s.TypeIndex: _index,
    s.TypeItems: _items,
    s.TypeResource: lambda c, node: c.error("BCP231", node),
}
