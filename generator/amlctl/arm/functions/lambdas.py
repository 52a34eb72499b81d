"""Lambdas and the functions that take them."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from amlctl.arm.engine import Environment, Lambda, Undecided, evaluate, uncover
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.signature import built_in
from amlctl.arm.tree import Call, Text
from amlctl.arm.values import Unknown


@built_in("lambda", "x+", form=True)
def _lambda(node: Call, env: Environment) -> Lambda:
    names = node.arguments[:-1]
    if not all(type(name) is Text for name in names):
        raise wrong_value("lambda", "expects literal names of its variables.")
    return Lambda(tuple(name.value.lower() for name in names if type(name) is Text), node.arguments[-1], env)


@built_in("lambdaVariables", "x", form=True)
def _lambda_variables(node: Call, env: Environment) -> Any:
    name = evaluate(node.arguments[0], env)
    if type(name) is not str or name.lower() not in env.lambdas:
        message = f"The template lambda variable '{name}' is not found."
        raise EvaluationFailed(message)
    return env.lambdas[name.lower()]


def _decided(name: str, value: Any) -> bool:
    value = uncover(value)
    if type(value) is Unknown:
        raise Undecided
    if type(value) is not bool:
        raise wrong_value(name, "expects a lambda that gives a boolean.")
    return value


def _name(function: str, value: Any) -> str:
    value = uncover(value)
    if type(value) is Unknown:
        raise Undecided
    if type(value) not in (str, int):
        raise wrong_value(function, "expects a lambda that gives a string.")
    return str(value)


@built_in("map", "a f", shallow=True)
def _map(items: list[Any], apply: Lambda) -> list[Any]:
    return [apply(item, at) for at, item in enumerate(items)]


@built_in("filter", "a f", shallow=True)
def _filter(items: list[Any], apply: Lambda) -> list[Any]:
    return [item for at, item in enumerate(items) if _decided("filter", apply(item, at))]


@built_in("reduce", "a x f", shallow=True)
def _reduce(items: list[Any], start: Any, apply: Lambda) -> Any:
    value = start
    for at, item in enumerate(items):
        value = apply(value, item, at)
    return value


@built_in("sort", "a f", shallow=True)
def _sort(items: list[Any], before: Lambda) -> list[Any]:
    def compare(one: Any, two: Any) -> int:
        if _decided("sort", before(one, two)):
            return -1
        return int(_decided("sort", before(two, one)))

    return sorted(items, key=cmp_to_key(compare))


@built_in("toObject", "a f f?", shallow=True)
def _to_object(items: list[Any], key: Lambda, value: Lambda | None = None) -> dict[str, Any]:
    result: dict[str, Any] = {}
    spelled: dict[str, str] = {}
    for item in items:
        name = _name("toObject", key(item))
        result[spelled.setdefault(name.lower(), name)] = value(item) if value else item
    return result


@built_in("groupBy", "a f f?", shallow=True)
def _group_by(items: list[Any], key: Lambda, value: Lambda | None = None) -> dict[str, Any]:
    result: dict[str, Any] = {}
    spelled: dict[str, str] = {}
    for item in items:
        name = _name("groupBy", key(item))
        result.setdefault(spelled.setdefault(name.lower(), name), []).append(value(item) if value else item)
    return result


@built_in("mapValues", "o f", shallow=True)
def _map_values(value: dict[str, Any], apply: Lambda) -> dict[str, Any]:
    return {key: apply(item) for key, item in value.items()}
