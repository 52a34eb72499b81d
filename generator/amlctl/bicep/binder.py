"""A tree to a model: which declaration each name means, and in the same walk all that later stages ask about names.

One pass over the file finds: bindings, references between declarations (with index and weakness), load functions in
source order, names of copy loops, and whether some syntax turns the file symbolic (Semantics/NameBindingVisitor.cs,
DeclarationVisitor.cs, Emit/ResourceDependencyVisitor.cs, EmitterSettings.cs, FunctionVariableGeneratorVisitor.cs).
"""

from __future__ import annotations

from collections.abc import Callable

from amlctl.bicep import syntax
from amlctl.bicep.model import Model, declare
from amlctl.bicep.symbols import (
    ARGUMENT,
    FUNCTION,
    IMPORT,
    INDEX,
    ITEM,
    LAMBDA,
    MODULE,
    NAMESPACE,
    RESOURCE,
    VARIABLE,
    WILDCARD,
    Local,
    ModuleSymbol,
    Reference,
    ResourceSymbol,
    Symbol,
)
from amlctl.records import NamedTuple

Node = syntax.Node

LOAD_FUNCTIONS = {
    "loadTextContent": False,
    "loadFileAsBase64": False,
    "loadJsonContent": True,
    "loadYamlContent": True,
    "loadDirectoryFileInfo": True,
    "readEnvironmentVariable": True,
}
"""True: the result always becomes a variable ``$fxv#n``; False: only where the call is not a variable's whole value."""
INFO_PROPERTIES = frozenset(("id", "name", "type", "apiVersion"))
_NAMESPACES = frozenset(("sys", "az"))


class Context(NamedTuple):
    """What an expression is the base of: the access or call around it, and what that one is the base of."""

    node: Node
    outer: Context | None


