"""Differences that are the service's own way of writing: casing of ids, locations and sizes, order of plain lists.

A single address is the same with and without /32 (Key Vault gives it back with it), and a duration of ISO 8601 is the
same in every spelling. Classes of Azure/arm-template-whatif: casing #55 and #126, order of lists #60, #62 and #294.
Names, tags and settings stay sensitive to case, as a real change was once missed there (#292).
"""

from __future__ import annotations

import re
from typing import Any

from amlctl.diagnostics import JsonPath

_DURATION = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
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
    if path and path[-1] == "value" and "ipRules" in path:
        return wanted.removesuffix("/32") == found.removesuffix("/32")
    if _DURATION.fullmatch(wanted) and _DURATION.fullmatch(found):
        return seconds(wanted) == seconds(found)
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


def seconds(duration: str) -> float:
    """The seconds of an ISO 8601 duration without months and years."""
    match = _DURATION.fullmatch(duration)
    units = (86_400, 3600, 60, 1)
    return sum(float(part or 0) * unit for part, unit in zip(match.groups(), units, strict=True)) if match else -1.0


def squeezed(location: str) -> str:
    """``West Europe`` and ``westeurope`` are one region."""
    return location.replace(" ", "").lower()
