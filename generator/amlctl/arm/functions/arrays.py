"""Functions of arrays (and of what shares their names: texts and objects)."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import Undecided, find_key, uncover
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.logical import same
from amlctl.arm.functions.signature import built_in
from amlctl.arm.values import Secret, Unknown

_MOST_OPEN = 300
"""Ours: how many items with unknown leaves are compared one by one."""


@built_in("createArray", "x*", opened=True)
def _create_array(*items: Any) -> list[Any]:
    return list(items)


@built_in("array", "x", shallow=True)
def _array(value: Any) -> list[Any]:
    return value if type(value) is list else [value]


@built_in("length", "s|a|o|n", shallow=True)
def _length(value: Any) -> int:
    if value is None:
        message = (
            "The template language function 'length' expects exactly one parameter: an array, object, or a string "
        )
        rest = "the length of which is returned. The function was invoked with a null value."
        raise EvaluationFailed(f"{message}{rest} Please see https://aka.ms/arm-functions/#length for usage details.")
    return len(value)


@built_in("first", "s|a", shallow=True)
def _first(value: Any) -> Any:
    if type(value) is str:
        return value[:1]
    return value[0] if value else None


@built_in("last", "s|a", shallow=True)
def _last(value: Any) -> Any:
    if type(value) is str:
        return value[-1:]
    return value[-1] if value else None


@built_in("take", "s|a i", shallow=True)
def _take(value: Any, count: int) -> Any:
    return value[: max(count, 0)]


@built_in("skip", "s|a i", shallow=True)
def _skip(value: Any, count: int) -> Any:
    return value[max(count, 0) :]


@built_in("range", "i i")
def _range(start: int, count: int) -> list[int]:
    if count < 0 or count > 10_000 or start + count > 2_147_483_647:
        message = "expects a count from 0 to 10000 and a sum of start and count of at most 2147483647."
        raise wrong_value("range", f"{message} The provided values are '{start}' and '{count}'.")
    return list(range(start, start + count))


@built_in("flatten", "a", shallow=True)
def _flatten(items: list[Any]) -> list[Any]:
    result: list[Any] = []
    for item in items:
        if type(item) in (Unknown, Secret):
            raise Undecided
        if type(item) is list:
            result.extend(item)
        else:
            result.append(item)
    return result


def frozen(value: Any) -> Any:
    """Give a hashable form of a value that is equal exactly where `equals` says so. Raises Undecided for an unknown."""
    kind = type(value)
    if kind is dict:
        return ("o", frozenset([(key.lower(), frozen(item)) for key, item in value.items()]))
    if kind is list:
        return ("a", tuple([frozen(item) for item in value]))
    if kind is Unknown:
        raise Undecided
    if kind is Secret:
        return frozen(uncover(value))
    return (kind is bool, value)


def distinct(items: list[Any]) -> list[Any]:
    """Keep the first of equal items. Raises Undecided where an unknown leaf leaves it open which are equal."""
    kept: dict[Any, Any] = {}
    try:
        for item in items:
            kept.setdefault(frozen(item), item)
    except Undecided:
        return _certainly_distinct(items)
    return list(kept.values())


def _certainly_distinct(items: list[Any]) -> list[Any]:
    if len(items) > _MOST_OPEN:
        raise Undecided
    kept: list[Any] = []
    for item in items:
        if not any(same(item, other) for other in kept):
            kept.append(item)
    return kept


@built_in("distinct", "a", shallow=True)
def _distinct(items: list[Any]) -> list[Any]:
    return distinct(items)


@built_in("union", "a|o+", shallow=True)
def _union(*values: Any) -> Any:
    if all(type(value) is list for value in values):
        return distinct([item for value in values for item in value]) if any(values) else []
    if not all(type(value) is dict for value in values):
        raise wrong_value("union", "expects all its parameters to be arrays or all to be objects.")
    result: dict[str, Any] = {}
    for value in values:
        _merge(result, value)
    return result


def _merge(result: dict[str, Any], value: dict[str, Any]) -> None:
    """Merge objects in objects, later ones winning; arrays are replaced whole."""
    lower = {key.lower(): key for key in result} if result else {}
    for key, item in value.items():
        known = lower.get(key.lower(), key)
        old = result.get(known)
        if type(old) is dict and type(item) is dict:
            merged = dict(old)
            _merge(merged, item)
            result[known] = merged
        elif (type(old) is Unknown and type(item) is dict) or (type(old) is dict and type(item) is Unknown):
            raise Undecided
        else:
            result[known] = item


@built_in("intersection", "a|o+", shallow=True)
def _intersection(*values: Any) -> Any:
    if all(type(value) is list for value in values):
        others = [{frozen(item) for item in value} for value in values[1:]]
        return [item for item in distinct(values[0]) if all(frozen(item) in other for other in others)]
    if not all(type(value) is dict for value in values):
        raise wrong_value("intersection", "expects all its parameters to be arrays or all to be objects.")
    result = values[0]
    for value in values[1:]:
        result = {key: item for key, item in result.items() if _in_both(key, item, value)}
    return result


def _in_both(key: str, item: Any, other: dict[str, Any]) -> bool:
    found = find_key(other, key)
    return found is not None and same(item, other[found])


@built_in("indexFromEnd", "a i", shallow=True)
def _index_from_end(items: list[Any], index: int) -> Any:
    if not 1 <= index <= len(items):
        message = f"The language expression property array index '{index}' is out of bounds."
        raise EvaluationFailed(message)
    return items[-index]


@built_in("tryIndexFromEnd", "a|n i", shallow=True)
def _try_index_from_end(items: list[Any] | None, index: int) -> Any:
    return items[-index] if items and 1 <= index <= len(items) else None
