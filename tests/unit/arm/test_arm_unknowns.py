"""Unknowns: everything around them is reduced, and more answers only turn unknowns into values."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from amlctl.arm import Context, Unknown, evaluate, parse_expression, reveal, unknowns
from amlctl.arm.functions import load

HERE = Context(subscription_id="s", resource_group="g", tenant_id="t", deployment_name="d")
IDS = tuple(f"/subscriptions/s/resourceGroups/g/providers/N.X/y/{name}" for name in "abc")
BODY = {"text": "value", "list": ["one", "two", "three"], "map": {"k": 1, "l": {"m": True}}, "number": 7, "flag": False}


class Some:
    """Answers for the resources of a set of ids."""

    def __init__(self, known: set[str]) -> None:
        self.known = known

    def reference(self, id: str, api_version: str | None, full: bool) -> Any | None:  # noqa: A002
        """The same body for every known resource."""
        if id not in self.known:
            return None
        return {"properties": BODY, "id": id} if full else BODY

    def call(self, function: str, id: str, api_version: str | None, arguments: tuple[Any, ...]) -> Any | None:  # noqa: A002
        """The same key for every known resource."""
        return {"key": "secret"} if id in self.known else None


def output(expression: str, known: set[str] | None = None) -> Any:
    template = {"resources": [], "outputs": {"o": {"type": "", "value": f"[{expression}]"}}}
    return evaluate(template, {}, HERE, Some(known or set())).outputs[0].value


R = "reference('" + IDS[0] + "', '1')"


@pytest.mark.parametrize(
    ("expression", "reduced"),
    [
        (f"format('{{0}}-{{1}}', toUpper('a'), {R}.x)", f"format('{{0}}-{{1}}', 'A', {R}.x)"),
        (f"if({R}.flag, toUpper('a'), fail('x'))", f"if({R}.flag, 'A', fail('x'))"),
        (f"if(equals(1, 1), 'a', {R}.x)", None),
        (f"and({R}.flag, equals(1, 1))", f"and({R}.flag, true())"),
        (f"or(equals(1, 1), {R}.flag)", None),
        (f"coalesce(null(), {R}.x, concat('a', 'b'))", f"coalesce({R}.x, 'ab')"),
        (f"union(createObject('a', 1), {R}.map)", f"union(createObject('a', 1), {R}.map)"),
        (
            f"map({R}.list, lambda('i', concat(toUpper('a'), lambdaVariables('i'))))",
            f"map({R}.list, lambda('i', concat('A', lambdaVariables('i'))))",
        ),
        (f"length(createArray({R}.a, {R}.b))", None),
        (f"first(createArray('a', {R}.b))", None),
        (f"contains(createArray('a', {R}.b), 'a')", None),
        (f"contains(createArray('b', {R}.b), 'a')", f"contains(createArray('b', {R}.b), 'a')"),
        (
            f"filter(createArray(1, 2), lambda('i', equals(lambdaVariables('i'), {R}.number)))",
            f"filter(createArray(1, 2), lambda('i', equals(lambdaVariables('i'), {R}.number)))",
        ),
        (f"tryGet({R}, 'a', 'b').c", f"tryGet({R}, 'a', 'b').c"),
        ("newGuid()", "newGuid()"),
    ],
)
def test_everything_around_an_unknown_is_reduced(expression: str, reduced: str | None) -> None:
    value = output(expression)
    if reduced is None:
        assert not isinstance(value, Unknown)
    else:
        assert isinstance(value, Unknown)
        assert value.text == f"[{reduced}]"
        assert parse_expression(value.text[1:-1]) == value.tree


def test_an_unknown_says_why_and_on_what_it_depends() -> None:
    value = output(f"concat({R}.a, reference('{IDS[1]}', '1').b)")
    assert (value.kind, value.depends_on) == ("reference", IDS[:2])
    keys = output(f"listKeys('{IDS[0]}', '1').key")
    assert (keys.kind, keys.secret, keys.depends_on) == ("list", True, IDS[:1])


NAMES = sorted({one.name for one in load().values()} - {"lambda", "fail", "newGuid", "utcNow"})


def expression(dice: random.Random, depth: int = 0) -> str:
    """A random expression over references to three resources."""
    kind = dice.random()
    if depth > 3 or kind < 0.3:
        key = dice.choice(("text", "list", "map", "number", "flag", "map.l.m", "list[1]"))
        return f"reference('{dice.choice(IDS)}', '1').{key}"
    if kind < 0.4:
        return dice.choice(["'a'", "2", "true()", "createArray('one', 'b')", "createObject('k', 2)"])
    if kind < 0.5:
        one, two = expression(dice, depth + 1), expression(dice, depth + 2)
        return f"map(createArray(1, {one}), lambda('x', createArray(lambdaVariables('x'), {two})))"
    if kind < 0.55:
        return f"listKeys('{dice.choice(IDS)}', '1').key"
    count = dice.randint(1, 3)
    return f"{dice.choice(NAMES)}({', '.join(expression(dice, depth + 1) for _ in range(count))})"


def refines(less: Any, more: Any) -> bool:
    """Tell whether knowing more only turned unknowns into values."""
    if isinstance(less, Unknown):
        return True
    if isinstance(less, dict):
        return (
            isinstance(more, dict) and list(less) == list(more) and all(refines(less[key], more[key]) for key in less)
        )
    if isinstance(less, list):
        return isinstance(more, list) and len(less) == len(more) and all(map(refines, less, more))
    return type(less) is type(more) and bool(less == more)


@pytest.mark.parametrize("seed", range(60))
def test_more_answers_only_turn_unknowns_into_values(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(40):
        text = expression(dice)
        steps = [reveal(output(text, set(IDS[:known]))) for known in range(4)]
        for less, more in itertools.pairwise(steps):
            failed = isinstance(more, Unknown) and more.kind == "error" and bool(unknowns(less))
            assert refines(less, more) or failed, text


@pytest.mark.parametrize(
    ("expression", "known"),
    [
        (f"split(format('/subscriptions/one/groups/{{0}}', {R}.x), '/')[2]", "one"),
        (f"split(format('/subscriptions/one/groups/{{0}}', {R}.x), '/')[4]", None),
        (f"split(concat('a/b', {R}.x, '/c'), '/')[0]", "a"),
        (f"empty(format('x{{0}}', {R}.x))", False),
        (f"empty(format('{{0}}x', {R}.x))", None),
        (f"contains(format('/subscriptions/{{0}}', {R}.x), '/subscriptions/')", True),
        (f"contains(format('/subscriptions/{{0}}', {R}.x), 'z')", None),
        (f"startsWith(format('/Sub{{0}}', {R}.x), '/subs')", None),
        (f"startsWith(format('/Sub{{0}}', {R}.x), '/su')", True),
        (f"startsWith(format('/Sub{{0}}', {R}.x), 'http')", False),
        (f"equals(format('a{{0}}', {R}.x), 'b')", False),
        (f"equals(format('a{{0}}', {R}.x), 'ab')", None),
        (f"equals(format('{{0}}', {R}.x), null())", None),
        (f"equals(format('a{{0}}', {R}.x), null())", False),
        (f"take(format('abc{{0}}', {R}.x), 2)", "ab"),
        (f"substring(format('abc{{0}}', {R}.x), 1, 2)", "bc"),
        ("first(split(format('{0}/x', uniqueString(utcNow())), '/'))", None),
        ("last(split(format('{0}/x', uniqueString(utcNow())), '/'))", "x"),
        ("length(split(format('a/{0}/x', toLower(guid(newGuid()))), '/'))", 3),
        ("length(split(format('a/{0}/x', utcNow('d')), '/'))", None),
    ],
)
def test_what_is_certain_of_a_text_with_a_known_beginning(expression: str, known: Any) -> None:
    value = output(expression)
    if known is None:
        assert isinstance(value, Unknown)
    else:
        assert value == known


def test_parts_that_cannot_hold_the_mark_are_split_off_whole() -> None:
    value = output(
        "last(split(format('/a/{0}', format('kv-{0}-{1}', 'x', substring(uniqueString(utcNow()), 0, 3))), '/'))"
    )
    assert value.text == "[format('kv-x-{0}', substring(uniqueString(utcNow()), 0, 3))]"


@pytest.mark.parametrize(
    ("expression", "length"),
    [
        (f"union(createArray(), createArray(createObject('n', 'a', 'v', {R}.x)))", 1),
        (f"union(createArray(createObject('n', 'b')), createArray(createObject('n', 'a', 'v', {R}.x)))", 2),
        (f"union(createArray(createObject('v', {R}.y, 'n', 'b')), createArray(createObject('v', {R}.x, 'n', 'a')))", 2),
        (f"union(createArray({R}.y), createArray({R}.x))", None),
    ],
)
def test_items_that_differ_for_certain_are_kept_apart(expression: str, length: int | None) -> None:
    value = output(expression)
    assert isinstance(value, Unknown) if length is None else len(value) == length
