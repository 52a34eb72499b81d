"""Where resources and modules are deployed: ``scope:`` and ``parent:`` read once, for ids and for scope keys.

Source: Emit/ScopeHelper.cs, Semantics/Metadata/ResourceMetadataCache.cs.
"""

from __future__ import annotations

from amlctl.bicep import syntax
from amlctl.bicep.model import Model
from amlctl.bicep.resource_types import spelling
from amlctl.bicep.symbols import VARIABLE, ResourceSymbol, Symbol
from amlctl.records import NamedTuple

Node = syntax.Node

TENANT, MANAGEMENT_GROUP, SUBSCRIPTION, RESOURCE_GROUP, EXTENSION = (
    "tenant", "managementGroup", "subscription", "resourceGroup", "resource",
)  # fmt: skip
_FUNCTIONS = frozenset((TENANT, MANAGEMENT_GROUP, SUBSCRIPTION, RESOURCE_GROUP))


class Scope(NamedTuple):
    """Where something is deployed. ``owner`` is the group resource whose name stands in ``group`` or ``management``."""

    kind: str
    management: Node = None
    subscription: Node = None
    group: Node = None
    resource: ResourceSymbol | None = None
    owner: ResourceSymbol | None = None
    index: Node = None


def target_scope(model: Model) -> str:
    """Give the file's targetScope, resourceGroup where it says nothing."""
    declared = model.target_scope
    if declared is not None and type(declared.value) is syntax.String and declared.value.value in _FUNCTIONS:
        return str(declared.value.value)
    return RESOURCE_GROUP


def resolve_resources(model: Model) -> None:
    """Fill types, parents and scopes of a model's resources and modules."""
    ordered = sorted(model.resources, key=lambda symbol: symbol.node.at)
    for symbol in ordered:
        _set_parent(model, symbol)
    for symbol in ordered:
        _set_type(symbol, ())
    default = Scope(target_scope(model))
    for symbol in ordered:
        if symbol.parent is None:
            symbol.scope = _scope(model, symbol.value("scope"), ()) or default
    for symbol in ordered:
        ancestors = symbol.ancestors()
        if ancestors:
            symbol.scope = ancestors[0].scope or default
    for module in model.modules:
        module.scope = _scope(model, module.value("scope"), ()) or default


def lookup_resource(model: Model, node: Node) -> ResourceSymbol | None:
    """Give the resource that a name stands for, through variables that are nothing but such a name."""
    for _ in range(100):
        symbol = model.symbol_of(node)
        if isinstance(symbol, ResourceSymbol):
            return symbol
        if symbol is None or symbol.kind != VARIABLE:
            return None
        node = symbol.node.value
    return None


def _set_parent(model: Model, symbol: ResourceSymbol) -> None:
    if symbol.nested_in is not None:
        return
    parent = symbol.value("parent")
    if parent is None:
        return
    index = None
    if type(parent) is syntax.ArrayAccess:
        index, parent = parent.index, parent.base
    symbol.parent = lookup_resource(model, parent)
    symbol.parent_index = index if symbol.parent is not None else None


def split_type(text: str) -> tuple[str, str | None]:
    """Split ``Microsoft.X/y@2020-01-01``; the version may be missing."""
    name, at, version = text.partition("@")
    return name, version if at else None


def _set_type(symbol: ResourceSymbol, path: tuple[ResourceSymbol, ...]) -> None:
    if symbol.type or symbol in path:
        return
    text = symbol.node.type.value if type(symbol.node.type) is syntax.String else ""
    name, version = split_type(text)
    owner = symbol.nested_in
    if owner is not None:
        _set_type(owner, (*path, symbol))
        name = f"{owner.type}/{name}"
        version = version or owner.version
    symbol.version = version
    symbol.type = (spelling(name, version) if version else None) or name


def _scope(model: Model, value: Node, path: tuple[Symbol, ...]) -> Scope | None:
    """Read ``scope:``; None where there is none or it is not understood (a finding of the checks says so)."""
    node = value
    for _ in range(100):
        kind = type(node)
        if kind in (syntax.Parens, syntax.NonNull):
            node = node[2]
            continue
        if kind is syntax.Variable:
            symbol = model.bound.get(node.at)
            if symbol is not None and symbol.kind == VARIABLE:
                node = symbol.node.value
                continue
        break
    if kind in (syntax.FunctionCall, syntax.InstanceCall) and node.name in _FUNCTIONS:
        return _function_scope(node.name, node.arguments)
    return _resource_scope(model, value, path)


def _function_scope(name: str, arguments: tuple[Node, ...]) -> Scope:
    if name == MANAGEMENT_GROUP:
        return Scope(name, management=arguments[0] if arguments else None)
    if name == SUBSCRIPTION:
        return Scope(name, subscription=arguments[0] if arguments else None)
    if name == RESOURCE_GROUP and len(arguments) > 1:
        return Scope(name, subscription=arguments[0], group=arguments[1])
    if name == RESOURCE_GROUP:
        return Scope(name, group=arguments[0] if arguments else None)
    return Scope(name)


def _resource_scope(model: Model, value: Node, path: tuple[Symbol, ...]) -> Scope | None:
    index = None
    if type(value) is syntax.ArrayAccess and type(value.base) in (syntax.Variable, syntax.ResourceAccess):
        index, value = value.index, value.base
    target = model.symbol_of(value)
    if not isinstance(target, ResourceSymbol) or target in path:
        return None
    if target.collection and index is None:
        return None
    type_name = target.type.lower()
    if type_name == "microsoft.resources/resourcegroups":
        outer = _scope(model, target.value("scope"), (*path, target))
        subscription = outer.subscription if outer else None
        return Scope(RESOURCE_GROUP, subscription=subscription, group=target.value("name"), owner=target, index=index)
    if type_name == "microsoft.management/managementgroups":
        return Scope(MANAGEMENT_GROUP, management=target.value("name"), owner=target, index=index)
    return Scope(EXTENSION, resource=target, index=index)
