"""Calls: which overload fits, what is wrong with the arguments, what the call gives (FunctionResolver.cs)."""

from __future__ import annotations

from collections.abc import Iterable

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable, assignable_without_null
from amlctl.bicep.checks.bind import DECORATORS, INLINE, PARAM_DEFAULT, Symbol
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.names import suggest
from amlctl.bicep.checks.results import RESULTS, values_of
from amlctl.bicep.checks.types import Type, force
from amlctl.records import NamedTuple

Node = s.Node
Overloads = tuple[f.Overload, ...]
_DECORATOR_CODES = {"param": "BCP125", "var": "BCP126", "resource": "BCP127", "module": "BCP128", "output": "BCP129",
                    "type": "BCP297", "metadata": "BCP269"}  # fmt: skip


class Mismatch(NamedTuple):
    """An argument that does not fit an overload."""

    overload: f.Overload
    at: int
    found: Type
    wanted: Type


# ---- f(...) --------------------------------------------------------------------------------------------------------


def call(c: Checker, node: s.FunctionCall) -> Type:
    """Give the type of ``f(...)``: a declared or imported function, or one of ``sys`` and ``az``."""
    from amlctl.bicep.checks.infer import cycle_error, type_of

    symbol = c.symbol(node)
    if symbol is not None:
        cyclic = cycle_error(c, node, symbol)
        if cyclic is not None:
            return cyclic
    found = resolve(c, node)
    kinds = [type_of(c, argument) for argument in node.arguments]
    if found is None:
        return t.ERROR
    return _result(c, node, found, kinds, (node.at + 1, node.end))


def resolve(c: Checker, node: s.FunctionCall) -> Overloads | None:
    """Give the overloads that a call means; None where it means none, which is reported."""
    symbol = c.symbol(node)
    if symbol is not None:
        return _of_symbol(c, node, symbol)
    where = c.binding.where.get(id(node), INLINE)
    if node.name in ("sys", "az"):
        c.report("BCP059", node.at, node.at + 1, node.name)
        return None
    found = _of_namespace(c, "", node.name, node.at, where)
    if found is not None:
        return found
    _unknown(c, node, where)
    return None


def _of_symbol(c: Checker, node: s.FunctionCall, symbol: Symbol) -> Overloads | None:
    if symbol.kind == "func":
        return declared_function(c, symbol.node)
    if symbol.kind == "import":
        found = c.session.imported(c, symbol)
        if type(found) is f.Overload:
            return (found,)
        if found is t.ERROR:
            return None
        if found is t.ANY:
            return (f.parse_signature("", "(...argument: any 0) -> any"),)
    decorator = c.binding.where.get(id(node), INLINE) in DECORATORS and node.name in f.DECORATORS
    for space in ("sys", "az"):
        if f.is_known(space, node.name) or (decorator and space == "sys"):
            c.report("BCP265", node.at, node.at + 1, node.name, f"{space}.{node.name}")
            return None
    c.report("BCP059", node.at, node.at + 1, node.name)
    return None


def _unknown(c: Checker, node: s.FunctionCall, where: str) -> None:
    from amlctl.bicep.checks.infer import missing

    if node.name:
        missing(c, node.at, node.at + 1, node.name, (*f.SYS, *f.AZ, *(f.DECORATORS if where in DECORATORS else ())))


_HANDLED: Overloads = ()


def _of_namespace(c: Checker, space: str, name: str, at: int, where: str) -> Overloads | None:
    """Give the overloads of a namespace's function; an empty tuple: a fault was reported; None: there is none."""
    if space != "az" and name in f.BANNED:
        word = f.BANNED[name]
        if word.startswith("BCP"):
            c.report(word, at, at + 1)
        else:
            c.report("BCP069", at, at + 1, name, word)
        return _HANDLED
    decorator = f.DECORATORS.get(name) if where in DECORATORS and space != "az" else None
    if decorator is not None:
        return _decorator(c, name, decorator, at, where)
    for one in ("sys", "az") if not space else (space,):
        found = f.overloads(one, name)
        if found:
            return _placed(c, name, found, at, where)
    return None


