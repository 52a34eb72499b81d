"""Names to declarations: one walk over the tree that says for every use of a name what it is bound to.

In: a tree. Out: ``Binding``: symbols of declarations and uses, the parent of every node, the nodes that later checks
look at, and the cycles. Locals come before the file's declarations, these before namespaces, types and functions.
Sources: Semantics/NameBindingVisitor.cs, DeclarationVisitor.cs, TypeSystem/CyclicCheckVisitor.cs of the official one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks.cycles import find_cycles

Node = s.Node

# Where a function call stands, for what may be called there: by its own word, or the word of a decorator's target.
DEFAULT, INLINE, PARAM_DEFAULT = "default", "inline", "parameter default"
DECORATORS = frozenset(
    ("param", "var", "resource", "module", "output", "extension", "metadata", "type", "func", "any decorator")
)

_THROUGH_FUNCTION = frozenset(("var", "func", "import", "wildcard", "resource"))
_HIDDEN = frozenset(("output", "metadata"))


class Symbol:
    """A declaration: ``kind`` is its keyword (import, wildcard, item, index, argument for the others)."""

    __slots__ = ("cycle", "data", "kind", "name", "name_at", "node", "scope", "uses")

    def __init__(self, kind: str, name: str, name_at: int, node: Node, scope: Scope) -> None:
        self.kind, self.name, self.name_at, self.node, self.scope = kind, name, name_at, node, scope
        self.cycle: tuple[Symbol, ...] | None = None
        self.uses: list[Symbol] = []
        self.data: Any = None

    @property
    def is_collection(self) -> bool:
        """Tell whether a resource or module is a loop."""
        return type(getattr(self.node, "value", None)) is s.For


class Scope:
    """Names that are declared together; ``functions_only``: of what lies further out only functions and variables."""

    __slots__ = ("declared", "first", "functions_only", "outer")

    def __init__(self, outer: Scope | None, functions_only: bool = False) -> None:
        self.outer, self.functions_only = outer, functions_only
        self.declared: list[Symbol] = []
        self.first: dict[str, Symbol] = {}

    def add(self, symbol: Symbol) -> Symbol:
        """Declare a symbol; of equal names the first one is what a use is bound to."""
        self.declared.append(symbol)
        if symbol.name and symbol.kind not in _HIDDEN:
            self.first.setdefault(symbol.name, symbol)
        return symbol

    def find(self, name: str) -> Symbol | None:
        """Give what a name is bound to here."""
        scope: Scope | None = self
        filtered = False
        while scope is not None:
            found = scope.first.get(name)
            if found is not None:
                return None if filtered and found.kind not in _THROUGH_FUNCTION else found
            filtered = filtered or scope.functions_only
            scope = scope.outer
        return None


def key_at(prop: s.Property | s.TypeMember) -> tuple[int, int]:
    """Give the tokens of a property's key."""
    return (prop.key.at, prop.key.end) if prop.key is not None else (prop.at, prop.at + 1)


def children(node: Node) -> Iterator[Node]:
    """Give the nodes below a node, in source order of its fields."""
    for part in node[2:]:
        kind = type(part)
        if kind is tuple:
            for item in part:
                if type(item) not in _NO_NODES:
                    yield item
        elif kind not in _NO_NODES:
            yield part


_NO_NODES = frozenset((str, int, bool, type(None), s.Name))


