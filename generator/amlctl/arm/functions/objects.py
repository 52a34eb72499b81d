"""Functions of objects."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import Undecided, derived, find_key, select, to_tree, uncover
from amlctl.arm.faults import wrong_value
from amlctl.arm.functions.signature import built_in
from amlctl.arm.tree import Call
from amlctl.arm.values import Secret, Unknown


@built_in("createObject", "x*", opened=True)
def _create_object(*parts: Any) -> Any:
    if len(parts) % 2:
        raise wrong_value("createObject", "expects an even number of parameters.")
    if any(type(key) is Unknown for key in parts[::2]):
        return derived(Call("createObject", tuple(map(to_tree, parts))), list(parts))
    keys = [uncover(key) for key in parts[::2]]
    if not all(type(key) is str for key in keys):
        raise wrong_value("createObject", "expects every odd parameter to be a string.")
    return dict(zip(keys, parts[1::2], strict=True))


@built_in("tryGet", "x x x*", opened=True)
def _try_get(base: Any, *keys: Any) -> Any:
    value = base
    for at, key in enumerate(keys):
        if type(value) is Unknown or type(key) is Unknown:
            rest = [value, *keys[at:]]
            return derived(Call("tryGet", tuple(map(to_tree, rest))), rest)
        if not _has(uncover(value) if type(value) is Secret else value, uncover(key)):
            return None
        value = select(value, key)
    return value


def _has(value: Any, key: Any) -> bool:
    if type(value) is dict and type(key) is str:
        return find_key(value, key) is not None
    if type(value) is list and type(key) is int:
        return 0 <= key < len(value)
    return False


def by_name(key: str) -> tuple[str, str]:
    """Order names as the invariant culture does: without case first, small letters before capitals."""
    return key.lower(), key.swapcase()


@built_in("items", "o", shallow=True)
def _items(value: dict[str, Any]) -> list[Any]:
    return [{"key": key, "value": value[key]} for key in sorted(value, key=by_name)]


@built_in("objectKeys", "o", shallow=True)
def _object_keys(value: dict[str, Any]) -> list[str]:
    return sorted(value, key=by_name)


@built_in("shallowMerge", "a", shallow=True)
def _shallow_merge(parts: list[Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    lower: dict[str, str] = {}
    for part in parts:
        if type(part) in (Unknown, Secret):
            raise Undecided
        if type(part) is not dict:
            raise wrong_value("shallowMerge", "expects an array of objects.")
        for key, item in part.items():
            result[lower.setdefault(key.lower(), key)] = item
    return result
