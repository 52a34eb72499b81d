"""Read the packed catalogue: one provider at a time, on first use, each node when it is first asked for."""

from __future__ import annotations

import os
from json import JSONDecoder, loads
from typing import Any
from zlib import decompress

from amlctl.records import NamedTuple
from amlctl.types.nodes import Const, Discriminated, Flag, Node, Object, Property, String, parse_node

FOLDER = os.path.join(os.path.dirname(__file__), "catalogue")
_DECODER = JSONDecoder()
_SEPARATOR = "/"
"""Every name of a type has one, and nothing else in the head of a file has."""
_GZIP = 31  # zlib's wbits for a gzip file
_FIXED = Flag.READ_ONLY | Flag.DEPLOY_TIME_CONSTANT


class Provider:
    """The types of one resource provider; made by ``load_provider``."""

    __slots__ = ("_header", "_known", "_lines", "_lower", "_nodes", "_spelled", "_types")

    def __init__(self, text: str) -> None:
        self._header, *self._lines = text.split("\n")
        self._lower = self._header.lower()
        self._nodes: dict[int, Node] = {}
        self._spelled: dict[str, list[str]] = {}
        self._known: dict[str, dict[str, list[Any]]] = {}
        self._types: dict[str, dict[str, list[Any]]] = {}

    @property
    def types(self) -> dict[str, dict[str, list[Any]]]:
        """All types with their versions; a file asks for few, so that ``known`` reads them one by one."""
        if not self._types:
            self._types = loads(self._header)
        return self._types

    def known(self, name: str) -> dict[str, list[Any]]:
        """Give the versions of a type that is spelled as the provider does."""
        found = self._known.get(name)
        if found is None:
            key = f'"{name}":'
            at = self._header.index(key) + len(key)
            found = self._known[name] = _DECODER.raw_decode(self._header, at)[0]
        return found

    def _spellings(self, name: str) -> list[str]:
        found = self._spelled.get(name)
        if found is None:
            found = self._spelled[name] = []
            key = f'"{name}":'
            at = self._lower.find(key)
            while at >= 0:
                found.append(self._header[at + 1 : at + len(key) - 2])
                at = self._lower.find(key, at + 1)
        return found

    def spelled(self, name: str, version: str = "") -> str | None:
        """Give the official spelling of a type's name, None where the provider has no such type.

        A few types are spelled in two ways in the official index: then the version decides.
        """
        names = self._spellings(name.lower()) if _SEPARATOR in name and '"' not in name else []
        return next((one for one in names if version in self.known(one)), names[-1] if names else None)

    def node(self, number: int) -> Node:
        """Give the node of a number that another node or a type named."""
        found = self._nodes.get(number)
        if found is None:
            found = self._nodes[number] = parse_node(loads(self._lines[number]))
        return found

    def add(self, node: Node) -> int:
        """Give a number to a node that is not in the file (``id``, ``type`` and ``apiVersion`` of a body)."""
        self._lines.append("")
        self._nodes[len(self._lines) - 1] = node
        return len(self._lines) - 1


class TypeVersion(NamedTuple):
    """One version of a type. ``exact`` is False where the asked version is unknown and an older one stands for it."""

    name: str
    version: str
    exact: bool
    provider: Provider
    body: int
    writable: int
    readable: int
    functions: dict[str, list[int | None]]

    def node(self) -> Object | Discriminated:
        """Give the body as a resource has it, with id, type and apiVersion."""
        number = _bodies.get((self.provider, self.body, self.name, self.version))
        if number is None:
            number = self.provider.add(_with_fixed(self))
            _bodies[self.provider, self.body, self.name, self.version] = number
        node = self.provider.node(number)
        assert isinstance(node, Object | Discriminated)
        return node


_bodies: dict[tuple[Provider, int, str, str], int] = {}
_providers: dict[str, Provider | None] = {}


def _with_fixed(found: TypeVersion) -> Node:
    provider = found.provider
    fixed = {
        "id": Property(provider.add(String()), _FIXED),
        "type": Property(provider.add(Const(found.name)), _FIXED),
        "apiVersion": Property(provider.add(Const(found.version)), _FIXED),
    }
    body = provider.node(found.body)
    if type(body) is Discriminated:
        return body._replace(base={**fixed, **body.base})
    assert type(body) is Object
    return body._replace(properties={**fixed, **body.properties})


def load_provider(name: str) -> Provider | None:
    """Give the provider of that name in any case (``Microsoft.Network``), None where the catalogue lacks it."""
    key = name.lower()
    if key not in _providers:
        _providers[key] = _read(key)
    return _providers[key]


def _read(key: str) -> Provider | None:
    if not key.replace(".", "").replace("-", "").isalnum():
        return None
    try:
        with open(os.path.join(FOLDER, key + ".gz"), "rb") as file:
            return Provider(decompress(file.read(), _GZIP).decode())
    except OSError:
        return None


def versions(name: str) -> list[str]:
    """Give the known versions of a type in any case, oldest first; empty where the type is unknown."""
    provider = load_provider(name.partition("/")[0])
    spelled = provider.spelled(name) if provider else None
    return list(provider.known(spelled)) if provider and spelled else []


def spelling(name: str, version: str) -> str | None:
    """Give the official spelling of a type whose version is known too, else None: the author's spelling stays."""
    provider = load_provider(name.partition("/")[0])
    spelled = provider.spelled(name, version.lower()) if provider else None
    if provider is None or spelled is None:
        return None
    return spelled if _version(provider.known(spelled), version) else None


def find(name: str, version: str) -> TypeVersion | None:
    """Give a type at a version; where it is not known, at the nearest older one, else at the oldest.

    ``exact`` and ``version`` of the answer say which one it is. None where the type itself is unknown.
    """
    provider = load_provider(name.partition("/")[0])
    spelled = provider.spelled(name, version.lower()) if provider else None
    if provider is None or spelled is None:
        return None
    known = provider.known(spelled)
    exact = _version(known, version)
    chosen = exact or _nearest(list(known), version)
    body, writable, readable, *functions = known[chosen]
    return TypeVersion(
        spelled, chosen, exact is not None, provider, body, writable, readable, functions[0] if functions else {}
    )


def _version(known: dict[str, list[Any]], version: str) -> str | None:
    if version in known:
        return version
    folded = version.lower()
    return folded if folded in known else None


def _nearest(known: list[str], version: str) -> str:
    """Choose the newest version that is not newer, by date; of two of one date the stable one."""
    day = version[:10]
    older = [one for one in known if one[:10] <= day]
    if not older:
        return min(known, key=lambda one: (one[:10], len(one)))
    return max(older, key=lambda one: (one[:10], -len(one)))
