"""Every function of the template language against published values: data in tests/cases/arm."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from amlctl.arm import Context, Deployer, Unknown, evaluate, reveal
from amlctl.arm.functions import load

CASES = Path(__file__).parents[2] / "cases" / "arm"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def _families() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        groups = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(groups, list):
            found += [(path.stem, group["given"], case) for group in groups for case in group["cases"]]
    return found


def _context(given: dict[str, Any]) -> Context:
    words = dict(given.get("context", {}))
    if "time" in words:
        words["time"] = datetime.fromisoformat(words["time"]).replace(tzinfo=UTC)
    if "deployer" in words:
        words["deployer"] = Deployer(**words["deployer"])
    return Context(**words)


def _run(given: dict[str, Any], expression: str) -> tuple[Any, list[str]]:
    template = {
        "$schema": SCHEMA,
        "parameters": {
            name: {"type": "string", "defaultValue": text} for name, text in given.get("parameters", {}).items()
        },
        "variables": given.get("variables", {}),
        "resources": [],
        "outputs": {"it": {"type": "", "value": f"[{expression}]"}},
    }
    desired = evaluate(template, {}, _context(given))
    return desired.outputs[0].value, [fault.message for fault in desired.faults]


ALL = _families()


@pytest.mark.parametrize(("family", "given", "case"), ALL, ids=[f"{one[0]}-{one[2]['expression'][:60]}" for one in ALL])
def test_function_gives_the_published_value(family: str, given: dict[str, Any], case: dict[str, Any]) -> None:
    value, faults = _run(given, case["expression"])
    if "error" in case:
        assert faults
        assert case["error"] in faults[0]
    elif "unknown" in case:
        assert not faults
        assert isinstance(value, Unknown)
        assert value.text == case["unknown"]
    else:
        assert not faults
        assert reveal(value) == case["result"]
        assert type(value) is type(case["result"])
    assert case["origin"] == "own" or case["origin"].startswith("vector: ")


def test_every_function_has_a_vector_or_says_that_none_was_found() -> None:
    texts = " ".join(case["expression"].lower() for _, _, case in ALL if case["origin"] != "own")
    excused = json.loads((CASES / "without_vector.json").read_text(encoding="utf-8"))
    for function in {one.name: one for one in load().values()}.values():
        assert f"{function.name.lower()}(" in texts or function.name in excused, function.name


def test_functions_are_found_whatever_their_case() -> None:
    assert _run({}, "TOLOWER('A')") == ("a", [])
