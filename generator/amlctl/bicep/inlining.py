"""Which variables and existing resources vanish from the template, their value standing at each use.

One decision for each declaration, taken in the order of the source; later findings may overwrite "keep", never
"inline" (Emit/InlineDependencyVisitor.cs).
"""

from __future__ import annotations

from collections.abc import Callable

from amlctl.bicep import syntax
from amlctl.bicep.binder import INFO_PROPERTIES
from amlctl.bicep.model import Model
from amlctl.bicep.symbols import ASSIGNMENT, MODULE, RESOURCE, VARIABLE, ResourceSymbol, Symbol

Node = syntax.Node

_KEEP, _INLINE, _KEEP_FOR_NOW = 0, 1, 2
_RUNTIME_FUNCTIONS = frozenset(
    ("reference", "toLogicalZone", "toLogicalZones", "toPhysicalZone", "toPhysicalZones", "externalInput",
     "readEnvVar", "readCliArg")
)  # fmt: skip


def inlined_symbols(model: Model, has_fixed_shape: Callable[[ResourceSymbol], bool]) -> frozenset[Symbol]:
    """Give the variables, parameter assignments and existing resources that are not emitted.

    ``has_fixed_shape`` tells whether a resource type's body is one object in the type data: those whose body is a
    choice of objects have no properties that could be read at compile time.
    """
    visitor = _Visitor(model, has_fixed_shape)
    for symbol in model.variables:
        visitor.variable(symbol)
    for symbol in model.parameters:
        if symbol.kind == ASSIGNMENT:
            visitor.variable(symbol)
    for resource in model.top_resources:
        visitor.resource(resource)
    return frozenset(
        symbol
        for symbol, decision in visitor.decisions.items()
        if decision == _INLINE and (symbol.kind != RESOURCE or symbol.node.existing)
    )


def is_runtime_function(name: str) -> bool:
    """Tell whether a function's value is only known while the deployment runs."""
    return name in _RUNTIME_FUNCTIONS or (name.startswith("list") and len(name) > 4)


