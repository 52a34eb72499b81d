"""What names stand for: one symbol for each declaration of a file and for each local variable."""

from __future__ import annotations

from typing import Any, Final

from amlctl.bicep import syntax
from amlctl.records import NamedTuple

Node = syntax.Node

PARAMETER: Final = "parameter"
VARIABLE: Final = "variable"
TYPE: Final = "type"
FUNCTION: Final = "function"
RESOURCE: Final = "resource"
MODULE: Final = "module"
IMPORT: Final = "import"
WILDCARD: Final = "wildcard"
EXTENSION: Final = "extension"
ASSIGNMENT: Final = "assignment"
OUTPUT: Final = "output"
METADATA: Final = "metadata"
ASSERT: Final = "assert"
TEST: Final = "test"
NAMESPACE: Final = "namespace"
ITEM: Final = "loop item"
INDEX: Final = "loop index"
LAMBDA: Final = "lambda parameter"
ARGUMENT: Final = "function parameter"


class Symbol:
    """A declaration; ``node`` is its statement (for locals the For, Lambda or Function that brings it)."""

    __slots__ = ("kind", "name", "name_at", "node", "references")

    def __init__(self, kind: str, name: str, node: Node, name_at: int) -> None:
        self.kind, self.name, self.node, self.name_at = kind, name, node, name_at
        self.references: list[Reference] = []
        """Resources, modules and variables that the declaration mentions (filled for these kinds only)."""

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    @property
    def collection(self) -> bool:
        """Whether the declaration is a loop."""
        return self.kind == VARIABLE and type(self.node.value) is syntax.For


class Local(Symbol):
    """A variable of a loop, a lambda or a function. ``declared`` is True for the loop of a whole declaration."""

    __slots__ = ("declared",)

    def __init__(self, kind: str, name: str, node: Node, name_at: int, declared: bool = False) -> None:
        super().__init__(kind, name, node, name_at)
        self.declared = declared


class _Deployable(Symbol):
    """What resources and modules share: a body that may stand in a loop and under a condition."""

    __slots__ = ("body", "condition", "loop", "properties")

    def __init__(self, kind: str, name: str, node: Node, name_at: int) -> None:
        super().__init__(kind, name, node, name_at)
        value = node.value
        self.loop: syntax.For | None = None
        self.condition: Node = None
        if type(value) is syntax.For:
            self.loop = value
            value = value.body
        if type(value) is syntax.If:
            self.condition = value.condition
            value = value.body
        self.body: syntax.Object | None = value if type(value) is syntax.Object else None
        self.properties: dict[str, syntax.Property] = {}
        for item in self.body.items if self.body else ():
            if type(item) is syntax.Property and item.name is not None:
                self.properties.setdefault(item.name, item)

    @property
    def collection(self) -> bool:
        """Whether the declaration is a loop."""
        return self.loop is not None

    def value(self, name: str) -> Node:
        """Give the value of a top-level property of the body, None where it is not there."""
        found = self.properties.get(name)
        return None if found is None else found.value


class ResourceSymbol(_Deployable):
    """A resource: its full type and version, its parent (nesting or ``parent:``) and its nested resources."""

    __slots__ = ("existing", "nested", "nested_in", "parent", "parent_index", "scope", "type", "version")

    def __init__(self, name: str, node: syntax.Resource, nested_in: ResourceSymbol | None) -> None:
        super().__init__(RESOURCE, name, node, node.name.at)
        self.existing = node.existing
        self.nested_in = nested_in
        self.nested: dict[str, ResourceSymbol] = {}
        self.parent: ResourceSymbol | None = nested_in
        self.parent_index: Node = None
        self.type = ""
        self.version: str | None = None
        self.scope: Any = None
        """Where it is deployed: a ``scopes.Scope``, filled by that stage."""

    @property
    def symbolic_name(self) -> str:
        """``parent::child`` for nested resources, else the name."""
        return f"{self.nested_in.symbolic_name}::{self.name}" if self.nested_in else self.name

    def ancestors(self) -> list[ResourceSymbol]:
        """The resource's ancestors, the oldest first."""
        found: list[ResourceSymbol] = []
        at = self.parent
        while at is not None and at not in found:
            found.append(at)
            at = at.parent
        found.reverse()
        return found


class ModuleSymbol(_Deployable):
    """A module and where it is deployed."""

    __slots__ = ("scope",)

    def __init__(self, name: str, node: syntax.Module) -> None:
        super().__init__(MODULE, name, node, node.name.at)
        self.scope: Any = None


class ImportSymbol(Symbol):
    """A name of an import list, or a wildcard; ``path`` is where it comes from, ``original`` its name there."""

    __slots__ = ("original", "path")

    def __init__(self, kind: str, name: str, node: Node, name_at: int, path: Node, original: str = "") -> None:
        super().__init__(kind, name, node, name_at)
        self.path, self.original = path, original


class Reference(NamedTuple):
    """A use of a resource, a module or a variable: which element of a collection, and whether it is a weak one."""

    symbol: Symbol
    index: Node = None
    weak: bool = False


def is_exported(symbol: Symbol) -> bool:
    """Tell whether a declaration has ``@export()``."""
    return symbol.kind in (TYPE, VARIABLE, FUNCTION) and any(
        getattr(decorator.expression, "name", "") == "export" for decorator in symbol.node.decorators
    )
