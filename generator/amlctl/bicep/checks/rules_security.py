"""The linter's rules about secrets: where they may show, and what must be marked as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import body_of, children
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.infer import symbol_type, type_of
from amlctl.bicep.checks.modifiers import find_decorator
from amlctl.bicep.checks.resources import declared_resource
from amlctl.bicep.checks.rules import Fault, declared, each
from amlctl.bicep.checks.types import Type, flags_of, force

Node = s.Node
_SECRET = re.compile(r"password|pwd|secret|accountkey|acctkey", re.IGNORECASE)
_NO_SECRET = re.compile(r"secretpermissions|secretversion|secretur[il]|secretname", re.IGNORECASE)
MAX_DEPTH = 6


def _is_secure(c: Checker, node: Node) -> bool:
    return bool(node.decorators) and find_decorator(c, node, "secure") is not None


def _secure_default(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Parameter):
        value = node.default
        if value is None or not _is_secure(c, node) or _is_harmless(c, value):
            continue
        text = "Secure parameters should not have hardcoded defaults (except for empty or newGuid())."
        yield Fault(value.at - 1, value.end, text)


def _is_harmless(c: Checker, value: Node) -> bool:
    if type(value) is s.String and not value.value:
        return True
    if type(value) is s.Object and not value.items:
        return True
    if flags_of(type_of(c, value)) & t.SECURE:
        return True
    return any(type(inner) is s.FunctionCall and inner.name == "newGuid" for inner in each(value))


def _secret_outputs(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Output):
        if _is_secure(c, node):
            continue
        if "password" in node.name.text.lower():
            yield Fault(node.at, node.end, _leak(f'the name of the output "{node.name.text}" suggests a secret'))
        yield from _secrets(c, node.value, False)


def _leak(what: str) -> str:
    return f"Outputs should not contain secrets. Found possible secret: {what}."


def _secrets(c: Checker, node: Node, accessed: bool) -> Iterator[Fault]:
    kind = type(node)
    if kind is s.Variable:
        if _holds_secret(type_of(c, node), accessed):
            yield Fault(node.at, node.end, _leak(f'secure value "{node.name}"'))
        return
    if kind in (s.PropertyAccess, s.ArrayAccess):
        if _holds_secret(type_of(c, node), accessed):
            at = (node.end - 1, node.end) if kind is s.PropertyAccess else (node.index.at, node.index.end)
            yield Fault(*at, _leak(f'secure value "{c.tree.source(node)}"'))
        yield from _secrets(c, node.base, True)
        return
    if kind in (s.FunctionCall, s.InstanceCall) and node.name.lower().startswith("list") and _is_list_call(c, node):
        yield Fault(node.at, node.end, _leak(f'function "{node.name}"'))
    for child in children(node):
        yield from _secrets(c, child, False)


def _is_list_call(c: Checker, node: Node) -> bool:
    if type(node) is s.FunctionCall:
        return c.symbol(node) is None
    base = type_of(c, node.base)
    return type(base) is t.Res or (type(base) is t.Namespace and base.name == "az")


def _holds_secret(found: Type, shallow: bool, depth: int = 0) -> bool:
    """Tell whether a value is secret, or an object or array that holds a secret."""
    found = force(found)
    if flags_of(found) & t.SECURE:
        return True
    if shallow or depth > MAX_DEPTH:
        return False
    if type(found) in (t.Arr, t.Tup):
        return _holds_secret(t.item_of(found), False, depth + 1)
    if type(found) is t.Union:
        return any(_holds_secret(member, False, depth + 1) for member in found.members)
    if type(found) is t.Obj and depth < 3:
        return any(
            _holds_secret(prop.type, False, depth + 1) for prop in found.props.values() if not prop.flags & t.WRITE_ONLY
        )
    return False


def _secret_parameters(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for symbol in declared(c, "param"):
        if _is_secure(c, symbol.node):
            continue
        found = symbol_type(c, symbol)
        named = t.kind_name(found) in ("string", "object") and _SECRET.search(symbol.name)
        by_name = bool(named) and not _NO_SECRET.search(symbol.name)
        uses = any(one.kind == "param" and _is_secure(c, one.node) for one in symbol.uses)
        if by_name or uses:
            text = (
                f'Parameter "{symbol.name}" may represent a secret (according to its name) and must be declared with '
            )
            yield Fault(symbol.name_at, symbol.name_at + 1, f"{text}the @secure() decorator.")


def _secure_inputs(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Resource):
        found = declared_resource(c, node)
        body = body_of(node)
        if type(found) is t.Res and body is not None and not node.existing:
            yield from _insecure(c, body, force(found.body), 0)


def _insecure(c: Checker, node: s.Object, target: Type, depth: int) -> Iterator[Fault]:
    target = _branch(node, target)
    if type(target) is not t.Obj or depth > 12:
        return
    for item in node.items:
        prop = target.props.get(item.name or "") if type(item) is s.Property else None
        if prop is None:
            continue
        wanted = force(prop.type)
        if type(item.value) is s.Object:
            yield from _insecure(c, item.value, wanted, depth + 1)
        elif _wants_secret(wanted) and _may_be_open(type_of(c, item.value)) and not _is_runtime(c, item.value):
            text = f'Property "{item.name}" expects a secure value, but the value provided may not be secure.'
            yield Fault(item.value.at, item.value.end, text)


def _wants_secret(wanted: Type) -> bool:
    return type(wanted) is t.Str and bool(wanted.flags & t.SECURE)


def _branch(node: s.Object, target: Type) -> Type:
    if type(target) is not t.Disc:
        return target
    for item in node.items:
        if type(item) is s.Property and item.name == target.key and type(item.value) is s.String:
            return force(target.branches.get(item.value.value))
    return None


def _may_be_open(found: Type) -> bool:
    if found in (t.ERROR, t.NULL, t.ANY) or (type(found) is t.StrLit and not found.value):
        return False
    if type(found) is t.Union:
        return any(_may_be_open(member) for member in found.members)
    return not flags_of(found) & t.SECURE


def _is_runtime(c: Checker, node: Node) -> bool:
    """A value that the deployment itself reads is not written down anywhere."""
    for inner in each(node):
        if type(inner) in (s.Variable, s.ResourceAccess):
            symbol = c.symbol(inner)
            if symbol is not None and (
                symbol.kind in ("resource", "module") or (symbol.kind == "var" and _is_runtime(c, symbol.node.value))
            ):
                return True
        if type(inner) in (s.FunctionCall, s.InstanceCall) and inner.name.startswith(
            ("list", "reference", "getSecret")
        ):
            return True
    return False


def _command(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Property):
        if node.name != "settings" or type(node.value) is not s.Object:
            continue
        for item in node.value.items:
            if type(item) is s.Property and item.name == "commandToExecute" and any(_secrets(c, item.value, False)):
                text = "Use protectedSettings for commandToExecute secrets."
                yield Fault(item.at, item.at + 1, text)


SECURITY: tuple[tuple[str, str, Callable[[Checker, dict[str, Any]], Iterator[Fault]]], ...] = (
    ("outputs-should-not-contain-secrets", "warning", _secret_outputs),
    ("protect-commandtoexecute-secrets", "warning", _command),
    ("secure-parameter-default", "warning", _secure_default),
    ("secure-secrets-in-params", "warning", _secret_parameters),
    ("use-secure-value-for-secure-inputs", "warning", _secure_inputs),
)
