"""The few questions that compiling asks about Azure's resource types, answered by the catalogue of room ``types``."""

from __future__ import annotations

from functools import lru_cache

from amlctl import types as catalogue


@lru_cache(maxsize=4096)
def spelling(name: str, version: str) -> str | None:
    """The official spelling of a type's name in a version; None where the catalogue lacks it and is not older."""
    return catalogue.spelling(name, version) or catalogue.later_spelling(name, version)


@lru_cache(maxsize=4096)
def property_kind(name: str, version: str, segments: tuple[str, ...], *, output: bool) -> str | None:
    """Kind of a part of a type: string, int, bool, array, object; None for anything else."""
    return catalogue.property_kind(name, version, segments, output=output)


@lru_cache(maxsize=512)
def has_fixed_shape(name: str, version: str | None) -> bool:
    """Tell whether a type's body is one object, not a choice of objects."""
    found = catalogue.find(name, version) if version else None
    return found is None or not isinstance(found.node(), catalogue.Discriminated)


def _part(name: str, version: str, segments: tuple[str, ...]) -> tuple[catalogue.Provider, catalogue.Node] | None:
    """Walk to a part of a type; None where the catalogue has no such part."""
    found = catalogue.find(name, version)
    if found is None:
        return None
    provider = found.provider
    node: catalogue.Node = found.node()
    words = iter(segments)
    for word in words:
        number: int | None = None
        if word == "properties" and isinstance(node, catalogue.Object):
            member = node.properties.get(next(words, ""))
            number = member.type if member else None
        elif word == "items" and isinstance(node, catalogue.Array):
            number = node.item
        elif word == "additionalProperties" and isinstance(node, catalogue.Object):
            number = node.additional
        if number is None:
            return None
        node = provider.node(number)
    return provider, node


def variants(name: str, version: str, segments: tuple[str, ...], key: str) -> str | tuple[str, ...] | None:
    """For a part of a type: the one text its property ``key`` has, or all of them where it is a choice of objects."""
    part = _part(name, version, segments)
    if part is None:
        return None
    provider, node = part
    if isinstance(node, catalogue.Discriminated):
        return tuple(node.branches)
    if isinstance(node, catalogue.Object) and key in node.properties:
        value = provider.node(node.properties[key].type)
        return str(value.value) if isinstance(value, catalogue.Const) else None
    return None


def holds_secret(name: str, version: str, segments: tuple[str, ...]) -> bool:
    """Tell whether a part of a type is a secret, or has one anywhere inside."""
    part = _part(name, version, segments)
    if part is None:
        return False
    provider, first = part
    seen: set[int] = set()
    work: list[catalogue.Node] = [first]
    while work:
        node = work.pop()
        if isinstance(node, catalogue.String | catalogue.Object) and node.secret:
            return True
        for number in _inside(node):
            if number not in seen:
                seen.add(number)
                work.append(provider.node(number))
    return False


def _inside(node: catalogue.Node) -> list[int]:
    """Numbers of the types that a type is made of."""
    if isinstance(node, catalogue.Object):
        inner = [member.type for member in node.properties.values()]
        return inner if node.additional is None else [*inner, node.additional]
    if isinstance(node, catalogue.Discriminated):
        return [*(member.type for member in node.base.values()), *node.branches.values()]
    if isinstance(node, catalogue.Array):
        return [node.item]
    return list(node.members) if isinstance(node, catalogue.Union_) else []
