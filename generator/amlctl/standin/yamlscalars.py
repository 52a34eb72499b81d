"""YAML scalars to values: the core schema, escapes of quoted scalars, folding of lines."""

from __future__ import annotations

import re
from typing import Any

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0(?:o[0-7]+|x[0-9A-Fa-f]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([ \t]*\n[ \t]*)|(.))", re.DOTALL)
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_MAX_DIGITS = 400


def plain_value(text: str) -> Any:
    """Give the value of a plain scalar: null, bool, int, float or text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _MAX_DIGITS:
        return text
    if _INTEGER.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    return float(text) if _FLOAT.match(text) else text


def fold(lines: list[str]) -> str:
    """Join the lines of a scalar: a line end is a blank, each blank line after it is a line end."""
    text, blank = lines[0], 0
    for line in lines[1:]:
        if not line:
            blank += 1
            continue
        text += ("\n" * blank or " ") + line
        blank = 0
    return text + "\n" * blank


def _folded(text: str) -> str:
    if "\n" not in text:
        return text
    lines = text.split("\n")
    inner = [line.strip(" \t") for line in lines]
    inner[0], inner[-1] = lines[0].rstrip(" \t"), lines[-1].lstrip(" \t")
    if len(inner) == 2 or any(inner[1:-1]) or inner[-1]:
        return fold(inner) if inner[-1] else fold(inner[:-1]) + " "
    return inner[0] + "\n" * (len(inner) - 2)


def unescape(written: str) -> str:
    """Give what a quoted scalar means; raises ValueError for an escape that YAML does not know."""
    body = written[1:-1]
    if written[0] == "'":
        return _folded(body.replace("''", "'"))
    parts, last = [], 0
    for found in _ESCAPE.finditer(body):
        parts += [_folded(body[last : found.start()]), _escaped(found)]
        last = found.end()
    return "".join([*parts, _folded(body[last:])])


def _escaped(found: re.Match[str]) -> str:
    digits = found.group(1) or found.group(2) or found.group(3)
    if digits:
        return chr(int(digits, 16))
    if found.group(4) is not None:
        return ""
    if found.group(5) not in _ESCAPES:
        raise ValueError(f"the escape \\{found.group(5)} is unknown")
    return _ESCAPES[found.group(5)]
