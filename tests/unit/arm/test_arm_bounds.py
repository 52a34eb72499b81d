"""No input makes the evaluator crash, hang or grow without bound."""

from __future__ import annotations

import contextlib
import json
import random
import string
import time
from typing import Any

import pytest

from amlctl.arm import Context, evaluate, parse_expression, print_expression, snapshot
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.functions import load

KNOWN = Context(subscription_id="s", resource_group="g", location="l", deployment_name="d", tenant_id="t")
NAMES = sorted({function.name for function in load().values()} - {"lambda"})
WORDS = (
    "",
    "a",
    "A/b",
    "Microsoft.X/y",
    "/subscriptions/s",
    "10.0.0.0/8",
    "2020-01-01",
    "P1D",
    "{0}",
    "e",
    "full",
    "[[",
    "é\U0001f600",
)


def random_expression(dice: random.Random, depth: int = 0) -> str:
    """A call with random arguments: most are refused, none may be more than refused."""
    kind = dice.random()
    if depth > 3 or kind < 0.25:
        return dice.choice(
            [repr(dice.choice(WORDS)), str(dice.randint(-5, 12)), "true()", "null()", "createArray(1, 'b')"]
        )
    if kind < 0.3:
        inner = random_expression(dice, depth + 1)
        return f"lambda('x', {dice.choice([inner, chr(108) + 'ambdaVariables(' + chr(39) + 'x' + chr(39) + ')'])})"
    arguments = ", ".join(random_expression(dice, depth + 1) for _ in range(dice.randint(0, 4)))
    access = dice.choice(["", "", "", ".key", "[0]", "['value']", f"[{random_expression(dice, 4)}]"])
    return f"{dice.choice(NAMES)}({arguments}){access}"


def random_json(dice: random.Random, depth: int = 0) -> Any:
    """JSON with expressions, loops and nonsense at the places where a template wants something else."""
    kind = dice.random()
    if depth > 4 or kind < 0.4:
        return dice.choice([None, True, 0, -1, 1.5, "", "x", f"[{random_expression(dice)}]", "[", "[[x]", [], {}])
    if kind < 0.6:
        return [random_json(dice, depth + 1) for _ in range(dice.randint(0, 3))]
    keys = (
        "name",
        "type",
        "copy",
        "count",
        "input",
        "properties",
        "template",
        "resources",
        "condition",
        "value",
        "scope",
    )
    return {dice.choice(keys): random_json(dice, depth + 1) for _ in range(dice.randint(0, 5))}


def random_template(dice: random.Random) -> dict[str, Any]:
    """A template whose sections are half right."""
    resource = {"type": "N.X/y", "apiVersion": "1", "name": random_json(dice), "properties": random_json(dice)}
    for key in ("copy", "condition", "dependsOn", "scope", "resources", "existing", "location"):
        if dice.random() < 0.3:
            resource[key] = random_json(dice)
    if dice.random() < 0.3:
        resource["type"] = "Microsoft.Resources/deployments"
    sections: dict[str, Any] = {
        "parameters": {"p": {"type": dice.choice(["string", "int", "object", 5]), "defaultValue": random_json(dice)}},
        "variables": {"v": random_json(dice), "w": f"[{random_expression(dice)}]"},
        "resources": dice.choice([[resource, resource], {"a": resource, "b": resource}, random_json(dice)]),
        "outputs": {"o": {"type": "object", "value": random_json(dice)}},
    }
    for key in sections:
        if dice.random() < 0.1:
            sections[key] = random_json(dice)
    return sections


@pytest.mark.parametrize("seed", range(40))
def test_random_templates_are_evaluated_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(15):
        template = random_template(dice)
        desired = evaluate(template, {"p": {"value": random_json(dice)}}, KNOWN)
        json.loads(snapshot(desired))


@pytest.mark.parametrize("seed", range(20))
def test_random_expressions_are_evaluated_or_refused(seed: int) -> None:
    dice = random.Random(1000 + seed)
    for _ in range(40):
        value = f"[{random_expression(dice)}]"
        template = {"resources": [], "outputs": {"o": {"type": "", "value": value}}}
        assert evaluate(template, {}, KNOWN) == evaluate(template, {}, KNOWN)


