"""What the language has but ARM cannot do everywhere: lambdas, spreads, names of children, functions by place.

Source: Emit/EmitLimitationCalculator.cs and FunctionPlacementValidatorVisitor.cs of the official compiler.
"""

from __future__ import annotations

from collections.abc import Iterator

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import Symbol, body_of, children
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.deploytime import is_runtime_call
from amlctl.bicep.checks.infer import type_of
from amlctl.bicep.checks.resources import body_value, declared_resource, enclosing_resource, parent_symbol
from amlctl.bicep.checks.types import Type, flags_of, force

Node = s.Node
_CALLS = (s.FunctionCall, s.InstanceCall)


def check_limits(c: Checker) -> None:
    """Report what cannot be deployed though its types fit."""
    _target_scopes(c)
    for node in c.every(s.Resource):
        _child_name(c, node)
        _parent_value(c, node)
    for node in c.every(s.Module):
        _params(c, node)
    for node in c.every(s.Lambda):
        _lambda(c, node)
    for node in c.every(s.ArrayAccess):
        _safe_collection(c, node)
    for node in (*c.every(s.FunctionCall), *c.every(s.InstanceCall)):
        _secret(c, node)
    for node in c.every(s.Int):
        _integer(c, node)
    _loop_invariants(c)
    _spreads(c)


def _target_scopes(c: Checker) -> None:
    found = [node for node in c.tree.statements if type(node) is s.TargetScope]
    if len(found) > 1:
        for node in found:
            at = node.decorators[-1].end if node.decorators else node.at
            at = next((one for one in range(at, node.end) if c.tokens.texts[one] == "targetScope"), node.at)
            c.report("BCP112", at, at + 1)


# ---- resources -----------------------------------------------------------------------------------------------------


def _child_name(c: Checker, node: s.Resource) -> None:
    name = body_value(node, "name")
    kind = declared_resource(c, node)
    if type(name) not in (s.String, s.Interpolated) or type(kind) is not t.Res or kind.body is t.ANY:
        return
    texts = (name.value,) if type(name) is s.String else name.texts
    if enclosing_resource(c, node) is not None or parent_symbol(c, node) is not None:
        if any("/" in text for text in texts):
            c.report("BCP170", name.at, name.end)
        return
    if body_value(node, "parent") is not None:
        return
    slashes, wanted = sum(text.count("/") for text in texts), kind.name.count("/") - 1
    if slashes > wanted or (slashes < wanted and type(name) is s.String):
        c.report("BCP169", name.at, name.end, wanted)


def _parent_value(c: Checker, node: s.Resource) -> None:
    value = body_value(node, "parent") if c.parent(node) is None else None
    if value is None or declared_resource(c, node) is t.ERROR:
        return
    base = value.base if type(value) is s.ArrayAccess else value
    symbol = c.symbol(base) if type(base) in (s.Variable, s.ResourceAccess) else None
    found = type_of(c, base)
    if found is not t.ERROR and (symbol is None or not _is_resource(c, symbol)):
        c.report("BCP240", value.at, value.end)


def _is_resource(c: Checker, symbol: Symbol) -> bool:
    if symbol.kind == "var":
        value = symbol.node.value
        inner = c.symbol(value) if type(value) in (s.Variable, s.ResourceAccess) else None
        return inner is not None and inner.kind == "resource"
    return symbol.kind == "resource"


def _loop_invariants(c: Checker) -> None:
    for node in (*c.every(s.Resource), *c.every(s.Module)):
        if type(node.value) is not s.For or (type(node) is s.Resource and node.existing):
            continue
        keys = ("name", "scope", "parent") if type(node) is s.Resource else ("name", "scope")
        values = [value for value in (body_value(node, key) for key in keys) if value is not None]
        if body_value(node, "name") is None or any(type(value) is s.Skipped for value in values):
            continue
        if not any(_uses_local(c, value, node.value) for value in values):
            c.report("BCP179", node.name.at, node.name.at + 1, node.value.item.text, level="warning")


def _uses_local(c: Checker, node: Node, loop: s.For) -> bool:
    if type(node) is s.Variable:
        symbol = c.symbol(node)
        return symbol is not None and symbol.node is loop
    return any(_uses_local(c, child, loop) for child in children(node))


def _params(c: Checker, node: s.Module) -> None:
    value = body_value(node, "params")
    if value is not None and type(value) not in (s.Object, s.Skipped):
        c.report("BCP183", value.at, value.end, "params")


# ---- lambdas -------------------------------------------------------------------------------------------------------


