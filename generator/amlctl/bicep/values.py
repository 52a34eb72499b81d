"""Literals between JSON and ARM's expression tree, and the signal of what cannot be compiled."""

from __future__ import annotations

from typing import Any

from amlctl.arm.tree import Call, Expression, Integer, Text, escape, print_value
from amlctl.bicep import syntax

Node = syntax.Node

TRUE, FALSE, NULL = Call("true"), Call("false"), Call("null")
_INT_MAX = 2**31 - 1


class Unsupported(Exception):
    """A construct that cannot be compiled; it leaves the room as a finding at the node's place."""

    def __init__(self, node: Node, message: str, code: str = "AML302") -> None:
        super().__init__(message)
        self.node, self.message, self.code = node, message, code
        self.tree: Any = None
        """The tree that the node belongs to, where it is not that of the file at hand (``InFile``)."""


class InFile:
    """``with InFile(tree):`` notes for a fault inside that its node belongs to this tree, if nothing further in did."""

    __slots__ = ("tree",)

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, fault: object, __: object) -> None:
        """Note the tree."""
        if isinstance(fault, Unsupported) and fault.tree is None:
            fault.tree = self.tree


def as_call(expression: Expression) -> Expression:
    """Wrap a literal so that an access can follow it."""
    if type(expression) is Text:
        return Call("string", (expression,))
    return Call("int", (expression,)) if type(expression) is Integer else expression


def integer(value: int) -> Expression:
    """Make an integer literal, through ``json()`` where it does not fit 32 bits."""
    if -_INT_MAX - 1 <= value <= _INT_MAX:
        return Integer(value)
    return Call("json", (Text(str(value)),))


def as_value(expression: Expression) -> Any:
    """Print an expression as a JSON value."""
    if type(expression) is Integer:
        return expression.value
    return print_value(expression)


def literal_value(value: Any) -> Any:
    """JSON data (of a loaded file) as a template's value: texts escaped, fractions through ``json()``."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, dict):
        made = {}
        for key, member in value.items():
            name = escape(key)
            made[f"[string('{name}')]" if name.lower() == "copy" else name] = literal_value(member)
        return made
    if isinstance(value, list):
        return [literal_value(item) for item in value]
    if isinstance(value, float):
        return print_value(literal_expression(value))
    return value


def literal_expression(value: Any) -> Expression:
    """JSON data as an expression."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return Call("json", (Text(number_text(value)),))
    if isinstance(value, list):
        return Call("createArray", tuple(literal_expression(item) for item in value))
    if isinstance(value, dict):
        parts: list[Expression] = []
        for key, member in value.items():
            parts += (Text(key), literal_expression(member))
        return Call("createObject", tuple(parts))
    return NULL


def number_text(value: float) -> str:
    """Print a fraction as .NET does: the shortest text that reads back, ``E+16`` for large exponents."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2]
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    sign, digits = exponent[0], exponent.lstrip("+-")
    return f"{mantissa}E{sign if sign in '+-' else '+'}{digits.zfill(2)}"


def last_name(node: Node) -> str:
    """What ``nameof(x)`` gives: the last name of an access."""
    kind = type(node)
    if kind in (syntax.Variable, syntax.PropertyAccess, syntax.ResourceAccess):
        return str(node.name)
    if kind is syntax.ArrayAccess and type(node.index) is syntax.String:
        return str(node.index.value)
    if kind in (syntax.NonNull, syntax.Parens):
        return last_name(node[2])
    raise Unsupported(node, "nameof needs a name or a property.", "BCP408")
