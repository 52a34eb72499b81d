"""Decorators that change the type they stand on: limits, secure, sealed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.types import Type, force

Node = s.Node


def find_decorator(c: Checker, node: Node, name: str) -> s.Decorator | None:
    """Give the first decorator of ``sys`` of that name on a declaration."""
    decorators: tuple[s.Decorator, ...] = node.decorators
    for decorator in decorators:
        call = decorator.expression
        if type(call) is s.FunctionCall and call.name == name and c.symbol(call) is None:
            return decorator
        if type(call) is s.InstanceCall and call.name == name and _is_sys(c, call.base):
            return decorator
    return None


def _is_sys(c: Checker, base: Node) -> bool:
    return type(base) is s.Variable and base.name == "sys" and c.symbol(base) is None


def text_argument(decorator: s.Decorator) -> str | None:
    """Give the only argument of a decorator if it is a plain text."""
    arguments = decorator.expression.arguments
    return arguments[0].value if len(arguments) == 1 and type(arguments[0]) is s.String else None


def int_argument(c: Checker, decorator: s.Decorator | None) -> int | None:
    """Give the only argument of a decorator if its type is one whole number."""
    from amlctl.bicep.checks.infer import type_of

    if decorator is None or len(decorator.expression.arguments) != 1:
        return None
    found = type_of(c, decorator.expression.arguments[0])
    return found.value if type(found) is t.IntLit else None


def decorated(c: Checker, found: Type, node: Node, loose: bool = False) -> Type:
    """Give a declared type with what the decorators of its declaration add."""
    found = force(found)
    if not node.decorators and not loose:
        return found
    rest = t.without_null(found)
    if rest is not None:
        changed = decorated(c, rest, node, loose)
        return changed if changed is t.ERROR else t.nullable(changed)
    change = _CHANGES.get(type(found))
    if change is None:
        return found
    flags = found.flags
    if loose and type(found) in (t.Str, t.Integer, t.Boolean):
        flags |= t.LOOSE
    if node.decorators and find_decorator(c, node, "secure") is not None:
        flags |= t.SECURE
    return change(c, found, node, flags)


def _limits(c: Checker, node: Node, low: str, high: str, found: Any) -> tuple[int | None, int | None] | None:
    lower, upper = find_decorator(c, node, low), find_decorator(c, node, high)
    least, most = int_argument(c, lower), int_argument(c, upper)
    least = found.minimum if least is None else least
    most = found.maximum if most is None else most
    if least is not None and most is not None and least > most:
        wrong = lower or upper
        if wrong is not None:
            c.report("BCP331", wrong.at, wrong.end, low, least, high, most)
            return None
    return least, most


def _changed_string(c: Checker, found: t.Str, node: Node, flags: int) -> Type:
    limits = _limits(c, node, "minLength", "maxLength", found)
    return t.ERROR if limits is None else t.Str(*limits, flags, found.pattern)


def _changed_int(c: Checker, found: t.Integer, node: Node, flags: int) -> Type:
    limits = _limits(c, node, "minValue", "maxValue", found)
    return t.ERROR if limits is None else t.Integer(*limits, flags)


def _changed_array(c: Checker, found: t.Arr, node: Node, flags: int) -> Type:
    limits = _limits(c, node, "minLength", "maxLength", found)
    return t.ERROR if limits is None else t.Arr(found.item, *limits, flags)


def _changed_object(c: Checker, found: t.Obj, node: Node, flags: int) -> Type:
    if node.decorators and find_decorator(c, node, "sealed") is not None:
        return found._replace(extra=None, flags=flags)
    return found if flags == found.flags else found._replace(flags=flags)


_CHANGES: dict[type, Callable[[Checker, Any, Node, int], Type]] = {
    t.Str: _changed_string,
    t.Integer: _changed_int,
    t.Arr: _changed_array,
    t.Obj: _changed_object,
    t.Boolean: lambda _, __, ___, flags: t.Boolean(flags),
}
