"""One Bicep file on its way to a template: its model, what is inlined, and the names it is emitted with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from amlctl.arm.tree import Expression
from amlctl.bicep import dependencies, inlining, modules, resource_types, scopes, syntax
from amlctl.bicep.config import Configuration
from amlctl.bicep.model import Model
from amlctl.bicep.symbols import IMPORT, ImportSymbol, ModuleSymbol, ResourceSymbol, Symbol
from amlctl.bicep.values import Unsupported

if TYPE_CHECKING:
    from amlctl.bicep.compiler import Compiler
    from amlctl.bicep.imports import Closure

Node = syntax.Node

OWN_FUNCTIONS = "__bicep"
_SYMBOLIC_DECORATORS = frozenset(("onlyIfNotExists", "retryOn", "nullIfNotFound"))
EXPERIMENTAL_DECORATORS = frozenset(("waitUntil", "patch", "validate"))


class Unit:
    """A file that is being compiled; everything it asks of other files goes through ``compiler``."""

    def __init__(self, compiler: Compiler, model: Model, configuration: Configuration) -> None:
        self.compiler, self.model, self.configuration = compiler, model, configuration
        self.places: dict[tuple[int, str | int], tuple[str, Node]] | None = {} if compiler.tracing else None
        self._keep: list[Any] = []
        self.extended: Callable[[], dict[str, Expression]] | None = None
        """In a parameters file that extends another: what ``base`` is, by parameter."""

    def note(self, container: Any, key: str | int, node: Node) -> None:
        """Remember which node an entry of the template came from (only while tracing)."""
        assert self.places is not None
        self.places[id(container), key] = (self.model.file, node)
        self._keep.append(container)

    # --- what the file is ---

    @cached_property
    def target_scope(self) -> str:
        """The file's targetScope."""
        return scopes.target_scope(self.model)

    @cached_property
    def inlined(self) -> frozenset[Symbol]:
        """Variables and existing resources that are not emitted."""
        return inlining.inlined_symbols(self.model, _has_fixed_shape)

    @cached_property
    def symbolic_names(self) -> bool:
        """Whether resources have symbolic names (languageVersion 2.0; Emit/EmitterSettings.cs)."""
        model = self.model
        return (
            model.symbolic
            or self.compiler.symbolic
            or self.configuration.symbolic_names
            or any("name" not in module.properties for module in model.modules)
            or any(_asks_for_names(resource) for resource in model.resources)
            or bool(self.own_secure_outputs)
            or any(self.secure_outputs(module) for module in model.modules)
        )

    @cached_property
    def experimental_engine(self) -> bool:
        """Whether the template needs ARM's experimental language version (``@nullIfNotFound``)."""
        return any("nullIfNotFound" in _decorator_names(resource) for resource in self.model.resources)

    @cached_property
    def own_secure_outputs(self) -> frozenset[str]:
        """Names of the file's outputs that hold secrets."""
        from amlctl.bicep.secrets import secure_outputs

        return secure_outputs(self)

    @cached_property
    def graph(self) -> dependencies.Graph:
        """What each resource, module and variable refers to."""
        symbols: list[Symbol] = [*self.model.resources, *self.model.modules, *self.model.variables]
        return dependencies.reference_graph(symbols)

    @cached_property
    def closure(self) -> Closure:
        """Everything that the file imports, and the names it gets."""
        from amlctl.bicep.imports import Closure

        return Closure(self)

    # --- other files ---

    def source(self, path: Node) -> modules.Source:
        """Follow the path of a module or an import."""
        return modules.find(self.compiler, self.model.file, path)

    def secure_outputs(self, module: ModuleSymbol) -> frozenset[str]:
        """Names of the outputs of a module that hold secrets."""
        source = self.source(module.node.path)
        if isinstance(source, modules.ArmSource):
            return source.secure_outputs()
        self.compiler.enter(source.path, module.node.path)
        try:
            return source.unit.own_secure_outputs
        finally:
            self.compiler.leave()

    def load(self, node: Node) -> Any:
        """Give what a load function gives."""
        from amlctl.bicep.loads import load

        return load(self, node)

    # --- names in the template ---

    def variable_name(self, symbol: Symbol) -> str:
        """Give a variable's name in the template."""
        return symbol.name

    def load_variable(self, name: str) -> str:
        """Give the name in the template of a variable that holds a loaded file."""
        return name

    def copy_name(self, loop: syntax.For) -> str | None:
        """Give the name of the copy loop that a For becomes."""
        return self.model.copy_names.get(loop.at)

    def function_name(self, symbol: Symbol) -> str:
        """Give a user function's name in the template, its namespace included."""
        return _in_namespace(self.imported_name(symbol) if isinstance(symbol, ImportSymbol) else symbol.name)

    def type_name(self, symbol: Symbol) -> str:
        """Give the name of a type's definition."""
        return self.imported_name(symbol) if isinstance(symbol, ImportSymbol) else symbol.name

    def imported_name(self, symbol: Symbol) -> str:
        """Give the name in the template of what was imported."""
        assert isinstance(symbol, ImportSymbol)
        return self.closure.name_of(self, symbol, symbol.original)

    def wildcard_variable(self, symbol: Symbol, name: str) -> str:
        """Give the name in the template of a variable of ``import * as``."""
        assert isinstance(symbol, ImportSymbol)
        return self.closure.name_of(self, symbol, name)

    def wildcard_function(self, symbol: Symbol, name: str) -> str:
        """Give the name in the template of a function of ``import * as``."""
        return _in_namespace(self.wildcard_variable(symbol, name))

    def wildcard_type(self, symbol: Symbol, name: str) -> str:
        """Give the name in the template of a type of ``import * as``."""
        return self.wildcard_variable(symbol, name)

    def import_target(self, symbol: Symbol, name: str) -> Any:
        """Find an imported declaration: ``((unit, symbol), None)`` in Bicep, ``(view, schema)`` in a template."""
        assert isinstance(symbol, ImportSymbol)
        return self.closure.target_of(self, symbol, name)


