"""May a value of one type stand where another type is wanted? (TypeValidator.AreTypesAssignable)"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.types import Type, force

_OBJECTS = (t.Obj, t.Disc)
_ARRAYS = (t.Arr, t.Tup)
_SCOPES = (t.Res, t.Mod, t.ScopeRef)
_NEVER_VALUES = (t.TypeType, t.Namespace)


def assignable(source: Type, target: Type) -> bool:
    """Tell whether a value of type ``source`` may be assigned to ``target``; members of objects are not looked at."""
    if type(source) is t.Lazy:
        source = force(source)
    if type(target) is t.Lazy:
        target = force(target)
    rule = _RULES.get((type(source), type(target)))
    if rule is not None:
        return rule(source, target)
    if type(source) in _NEVER_VALUES or target is t.ERROR or source is t.ERROR:
        return False
    if source is t.ANY or target is t.ANY:
        return True
    if source is t.NEVER:
        return type(target) is not t.Depends
    return _compound(source, target)


def _compound(source: Type, target: Type) -> bool:
    kind = type(source)
    special = _SPECIAL_TARGETS.get(type(target))
    if special is not None:
        if kind is t.Union:
            return all(assignable(member, target) for member in source.members)
        return special(source, target)
    if kind in _SCOPES:
        return type(target) in _SCOPES or assignable(source.body, target)
    if kind is t.Union:
        return all(assignable(member, target) for member in source.members)
    return type(target) is t.Union and any(assignable(source, member) for member in target.members)


def _depends(source: Type, _: t.Depends) -> bool:
    if type(source) in _ARRAYS:
        return type(t.item_of(source)) in (t.Res, t.Mod)
    return type(source) in (t.Res, t.Mod, t.ScopeRef)


def _parent(source: Type, target: t.Parent) -> bool:
    wanted = target.child.rpartition("/")[0]
    return type(source) is t.Res and source.name.lower() == wanted.lower()


def _func(source: t.Func, target: t.Func) -> bool:
    if len(source.parameters) < target.least or source.least > len(target.parameters):
        return False
    if not assignable(source.result, target.result):
        return False
    return all(assignable(own, other) for own, other in zip(source.parameters, target.parameters, strict=False))


def _yes(_: object, __: object) -> bool:
    return True


def _equal(source: Any, target: Any) -> bool:
    return bool(source.value == target.value)


def _simple(source: t.Simple, target: t.Simple) -> bool:
    if source is t.ERROR or target is t.ERROR:
        return False
    return source is target or t.ANY in (source, target) or source is t.NEVER


def _loose(source: Any, _: object) -> bool:
    return bool(source.flags & t.LOOSE)


_SPECIAL_TARGETS: dict[type, Callable[[Any, Any], bool]] = {
    t.Depends: _depends,
    t.Parent: _parent,
    t.ScopeTarget: lambda source, _: type(source) in (t.Res, t.Mod, t.ScopeRef),
}
_RULES: dict[tuple[type, type], Callable[[Any, Any], bool]] = {
    (t.StrLit, t.StrLit): _equal,
    (t.IntLit, t.IntLit): _equal,
    (t.BoolLit, t.BoolLit): _equal,
    (t.Str, t.StrLit): _loose,
    (t.Integer, t.IntLit): _loose,
    (t.Boolean, t.BoolLit): _loose,
    (t.StrLit, t.Str): _yes,
    (t.IntLit, t.Integer): _yes,
    (t.BoolLit, t.Boolean): _yes,
    (t.Str, t.Str): _yes,
    (t.Integer, t.Integer): _yes,
    (t.Boolean, t.Boolean): _yes,
    (t.Simple, t.Simple): _simple,
    (t.Func, t.Func): _func,
    **{(own, other): _yes for group in (_OBJECTS, _ARRAYS) for own in group for other in group},
}


def assignable_without_null(source: Type, target: Type) -> Type | None:
    """Give the type without null if only null keeps it from being assignable."""
    rest = t.without_null(source)
    return rest if rest is not None and assignable(rest, target) else None
