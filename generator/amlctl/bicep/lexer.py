"""Text to tokens: one master regular expression for well-formed files, one exact scanner for all others.

In: the text of a .bicep or .bicepparam file. Out: ``Tokens``: parallel lists of texts and kinds, offsets on demand.
The fast way is one ``findall`` over the file; whatever it cannot read (an unterminated string, an unknown character,
a multi-line string with holes) sends the whole file through ``scanner.scan``, which reports
faults as the official lexer does.

A token's kind is its own text for punctuation and for ``true``, ``false``, ``null``; else one of the words below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NAME, STRING, INTEGER, NEWLINE, END = "name", "string", "integer", "newline", "end"
LEFT, MIDDLE, RIGHT = "left", "middle", "right"
"""The pieces of an interpolated string: ``'a${``, ``}b${`` and ``}c'``."""
INTERPOLATED, ERROR, UNKNOWN = "interpolated", "error", "unknown"

PUNCTUATION = (
    "{", "}", "(", ")", "[", "]", "@", ",", ".", "...", "?", "??", ":", "::", ";", "+", "-", "%", "*", "/", "^", "!",
    "!=", "!~", "<", "<=", ">", ">=", "=", "==", "=~", "=>", "&&", "||", "|",
    "true",
    "false",
    "null",
)  # fmt: skip
MAX_NAME = 255
_PLAIN = r"[^'\\$\r\n]++|\\[nrt\\'$]|\\u\{0*(?:[0-9A-Fa-f]{1,5}|10[0-9A-Fa-f]{4})\}|\$(?!\{)"
_PRAGMA = r"#(?:disable-next-line|disable-diagnostics|restore-diagnostics)(?>[ \t]++[A-Za-z0-9_-]++)++"
_COMMENT = r"//[^\r\n]*+|/\*(?>[^*]++|\*(?!/))*+\*/"


def _string_pattern(depth: int) -> str:
    """Give the pattern of a string whose holes nest at most so deep; deeper ones are the scanner's."""
    inner = f"'(?>{_PLAIN})*+'"
    for _ in range(depth):
        hole = rf"\$\{{(?>[^'{{}}\r\n/]++|/(?![*/])|{inner})*+\}}"
        inner = f"'(?>{_PLAIN}|{hole})*+'"
    return inner


MULTILINE = r"'''(?>[^']++|'{1,2}+(?!'))*+'{3,}+"
_BETWEEN = rf"(?>[ \t]++|{_COMMENT}|(?m:^){_PRAGMA})*+"
_MASTER = re.compile(
    _BETWEEN + r"([A-Za-z_][A-Za-z0-9_]*+"
    rf"|[\r\n](?>[ \t\r\n]++|{_COMMENT}|(?<=[\r\n \t]){_PRAGMA})*+"
    rf"|[0-9]++|{MULTILINE}|{_string_pattern(3)}"
    r"|/\*|\.\.\.|\?\?|::|!=|!~|<=|>=|==|=~|=>|&&|\|\||[{}()\[\]@,.?:;+\-%*/^!<>=|]|.|\Z)"
)
_PIECE = re.compile(rf"['}}](?>{_PLAIN})*+(?:\$\{{|')")
_HOLE_TOKEN = re.compile(
    r"[ \t]*+([A-Za-z_][A-Za-z0-9_]*+"
    rf"|[0-9]++|{_string_pattern(2)}"
    r"|\.\.\.|\?\?|::|!=|!~|<=|>=|==|=~|=>|&&|\|\||[()\[\]@,.?:;+\-%*/^!<>=|]|.)"
)


class _Kinds(dict[str, str]):
    """Kinds by token text; a new text is classified once a file."""

    def __missing__(self, text: str) -> str:
        kind = self[text] = _classify(text)
        return kind


def _classify(text: str) -> str:
    kind = _FIRST.get(text[0], ERROR)
    if kind == NAME:
        return NAME if len(text) <= MAX_NAME else ERROR
    if kind != STRING or "${" not in text or text[:3] == "'''":
        return kind if len(text) > 1 or kind != STRING else ERROR
    return INTERPOLATED if _PIECE.match(text).group(0) != text else STRING  # type: ignore[union-attr]


