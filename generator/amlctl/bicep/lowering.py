"""Syntax to ARM's expression tree, and values to JSON: every construct of the language that is not a resource's.

Source: Intermediate/ExpressionBuilder.cs, Emit/ExpressionConverter.cs, Emit/ExpressionEmitter.cs. References to
resources and modules are lowered by ``access``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from amlctl.arm.tree import Access, Call, Expression, Integer, Text, escape, print_value
from amlctl.bicep import syntax
from amlctl.bicep.binder import LOAD_FUNCTIONS
from amlctl.bicep.symbols import (
    ARGUMENT,
    ASSIGNMENT,
    EXTENSION,
    FUNCTION,
    IMPORT,
    INDEX,
    ITEM,
    LAMBDA,
    MODULE,
    PARAMETER,
    RESOURCE,
    VARIABLE,
    WILDCARD,
    Symbol,
)
from amlctl.bicep.values import (
    FALSE,
    NULL,
    TRUE,
    Unsupported,
    as_call,
    as_value,
    integer,
    last_name,
    literal_expression,
    literal_value,
)

if TYPE_CHECKING:
    from amlctl.bicep.unit import Unit

Node = syntax.Node
Replacements = dict[tuple[int, str], Expression]
"""What stands in the place of loop variables: by the loop's first token and the variable's kind."""

_BINARY = {
    "||": "or", "&&": "and", "==": "equals", "<": "less", "<=": "lessOrEquals", ">": "greater",
    ">=": "greaterOrEquals", "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "??": "coalesce",
}  # fmt: skip
SAFE_FUNCTIONS = frozenset(("tryGet", "tryIndexFromEnd"))
NAMESPACES = frozenset(("sys", "az"))
_GROUP_FUNCTIONS = frozenset(("resourceGroup", "subscription", "managementGroup"))


class Lowering:
    """Lowers nodes of one file. ``replacements`` stand for loop variables that are out of reach where it is put."""

    __slots__ = ("replacements", "unit")

    def __init__(self, unit: Unit, replacements: Replacements | None = None) -> None:
        self.unit = unit
        self.replacements = replacements or {}

    # --- expressions ---

    def expression(self, node: Node) -> Expression:
        """Lower a node to one expression."""
        lower = _EXPRESSIONS.get(type(node))
        if lower is None:
            raise Unsupported(node, f"A {type(node).__name__.lower()} cannot stand inside an expression.")
        return lower(self, node)

    def arguments(self, nodes: Iterable[Node]) -> tuple[Expression, ...]:
        """Lower several nodes."""
        return tuple([self.expression(node) for node in nodes])

    def integer(self, node: syntax.Int) -> Expression:
        """Lower an integer; ARM reads 32 bits only, larger ones go through ``json()``."""
        return integer(node.value)

    def interpolated(self, node: syntax.Interpolated) -> Expression:
        """Lower a string with holes to ``format``."""
        texts = node.texts
        parts = [text.replace("{", "{{").replace("}", "}}") for text in texts]
        pattern = parts[0] + "".join(f"{{{at}}}{part}" for at, part in enumerate(parts[1:]))
        return Call("format", (Text(pattern), *self.arguments(node.values)))

    def inner(self, node: Node) -> Expression:
        """Lower what vanishes: parentheses and ``!``."""
        return self.expression(node[2])

    def unary(self, node: syntax.Unary) -> Expression:
        """Lower ``!x`` and ``-x``; a negative literal stays a literal."""
        if node.operator == "!":
            return Call("not", (self.expression(node.operand),))
        if type(node.operand) is syntax.Int:
            return integer(-node.operand.value)
        return Call("sub", (Integer(0), self.expression(node.operand)))

    def binary(self, node: syntax.Binary) -> Expression:
        """Lower an operator to its function."""
        left, right = self.expression(node.left), self.expression(node.right)
        name = _BINARY.get(node.operator)
        if name is not None:
            return Call(name, (left, right))
        if node.operator in ("=~", "!~"):
            left, right = Call("toLower", (left,)), Call("toLower", (right,))
        equal = Call("equals", (left, right))
        return equal if node.operator == "=~" else Call("not", (equal,))

    def ternary(self, node: syntax.Ternary) -> Expression:
        """Lower ``c ? a : b``."""
        return Call("if", (self.expression(node.test), self.expression(node.then), self.expression(node.other)))

    def array(self, node: syntax.Array) -> Expression:
        """Lower an array inside an expression."""
        if any(type(item) is syntax.Spread for item in node.items):
            return self.spread_array(node)
        return Call("createArray", self.arguments(node.items))

    def spread_array(self, node: syntax.Array) -> Expression:
        """Lower an array with ``...`` to ``flatten`` over its chunks."""
        chunks: list[Expression] = []
        run: list[Expression] = []
        for item in node.items:
            if type(item) is syntax.Spread:
                if run:
                    chunks.append(Call("createArray", tuple(run)))
                    run = []
                chunks.append(self.expression(item.value))
            else:
                run.append(self.expression(item))
        if run:
            chunks.append(Call("createArray", tuple(run)))
        return Call("flatten", (Call("createArray", tuple(chunks)),))

    def object(self, node: syntax.Object) -> Expression:
        """Lower an object inside an expression."""
        if any(type(item) is syntax.Spread for item in node.items):
            return self.spread_object(node)
        return Call("createObject", self.members(node.items))

    def members(self, items: Iterable[Node]) -> tuple[Expression, ...]:
        """Keys and values of properties, one after the other."""
        parts: list[Expression] = []
        for item in items:
            parts.append(self.key(item))
            parts.append(self.expression(item.value))
        return tuple(parts)

    def key(self, item: syntax.Property) -> Expression:
        """Lower a property's key."""
        return Text(item.name) if item.name is not None else self.expression(item.key)

    def spread_object(self, node: syntax.Object) -> Expression:
        """Lower an object with ``...`` to ``shallowMerge`` over its chunks."""
        chunks: list[Expression] = []
        run: list[Node] = []
        for item in node.items:
            if type(item) is syntax.Spread:
                if run:
                    chunks.append(Call("createObject", self.members(run)))
                    run = []
                chunks.append(self.expression(item.value))
            elif type(item) is syntax.Property:
                run.append(item)
        if run:
            chunks.append(Call("createObject", self.members(run)))
        return Call("shallowMerge", (Call("createArray", tuple(chunks)),))

    def lambda_(self, node: syntax.Lambda) -> Expression:
        """Lower a lambda."""
        names = [Text(name.text) for name in node.parameters]
        return Call("lambda", (*names, self.expression(node.body)))

    def variable(self, node: syntax.Variable) -> Expression:
        """Lower a name."""
        symbol = self.unit.model.bound.get(node.at)
        if symbol is None and node.name == "base" and self.unit.extended is not None:
            members = [part for name, value in self.unit.extended().items() for part in (Text(name), value)]
            return Call("createObject", tuple(members))
        if symbol is None:
            raise Unsupported(node, f'The name "{node.name}" does not exist in the current context.', "BCP057")
        lower = _NAMES.get(symbol.kind)
        if lower is None:
            raise Unsupported(node, f'The {symbol.kind} "{node.name}" cannot be used as a value.', "BCP063")
        return lower(self, symbol, node)

    def variable_use(self, symbol: Symbol, node: Node) -> Expression:
        """Lower the use of a variable: its value where it is inlined or only names a resource."""
        target = access.target_of(self, node)
        if target is not None:
            return access.whole(target)
        if symbol in self.unit.inlined:
            self.unit.compiler.count_inlining(node)
            return self.expression(symbol.node.value)
        return Call("variables", (Text(self.unit.variable_name(symbol)),))

    def assignment_use(self, symbol: Symbol, node: Node) -> Expression:
        """Lower the use of another parameter of a parameters file."""
        if symbol in self.unit.inlined:
            return self.expression(symbol.node.value)
        return Call("parameters", (Text(symbol.name),))

    def reference_use(self, symbol: Symbol, node: Node) -> Expression:
        """Lower a whole resource or module."""
        target = access.target_of(self, node)
        assert target is not None
        return access.whole(target)

    def loop_use(self, symbol: Symbol, node: Node) -> Expression:
        """Lower the item or the index of a loop."""
        loop = symbol.node
        replaced = self.replacements.get((loop.at, symbol.kind))
        if replaced is not None:
            return replaced
        name = self.unit.copy_name(loop)
        index = Call("copyIndex", (Text(name),)) if name is not None else Call("copyIndex")
        return index if symbol.kind == INDEX else Access(as_call(self.expression(loop.source)), index)

    def function_call(self, node: syntax.FunctionCall) -> Expression:
        """Lower a call of a built-in, a user's or an imported function."""
        symbol = self.unit.model.bound.get(node.at)
        if symbol is not None and symbol.kind in (FUNCTION, IMPORT):
            return Call(self.unit.function_name(symbol), self.arguments(node.arguments))
        return self.built_in(node)

    def instance_call(self, node: syntax.InstanceCall) -> Expression:
        """Lower ``sys.f()``, ``import.f()`` and methods of resources."""
        symbol = self.unit.model.symbol_of(node.base)
        if symbol is not None and symbol.kind == WILDCARD:
            return Call(self.unit.wildcard_function(symbol, node.name), self.arguments(node.arguments))
        if symbol is None and type(node.base) is syntax.Variable:
            if node.base.name not in NAMESPACES:
                raise _unknown_base(node.base)
            return self.built_in(node)
        return access.method(self, node)

    def built_in(self, node: Node) -> Expression:
        """Lower a call of a function of ``sys`` or ``az``."""
        result = self.special_result(node)
        if result is not None:
            return result
        if node.name == "any" and len(node.arguments) == 1:
            return self.expression(node.arguments[0])
        return Call(node.name, self.arguments(node.arguments))

    def special_result(self, node: Node) -> Expression | None:
        """Lower a call whose result the compiler knows: loaded files, ``nameof``, scopes used as values."""
        name = node.name
        if name in LOAD_FUNCTIONS:
            variable = self.unit.model.load_calls.get(node.at)
            if variable is not None and variable[1] is node:
                return Call("variables", (Text(self.unit.load_variable(variable[0])),))
            return literal_expression(self.unit.load(node))
        if name == "nameof" and len(node.arguments) == 1:
            return Text(last_name(node.arguments[0]))
        if name in _GROUP_FUNCTIONS and node.arguments:
            return Call("createObject")
        return None

    def property_access(self, node: syntax.PropertyAccess) -> Expression:
        """Lower ``base.name``."""
        symbol = self.unit.model.symbol_of(node.base)
        if symbol is not None and symbol.kind == WILDCARD:
            return Call("variables", (Text(self.unit.wildcard_variable(symbol, node.name)),))
        return access.property_of(self, node)

    def array_access(self, node: syntax.ArrayAccess) -> Expression:
        """Lower ``base[index]``."""
        return access.element_of(self, node)

    def resource_access(self, node: syntax.ResourceAccess) -> Expression:
        """Lower ``parent::child``."""
        target = access.target_of(self, node)
        if target is None:
            raise Unsupported(node, f'The resource "{node.name}" does not exist here.', "BCP159")
        return access.whole(target)

    def accessed(self, node: Node, base: Expression, key: Expression, from_end: bool = False) -> Expression:
        """Apply one access to a lowered base: safe, chained behind a safe one, from the end, or plain."""
        if node.safe:
            return Call("tryIndexFromEnd" if from_end else "tryGet", (base, key))
        if type(base) is Call and base.name in SAFE_FUNCTIONS and self.is_access(node.base):
            if from_end:
                key = Call("createObject", (Text("value"), key, Text("fromEnd"), TRUE))
            return Call(base.name, (*base.arguments, key))
        if from_end:
            return Call("indexFromEnd", (base, key))
        return Access(as_call(base), key)

    def is_access(self, node: Node) -> bool:
        """Tell whether a base is an access itself, seen through ``!`` and ``any()`` but not through parentheses."""
        while True:
            kind = type(node)
            if kind in (syntax.PropertyAccess, syntax.ArrayAccess):
                return True
            if kind is syntax.NonNull:
                node = node.base
            elif self.is_any(node):
                node = node.arguments[0]
            else:
                return False

    def is_any(self, node: Node) -> bool:
        """Tell whether a node is ``any(x)``."""
        return (
            type(node) in (syntax.FunctionCall, syntax.InstanceCall)
            and node.name == "any"
            and len(node.arguments) == 1
            and node.at not in self.unit.model.bound
        )

    # --- values ---

    def seen_through(self, node: Node) -> Node:
        """Pass over what has no form of its own: parentheses, ``!``, ``any()``, variables that are inlined."""
        while True:
            kind = type(node)
            if kind in (syntax.Parens, syntax.NonNull):
                node = node[2]
            elif kind is syntax.Variable:
                symbol = self.unit.model.bound.get(node.at)
                if symbol is None or symbol not in self.unit.inlined or symbol.kind == RESOURCE:
                    return node
                if access.target_of(self, node) is not None:
                    return node
                node = symbol.node.value
            elif self.is_any(node):
                node = node.arguments[0]
            else:
                return node

    def value(self, node: Node) -> Any:
        """Lower a node to JSON: literals as themselves, everything else as one expression string."""
        make = _VALUES.get(type(node))
        if make is not None:
            return make(self, node)
        node = self.seen_through(node)
        make = _VALUES.get(type(node))
        if make is not None:
            return make(self, node)
        if type(node) in (syntax.FunctionCall, syntax.InstanceCall):
            literal = self.literal_call(node)
            if literal is not None:
                return literal[0]
        return as_value(self.expression(node))

    def literal_call(self, node: Node) -> tuple[Any] | None:
        """The JSON value of a call that is a literal where it stands as a whole value."""
        if node.at in self.unit.model.bound:
            return None
        if node.name in _GROUP_FUNCTIONS and node.arguments:
            return ({},)
        if node.name in LOAD_FUNCTIONS:
            variable = self.unit.model.load_calls.get(node.at)
            if variable is None or variable[1] is not node:
                return (literal_value(self.unit.load(node)),)
        return None

    def integer_value(self, node: syntax.Int) -> int:
        """An integer as JSON."""
        return node.value

    def unary_value(self, node: syntax.Unary) -> Any:
        """A negative literal as JSON, another operation as an expression."""
        if node.operator == "-" and type(node.operand) is syntax.Int:
            return -node.operand.value
        return as_value(self.unary(node))

    def array_value(self, node: syntax.Array) -> Any:
        """An array as JSON; one with ``...`` is an expression."""
        if any(type(item) is syntax.Spread for item in node.items):
            return as_value(self.spread_array(node))
        values = [self.value(item) for item in node.items]
        if self.unit.places is not None:
            for at, item in enumerate(node.items):
                self.unit.note(values, at, item)
        return values

    def object_value(self, node: syntax.Object) -> Any:
        """An object as JSON; one with ``...`` is an expression."""
        if any(type(item) is syntax.Spread for item in node.items):
            return as_value(self.spread_object(node))
        made: dict[str, Any] = {}
        self.properties(node.items, made)
        return made

    def properties(self, items: Iterable[Node], into: dict[str, Any]) -> None:
        """Write properties: those with loops first, as ``copy``, then the others in source order."""
        loops: list[tuple[Node, Node]] = []
        plain: list[tuple[Node, Node]] = []
        for item in items:
            if type(item) is syntax.Property:
                value = item.value
                while type(value) is syntax.Parens:
                    value = value.inner
                (loops if type(value) is syntax.For else plain).append((item, value))
        if loops:
            copies = [self.copy(item.name, value) for item, value in loops]
            into["copy"] = copies
            if self.unit.places is not None:
                for at, (item, _) in enumerate(loops):
                    self.unit.note(copies, at, item)
        note = self.unit.note if self.unit.places is not None else None
        value_of = self.value
        for item, value in plain:
            name = item.name
            key = print_value(self.expression(item.key)) if name is None else escape(name)
            if key.lower() == "copy":
                key = f"[string('{key}')]"
            into[key] = value_of(value)
            if note is not None:
                note(into, key, item)

    def copy(self, name: str | None, loop: syntax.For) -> dict[str, Any]:
        """Write a loop as ``{name, count, input}``."""
        entry: dict[str, Any] = {} if name is None else {"name": escape(name)}
        entry["count"] = self.count(loop)
        entry["input"] = self.copy_input(loop.body)
        if self.unit.places is not None:
            self.unit.note(entry, "count", loop.source)
            self.unit.note(entry, "input", loop.body)
        return entry

    def count(self, loop: syntax.For) -> str:
        """How often a loop runs."""
        return print_value(Call("length", (self.expression(loop.source),)))

    def copy_input(self, body: Node) -> Any:
        """What a loop makes: objects and strings as they are, everything else as one expression."""
        seen = self.seen_through(body)
        kind = type(seen)
        if kind is syntax.String or (kind is syntax.Object and not any(type(i) is syntax.Spread for i in seen.items)):
            return self.value(seen)
        return print_value(as_call(self.expression(body)))


