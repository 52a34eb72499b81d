"""`if`, `and`, `or`, `not`, comparisons, `coalesce`, `empty`, `contains`, the constants."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import Environment, Undecided, derived, evaluate, find_key, to_tree, uncover
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.signature import NAMES, built_in
from amlctl.arm.functions.texts import culture_key
from amlctl.arm.partial import is_never_null
from amlctl.arm.reduction import reduce_branch
from amlctl.arm.tree import Call
from amlctl.arm.values import Secret, Unknown


@built_in("true", form=True)
def _true(_node: Call, _env: Environment) -> bool:
    return True


@built_in("false", form=True)
def _false(_node: Call, _env: Environment) -> bool:
    return False


@built_in("null", form=True)
def _null(_node: Call, _env: Environment) -> None:
    return None


@built_in("if", "x x x", form=True)
def _if(node: Call, env: Environment) -> Any:
    test, yes, no = node.arguments
    condition = evaluate(test, env)
    if type(condition) is Secret:
        condition = condition.value
    if type(condition) is bool:
        return evaluate(yes if condition else no, env)
    if type(condition) is Unknown:
        return derived(Call(node.name, (condition.tree, reduce_branch(yes, env), reduce_branch(no, env))), [condition])
    raise _not_boolean(node.name, condition)


def _not_boolean(name: str, value: Any) -> EvaluationFailed:
    found = NAMES.get(type(value), "Unknown")
    return wrong_value(name, f"expects its condition to be of type 'Boolean'. The provided value is of type '{found}'.")


def _lazily(node: Call, env: Environment, stop: bool) -> Any:
    """`and` stops at the first false, `or` at the first true; unknown ones stay, what is decided falls away."""
    kept: list[Unknown] = []
    for argument in node.arguments:
        value = evaluate(argument, env)
        if type(value) is Secret:
            value = value.value
        if type(value) is Unknown:
            kept.append(value)
        elif type(value) is not bool:
            raise _not_boolean(node.name, value)
        elif value is stop:
            return (
                derived(Call(node.name, (*(item.tree for item in kept), to_tree(stop))), list(kept)) if kept else stop
            )
    if not kept:
        return not stop
    trees = tuple(item.tree for item in kept)
    return derived(Call(node.name, trees if len(trees) > 1 else (trees[0], to_tree(not stop))), list(kept))


@built_in("and", "x+", form=True)
def _and(node: Call, env: Environment) -> Any:
    return _lazily(node, env, stop=False)


@built_in("or", "x+", form=True)
def _or(node: Call, env: Environment) -> Any:
    return _lazily(node, env, stop=True)


@built_in("not", "b")
def _not(value: bool) -> bool:
    return not value


@built_in("coalesce", "x+", form=True)
def _coalesce(node: Call, env: Environment) -> Any:
    for at, argument in enumerate(node.arguments):
        value = evaluate(argument, env)
        if type(value) is Unknown:
            rest = node.arguments[at + 1 :]
            if not rest or is_never_null(value.tree):
                return value
            return derived(Call(node.name, (value.tree, *(reduce_branch(item, env) for item in rest))), [value])
        if value is not None:
            return value
    return None


def same(one: Any, two: Any) -> bool:
    """Compare as `equals` does: deep, texts with case, no number equals a text, keys of objects without case."""
    kind = type(one)
    if kind is bool or type(two) is bool:
        return one is two
    if kind is type(two) and (kind is dict or kind is list):
        return len(one) == len(two) and (_same_objects(one, two) if kind is dict else _same_arrays(one, two))
    if kind is Unknown or type(two) is Unknown:
        raise Undecided
    if kind is Secret or type(two) is Secret:
        return same(uncover(one), uncover(two))
    return bool(one == two)


def _same_arrays(one: list[Any], two: list[Any]) -> bool:
    return _all_same(list(zip(one, two, strict=True)))


def _same_objects(one: dict[str, Any], two: dict[str, Any]) -> bool:
    found = {key: find_key(two, key) for key in one}
    if None in found.values():
        return False
    return _all_same([(item, two[str(found[key])]) for key, item in one.items()])


def _all_same(pairs: list[tuple[Any, Any]]) -> bool:
    """One certain difference decides, whatever is unknown beside it. A plain loop recurses without the C stack."""
    undecided = False
    for one, two in pairs:
        try:
            if not same(one, two):
                return False
        except Undecided:
            undecided = True
    if undecided:
        raise Undecided
    return True


@built_in("equals", "x x")
def _equals(one: Any, two: Any) -> bool:
    return same(one, two)


def ordered(name: str, one: Any, two: Any) -> int:
    """Give -1, 0 or 1 for two numbers or two texts (by culture). Raises EvaluationFailed for anything else."""
    texts = type(one) is str and type(two) is str
    numbers = type(one) in (int, float) and type(two) in (int, float)
    if not texts and not numbers:
        kinds = f"'{NAMES.get(type(one))}' and '{NAMES.get(type(two))}'"
        raise wrong_value(name, f"expects two numbers or two strings. The provided values are of types {kinds}.")
    if texts:
        one, two = culture_key(one), culture_key(two)
    return int(one > two) - int(one < two)


@built_in("less", "x x")
def _less(one: Any, two: Any) -> bool:
    return ordered("less", one, two) < 0


@built_in("lessOrEquals", "x x")
def _less_or_equals(one: Any, two: Any) -> bool:
    return ordered("lessOrEquals", one, two) <= 0


@built_in("greater", "x x")
def _greater(one: Any, two: Any) -> bool:
    return ordered("greater", one, two) > 0


@built_in("greaterOrEquals", "x x")
def _greater_or_equals(one: Any, two: Any) -> bool:
    return ordered("greaterOrEquals", one, two) >= 0


@built_in("empty", "s|a|o|n", shallow=True)
def _empty(value: Any) -> bool:
    return not value


@built_in("contains", "s|a|o x", shallow=True)
def _contains(container: Any, item: Any) -> bool:
    if type(container) is dict:
        if type(item) is not str:
            raise wrong_value("contains", "expects a string key for an object.")
        return find_key(container, item) is not None
    if type(container) is list:
        return _holds(container, item)
    if type(item) not in (str, int):
        raise wrong_value("contains", "expects a string to look for in a string.")
    return str(item) in container


def _holds(container: list[Any], item: Any) -> bool:
    undecided = False
    for member in container:
        try:
            if same(member, item):
                return True
        except Undecided:
            undecided = True
    if undecided:
        raise Undecided
    return False


@built_in("bool", "s|d|b")
def _bool(value: Any) -> bool:
    if type(value) is str:
        if value.strip().lower() in ("true", "1"):
            return True
        if value.strip().lower() in ("false", "0"):
            return False
        message = "The template language function 'bool' was invoked with a parameter that is not valid. "
        raise EvaluationFailed(f"{message}The value cannot be converted to the target type.")
    return bool(value)


@built_in("fail", "s")
def _fail(message: str) -> Any:
    raise EvaluationFailed(message)
