"""The tree that a YAML text comes to: every value with its place, nothing interpreted yet."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from amlctl.diagnostics import JsonPath, Place


class Scalar(NamedTuple):
    """One text as it was typed; ``plain`` tells that it stood there without quotes."""

    text: str
    plain: bool
    place: Place


class Listing(NamedTuple):
    """A YAML list."""

    items: tuple[Node, ...]
    place: Place


class Mapping(NamedTuple):
    """A YAML map: key → value, and where each key stands."""

    entries: dict[str, Node]
    keys: dict[str, Place]
    place: Place


Node: TypeAlias = Scalar | Listing | Mapping


class Plain(str):
    """A text that stood without quotes: the only one that may mean a number or a switch."""

    __slots__ = ()


def values(node: Node) -> object:
    """Turn the tree into dicts, lists, ``str`` (quoted) and ``Plain`` (not quoted)."""
    if isinstance(node, Scalar):
        return Plain(node.text) if node.plain else node.text
    if isinstance(node, Listing):
        return [values(item) for item in node.items]
    return {key: values(item) for key, item in node.entries.items()}


def places(node: Node, path: JsonPath = (), place: Place | None = None) -> dict[JsonPath, Place]:
    """Give the place of every value, by its path; a map or a list below a key stands where the key stands."""
    found: dict[JsonPath, Place] = {path: place or node.place}
    if isinstance(node, Listing):
        for index, item in enumerate(node.items):
            found.update(places(item, (*path, index)))
    elif isinstance(node, Mapping):
        for key, item in node.entries.items():
            found.update(places(item, (*path, key), None if isinstance(item, Scalar) else node.keys.get(key)))
    return found


def at(node: Node, path: JsonPath) -> Node | None:
    """Give the node at a path, or None where there is none."""
    current: Node | None = node
    for step in path:
        if isinstance(current, Mapping) and isinstance(step, str):
            current = current.entries.get(step)
        elif isinstance(current, Listing) and isinstance(step, int) and step < len(current.items):
            current = current.items[step]
        else:
            return None
    return current


def word(node: Node, *path: str) -> str | None:
    """Give the text at a path, or None where there is no text."""
    found = at(node, path)
    return found.text if isinstance(found, Scalar) else None
