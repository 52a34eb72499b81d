"""The exception inside the evaluator: an expression or a template that ARM would refuse, in ARM's words."""

from __future__ import annotations

from amlctl.diagnostics import JsonPath

USAGE = "Please see https://aka.ms/arm-functions for usage details."


class EvaluationFailed(Exception):
    """ARM would refuse this: its code and message, and the place in the root template once it is known."""

    def __init__(self, message: str, code: str = "InvalidTemplate", path: JsonPath | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.path = path


def wrong_value(function: str, problem: str) -> EvaluationFailed:
    """A built-in function refuses a value."""
    return EvaluationFailed(f"The template language function '{function}' {problem} {USAGE}")