def _decorator(c: Checker, name: str, decorator: f.Decorator, at: int, where: str) -> Overloads:
    if where != "any decorator" and where not in decorator.targets:
        c.report(_DECORATOR_CODES.get(where, "BCP152"), at, at + 1, name)
        return _HANDLED
    return (f.parse_signature(name, decorator.signature),)


def _placed(c: Checker, name: str, found: Overloads, at: int, where: str) -> Overloads:
    """Look whether the function may stand here (SymbolValidator.ResolveFunctionFlags)."""
    flags = found[0].flags
    code = ""
    if "default" in flags and where != PARAM_DEFAULT:
        code = "BCP065"
    elif "inline" in flags and where != INLINE:
        code = "BCP066"
    elif where in DECORATORS:
        code = "BCP152"
    if code:
        c.report(code, at, at + 1, name)
        return _HANDLED
    return tuple(one for one in found if c.target & f.AT_SCOPES.get((name, len(one.parameters)), 15))


def declared_function(c: Checker, node: s.Function) -> Overloads | None:
    """Give the signature of a ``func`` declaration; None where it is not valid."""
    from amlctl.bicep.checks.statements import function_type

    found = function_type(c, node)
    if found is t.ERROR:
        return None
    parameters = tuple(
        f.Parameter(own.name.text, force(kind)) for own, kind in zip(node.parameters, found.parameters, strict=False)
    )
    return (f.Overload(node.name.text, parameters, len(parameters), None, force(found.result), frozenset()),)


# ---- base.f(...) ---------------------------------------------------------------------------------------------------


def instance_call(c: Checker, node: s.InstanceCall) -> Type:
    """Give the type of ``base.f(...)``: a function of a namespace or a method of a resource."""
    from amlctl.bicep.checks.access import _conditional, unwrapped
    from amlctl.bicep.checks.infer import type_of

    base = type_of(c, node.base)
    if base is t.ERROR:
        return t.ERROR
    if _conditional(c, node.base) is not None:
        c.report("BCP422", node.name_at, node.name_at + 1, type_name(base), level="warning")
    body = unwrapped(base)
    if body is t.ANY and _is_elsewhere(c, node.base):
        for argument in node.arguments:
            type_of(c, argument)
        return t.ANY
    if body is t.ANY or type(body) not in (t.Obj, t.Namespace, t.Disc):
        c.report("BCP067", node.name_at, node.name_at + 1, type_name(base))
        return t.ERROR
    kinds = [type_of(c, argument) for argument in node.arguments]
    if not node.name:
        return t.ERROR
    found = _methods(c, node, base, body)
    return t.ERROR if found is None else _result(c, node, found, kinds, (node.name_at + 1, node.end))


def _is_elsewhere(c: Checker, base: Node) -> bool:
    """Tell whether a name stands for all that a file shows which is not there."""
    symbol = c.symbol(base) if type(base) is s.Variable else None
    return symbol is not None and symbol.kind == "wildcard"


def _methods(c: Checker, node: s.InstanceCall, base: Type, body: Type) -> Overloads | None:
    if type(body) is t.Namespace:
        return _namespace_function(c, node, body)
    own = body.methods if type(body) is t.Obj else ()
    named = tuple(one for one in own if one.name == node.name)
    if type(base) is t.Res and f.is_list(node.name):
        return (*named, f.parse_signature(node.name, f.RESOURCE_LIST))
    if named:
        return named
    near = suggest(node.name, sorted({one.name for one in own}, key=str.lower))
    if near is None:
        c.report("BCP109", node.name_at, node.name_at + 1, type_name(base), node.name)
    else:
        c.report("BCP110", node.name_at, node.name_at + 1, type_name(base), node.name, near)
    return None


