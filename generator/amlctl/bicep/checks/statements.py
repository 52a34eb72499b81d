"""The statements of a file, one after another: each one's parts are typed and compared with what it declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable
from amlctl.bicep.checks.bind import Symbol, children
from amlctl.bicep.checks.checker import TARGETS, Checker
from amlctl.bicep.checks.constants import require_constant
from amlctl.bicep.checks.declared import member_type, value_type
from amlctl.bicep.checks.infer import symbol_type, type_of
from amlctl.bicep.checks.modifiers import decorated, find_decorator
from amlctl.bicep.checks.modules import check_module_path, declared_module
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.narrow import narrow
from amlctl.bicep.checks.resources import declared_resource
from amlctl.bicep.checks.targets import check_decorators
from amlctl.bicep.checks.types import Type, force

Node = s.Node
_TARGET_SCOPE = t.Union(tuple(t.StrLit(word) for word in TARGETS))


def check_statement(c: Checker, node: Node) -> None:
    """Report what is wrong with one statement."""
    check = _CHECKS.get(type(node))
    if check is not None:
        check(c, node)


def _symbol(c: Checker, node: Node) -> Symbol | None:
    return c.binding.targets.get(id(node))


def _type(c: Checker, node: Node) -> Type:
    symbol = _symbol(c, node)
    return t.ERROR if symbol is None else symbol_type(c, symbol)


# ---- parameters ----------------------------------------------------------------------------------------------------


def parameter_type(c: Checker, node: s.Parameter) -> Type:
    """Give the type of a parameter: what is declared, narrowed by ``@allowed``."""
    found = decorated(c, value_type(c, node.type), node, loose=True)
    if found is t.ERROR or not node.decorators:
        return found
    decorator = find_decorator(c, node, "allowed")
    if decorator is None or len(decorator.expression.arguments) != 1:
        return found
    return _allowed(c, found, decorator.expression.arguments[0])


def _allowed(c: Checker, found: Type, values: Node) -> Type:
    if type(values) is not s.Array or type(found) not in (t.Str, t.Integer, t.Arr):
        return found
    kinds = [type_of(c, item) for item in values.items if type(item) is not s.Spread]
    wanted = {t.Str: t.StrLit, t.Integer: t.IntLit}.get(type(found))
    if wanted is None:
        if not kinds or not all(t.is_literal(kind) for kind in kinds):
            return found
        tuples = [kind for kind in kinds if type(kind) is t.Tup]
        if tuples:  # whole values are listed, not items
            return t.union(tuples) if len(tuples) == len(kinds) else found
        return t.Arr(t.union(kinds))
    if kinds and all(type(kind) is wanted for kind in kinds):
        return t.union(kind._replace(flags=found.flags) for kind in kinds)
    return found


def _parameter(c: Checker, node: s.Parameter) -> None:
    found = _type(c, node)
    if node.decorators:
        check_decorators(c, node, decorated(c, value_type(c, node.type), node, loose=True))
    if node.default is None:
        return
    kind = type_of(c, node.default)
    _only_parameters(c, node.default)
    if found is not t.ERROR and t.without_null(found) is not None:
        default = node.default
        c.report("BCP326", default.at - 1, default.end)
    if found is not t.ERROR and kind is not t.ERROR:
        narrow(c, node.default, found)


_PARAMETER_WORDS = frozenset(("param", "func", "extension", "argument", "wildcard"))


def _only_parameters(c: Checker, node: Node) -> None:
    if type(node) is s.String:
        return
    if type(node) is s.Variable:
        symbol = c.symbol(node)
        if symbol is not None and symbol.kind not in _PARAMETER_WORDS:
            c.report("BCP072", node.at, node.end)
    for child in children(node):
        _only_parameters(c, child)


# ---- variables, functions, types, outputs --------------------------------------------------------------------------


def _variable(c: Checker, node: s.VariableDeclaration) -> None:
    if node.type is not None:
        found = _type(c, node)
        check_decorators(c, node, found)
        _assigned(c, node.value, found)
        return
    symbol = _symbol(c, node)
    found = type_of(c, node.value) if symbol is None else symbol_type(c, symbol)
    if type(found) is t.Namespace:
        c.report("BCP041", node.value.at, node.value.end, type_name(found))
        if symbol is not None:
            c.symbol_types[id(symbol)] = t.ERROR
        return
    check_decorators(c, node, found)


def _assigned(c: Checker, value: Node, found: Type) -> None:
    kind = type_of(c, value)
    if kind is not t.ERROR and found is not t.ERROR:
        narrow(c, value, found)


def function_type(c: Checker, node: s.Function) -> Type:
    """Give the type of a function declaration as a lambda; the error type where it is not valid."""
    key = id(node)
    if key not in c.type_memo:
        c.type_memo[key] = t.ERROR
        c.type_memo[key] = _function_type(c, node)
    return c.type_memo[key]


def _function_type(c: Checker, node: s.Function) -> Type:
    if type(node.returns) is s.Skipped and node.returns is node.body:
        return t.ERROR
    parameters = tuple(force(value_type(c, parameter.type)) for parameter in node.parameters)
    result = force(value_type(c, node.returns))
    if t.ERROR in parameters or result is t.ERROR:
        return t.ERROR
    return t.Func(parameters, len(parameters), result)


def _function(c: Checker, node: s.Function) -> None:
    found = function_type(c, node)
    kind = type_of(c, node.body)
    if found is not t.ERROR and kind is not t.ERROR:
        narrow(c, node.body, found.result)
    check_decorators(c, node, found)


def _alias(c: Checker, node: s.TypeDeclaration) -> None:
    from amlctl.bicep.checks.declared import alias_type

    if node.name.text == "resource":
        c.report("BCP301", node.name.at, node.name.at + 1, node.name.text)
    symbol = _symbol(c, node)
    if symbol is not None:
        check_decorators(c, node, alias_type(c, symbol))


def _output(c: Checker, node: s.Output) -> None:
    found = _type(c, node)
    check_decorators(c, node, found)
    kind = type_of(c, node.value)
    if kind is not t.ERROR and found is not t.ERROR:
        narrow(c, node.value, found)


def _metadata(c: Checker, node: s.Metadata) -> None:
    kind = type_of(c, node.value)
    if kind is t.ERROR:
        return
    if type(kind) is t.Namespace:
        c.report("BCP041", node.value.at, node.value.end, type_name(kind))
        return
    check_decorators(c, node, kind)
    require_constant(c, node.value)
    if node.name.text.startswith("_"):
        c.report("BCP268", node.name.at, node.name.at + 1, node.name.text)


def _assert(c: Checker, node: s.Assert) -> None:
    kind = type_of(c, node.value)
    if kind is not t.ERROR and not assignable(kind, t.BOOL):
        c.report("BCP350", node.value.at, node.value.end, type_name(kind))
    if not c.session.is_enabled(c.file, "assertions"):
        c.report("BCP349", node.at, node.end)


def _test(c: Checker, node: s.Test) -> None:
    if c.session.is_enabled(c.file, "testFramework"):
        c.session.check_test(c, node)
    else:
        c.report("BCP348", node.at, node.end)


def _target_scope(c: Checker, node: s.TargetScope) -> None:
    if node.decorators:
        first = node.decorators[0]
        c.report("BCP130", first.at, first.at + 1)
    kind = type_of(c, node.value)
    require_constant(c, node.value)
    if kind is not t.ERROR:
        narrow(c, node.value, _TARGET_SCOPE)


# ---- resources and modules -----------------------------------------------------------------------------------------


def _resource(c: Checker, node: s.Resource) -> None:
    found = declared_resource(c, node)
    collection = type(node.value) is s.For
    check_decorators(c, node, t.Arr(found) if collection and found is not t.ERROR else found)
    if found is t.ERROR:
        return
    kind = type_of(c, node.value)
    if not found.known:
        parts = found.name.split("/")
        code = "BCP174" if any(part.lower() == "providers" for part in parts[2:-1]) else "BCP081"
        c.report(code, node.type.at, node.type.end, f"{found.name}@{found.version}", level="warning")
    elif not node.existing and found.scopes == found.read_only_scopes and found.scopes:
        c.report("BCP245", node.type.at, node.type.end, f"{found.name}@{found.version}", level="warning")
    if kind is not t.ERROR:
        narrow(c, node.value, t.Arr(found) if collection else found, resource=True)


def _module(c: Checker, node: s.Module) -> None:
    found = declared_module(c, node)
    collection = type(node.value) is s.For
    check_decorators(c, node, t.Arr(found) if collection and found is not t.ERROR else found)
    if found is t.ERROR:
        return
    kind = type_of(c, node.value)
    check_module_path(c, node)
    if kind is not t.ERROR:
        narrow(c, node.value, t.Arr(found) if collection else found)


def _import(c: Checker, node: s.Import) -> None:
    c.session.check_import(c, node)


def _extension(c: Checker, node: s.Extension) -> None:
    c.session.check_extension(c, node)


_AFTER = {
    frozenset(("metadata",)): "BCP267", frozenset(("param",)): "BCP147",
    frozenset(("param", "output", "type")): "BCP292", frozenset(("var",)): "BCP148",
    frozenset(("resource",)): "BCP149", frozenset(("module",)): "BCP150", frozenset(("output",)): "BCP151",
    frozenset(("resource", "module")): "BCP153",
}  # fmt: skip


def _missing(c: Checker, node: s.MissingDeclaration) -> None:
    from amlctl.bicep.checks import functions as f

    if c.has_parse_error(node):
        return
    for decorator in node.decorators:
        type_of(c, decorator.expression)
    last = node.decorators[-1]
    call = last.expression
    known = f.DECORATORS.get(getattr(call, "name", "")) if type(call) in (s.FunctionCall, s.InstanceCall) else None
    code = _AFTER.get(known.targets, "BCP132") if known is not None else "BCP132"
    c.report(code, last.at, last.end)


_CHECKS: dict[type, Callable[[Checker, Any], None]] = {
    s.Parameter: _parameter,
    s.VariableDeclaration: _variable,
    s.Function: _function,
    s.TypeDeclaration: _alias,
    s.Output: _output,
    s.Metadata: _metadata,
    s.Assert: _assert,
    s.Test: _test,
    s.TargetScope: _target_scope,
    s.Resource: _resource,
    s.Module: _module,
    s.Import: _import,
    s.Extension: _extension,
    s.MissingDeclaration: _missing,
}


def check_inner(c: Checker) -> None:
    """Check what is declared inside other statements: nested resources, decorated members of types."""
    for resource in c.every(s.Resource):
        if c.parent(resource) is not None:
            _resource(c, resource)
    for missing in c.every(s.MissingDeclaration):
        if c.parent(missing) is not None:
            _missing(c, missing)
    for member in (*c.every(s.TypeMember), *c.every(s.TypeItem)):
        found = force(member_type(c, member))
        check_decorators(c, member, found)
