"""Azure resource types: the catalogue of every type and version, and checks of resource bodies against it.

In: names of types and versions, JSON bodies. Out: official spellings, types to walk, kinds of properties, findings.
It reads the committed files of ``catalogue/`` beside it, one provider at a time on first use, and nothing else: no
network, no package, no other room. Recipe, sizes and limits: README.md of this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlctl.types.nodes import (
    EVERY_SCOPE,
    Any_,
    Array,
    Bool,
    Const,
    Discriminated,
    Enum,
    Flag,
    Int,
    Node,
    Null,
    Object,
    Property,
    Scope,
    String,
    Union_,
)
from amlctl.types.reader import Provider, TypeVersion, find, load_provider, spelling, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amlctl.types.body import BodyFinding

__all__ = [
    "EVERY_SCOPE",
    "Any_",
    "Array",
    "Bool",
    "Const",
    "Discriminated",
    "Enum",
    "Flag",
    "Int",
    "Node",
    "Null",
    "Object",
    "Property",
    "Provider",
    "Scope",
    "String",
    "TypeVersion",
    "Union_",
    "check_body",
    "find",
    "later_spelling",
    "load_provider",
    "near",
    "property_kind",
    "spelling",
    "versions",
]


def property_kind(name: str, version: str, path: str | Sequence[str | int], *, output: bool = False) -> str | None:
    """Kind of one property of a type, as ``resourceInput<>`` and ``resourceOutput<>`` need it; see ``kinds``."""
    from amlctl.types import kinds

    return kinds.property_kind(name, version, path, output=output)


def later_spelling(name: str, version: str) -> str | None:
    """Give the official spelling of a type at a version that is newer than the catalogue, else None."""
    from amlctl.types import kinds

    return kinds.later_spelling(name, version)


def near(name: str) -> str | None:
    """Give the known type whose name is most like an unknown one, in its official spelling."""
    from amlctl.types import names

    return names.near(name)


def check_body(
    name: str,
    version: str,
    body: Any,
    *,
    scope: int = 0,
    is_unknown: Callable[[object], bool] | None = None,
) -> list[BodyFinding]:
    """Check an evaluated body of a resource against its type; see ``body.check_body``."""
    from amlctl.types import body as bodies

    return bodies.check_body(name, version, body, scope=scope, is_unknown=is_unknown)
