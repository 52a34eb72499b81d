"""Places, JSON paths and findings: the words that every room may speak. Imports nothing of the package."""

from __future__ import annotations

from typing import Literal, TypeAlias

from amlctl.records import NamedTuple

Level: TypeAlias = Literal["error", "warning", "info"]
JsonPath: TypeAlias = tuple[str | int, ...]
"""Keys and indexes from the root of a document, for example ``("resources", 0, "name")``."""


class Place(NamedTuple):
    """A place in a text file: lines and columns from 1, columns in characters; the end is exclusive."""

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        """``file:line:column``, as editors and terminals link it."""
        return f"{self.file}:{self.line}:{self.column}"


class Finding(NamedTuple):
    """One fault found: what is wrong, what was found there and what to write instead."""

    level: Level
    code: str
    message: str
    place: Place | None = None
    found: str = ""
    instead: str = ""
    link: str = ""

    def __str__(self) -> str:
        """``file:line:col  level CODE  what; found; instead``: the one line form of design.md section 4."""
        where = f"{self.place}  " if self.place else ""
        parts = [self.message, self.found, self.instead]
        return f"{where}{self.level} {self.code}  " + "; ".join(part for part in parts if part)


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Tell whether any of the findings forbids going on."""
    return any(finding.level == "error" for finding in findings)
