"""External inputs of parameters files: which expressions ask for them, and the definitions that stand for them.

Source: ExternalInputFunctionReferenceVisitor.cs, Emit/ParametersJsonWriter.cs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from amlctl.arm.tree import Access, Call, Expression, Text, print_expression
from amlctl.bicep import syntax

if TYPE_CHECKING:
    from amlctl.bicep.params import File

Node = syntax.Node
Json = dict[str, Any]

INPUTS = {"externalInput": None, "readEnvVar": "sys.envVar", "readCliArg": "sys.cliArg"}
"""Functions that ask for an external input, and the kind that each stands for."""
_NO_WORD = re.compile(r"\W")


def member_of(base: Expression, key: Expression) -> Expression | None:
    """Give the part of a written object that an access asks for."""
    if type(base) is not Call or base.name != "createObject" or type(key) is not Text:
        return None
    names = base.arguments[::2]
    return base.arguments[2 * names.index(key) + 1] if key in names else None


def asks(tree: Expression) -> bool:
    """Tell whether an expression asks for an external input."""
    if type(tree) is Access:
        return asks(tree.base) or asks(tree.key)
    return type(tree) is Call and (tree.name == "externalInput" or any(asks(one) for one in tree.arguments))


def mentions_base(node: Node) -> bool:
    """Tell whether an expression names ``base``."""
    if type(node) is syntax.Variable and node.name == "base":
        return True
    return isinstance(node, tuple) and any(mentions_base(part) for part in (node[2:] if hasattr(node, "at") else node))


class Inputs:
    """The external inputs of a file and of those that it extends, in the order in which they are first asked for."""

    def __init__(self, file: File) -> None:
        self.keys: dict[str, str] = {}
        self.definitions: Json = {}
        at: File | None = file
        while at is not None:
            self._add_file(at)
            at = at.base

    def _add_file(self, file: File) -> None:
        model = file.unit.model
        nodes = [symbol.node.value for symbol in model.parameters]
        nodes += [symbol.node.value for symbol in model.variables]
        if model.using is not None and model.using.config is not None:
            nodes.append(model.using.config)
        for node in nodes:
            for call in _calls(node):
                self._add(file, call)

    def _add(self, file: File, call: Node) -> None:
        tree = file.reduced(file.low.expression(call))
        key = print_expression(tree)
        if key in self.keys or type(tree) is not Call or not tree.arguments:
            return
        kind = file.tree_value(tree.arguments[0])
        name = self.keys[key] = f"{_NO_WORD.sub('_', str(kind))}_{len(self.keys)}"
        self.definitions[name] = {"kind": kind}
        if len(tree.arguments) > 1:
            self.definitions[name]["config"] = file.tree_value(tree.arguments[1])

    def rewritten(self, tree: Expression) -> Expression:
        """Ask for external inputs by their definitions' names."""
        if type(tree) is Access:
            return Access(self.rewritten(tree.base), self.rewritten(tree.key))
        if type(tree) is not Call:
            return tree
        if tree.name == "externalInput":
            return Call("externalInputs", (Text(self.keys.get(print_expression(tree), "")),))
        return Call(tree.name, tuple(self.rewritten(argument) for argument in tree.arguments))


def _calls(node: Node) -> Iterator[Node]:
    """Calls that ask for an external input, in source order, outer ones first."""
    if type(node) in (syntax.FunctionCall, syntax.InstanceCall) and node.name in INPUTS:
        yield node
    if isinstance(node, tuple):
        for part in node[2:] if hasattr(node, "at") else node:
            yield from _calls(part)
