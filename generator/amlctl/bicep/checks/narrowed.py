"""The type of a resource as its declaration fills it: what is written as a literal is known when it is read."""

from __future__ import annotations

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.types import Type, force

_LITERALS = (t.StrLit, t.IntLit, t.BoolLit)
_SCALARS = (t.Str, t.Integer, t.Boolean, *_LITERALS, t.Union)


def narrowed_resource(c: Checker, node: s.Resource, found: t.Res) -> t.Res:
    """Give the type of a resource whose body has the types of the values that are written."""
    from amlctl.bicep.checks.infer import type_of

    def body() -> Type:
        value = node.value
        if type(value) is s.For:
            value = value.body
        written = type_of(c, value.body if type(value) is s.If else value)
        return narrowed(written, force(found.body))

    return found if found.body is t.ANY else found._replace(body=t.Lazy(body))


def narrowed(found: Type, target: Type) -> Type:
    """Give the type that a value of type ``found`` has once it is assigned to ``target``."""
    found, target = force(found), force(target)
    if found is t.ERROR or target is t.ERROR:
        return target
    if target is t.ANY:
        return found
    if type(found) is t.Obj and type(target) in (t.Obj, t.Disc):
        return _object(found, target)
    if type(found) in _LITERALS and type(target) in _SCALARS and assignable(found, target):
        return found
    if type(target) is t.Union and type(found) is t.Obj:
        rest = t.without_null(target)
        return target if rest is None or rest is target else narrowed(found, rest)
    return target


def _object(found: t.Obj, target: Type) -> Type:
    if type(target) is t.Disc:
        tag = found.props.get(target.key)
        value = force(tag.type) if tag is not None else None
        branch = target.branches.get(value.value) if type(value) is t.StrLit else None
        return target if branch is None else _object(found, force(branch))
    props = dict(target.props)
    for name, own in found.props.items():
        prop = props.get(name)
        if prop is not None and not prop.flags & t.READ_ONLY:
            props[name] = t.Prop(_later(own.type, prop.type), prop.flags)
    return target._replace(props=props)


def _later(found: Type, target: Type) -> t.Lazy:
    return t.Lazy(lambda: narrowed(found, target))
