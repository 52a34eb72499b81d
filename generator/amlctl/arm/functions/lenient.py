"""JSON as Newtonsoft reads it: single quotes, names without quotes, comments and trailing commas are taken too."""

from __future__ import annotations

import json
import re
from typing import Any

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*[\s\S]*?\*/|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_$][\w$-]*)"""
    r"""|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<sign>[{}\[\]:,])""",
    re.DOTALL,
)
_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "True": True, "False": False}
_END = ("end", "")


def read(text: str) -> Any:
    """Read a value. Raises ValueError, and RecursionError for nesting without end."""
    reader = _Reader(text)
    value = reader.value()
    if reader.token != _END:
        raise ValueError(text)
    return value


class _Reader:
    """A position in the text with one token read ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.token = _END
        self.next()

    def next(self) -> tuple[str, str]:
        """Give the token that was read ahead and read one more."""
        given = self.token
        while self.at < len(self.text):
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                raise ValueError(self.text)
            self.at = match.end()
            if match.lastgroup:
                self.token = (match.lastgroup, match[match.lastgroup])
                return given
        self.token = _END
        return given

    def value(self) -> Any:
        kind, text = self.next()
        if kind == "text":
            return _unquoted(text)
        if kind == "number":
            return json.loads(text)
        if kind == "word" and text in _WORDS:
            return _WORDS[text]
        if text == "{":
            return self._object()
        if text == "[":
            return self._array()
        raise ValueError(self.text)

    def _object(self) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while self.token != ("sign", "}"):
            kind, name = self.next()
            if kind not in ("text", "word", "number") or self.next() != ("sign", ":"):
                raise ValueError(self.text)
            result[_unquoted(name) if kind == "text" else name] = self.value()
            self._separator("}")
        self.next()
        return result

    def _array(self) -> list[Any]:
        result: list[Any] = []
        while self.token != ("sign", "]"):
            result.append(self.value())
            self._separator("]")
        self.next()
        return result

    def _separator(self, closing: str) -> None:
        if self.token == ("sign", ","):
            self.next()
        elif self.token != ("sign", closing):
            raise ValueError(self.text)


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    if text[0] == "'":
        inner = re.sub(r"\\'|(?<!\\)\"", lambda match: "'" if match[0] == "\\'" else '\\"', inner)
    return str(json.loads(f'"{inner}"', strict=False))
