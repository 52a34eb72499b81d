"""Cycles among declarations: every symbol that lies on one gets the shortest cycle through it."""

from __future__ import annotations

from typing import Any


def find_cycles(symbols: list[Any]) -> None:
    """Set ``cycle`` of each symbol that reaches itself by ``uses``: the symbols from it to the last before it."""
    groups = _components(symbols)
    for symbol in symbols:
        group = groups[id(symbol)]
        if len(group) > 1 or any(used is symbol for used in symbol.uses):
            symbol.cycle = _shortest(symbol, {id(one) for one in group})


def _components(symbols: list[Any]) -> dict[int, list[Any]]:
    """Tarjan's strongly connected components, without recursion."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[Any] = []
    on_stack: set[int] = set()
    groups: dict[int, list[Any]] = {}
    for root in symbols:
        if id(root) in index:
            continue
        work = [(root, iter(root.uses))]
        _enter(root, index, low, stack, on_stack)
        while work:
            symbol, uses = work[-1]
            following = next((used for used in uses if id(used) not in index or id(used) in on_stack), None)
            if following is None:
                work.pop()
                _leave(symbol, work, index, low, stack, on_stack, groups)
            elif id(following) not in index:
                _enter(following, index, low, stack, on_stack)
                work.append((following, iter(following.uses)))
            else:
                low[id(symbol)] = min(low[id(symbol)], index[id(following)])
    return groups


def _enter(symbol: Any, index: dict[int, int], low: dict[int, int], stack: list[Any], on_stack: set[int]) -> None:
    index[id(symbol)] = low[id(symbol)] = len(index)
    stack.append(symbol)
    on_stack.add(id(symbol))


def _leave(
    symbol: Any,
    work: list[tuple[Any, Any]],
    index: dict[int, int],
    low: dict[int, int],
    stack: list[Any],
    on_stack: set[int],
    groups: dict[int, list[Any]],
) -> None:
    if work:
        above = id(work[-1][0])
        low[above] = min(low[above], low[id(symbol)])
    if low[id(symbol)] != index[id(symbol)]:
        return
    group: list[Any] = []
    while True:
        one = stack.pop()
        on_stack.discard(id(one))
        group.append(one)
        groups[id(one)] = group
        if one is symbol:
            return


def _shortest(start: Any, group: set[int]) -> tuple[Any, ...]:
    came: dict[int, Any] = {}
    level = [start]
    while level:
        following: list[Any] = []
        for symbol in level:
            for used in symbol.uses:
                if used is start:
                    return _path(start, symbol, came)
                if id(used) in group and id(used) not in came:
                    came[id(used)] = symbol
                    following.append(used)
        level = following
    return (start,)


def _path(start: Any, last: Any, came: dict[int, Any]) -> tuple[Any, ...]:
    path = [last]
    while path[-1] is not start:
        path.append(came[id(path[-1])])
    return tuple(reversed(path))
