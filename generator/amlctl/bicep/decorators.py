"""What decorators add to the JSON of types, parameters, outputs and resources (TemplateWriter.ApplyTypeModifiers)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.lowering import Lowering
from amlctl.bicep.unit import Unit

Node = syntax.Node
Json = dict[str, Any]

_SECURE = {"string": "securestring", "object": "secureObject"}
_CONSTRAINTS = ("metadata", "minLength", "maxLength", "minValue", "maxValue")
_LINES = re.compile(r"\r\n|\n|\r")
RESOURCE_OPTIONS = ("retryOn", "onlyIfNotExists", "nullIfNotFound")


def named(decorators: Iterable[Node]) -> dict[str, tuple[Node, ...]]:
    """Arguments of decorators by name; ``@sys.x()`` counts as ``@x()``."""
    found: dict[str, tuple[Node, ...]] = {}
    for decorator in decorators:
        call = decorator.expression
        if type(call) in (syntax.FunctionCall, syntax.InstanceCall):
            found[call.name] = call.arguments
    return found


def modified(unit: Unit, made: Json, decorators: tuple[Node, ...], *, exported: bool = False) -> Json:
    """Apply the decorators of a type, a parameter, an output or a member, in their fixed order."""
    if not decorators:
        return made
    given = named(decorators)
    if "secure" in given and made.get("type") in _SECURE:
        made["type"] = _SECURE[made["type"]]
    if "sealed" in given:
        made["additionalProperties"] = False
    if exported and "export" in given:
        merge(made, "metadata", {"__bicep_export!": True})
    low = Lowering(unit)
    for name in _CONSTRAINTS:
        arguments = given.get(name)
        if arguments:
            merge(made, name, low.value(arguments[0]))
    text = description(unit, decorators)
    if text is not None:
        merge(made, "metadata", {"description": text})
    return made


def merge(made: Json, name: str, value: Any) -> None:
    """Set a key; objects are merged member by member and keep their place."""
    old = made.get(name)
    if isinstance(old, dict) and isinstance(value, dict):
        merged = dict(old)
        for key, member in value.items():
            merge(merged, key, member)
        made[name] = merged
    else:
        made[name] = value


def description(unit: Unit, decorators: tuple[Node, ...]) -> Any:
    """What ``@description`` says, as a template's value; a text over several lines loses its common indent."""
    arguments = named(decorators).get("description")
    if not arguments:
        return None
    node = arguments[0]
    if type(node) is syntax.String:
        node = node._replace(value=without_indent(node.value))
    return Lowering(unit).value(node)


def without_indent(text: str) -> str:
    """Take the indent that lines 2..n have in common off them; empty lines do not count."""
    if "\n" not in text and "\r" not in text:
        return text
    first, *rest = _LINES.split(text)
    filled = [line for line in rest if line]
    common = 0
    if filled:
        shortest = min(len(line) for line in filled)
        while common < shortest and all(line[common] in " \t" for line in filled):
            common += 1
    return "\n".join([first, *(line[common:] for line in rest)])


def options(unit: Unit, decorators: tuple[Node, ...]) -> Json:
    """``@options`` of a resource: decorators that the deployment engine reads."""
    given = named(decorators)
    low = Lowering(unit)
    return {name: [low.value(argument) for argument in given[name]] for name in given if name in RESOURCE_OPTIONS}


def batch_size(decorators: tuple[Node, ...]) -> int | None:
    """What ``@batchSize`` says."""
    arguments = named(decorators).get("batchSize", ())
    return arguments[0].value if len(arguments) == 1 and type(arguments[0]) is syntax.Int else None
