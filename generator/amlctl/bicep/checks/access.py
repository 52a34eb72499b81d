"""``base.name``, ``base[index]``, ``base::name``: what may be read of a value, and what it is."""

from __future__ import annotations

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable
from amlctl.bicep.checks.bind import Symbol
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.declared import unknown_property
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.types import Type, force

Node = s.Node
_ACCESSES = (s.PropertyAccess, s.ArrayAccess)
_INFO = frozenset(("id", "name", "type", "apiVersion"))


def unwrapped(value: Type) -> Type:
    """Give the body of a resource, a module or a scope; any other type as it is."""
    return force(value.body) if type(value) in (t.Res, t.Mod, t.ScopeRef) else value


def accessed(c: Checker, node: Node) -> Type:
    """Give the type of a chain of accesses; a null that ``.?`` let through makes the whole chain nullable."""
    from amlctl.bicep.checks.infer import type_of

    chain = [node]
    while not chain[-1].safe and type(chain[-1].base) in _ACCESSES:
        chain.append(chain[-1].base)
    first = chain[-1].base
    found, nullable, safe = type_of(c, first), False, False
    collection: Symbol | None = None
    for access in reversed(chain):
        named = _conditional(c, access.base)
        symbol, collection = (None, named) if named is not None and named.is_collection else (collection or named, None)
        safe = safe or access.safe
        if safe:
            if found is t.NULL:
                return found
            rest = t.without_null(found)
            if rest is not None:
                found, nullable = rest, True
            elif access.safe and symbol is not None:
                nullable, symbol = True, None
        found = _step(c, access, found, symbol)
        safe = access.safe
    return t.nullable(found) if nullable and found is not t.ERROR else found


def _step(c: Checker, access: Node, base: Type, symbol: Symbol | None) -> Type:
    from amlctl.bicep.checks.infer import type_of

    if type(access) is s.PropertyAccess:
        return _named(c, access, base, symbol)
    index = type_of(c, access.index)
    if base is t.ERROR or index is t.ERROR:
        return t.ERROR
    return _indexed(c, access, base, index)


def _conditional(c: Checker, node: Node) -> Symbol | None:
    """Give the resource or module behind an expression if a condition may leave it out."""
    while type(node) is s.Parens:
        node = node.inner
    if type(node) not in (s.Variable, s.ResourceAccess):
        return None
    symbol = c.symbol(node)
    if symbol is None or symbol.kind not in ("resource", "module") or symbol.cycle:
        return None
    if symbol.node.at <= node.at < symbol.node.end:
        return None
    return symbol if may_be_absent(c, symbol) else None


def may_be_absent(c: Checker, symbol: Symbol) -> bool:
    """Tell whether a resource or module may not be there: it, or a resource around it, has a condition."""
    from amlctl.bicep.checks.infer import type_of
    from amlctl.bicep.checks.modifiers import find_decorator
    from amlctl.bicep.checks.resources import enclosing_resource

    node = symbol.node
    while node is not None:
        value = node.value.body if type(node.value) is s.For else node.value
        found = type_of(c, value.condition) if type(value) is s.If else t.TRUE
        if type(node) is not s.Resource:
            return found != t.TRUE
        if type(found) is t.Boolean or found == t.FALSE:  # a condition of another type, any above all, is let pass
            return True
        if node.existing and node.decorators and find_decorator(c, node, "nullIfNotFound") is not None:
            return True
        node = enclosing_resource(c, node)
    return False


# ---- properties ----------------------------------------------------------------------------------------------------


def _named(c: Checker, access: s.PropertyAccess, base: Type, symbol: Symbol | None) -> Type:
    if base is t.ERROR:
        return t.ERROR
    at = access.end - 1
    body = unwrapped(base)
    rest = t.without_null(body)
    if rest is not None:
        c.report("BCP318", _dot(access), access.end, type_name(body), level="warning")
        return _named(c, access, rest, None)
    if symbol is not None and not ((access.name in _INFO and symbol.kind == "resource") or access.name == "name"):
        c.report("BCP318", _dot(access), access.end, f"{type_name(base)} | null", level="warning")
    if not access.name:
        return t.ERROR
    return _property_of(c, body, access.name, at, access.end, access.safe)


def _dot(access: s.PropertyAccess) -> int:
    return int(access.end) - 2


def _property_of(c: Checker, body: Type, name: str, at: int, end: int, safe: bool) -> Type:
    kind = type(body)
    if kind is t.Obj:
        return _object_property(c, body, name, at, end, safe)
    if kind is t.Union:
        single = t.collapse(body)
        return _object_property(c, single, name, at, end, safe) if type(single) is t.Obj else t.ANY
    if kind is t.Namespace:
        found = body.props.get(name)
        if found is None:
            known = {**body.props, **{key: t.Prop(kind) for key, kind in body.types.items()}}
            if name in body.types:
                c.report("BCP288", at, end, name)
            else:
                unknown_property(c, t.Obj(body.name, known), name, at, end, "error")
            return t.ERROR
        return force(found.type)
    if kind is t.Disc or body is t.ANY or assignable(body, t.OBJECT):
        return t.ANY
    c.report("BCP055", at, end, type_name(body))
    return t.ERROR


