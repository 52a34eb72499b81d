"""Differences that are the service's own way of writing: casing of ids, locations and sizes, order of plain lists.

Classes of Azure/arm-template-whatif: casing #55 and #126, order of lists #60, #62 and #294. Names, tags and settings
stay sensitive to case, as a real change was once missed there (#292).
"""

from __future__ import annotations

from typing import Any

from amlctl.diagnostics import JsonPath

EXACT = ("tags", "name")


def same(type_: str, path: JsonPath, wanted: Any, found: Any) -> bool:  # noqa: ARG001  (rules by type come with the catalogue)
    """Tell whether two values mean the same to the service."""
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None or found is None:
        return wanted is found
    if wanted == {} and isinstance(found, dict) and path[:1] != ("tags",):
        return True  # an empty map mentions nothing; the service fills such maps (identities, for example)
    if isinstance(wanted, str) and isinstance(found, str):
        return _same_text(path, wanted, found)
    if isinstance(wanted, list) and isinstance(found, list):
        return _same_list(path, wanted, found)
    return bool(wanted == found)


def _same_text(path: JsonPath, wanted: str, found: str) -> bool:
    if wanted == found:
        return True
    if path and path[0] in EXACT:
        return False
    if path and path[-1] in ("location", "computeLocation"):
        return squeezed(wanted) == squeezed(found)
    return wanted.rstrip("/").lower() == found.rstrip("/").lower()


def _same_list(path: JsonPath, wanted: list[Any], found: list[Any]) -> bool:
    if len(wanted) != len(found):
        return False
    left = list(found)
    for item in wanted:
        at = next((n for n, other in enumerate(left) if same("", path, item, other)), None)
        if at is None:
            return False
        del left[at]
    return True


def squeezed(location: str) -> str:
    """``West Europe`` and ``westeurope`` are one region."""
    return location.replace(" ", "").lower()