_FIRST = {
    **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz", NAME),
    **dict.fromkeys("0123456789", INTEGER),
    "\r": NEWLINE,
    "\n": NEWLINE,
    "'": STRING,
}
_KNOWN = {text: text for text in PUNCTUATION} | {"": END}


class Fault:
    """A lexical fault: official code, message and the offsets it spans."""

    __slots__ = ("code", "end", "message", "start")

    def __init__(self, code: str, message: str, start: int, end: int) -> None:
        self.code, self.message, self.start, self.end = code, message, start, end


class Tokens:
    """The tokens of a file. ``texts`` and ``kinds`` run in parallel and end with the kind ``end``; newline tokens hold
    the comments and blank lines after them. ``faults`` are the lexer's own."""

    __slots__ = ("_starts", "faults", "kinds", "text", "texts")

    def __init__(
        self, text: str, texts: list[str], kinds: list[str], faults: list[Fault], starts: list[int] | None = None
    ) -> None:
        self.text, self.texts, self.kinds, self.faults, self._starts = text, texts, kinds, faults, starts

    @property
    def starts(self) -> list[int]:
        """Offset of each token, computed when first asked for (a finding, a trace, the formatter)."""
        if self._starts is None:
            self._starts = _offsets(self.text, self.texts)
        return self._starts

    def span(self, at: int, end: int) -> tuple[int, int]:
        """Offsets of the tokens from ``at`` up to but not including ``end``; empty spans stand before token ``at``."""
        starts = self.starts
        if end <= at:
            return starts[at], starts[at]
        return starts[at], starts[end - 1] + len(self.texts[end - 1].rstrip() if end > at + 1 else self.texts[end - 1])


def lex(text: str) -> Tokens:
    """Split a text into tokens; never fails, faults are in the result."""
    texts = _MASTER.findall(text)
    table = _Kinds(_KNOWN)
    kinds = list(map(table.__getitem__, texts))
    found = table.values()
    if ERROR in found:
        from amlctl.bicep import scanner

        return scanner.scan(text)
    if INTERPOLATED in found:
        texts, kinds = _expand(texts, kinds, table)
    return Tokens(text, texts, kinds, [])


def _expand(texts: list[str], kinds: list[str], table: _Kinds) -> tuple[list[str], list[str]]:
    """Put the pieces and the holes' tokens in the place of each interpolated string."""
    new_texts: list[str] = []
    new_kinds: list[str] = []
    done, at = 0, -1
    try:
        while True:
            at = kinds.index(INTERPOLATED, at + 1)
            new_texts += texts[done:at]
            new_kinds += kinds[done:at]
            for kind, _, piece in _pieces(texts[at], table):
                new_texts.append(piece)
                new_kinds.append(kind)
            done = at + 1
    except ValueError:
        new_texts += texts[done:]
        new_kinds += kinds[done:]
    return new_texts, new_kinds


def _pieces(string: str, table: _Kinds, offset: int = 0) -> Iterator[tuple[str, int, str]]:
    """Kind, offset and text of each token of an interpolated string, nested strings included."""
    piece = _PIECE.match(string)
    assert piece is not None
    kind, at = LEFT, 0
    while piece is not None:
        text = piece.group(0)
        at = piece.end()
        if text[-1] == "'":
            yield RIGHT, offset + piece.start(), text
            return
        yield kind, offset + piece.start(), text
        kind = MIDDLE
        while string[at] != "}":
            token = _HOLE_TOKEN.match(string, at)
            assert token is not None
            text, at = token.group(1), token.end()
            if text == "}":
                at -= 1
                break
            inner = table[text]
            if inner == INTERPOLATED:
                yield from _pieces(text, table, offset + token.start(1))
            else:
                yield inner, offset + token.start(1), text
        piece = _PIECE.match(string, at)


def _offsets(text: str, texts: list[str]) -> list[int]:
    """Offsets of the tokens of a file that the fast way could read: what lies between two is blank or a comment."""
    starts: list[int] = []
    skip, at, end = re.compile(_BETWEEN).match, 0, len(text)
    for one in texts:
        if not text.startswith(one, at) or one == "/":  # "/" may also begin a comment
            at = skip(text, at).end()  # type: ignore[union-attr]
        starts.append(at if one else end)
        at += len(one)
    return starts
