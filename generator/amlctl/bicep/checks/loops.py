"""Loops and collections: where ``for`` may stand and a collection be used whole (ForSyntaxValidatorVisitor.cs)."""

from __future__ import annotations

from amlctl.bicep import syntax as s
from amlctl.bicep.checks.bind import Symbol, body_of, children
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.deploytime import is_runtime_call

Node = s.Node
_CAPABLE = (s.Resource, s.Module, s.VariableDeclaration, s.Output, s.Assignment)
_TOP_ONLY = (s.VariableDeclaration, s.Output, s.Assignment)
_TRANSPARENT = (s.Object, s.Property, s.Array)
_ACCESSES = (s.PropertyAccess, s.ArrayAccess)


def check_loops(c: Checker) -> None:
    """Report loops and collections at places where they cannot be."""
    for node in c.every(s.For):
        _check_for(c, node)
    for node in c.every(s.Property):
        if node.name is None and type(node.value) is s.For and node.key is not None:
            c.report("BCP143", node.key.at, node.key.end)
    for node in c.every(s.Resource):
        if _ancestor(c, node, s.For) is not None:
            c.report("BCP160", node.at, node.end)
    brought: dict[int, bool] = {}
    for node in (*c.every(s.Variable), *c.every(s.ResourceAccess)):
        _check_collection(c, node, brought)


def _ancestor(c: Checker, node: Node, kind: type) -> Node:
    parent = c.parent(node)
    while parent is not None and type(parent) is not kind:
        parent = c.parent(parent)
    return parent


def _check_for(c: Checker, node: s.For) -> None:
    parent = c.parent(node)
    if type(parent) in _CAPABLE and getattr(parent, "value", None) is node:
        return
    keyword = _keyword(c, node)
    owner, nested, plain = _around(c, node)
    allowed = owner is not None and type(owner) not in _TOP_ONLY and plain and type(parent) is s.Property
    if not allowed:
        c.report("BCP138", keyword, keyword + 1)
    elif nested:
        c.report("BCP142", keyword, keyword + 1)


def _keyword(c: Checker, node: s.For) -> int:
    texts = c.tokens.texts
    return next((at for at in range(node.at, node.end) if texts[at] == "for"), node.at)


def _around(c: Checker, node: s.For) -> tuple[Node, bool, bool]:
    """Give the declaration around a loop, whether another loop lies between, and whether only literals do."""
    nested, plain = False, True
    child, parent = node, c.parent(node)
    while parent is not None and type(parent) not in _CAPABLE:
        if type(parent) is s.For:
            inner = c.parent(parent)
            nested = nested or (type(inner) is s.Property and inner.value is parent)
        elif type(parent) not in (*_TRANSPARENT, s.If):
            plain = False
        child, parent = parent, c.parent(parent)
    return (parent if parent is None or getattr(parent, "value", None) is child else None), nested, plain


# ---- collections ---------------------------------------------------------------------------------------------------


def _check_collection(c: Checker, node: Node, brought: dict[int, bool]) -> None:
    symbol = c.symbol(node)
    if symbol is None:
        return
    if symbol.kind in ("resource", "module") and symbol.is_collection:
        if not _is_indexed(c, node) and not _may_be_whole(c, node):
            c.report("BCP144", node.at, node.end)
    elif symbol.kind == "var" and symbol.cycle is None and type(node) is s.Variable:
        _check_inlined(c, node, symbol, brought)


def _is_indexed(c: Checker, node: Node) -> bool:
    parent = c.parent(node)
    while type(parent) is s.Parens:
        parent = c.parent(parent)
    return type(parent) in _ACCESSES or _is_argument_of_nameof(c, node)


def _is_argument_of_nameof(c: Checker, node: Node) -> bool:
    call = c.parent(node)
    return type(call) in (s.FunctionCall, s.InstanceCall) and call.name == "nameof"


def _may_be_whole(c: Checker, node: Node, inlined: bool = False) -> bool:
    """A whole collection may stand under ``dependsOn``, in ``properties``, ``params``, an output or a variable."""
    within, loop = False, False
    child, parent = node, c.parent(node)
    while parent is not None:
        kind = type(parent)
        if kind is s.For and parent.source is not child:
            loop = True
        if kind is s.Property and _is_top(c, parent):
            if parent.name == "dependsOn":
                return True
            within = within or parent.name in ("properties", "params")
        if kind is s.For and parent.source is child:
            loop = loop or _inside_for_header(parent)
        if kind is s.VariableDeclaration:
            within = within or not inlined
        if kind is s.Output:
            within = True
        child, parent = parent, c.parent(parent)
    return within and not loop


def _inside_for_header(_: s.For) -> bool:
    return True


def _is_top(c: Checker, item: s.Property) -> bool:
    body = c.parent(item)
    owner = c.parent(body)
    while type(owner) in (s.If, s.For):
        owner = c.parent(owner)
    return type(owner) in (s.Resource, s.Module) and body_of(owner) is body


def _check_inlined(c: Checker, node: s.Variable, symbol: Symbol, brought: dict[int, bool]) -> None:
    """A variable that is put in place of its use brings the collection that it names with it."""
    found = brought.get(id(symbol))
    if found is None:
        value = symbol.node.value
        found = brought[id(symbol)] = _is_inlined(c, symbol, set()) and _names_collection(c, value, set())
    if not found:
        return
    owner, loop = _owner_and_loop(c, node)
    if type(owner) is s.VariableDeclaration and not loop:
        return
    if not _may_be_whole(c, node, True):
        c.report("BCP144", node.at, node.end)


def _owner_and_loop(c: Checker, node: Node) -> tuple[Node, bool]:
    loop = False
    child, parent = node, c.parent(node)
    while parent is not None:
        loop = loop or type(parent) is s.For
        child, parent = parent, c.parent(parent)
    return child, loop


def _is_inlined(c: Checker, symbol: Symbol, seen: set[int]) -> bool:
    if id(symbol) in seen:
        return False
    seen.add(id(symbol))
    return _inlines(c, symbol.node.value, seen)


def _inlines(c: Checker, node: Node, seen: set[int]) -> bool:
    if type(node) in (s.FunctionCall, s.InstanceCall) and is_runtime_call(c, node):
        return True
    if type(node) in (s.Variable, s.ResourceAccess):
        symbol = c.symbol(node)
        if symbol is None:
            return False
        if symbol.kind in ("resource", "module"):
            return True
        return symbol.kind == "var" and symbol.cycle is None and _is_inlined(c, symbol, seen)
    return any(_inlines(c, child, seen) for child in children(node))


def _names_collection(c: Checker, node: Node, seen: set[int]) -> bool:
    if type(node) in (s.Variable, s.ResourceAccess):
        symbol = c.symbol(node)
        if symbol is None or id(symbol) in seen:
            return False
        if symbol.kind in ("resource", "module"):
            return symbol.is_collection and not _is_indexed(c, node)
        if symbol.kind == "var" and symbol.cycle is None:
            seen.add(id(symbol))
            return _names_collection(c, symbol.node.value, seen)
        return False
    return any(_names_collection(c, child, seen) for child in children(node))
