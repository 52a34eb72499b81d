"""A value against the type that is wanted: what is missing, unknown, of the wrong kind (TypeValidator.cs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable, assignable_without_null
from amlctl.bicep.checks.bind import body_of, key_at
from amlctl.bicep.checks.checker import Checker, Report
from amlctl.bicep.checks.constants import require_constant
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.names import suggest
from amlctl.bicep.checks.types import Type, force
from amlctl.bicep.checks.values import LENGTHS, How, Sink, level_of, narrow_domain, narrow_integer, narrow_string, warns

Node = s.Node
_ARRAYS = (t.Arr, t.Tup)
_TEXTS = (t.StrLit, t.Str)
_NEVER_VALUES = (t.TypeType, t.Namespace)
MAX_DEPTH = 60
_REMEMBERED = 8
"""Below this depth what was compared once is not compared again: types that share members stay cheap."""


def narrow(c: Checker, node: Node, target: Type, resource: bool = False) -> None:
    """Report where the value of an expression does not fit a type."""
    from amlctl.bicep.checks.infer import type_of

    _narrow(Sink(c), How(resource=resource), node, type_of(c, node), target)


def _narrow(sink: Sink, how: How, node: Node, found: Type, target: Type) -> None:
    if type(found) is t.Lazy:
        found = force(found)
    if type(target) is t.Lazy:
        target = force(target)
    if type(target) is t.Str:
        if type(found) in _TEXTS and target.minimum is None and target.maximum is None and target.pattern is None:
            return  # most values are texts for a place that takes any text
    elif target is t.ANY and not how.no_any and type(found) not in _NEVER_VALUES:
        return
    if how.no_any and found is t.ANY:
        place = how.origin or node
        sink.add("BCP176", place.at, place.end)
    elif how.depth <= _REMEMBERED or (how.depth <= MAX_DEPTH and not sink.saw(node, found, target)):
        _compare(sink, how, node, found, target)


def _compare(sink: Sink, how: How, node: Node, found: Type, target: Type) -> None:
    if found is t.ERROR or target is t.ERROR:
        return
    if type(target) in (t.Res, t.Mod):
        _narrow(sink, how, node, found, target.body)
        return
    if type(target) is t.Arr and type(node) is s.For:
        _narrow(sink, how, node.body, sink.c.memo.get(id(node.body), t.ANY), target.item)
        return
    target = t.collapse(target) or target
    if not assignable(found, target):
        rest = assignable_without_null(found, target)
        if rest is not None:
            sink.add("BCP321", node.at, node.end, type_name(target), type_name(found), level="warning")
            _narrow(sink, how, node, rest, target)
        else:
            _mismatch(sink, how, node, found, target)
        return
    _compare_parts(sink, how, node, found, target)


def _compare_parts(sink: Sink, how: How, node: Node, found: Type, target: Type) -> None:
    handler = _HANDLERS.get(type(target))
    if handler is not None and handler(sink, How(*how[:-1], how.depth + 1), node, found, target):
        return
    declared = _declaration(sink.c, node)
    if declared is not None:
        value, kind = declared
        if kind is not None:
            _narrow(sink, how._replace(origin=how.origin or node, depth=how.depth + 1), value, kind, target)
        return
    if type(target) is t.Union:
        _union(sink, How(*how[:-1], how.depth + 1), node, found, target)


def _mismatch(sink: Sink, how: How, node: Node, found: Type, target: Type) -> None:
    place = how.origin or node
    if how.label is not None:
        name, warn = how.label
        near = _literal_suggestion(found, target) if how.origin is None else None
        if near is not None:
            sink.add(
                "BCP088", place.at, place.end, name, type_name(target), type_name(found), near, level=level_of(warn)
            )
        else:
            sink.add("BCP036", place.at, place.end, name, type_name(target), type_name(found), level=level_of(warn))
    elif how.items is not None:
        code, warn = how.items
        sink.add(code, node.at, node.end, type_name(target), type_name(found), level=level_of(warn))
    else:
        level = level_of(warns(target))
        sink.add("BCP033", place.at, place.end, type_name(target), type_name(found), level=level)


def _literal_suggestion(found: Type, target: Type) -> str | None:
    if type(found) is not t.StrLit:
        return None
    members = target.members if type(target) is t.Union else (target,)
    if not all(type(member) is t.StrLit for member in members):
        return None
    return suggest(type_name(found), sorted(type_name(member) for member in members))


def _declaration(c: Checker, node: Node) -> tuple[Node, Type | None] | None:
    """Give the value of the variable that an expression names; the type is None where there is nothing to look at."""
    if type(node) is not s.Variable:
        return None
    symbol = c.symbol(node)
    if symbol is None or symbol.cycle:
        return None
    if symbol.kind == "var":
        from amlctl.bicep.checks.infer import type_of

        return symbol.node.value, type_of(c, symbol.node.value)
    return (node, None) if symbol.kind in ("item", "index", "argument") else None


# ---- arrays --------------------------------------------------------------------------------------------------------


def _array(sink: Sink, how: How, node: Node, found: Type, target: Type) -> bool:
    if type(node) is s.Array:
        _array_literal(sink, how, node, target)
        return True
    declared = _declaration(sink.c, node)
    if declared is not None:
        if declared[1] is not None:
            _narrow(sink, how._replace(origin=how.origin or node), declared[0], declared[1], target)
        return True
    if type(found) not in _ARRAYS:
        return False
    if type(found) is t.Tup and type(target) is t.Tup:
        if len(found.items) != len(target.items):
            level = level_of(how.resource or warns(target))
            sink.add("BCP332", node.at, node.end, len(found.items), len(target.items), level=level)
            return True
        for own, wanted in zip(found.items, target.items, strict=True):
            _narrow(sink, how, node, own, wanted)
        return True
    low, high = t.length_limits(target)
    limits = t.Str(low, high, target.flags)
    narrow_domain(sink, how, node, limits, t.length_limits(found), LENGTHS)
    _narrow(sink, how, node, t.item_of(found), _item_target(target))
    return True


def _item_target(target: Type) -> Type:
    return t.item_of(target) if type(target) is t.Tup else force(target.item)


def _array_literal(sink: Sink, how: How, node: s.Array, target: Type) -> None:
    if sink.c.has_parse_error(node):
        return
    warn = warns(target)
    spread = False
    for at, item in enumerate(node.items):
        if type(item) is s.Spread:
            spread = True
            below = how._replace(skip_errors=True, items=("BCP403", warn), label=None, origin=None)
            _narrow(sink, below, item.value, _type(sink, item.value), t.Arr(_item_target(target), flags=target.flags))
            continue
        wanted = _item_target(target)
        if type(target) is t.Tup and not spread:
            wanted = target.items[at] if at < len(target.items) else t.ANY
        below = how._replace(skip_errors=True, items=("BCP034", warn), label=None)
        _narrow(sink, below, item, _type(sink, item), wanted)
    low, high = t.length_limits(target)
    if not spread:
        level = level_of(how.resource or warn)
        if high is not None and len(node.items) > high:
            sink.add("BCP332", node.at, node.end, len(node.items), high, level=level)
        elif low is not None and len(node.items) < low:
            sink.add("BCP333", node.at, node.end, len(node.items), low, level=level)


def _type(sink: Sink, node: Node) -> Type:
    from amlctl.bicep.checks.infer import type_of

    return type_of(sink.c, node)


# ---- objects -------------------------------------------------------------------------------------------------------


def _object(sink: Sink, how: How, node: Node, found: Type, target: t.Obj) -> bool:
    node = node.body if type(node) is s.If else node
    declared = _declaration(sink.c, node)
    if declared is not None:
        if declared[1] is not None:
            _object(sink, how._replace(origin=how.origin or node), declared[0], found, target)
        return True
    if sink.c.has_parse_error(node):
        return True
    found = force(found.body) if type(found) is t.ScopeRef else found
    if type(found) is not t.Obj:
        return False
    _missing(sink, how, node, found, target)
    own = {item.name: item for item in node.items if type(item) is s.Property} if type(node) is s.Object else {}
    if len(own) == len(found.props) and how.origin is None:  # each has a place of its own: any order will do
        for name, value in found.props.items():
            wanted = target.props.get(name)
            if wanted is not None:
                _property(sink, how, node, own.get(name), value, name, wanted, target)
    else:
        for name, wanted in target.props.items():
            if name in found.props:
                _property(sink, how, node, own.get(name), found.props[name], name, wanted, target)
    extras = [name for name in found.props if name not in target.props]
    if target.extra is None or (type(node) is s.Object and target.extra.flags & t.FALLBACK):
        _disallowed(sink, how, node, own, found, target, extras)
    else:
        _additional(sink, how, node, own, found, target, extras)
    return True


def _missing(sink: Sink, how: How, node: Node, found: t.Obj, target: t.Obj) -> None:
    if found.extra is not None:
        return
    names = [
        name
        for name, prop in target.props.items()
        if prop.flags & t.REQUIRED
        and not prop.flags & t.READ_ONLY
        and name not in found.props
        and not assignable(t.NULL, prop.type)
    ]
    if not names:
        return
    solid = any(target.props[name].flags & t.SYSTEM for name in names)
    warn = (how.resource and not solid) or warns(target, t.WARN_PROPERTY)
    at, end = (how.origin.at, how.origin.end) if how.origin is not None else _context(sink.c, node)
    listed = ", ".join(f'"{name}"' for name in sorted(names, key=str.lower))
    sink.add("BCP035", at, end, listed, level=level_of(warn))


def _context(c: Checker, node: Node) -> tuple[int, int]:
    """Give the place where missing properties are said: the key or the declared name that the object belongs to."""
    parent = c.parent(node)
    while type(parent) in (s.If, s.For):
        parent = c.parent(parent)
    if type(parent) is s.Property:
        return key_at(parent)
    name = getattr(parent, "name", None)
    if type(name) is s.Name and hasattr(parent, "decorators"):
        return name.at, name.at + 1
    return node.at, node.end


def _property(
    sink: Sink, how: How, node: Node, item: s.Property | None, value: t.Prop, name: str, prop: t.Prop, target: t.Obj
) -> None:
    expression = item.value if item is not None else node
    constant = how.constant_checked
    if not constant and prop.flags & t.CONSTANT:
        require_constant(sink.c, expression)
        constant = True
    if prop.flags & t.READ_ONLY:
        _read_only(sink, how, node, item, value, name, prop, target)
        return
    if prop.flags & t.FALLBACK:
        sink.add("BCP187", *_place(how, item, node), name, level="warning")
    inaccurate = how.resource and not prop.flags & t.SYSTEM
    wanted = force(prop.type)
    if prop.flags & t.IMPLICIT_NULL and not prop.flags & t.REQUIRED:
        wanted = t.nullable(wanted)
    label = name, inaccurate or warns(force(prop.type))
    below = How(True, constant, bool(prop.flags & t.NO_ANY), how.origin, label, None, how.resource, how.depth)
    _narrow(sink, below, expression, value.type, wanted)


def _place(how: How, item: s.Property | None, node: Node) -> tuple[int, int]:
    if how.origin is not None:
        return how.origin.at, how.origin.end
    return key_at(item) if item is not None else (node.at, node.end)


def _read_only(
    sink: Sink, how: How, node: Node, item: s.Property | None, value: t.Prop, name: str, prop: t.Prop, target: t.Obj
) -> None:
    owner = sink.c.parent(node)
    owner = sink.c.parent(owner) if type(owner) is s.If else owner
    if type(owner) is s.Resource and owner.existing and body_of(owner) is node:
        sink.add("BCP173", *_place(how, item, node), name)
    elif not value.flags & t.READ_ONLY:
        warn = (how.resource and not prop.flags & t.SYSTEM) or warns(target, t.WARN_PROPERTY)
        sink.add("BCP073", *_place(how, item, node), name, level=level_of(warn))


def _disallowed(
    sink: Sink, how: How, node: Node, own: dict[Any, s.Property], found: t.Obj, target: t.Obj, extras: list[str]
) -> None:
    loose = target.extra is not None and target.extra.flags & t.FALLBACK
    if target is t.OBJECT or (loose and not target.props and not target.flags & t.WRITTEN):
        return
    level = level_of(bool(loose) or warns(target, t.WARN_PROPERTY))
    unset = sorted(
        (name for name, prop in target.props.items()
         if not prop.flags & (t.READ_ONLY | t.FALLBACK) and name not in found.props),
        key=str.lower,
    )  # fmt: skip
    for name in extras:
        place = _place(how, own.get(name), node)
        near = suggest(name, unset) if how.origin is None else None
        if near is not None:
            sink.add("BCP089", *place, name, type_name(target), near, level=level)
        else:
            listed = ", ".join(f'"{one}"' for one in unset)
            sink.add("BCP037", *place, name, type_name(target), listed, level=level)
    for item in node.items if type(node) is s.Object else ():
        if type(item) is s.Property and item.name is None and item.key is not None:
            sink.add("BCP040", item.key.at, item.key.end, type_name(target), level=level)


def _additional(
    sink: Sink, how: How, node: Node, own: dict[Any, s.Property], found: t.Obj, target: t.Obj, extras: list[str]
) -> None:
    extra = target.extra
    assert extra is not None
    wanted = force(extra.type)
    if wanted is t.ANY and not extra.flags & (t.CONSTANT | t.NO_ANY):
        return
    for name in extras:
        item = own.get(name)
        expression = item.value if item is not None else node
        if not how.constant_checked and extra.flags & t.CONSTANT:
            require_constant(sink.c, expression)
        below = how._replace(
            skip_errors=True,
            no_any=bool(extra.flags & t.NO_ANY),
            label=(name, warns(wanted)),
            items=None,
            resource=how.resource,
        )
        _narrow(sink, below, expression, found.props[name].type, wanted)


# ---- tagged unions -------------------------------------------------------------------------------------------------


def _discriminated(sink: Sink, how: How, node: Node, found: Type, target: t.Disc) -> bool:
    node = node.body if type(node) is s.If else node
    if sink.c.has_parse_error(node):
        return True
    if type(found) is not t.Obj:
        return False
    prop = found.props.get(target.key)
    if prop is None:
        if found.extra is None:
            _no_discriminator(sink, how, node, found, target)
        return True
    value = force(prop.type)
    item = _item_of(node, target.key)
    place = how.origin or (item.value if item is not None else node)
    if value is t.ANY:
        return True
    if type(value) is t.StrLit:
        branch = target.branches.get(value.value)
        if branch is not None:
            return _object(sink, how, node, found, force(branch))
        _wrong_tag(sink, how, place, value, target)
        return True
    tags = t.union(t.StrLit(tag) for tag in target.branches)
    if assignable(value, tags):
        sink.add("BCP225", place.at, place.end, target.key, level="warning")
    else:
        level = level_of(how.resource or warns(target, t.WARN_PROPERTY))
        sink.add("BCP036", place.at, place.end, target.key, type_name(tags), type_name(value), level=level)
    return True


def _item_of(node: Node, name: str) -> s.Property | None:
    items = node.items if type(node) is s.Object else ()
    return next((item for item in items if type(item) is s.Property and item.name == name), None)


def _no_discriminator(sink: Sink, how: How, node: Node, found: t.Obj, target: t.Disc) -> None:
    tags = type_name(t.union(t.StrLit(tag) for tag in target.branches))
    level = level_of(warns(target, t.WARN_PROPERTY))
    place = how.origin or node
    sink.add("BCP078", place.at, place.end, target.key, tags, level=level)
    near = suggest(target.key, found.props)
    if near is not None:
        item = _item_of(node, near)
        sink.add("BCP089", *_place(how, item, node), near, tags, target.key, level=level)


def _wrong_tag(sink: Sink, how: How, place: Node, value: t.StrLit, target: t.Disc) -> None:
    tags = t.union(t.StrLit(tag) for tag in target.branches)
    level = level_of(how.resource or warns(target, t.WARN_PROPERTY))
    names = sorted(type_name(t.StrLit(tag)) for tag in target.branches)
    near = suggest(type_name(value), names) if how.origin is None else None
    if near is not None:
        sink.add("BCP088", place.at, place.end, target.key, type_name(tags), type_name(value), near, level=level)
    else:
        sink.add("BCP036", place.at, place.end, target.key, type_name(tags), type_name(value), level=level)


# ---- unions and lambdas --------------------------------------------------------------------------------------------


def _union(sink: Sink, how: How, node: Node, found: Type, target: t.Union) -> None:
    if type(found) in _TEXTS:
        for member in target.members:
            if type(member) is t.Str:
                if member.minimum is None and member.maximum is None and member.pattern is None:
                    return
            elif type(member) is type(found) and member.value == found.value and type(node) is not s.Variable:
                return
    if type(found) is t.Union:
        for member in found.members:
            _one_of(sink, how, node, member, target)
    else:
        _one_of(sink, how, node, found, target)


def _one_of(sink: Sink, how: How, node: Node, found: Type, target: t.Union) -> None:
    """Right if the value fits one member; else the reports of the members that it could have been."""
    tried: list[list[Report]] = []
    for member in target.members:
        if assignable(found, member):
            kept: list[Report] = []
            _narrow(Sink(sink.c, kept, sink.seen), how, node, found, member)
            if not kept:
                return
            tried.append(kept)
    viable = [kept for kept in tried if not any(report.level == "error" for report in kept)]
    for kept in viable or tried:
        sink.give(kept)
    if not tried:
        sink.add("BCP070", node.at, node.end, type_name(found), type_name(target))


def _func(sink: Sink, how: How, node: Node, _: Type, target: t.Func) -> bool:
    if type(node) is not s.Lambda:
        return False
    _narrow(sink, how, node.body, _type(sink, node.body), target.result)
    if not target.least <= len(node.parameters) <= len(target.parameters):
        end = node.body.at - 1
        sink.add("BCP244", node.at, max(end, node.at + 1), type_name(target), target.least, len(target.parameters),
                 len(node.parameters))  # fmt: skip
    return True


_HANDLERS: dict[type, Callable[[Sink, How, Node, Any, Any], bool]] = {
    t.Integer: narrow_integer,
    t.Str: narrow_string,
    t.Arr: _array,
    t.Tup: _array,
    t.Obj: _object,
    t.Disc: _discriminated,
    t.Func: _func,
}
