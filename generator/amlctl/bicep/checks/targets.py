"""Decorators: may they stand on what they stand on, and are their arguments right for it."""

from __future__ import annotations

from collections.abc import Callable

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable
from amlctl.bicep.checks.bind import Symbol
from amlctl.bicep.checks.calls import match, parameter_type
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.declared import RESOURCE_TYPES
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.narrow import narrow
from amlctl.bicep.checks.types import Type, force

Node = s.Node
_EXPORTABLE = frozenset(("var", "type", "func", "import", "wildcard", "item", "index", "argument"))
_METADATA = t.Obj("metadata", {"description": t.Prop(t.STRING, t.CONSTANT)}, t.Prop(t.ANY, t.CONSTANT))
_LITERALS = (s.Int, s.Bool, s.Unary, s.String, s.Interpolated, s.TypeUnion)


def check_decorators(c: Checker, node: Node, target: Type) -> None:
    """Report what is wrong with the decorators of a declaration whose type is known."""
    from amlctl.bicep.checks.infer import type_of

    if not node.decorators:
        return
    target = force(target)
    used: dict[str, list[s.Decorator]] = {}
    for decorator in node.decorators:
        call = decorator.expression
        if _is_description(c, call):
            used.setdefault(call.name, []).append(decorator)
            continue
        kind = type_of(c, call)
        if kind is t.ERROR and not _recovers(c, call):
            continue
        if type(call) in (s.Variable, s.PropertyAccess):
            if kind is not t.ERROR:
                c.report("BCP141", call.at, call.end)
            continue
        known = f.DECORATORS.get(call.name) if type(call) in (s.FunctionCall, s.InstanceCall) else None
        if known is None or not _fits(c, call, known):
            continue
        used.setdefault(call.name, []).append(decorator)
        if target is not t.ERROR:
            _validate(c, decorator, call, known, node, target)
    for name, same in used.items():
        if len(same) > 1:
            for decorator in same:
                c.report("BCP166", decorator.at, decorator.end, name)


def _is_description(c: Checker, call: Node) -> bool:
    """Most decorators are a description with a plain text, which is right wherever it may stand."""
    if type(call) is not s.FunctionCall or call.name != "description" or len(call.arguments) != 1:
        return False
    if type(call.arguments[0]) is not s.String or c.symbol(call) is not None:
        return False
    return c.binding.where.get(id(call)) in f.DECORATORS["description"].targets


def _recovers(c: Checker, call: Node) -> bool:
    """A variable that names a declaration is not callable, whatever it is."""
    if type(call) is s.Variable:
        symbol = c.symbol(call)
        if symbol is not None or call.name in ("sys", "az"):
            c.report("BCP141", call.at, call.end)
    return False


def _fits(c: Checker, call: Node, known: f.Decorator) -> bool:
    from amlctl.bicep.checks.infer import type_of

    kinds = [type_of(c, argument) for argument in call.arguments]
    recovered = [t.ANY if kind is t.ERROR else kind for kind in kinds]
    matches, _, _ = match((f.parse_signature(call.name, known.signature),), recovered)
    return bool(matches) and parameter_type(matches[0], 0) is not None


def _validate(c: Checker, decorator: s.Decorator, call: Node, known: f.Decorator, node: Node, target: Type) -> None:
    rest = t.without_null(target)
    target = target if rest is None else rest
    if known.attach is not t.ANY and not assignable(target, known.attach):
        c.report("BCP124", decorator.at, decorator.end, call.name, type_name(known.attach), type_name(target))
    special = _VALIDATORS.get(call.name)
    if special is not None:
        special(c, decorator, call, node, target)


def _written(node: Node) -> Node:
    """Give the type expression of a declaration, without ``?``."""
    found = getattr(node, "type", None)
    if type(node) in (s.TypeDeclaration, s.TypeMember, s.TypeItem):
        found = node.value
    while type(found) in (s.TypeNullable, s.Parens) and type(found) is s.TypeNullable:
        found = found.base
    return found


def _names_alias(c: Checker, node: Node) -> bool:
    if type(node) is s.TypeName:
        symbol = c.symbol(node)
        return symbol is not None and symbol.kind in ("type", "import", "wildcard")
    return type(node) in (s.TypeProperty, s.TypeRest, s.TypeIndex, s.TypeItems) and _names_alias(c, node.base)


def _not_alias(c: Checker, decorator: s.Decorator, call: Node, node: Node, _: Type) -> None:
    if _names_alias(c, _written(node)):
        c.report("BCP308", decorator.at, decorator.end, call.name)


def _secure(c: Checker, decorator: s.Decorator, call: Node, node: Node, target: Type) -> None:
    if assignable(target, f.DECORATORS["secure"].attach):
        if t.kind_name(target) is None:
            c.report("BCP440", decorator.at, decorator.end)
        _not_alias(c, decorator, call, node, target)


