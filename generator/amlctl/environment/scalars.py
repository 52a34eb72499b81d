"""What a plain YAML scalar would be read as by YAML 1.1 or 1.2 (design.md section 4, "Plain scalars")."""

from __future__ import annotations

import re

NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_KINDS = (
    (
        "a date or a time",
        re.compile(
            r"\d{4}-\d{1,2}-\d{1,2}"
            r"(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?))?)?"
        ),
    ),
    # YAML 1.1 reads 22:22 as a number to the base of 60.
    (
        "a time (a number to the base of 60 in YAML 1.1)",
        re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
    ),
    ("a number", re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")),
    ("a number", re.compile(r"[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?")),
    ("a number", re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")),
)


def reads_as(text: str) -> str | None:
    """Say what YAML reads a plain text as (number, time, date), or None where it stays text."""
    if text[:1] not in "0123456789+-.":
        return None
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(text)), None)
