"""Text → Environment: strict YAML with places, layers with origins, typed models, names.

Comes in: a project folder and the name of a file in its ``environments/``. Goes out: an ``Environment`` whose every
value knows where it was written and what it overrode, or all faults at once. This room never renders, never asks Azure,
reads no clock and no environment variable: the same files give the same value everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amlctl.environment.assembly import load, load_many, name_fault, names, strays
    from amlctl.environment.editor import schema, schema_text
    from amlctl.environment.plain import load_plain
    from amlctl.environment.values import Environment, Use
    from amlctl.environment.views import Difference, Explanation, NameLine, difference, explain, name_lines, origins

__all__ = [
    "Difference", "Environment", "Explanation", "NameLine", "Use",
    "difference", "explain", "load", "load_many", "load_plain", "name_fault", "name_lines", "names", "origins",
    "schema", "schema_text", "strays",
]  # fmt: skip

_HOMES = {
    "load": "assembly",
    "load_many": "assembly",
    "load_plain": "plain",
    "name_fault": "assembly",
    "names": "assembly",
    "strays": "assembly",
    "schema": "editor",
    "schema_text": "editor",
    "Environment": "values",
    "Use": "values",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: pydantic and yaml cost time at the start."""
    if name not in __all__:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'views')}"), name)
