"""What a call gives where that depends on its arguments: texts that are folded, items of arrays, scopes."""

from __future__ import annotations

from collections.abc import Callable

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.types import Type, force

Node = s.Node


def values_of(source: t.Obj) -> Type:
    """Give the type of any value of an object."""
    kinds = [prop.type for prop in source.props.values()]
    return t.union([*kinds, *([source.extra.type] if source.extra else ())])


def _scope(_: Checker, node: Node, overload: f.Overload, __: list[Type]) -> Type:
    result = overload.result
    if node.arguments:
        body = t.Obj(result.body.name, {})
        return t.ScopeRef(result.scope, tuple(node.arguments), body)
    return result


def _deployment(c: Checker, _: Node, overload: f.Overload, __: list[Type]) -> Type:
    result = overload.result
    if any(type(statement) is s.Metadata for statement in c.tree.statements):
        inner = result.props["properties"].type
        template = inner.props["template"].type
        template = template._replace(props={**template.props, "metadata": t.Prop(t.ANY)})
        inner = inner._replace(props={**inner.props, "template": t.Prop(template)})
        result = result._replace(props={**result.props, "properties": t.Prop(inner)})
    if c.target == 8:
        return result
    return result._replace(props={**result.props, "location": t.Prop(t.STRING)})


def _filter(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    return t.Arr(t.item_of(kinds[0]), None, t.length_limits(kinds[0])[1]) if type(kinds[0]) in _ARRAYS else t.ARRAY


def _map(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    return t.Arr(force(kinds[1].result)) if type(kinds[1]) is t.Func else t.ARRAY


def _map_values(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    return t.Obj("object", {}, t.Prop(force(kinds[1].result))) if type(kinds[1]) is t.Func else t.ANY


def _sort(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    return t.Arr(t.item_of(kinds[0]), *t.length_limits(kinds[0])) if type(kinds[0]) in _ARRAYS else t.ARRAY


def _to_object(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    if len(kinds) == 2 and type(kinds[0]) in _ARRAYS:
        return t.Obj("object", {}, t.Prop(t.item_of(kinds[0])))
    if len(kinds) == 3 and type(kinds[2]) is t.Func:
        return t.Obj("object", {}, t.Prop(force(kinds[2].result)))
    return t.ANY


def _group_by(c: Checker, node: Node, overload: f.Overload, kinds: list[Type]) -> Type:
    found = _to_object(c, node, overload, kinds)
    return found if found is t.ANY else t.Obj("object", {}, t.Prop(t.Arr(found.extra.type)))


def _end_item(last: bool) -> Callable[..., Type]:
    def result(_: Checker, __: Node, overload: f.Overload, kinds: list[Type]) -> Type:
        kind = kinds[0]
        if type(kind) is t.Tup:
            return force(kind.items[-1 if last else 0]) if kind.items else t.NULL
        if type(kind) is t.Arr:
            return t.item_of(kind) if kind.minimum else t.nullable(t.item_of(kind))
        return overload.result

    return result


def _items(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    kind = kinds[0]
    value = t.ANY
    if type(kind) is t.Obj and (kind.props or kind.extra):
        value = values_of(kind)
    entry = t.Obj("object", {"key": t.Prop(t.STRING, t.REQUIRED), "value": t.Prop(value, t.REQUIRED)})
    return t.Arr(entry)


def _flatten(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    inner = t.item_of(kinds[0]) if type(kinds[0]) in _ARRAYS else t.ANY
    members = inner.members if type(inner) is t.Union else (inner,)
    if all(type(member) in _ARRAYS for member in members):
        return t.Arr(t.union(t.item_of(member) for member in members))
    return t.ARRAY


def _concat(_: Checker, __: Node, overload: f.Overload, kinds: list[Type]) -> Type:
    if overload.result is t.STRING:
        return t.STRING
    if all(type(kind) is t.Tup for kind in kinds):
        return t.Tup(tuple(item for kind in kinds for item in kind.items))
    if all(type(kind) in _ARRAYS for kind in kinds):
        return t.Arr(t.union(t.item_of(kind) for kind in kinds))
    return t.ARRAY


def _bounds(kind: Type) -> tuple[int | None, int | None]:
    """Give the least and the greatest value of a number."""
    kind = t.collapse(kind) or kind
    if type(kind) is t.IntLit:
        return kind.value, kind.value
    return (kind.minimum, kind.maximum) if type(kind) is t.Integer else (None, None)


def _range(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    (low, high), (least, most) = _bounds(kinds[0]), _bounds(kinds[1])
    last = None if high is None or most is None else high + most - 1
    item: Type = t.IntLit(low) if low is not None and low == last else t.Integer(low, last)
    return t.Arr(item, least, most)


def _case(change: Callable[[str], str]) -> Callable[..., Type]:
    def result(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
        kind = kinds[0]
        if type(kind) is t.StrLit:
            return t.StrLit(change(kind.value))
        return kind if type(kind) is t.Str else t.STRING

    return result


def _length(_: Checker, __: Node, ___: f.Overload, kinds: list[Type]) -> Type:
    kind = kinds[0]
    if type(kind) is t.StrLit:
        return t.IntLit(len(kind.value.encode("utf-16-le", "surrogatepass")) // 2)
    if type(kind) is t.Str:
        low, high = kind.minimum, kind.maximum
    elif type(kind) in _ARRAYS:
        low, high = t.length_limits(kind)
    else:
        return t.INT
    return t.IntLit(high) if high is not None and (low or 0) == high else t.Integer(low or 0, high)


def _take(c: Checker, node: Node, overload: f.Overload, kinds: list[Type]) -> Type:
    source, (least, most) = kinds[0], _bounds(kinds[1])
    if type(source) is t.Tup and least is not None and least == most:
        return source if least >= len(source.items) else source._replace(items=source.items[: max(0, least)])
    if type(source) not in (t.Arr, t.Tup, t.Str):
        return _part(c, node, overload, kinds)
    low, high = (source.minimum, source.maximum) if type(source) is t.Str else t.length_limits(source)
    low = None if low is None or least is None or least <= 0 else min(low, least)
    high = high if most is None else max(0, most) if high is None else min(high, max(0, most))
    return t.Str(low, high, source.flags) if type(source) is t.Str else t.Arr(t.item_of(source), low, high)


def _part(_: Checker, __: Node, overload: f.Overload, kinds: list[Type]) -> Type:
    if type(kinds[0]) in _ARRAYS:
        return t.Arr(t.item_of(kinds[0]))
    return overload.result


def _nameof(c: Checker, node: Node, _: f.Overload, __: list[Type]) -> Type:
    argument = node.arguments[0]
    if type(argument) in (s.Variable, s.PropertyAccess, s.ResourceAccess):
        return t.StrLit(argument.name)
    if type(argument) is s.ArrayAccess and type(argument.index) is s.String:
        return t.StrLit(argument.index.value)
    return c.error("BCP408", argument)


def _providers(c: Checker, node: Node, overload: f.Overload, _: list[Type]) -> Type:
    at = node.name_at if type(node) is s.InstanceCall else node.at
    c.report("BCP241", at, at + 1, level="warning")
    return overload.result


def _base64(kind: Type) -> Type:
    from binascii import b2a_base64

    if type(kind) is not t.StrLit:
        return t.STRING
    return t.StrLit(b2a_base64(kind.value.encode("utf-8", "replace"), newline=False).decode())


def _load(c: Checker, node: Node, overload: f.Overload, kinds: list[Type]) -> Type:
    return c.session.loaded(c, node, overload, kinds)


_ARRAYS = (t.Arr, t.Tup)
RESULTS: dict[str, Callable[..., Type]] = {
    "tenant": _scope,
    "managementGroup": _scope,
    "subscription": _scope,
    "resourceGroup": _scope,
    "deployment": _deployment,
    "filter": _filter,
    "map": _map,
    "mapValues": _map_values,
    "sort": _sort,
    "toObject": _to_object,
    "groupBy": _group_by,
    "reduce": lambda _, __, ___, kinds: force(kinds[2].result) if type(kinds[2]) is t.Func else t.ANY,
    "first": _end_item(False),
    "last": _end_item(True),
    "split": lambda _, __, ___, ____: t.Arr(t.STRING, 1),
    "items": _items,
    "flatten": _flatten,
    "concat": _concat,
    "range": _range,
    "length": _length,
    "take": _take,
    "skip": _part,
    "toLower": _case(str.lower),
    "toUpper": _case(str.upper),
    "nameof": _nameof,
    "base64": lambda _, __, ___, kinds: _base64(kinds[0]),
    "providers": _providers,
    "uniqueString": lambda *_: t.Str(13, 13),
    "guid": lambda *_: t.Str(36, 36),
    "newGuid": lambda *_: t.Str(36, 36),
    "loadTextContent": _load,
    "loadFileAsBase64": _load,
    "loadJsonContent": _load,
    "loadYamlContent": _load,
    "loadDirectoryFileInfo": _load,
}
