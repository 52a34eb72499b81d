"""A file, understood by name: its declarations as symbols, and what the binder finds out about them."""

from __future__ import annotations

from collections.abc import Callable

from amlctl.bicep import syntax
from amlctl.bicep.symbols import (
    ASSERT,
    ASSIGNMENT,
    EXTENSION,
    FUNCTION,
    IMPORT,
    METADATA,
    OUTPUT,
    PARAMETER,
    TEST,
    TYPE,
    VARIABLE,
    WILDCARD,
    ImportSymbol,
    ModuleSymbol,
    ResourceSymbol,
    Symbol,
)

Node = syntax.Node


class Model:
    """A file, understood by name. Filled by the binder; later stages read it and add nothing."""

    __slots__ = (
        "bound", "by_name", "copy_names", "duplicates", "extensions", "functions", "imports", "load_calls", "metadata",
        "modules", "outputs", "parameters", "resources", "statements", "symbolic", "target_scope", "top_resources",
        "tree", "types", "unbound", "using", "variables", "wildcards",
    )  # fmt: skip

    def __init__(self, tree: syntax.Tree) -> None:
        self.tree = tree
        self.by_name: dict[str, Symbol] = {}
        self.duplicates: list[Symbol] = []
        self.bound: dict[int, Symbol] = {}
        """Symbols by the token of a name's use (of ``a::b`` the last token)."""
        self.unbound: list[Node] = []
        """Variables that nothing declares, functions and namespaces aside."""
        self.copy_names: dict[int, str | None] = {}
        """Name of the copy loop that a For (by its first token) becomes; None where the loop has none."""
        self.load_calls: dict[int, tuple[str, Node]] = {}
        """``$fxv#n`` and the call, by its first token."""
        self.symbolic = False
        """Whether some syntax of the file itself asks for symbolic names."""
        self.target_scope: syntax.TargetScope | None = None
        self.using: Node = None
        self.metadata: list[Symbol] = []
        self.parameters: list[Symbol] = []
        self.variables: list[Symbol] = []
        self.types: list[Symbol] = []
        self.functions: list[Symbol] = []
        self.imports: list[ImportSymbol] = []
        self.wildcards: list[ImportSymbol] = []
        self.extensions: list[Symbol] = []
        self.top_resources: list[ResourceSymbol] = []
        self.resources: list[ResourceSymbol] = []
        """All resources in the order of the template: nested ones before those they stand in."""
        self.modules: list[ModuleSymbol] = []
        self.outputs: list[Symbol] = []
        self.statements: dict[int, Symbol] = {}
        """Symbols by the first token of their statement."""

    @property
    def file(self) -> str:
        """Path of the file."""
        return self.tree.file

    def symbol_of(self, node: Node) -> Symbol | None:
        """Give what a Variable or a ResourceAccess stands for."""
        kind = type(node)
        if kind is syntax.Variable:
            return self.bound.get(node.at)
        return self.bound.get(node.end - 1) if kind is syntax.ResourceAccess else None


class _Declarer:
    """Makes the symbols of a file, in source order."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        self.model = model

    def declare(self, symbol: Symbol) -> None:
        """Make a name known; the first of equal names counts."""
        if not symbol.name:
            return
        known = self.model.by_name.setdefault(symbol.name, symbol)
        if known is not symbol:
            self.model.duplicates.append(symbol)

    def simple(self, kind: str, node: Node, home: list[Symbol], visible: bool = True) -> None:
        symbol = Symbol(kind, node.name.text, node, node.name.at)
        home.append(symbol)
        self.model.statements[node.at] = symbol
        if visible:
            self.declare(symbol)

    def resource(self, node: syntax.Resource, owner: ResourceSymbol | None) -> ResourceSymbol:
        symbol = ResourceSymbol(node.name.text, node, owner)
        self.model.statements[node.at] = symbol
        below: list[ResourceSymbol] = []
        for item in symbol.body.items if symbol.body else ():
            if type(item) is syntax.Resource:
                nested = self.resource(item, symbol)
                if symbol.nested.setdefault(nested.name, nested) is nested:
                    below.append(nested)
                else:
                    self.model.duplicates.append(nested)
        self.model.resources += below
        return symbol

    def top_resource(self, node: syntax.Resource) -> None:
        symbol = self.resource(node, None)
        self.model.top_resources.append(symbol)
        self.declare(symbol)

    def module(self, node: syntax.Module) -> None:
        symbol = ModuleSymbol(node.name.text, node)
        self.model.statements[node.at] = symbol
        self.model.modules.append(symbol)
        self.declare(symbol)

    def imports(self, node: syntax.Import) -> None:
        self.model.symbolic = self.model.symbolic or bool(node.items) or node.wildcard is not None
        if node.wildcard is not None:
            name = node.wildcard
            wildcard = ImportSymbol(WILDCARD, name.text, node, name.at, node.path)
            self.model.wildcards.append(wildcard)
            self.declare(wildcard)
        for item in node.items:
            if type(item) is syntax.ImportItem:
                symbol = ImportSymbol(IMPORT, item.alias.text, node, item.alias.at, node.path, item.name)
                self.model.imports.append(symbol)
                self.declare(symbol)

    def extension(self, node: syntax.Extension) -> None:
        name = node.alias or node.specification
        text = name.text if type(name) is syntax.Name else ""
        symbol = Symbol(EXTENSION, text, node, name.at)
        self.model.extensions.append(symbol)
        self.model.symbolic = True
        self.declare(symbol)

    def target_scope(self, node: syntax.TargetScope) -> None:
        if self.model.target_scope is None:
            self.model.target_scope = node

    def using(self, node: syntax.Using) -> None:
        self.model.using = self.model.using or node


_DECLARATIONS: dict[type, Callable[[_Declarer, Node], None]] = {
    syntax.TargetScope: _Declarer.target_scope,
    syntax.Metadata: lambda d, node: d.simple(METADATA, node, d.model.metadata, visible=False),
    syntax.Parameter: lambda d, node: d.simple(PARAMETER, node, d.model.parameters),
    syntax.Assignment: lambda d, node: d.simple(ASSIGNMENT, node, d.model.parameters),
    syntax.VariableDeclaration: lambda d, node: d.simple(VARIABLE, node, d.model.variables),
    syntax.TypeDeclaration: lambda d, node: d.simple(TYPE, node, d.model.types),
    syntax.Function: lambda d, node: d.simple(FUNCTION, node, d.model.functions),
    syntax.Output: lambda d, node: d.simple(OUTPUT, node, d.model.outputs, visible=False),
    syntax.Assert: lambda d, node: d.simple(ASSERT, node, [], visible=False),
    syntax.Test: lambda d, node: d.simple(TEST, node, [], visible=False),
    syntax.Resource: _Declarer.top_resource,
    syntax.Module: _Declarer.module,
    syntax.Import: _Declarer.imports,
    syntax.Extension: _Declarer.extension,
    syntax.Using: _Declarer.using,
}


def declare(tree: syntax.Tree) -> Model:
    """Make the symbols of a file; the first of equal names counts."""
    model = Model(tree)
    declarer = _Declarer(model)
    for node in tree.statements:
        make = _DECLARATIONS.get(type(node))
        if make is not None:
            make(declarer, node)
    model.resources += model.top_resources
    return model
