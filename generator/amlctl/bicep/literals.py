"""Tokens to literal nodes: what a string, a number or a name means."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.lexer import INTEGER, NAME, STRING

Node = syntax.Node

make: Callable[..., Any] = tuple.__new__
"""Makes a node without the detour over its class's own ``__new__``: half of the parser's time otherwise."""


_ESCAPE = re.compile(r"\\(u\{([0-9A-Fa-f]+)\}|\$\{?|.)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "$": "$", "${": "${"}


class Expected(Exception):
    """The text does not go on as it must: ``code`` and ``arguments`` choose the message, ``at`` is its token.

    A signal inside the parser; ``at`` None stands for the token that the parser has reached.
    """

    def __init__(self, code: str, *arguments: object, at: int | None = None) -> None:
        super().__init__(code)
        self.code, self.arguments, self.at = code, arguments, at


def unescape(text: str) -> str | None:
    """Give what the inside of a single-line string means, None where an escape is wrong."""
    if "\\" not in text:
        return text
    try:
        meant = _ESCAPE.sub(_escaped, text)
    except (KeyError, ValueError):
        return None
    if _SURROGATE.search(meant):
        # escapes name UTF-16 units: two of them may make one character
        return meant.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return meant


def _escaped(match: re.Match[str]) -> str:
    digits = match.group(2)
    return chr(int(digits, 16)) if digits else _ESCAPES[match.group(1)]


def string(texts: list[str], at: int) -> Node:
    """Read the complete string at a token; a malformed one is Skipped (the lexer has said why)."""
    text = texts[at].lstrip("$")
    if text.startswith("'''"):
        if len(text) < 6 or not text.endswith("'''"):
            return syntax.Skipped(at, at + 1)
        return make(syntax.String, (at, at + 1, _first_line_end(text[3:-3])))
    if len(text) < 2 or text[-1] != "'":
        return syntax.Skipped(at, at + 1)
    value = text[1:-1]
    if "\\" in value:
        meant = unescape(value)
        if meant is None or (text.endswith("\\'") and not _closed(text)):
            return syntax.Skipped(at, at + 1)
        value = meant
    return make(syntax.String, (at, at + 1, value))


def _closed(text: str) -> bool:
    """Tell whether the last quote of a string is not an escaped one."""
    slashes = len(text[:-1]) - len(text[:-1].rstrip("\\"))
    return slashes % 2 == 0


def _first_line_end(text: str) -> str:
    """Drop the line end that follows the quotes of a multi-line string."""
    return text.removeprefix("\r").removeprefix("\n")


def _integer(texts: list[str], at: int) -> Node:
    value = int(texts[at]) if len(texts[at]) < 30 else 1 << 64
    if value >= 1 << 64:
        raise Expected("BCP010", at=at)
    return make(syntax.Int, (at, at + 1, value))


def _variable(texts: list[str], at: int) -> Node:
    return make(syntax.Variable, (at, at + 1, texts[at]))


SIMPLE: dict[str, Callable[[list[str], int], Node]] = {
    STRING: string,
    INTEGER: _integer,
    NAME: _variable,
    "true": lambda _, at: syntax.Bool(at, at + 1, True),
    "false": lambda _, at: syntax.Bool(at, at + 1, False),
    "null": lambda _, at: syntax.Null(at, at + 1),
}


def segments(pieces: list[str]) -> tuple[str, ...] | None:
    """The texts between the holes of a string, None where one is malformed."""
    first = pieces[0]
    if first[0] == "$":
        return _multiline_segments(pieces)
    if not pieces[-1].endswith("'"):
        return None
    contents = [unescape(first[1:-2])]
    contents += [unescape(piece[1:-2]) for piece in pieces[1:-1]]
    contents.append(unescape(pieces[-1][1:-1]))
    return None if None in contents else tuple(contents)  # type: ignore[arg-type]


def _multiline_segments(pieces: list[str]) -> tuple[str, ...] | None:
    dollars = len(pieces[0]) - len(pieces[0].lstrip("$"))
    if not pieces[-1].endswith("'''"):
        return None
    hole = dollars + 1
    contents = [_first_line_end(pieces[0][dollars + 3 : -hole])]
    contents += [piece[1:-hole] for piece in pieces[1:-1]]
    contents.append(pieces[-1][1:-3])
    return tuple(contents)