class _Binder:
    __slots__ = ("body_loop", "current", "explicit", "function", "model", "scopes", "weak")

    def __init__(self, model: Model) -> None:
        self.model = model
        self.scopes: list[dict[str, Symbol]] = []
        self.current: Symbol | None = None
        self.weak = False
        self.explicit = False
        self.function = False

    # --- names ---

    def lookup(self, name: str) -> Symbol | None:
        for scope in reversed(self.scopes):
            found = scope.get(name)
            if found is not None:
                return found
        found = self.model.by_name.get(name)
        if found is not None and self.function and found.kind not in _FUNCTION_SEES:
            return None
        return found

    def visit(self, node: Node) -> None:
        visitor = _VISITORS.get(type(node))
        if visitor is not None:
            visitor(self, node, None)

    def base(self, node: Node, context: Context) -> None:
        visitor = _VISITORS.get(type(node))
        if visitor is not None:
            visitor(self, node, context)

    # --- expressions ---

    def variable(self, node: syntax.Variable, context: Context | None) -> None:
        symbol = self.lookup(node.name)
        if symbol is None:
            if node.name not in _NAMESPACES:
                self.model.unbound.append(node)
            return
        self.model.bound[node.at] = symbol
        if symbol.kind in _DEPENDABLE:
            self.refer(symbol, node, context)
            if symbol.collection and symbol.kind != VARIABLE and not self.explicit and not _is_accessed(context):
                self.model.symbolic = True

    def resource_access(self, node: syntax.ResourceAccess, context: Context | None) -> None:
        base = node.base
        if type(base) is syntax.ResourceAccess:
            self.silent_access(base)
        elif type(base) is syntax.Variable:
            symbol = self.lookup(base.name)
            if symbol is None:
                self.model.unbound.append(base)
            else:
                self.model.bound[base.at] = symbol
        else:
            self.visit(base)
        self.bind_nested(node)
        found = self.model.bound.get(node.end - 1)
        if found is not None:
            self.refer(found, node, context)

    def silent_access(self, node: syntax.ResourceAccess) -> None:
        """Bind ``a::b`` that is itself a base; only the last of a chain is a reference."""
        if type(node.base) is syntax.ResourceAccess:
            self.silent_access(node.base)
        elif type(node.base) is syntax.Variable:
            symbol = self.lookup(node.base.name)
            if symbol is not None:
                self.model.bound[node.base.at] = symbol
        self.bind_nested(node)

    def bind_nested(self, node: syntax.ResourceAccess) -> None:
        owner = self.model.symbol_of(node.base)
        if isinstance(owner, ResourceSymbol):
            found = owner.nested.get(node.name)
            if found is not None:
                self.model.bound[node.end - 1] = found

    def refer(self, symbol: Symbol, node: Node, context: Context | None) -> None:
        """Note that the current declaration uses a resource, a module or a variable."""
        if self.current is None:
            return
        index = None
        if symbol.collection and context is not None and type(context.node) is syntax.ArrayAccess:
            index = context.node.index
            if self.leaves_scope(index):
                index = None
        by_use = _is_information(symbol, context) or _is_called(symbol, context)
        weak = symbol.kind == RESOURCE and (self.weak or by_use)
        self.current.references.append(Reference(symbol, index, weak))

    def leaves_scope(self, index: Node) -> bool:
        """Tell whether an index uses a variable of a loop or lambda that does not enclose the whole declaration."""
        bound = self.model.bound
        for at in range(index.at, index.end):
            symbol = bound.get(at)
            if isinstance(symbol, Local) and not symbol.declared and not index.at <= symbol.name_at < index.end:
                return True
        return False

    def array_access(self, node: syntax.ArrayAccess, context: Context | None) -> None:
        self.visit(node.index)
        self.base(node.base, Context(node, context))

    def property_access(self, node: syntax.PropertyAccess, context: Context | None) -> None:
        self.base(node.base, Context(node, context))

    def wrapped(self, node: Node, context: Context | None) -> None:
        self.base(node[2], Context(node, context))

    def instance_call(self, node: syntax.InstanceCall, context: Context | None) -> None:
        if type(node.base) is syntax.Variable and node.base.name == "sys":
            self.load_call(node)
        self.base(node.base, Context(node, context))
        for argument in node.arguments:
            self.visit(argument)

    def function_call(self, node: syntax.FunctionCall, context: Context | None) -> None:
        if node.name in LOAD_FUNCTIONS and node.name not in self.model.by_name:
            self.load_call(node)
        symbol = self.lookup(node.name)
        if symbol is not None:
            self.model.bound[node.at] = symbol
        for argument in node.arguments:
            self.visit(argument)

    def load_call(self, node: Node) -> None:
        always = LOAD_FUNCTIONS.get(node.name)
        if always is None or self.function:
            return
        direct = (
            self.current is not None
            and type(self.current.node) is syntax.VariableDeclaration
            and self.current.node.value.at == node.at
            and self.current.node.value.end == node.end
        )
        if always or not direct:
            calls = self.model.load_calls
            calls[node.at] = (f"$fxv#{len(calls)}", node)

    def children(self, node: Node, context: Context | None) -> None:
        """Visit the parts of a node that holds nothing but expressions."""
        for part in node[2:]:
            if type(part) is tuple:
                for item in part:
                    self.visit(item)
            elif part is not None:
                self.visit(part)

    def interpolated(self, node: syntax.Interpolated, context: Context | None) -> None:
        for value in node.values:
            self.visit(value)

    def property(self, node: syntax.Property, context: Context | None) -> None:
        if node.key is not None:
            self.visit(node.key)
        value = node.value
        if type(value) is syntax.For:
            self.model.copy_names[value.at] = node.name
        visitor = _VISITORS.get(type(value))
        if visitor is not None:
            visitor(self, value, None)

    def object(self, node: syntax.Object, context: Context | None) -> None:
        for item in node.items:
            visitor = _VISITORS.get(type(item))
            if visitor is not None:
                visitor(self, item, None)

    def lambda_(self, node: syntax.Lambda, context: Context | None) -> None:
        self.scopes.append({name.text: Local(LAMBDA, name.text, node, name.at) for name in node.parameters})
        self.visit(node.body)
        self.scopes.pop()

    def loop(self, node: syntax.For, context: Context | None) -> None:
        self.visit(node.source)
        self.scopes.append(_loop_scope(node, declared=False))
        self.visit(node.body)
        self.scopes.pop()

    # --- types: they hold decorators, load functions never; only their form counts ---

    def type(self, node: Node) -> None:
        if node is None:
            return
        kind = type(node)
        if kind is syntax.TypeName:
            symbol = self.model.by_name.get(node.name)
            if symbol is not None:
                self.model.bound[node.at] = symbol
            return
        if kind in _TRIGGERS:
            self.model.symbolic = True
        for part in node[2:]:
            if type(part) is tuple and part and type(part[0]) is not str:
                for item in part:
                    if type(item) is syntax.Decorator:
                        self.visit(item.expression)
                    elif hasattr(item, "end"):
                        self.type(item)
            elif hasattr(part, "end") and type(part) is not syntax.Interpolated:
                self.type(part)

    def decorators(self, node: Node) -> None:
        for decorator in node.decorators:
            self.visit(decorator.expression)

    # --- statements ---

    def deployable(self, symbol: ResourceSymbol | ModuleSymbol) -> None:
        """Visit the value of a resource or a module as the declaration that references belong to."""
        outer, outer_flags = self.current, (self.weak, self.explicit)
        self.current, self.weak, self.explicit = symbol, False, False
        value = symbol.node.value
        depth = len(self.scopes)
        if isinstance(symbol, ResourceSymbol) and symbol.nested:
            self.scopes.append(symbol.nested)  # type: ignore[arg-type]
        if symbol.loop is not None:
            self.model.copy_names[value.at] = None
            self.visit(value.source)
            self.scopes.append(_loop_scope(value, declared=True))
        if symbol.condition is not None:
            self.visit(symbol.condition)
        if symbol.body is not None:
            self.body(symbol)
        del self.scopes[depth:]
        self.current = outer
        self.weak, self.explicit = outer_flags

    def body(self, symbol: ResourceSymbol | ModuleSymbol) -> None:
        assert symbol.body is not None
        for item in symbol.body.items:
            if type(item) is syntax.Property:
                self.weak = item.name in ("parent", "scope")
                self.explicit = item.name == "dependsOn"
                self.property(item, None)
                self.weak = self.explicit = False
            elif type(item) is syntax.Resource:
                self.decorators(item)
                nested = symbol.nested.get(item.name.text) if isinstance(symbol, ResourceSymbol) else None
                if nested is not None:
                    self.deployable(nested)
            else:
                self.visit(item)

    def statement(self, node: Node) -> None:
        visitor = _STATEMENTS.get(type(node))
        if visitor is not None:
            self.decorators(node)
            visitor(self, node)

    def valued(self, node: Node) -> None:
        self.visit(node.value)

    def parameter(self, node: syntax.Parameter) -> None:
        self.type(node.type)
        if node.default is not None:
            self.visit(node.default)

    def variable_declaration(self, node: syntax.VariableDeclaration) -> None:
        if node.type is not None:
            self.model.symbolic = True
            self.type(node.type)
        symbol = self.model.statements.get(node.at)
        self.current = symbol
        value = node.value
        if type(value) is syntax.For:
            self.model.copy_names[value.at] = node.name.text
            self.visit(value.source)
            self.scopes.append(_loop_scope(value, declared=True))
            self.visit(value.body)
            self.scopes.pop()
        else:
            self.visit(value)
        self.current = None

    def type_declaration(self, node: syntax.TypeDeclaration) -> None:
        self.model.symbolic = True
        self.type(node.value)

    def function_declaration(self, node: syntax.Function) -> None:
        self.model.symbolic = True
        for parameter in node.parameters:
            self.type(parameter.type)
        self.type(node.returns)
        names = {p.name.text: Local(ARGUMENT, p.name.text, node, p.name.at) for p in node.parameters}
        self.scopes.append(names)  # type: ignore[arg-type]
        self.function = True
        self.visit(node.body)
        self.function = False
        self.scopes.pop()

    def resource(self, node: Node) -> None:
        symbol = self.model.statements.get(node.at)
        if isinstance(symbol, ResourceSymbol | ModuleSymbol):
            self.deployable(symbol)

    def output(self, node: syntax.Output) -> None:
        self.type(node.type)
        value = node.value
        if type(value) is syntax.For:
            self.model.copy_names[value.at] = None
        self.visit(value)

    def configured(self, node: Node) -> None:
        if node.config is not None:
            self.visit(node.config)

    def nothing(self, node: Node) -> None:
        """Only the decorators of such a statement hold names."""

    def assignment(self, node: syntax.Assignment) -> None:
        if type(node.value) is syntax.For:
            self.model.copy_names[node.value.at] = node.name.text
        self.visit(node.value)