@pytest.mark.parametrize("seed", range(10))
def test_random_text_is_parsed_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    letters = "abc'()[],.0 1-" + string.printable
    for _ in range(200):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(0, 40)))
        with contextlib.suppress(EvaluationFailed):
            assert parse_expression(print_expression(tree := parse_expression(text))) == tree


def _fault_of(variables: dict[str, Any], expression: str) -> str:
    template = {"variables": variables, "resources": [], "outputs": {"o": {"type": "", "value": f"[{expression}]"}}}
    started = time.perf_counter()
    desired = evaluate(template, {}, KNOWN)
    assert time.perf_counter() - started < 20
    assert desired.faults, expression
    return desired.faults[0].message


def test_texts_that_double_are_stopped() -> None:
    variables = {
        "v0": "x" * 1000,
        **{f"v{n}": f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 60)},
    }
    assert "size limit" in _fault_of(variables, "variables('v59')")


def test_shared_arrays_that_double_are_stopped() -> None:
    doubling = {f"v{n}": f"[createArray(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 60)}
    assert "limit of steps" in _fault_of({"v0": "x", **doubling}, "string(variables('v59'))")
    assert "limit of steps" in _fault_of({"v0": "x", **doubling}, "variables('v59')")


def test_deep_values_are_stopped() -> None:
    assert "limit of nesting" in _fault_of(
        {}, "reduce(range(0, 9000), 1, lambda('a', 'b', createArray(lambdaVariables('a'))))"
    )
    assert "nested deeper" in _fault_of({}, "not(" * 2000 + "true()" + ")" * 2000)
    assert "nested deeper" in _fault_of({}, "createObject()" + ".a" * 5000)


def test_long_chains_of_variables_are_followed() -> None:
    chain = {"v0": "end", **{f"v{n}": f"[variables('v{n - 1}')]" for n in range(1, 500)}}
    template = {
        "variables": chain,
        "resources": [],
        "outputs": {"o": {"type": "string", "value": "[variables('v499')]"}},
    }
    assert evaluate(template, {}, KNOWN).outputs[0].value == "end"


def test_loops_in_loops_are_stopped() -> None:
    body = "0"
    for name in "abcde":
        body = f"map(range(0, 10000), lambda('{name}', {body}))"
    assert "limit of steps" in _fault_of({}, body)


def test_circles_are_faults() -> None:
    assert "Circular reference" in _fault_of({"a": "[variables('b')]", "b": "[variables('a')]"}, "variables('a')")


def test_a_deep_document_is_a_fault_and_not_a_crash() -> None:
    value: Any = "x"
    for _ in range(3000):
        value = [value]
    desired = evaluate(
        {"resources": [], "variables": {"v": value}, "outputs": {"o": {"type": "", "value": "[variables('v')]"}}}
    )
    assert desired.faults


@pytest.mark.parametrize(
    "template", [None, 5, "text", [], {"resources": 5}, {"parameters": []}, {"outputs": {"o": None}}]
)
def test_nonsense_is_a_fault_or_nothing(template: Any) -> None:
    assert isinstance(evaluate(template).resources, tuple)


def test_unknown_texts_that_double_are_cut_short() -> None:
    variables = {f"v{n}": f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 100)}
    variables["v0"] = "[parameters('p')]"
    template = {
        "parameters": {"p": {"type": "string", "defaultValue": "[newGuid()]"}},
        "variables": variables,
        "resources": [{"type": "N.X/y", "apiVersion": "1", "name": "[variables('v99')]"}],
        "outputs": {
            "o": {"type": "string", "value": "[variables('v99')]"},
            "s": {"type": "string", "value": "[variables('v5')]"},
        },
    }
    started = time.perf_counter()
    document = json.loads(snapshot(evaluate(template, {}, KNOWN)))
    assert time.perf_counter() - started < 20
    assert len(document["outputs"]["o"]) < 1_000_000
    assert document["outputs"]["s"].count("newGuid()") == 32
