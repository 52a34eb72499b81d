"""The documents between a tree and its lines: texts, possible line ends, and what holds them together.

A plain ``str`` is a text. The kinds and what they do are those of PrettyPrintV2/Documents in Azure/bicep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

Document: TypeAlias = Any
"""A ``str`` or one of the classes below; told apart by ``type``."""


class Suffix(str):
    """A comment at the end of a line: it takes no width."""

    __slots__ = ()


class Choice:
    """A text that is there only where the group around it is broken into lines."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Line:
    """A line end; ``flat`` is what stands there instead where the group fits on one line (None: it never does)."""

    __slots__ = ("flat",)

    def __init__(self, flat: str | None) -> None:
        self.flat = flat


HARD, SOFT = Line(None), Line(None)
"""A line end that is always printed (blank lines); one that stands for a line end of the source."""
OR_NOTHING, OR_SPACE, OR_COMMA = Line(""), Line(" "), Line(", ")


class Container:
    """Documents in a row."""

    __slots__ = ("documents",)

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents


class Glue(Container):
    """Documents that are printed one after the other."""

    __slots__ = ()


class Tail(Glue):
    """The object or array that ends a call's arguments: it does not break the call into lines."""

    __slots__ = ()


class Group(Container):
    """Documents that are put on one line if they fit."""

    __slots__ = ()


class Indent(Container):
    """Documents whose lines stand one level deeper."""

    __slots__ = ()


def has_suffix(document: Document) -> bool:
    """Tell whether a document ends with a comment at the end of its line."""
    while isinstance(document, Container):
        document = document.documents[-1]
    return type(document) is Suffix


def spread(documents: Iterable[Document]) -> Glue:
    """Put a space between documents."""
    return Glue(separated(documents, " "))


def separated(documents: Iterable[Document], separator: Document) -> list[Document]:
    """Put a separator between documents; a blank line needs none behind it."""
    result: list[Document] = []
    after_blank = True
    for document in documents:
        if not after_blank:
            result.append(separator)
        result.append(document)
        after_blank = document is HARD
    return result


def trimmed(documents: list[Document]) -> list[Document]:
    """Drop the line ends at both ends."""
    start, end = 0, len(documents)
    while start < end and type(documents[start]) is Line:
        start += 1
    while end > start and type(documents[end - 1]) is Line:
        end -= 1
    return documents[start:end]


def collapsed(documents: list[Document], on_blank: Callable[[], None] | None = None) -> list[Document]:
    """Drop single line ends and make one blank line of several; ``on_blank`` is told of each blank line."""
    result: list[Document] = []
    previous: Document = None
    for document in documents:
        if document is SOFT and previous is not SOFT:
            previous = SOFT
            continue
        if document is HARD and previous is HARD:
            continue
        if document is SOFT or document is HARD:
            result.append(HARD)
            if on_blank is not None:
                on_blank()
        else:
            result.append(document)
        previous = document
    return result
