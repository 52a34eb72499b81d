"""What rendering hands over: files with the places of the environment's values in them."""

from __future__ import annotations

from typing import NamedTuple

from amlctl.diagnostics import JsonPath


class Origin(NamedTuple):
    """A literal in a rendered file (line and columns from 1, end exclusive) and the environment's value behind it."""

    line: int
    column: int
    end_column: int
    path: JsonPath


class RenderedFile(NamedTuple):
    """One file of ``infra/<env>``, its path inside that folder, and the origins in it, sorted by place."""

    path: str
    text: str
    origins: tuple[Origin, ...]


class RenderedSet(NamedTuple):
    """All files that one environment (or the pipelines of all) renders to, sorted by path."""

    environment: str
    files: tuple[RenderedFile, ...]

    def text(self, path: str) -> str:
        """Give the text of one file."""
        return next(file.text for file in self.files if file.path == path)
