"""Text to tree: the expression language of ARM templates, and its memory of what was parsed before.

Grammar: a literal (`'text'` with `''` for a quote, an integer) or a call `name(arguments)` (a name may have a
namespace, `contoso.name`), then any number of `.key`, `['key']`, `[0]`, `[expression]`. The parser keeps its own stack,
so no text can exhaust Python's.
"""

from __future__ import annotations

import re
from typing import Any

from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.tree import Access, Call, Expression, Integer, Text

MAX_LENGTH = 24_576
"""Characters of one expression (limits page of the ARM documentation)."""
MAX_DEPTH = 400
"""Nested calls and accesses of one expression; ours, far over what a compiler writes."""

_TOKEN = re.compile(
    r"('(?:[^']|'')*')"  # 1 a text
    r"|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*\("  # 2 a name and the opening of its call
    r"|\.\s*([A-Za-z_$][A-Za-z0-9_$-]*)"  # 3 a property
    r"|(-?[0-9]+)(?![\w.])"  # 4 an integer
    r"|([()\[\],])"  # 5 punctuation
    r"|(\S)"  # 6 anything else
)
_KINDS = {
    ")": "RightParenthesis",
    "(": "LeftParenthesis",
    "[": "LeftSquareBracket",
    "]": "RightSquareBracket",
    ",": "Comma",
}
_LEAST, _MOST = -(2**63), 2**63 - 1

_TOO_LONG = "The language expression limit of '{}' characters is exceeded: it has '{}'."
_NOT_EXPECTED = "The language expression '{}' is not valid: the string character '{}' at position '{}' is not expected."

_parsed: dict[str, Expression] = {}
_MEMORY = 200_000


def is_expression(value: object) -> bool:
    """Tell whether a template's string is an expression: in brackets, and not escaped by a second one."""
    return type(value) is str and value[:1] == "[" and value[-1:] == "]" and value[1:2] != "["


def parse_value(value: str) -> Expression:
    """Parse a template's string: an expression in brackets, or a text (``[[`` unescaped)."""
    if value[:1] == "[" and value[-1:] == "]":
        return Text(value[1:]) if value[1:2] == "[" else parse_expression(value[1:-1])
    return Text(value)


def parse_expression(text: str) -> Expression:
    """Parse the text between the brackets. Raises EvaluationFailed with ARM's message."""
    tree = _parsed.get(text)
    if tree is None:
        tree = _Parser(text).parse()
        if len(_parsed) >= _MEMORY:
            _parsed.clear()
        _parsed[text] = tree
    return tree


class _Parser:
    """One run over the tokens; `open` holds what is not closed yet: [kind, name or base, arguments]."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[tuple[str, Any, list[Expression]]] = []
        self.value: Expression | None = None
        self.chain = 0

    def parse(self) -> Expression:
        if len(self.text) > MAX_LENGTH:
            raise EvaluationFailed(_TOO_LONG.format(MAX_LENGTH, len(self.text)))
        steps = (None, self._text, self._call, self._property, self._integer, self._punctuation, self._other)
        for match in _TOKEN.finditer(self.text):
            at = match.lastindex or 0
            steps[at](match[at])  # type: ignore[misc]
        if self.open or self.value is None:
            raise self._expected(self._wanted() if self.open else "LeftParenthesis", "EndOfData")
        return self.value

    def _text(self, token: str) -> None:
        self._literal(Text(token[1:-1].replace("''", "'")), "Literal")

    def _integer(self, token: str) -> None:
        number = int(token) if len(token) < 21 else _MOST + 1
        if not _LEAST <= number <= _MOST:
            raise self._failed(f"the integer '{token[:40]}' is out of range")
        self._literal(Integer(number), "Integer")

    def _literal(self, node: Expression, kind: str) -> None:
        if self.value is not None:
            raise self._expected("EndOfData", kind)
        self.value, self.chain = node, 0

    def _call(self, name: str) -> None:
        if self.value is not None:
            raise self._expected("EndOfData", "Identifier")
        self._deeper(("(", name, []))

    def _property(self, name: str) -> None:
        if self.value is None or type(self.value) in (Text, Integer):
            raise self._expected("Identifier", "Dot")
        self._access(self.value, Text(name), self.chain)

    def _punctuation(self, sign: str) -> None:
        if sign == "[" and self.value is not None and type(self.value) not in (Text, Integer):
            self._deeper(("[", (self.value, self.chain), []))
            self.value = None
        elif sign == ")" and self.open and self.open[-1][0] == "(":
            self._close_call()
        elif sign == "," and self.open and self.open[-1][0] == "(" and self.value is not None:
            self.open[-1][2].append(self.value)
            self.value = None
        elif sign == "]" and self.open and self.open[-1][0] == "[" and self.value is not None:
            base, chain = self.open.pop()[1]
            self._access(base, self.value, chain)
        else:
            raise self._expected(self._wanted(), _KINDS[sign])

    def _close_call(self) -> None:
        _, name, arguments = self.open.pop()
        if self.value is not None:
            arguments.append(self.value)
        elif arguments:
            raise self._expected("Identifier", "RightParenthesis")
        self.value, self.chain = Call(name, tuple(arguments)), 0

    def _access(self, base: Expression, key: Expression, chain: int) -> None:
        self.value, self.chain = Access(base, key), chain + 1
        if chain > MAX_DEPTH:
            raise self._too_deep()

    def _deeper(self, frame: tuple[str, Any, list[Expression]]) -> None:
        self.open.append(frame)
        if len(self.open) > MAX_DEPTH:
            raise self._too_deep()

    def _too_deep(self) -> EvaluationFailed:
        return self._failed(f"it is nested deeper than '{MAX_DEPTH}' levels")

    def _other(self, sign: str) -> None:
        if sign == "'":
            raise self._failed("the string literal is not terminated")
        at = self.text.find(sign)
        raise EvaluationFailed(_NOT_EXPECTED.format(self.text[:500], sign, at))

    def _wanted(self) -> str:
        if self.value is None:
            return "Identifier"
        if not self.open:
            return "EndOfData"
        return "RightParenthesis" if self.open[-1][0] == "(" else "RightSquareBracket"

    def _expected(self, wanted: str, found: str) -> EvaluationFailed:
        return self._failed(f"expected token '{wanted}' and actual '{found}'")

    def _failed(self, why: str) -> EvaluationFailed:
        return EvaluationFailed(f"Unable to parse language expression '{self.text[:500]}': {why}.")
