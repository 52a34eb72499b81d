"""Marks around literals, taken away again when a file is done: how a place in a rendered file finds its YAML value."""

from __future__ import annotations

import re

from amlctl.diagnostics import JsonPath
from amlctl.render.rendered import Origin

# Control characters: no template holds them (it is refused when read) and no literal does (they are escaped there).
_OPEN, _CLOSE = "\x02", "\x03"
_MARK = re.compile(f"{_OPEN}([0-9]+){_OPEN}|{_CLOSE}")
FORBIDDEN = re.compile(f"[{_OPEN}{_CLOSE}]")


class Marks:
    """The paths of the literals of one file, by number."""

    def __init__(self) -> None:
        self.paths: list[JsonPath] = []

    def mark(self, literal: str, path: JsonPath) -> str:
        """Put marks around a literal."""
        self.paths.append(path)
        return f"{_OPEN}{len(self.paths) - 1}{_OPEN}{literal}{_CLOSE}"

    def strip(self, marked: str) -> tuple[str, tuple[Origin, ...]]:
        """Take the marks away and say where each literal stands now."""
        lines: list[str] = []
        origins: list[Origin] = []
        for number, line in enumerate(marked.split("\n"), 1):
            clean, found = self._strip_line(line, number) if _OPEN in line else (line, [])
            lines.append(clean)
            origins += found
        return "\n".join(lines), tuple(origins)

    def _strip_line(self, line: str, number: int) -> tuple[str, list[Origin]]:
        pieces: list[str] = []
        origins: list[Origin] = []
        position = column = 0
        start: tuple[int, JsonPath] | None = None
        for match in _MARK.finditer(line):
            piece = line[position : match.start()]
            pieces.append(piece)
            column += len(piece)
            position = match.end()
            if match[1] is not None:
                start = (column, self.paths[int(match[1])])
            elif start is not None:
                origins.append(Origin(number, start[0] + 1, column + 1, start[1]))
        pieces.append(line[position:])
        return "".join(pieces), origins