def _loop_scope(node: syntax.For, declared: bool) -> dict[str, Symbol]:
    scope: dict[str, Symbol] = {node.item.text: Local(ITEM, node.item.text, node, node.item.at, declared)}
    if node.index_name is not None:
        name = node.index_name
        scope.setdefault(name.text, Local(INDEX, name.text, node, name.at, declared))
    return scope


def _is_accessed(context: Context | None) -> bool:
    """Tell whether a collection is the base of a property or an index, parentheses aside."""
    while context is not None and type(context.node) is syntax.Parens:
        context = context.outer
    return context is not None and type(context.node) in (syntax.PropertyAccess, syntax.ArrayAccess)


def _is_information(symbol: Symbol, context: Context | None) -> bool:
    """Tell whether only ``.id .name .type .apiVersion`` of a resource is read."""
    while context is not None:
        node = context.node
        kind = type(node)
        if kind is syntax.PropertyAccess:
            return node.name in INFO_PROPERTIES
        if kind is syntax.ArrayAccess:
            if type(node.index) is syntax.String:
                return node.index.value in INFO_PROPERTIES
            if not symbol.collection or type(node.index) is syntax.Interpolated:
                return False
        elif kind is not syntax.NonNull:
            return False
        context = context.outer
    return False


def _is_called(symbol: Symbol, context: Context | None) -> bool:
    """Tell whether a method of a resource is called."""
    while context is not None:
        kind = type(context.node)
        if kind is syntax.InstanceCall:
            return True
        if kind is syntax.ArrayAccess:
            if not symbol.collection or type(context.node.index) is syntax.String:
                return False
        elif kind is not syntax.NonNull:
            return False
        context = context.outer
    return False