class Binding:
    """What the walk found; tables are keyed by ``id`` of a node."""

    __slots__ = ("_current", "_permitted", "_scope", "_where", "every", "file", "nested", "parents", "scopes",
                 "symbols", "targets", "where")  # fmt: skip

    def __init__(self, tree: s.Tree) -> None:
        self.file = Scope(None)
        self.scopes: list[Scope] = [self.file]
        self.symbols: dict[int, Symbol | None] = {}
        self.parents: dict[int, Node] = {}
        self.where: dict[int, str] = {}
        self.nested: dict[int, Scope] = {}
        self.every: defaultdict[type, list[Node]] = defaultdict(list)
        self.targets: dict[int, Symbol] = {}
        self._scope, self._where = self.file, DEFAULT
        self._current: list[Symbol] = []
        self._permitted = False
        for statement in tree.statements:
            self._declare(statement)
        for statement in tree.statements:
            self._visit(statement)
        find_cycles([symbol for scope in self.scopes for symbol in scope.declared])

    # --- declarations ---

    def _declare(self, node: Node) -> None:
        kind = _DECLARES.get(type(node))
        if kind is not None:
            name = node.name
            self.targets[id(node)] = self._scope.add(Symbol(kind, name.text, name.at, node, self._scope))
        elif type(node) is s.Import:
            self._declare_import(node)
        elif type(node) is s.Extension:
            name = node.alias or (node.specification if type(node.specification) is s.Name else None)
            if name is not None:
                self.targets[id(node)] = self._scope.add(Symbol("extension", name.text, name.at, node, self._scope))

    def _declare_import(self, node: s.Import) -> None:
        if node.wildcard is not None:
            name = node.wildcard
            self.targets[id(node)] = self._scope.add(Symbol("wildcard", name.text, name.at, node, self._scope))
        for item in node.items:
            if type(item) is s.ImportItem:
                symbol = Symbol("import", item.alias.text, item.alias.at, item, self._scope)
                symbol.data = node
                self.targets[id(item)] = self._scope.add(symbol)

    def _local(self, scope: Scope, kind: str, name: s.Name, node: Node) -> Symbol:
        symbol = Symbol(kind, name.text, name.at, node, scope)
        if name.text:
            scope.add(symbol)
        return symbol

    # --- the walk ---

    def _visit(self, node: Node) -> None:
        kind = type(node)
        self.every[kind].append(node)
        visit = _VISITORS.get(kind, Binding._below)
        if visit is not None:
            visit(self, node)

    def _below(self, node: Node) -> None:
        parents = self.parents
        for part in node[2:]:
            kind = type(part)
            if kind is tuple:
                for item in part:
                    if type(item) not in _NO_NODES:
                        parents[id(item)] = node
                        self._visit(item)
            elif kind is s.String:  # nothing is below it
                parents[id(part)] = node
                self.every[kind].append(part)
            elif kind not in _NO_NODES:
                parents[id(part)] = node
                self._visit(part)

    def _child(self, node: Node, parent: Node, where: str | None = None) -> None:
        if node is None:
            return
        self.parents[id(node)] = parent
        if where is None:
            self._visit(node)
            return
        before, self._where = self._where, where
        self._visit(node)
        self._where = before

    def _in_scope(self, scope: Scope, visit: Callable[[], None]) -> None:
        before, self._scope = self._scope, scope
        self.scopes.append(scope)
        visit()
        self._scope = before

    def _declaration(self, node: Node, word: str, parts: tuple[tuple[Node, str], ...]) -> None:
        symbol = self.targets.get(id(node))
        counted = symbol is not None and symbol.name != ""
        if counted and symbol is not None:
            self._current.append(symbol)
        for decorator in node.decorators:
            self._child(decorator, node, word)
        for part, where in parts:
            if part is not None:
                self._child(part, node, where)
        if counted:
            self._current.pop()
        self._where = DEFAULT

    def _use(self, node: Node, symbol: Symbol | None) -> None:
        self.symbols[id(node)] = symbol
        if symbol is not None and self._current:
            self._current[-1].uses.append(symbol)

    def _visit_variable(self, node: s.Variable) -> None:
        self._use(node, self._scope.find(node.name))

    def _visit_call(self, node: s.FunctionCall) -> None:
        self.where[id(node)] = self._where
        arguments = DEFAULT if self._where in DECORATORS else self._where
        for argument in node.arguments:
            self._child(argument, node, arguments)
        self._use(node, self._scope.find(node.name))

    def _visit_instance_call(self, node: s.InstanceCall) -> None:
        self.where[id(node)] = self._where
        self._below(node)

    def _visit_resource_access(self, node: s.ResourceAccess) -> None:
        self._below(node)
        base = self.symbols.get(id(node.base))
        scope = self.nested.get(id(base.node)) if base is not None and base.kind == "resource" else None
        if scope is None and base is not None and base.kind == "resource":
            scope = self._nested_scope(base.node)
        found = scope.first.get(node.name) if scope is not None else None
        self._use(node, found)

    def _visit_type_name(self, node: s.TypeName) -> None:
        symbol = self._scope.find(node.name)
        self.symbols[id(node)] = symbol
        if symbol is not None and self._current and not self._permitted:
            self._current[-1].uses.append(symbol)

    def _visit_generic(self, node: s.TypeGeneric) -> None:
        if node.base is None:
            self._use(node, self._scope.find(node.name))
        self._below(node)

    def _with_permission(self, permitted: bool) -> Callable[[], None]:
        before, self._permitted = self._permitted, permitted

        def restore() -> None:
            self._permitted = before

        return restore

    def _visit_permitting(self, node: Node) -> None:
        restore = self._with_permission(True)
        self._below(node)
        restore()

    def _visit_forbidding(self, node: Node) -> None:
        restore = self._with_permission(False)
        self._below(node)
        restore()

    def _visit_for(self, node: s.For) -> None:
        self._child(node.source, node)
        scope = Scope(self._scope)
        for kind, name in (("item", node.item), ("index", node.index_name)):
            if name is not None:
                self._local(scope, kind, name, node)
        self._in_scope(scope, lambda: self._child(node.body, node))

    def _visit_lambda(self, node: s.Lambda) -> None:
        scope = Scope(self._scope)
        for name in node.parameters:
            self._local(scope, "argument", name, node)
        self._in_scope(scope, lambda: self._child(node.body, node))

    def _visit_if(self, node: s.If) -> None:
        self._child(node.condition, node, DEFAULT)
        self._child(node.body, node, INLINE)

    def _nested_scope(self, node: s.Resource) -> Scope | None:
        """Declare the resources inside a resource's body, once; None where there is no body."""
        known = self.nested.get(id(node))
        body = body_of(node)
        if known is not None or body is None:
            return known
        scope = self.nested[id(node)] = Scope(None)
        for item in body.items:
            if type(item) is s.Resource:
                self.targets[id(item)] = scope.add(Symbol("resource", item.name.text, item.name.at, item, scope))
        return scope

    def _visit_resource(self, node: s.Resource) -> None:
        self._declaration(node, "resource", ((node.type, DEFAULT), (node.value, INLINE)))

    def _visit_object(self, node: s.Object) -> None:
        owner = _body_owner(self.parents, node)
        if owner is None:
            self._below(node)
            return
        scope = self._nested_scope(owner)
        assert scope is not None
        scope.outer = self._scope
        self._in_scope(scope, lambda: self._below(node))

    def _visit_function(self, node: s.Function) -> None:
        symbol = self.targets.get(id(node))
        if symbol is not None and symbol.name:
            self._current.append(symbol)
        for decorator in node.decorators:
            self._child(decorator, node, "func")
        for parameter in node.parameters:
            self._child(parameter, node, INLINE)
        self._child(node.returns, node, INLINE)
        scope = Scope(self._scope, functions_only=True)
        for parameter in node.parameters:
            self._local(scope, "argument", parameter.name, parameter)
        self._in_scope(scope, lambda: self._child(node.body, node, INLINE))
        if symbol is not None and symbol.name:
            self._current.pop()

    def _visit_missing(self, node: s.MissingDeclaration) -> None:
        for decorator in node.decorators:
            self._child(decorator, node, "any decorator")

    def _visit_import_item(self, node: s.ImportItem) -> None:
        """An import item names nothing of this file."""


