"""The ARM template language: expressions, built-in functions and what a template comes to.

In: a compiled template (parsed JSON), parameters in ARM's form, a `Context` (where, when, who) and `Answers` (what is
known of running resources). Out: a `DesiredState`: resources in ARM's order, outputs, typed parameters, the
deployments that led to them, faults in ARM's words. Everything that cannot be known is an `Unknown`, a residual
expression that says why; everything around it is reduced. Nothing here reads a file, a clock or the network.

    evaluate(template: dict, parameters: Mapping, context: Context = Context(), answers: Answers | None = None)
        -> DesiredState          never raises for what a template says: faults are collected in the result
    snapshot(desired) -> str     the text of `bicep snapshot`
    parse_expression(text) / print_expression(tree), parse(print(tree)) == tree
    evaluate_expression(tree, parameters, variables, functions) for .bicepparam files (arm/expressions.py)
    template_hash(template), unique_string(*texts), guid(*texts)  (arm/hashing.py)

Names are loaded when they are asked for, so that the compiler pays only for the tree and the hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amlctl.arm.evaluation import evaluate, output_resources, validated_resources
    from amlctl.arm.expressions import evaluate_expression
    from amlctl.arm.faults import EvaluationFailed
    from amlctl.arm.hashing import camel_case, guid, template_hash, unique_string
    from amlctl.arm.parser import parse_expression
    from amlctl.arm.scopes import unknown_environment
    from amlctl.arm.snapshot import snapshot
    from amlctl.arm.tree import print_expression
    from amlctl.arm.values import (
        Answers,
        Context,
        Deployer,
        Deployment,
        DesiredState,
        Fault,
        NoAnswers,
        Output,
        Parameter,
        Resource,
        Secret,
        Unknown,
        mask,
        plain,
        reveal,
        unknowns,
    )

__all__ = [
    "Answers",
    "Context",
    "Deployer",
    "Deployment",
    "DesiredState",
    "EvaluationFailed",
    "Fault",
    "NoAnswers",
    "Output",
    "Parameter",
    "Resource",
    "Secret",
    "Unknown",
    "camel_case",
    "evaluate",
    "evaluate_expression",
    "guid",
    "mask",
    "output_resources",
    "parse_expression",
    "plain",
    "print_expression",
    "reveal",
    "snapshot",
    "template_hash",
    "unique_string",
    "unknown_environment",
    "unknowns",
    "validated_resources",
]
_HOMES = {
    "hashing": ("camel_case", "guid", "template_hash", "unique_string"),
    "evaluation": ("evaluate", "output_resources", "validated_resources"),
    "expressions": ("evaluate_expression",),
    "faults": ("EvaluationFailed",),
    "snapshot": ("snapshot",),
    "parser": ("parse_expression",),
    "scopes": ("unknown_environment",),
    "tree": ("print_expression",),
}
_WHERE = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that holds it."""
    if name not in __all__:  # a submodule, or a mistake
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module(f"amlctl.arm.{_WHERE.get(name, 'values')}"), name)
    globals()[name] = value  # a submodule of the same name (snapshot) must not take its place
    return value
