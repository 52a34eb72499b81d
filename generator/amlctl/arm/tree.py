"""The expression tree that the compiler prints and the evaluator walks: literals, calls and accesses, nothing else.

``[format('{0}-x', parameters('name'))]`` is ``Call("format", (Text("{0}-x"), Call("parameters", (Text("name"),))))``.
Booleans and null have no literal in the language: they are ``true()``, ``false()`` and ``null()``.
"""

from __future__ import annotations

import re
from typing import TypeAlias, Union

from amlctl.records import NamedTuple

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Text(NamedTuple):
    """A string literal; ``value`` is the text itself, without quotes or escapes."""

    value: str


class Integer(NamedTuple):
    """An integer literal."""

    value: int


class Call(NamedTuple):
    """A function call; a user function's name holds its namespace (``__bicep.f``)."""

    name: str
    arguments: tuple[Expression, ...] = ()


class Access(NamedTuple):
    """A property or an index: ``base.key``, ``base['key']``, ``base[0]`` or ``base[expression]``."""

    base: Expression
    key: Expression


Expression: TypeAlias = Union[Text, Integer, Call, Access]  # noqa: UP007  (a forward reference inside a NamedTuple)


def print_expression(node: Expression) -> str:
    """Print a tree as the text between the brackets of a template expression."""
    parts: list[str] = []
    _print(node, parts)
    return "".join(parts)


def print_value(node: Expression) -> str:
    """Print a tree as a template's string: ``[...]`` for an expression, an escaped text for a literal."""
    return escape(node.value) if isinstance(node, Text) else f"[{print_expression(node)}]"


def escape(text: str) -> str:
    """Escape a text that ARM would read as an expression: ``[[`` where it starts with ``[`` and ends with ``]``."""
    return f"[{text}" if text.startswith("[") and text.endswith("]") else text


def _print(node: Expression, parts: list[str]) -> None:
    if isinstance(node, Text):
        parts.append("'" + node.value.replace("'", "''") + "'")
    elif isinstance(node, Integer):
        parts.append(str(node.value))
    elif isinstance(node, Call):
        _print_call(node, parts)
    else:
        _print_access(node, parts)


def _print_call(node: Call, parts: list[str]) -> None:
    parts.append(node.name)
    parts.append("(")
    for at, argument in enumerate(node.arguments):
        if at:
            parts.append(", ")
        _print(argument, parts)
    parts.append(")")


def _print_access(node: Access, parts: list[str]) -> None:
    _print(node.base, parts)
    key = node.key
    if isinstance(key, Text) and IDENTIFIER.match(key.value):
        parts.append("." + key.value)
        return
    parts.append("[")
    _print(key, parts)
    parts.append("]")
