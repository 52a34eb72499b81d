"""Values that must be known when a deployment starts: names, conditions, loops, arguments of run-time functions.

A place that needs such a value is a container; a read of a resource or module in it, directly or through variables,
that only the running deployment can answer is an error (TypeSystem/DeployTimeConstantValidator.cs and its visitors).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import INLINE, Symbol, body_of, children
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.infer import symbol_type, type_of
from amlctl.bicep.checks.resources import IDENTIFIERS
from amlctl.bicep.checks.types import force
from amlctl.records import NamedTuple

Node = s.Node
_ACCESSES = (s.PropertyAccess, s.ArrayAccess)
_RUNTIME = frozenset(("reference", "toLogicalZone", "toLogicalZones", "toPhysicalZone", "toPhysicalZones"))
_INFO = ("id", "name", "type", "apiVersion")
MAX_VARIABLES = 2000


class Container(NamedTuple):
    """A place that needs values known at the start: its code, parts of its text, what is looked at.

    ``lenient``: a property that takes a whole resource (parent, scope). ``loop_body`` is the body of a variable's loop.
    """

    code: str
    parts: tuple[str, ...]
    values: tuple[Node, ...]
    lenient: bool = False
    loop_body: Node = None


class DeployTime:
    """The checks of one file; ``bodies`` keeps what may be read of each resource and module."""

    __slots__ = ("bodies", "c", "clean")

    def __init__(self, c: Checker) -> None:
        self.c = c
        self.bodies: dict[int, dict[str, t.Prop] | None] = {}
        self.clean: set[int] = set()

    def check(self) -> None:
        """Report every read of a run-time value where it must not be."""
        for container in self._containers():
            self._check(container)
        self._nested_reads()
        for node in self.c.every(s.Resource):
            self._dependencies(node)

    # --- containers ---

    def _containers(self) -> Iterator[Container]:
        c = self.c
        for node in (*c.every(s.Resource), *c.every(s.Module)):
            if type(node) is s.Module or not node.existing:
                yield from self._body(node, symbol_type(c, c.binding.targets[id(node)]))
        for node in c.every(s.Function):
            yield Container("BCP341", (), (node.body,))
        for node in c.every(s.If):
            if self._counts(node):
                yield Container("BCP177", (), (node.condition,))
        for node in c.every(s.For):
            if self._counts(node):
                yield self._for(node)
        for node in (*c.every(s.FunctionCall), *c.every(s.InstanceCall)):
            if is_runtime_call(c, node) and self._counts(node):
                yield Container("BCP181", (node.name,), node.arguments)

    def _counts(self, node: Node) -> bool:
        """Tell whether a node is outside the bodies of existing resources and the arguments of run-time functions."""
        parent = self.c.parent(node)
        while parent is not None:
            kind = type(parent)
            if kind is s.Module:
                return symbol_type(self.c, self.c.binding.targets[id(parent)]) is not t.ERROR
            if kind is s.Resource:
                return not parent.existing
            if kind in (s.FunctionCall, s.InstanceCall) and is_runtime_call(self.c, parent):
                return False
            parent = self.c.parent(parent)
        return True

    def _for(self, node: s.For) -> Container:
        parent = self.c.parent(node)
        if type(parent) is s.VariableDeclaration:
            return Container("BCP178", (parent.name.text,), (node.source, node.body), loop_body=node.body)
        return Container("BCP178", (), (node.source,))

    def _body(self, node: Node, kind: Any) -> Iterator[Container]:
        body = body_of(node)
        props = self._props_of(kind, body)
        for item in body.items if body is not None and props is not None else ():
            prop = props.get(item.name or "") if type(item) is s.Property and props is not None else None
            if prop is not None and prop.flags & t.DEPLOY_TIME:
                lenient = type(force(prop.type)) in (t.Parent, t.ScopeTarget)
                keys = (item.key,) if item.key is not None else ()
                yield Container("BCP120", (item.name or "",), (*keys, item.value), lenient)

    def _props_of(self, kind: Any, body: s.Object | None) -> dict[str, t.Prop] | None:
        if type(kind) is t.Arr:
            kind = force(kind.item)
        inner = force(kind.body) if type(kind) in (t.Res, t.Mod) else None
        if type(inner) is t.Disc:
            inner = _branch(inner, body)
        return inner.props if type(inner) is t.Obj else None

    # --- reads ---

    def _check(self, container: Container) -> None:
        for value in container.values:
            self._direct(container, value)
            for variable in self._variables(value):
                if not self._is_known(variable, set()):
                    self._report(container, variable)

    def _report(self, container: Container, node: Node) -> None:
        code = container.code
        body = container.loop_body
        if body is not None and body.at <= node.at < body.end:
            code = "BCP182"
        self.c.report(code, node.at, node.end, *container.parts)

    def _direct(self, container: Container, node: Node) -> None:
        for found in self._reads(node, container.lenient):
            self._report(container, found)

    def _variables(self, node: Node) -> Iterator[s.Variable]:
        """Give the uses of variables in an expression."""
        if type(node) is s.Variable:
            symbol = self.c.symbol(node)
            if symbol is not None and symbol.kind == "var" and symbol.cycle is None:
                yield node
        for child in children(node):
            yield from self._variables(child)

    def _is_known(self, variable: s.Variable, seen: set[int]) -> bool:
        """Tell whether the value of a variable is known at the start."""
        symbol = self.c.symbol(variable)
        if symbol is None or id(symbol) in self.clean or id(symbol) in seen or len(seen) > MAX_VARIABLES:
            return True
        seen.add(id(symbol))
        value = symbol.node.value
        if next(self._reads(value, False), None) is not None:
            return False
        if all(self._is_known(inner, seen) for inner in self._variables(value)):
            self.clean.add(id(symbol))
            return True
        return False

    def _reads(self, node: Node, lenient: bool) -> Iterator[Node]:
        """Give the reads in an expression that only the running deployment can answer."""
        kind = type(node)
        if kind is s.ArrayAccess:
            if self._index_is_runtime(node):
                yield node
        elif kind is s.PropertyAccess:
            if self._is_runtime(self._resolve(node.base), node.name):
                yield node
        elif kind in (s.Variable, s.ResourceAccess):
            found = self._whole(node, lenient)
            if found is not None:
                yield found
            if kind is s.ResourceAccess:
                return
        elif kind in (s.FunctionCall, s.InstanceCall):
            if is_runtime_call(self.c, node):
                yield node
            if node.name == "nameof":
                return
        for child in children(node):
            yield from self._reads(child, lenient)

    def _index_is_runtime(self, node: s.ArrayAccess) -> bool:
        props = self._resolve(node.base)
        if props is None:
            return False
        index = type_of(self.c, node.index)
        members = index.members if type(index) is t.Union else (index,)
        if not all(type(member) is t.StrLit for member in members):
            return True
        return any(self._is_runtime(props, member.value) for member in members)

    def _is_runtime(self, props: dict[str, t.Prop] | None, name: str) -> bool:
        prop = props.get(name) if props is not None else None
        return prop is not None and not prop.flags & t.READABLE

    def _whole(self, node: Node, lenient: bool) -> Node:
        """Give the node where a whole resource or module is used as a value."""
        child, parent = node, self.c.parent(node)
        while type(parent) is s.NonNull:
            child, parent = parent, self.c.parent(parent)
        if type(parent) not in _ACCESSES:
            found = self._runtime_existing(node) if lenient else self._resolve(child)
            return child if found is not None else None
        if type(parent) is not s.ArrayAccess or parent.base is not child or type(self.c.parent(parent)) in _ACCESSES:
            return None
        found = self._runtime_existing(parent) if lenient else self._resolve(parent)
        index = type_of(self.c, parent.index)
        whole = type(index) in (t.Integer, t.IntLit) or index is t.ANY
        return child if found is not None and whole else None

    def _resolve(self, node: Node) -> dict[str, t.Prop] | None:
        """Give the properties of the resource or module that an expression names, None where it names none."""
        symbol = self._symbol(node)
        return None if symbol is None else self._props(symbol)

    def _symbol(self, node: Node) -> Symbol | None:
        while type(node) is s.NonNull:
            node = node.base
        collection = False
        if type(node) is s.ArrayAccess and type(type_of(self.c, node.index)) is not t.StrLit:
            node, collection = node.base, True
        if type(node) not in (s.Variable, s.ResourceAccess):
            return None
        symbol = self.c.symbol(node)
        if symbol is None or symbol.kind not in ("resource", "module") or symbol.is_collection != collection:
            return None
        return symbol

    def _props(self, symbol: Symbol) -> dict[str, t.Prop] | None:
        key = id(symbol)
        if key not in self.bodies:
            self.bodies[key] = None
            kind = symbol_type(self.c, symbol)
            props = self._props_of(kind, body_of(symbol.node))
            if props is not None and symbol.kind == "resource" and symbol.node.existing:
                self.bodies[key] = props
                props = self._existing(symbol, props)
            self.bodies[key] = props
        return self.bodies[key]

    # --- existing resources whose names are run-time values ---

    def _existing(self, symbol: Symbol, props: dict[str, t.Prop]) -> dict[str, t.Prop]:
        body = body_of(symbol.node)
        runtime = [
            item.name
            for item in (body.items if body is not None else ())
            if type(item) is s.Property and item.name in IDENTIFIERS and self._has_runtime(item, props)
        ]
        if not runtime:
            return props
        changed = {name: t.Prop(props[name].type, props[name].flags & ~(t.READABLE | t.DEPLOY_TIME))
                   for name in (*runtime, "id") if name in props}  # fmt: skip
        return {**props, **changed}

    def _has_runtime(self, item: s.Property, props: dict[str, t.Prop]) -> bool:
        prop = props.get(item.name or "")
        lenient = prop is not None and type(force(prop.type)) in (t.Parent, t.ScopeTarget)
        if next(self._reads(item.value, lenient), None) is not None:
            return True
        return any(not self._is_known(variable, set()) for variable in self._variables(item.value))

    def _runtime_existing(self, node: Node) -> dict[str, t.Prop] | None:
        symbol = self._symbol(node)
        return self._props(symbol) if symbol is not None and self._has_runtime_name(symbol) else None

    def _dependencies(self, node: s.Resource) -> None:
        """An existing resource whose name is a run-time value vanishes: it cannot stand in ``dependsOn``."""
        body = body_of(node)
        for item in body.items if body is not None else ():
            if type(item) is not s.Property or item.name != "dependsOn":
                continue
            symbol = self.c.binding.targets.get(id(node))
            if symbol is not None and self._has_runtime_name(symbol):
                self.c.report("BCP433", item.at, item.end, symbol.name)
                continue
            self._depended(item.value)

    def _depended(self, node: Node) -> None:
        other = self.c.symbol(node) if type(node) in (s.Variable, s.ResourceAccess) else None
        if other is not None and self._has_runtime_name(other):
            self.c.report("BCP434", node.at, node.end, other.name)
        for child in children(node):
            self._depended(child)

    def _has_runtime_name(self, symbol: Symbol) -> bool:
        if symbol.kind != "resource" or not symbol.node.existing:
            return False
        props = self._props(symbol) or {}
        return any(name in props and not props[name].flags & t.READABLE for name in IDENTIFIERS)

    def _nested_reads(self) -> None:
        """A property of an existing resource whose name is a run-time value cannot be read."""
        for node in (*self.c.every(s.PropertyAccess), *self.c.every(s.ArrayAccess)):
            name = node.name if type(node) is s.PropertyAccess else getattr(node.index, "value", None)
            props = self._runtime_existing(node.base) if isinstance(name, str) else None
            if props is not None and str(name) not in _INFO and self._is_runtime(props, str(name)):
                self.c.report("BCP307", node.at, node.end)
        for node in self.c.every(s.InstanceCall):
            if self._runtime_existing(node.base) is not None and is_runtime_call(self.c, node):
                self.c.report("BCP307", node.at, node.end)


def _branch(found: t.Disc, body: s.Object | None) -> Any:
    for item in body.items if body is not None else ():
        if type(item) is s.Property and item.name == found.key and type(item.value) is s.String:
            return force(found.branches.get(item.value.value))
    return None


def is_runtime_call(c: Checker, node: Node) -> bool:
    """Tell whether a call is of a function that only the running deployment can answer."""
    name = node.name
    if name not in _RUNTIME and not f.is_list(name):
        if type(node) is not s.InstanceCall:
            return False
        base = c.memo.get(id(node.base))
        body = force(base.body) if type(base) is t.Res else None
        return type(body) is t.Obj and any(one.name == name and "inline" in one.flags for one in body.methods)
    if c.binding.where.get(id(node)) != INLINE:
        return False
    if type(node) is s.FunctionCall:
        return c.symbol(node) is None
    base = c.memo.get(id(node.base))
    return type(base) is t.Res or (type(base) is t.Namespace and base.name == "az")
