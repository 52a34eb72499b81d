"""Reading what is there: the live documents of desired resources, and the answers that an evaluation needs of them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from amlctl.arm.values import Resource, Unknown

if TYPE_CHECKING:
    from amlctl.azure import Arm

READERS = 8
"""Reads at a time: ARM refills 25 a second for one principal."""


class Observed:
    """Live documents by lower-case id; also the answers to ``reference()``. Lists of keys are never asked for."""

    def __init__(self, documents: dict[str, dict[str, Any] | None]) -> None:
        self.documents = documents

    def reference(self, id: str, api_version: str | None, full: bool) -> Any | None:  # noqa: A002
        """Give what was read of a resource: its properties, or the whole of it."""
        document = self.documents.get(id.lower())
        if document is None:
            return None
        return document if full else document.get("properties")

    def call(self, function: str, id: str, api_version: str | None, arguments: tuple[Any, ...]) -> Any | None:  # noqa: A002
        """Keys stay unknown: a plan never holds a secret."""
        return None


def observe(resources: Iterable[Resource], arm: Arm) -> Observed:
    """Read resources, several at a time; what does not exist is None, what cannot be named is left out."""
    wanted = {r.id.lower(): (r.id, r.api_version) for r in resources if not isinstance(r.id, Unknown)}
    with ThreadPoolExecutor(READERS) as pool:
        documents = pool.map(lambda entry: arm.read(*entry), wanted.values())
        return Observed(dict(zip(wanted, documents, strict=True)))