class Migrated(Unit):
    """A file whose declarations are emitted into another file's template, under the names of that file's closure."""

    def __init__(self, base: Unit, closure: Closure, identity: str) -> None:
        super().__init__(base.compiler, base.model, base.configuration)
        self.base, self.identity = base, identity
        self.__dict__["closure"] = closure
        self.current: str | None = None
        """Name of the variable that is being emitted: all its copy loops take it."""

    @cached_property
    def inlined(self) -> frozenset[Symbol]:
        """What the file itself inlines."""
        return self.base.inlined

    def variable_name(self, symbol: Symbol) -> str:
        """Give a variable's name in the importing template."""
        return self.closure.names[self.identity, symbol.name]

    def load_variable(self, name: str) -> str:
        """Give a loaded file's variable name in the importing template."""
        return self.closure.names[self.identity, name]

    def copy_name(self, loop: syntax.For) -> str | None:
        """All copy loops take the name of the variable they belong to."""
        return self.current

    def function_name(self, symbol: Symbol) -> str:
        """Give a function's name in the importing template."""
        if symbol.kind == IMPORT:
            return _in_namespace(self.imported_name(symbol))
        return _in_namespace(self.closure.names[self.identity, symbol.name])

    def type_name(self, symbol: Symbol) -> str:
        """Give a type's name in the importing template."""
        if symbol.kind == IMPORT:
            return self.imported_name(symbol)
        return self.closure.names[self.identity, symbol.name]


def _in_namespace(name: str) -> str:
    return name if "." in name else f"{OWN_FUNCTIONS}.{name}"


def _has_fixed_shape(symbol: ResourceSymbol) -> bool:
    return resource_types.has_fixed_shape(symbol.type, symbol.version)


def _asks_for_names(resource: ResourceSymbol) -> bool:
    """Tell whether a resource alone makes its file symbolic."""
    if resource.existing and "dependsOn" in resource.properties:
        return True
    return not _SYMBOLIC_DECORATORS.isdisjoint(_decorator_names(resource))


def _decorator_names(resource: ResourceSymbol) -> list[str]:
    return [getattr(decorator.expression, "name", "") for decorator in resource.node.decorators]


def refuse_experimental(unit: Unit) -> None:
    """Refuse what needs an extension package or an experimental language version."""
    scope = unit.model.target_scope
    if scope is not None and getattr(scope.value, "value", None) != unit.target_scope:
        expected = "'managementGroup' | 'resourceGroup' | 'subscription' | 'tenant'"
        raise Unsupported(scope.value, f'Expected a value of type "{expected}" for targetScope.', "BCP033")
    for symbol in unit.model.extensions:
        raise Unsupported(
            symbol.node.specification,
            f'The extension "{symbol.name}" is not supported: its types and version come from a package that this '
            "compiler does not have. Use the official compiler for this file.",
            "AML303",
        )
    for node in unit.model.tree.statements:
        if type(node) in (syntax.Assert, syntax.Test):
            word = "assert" if type(node) is syntax.Assert else "test"
            raise Unsupported(node, f'"{word}" is an experimental feature and is not supported.', "AML303")
    for resource in unit.model.resources:
        for decorator in resource.node.decorators:
            name = getattr(decorator.expression, "name", "")
            if name in EXPERIMENTAL_DECORATORS:
                raise Unsupported(
                    decorator, f'The decorator "{name}" is an experimental feature and is not supported.', "AML303"
                )