def _namespace_function(c: Checker, node: s.InstanceCall, space: t.Namespace) -> Overloads | None:
    where = c.binding.where.get(id(node), INLINE)
    if space.name not in ("sys", "az") or space.functions:
        own = space.functions.get(node.name)
        if own is not None:
            return (own,)
        names: Iterable[str] = space.functions
    else:
        found = _of_namespace(c, space.name, node.name, node.name_at, _qualified(c, node, where))
        if found is not None:
            return found or None
        names = (*(f.SYS if space.name == "sys" else f.AZ), *(f.DECORATORS if where in DECORATORS else ()))
    near = suggest(node.name, sorted(names, key=str.lower))
    code = "BCP107" if near is None else "BCP108"
    c.report(code, node.name_at, node.name_at + 1, node.name, space.name, near or "")
    return None


_PLACED = (s.Metadata, s.Resource, s.Module, s.Parameter, s.TypeDeclaration, s.VariableDeclaration, s.Output)


def _qualified(c: Checker, node: s.InstanceCall, where: str) -> str:
    """Say where a decorator with its namespace stands: on parts of types and on functions any of them may stand.

    TypeAssignmentVisitor.GetSymbolForDecorator knows the place of these seven declarations alone.
    """
    decorator = c.parent(node)
    if where not in DECORATORS or type(decorator) is not s.Decorator:
        return where
    return where if type(c.parent(decorator)) in _PLACED else "any decorator"


# ---- overloads -----------------------------------------------------------------------------------------------------


def _result(c: Checker, node: Node, found: Overloads, kinds: list[Type], span: tuple[int, int]) -> Type:
    if not found:
        return t.ERROR
    wrong = t.ERROR in kinds
    recovered = [t.ANY if kind is t.ERROR else kind for kind in kinds]
    matches, mismatches, counts = match(found, recovered)
    if not matches:
        loosened = _without_null(mismatches, recovered)
        if loosened is not None:
            return _result(c, node, found, loosened, span)
        _report_mismatch(c, node, mismatches, counts, len(kinds), span)
        return t.ERROR
    if wrong:
        return t.ERROR
    if len(matches) > 1:
        return t.ANY
    return _chosen(c, node, matches[0], recovered)


def match(
    found: Iterable[f.Overload], kinds: list[Type]
) -> tuple[list[f.Overload], list[Mismatch], list[tuple[int, int | None]]]:
    """Give the overloads that fit; else what keeps each of them from it."""
    maybe: list[f.Overload] = []
    mismatches: list[Mismatch] = []
    counts: list[tuple[int, int | None]] = []
    for overload in found:
        most = overload.most
        if len(kinds) < overload.least or (most is not None and len(kinds) > most):
            counts.append((overload.least, most))
            continue
        wrong = None if all(kind is t.ANY for kind in kinds) else _first_wrong(overload, kinds)
        if wrong is not None:
            mismatches.append(wrong)
        elif t.ANY in kinds:
            maybe.append(overload)
        else:
            return [overload], [], []
    plain = [one for one in maybe if not f.is_list(one.name)]
    return plain or maybe, mismatches, counts


def _first_wrong(overload: f.Overload, kinds: list[Type]) -> Mismatch | None:
    for at, kind in enumerate(kinds):
        wanted = parameter_type(overload, at)
        if not assignable(kind, wanted):
            return Mismatch(overload, at, kind, wanted)
    return None


def parameter_type(overload: f.Overload, at: int, item: Type = t.ANY) -> Type:
    """Give the type of the argument at a place; ``item`` is what a lambda works on."""
    parameter = overload.parameters[at] if at < len(overload.parameters) else overload.rest
    kind = parameter.type if parameter is not None else t.ANY
    return lambda_shape(kind, item) if isinstance(kind, str) else kind


