"""The exact scanner: token by token, with the official lexer's recovery and faults (Parsing/Lexer.cs).

It reads every file that the master expression of ``lexer`` cannot: faulty ones, and multi-line strings with holes.
"""

from __future__ import annotations

import re

from amlctl.bicep.lexer import (
    END,
    INTEGER,
    LEFT,
    MAX_NAME,
    MIDDLE,
    NAME,
    NEWLINE,
    RIGHT,
    STRING,
    UNKNOWN,
    Fault,
    Tokens,
)

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGITS = re.compile(r"[0-9]+")
_SYMBOL = re.compile(r"\.\.\.|\?\?|::|!=|!~|<=|>=|==|=~|=>|&&|\|\||[{}()\[\]@,.?:;+\-%*/^!<>=|]")
_BLANK = re.compile(r"[ \t]+")
_LINE_END = re.compile(r"[\r\n]+")
_LINE_REST = re.compile(r"[^\r\n]*")
_PRAGMA = re.compile(r"#(disable-next-line|disable-diagnostics|restore-diagnostics)")
_CODES = re.compile(r"(?:[ \t]*[A-Za-z0-9_-]+)*")
_ESCAPE = re.compile(r"\\(?:[nrt\\']|\$\{?|u\{0*(?:[0-9A-Fa-f]{1,5}|10[0-9A-Fa-f]{4})\})")
_PLAIN = re.compile(r"[^'\\$\r\n]+")
_MULTILINE_PLAIN = re.compile(r"[^'$]+")
_QUOTES = re.compile("'+")
_DOLLARS = re.compile(r"\$+")


class _Open:
    """What the scanner is inside of: a string's hole (``dollars`` > 0 for a multi-line one) or braces in a hole."""

    __slots__ = ("brace", "dollars")

    def __init__(self, brace: bool, dollars: int = 0) -> None:
        self.brace, self.dollars = brace, dollars