def _object_property(c: Checker, body: t.Obj, name: str, at: int, end: int, safe: bool) -> Type:
    prop = body.props.get(name) or body.extra
    warn = safe or bool(body.flags & t.WARN_PROPERTY)
    if prop is None:
        unknown_property(c, body, name, at, end, "warning" if warn else "error")
        return t.ANY if warn else t.ERROR
    if prop.flags & t.WRITE_ONLY:
        c.report("BCP077", at, end, name, type_name(body), level="warning" if warn else "error")
        if not warn:
            return t.ERROR
    if prop.flags & t.FALLBACK and (prop is not body.extra or body.flags & t.WRITTEN):
        c.report("BCP187", at, end, name, level="info" if safe else "warning")
    return force(prop.type)


# ---- indexes -------------------------------------------------------------------------------------------------------


def _indexed(c: Checker, access: s.ArrayAccess, base: Type, index: Type) -> Type:
    base = unwrapped(base)
    rest = t.without_null(index)
    if rest is not None:
        return _indexed(c, access, base, rest)
    rest = t.without_null(base)
    if rest is not None:
        c.report("BCP318", access.base.end, access.end, type_name(base), level="warning")
        return _indexed(c, access, rest, index)
    kind = type(base)
    if base is t.ANY:
        return _index_any(c, access, index)
    if kind is t.Tup and type(index) is t.IntLit:
        return _item(c, access, base, index.value)
    if kind is t.Tup and type(index) is t.Union and all(type(member) is t.IntLit for member in index.members):
        found = [_item(c, access, base, member.value) for member in index.members]
        return t.ERROR if t.ERROR in found else t.union(found)
    if kind in (t.Tup, t.Arr):
        return _index_array(c, access, base, index)
    if kind in (t.Obj, t.Disc):
        return _index_object(c, access, base, index)
    if kind is t.Union:
        return _index_union(c, access, base)
    return _invalid(c, access, access.base.at, access.base.end, "BCP076", type_name(base))


def _invalid(c: Checker, access: Node, at: int, end: int, code: str, *parts: object) -> Type:
    c.report(code, at, end, *parts, level="warning" if access.safe else "error")
    return t.NULL if access.safe else t.ERROR


def _index_any(c: Checker, access: s.ArrayAccess, index: Type) -> Type:
    if index is not t.ANY and access.from_end and assignable(index, t.STRING):
        return _invalid(c, access, access.index.at - 1, access.index.at, "BCP415", type_name(index))
    if index is t.ANY or assignable(index, t.INT) or assignable(index, t.STRING):
        return t.ANY
    return _invalid(c, access, access.index.at, access.index.end, "BCP049", type_name(index))


def _item(c: Checker, access: s.ArrayAccess, base: t.Tup, at: int) -> Type:
    count = len(base.items)
    fits = 0 < at <= count if access.from_end else 0 <= at < count
    if not fits:
        return c.error("BCP311", access.index, at, type_name(base))
    return force(base.items[-at if access.from_end else at])


def _index_array(c: Checker, access: s.ArrayAccess, base: Type, index: Type) -> Type:
    if type(index) is t.IntLit and index.value < 0:
        return c.error("BCP339", access.index, index.value)
    if assignable(index, t.INT):
        return t.item_of(base)
    return _invalid(c, access, access.index.at, access.index.end, "BCP074", type_name(index))


def _index_object(c: Checker, access: s.ArrayAccess, base: Type, index: Type) -> Type:
    if access.from_end:
        return _invalid(c, access, access.index.at - 1, access.index.at, "BCP414", type_name(base))
    if index is not t.ANY and not assignable(index, t.STRING):
        return _invalid(c, access, access.index.at, access.index.end, "BCP075", type_name(index))
    if type(base) is t.Obj and type(index) is t.StrLit:
        return _object_property(c, base, index.value, access.index.at, access.index.end, access.safe)
    if type(base) is t.Obj and not base.props and base.extra is None:
        return c.error("BCP054", access.index, type_name(base))
    return t.ANY


def _index_union(c: Checker, access: s.ArrayAccess, base: t.Union) -> Type:
    kinds = {type(member) for member in base.members}
    if kinds <= {t.Arr, t.Tup}:
        return t.union(t.item_of(member) for member in base.members)
    if kinds <= {t.Obj, t.Disc, t.Arr, t.Tup} or t.ANY in base.members:
        return t.ANY
    return c.error("BCP076", access.base, type_name(base))


# ---- nested resources ----------------------------------------------------------------------------------------------


def resource_access(c: Checker, node: s.ResourceAccess) -> Type:
    """Give the type of ``resource::nested``."""
    from amlctl.bicep.checks.infer import cycle_error, symbol_type, type_of

    base = type_of(c, node.base)
    at = node.end - 1
    if base is t.ERROR:
        return t.ERROR
    if type(base) is not t.Res:
        c.report("BCP158", at, node.end, type_name(base))
        return t.ERROR
    if not node.name:
        return t.ERROR
    symbol = c.symbol(node)
    if symbol is None:
        c.report("BCP159", at, node.end, c.tree.source(node.base), node.name, _nested_names(c, node.base))
        return t.ERROR
    cyclic = cycle_error(c, node, symbol)
    return symbol_type(c, symbol) if cyclic is None else cyclic


def _nested_names(c: Checker, base: Node) -> str:
    symbol = c.symbol(base)
    scope = c.binding.nested.get(id(symbol.node)) if symbol is not None else None
    names = [one.name for one in scope.declared] if scope is not None else []
    return ", ".join(f'"{name}"' for name in names) or '"(none)"'
