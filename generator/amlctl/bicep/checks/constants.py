"""Where a value must be known when the file is compiled: literals, arrays and objects of literals."""

from __future__ import annotations

from amlctl.bicep import syntax as s
from amlctl.bicep.checks.bind import children
from amlctl.bicep.checks.checker import Checker

_NOT_CONSTANT = (s.ArrayAccess, s.Binary, s.FunctionCall, s.InstanceCall, s.For, s.Parens, s.PropertyAccess,
                 s.Interpolated, s.Ternary, s.Variable)  # fmt: skip


def require_constant(c: Checker, node: s.Node) -> None:
    """Report each part of an expression that is not a literal."""
    if type(node) in _NOT_CONSTANT or (type(node) is s.Unary and node.operator != "-"):
        c.report("BCP032", node.at, node.end)
        return
    for child in children(node):
        require_constant(c, child)
