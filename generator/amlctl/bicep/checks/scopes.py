"""Scopes of resources and modules: may a thing be deployed where it stands (Emit/ScopeHelper.cs)."""

from __future__ import annotations

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import Symbol
from amlctl.bicep.checks.checker import (
    MANAGEMENT_GROUP,
    MODULE,
    RESOURCE,
    RESOURCE_GROUP,
    SUBSCRIPTION,
    TENANT,
    Checker,
)
from amlctl.bicep.checks.infer import type_of
from amlctl.bicep.checks.modules import declared_module
from amlctl.bicep.checks.names import scopes as scope_names
from amlctl.bicep.checks.resources import body_value, declared_resource, enclosing_resource, parent_symbol
from amlctl.records import NamedTuple

Node = s.Node
_GROUP = "microsoft.resources/resourcegroups"
_MANAGEMENT_GROUP = "microsoft.management/managementgroups"


_SCOPES = (t.ScopeRef, t.Res, t.Mod)


class Place(NamedTuple):
    """Where something is deployed: kind of scope, what names it, the resource that it extends."""

    kind: int
    arguments: tuple[Node, ...] = ()
    resource: Node = None


class Scopes:
    """The scopes of all resources and modules of a file."""

    __slots__ = ("_modules", "_places", "c")

    def __init__(self, c: Checker) -> None:
        self.c = c
        self._places: dict[int, Place] = {}
        self._modules: dict[int, Place] = {}

    def check(self) -> None:
        """Report each scope that is not possible."""
        for module in self.c.every(s.Module):
            self._check_module(module)
        resources = [node for node in self.c.every(s.Resource) if type(declared_resource(self.c, node)) is t.Res]
        for node in resources:
            self.place(node)
        for node in resources:
            self._check_deployable(node)

    def module_place(self, node: s.Module) -> Place | None:
        """Give where a module is deployed; None where it is not known."""
        return self._modules.get(id(node))

    def place(self, node: s.Resource) -> Place:
        """Give where a resource is deployed, that of its outermost parent."""
        found = self._places.get(id(node))
        if found is None:
            self._places[id(node)] = Place(self.c.target)
            found = self._places[id(node)] = self._place(node)
        return found

    def _place(self, node: s.Resource) -> Place:
        c = self.c
        parent = self._parent(node)
        scope = body_value(node, "scope")
        if parent is not None:
            return self._child(node, parent, scope)
        kind = declared_resource(c, node)
        if type(kind) is not t.Res:
            return Place(c.target)
        return self._validated(kind.scopes, node.value, scope, "BCP135") or Place(c.target)

    def _parent(self, node: s.Resource) -> s.Resource | None:
        outer = enclosing_resource(self.c, node)
        if outer is not None:
            return outer
        symbol = parent_symbol(self.c, node)
        return None if symbol is None or symbol.cycle else symbol.node

    def _child(self, node: s.Resource, parent: s.Resource, scope: Node) -> Place:
        c = self.c
        if scope is not None:
            c.report("BCP164", scope.at, scope.end)
            return Place(c.target)
        first = parent
        seen = {id(node)}
        while id(first) not in seen and self._parent(first) is not None:
            seen.add(id(first))
            first = self._parent(first) or first
        if not node.existing and first.existing and not self._is_deployable(self.place(first)):
            c.report("BCP165", node.value.at, node.value.end, first.name.text)
            return Place(c.target)
        return self.place(parent)

    def _validated(self, allowed: int, body: Node, scope: Node, code: str) -> Place | None:
        c = self.c
        if scope is None:
            if not allowed & c.target:
                c.report(code, body.at, body.end, scope_names(c.target), scope_names(allowed))
            return None
        base, index = (scope.base, scope.index) if type(scope) is s.ArrayAccess else (scope, None)
        symbol = c.symbol(base) if type(base) in (s.Variable, s.ResourceAccess) else None
        kind = type_of(c, scope)
        if type(kind) is t.ScopeRef:
            return self._checked(allowed, scope, kind.scope, code, Place(kind.scope, kind.arguments))
        if symbol is not None and symbol.kind == "resource":
            return self._of_resource(allowed, scope, symbol, index, code)
        if symbol is not None and symbol.kind == "module" and symbol.is_collection == (index is not None):
            c.report(code, scope.at, scope.end, scope_names(MODULE), scope_names(allowed))
        elif symbol is None and type(kind) is t.Union and all(type(one) in _SCOPES for one in kind.members):
            c.report("BCP420", scope.at, scope.end)
        return None

    def _checked(self, allowed: int, scope: Node, kind: int, code: str, place: Place) -> Place | None:
        if allowed & kind:
            return place
        self.c.report(code, scope.at, scope.end, scope_names(kind), scope_names(allowed))
        return None

    def _of_resource(self, allowed: int, scope: Node, symbol: Symbol, index: Node, code: str) -> Place | None:
        kind = declared_resource(self.c, symbol.node)
        if type(kind) is not t.Res or (symbol.is_collection and index is None):
            return None
        name = body_value(symbol.node, "name")
        arguments = (name,) if name is not None else ()
        if kind.name.lower() == _GROUP:
            return self._checked(allowed, scope, RESOURCE_GROUP, code, Place(RESOURCE_GROUP, arguments))
        if kind.name.lower() == _MANAGEMENT_GROUP:
            return self._checked(allowed, scope, MANAGEMENT_GROUP, code, Place(MANAGEMENT_GROUP, arguments))
        return self._checked(allowed, scope, RESOURCE, code, Place(RESOURCE, (), symbol.node))

    # --- restrictions ---

    def _check_deployable(self, node: s.Resource) -> None:
        symbol = self.c.binding.targets.get(id(node))
        if node.existing or symbol is None or symbol.cycle:
            return
        place = self.place(node)
        seen: set[int] = set()
        while place.resource is not None and id(place.resource) not in seen:
            seen.add(id(place.resource))
            place = self.place(place.resource)
        scope = body_value(node, "scope")
        at = node.value if scope is None else scope
        if not self._is_deployable(place):
            self.c.report("BCP139", at.at, at.end)
        kind = declared_resource(self.c, node)
        if type(kind) is t.Res and kind.read_only_scopes & place.kind == place.kind:
            self.c.report("BCP246", at.at, at.end, f"{kind.name}@{kind.version}", level="warning")

    def _is_deployable(self, place: Place) -> bool:
        seen: set[int] = set()
        while place.resource is not None and id(place.resource) not in seen:
            seen.add(id(place.resource))
            place = self.place(place.resource)
        return place.kind == TENANT or (place.kind == self.c.target and not place.arguments)

    def _check_module(self, node: s.Module) -> None:
        kind = declared_module(self.c, node)
        if type(kind) is not t.Mod or kind.body is t.ANY:
            if type(kind) is t.Mod:
                self._modules[id(node)] = Place(self.c.target)
            return
        scope = body_value(node, "scope")
        place = self._validated(kind.scope, node.value, scope, "BCP134") or Place(self.c.target)
        self._modules[id(node)] = place
        if not self._may_nest(place):
            at = node.value if scope is None else scope
            self.c.report(_NEST_CODES[self.c.target], at.at, at.end)

    def _may_nest(self, place: Place) -> bool:
        """Nested deployments may go from a scope to these others only."""
        count = len(place.arguments)
        targets = _NESTING.get((place.kind, min(count, 2)), 0)
        return bool(targets & self.c.target)


_ALL = TENANT | MANAGEMENT_GROUP | SUBSCRIPTION | RESOURCE_GROUP
_NESTING = {
    (TENANT, 0): _ALL,
    (MANAGEMENT_GROUP, 0): TENANT | MANAGEMENT_GROUP,
    (MANAGEMENT_GROUP, 1): TENANT | MANAGEMENT_GROUP,
    (SUBSCRIPTION, 0): SUBSCRIPTION | RESOURCE_GROUP,
    (SUBSCRIPTION, 1): _ALL,
    (RESOURCE_GROUP, 0): RESOURCE_GROUP,
    (RESOURCE_GROUP, 1): SUBSCRIPTION | RESOURCE_GROUP,
    (RESOURCE_GROUP, 2): _ALL,
}
_NEST_CODES = {TENANT: "BCP113", MANAGEMENT_GROUP: "BCP114", SUBSCRIPTION: "BCP115", RESOURCE_GROUP: "BCP116"}
