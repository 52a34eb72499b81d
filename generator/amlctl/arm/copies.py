"""JSON with expressions and property loops in it: `copy: [{name, count, input}]` inside objects."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import Environment, derived, evaluate_json, evaluate_text, has_expression, to_tree, uncover
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.tree import Call, Integer, Text
from amlctl.arm.values import Unknown

MAX_COPIES = 100_000
"""Ours: far over ARM's 800, which is reported as a fault of its own."""


def evaluate_node(value: Any, env: Environment) -> Any:
    """Evaluate a JSON value of a template with the property loops in it. Raises EvaluationFailed."""
    kind = type(value)
    if kind is str:
        return evaluate_text(value, env) if value[:1] == "[" else value
    if kind is list:
        env.budget.spend(len(value))
        return [evaluate_node(item, env) for item in value]
    if kind is not dict:
        return value
    env.budget.spend(len(value))
    if "copy" not in value and not any(key[:1] == "[" for key in value):
        return {key: evaluate_node(item, env) for key, item in value.items()}
    return _looping(value, env)


def _looping(value: dict[str, Any], env: Environment) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        if key == "copy" and is_copy(item):
            for loop in item:
                result[str(evaluate_text(loop["name"], env))] = run_copy(loop, env)
        else:
            result.update(evaluate_json({key: None}, env) if key[:1] == "[" else {key: None})
            result[next(reversed(result))] = evaluate_node(item, env)
    return result


def is_copy(item: Any) -> bool:
    """Tell a list of property loops from a property that happens to be called `copy`."""
    return type(item) is list and bool(item) and all(_is_loop(loop) for loop in item)


def _is_loop(loop: Any) -> bool:
    return type(loop) is dict and type(loop.get("name")) is str and "count" in loop and "input" in loop


def run_copy(loop: dict[str, Any], env: Environment) -> Any:
    """Evaluate one property, variable or output loop; an unknown count leaves a `map` over a `range`."""
    name = str(evaluate_text(loop["name"], env))
    count = count_of(name, loop["count"], env)
    if type(count) is Unknown:
        return _open_loop(name, count, loop["input"], env)
    if not has_expression(loop["input"]):
        return [loop["input"]] * count
    return [evaluate_node(loop["input"], env.inside(name, index)) for index in range(count)]


def count_of(name: str, value: Any, env: Environment) -> int | Unknown:
    """Evaluate the count of a loop. Raises EvaluationFailed where it is no count."""
    count = uncover(evaluate_json(value, env))
    if type(count) is Unknown:
        return count
    if type(count) is not int or not 0 <= count <= MAX_COPIES:
        message = (
            f"The template copy definition '{name}' has an invalid copy count: it must be a whole number from 0 to 800."
        )
        raise EvaluationFailed(f"{message} Please see https://aka.ms/arm-resource-loops for usage details.")
    env.budget.spend(count)
    return count


def _open_loop(name: str, count: Unknown, body: Any, env: Environment) -> Unknown:
    index = Unknown(Call("lambdaVariables", (Text(name),)), "parameter", "the index of a loop")
    env.budget.quiet += 1
    try:
        tree = to_tree(evaluate_node(body, env.inside(name, index)))
    except EvaluationFailed:
        tree = Call("null")
    finally:
        env.budget.quiet -= 1
    numbers = Call("range", (Integer(0), count.tree))
    return derived(Call("map", (numbers, Call("lambda", (Text(name), tree)))), [count])