def _lambda(c: Checker, node: s.Lambda) -> None:
    parent = c.parent(node)
    while type(parent) is s.Parens:
        parent = c.parent(parent)
    if type(parent) not in _CALLS:
        c.report("BCP242", node.at, node.end)
    for inner in _all(node.body):
        if type(inner) in _CALLS and is_runtime_call(c, inner):
            names = {name for argument in inner.arguments for name in _lambda_names(c, argument)}
            if names:
                c.report("BCP248", inner.at, inner.end, inner.name, ", ".join(f'"{name}"' for name in sorted(names)))
        elif type(inner) is s.ArrayAccess and _is_collection(c, inner.base):
            names = set(_lambda_names(c, inner.index))
            if names:
                c.report("BCP247", inner.index.at, inner.index.end, ", ".join(f'"{name}"' for name in sorted(names)))


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _all(child)


def _lambda_names(c: Checker, node: Node) -> Iterator[str]:
    for inner in _all(node):
        if type(inner) is s.Variable:
            symbol = c.symbol(inner)
            if symbol is not None and symbol.kind == "argument" and type(symbol.node) is s.Lambda:
                yield symbol.name


def _is_collection(c: Checker, node: Node) -> bool:
    symbol = c.symbol(node) if type(node) in (s.Variable, s.ResourceAccess) else None
    return symbol is not None and symbol.kind in ("resource", "module")


def _safe_collection(c: Checker, node: s.ArrayAccess) -> None:
    symbol = c.symbol(node.base) if node.safe and type(node.base) in (s.Variable, s.ResourceAccess) else None
    if symbol is not None and symbol.kind in ("resource", "module") and symbol.is_collection:
        c.report("BCP323", node.index.at - 1, node.index.at)


# ---- secrets -------------------------------------------------------------------------------------------------------


def _secret(c: Checker, node: Node) -> None:
    """``getSecret`` of a vault may only be the value of a module's secure parameter."""
    if node.name != "getSecret" or type(node) is not s.InstanceCall or type(c.memo.get(id(node.base))) is not t.Res:
        return
    found = c.memo[id(node.base)]
    if found.name.lower() != "microsoft.keyvault/vaults":
        return
    child: Node = node
    parent = c.parent(node)
    while type(parent) is s.Ternary and parent.test is not child:
        child, parent = parent, c.parent(parent)
    if not _is_secure_parameter(c, parent):
        c.report("BCP180", node.at, node.end, node.name)


def _is_secure_parameter(c: Checker, item: Node) -> bool:
    params = c.parent(item) if type(item) is s.Property else None
    holder = c.parent(params) if params is not None else None
    if type(holder) is not s.Property or holder.name != "params":
        return False
    owner = c.parent(c.parent(holder))
    while type(owner) in (s.If, s.For):
        owner = c.parent(owner)
    if type(owner) is not s.Module or c.parent(holder) is not body_of(owner):
        return False
    return _parameter_is_secure(c, owner, item.name)


def _parameter_is_secure(c: Checker, module: s.Module, name: str | None) -> bool:
    from amlctl.bicep.checks.modules import declared_module

    found = declared_module(c, module)
    body: Type = force(found.body) if type(found) is t.Mod else None
    if type(body) is not t.Obj:
        return True
    params = force(body.props["params"].type)
    prop = params.props.get(name or "")
    return prop is None or bool(flags_of(force(prop.type)) & t.SECURE)


# ---- the rest ------------------------------------------------------------------------------------------------------


def _integer(c: Checker, node: s.Int) -> None:
    limit = (1 << 63) - 1
    if node.value <= limit:
        return
    parent = c.parent(node)
    if type(parent) is s.Unary and parent.operator == "-" and node.value == limit + 1:
        return
    c.report("BCP010", node.at, node.end)


def _spreads(c: Checker) -> None:
    for node in (*c.every(s.Module), *c.every(s.Resource)):
        body = body_of(node)
        blocked = [body] if body is not None else []
        params = body_value(node, "params") if type(node) is s.Module else None
        if type(params) is s.Object:
            blocked.append(params)
        for item in (item for one in blocked for item in one.items if type(item) is s.Spread):
            c.report("BCP401", item.at, item.end)
    for node in c.every(s.Spread):
        parent = c.parent(node)
        if type(parent) is s.Object and any(
            type(inner) is s.Property and type(inner.value) is s.For for inner in _all(parent) if inner is not parent
        ):
            c.report("BCP417", node.at, node.end)