def body_of(node: Node) -> s.Object | None:
    """Give the object that is the body of a resource or module, through a condition and a loop."""
    value = node.value
    if type(value) is s.For:
        value = value.body
    if type(value) is s.If:
        value = value.body
    return value if type(value) is s.Object else None


def _body_owner(parents: dict[int, Node], node: s.Object) -> s.Resource | None:
    parent = parents.get(id(node))
    while type(parent) in (s.If, s.For):
        parent = parents.get(id(parent))
    return parent if type(parent) is s.Resource and body_of(parent) is node else None


def _plain(word: str, *fields: tuple[str, str]) -> Callable[[Binding, Node], None]:
    def visit(self: Binding, node: Node) -> None:
        self._declaration(node, word, tuple((getattr(node, field), where) for field, where in fields))

    return visit


_DECLARES: dict[type, str] = {
    s.Parameter: "param",
    s.VariableDeclaration: "var",
    s.TypeDeclaration: "type",
    s.Function: "func",
    s.Resource: "resource",
    s.Module: "module",
    s.Output: "output",
    s.Metadata: "metadata",
    s.Assert: "assert",
    s.Test: "test",
    s.Assignment: "assignment",
}

_VISITORS: dict[type, Callable[[Binding, Any], None] | None] = {
    **dict.fromkeys((s.String, s.Int, s.Bool, s.Null)),  # nothing is below them
    s.Variable: Binding._visit_variable,
    s.FunctionCall: Binding._visit_call,
    s.InstanceCall: Binding._visit_instance_call,
    s.ResourceAccess: Binding._visit_resource_access,
    s.TypeName: Binding._visit_type_name,
    s.TypeGeneric: Binding._visit_generic,
    s.TypeArray: Binding._visit_permitting,
    s.TypeMember: Binding._visit_permitting,
    s.TypeItem: Binding._visit_permitting,
    s.TypeProperty: Binding._visit_forbidding,
    s.TypeRest: Binding._visit_forbidding,
    s.TypeIndex: Binding._visit_forbidding,
    s.TypeItems: Binding._visit_forbidding,
    s.For: Binding._visit_for,
    s.If: Binding._visit_if,
    s.Lambda: Binding._visit_lambda,
    s.Object: Binding._visit_object,
    s.Function: Binding._visit_function,
    s.Resource: Binding._visit_resource,
    s.MissingDeclaration: Binding._visit_missing,
    s.ImportItem: Binding._visit_import_item,
    s.Module: _plain("module", ("path", DEFAULT), ("value", INLINE)),
    s.Test: _plain("default", ("path", DEFAULT), ("value", INLINE)),
    s.Metadata: _plain("metadata", ("value", "metadata")),
    s.VariableDeclaration: _plain("var", ("type", "type"), ("value", INLINE)),
    s.Output: _plain("output", ("type", "type"), ("value", INLINE)),
    s.Parameter: _plain("param", ("type", "type"), ("default", PARAM_DEFAULT)),
    s.TypeDeclaration: _plain("type", ("value", "type")),
    s.Extension: _plain("extension", ("config", "extension")),
    s.Import: _plain("default", ("path", DEFAULT)),
    s.Assert: _plain("default", ("value", DEFAULT)),
    s.TargetScope: _plain("default", ("value", DEFAULT)),
    s.Assignment: _plain("default", ("value", INLINE)),
}