def lambda_shape(word: str, item: Type) -> t.Func:
    """Give the type of the lambda that a function takes, for items of a type."""
    if word == "lambda-filter":
        return t.Func((item, t.INT), 1, t.BOOL)
    if word == "lambda-map":
        return t.Func((item, t.INT), 1, t.ANY)
    if word == "lambda-sort":
        return t.Func((item, item), 2, t.BOOL)
    if word == "lambda-reduce":
        return t.Func((t.ANY, item, t.INT), 2, t.ANY)
    return t.Func((item,), 1, t.STRING if word == "lambda-key" else t.ANY)


def _without_null(mismatches: list[Mismatch], kinds: list[Type]) -> list[Type] | None:
    for wrong in mismatches:
        rest = assignable_without_null(wrong.found, wrong.wanted)
        if rest is not None:
            return [rest if at == wrong.at else kind for at, kind in enumerate(kinds)]
    return None


def _report_mismatch(
    c: Checker, node: Node, mismatches: list[Mismatch], counts: list[tuple[int, int | None]], given: int,
    span: tuple[int, int],
) -> None:  # fmt: skip
    if len(mismatches) > 1 and len({wrong.at for wrong in mismatches}) == 1:
        argument = node.arguments[mismatches[0].at]
        wanted = ", ".join(f'"{type_name(wrong.wanted)}"' for wrong in mismatches)
        c.report("BCP048", argument.at, argument.end, type_name(mismatches[0].found), wanted)
    elif mismatches:
        wrong = max(mismatches, key=lambda one: one.at)
        argument = node.arguments[wrong.at]
        c.report("BCP070", argument.at, argument.end, type_name(wrong.found), type_name(wrong.wanted))
    elif counts:
        least = min(low for low, _ in counts)
        highs = [high for _, high in counts]
        most = None if None in highs else max(high for high in highs if high is not None)
        c.report("BCP071", *span, _expected(least, most), given)


def _expected(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least} {'argument' if least == 1 else 'arguments'}"
    if least == most:
        return f"{least} {'argument' if least == 1 else 'arguments'}"
    return f"{least} to {most} arguments"


def _chosen(c: Checker, node: Node, overload: f.Overload, kinds: list[Type]) -> Type:
    from amlctl.bicep.checks.constants import require_constant
    from amlctl.bicep.checks.narrow import narrow

    item = t.item_of(kinds[0]) if kinds and type(kinds[0]) in (t.Arr, t.Tup) else t.ANY
    for at, argument in enumerate(node.arguments):
        parameter = overload.parameters[at] if at < len(overload.parameters) else overload.rest
        if parameter is not None and parameter.constant:
            require_constant(c, argument)
        narrow(c, argument, parameter_type(overload, at, item))
    special = RESULTS.get(overload.name)
    return overload.result if special is None else special(c, node, overload, kinds)


# ---- lambdas -------------------------------------------------------------------------------------------------------


def lambda_argument(c: Checker, node: s.Lambda, at: int) -> Type:
    """Give the type of a lambda's parameter from the call that the lambda is an argument of."""
    from amlctl.bicep.checks.infer import type_of

    outer = c.parent(node)
    if type(outer) not in (s.FunctionCall, s.InstanceCall) or not outer.arguments or outer.arguments[0] is node:
        return t.ANY
    place = next((n for n, argument in enumerate(outer.arguments) if argument is node), 0)
    shapes = {one.parameters[place].type for one in f.overloads("sys", outer.name) if place < len(one.parameters)}
    word = next((shape for shape in shapes if isinstance(shape, str)), None) if len(shapes) == 1 else None
    if word is None:
        return t.ANY
    source = type_of(c, outer.arguments[0])
    item = t.ANY
    if type(source) in (t.Arr, t.Tup):
        item = t.item_of(source)
    elif word == "lambda-values" and type(source) is t.Obj:
        item = values_of(source)
    parameters = lambda_shape(word, item).parameters
    return parameters[at] if at < len(parameters) else t.ANY