def _unknown_base(node: syntax.Variable) -> Unsupported:
    if node.name == "this":
        return Unsupported(node, 'The namespace "this" needs ARM\'s experimental language version.', "AML303")
    return Unsupported(node, f'The name "{node.name}" does not exist in the current context.', "BCP057")


_NAMES: dict[str, Callable[[Lowering, Any, Node], Expression]] = {
    PARAMETER: lambda _, symbol, _node: Call("parameters", (Text(symbol.name),)),
    ASSIGNMENT: Lowering.assignment_use,
    VARIABLE: Lowering.variable_use,
    RESOURCE: Lowering.reference_use,
    MODULE: Lowering.reference_use,
    IMPORT: lambda low, symbol, _: Call("variables", (Text(low.unit.imported_name(symbol)),)),
    ITEM: Lowering.loop_use,
    INDEX: Lowering.loop_use,
    LAMBDA: lambda _, symbol, _node: Call("lambdaVariables", (Text(symbol.name),)),
    ARGUMENT: lambda _, symbol, _node: Call("parameters", (Text(symbol.name),)),
    EXTENSION: lambda _, symbol, _node: Call("extensions", (Text(symbol.name),)),
}

_EXPRESSIONS: dict[type, Callable[[Lowering, Any], Expression]] = {
    syntax.Bool: lambda _, node: TRUE if node.value else FALSE,
    syntax.Int: Lowering.integer,
    syntax.Null: lambda _, _node: NULL,
    syntax.String: lambda _, node: Text(node.value),
    syntax.Interpolated: Lowering.interpolated,
    syntax.Variable: Lowering.variable,
    syntax.FunctionCall: Lowering.function_call,
    syntax.InstanceCall: Lowering.instance_call,
    syntax.PropertyAccess: Lowering.property_access,
    syntax.ArrayAccess: Lowering.array_access,
    syntax.ResourceAccess: Lowering.resource_access,
    syntax.NonNull: Lowering.inner,
    syntax.Parens: Lowering.inner,
    syntax.Unary: Lowering.unary,
    syntax.Binary: Lowering.binary,
    syntax.Ternary: Lowering.ternary,
    syntax.Lambda: Lowering.lambda_,
    syntax.Array: Lowering.array,
    syntax.Object: Lowering.object,
}

_VALUES: dict[type, Callable[[Lowering, Any], Any]] = {
    syntax.Bool: lambda _, node: node.value,
    syntax.Int: Lowering.integer_value,
    syntax.Null: lambda _, _node: None,
    syntax.String: lambda _, node: escape(node.value),
    syntax.Unary: Lowering.unary_value,
    syntax.Array: Lowering.array_value,
    syntax.Object: Lowering.object_value,
}

# access lowers references with this class, and this class hands references to it
from amlctl.bicep import access  # noqa: E402
