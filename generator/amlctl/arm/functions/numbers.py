"""Functions of 64-bit integers; `float` and `int`."""

from __future__ import annotations

import re
from typing import Any

from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.signature import NAMES, built_in

_LEAST, _MOST = -(2**63), 2**63 - 1
_INTEGER = re.compile(r"\s*[+-]?\d{1,20}\s*\Z")


def _bounded(name: str, one: int, two: int, result: int) -> int:
    if not _LEAST <= result <= _MOST:
        raise wrong_value(name, f"overflowed with the operants '{one}' and '{two}'.")
    return result


@built_in("add", "i i")
def _add(one: int, two: int) -> int:
    return _bounded("add", one, two, one + two)


@built_in("sub", "i i")
def _sub(one: int, two: int) -> int:
    return _bounded("sub", one, two, one - two)


@built_in("mul", "i i")
def _mul(one: int, two: int) -> int:
    return _bounded("mul", one, two, one * two)


def _quotient(name: str, one: int, two: int) -> int:
    if two == 0:
        raise wrong_value(name, "expects its second parameter not to be zero.")
    quotient = abs(one) // abs(two)
    return quotient if (one < 0) == (two < 0) else -quotient


@built_in("div", "i i")
def _div(one: int, two: int) -> int:
    return _bounded("div", one, two, _quotient("div", one, two))


@built_in("mod", "i i")
def _mod(one: int, two: int) -> int:
    return one - two * _quotient("mod", one, two)


def _numbers(name: str, values: tuple[Any, ...]) -> list[int]:
    items = list(values[0]) if len(values) == 1 and type(values[0]) is list else list(values)
    if not items or not all(type(item) is int for item in items):
        raise wrong_value(name, "expects integers or one array of integers that is not empty.")
    return items


@built_in("min", "i|a+")
def _min(*values: Any) -> int:
    return min(_numbers("min", values))


@built_in("max", "i|a+")
def _max(*values: Any) -> int:
    return max(_numbers("max", values))


@built_in("int", "x")
def _int(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and _LEAST <= value <= _MOST:
        return round(value)
    if type(value) is str and _INTEGER.match(value) and _LEAST <= int(value) <= _MOST:
        return int(value)
    shown = value if type(value) is str else NAMES.get(type(value), "Unknown")
    message = f"The template language function 'int' cannot convert provided value '{shown}' to integer value."
    raise EvaluationFailed(f"{message} Please see https://aka.ms/arm-function-int for usage details.")


@built_in("float", "s|d")
def _float(value: Any) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise wrong_value("float", f"cannot convert provided value '{value}' to floating point value.") from error
