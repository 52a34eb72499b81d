"""Types of expressions, each computed once; what is wrong with an expression is reported when its type is computed.

An expression with an error has the error type, and so has everything that is made of it: one fault, one finding.
Source: TypeSystem/TypeAssignmentVisitor.cs of the official compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.access import accessed, resource_access
from amlctl.bicep.checks.assign import assignable, assignable_without_null
from amlctl.bicep.checks.bind import Symbol, key_at
from amlctl.bicep.checks.calls import call, instance_call, lambda_argument
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.declared import AMBIENT, RESOURCE_TYPES, type_of_syntax, value_type
from amlctl.bicep.checks.modifiers import decorated
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.names import suggest
from amlctl.bicep.checks.narrowed import narrowed_resource
from amlctl.bicep.checks.operators import binary, unary
from amlctl.bicep.checks.resources import declared_resource
from amlctl.bicep.checks.types import Type, force

Node = s.Node
MAX_COPY_INDEX = 800
SYS_TYPES = {**AMBIENT, **dict.fromkeys(RESOURCE_TYPES[1:], t.ANY)}


def type_of(c: Checker, node: Node) -> Type:
    """Give the type of an expression."""
    key = id(node)
    found = c.memo.get(key)
    if found is None:
        c.memo[key] = t.ANY
        found = c.memo[key] = _INFER[type(node)](c, node)
    return found


def _string(_: Checker, node: s.String) -> Type:
    return t.StrLit(node.value)


def _interpolated(c: Checker, node: s.Interpolated) -> Type:
    kinds = [type_of(c, value) for value in node.values]
    if t.ERROR in kinds:
        return t.ERROR
    if all(type(kind) in _PLAIN for kind in kinds):
        parts = [node.texts[0]]
        for kind, text in zip(kinds, node.texts[1:], strict=False):
            parts += [_stringified(kind), text]
        return t.StrLit("".join(parts))
    least = sum(map(len, node.texts))
    most: int | None = least
    for kind in kinds:
        low, high = _text_limits(kind)
        least += low
        most = None if most is None or high is None else most + high
    return t.Str(least or None, most)


_PLAIN = (t.StrLit, t.IntLit, t.BoolLit)


def _stringified(kind: Any) -> str:
    if type(kind) is t.StrLit:
        return str(kind.value)
    return str(kind.value) if type(kind) is t.IntLit else ("True" if kind.value else "False")


def _text_limits(kind: Type) -> tuple[int, int | None]:
    """Least and greatest length of a value as text; None: no limit."""
    if type(kind) in _PLAIN:
        return len(_stringified(kind)), len(_stringified(kind))
    if type(kind) is t.Str:
        return kind.minimum or 0, kind.maximum
    if type(kind) is t.Boolean:
        return 4, 5
    if type(kind) is t.Union:
        limits = [_text_limits(member) for member in kind.members]
        highs = [high for _, high in limits if high is not None]
        return min(low for low, _ in limits), max(highs) if len(highs) == len(limits) else None
    if type(kind) is t.Integer:
        low = -(1 << 63) if kind.minimum is None else kind.minimum
        high = (1 << 63) - 1 if kind.maximum is None else kind.maximum
        lengths = len(str(low)), len(str(high))
        return 1 if low < 0 <= high else min(lengths), max(lengths)
    return (2, None) if type(kind) in (t.Arr, t.Tup, t.Obj, t.Disc) else (0, None)


def _object(c: Checker, node: s.Object) -> Type:
    wrong = _duplicates(c, node)
    props: dict[str, t.Prop] = {}
    extras: list[Type] = []
    for item in node.items:
        kind = type(item)
        if kind is s.Property:
            wrong = _add_property(c, item, props, extras) or wrong
        elif kind is s.Spread:
            wrong = _add_spread(c, item, props, extras) or wrong
        elif kind is s.Skipped:
            wrong = True
    if wrong:
        return t.ERROR
    return t.Obj("object", props, t.Prop(t.union(extras)) if extras else None)


def _duplicates(c: Checker, node: s.Object) -> bool:
    seen: dict[str, s.Property] = {}
    wrong = False
    for item in node.items:
        if type(item) is s.Property and item.name is not None:
            first = seen.setdefault(item.name, item)
            if first is not item:
                c.report("BCP025", *key_at(first), item.name)
                c.report("BCP025", *key_at(item), item.name)
                wrong = True
    return wrong


def _add_property(c: Checker, item: s.Property, props: dict[str, t.Prop], extras: list[Type]) -> bool:
    wrong = False
    if item.name is None and item.key is not None:
        wrong = type_of(c, item.key) is t.ERROR
    kind = type_of(c, item.value)
    if item.name is None:
        extras.append(kind)
    else:
        props[item.name] = t.Prop(kind, t.REQUIRED)
    return wrong or kind is t.ERROR


def _add_spread(c: Checker, item: s.Spread, props: dict[str, t.Prop], extras: list[Type]) -> bool:
    kind = type_of(c, item.value)
    if kind is t.ERROR:
        return True
    if not assignable(kind, t.OBJECT):
        c.error("BCP402", item, "object")
        return True
    body = force(kind.body) if type(kind) in (t.Res, t.Mod, t.ScopeRef) else kind
    if type(body) is t.Obj:
        props.update(body.props)
        if body.extra is not None:
            extras.append(force(body.extra.type))
    else:
        extras.append(t.ANY)
    return False


def _array(c: Checker, node: s.Array) -> Type:
    items: list[Type] = []
    loose: list[Type] = []
    for item in node.items:
        spread = type(item) is s.Spread
        kind = type_of(c, item.value if spread else item)
        if spread and kind is not t.ERROR and not assignable(kind, t.ARRAY):
            kind = c.error("BCP402", item, "array")
        if not spread or kind is t.ERROR:
            items.append(kind)
        elif type(kind) is t.Tup:
            items.extend(force(one) for one in kind.items)
        else:
            loose.append(t.item_of(kind) if type(kind) is t.Arr else t.ANY)
    if t.ERROR in items:
        return t.ERROR
    return t.Arr(t.union([*items, *loose])) if loose else t.Tup(tuple(items))


def _ternary(c: Checker, node: s.Ternary) -> Type:
    test, then, other = type_of(c, node.test), type_of(c, node.then), type_of(c, node.other)
    if t.ERROR in (test, then, other):
        return t.ERROR
    rest = assignable_without_null(test, t.BOOL)
    if rest is not None:
        c.report("BCP321", node.test.at, node.test.end, "bool", type_name(test), level="warning")
        test = rest
    if not assignable(test, t.BOOL):
        return c.error("BCP046", node.test, "bool")
    if type(test) is t.BoolLit:
        return then if test.value else other
    return t.collapse_or_union((then, other))


def _binary(c: Checker, node: s.Binary) -> Type:
    left, right = type_of(c, node.left), type_of(c, node.right)
    if left is t.ERROR or right is t.ERROR:
        return t.ERROR
    found = binary(node.operator, left, right)
    if found is None:
        found = _in_branch(c, node, left, right)
    elif node.operator in ("/", "%") and type(right) is t.IntLit and right.value == 0:
        return c.error("BCP410", node)
    return found or c.error("BCP045", node, node.operator, type_name(left), type_name(right))


def _in_branch(c: Checker, node: Node, left: Type, right: Type) -> Type | None:
    """Inside a branch of ``?:`` null may have been asked for: then it only warns."""
    lesser, other = t.without_null(left), t.without_null(right)
    if (lesser is None and other is None) or not _inside_branch(c, node):
        return None
    found = binary(node.operator, left if lesser is None else lesser, right if other is None else other)
    if found is not None:
        for side, rest, whole in ((node.left, lesser, left), (node.right, other, right)):
            if rest is not None:
                parts = type_name(rest), type_name(whole), c.tree.source(side)
                c.report("BCP321", node.at, node.end, *parts, level="warning")
    return found


def _inside_branch(c: Checker, node: Node) -> bool:
    parent = c.parent(node)
    while parent is not None:
        if type(parent) is s.Ternary and node is not parent.test:
            return True
        node, parent = parent, c.parent(parent)
    return False


def _unary(c: Checker, node: s.Unary) -> Type:
    operand = type_of(c, node.operand)
    if operand is t.ERROR:
        return t.ERROR
    found = unary(node.operator, operand)
    if found is None:
        rest = t.without_null(operand)
        if rest is not None and _inside_branch(c, node):
            found = unary(node.operator, rest)
            if found is not None:
                c.report("BCP321", node.at, node.end, type_name(rest), type_name(operand), level="warning")
    return found or c.error("BCP044", node, node.operator, type_name(operand))


def _for(c: Checker, node: s.For) -> Type:
    source, body = type_of(c, node.source), type_of(c, node.body)
    if source is t.ERROR or body is t.ERROR:
        return t.ERROR
    if not assignable(source, t.ARRAY):
        if assignable_without_null(source, t.ARRAY) is None:
            return c.error("BCP137", node.source, type_name(source))
        c.report("BCP321", node.source.at, node.source.end, "array", type_name(source), level="warning")
    return t.Arr(body)


def _if(c: Checker, node: s.If) -> Type:
    test = type_of(c, node.condition)
    if test is not t.ERROR and not assignable(test, t.BOOL):
        if assignable_without_null(test, t.BOOL) is None:
            c.error("BCP046", node.condition, "bool")
        else:
            c.report("BCP321", node.condition.at, node.condition.end, "bool", type_name(test), level="warning")
    return type_of(c, node.body)


def _lambda(c: Checker, node: s.Lambda) -> Type:
    parameters = tuple(lambda_argument(c, node, at) for at in range(len(node.parameters)))
    return t.Func(parameters, len(parameters), type_of(c, node.body))


def _non_null(c: Checker, node: s.NonNull) -> Type:
    base = type_of(c, node.base)
    rest = t.without_null(base)
    return base if rest is None else rest


# ---- names ---------------------------------------------------------------------------------------------------------


def _variable(c: Checker, node: s.Variable) -> Type:
    symbol = c.symbol(node)
    if symbol is None:
        return _global(c, node)
    cyclic = cycle_error(c, node, symbol)
    if cyclic is not None:
        return cyclic
    return _declared_value(c, node, symbol)


def _declared_value(c: Checker, node: s.Variable, symbol: Symbol) -> Type:
    if symbol.kind == "type":
        return c.error("BCP288", node, node.name)
    if symbol.kind == "test":
        return c.error("BCP062", node, node.name)
    if symbol.kind in ("func", "assert", "assignment"):
        return c.error("BCP063", node, node.name)
    found = symbol_type(c, symbol)
    if found is t.ERROR:
        return c.error("BCP062", node, node.name)
    return c.error("BCP288", node, node.name) if type(found) is t.TypeType else found


def cycle_error(c: Checker, node: Node, symbol: Symbol) -> Type | None:
    """Report the use of a declaration that lies on a cycle: on the cycle itself, or from outside it."""
    if symbol.cycle is None:
        return None
    at = node.end - 1 if type(node) is s.ResourceAccess else node.at
    if not any(_inside(node, one.node) for one in symbol.cycle):
        c.report("BCP062", node.at, node.end, symbol.name)
    elif len(symbol.cycle) == 1:
        c.report("BCP079", at if type(node) is s.ResourceAccess else node.at, node.end)
    else:
        c.report("BCP080", node.at, node.end, '" -> "'.join(one.name for one in symbol.cycle))
    return t.ERROR


def _inside(node: Node, outer: Node) -> bool:
    return bool(outer.at <= node.at < outer.end)


def _global(c: Checker, node: s.Variable) -> Type:
    name = node.name
    if name in ("sys", "az"):
        return t.Namespace(name, {}, {}, SYS_TYPES if name == "sys" else {})
    if name in AMBIENT or name in RESOURCE_TYPES[1:]:
        return c.error("BCP288", node, name)
    if name in f.BANNED:
        return _banned(c, node.at, node.end, name)
    decorates = type(c.parent(node)) is s.Decorator and name in f.DECORATORS
    if decorates or f.is_known("sys", name) or f.is_known("az", name):
        return c.error("BCP063", node, name)
    return missing(c, node.at, node.end, name, (*AMBIENT, *RESOURCE_TYPES[1:]))


def _banned(c: Checker, at: int, end: int, name: str) -> Type:
    word = f.BANNED[name]
    if word.startswith("BCP"):
        c.report(word, at, end)
    else:
        c.report("BCP069", at, end, name, word)
    return t.ERROR


def missing(c: Checker, at: int, end: int, name: str, candidates: tuple[str, ...]) -> Type:
    """Report a name that is not bound to anything, with the near one among the candidates."""
    near = suggest(name, sorted(candidates, key=str.lower))
    if near is None:
        c.report("BCP057", at, end, name)
    else:
        c.report("BCP082", at, end, name, near)
    return t.ERROR


def symbol_type(c: Checker, symbol: Symbol) -> Type:
    """Give the type of what a name is bound to; the error type where its declaration is not valid."""
    key = id(symbol)
    found = c.symbol_types.get(key)
    if found is None:
        c.symbol_types[key] = t.ANY
        found = c.symbol_types[key] = _SYMBOLS[symbol.kind](c, symbol)
    return found


def _param_symbol(c: Checker, symbol: Symbol) -> Type:
    from amlctl.bicep.checks.statements import parameter_type

    return parameter_type(c, symbol.node)


def _var_symbol(c: Checker, symbol: Symbol) -> Type:
    node = symbol.node
    if node.type is None:
        return type_of(c, node.value)
    return decorated(c, value_type(c, node.type), node)


def _resource_symbol(c: Checker, symbol: Symbol) -> Type:
    found = declared_resource(c, symbol.node)
    if found is t.ERROR:
        return found
    if symbol.cycle is None:
        found = narrowed_resource(c, symbol.node, found)
    return t.Arr(found) if symbol.is_collection else found


def _module_symbol(c: Checker, symbol: Symbol) -> Type:
    from amlctl.bicep.checks.modules import declared_module

    found = declared_module(c, symbol.node)
    return t.Arr(found) if found is not t.ERROR and symbol.is_collection else found


def _item_symbol(c: Checker, symbol: Symbol) -> Type:
    source = type_of(c, symbol.node.source)
    return t.item_of(source) if type(source) in (t.Arr, t.Tup) else t.ANY


def _index_symbol(c: Checker, symbol: Symbol) -> Type:
    source = type_of(c, symbol.node.source)
    most = t.length_limits(source)[1] if type(source) in (t.Arr, t.Tup) else None
    return t.Integer(0, most - 1 if most else MAX_COPY_INDEX)


def _argument_symbol(c: Checker, symbol: Symbol) -> Type:
    node = symbol.node
    if type(node) is s.TypedName:
        return force(value_type(c, node.type))
    at = next((at for at, name in enumerate(node.parameters) if name.at == symbol.name_at), 0)
    return lambda_argument(c, node, at)


_SYMBOLS: dict[str, Callable[[Checker, Symbol], Type]] = {
    "param": _param_symbol,
    "var": _var_symbol,
    "resource": _resource_symbol,
    "module": _module_symbol,
    "assignment": lambda c, symbol: type_of(c, symbol.node.value),
    "item": _item_symbol,
    "index": _index_symbol,
    "argument": _argument_symbol,
    "import": lambda c, symbol: c.session.imported(c, symbol),
    "wildcard": lambda c, symbol: c.session.imported(c, symbol),
    "extension": lambda c, symbol: c.session.imported(c, symbol),
    "output": lambda c, symbol: decorated(c, value_type(c, symbol.node.type), symbol.node),
}

_INFER: dict[type, Callable[[Checker, Any], Type]] = {
    s.String: _string,
    s.Interpolated: _interpolated,
    s.Int: lambda _, node: t.IntLit(node.value) if node.value < 1 << 63 else t.INT,
    s.Bool: lambda _, node: t.TRUE if node.value else t.FALSE,
    s.Null: lambda *_: t.NULL,
    s.Object: _object,
    s.Array: _array,
    s.Spread: lambda c, node: type_of(c, node.value),
    s.Ternary: _ternary,
    s.Binary: _binary,
    s.Unary: _unary,
    s.Parens: lambda c, node: type_of(c, node.inner),
    s.For: _for,
    s.If: _if,
    s.Lambda: _lambda,
    s.NonNull: _non_null,
    s.Variable: _variable,
    s.FunctionCall: call,
    s.InstanceCall: instance_call,
    s.PropertyAccess: accessed,
    s.ArrayAccess: accessed,
    s.ResourceAccess: resource_access,
    s.Skipped: lambda *_: t.ERROR,
    s.Name: lambda *_: t.ERROR,
    **dict.fromkeys(
        (s.TypeName, s.TypeGeneric, s.TypeProperty, s.TypeRest, s.TypeIndex, s.TypeItems, s.TypeArray, s.TypeNullable,
         s.TypeNonNull, s.TypeUnion, s.TypeObject, s.TypeTuple, s.TypeResource),
        lambda c, node: force(type_of_syntax(c, node)),
    ),
}  # fmt: skip
