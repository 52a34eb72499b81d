"""JSON path of a template to the place in Bicep that it came from; computed only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlctl.bicep.compiler import place_of
from amlctl.diagnostics import JsonPath, Place

if TYPE_CHECKING:
    from amlctl.bicep.compiler import Compiler
    from amlctl.bicep.syntax import Node

_Noted = dict[tuple[int, str | int], tuple[str, "Node"]]


def trace_template(compiler: Compiler, template: dict[str, Any]) -> dict[JsonPath, Place]:
    """Walk a template and look up the place of each entry; paths without an own place take none.

    Every unit noted its nodes by the identity of the container that holds the entry; templates of modules are inside.
    """
    noted: _Noted = {}
    for unit in compiler.units.values():
        noted.update(unit.places or {})
    found: dict[JsonPath, Place] = {}
    stack: list[tuple[JsonPath, Any]] = [((), template)]
    while stack:
        path, value = stack.pop()
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, member in entries:
            below = (*path, key)
            note = noted.get((id(value), key))
            if note is not None:
                file, node = note
                place = place_of(compiler.units[file].model.tree, node)
                if place is not None:
                    found[below] = place
            if isinstance(member, dict | list):
                stack.append((below, member))
    return found