def _is_literal(c: Checker, node: Node) -> bool:
    from amlctl.bicep.checks.declared import type_of_syntax

    if type(node) in _LITERALS:
        return True
    return type(node) in (s.TypeObject, s.TypeTuple) and t.is_literal(force(type_of_syntax(c, node)))


def _allowed(c: Checker, decorator: s.Decorator, call: Node, node: Node, target: Type) -> None:
    written = _written(node)
    _not_alias(c, decorator, call, node, target)
    if _is_literal(c, written):
        c.report("BCP295", decorator.at, decorator.end, call.name)
    values = call.arguments[0]
    if type(values) is s.Array and not values.items:
        c.report("BCP099", values.at, values.end)
    flat = type(values) is s.Array and not any(type(item) is s.Array for item in values.items)
    if not (assignable(target, t.ARRAY) and flat):
        narrow(c, values, t.Arr(target))


def _length(c: Checker, decorator: s.Decorator, call: Node, node: Node, target: Type) -> None:
    _not_alias(c, decorator, call, node, target)
    if type(target) is t.Union or t.is_literal(target):
        c.report("BCP295", decorator.at, decorator.end, call.name)
    argument = call.arguments[0]
    value = _whole(argument)
    if value is not None and value < 0:
        c.report("BCP168", argument.at, argument.end)


def _whole(node: Node) -> int | None:
    if type(node) is s.Int:
        return int(node.value)
    if type(node) is s.Unary and node.operator == "-" and type(node.operand) is s.Int:
        return -int(node.operand.value)
    return None


def _metadata(c: Checker, _: s.Decorator, call: Node, __: Node, ___: Type) -> None:
    narrow(c, call.arguments[0], _METADATA)


def _batch_size(c: Checker, decorator: s.Decorator, call: Node, _: Node, target: Type) -> None:
    if not assignable(target, t.ARRAY):
        c.report("BCP155", decorator.at, decorator.end, call.name)
    value = _whole(call.arguments[0])
    if value is not None and value < 1:
        c.report("BCP154", call.arguments[0].at, call.arguments[0].end, value, 1)


def _null_if_not_found(c: Checker, decorator: s.Decorator, _: Node, node: Node, __: Type) -> None:
    if type(node) is s.Resource and not node.existing:
        c.report("BCP445", decorator.at, decorator.end)


def _sealed(c: Checker, decorator: s.Decorator, call: Node, node: Node, _: Type) -> None:
    written = _written(node)
    if _names_alias(c, written):
        c.report("BCP308", decorator.at, decorator.end, call.name)
    elif type(written) is s.TypeGeneric and written.name in RESOURCE_TYPES:
        c.report("BCP386", decorator.at, decorator.end, call.name)
    elif type(written) is s.TypeObject and any(
        type(item) is s.TypeMember and item.name is None and item.key is None for item in written.items
    ):
        c.report("BCP316", decorator.at, decorator.end)


def _discriminator(c: Checker, decorator: s.Decorator, call: Node, _: Node, target: Type) -> None:
    if type(target) is not t.Disc:
        c.report("BCP363", decorator.at, decorator.end)
        return
    argument = call.arguments[0] if call.arguments else None
    if type(argument) is s.String and argument.value != target.key:
        c.report("BCP366", decorator.at, decorator.end, target.key)


def _export(c: Checker, decorator: s.Decorator, _: Node, node: Node, __: Type) -> None:
    symbol = c.binding.targets.get(id(node))
    if symbol is None:
        c.report("BCP361", decorator.at, decorator.end)
        return
    wrong = sorted({one.name for one in _closure(symbol) if one.kind not in _EXPORTABLE})
    if wrong:
        c.report("BCP372", decorator.at, decorator.end, ", ".join(f'"{name}"' for name in wrong))


def _closure(symbol: Symbol) -> list[Symbol]:
    seen: dict[int, Symbol] = {}
    todo = list(symbol.uses)
    while todo:
        one = todo.pop()
        if id(one) not in seen:
            seen[id(one)] = one
            todo.extend(one.uses)
    return list(seen.values())


_VALIDATORS: dict[str, Callable[[Checker, s.Decorator, Node, Node, Type], None]] = {
    "secure": _secure,
    "allowed": _allowed,
    "minValue": _not_alias,
    "maxValue": _not_alias,
    "minLength": _length,
    "maxLength": _length,
    "metadata": _metadata,
    "batchSize": _batch_size,
    "nullIfNotFound": _null_if_not_found,
    "sealed": _sealed,
    "discriminator": _discriminator,
    "export": _export,
}
