"""The deployment graph of one file: its resources and modules, and which of them mentions which.

Source: ResourceDependencyVisitor.cs and CliJsonRpcServer.GetDeploymentGraph. Only what a declaration itself mentions
counts: what it reaches through a variable does not.
"""

from __future__ import annotations

from amlctl.bicep import scopes, syntax
from amlctl.bicep.binder import bind
from amlctl.bicep.model import Model
from amlctl.bicep.ordering import culture_key
from amlctl.bicep.parser import parse
from amlctl.bicep.source import Files, decode
from amlctl.bicep.symbols import ModuleSymbol, Reference, ResourceSymbol
from amlctl.diagnostics import Place
from amlctl.records import NamedTuple

MODULE_TYPE = "<module>"


class GraphNode(NamedTuple):
    """A resource or a module; ``path`` is a module's path as it is written, None for a resource."""

    place: Place
    name: str
    type: str
    existing: bool
    path: str | None


class Graph(NamedTuple):
    """Nodes by name; edges from what waits to what it waits for, by both names."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[str, str], ...]


def deployment_graph(files: Files, path: str) -> Graph:
    """Give the graph of a file; a file with faults gives what can be understood. Raises OSError: no such file."""
    model = bind(parse(decode(files.read(path)), path).tree)
    scopes.resolve_resources(model)
    nodes: dict[ResourceSymbol | ModuleSymbol, GraphNode] = {}
    for resource in model.resources:
        if "/" in resource.type:
            nodes[resource] = _resource(model, resource)
    for module in model.modules:
        nodes[module] = _module(model, module)
    edges = [
        (symbol.name, target.symbol.name) for symbol in nodes for target in _targets(symbol) if target.symbol in nodes
    ]
    return Graph(
        tuple(sorted(nodes.values(), key=lambda node: culture_key(node.name))),
        tuple(sorted(edges, key=lambda edge: (culture_key(edge[0]), culture_key(edge[1])))),
    )


def _resource(model: Model, symbol: ResourceSymbol) -> GraphNode:
    return GraphNode(model.tree.place(symbol.node), symbol.name, symbol.type, symbol.existing, None)


def _module(model: Model, symbol: ModuleSymbol) -> GraphNode:
    path = symbol.node.path
    written = path.value if type(path) is syntax.String else None
    return GraphNode(model.tree.place(symbol.node), symbol.name, MODULE_TYPE, False, written)


def _targets(symbol: ResourceSymbol | ModuleSymbol) -> list[Reference]:
    """What a declaration mentions, each use of an element of a collection once."""
    found = dict.fromkeys(symbol.references)
    if isinstance(symbol, ResourceSymbol) and symbol.parent is not None:
        found[Reference(symbol.parent, symbol.parent_index, True)] = None
    return list(found)
