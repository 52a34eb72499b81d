"""Expressions outside a template: what parameters files and the compiler evaluate."""

from __future__ import annotations

from typing import Any

import pytest

from amlctl.arm import EvaluationFailed, Unknown, evaluate_expression, parse_expression


def value(text: str, **lookups: Any) -> Any:
    """The value of an expression's text."""
    return evaluate_expression(parse_expression(text), **lookups)


def test_functions_need_no_template() -> None:
    assert value("format('{0}!', toUpper(join(createArray('a', 'b'), '-')))") == "A-B!"


def test_names_are_looked_up_by_the_caller() -> None:
    known = {"a": 1, "b": [1, 2]}
    assert (
        value("add(variables('a'), length(parameters('b')))", variables=known.__getitem__, parameters=known.__getitem__)
        == 3
    )


def test_other_functions_are_the_callers() -> None:
    def functions(call: Any, run: Any) -> Any:
        return [call.name, *(run(argument) for argument in call.arguments)]

    assert value("own.twice(add(1, 1))", functions=functions) == ["own.twice", 2]


def test_external_inputs_stay_with_everything_around_them_reduced() -> None:
    found = value("format('{0}-{1}', toLower('A'), externalInputs('kind_0'))")
    assert isinstance(found, Unknown)
    assert (found.kind, found.text) == ("external", "[format('{0}-{1}', 'a', externalInputs('kind_0'))]")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "variables('x')",
            "Unhandled exception during evaluating template language function 'variables' is not handled.",
        ),
        ("resourceGroup().id", "template language function 'resourceGroup' is not handled."),
        ("unknown()", "The template function 'unknown' is not valid."),
    ],
)
def test_what_only_a_template_knows_is_refused(text: str, message: str) -> None:
    """Vector: Azure/bicep@9beb0fee60ca, diagnostics BCP338 of baselines_bicepparam."""
    with pytest.raises(EvaluationFailed) as refused:
        value(text)
    assert message in refused.value.message