class _Visitor:
    __slots__ = ("current", "decisions", "has_fixed_shape", "model")

    def __init__(self, model: Model, has_fixed_shape: Callable[[ResourceSymbol], bool]) -> None:
        self.model, self.has_fixed_shape = model, has_fixed_shape
        self.decisions: dict[Symbol, int] = {}
        self.current: Symbol | None = None

    def variable(self, symbol: Symbol) -> None:
        if symbol in self.decisions:
            return
        outer, self.current = self.current, symbol
        self.decisions[symbol] = _KEEP
        self.visit(symbol.node.value)
        self.current = outer

    def resource(self, symbol: ResourceSymbol) -> None:
        if symbol in self.decisions:
            return
        if not symbol.existing:
            self.decisions[symbol] = _KEEP_FOR_NOW
        elif self.follows_inlined(symbol):
            self.decisions[symbol] = _INLINE
        else:
            outer, self.current = self.current, symbol
            self.decisions[symbol] = _KEEP
            value = symbol.node.value
            for item in value.items if type(value) is syntax.Object else ():
                if type(item) is syntax.Property and item.name not in ("dependsOn", "parent", "scope"):
                    self.visit(item)
            self.current = outer
        for nested in symbol.nested.values():
            self.resource(nested)

    def follows_inlined(self, symbol: ResourceSymbol) -> bool:
        """Tell whether an existing resource is a child of, or scoped to, one that is inlined."""
        self.decisions[symbol] = _KEEP
        below = False
        for ancestor in symbol.ancestors():
            if ancestor.existing:
                self.decisions.setdefault(ancestor, _KEEP) if ancestor is symbol else self.resource(ancestor)
                below = below or self.decisions[ancestor] == _INLINE
            else:
                below = False
        target = symbol.scope.resource if symbol.scope is not None else None
        if target is not None and target is not symbol:
            self.resource(target)
            below = below or self.decisions[target] == _INLINE
        return below

    def visit(self, node: Node) -> None:
        kind = type(node)
        special = _SPECIAL.get(kind)
        if special is not None:
            special(self, node)
        elif kind in _PLAIN:
            for part in node[2:]:
                if type(part) is tuple:
                    for item in part:
                        self.visit(item)
                elif part is not None:
                    self.visit(part)

    def decided(self) -> bool:
        return self.current is None or self.decisions[self.current] == _INLINE

    def decide(self, decision: int) -> None:
        if self.current is not None:
            self.decisions[self.current] = decision

    def function_call(self, node: syntax.FunctionCall) -> None:
        if node.at not in self.model.bound and not self.decided():
            self.decide(_INLINE if is_runtime_function(node.name) else _KEEP)
        if node.name != "nameof":
            for argument in node.arguments:
                self.visit(argument)

    def instance_call(self, node: syntax.InstanceCall) -> None:
        base = node.base
        symbol = self.model.symbol_of(base)
        namespaced = type(base) is syntax.Variable and symbol is None
        if not self.decided() and (namespaced or symbol is None or symbol.kind in (RESOURCE, MODULE)):
            method = not namespaced
            self.decide(_INLINE if method or is_runtime_function(node.name) else _KEEP)
        if node.name != "nameof" or not namespaced:
            self.visit(base)
            for argument in node.arguments:
                self.visit(argument)

    def variable_access(self, node: syntax.Variable) -> None:
        if self.decided():
            return
        symbol = self.model.bound.get(node.at)
        if symbol is None:
            return
        if symbol.kind in (VARIABLE, ASSIGNMENT):
            self.follow(symbol)
        elif symbol.kind in (RESOURCE, MODULE):
            assert self.current is not None
            if self.decisions[self.current] != _KEEP_FOR_NOW:
                self.decide(_INLINE)

    def follow(self, symbol: Symbol) -> None:
        """Decide about a variable that the current declaration uses: if that is inlined, so is this."""
        owner = self.current
        assert owner is not None
        if symbol not in self.decisions:
            self.variable(symbol)
        inline = self.decisions[owner] == _INLINE or self.decisions[symbol] == _INLINE
        self.decisions[owner] = _INLINE if inline else _KEEP

    def resource_access(self, node: syntax.ResourceAccess) -> None:
        self.visit(node.base)

    def property_access(self, node: syntax.PropertyAccess) -> None:
        if self.decided():
            return
        base = node.base
        while type(base) is syntax.NonNull:
            base = base.base
        while type(base) is syntax.ArrayAccess:
            base = base.base
        symbol = self.model.symbol_of(base)
        if isinstance(symbol, ResourceSymbol) and self.has_fixed_shape(symbol):
            self.decide(_KEEP_FOR_NOW if self.is_constant(symbol, node.name) else _INLINE)
        elif symbol is not None and symbol.kind == MODULE:
            self.decide(_KEEP_FOR_NOW if node.name == "name" else _INLINE)
        else:
            self.visit(node.base)

    def is_constant(self, symbol: ResourceSymbol, name: str) -> bool:
        """Tell whether a property of a resource is known before the deployment runs."""
        if name not in INFO_PROPERTIES:
            return False
        if name in ("id", "name"):
            owner, self.current = self.current, None
            self.resource(symbol)
            self.current = owner
            return self.decisions[symbol] != _INLINE
        return True


_SPECIAL: dict[type, Callable[[_Visitor, Node], None]] = {
    syntax.Variable: _Visitor.variable_access,
    syntax.ResourceAccess: _Visitor.resource_access,
    syntax.PropertyAccess: _Visitor.property_access,
    syntax.FunctionCall: _Visitor.function_call,
    syntax.InstanceCall: _Visitor.instance_call,
}
_PLAIN = frozenset(
    (syntax.Interpolated, syntax.Unary, syntax.Binary, syntax.Ternary, syntax.Parens, syntax.NonNull, syntax.Array,
     syntax.ArrayAccess, syntax.Object, syntax.Property, syntax.Spread, syntax.Lambda, syntax.For, syntax.If)
)  # fmt: skip
