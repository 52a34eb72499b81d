"""Types that contain themselves as a required part (TypeSystem/CyclicTypeCheckVisitor.cs)."""

from __future__ import annotations

from amlctl.bicep import syntax as s
from amlctl.bicep.checks.bind import Binding, Symbol, children
from amlctl.bicep.checks.cycles import find_cycles

Node = s.Node
MAX_ALIASES = 50


class _Part:
    """An alias with the aliases that a value of it must hold."""

    __slots__ = ("cycle", "name", "symbol", "uses")

    def __init__(self, symbol: Symbol) -> None:
        self.symbol, self.name = symbol, symbol.name
        self.uses: list[_Part] = []
        self.cycle: tuple[_Part, ...] | None = None


def mark_type_cycles(binding: Binding) -> None:
    """Set ``cycle`` of each alias that cannot have a value because it needs one of itself."""
    parts = {id(symbol): _Part(symbol) for symbol in binding.file.declared if symbol.kind == "type"}
    for part in parts.values():
        _visit(binding, part.symbol.node.value, part, parts, False)
    find_cycles(list(parts.values()))
    for part in parts.values():
        if part.cycle is not None and part.symbol.cycle is None:
            part.symbol.cycle = tuple(one.symbol for one in part.cycle)


def _visit(binding: Binding, node: Node, part: _Part, parts: dict[int, _Part], entered: bool) -> None:
    kind = type(node)
    if kind is s.TypeName:
        symbol = binding.symbols.get(id(node))
        if entered and symbol is not None and id(symbol) in parts:
            part.uses.append(parts[id(symbol)])
        return
    if kind in (s.TypeArray, s.TypeObject, s.TypeTuple) or (kind is s.TypeUnion and _is_tagged(binding, node)):
        entered = True
    for child in children(node):
        contained = kind in (s.TypeArray, s.TypeUnion) or type(child) in (s.TypeMember, s.TypeItem)
        inner = child.value if type(child) in (s.TypeMember, s.TypeItem) else child
        if type(child) is s.TypeMember and child.name is None:
            continue
        if not (contained and may_be_null(binding, inner)):
            _visit(binding, inner, part, parts, entered)


def _is_tagged(binding: Binding, node: Node) -> bool:
    parent = binding.parents.get(id(node))
    while type(parent) in (s.Parens, s.TypeNullable, s.TypeNonNull):
        parent = binding.parents.get(id(parent))
    decorators = getattr(parent, "decorators", ())
    return any(getattr(one.expression, "name", "") == "discriminator" for one in decorators)


def may_be_null(binding: Binding, node: Node, depth: int = 0) -> bool:
    """Tell whether a type is written so that null is one of its values."""
    kind = type(node)
    if kind in (s.TypeNullable, s.Null):
        return True
    if kind is s.Parens:
        return may_be_null(binding, node.inner, depth)
    if kind is s.TypeUnion:
        return any(may_be_null(binding, member, depth) for member in node.members)
    if kind is s.TypeName and depth < MAX_ALIASES:
        symbol = binding.symbols.get(id(node))
        return symbol is not None and symbol.kind == "type" and may_be_null(binding, symbol.node.value, depth + 1)
    return False
