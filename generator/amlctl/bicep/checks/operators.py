"""What operators give, and on which operands they may stand (OperationReturnTypeEvaluator)."""

from __future__ import annotations

from collections.abc import Callable

from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable
from amlctl.bicep.checks.types import Type


def unary(operator: str, operand: Type) -> Type | None:
    """Give the type of ``-x`` or ``!x``, None where it may not stand there."""
    if operator == "!":
        return _negated(operand) if assignable(operand, t.BOOL) else None
    return _minus(operand) if assignable(operand, t.INT) else None


def _negated(operand: Type) -> Type:
    return t.BoolLit(not operand.value) if type(operand) is t.BoolLit else t.BOOL


def _minus(operand: Type) -> Type:
    if type(operand) is t.IntLit:
        return t.IntLit(-operand.value)
    if type(operand) is t.Integer:
        return t.Integer(_opposite(operand.maximum), _opposite(operand.minimum))
    return t.INT


def _opposite(limit: int | None) -> int | None:
    return None if limit is None else -limit


def binary(operator: str, left: Type, right: Type) -> Type | None:
    """Give the type of ``left operator right``, None where it may not stand between them."""
    for wanted, result in _BINARY[operator]:
        if assignable(left, wanted) and assignable(right, wanted):
            return result(left, right)
    return None


def _or(left: Type, right: Type) -> Type:
    if t.TRUE in (left, right):
        return t.TRUE
    return t.FALSE if left == right == t.FALSE else t.BOOL


def _and(left: Type, right: Type) -> Type:
    if t.FALSE in (left, right):
        return t.FALSE
    return t.TRUE if left == right == t.TRUE else t.BOOL


def _equals(left: Type, right: Type) -> Type:
    if t.is_literal(left) and t.is_literal(right) and type(left) in _SCALARS and type(right) in _SCALARS:
        return t.BoolLit(type(left) is type(right) and left == right)
    return t.BOOL


def _differs(left: Type, right: Type) -> Type:
    return _negated(_equals(left, right))


def _like(left: Type, right: Type) -> Type:
    if type(left) is t.StrLit and type(right) is t.StrLit:
        return t.BoolLit(left.value.lower() == right.value.lower())
    return t.BOOL


_SCALARS = (t.StrLit, t.IntLit, t.BoolLit)


def _low(value: Type) -> int | None:
    return value.value if type(value) is t.IntLit else getattr(value, "minimum", None)


def _high(value: Type) -> int | None:
    return value.value if type(value) is t.IntLit else getattr(value, "maximum", None)


def _compare(strict: bool, swapped: bool) -> Callable[[Type, Type], Type]:
    def result(left: Type, right: Type) -> Type:
        if swapped:
            left, right = right, left
        top, bottom = _high(left), _low(right)
        if top is not None and bottom is not None and (top < bottom or (top == bottom and not strict)):
            return t.TRUE
        bottom, top = _low(left), _high(right)
        if bottom is not None and top is not None and (bottom > top or (bottom == top and strict)):
            return t.FALSE
        return t.BOOL

    return result


def _add(left: Type, right: Type) -> Type:
    if type(left) is t.IntLit and type(right) is t.IntLit:
        return t.IntLit(left.value + right.value)
    if type(left) in _INTS and type(right) in _INTS:
        return t.Integer(_sum(_low(left), _low(right)), _sum(_high(left), _high(right)))
    return t.INT


def _subtract(left: Type, right: Type) -> Type:
    return _add(left, _minus(right))


_INTS = (t.IntLit, t.Integer)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _coalesce(left: Type, right: Type) -> Type:
    if left is t.NULL:
        return right
    rest = t.without_null(left)
    return left if rest is None else t.union((rest, right))


def _constant(result: Type) -> Callable[[Type, Type], Type]:
    return lambda *_: result


_Rows = list[tuple[Type, Callable[[Type, Type], Type]]]
_BINARY: dict[str, _Rows] = {
    "||": [(t.BOOL, _or)],
    "&&": [(t.BOOL, _and)],
    "==": [(t.ANY, _equals)],
    "!=": [(t.ANY, _differs)],
    "=~": [(t.STRING, _like)],
    "!~": [(t.STRING, lambda left, right: _negated(_like(left, right)))],
    "<": [(t.INT, _compare(True, False)), (t.STRING, _constant(t.BOOL))],
    "<=": [(t.INT, _compare(False, False)), (t.STRING, _constant(t.BOOL))],
    ">": [(t.INT, _compare(True, True)), (t.STRING, _constant(t.BOOL))],
    ">=": [(t.INT, _compare(False, True)), (t.STRING, _constant(t.BOOL))],
    "+": [(t.INT, _add)],
    "-": [(t.INT, _subtract)],
    "*": [(t.INT, _constant(t.INT))],
    "/": [(t.INT, _constant(t.INT))],
    "%": [(t.INT, _constant(t.INT))],
    "??": [(t.ANY, _coalesce)],
}