class _Scanner:
    __slots__ = ("at", "faults", "kinds", "open", "starts", "text", "texts")

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.texts: list[str] = []
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self.faults: list[Fault] = []
        self.open: list[_Open] = []

    def fault(self, code: str, message: str, start: int, end: int | None = None) -> None:
        self.faults.append(Fault(code, message, start, self.at if end is None else end))

    def skip_trivia(self) -> None:
        """Pass over blanks, comments and pragmas."""
        text, after_comment = self.text, False
        while True:
            blank = _BLANK.match(text, self.at)
            if blank:
                self.at = blank.end()
                after_comment = False
            elif text.startswith("//", self.at):
                self.at = _LINE_REST.match(text, self.at).end()  # type: ignore[union-attr]
                after_comment = True
            elif text.startswith("/*", self.at):
                self._comment()
                after_comment = True
            elif not after_comment and text.startswith("#", self.at) and self._pragma():
                after_comment = False
            else:
                return

    def _comment(self) -> None:
        start = self.at
        closing = self.text.find("*/", start + 2)
        self.at = len(self.text) if closing < 0 else closing + 2
        if closing < 0:
            self.fault(
                "BCP002",
                "The multi-line comment at this location is not terminated. "
                "Terminate it with the */ character sequence.",
                start,
            )

    def _pragma(self) -> bool:
        pragma = _PRAGMA.match(self.text, self.at)
        line = max(self.text.rfind("\n", 0, self.at), self.text.rfind("\r", 0, self.at)) + 1
        if pragma is None or self.text[line : self.at].strip(" \t"):
            return False
        codes = _CODES.match(self.text, pragma.end())
        self.at = codes.end() if codes else pragma.end()
        if self.at == pragma.end():
            self.fault(
                "BCP226",
                "Expected at least one diagnostic code at this location. Valid format is "
                '"#disable-next-line diagnosticCode1 diagnosticCode2 ..."',
                self.at,
            )
        return True

    def add(self, kind: str, start: int) -> None:
        self.kinds.append(kind)
        self.texts.append(self.text[start : self.at])
        self.starts.append(start)

    def token(self) -> None:
        """Read one token; the caller has passed over what stands before it."""
        text, start = self.text, self.at
        first = text[start]
        if first == "'":
            self._string_start(0)
        elif first in "\r\n":
            self._line_end()
        elif first == "$":
            self._dollars()
        elif first == "}" and self.open and not self.open[-1].brace:
            self.at += 1
            self._string_goes_on(start, first=False, dollars=self.open[-1].dollars)
        elif word := _WORD.match(text, start):
            self.at = word.end()
            name = word.group(0)
            if len(name) > MAX_NAME:
                self.fault(
                    "BCP024",
                    f"The identifier exceeds the limit of {MAX_NAME}. Reduce the length of the identifier.",
                    start,
                )
            self.add(name if name in ("true", "false", "null") else NAME, start)
        elif digits := _DIGITS.match(text, start):
            self.at = digits.end()
            self.add(INTEGER, start)
        elif symbol := _SYMBOL.match(text, start):
            self._symbol(symbol.group(0), start)
        else:
            self.at += 1
            self._unknown(start)

    def _symbol(self, symbol: str, start: int) -> None:
        self.at = start + len(symbol)
        if symbol == "{" and self.open:
            # the official lexer never closes braces inside a hole again: what follows stays outside of the string
            self.open.append(_Open(brace=True))
        self.add(symbol, start)

    def _unknown(self, start: int) -> None:
        found = self.text[start : self.at]
        if found == '"':
            self.fault(
                "BCP103",
                f'The following token is not recognized: "{found}". Strings are defined using single quotes in bicep.',
                start,
            )
        else:
            self.fault("BCP001", f'The following token is not recognized: "{found}".', start)
        self.add(UNKNOWN, start)

    def _line_end(self) -> None:
        start = self.at
        if self.open:
            self.fault(
                "BCP004",
                "The string at this location is not terminated due to an unexpected new line character.",
                start,
            )
            self.open.clear()
            self.add(RIGHT, start)
            return
        while line_end := _LINE_END.match(self.text, self.at):
            self.at = line_end.end()
            self.skip_trivia()
        self.add(NEWLINE, start)

    def _dollars(self) -> None:
        start = self.at
        self.at = _DOLLARS.match(self.text, start).end()  # type: ignore[union-attr]
        if self.text.startswith("'''", self.at):
            count = self.at - start
            self.at += 3
            self._string_goes_on(start, first=True, dollars=count)
        else:
            self._unknown(start)

    def _string_start(self, dollars: int) -> None:
        start = self.at
        if self.text.startswith("'''", start):
            self.at += 3
            self.add(self._multiline(start, dollars, first=True), start)
            return
        self.at += 1
        self._string_goes_on(start, first=True, dollars=dollars)

    def _string_goes_on(self, start: int, *, first: bool, dollars: int) -> None:
        kind = self._multiline(start, dollars, first) if dollars else self._segment(start, first)
        if kind == LEFT:
            self.open.append(_Open(brace=False, dollars=dollars))
        elif kind == RIGHT:
            self.open.pop()
        self.add(kind, start)

    def _multiline(self, start: int, dollars: int, first: bool) -> str:
        text = self.text
        while self.at < len(text):
            if text[self.at] == "$":
                run = _DOLLARS.match(text, self.at)
                assert run is not None
                self.at = run.end()
                if dollars and len(run.group(0)) >= dollars and text.startswith("{", self.at):
                    self.at += 1
                    return LEFT if first else MIDDLE
            elif text[self.at] == "'":
                run = _QUOTES.match(text, self.at)
                assert run is not None
                self.at = run.end()
                if len(run.group(0)) >= 3:
                    return STRING if first else RIGHT
            else:
                self.at = _MULTILINE_PLAIN.match(text, self.at).end()  # type: ignore[union-attr]
        self.fault(
            "BCP140",
            "The multi-line string at this location is not terminated. Terminate it with \"'''\".",
            start,
        )
        return STRING if first else RIGHT

    def _segment(self, start: int, first: bool) -> str:
        """Read a single-line string from behind its quote or its hole; kinds as the official lexer gives them."""
        text, whole = self.text, STRING if first else RIGHT
        while True:
            if self.at >= len(text):
                self.fault(
                    "BCP003",
                    "The string at this location is not terminated. "
                    "Terminate the string with a single quote character.",
                    start,
                )
                return whole
            char = text[self.at]
            if char in "\r\n":
                self.fault(
                    "BCP004",
                    "The string at this location is not terminated due to an unexpected new line character.",
                    start,
                )
                return whole
            if char == "'":
                self.at += 1
                return whole
            if text.startswith("${", self.at):
                self.at += 2
                return LEFT if first else MIDDLE
            if char == "\\":
                if self.at + 1 >= len(text):
                    self.at += 1
                    self.fault(
                        "BCP005",
                        "The string at this location is not terminated. Complete the escape sequence and terminate "
                        "the string with a single unescaped quote character.",
                        start,
                    )
                    return whole
                self._escape()
            else:
                plain = _PLAIN.match(text, self.at)
                self.at = plain.end() if plain else self.at + 1

    def _escape(self) -> None:
        start = self.at
        if escape := _ESCAPE.match(self.text, start):
            self.at = escape.end()
            return
        self.at += 2
        if self.text[start + 1] != "u":
            self.fault(
                "BCP006",
                "The specified escape sequence is not recognized. Only the following escape sequences are allowed: "
                '"\\$", "\\\'", "\\\\", "\\n", "\\r", "\\t", "\\u{...}".',
                start,
            )
            return
        digits = re.compile(r"\{[0-9A-Fa-f]*\}?").match(self.text, self.at)
        if digits:
            self.at = digits.end()
        if self.at < len(self.text):
            self.fault(
                "BCP133",
                "The unicode escape sequence is not valid. Valid unicode escape sequences range from "
                "\\u{0} to \\u{10FFFF}.",
                start,
            )


def scan(text: str) -> Tokens:
    """Split any text into tokens, with the faults found."""
    scanner = _Scanner(text)
    while True:
        scanner.skip_trivia()
        if scanner.at >= len(text):
            break
        scanner.token()
    scanner.add(END, scanner.at)
    return Tokens(text, scanner.texts, scanner.kinds, scanner.faults, scanner.starts)