_DEPENDABLE = frozenset((RESOURCE, MODULE, VARIABLE))
_FUNCTION_SEES = frozenset((VARIABLE, IMPORT, FUNCTION, WILDCARD, RESOURCE, NAMESPACE))
_TRIGGERS = frozenset((syntax.TypeObject, syntax.TypeArray, syntax.TypeTuple, syntax.TypeUnion, syntax.TypeNullable))

_VISITORS: dict[type, Callable[[_Binder, Node, Context | None], None]] = {
    syntax.Variable: _Binder.variable,
    syntax.ResourceAccess: _Binder.resource_access,
    syntax.ArrayAccess: _Binder.array_access,
    syntax.PropertyAccess: _Binder.property_access,
    syntax.NonNull: _Binder.wrapped,
    syntax.Parens: _Binder.wrapped,
    syntax.InstanceCall: _Binder.instance_call,
    syntax.FunctionCall: _Binder.function_call,
    syntax.Interpolated: _Binder.interpolated,
    syntax.Unary: _Binder.children,
    syntax.Binary: _Binder.children,
    syntax.Ternary: _Binder.children,
    syntax.Array: _Binder.children,
    syntax.Spread: _Binder.children,
    syntax.Object: _Binder.object,
    syntax.Property: _Binder.property,
    syntax.Lambda: _Binder.lambda_,
    syntax.For: _Binder.loop,
    syntax.If: _Binder.children,
}
_STATEMENTS: dict[type, Callable[[_Binder, Node], None]] = {
    syntax.TargetScope: _Binder.valued,
    syntax.Metadata: _Binder.valued,
    syntax.Assert: _Binder.valued,
    syntax.Test: _Binder.valued,
    syntax.Parameter: _Binder.parameter,
    syntax.VariableDeclaration: _Binder.variable_declaration,
    syntax.TypeDeclaration: _Binder.type_declaration,
    syntax.Function: _Binder.function_declaration,
    syntax.Resource: _Binder.resource,
    syntax.Module: _Binder.resource,
    syntax.Output: _Binder.output,
    syntax.Assignment: _Binder.assignment,
    syntax.MissingDeclaration: _Binder.nothing,
    syntax.Import: _Binder.nothing,
    syntax.Extension: _Binder.configured,
    syntax.Using: _Binder.configured,
}


def bind(tree: syntax.Tree) -> Model:
    """Understand a file's names. Never fails: what does not bind stands in ``unbound`` and ``duplicates``."""
    model = declare(tree)
    binder = _Binder(model)
    for node in tree.statements:
        binder.statement(node)
    return model
