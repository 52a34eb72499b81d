"""Documents to text: each group goes on one line if it fits into the width that is left (PrettyPrinterV2.cs)."""

from __future__ import annotations

from collections.abc import Iterator

from amlctl.bicep.formatting.documents import Choice, Container, Document, Group, Indent, Line, Suffix, Tail


def width_of(text: str) -> int:
    """Width of a text as the official printer counts it: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def flattened(group: Group, room: int) -> list[Document] | None:
    """Documents of a group on one line, None where they need more than ``room``."""
    flat: list[Document] = []
    stack: list[Iterator[Document]] = [iter(group.documents)]
    measuring = True
    while stack:
        for found in stack[-1]:
            document, kind = found, type(found)
            if kind is Line:
                document, kind = found.flat, str
                if document is None:
                    return None
            elif kind is Choice:
                continue
            elif kind is not str and kind is not Suffix and kind is not Tail:
                stack.append(iter(document.documents))
                break
            flat.append(document)
            if measuring and kind is not Suffix:
                room -= 1 if kind is Tail else width_of(document)
                if room < 0:
                    return None
                measuring = kind is not Tail
        else:
            stack.pop()
    return flat


class _Writer:
    """Collects text; blanks at the end of a line are never written."""

    __slots__ = ("blanks", "indent", "newline", "occupied", "pieces")

    def __init__(self, indent: str, newline: str) -> None:
        self.indent, self.newline = indent, newline
        self.pieces: list[str] = []
        self.blanks = ""
        self.occupied = 0

    def text(self, text: str) -> None:
        if not text:
            return
        if text.isspace():
            self.blanks += text
            return
        if self.blanks:
            self.pieces.append(self.blanks)
            self.blanks = ""
        self.pieces.append(text)

    def line(self, level: int) -> None:
        self.pieces.append(self.newline)
        self.blanks = self.indent * level
        self.occupied = len(self.indent) * level


def render(documents: list[Document], width: int, indent: str, newline: str) -> str:
    """Print documents into lines of at most ``width`` where that can be done."""
    writer = _Writer(indent, newline)
    stack: list[tuple[int, Iterator[Document]]] = [(0, iter(documents))]
    while stack:
        level, rest = stack[-1]
        for document in rest:
            kind = type(document)
            if kind is str:
                writer.text(document)
                writer.occupied += width_of(document)
            elif kind is Line:
                writer.line(level)
            elif kind is Suffix:
                writer.text(document)
            elif kind is Choice:
                writer.text(document.text)
                writer.occupied += width_of(document.text)
            else:
                stack.append(_entered(document, level, width - writer.occupied))
                break
        else:
            stack.pop()
    return "".join(writer.pieces)


def _entered(document: Container, level: int, room: int) -> tuple[int, Iterator[Document]]:
    """Level and documents with which a container is printed."""
    if type(document) is Indent:
        return level + 1, iter(document.documents)
    if type(document) is Group and room >= 0:
        flat = flattened(document, room)
        if flat is not None:
            return level, iter(flat)
    return level, iter(document.documents)
