"""The built-in functions of the template language, a small function each, by family.

In: plain JSON values (no unknowns on the top, no secrets). Out: a plain JSON value, or EvaluationFailed in ARM's words.
They do no input or output and keep nothing; what depends on the template or its scope is in the `form` families.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amlctl.arm.functions.signature import Function

FAMILIES = (
    "logical",
    "strings",
    "encodings",
    "arrays",
    "objects",
    "numbers",
    "dates",
    "network",
    "lambdas",
    "deployment",
    "resources",
)


def load() -> dict[str, Function]:
    """Give every built-in function by its name in lower case and as documented."""
    from amlctl.arm.functions.signature import REGISTRY

    for family in FAMILIES:
        import_module(f"amlctl.arm.functions.{family}")
    return {**REGISTRY, **{function.name: function for function in REGISTRY.values()}}
