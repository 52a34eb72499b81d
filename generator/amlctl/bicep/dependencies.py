"""``dependsOn``: what each resource and module waits for (Emit/ResourceDependencyVisitor.cs, ExpressionBuilder.cs).

References were collected by the binder. Here they are followed through variables and existing resources to what is
deployed, with indexes rewritten to the place where the dependency is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from amlctl.arm.tree import Access, Call, Expression, print_value
from amlctl.bicep import access
from amlctl.bicep.lowering import Lowering
from amlctl.bicep.ordering import culture_key
from amlctl.bicep.symbols import MODULE, RESOURCE, VARIABLE, ModuleSymbol, Reference, ResourceSymbol, Symbol
from amlctl.bicep.values import Unsupported
from amlctl.records import NamedTuple

_MAX_PATH = 200
_MAX_PATHS = 100_000


class Edge(NamedTuple):
    """A dependency that is written: on what, and on which element of it."""

    reference: Reference
    target: access.Target


Graph = dict[Symbol, tuple[Reference, ...]]


def reference_graph(unit_symbols: list[Symbol]) -> Graph:
    """References by declaration; variables that lead to nothing deployable are dropped."""
    graph: dict[Symbol, dict[Reference, None]] = {}
    for symbol in unit_symbols:
        own: dict[Reference, None] = {}
        if isinstance(symbol, ResourceSymbol) and symbol.parent is not None:
            own[Reference(symbol.parent, symbol.parent_index, True)] = None
        for found in symbol.references:
            own[found] = None
        graph[symbol] = own
    leads = _leading_variables(graph)
    return {
        symbol: tuple([ref for ref in own if ref.symbol.kind != VARIABLE or ref.symbol in leads])
        for symbol, own in graph.items()
    }


def _leading_variables(graph: dict[Symbol, dict[Reference, None]]) -> set[Symbol]:
    """The variables from which a resource or a module can be reached."""
    users: dict[Symbol, list[Symbol]] = {}
    leads: set[Symbol] = set()
    work: list[Symbol] = []
    for symbol, own in graph.items():
        if symbol.kind != VARIABLE:
            continue
        for ref in own:
            if ref.symbol.kind == VARIABLE:
                users.setdefault(ref.symbol, []).append(symbol)
            elif symbol not in leads:
                leads.add(symbol)
                work.append(symbol)
    while work:
        for user in users.get(work.pop(), ()):
            if user not in leads:
                leads.add(user)
                work.append(user)
    return leads


def depends_on(low: Lowering, symbol: ResourceSymbol | ModuleSymbol, graph: Graph) -> list[str]:
    """The entries of ``dependsOn`` of a resource or a module, sorted by symbolic name."""
    edges: dict[Symbol, list[Edge]] = {}
    for edge in _edges(low, symbol, graph):
        edges.setdefault(edge.target.symbol, []).append(edge)
    ordered = sorted(edges.items(), key=lambda item: culture_key(_key(item[0])))
    entries: list[str] = []
    for _, found in ordered:
        entries += [_print(edge.target) for edge in _distinct(found)]
    return entries


def _key(symbol: Symbol) -> str:
    return symbol.symbolic_name if isinstance(symbol, ResourceSymbol) else symbol.name


def _distinct(edges: list[Edge]) -> list[Edge]:
    """One entry for the whole collection if any is about it, else each element once."""
    for edge in edges:
        if edge.target.element is None:
            return [edge]
    seen: dict[object, Edge] = {}
    for edge in edges:
        reference = edge.reference
        seen.setdefault((reference.index.at, reference.weak), edge)
    return list(seen.values())


def _print(target: access.Target) -> str:
    low, symbol = target.low, target.symbol
    if low.unit.symbolic_names:
        return print_value(access.symbolic_reference(_key(symbol), target.element))
    if target.whole_collection:
        return print_value(access.symbolic_reference(_key(symbol), None))
    if isinstance(symbol, ModuleSymbol):
        return print_value(access.module_id(target))
    return print_value(access.resource_id(low, symbol))


def _edges(low: Lowering, symbol: Symbol, graph: Graph) -> Iterator[Edge]:
    count = 0
    for reference in graph.get(symbol, ()):
        reached = _reachable(reference, graph, low.unit.symbolic_names)
        if all(found.index is None for found in reached):
            # nothing to rewrite on the way: only the ends count, however many paths lead there
            for end in reached:
                if isinstance(end.symbol, ResourceSymbol | ModuleSymbol) and _ends(end, low.unit.symbolic_names):
                    yield Edge(end, access.Target(end.symbol, low))
            continue
        for path in _paths((reference,), graph, low.unit.symbolic_names):
            count += 1
            if count > _MAX_PATHS:
                raise Unsupported(symbol.node.name, f'"{symbol.name}" depends on more than {_MAX_PATHS} things.')
            yield _follow(low, path)


def _reachable(start: Reference, graph: Graph, symbolic: bool) -> dict[Reference, None]:
    """All references on the paths that begin with one."""
    reached: dict[Reference, None] = {}
    work = [start]
    while work:
        reference = work.pop()
        if reference not in reached:
            reached[reference] = None
            if not _ends(reference, symbolic):
                work += graph.get(reference.symbol, ())
    return reached


def _paths(path: tuple[Reference, ...], graph: Graph, symbolic: bool) -> Iterator[tuple[Reference, ...]]:
    last = path[-1]
    if _ends(last, symbolic):
        yield path
        return
    if len(path) > _MAX_PATH:
        return
    for reference in graph.get(last.symbol, ()):
        if reference not in path:
            yield from _paths((*path, reference), graph, symbolic)


def _ends(reference: Reference, symbolic: bool) -> bool:
    """Tell whether a path stops here: at what is deployed, or at an existing resource that the template holds."""
    symbol = reference.symbol
    if symbol.kind == MODULE:
        return True
    if symbol.kind != RESOURCE:
        return False
    assert isinstance(symbol, ResourceSymbol)
    return not symbol.existing or (symbolic and not reference.weak)


def _follow(low: Lowering, path: tuple[Reference, ...]) -> Edge:
    """Walk a path, rewriting each index to where the path began."""
    by_copy_index = True
    target: access.Target | None = None
    for reference in path:
        symbol = reference.symbol
        index: Expression | None = None
        if reference.index is not None:
            index = low.expression(reference.index)
            low = access.replaced(low, symbol, index)
        copies = index is not None and _uses_copy_index(index)
        if isinstance(symbol, ResourceSymbol | ModuleSymbol):
            target = access.Target(symbol, low, None if copies and not by_copy_index else index)
        by_copy_index = by_copy_index and copies
    assert target is not None
    return Edge(reference, target)


def _uses_copy_index(expression: Expression) -> bool:
    kind = type(expression)
    if kind is Call:
        return expression.name == "copyIndex" or any(_uses_copy_index(a) for a in expression.arguments)  # type: ignore[union-attr]
    if kind is Access:
        return _uses_copy_index(expression.base) or _uses_copy_index(expression.key)  # type: ignore[union-attr]
    return False
