"""Expressions outside a template: the values of a `.bicepparam` file, literal folding in the compiler.

    evaluate_expression(tree, variables=…, parameters=…, functions=…)

`variables` and `parameters` give a value by name, `functions` the value of a call that no built-in answers (it gets
the call and a function that evaluates an argument). What only a running deployment knows stays an Unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.arm.engine import Budget, Environment, derived, evaluate, to_tree
from amlctl.arm.faults import USAGE, EvaluationFailed
from amlctl.arm.tree import Call, Expression

Lookup = Callable[[str], Any]
Evaluator = Callable[[Expression], Any]


class _Host:
    """A host without a template."""

    def __init__(
        self, parameters: Lookup | None, variables: Lookup | None, functions: Callable[[Call, Evaluator], Any] | None
    ) -> None:
        self._parameters = parameters
        self._variables = variables
        self._functions = functions

    def parameter(self, name: str, env: Environment) -> Any:
        del env
        if self._parameters is None:
            raise _not_handled("parameters")
        return self._parameters(name)

    def variable(self, name: str, env: Environment) -> Any:
        del env
        if self._variables is None:
            raise _not_handled("variables")
        return self._variables(name)

    def call(self, node: Call, env: Environment) -> Any:
        if self._functions is None:
            message = f"The template function '{node.name}' is not valid. {USAGE}"
            raise EvaluationFailed(message)
        return self._functions(node, lambda argument: evaluate(argument, env))

    def ask(self, name: str, node: Call, env: Environment) -> Any:
        if name in _EXTERNAL:
            values = [evaluate(argument, env) for argument in node.arguments]
            tree = Call(node.name, tuple(map(to_tree, values)))
            return derived(tree, values)._replace(kind="external", reason="known to the deployment only")
        raise _not_handled(node.name)


_EXTERNAL = ("externalInputs", "externalInput")


def _not_handled(name: str) -> EvaluationFailed:
    message = f"Unhandled exception during evaluating template language function '{name}' is not handled."
    return EvaluationFailed(message)


def evaluate_expression(
    tree: Expression,
    parameters: Lookup | None = None,
    variables: Lookup | None = None,
    functions: Callable[[Call, Evaluator], Any] | None = None,
    budget: Budget | None = None,
) -> Any:
    """Give the value of an expression tree: JSON or an Unknown. Raises EvaluationFailed with ARM's message."""
    host = _Host(parameters, variables, functions)
    try:
        return evaluate(tree, Environment(host, budget or Budget()))
    except RecursionError as error:
        message = "The template evaluation exceeds the limit of nesting."
        raise EvaluationFailed(message) from error
