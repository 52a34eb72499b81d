"""What a file lets others import: declarations with ``@export()``."""

from __future__ import annotations

from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import Symbol
from amlctl.bicep.checks.calls import declared_function
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.declared import alias_type
from amlctl.bicep.checks.infer import symbol_type
from amlctl.bicep.checks.modifiers import find_decorator
from amlctl.bicep.checks.types import Type


def exports_of(c: Checker) -> dict[str, Type]:
    """Give the exported names with what they are: TypeType, Overload or the type of a value."""
    found: dict[str, Type] = {}
    for symbol in c.binding.file.declared:
        if symbol.kind in ("type", "var", "func") and find_decorator(c, symbol.node, "export") is not None:
            found[symbol.name] = _exported(c, symbol)
    return found


def _exported(c: Checker, symbol: Symbol) -> Type:
    if symbol.kind == "type":
        return t.TypeType(alias_type(c, symbol))
    if symbol.kind == "var":
        return symbol_type(c, symbol)
    overloads = declared_function(c, symbol.node)
    return overloads[0] if overloads else f.Overload(symbol.name, (), 0, f.Parameter("any", t.ANY), t.ANY, frozenset())
