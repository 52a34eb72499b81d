"""Residual expressions of what is not evaluated: branches that an unknown condition leaves open, and lambdas."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import Environment, Lambda, Undecided, evaluate, to_tree
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.tree import Call, Expression, Text
from amlctl.arm.values import Unknown


def reduce_branch(node: Expression, env: Environment) -> Expression:
    """Write an expression with everything known in it replaced; as it stands where that fails.

    A branch that is not taken may well be wrong, so a failure in it is no fault.
    """
    env.budget.quiet += 1
    try:
        return to_tree(evaluate(node, env))
    except (EvaluationFailed, Undecided, KeyError):
        return node
    finally:
        env.budget.quiet -= 1


def reduce_lambda(value: Lambda) -> Expression:
    """Write a lambda with everything known in its body replaced."""
    body = reduce_branch(value.body, _with_open_variables(value))
    return Call("lambda", (*(Text(name) for name in value.names), body))


def _with_open_variables(value: Lambda) -> Environment:
    return value.env.binding(value.names, tuple(_open_variable(name) for name in value.names))


def _open_variable(name: str) -> Unknown:
    return Unknown(Call("lambdaVariables", (Text(name),)), "parameter", "a variable of a lambda")


def lambda_cause(value: Lambda) -> Unknown | None:
    """Give the unknown that a lambda's body depends on, other than its own variables; None where there is none."""
    try:
        found: Any = evaluate(value.body, _with_open_variables(value))
    except (EvaluationFailed, Undecided, KeyError):
        return None
    return found if type(found) is Unknown and found.reason != "a variable of a lambda" else None
