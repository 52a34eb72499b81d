"""What stands between two tokens: comments, pragmas and line ends, given to tokens as the official lexer does.

A comment belongs to the token before it where that can carry one (``BEHIND``), else to the next token or line end.
"""

from __future__ import annotations

import re

from amlctl.bicep.lexer import END, INTEGER, LEFT, NAME, NEWLINE, RIGHT, STRING, Tokens
from amlctl.records import NamedTuple

BEFORE = frozenset((NEWLINE, "|", "@", "-", END, "(", "[", "{", LEFT))
"""Kinds of tokens that carry the comments before them (SyntaxFacts.GetCommentStickiness: Leading)."""
BEHIND = frozenset((")", "]", "}", RIGHT, "?", "!", "true", "false", "null", STRING, INTEGER, NAME))
"""Kinds that carry the comments behind them (Trailing, Bidirectional)."""
BOTH = frozenset(("!", "true", "false", "null", STRING, INTEGER, NAME))
"""Kinds that carry those on both sides (Bidirectional)."""

LINE_END = re.compile("\r\n|[\r\n]")
_ANY_LINE_END = re.compile("\r\n|[\r\n\f\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t]*")
_COMMENT = re.compile(r"(//[^\r\n]*)|/\*(?:.*?\*/|.*)", re.DOTALL)
_PRAGMA = re.compile(r"#(disable-next-line|disable-diagnostics|restore-diagnostics)((?:[ \t]*[\w-]+)*)")
_PRAGMA_END = re.compile(r"(?:[ \t]|/\*.*?\*/)*(?://|[\r\n]|\Z)", re.DOTALL)
_LINE = re.compile(r"[^\r\n]*")
_LINE_ENDS = re.compile(r"[\r\n]+")


class Comment(NamedTuple):
    """A comment or pragma; ``to_line_end``: nothing can follow it on its line."""

    text: str
    to_line_end: bool


class LineEnd(NamedTuple):
    """Line ends in a row: the comments before them, how many there are, and where they end behind the last token."""

    comments: tuple[Comment, ...]
    newlines: int
    end: int


class Between(NamedTuple):
    """What stands between two tokens, in order, with the offsets at which the parts end and start."""

    behind: tuple[Comment, ...]
    behind_end: int
    line_ends: tuple[LineEnd, ...]
    before: tuple[Comment, ...]
    before_start: int


def with_line_ends(text: str, newline: str) -> str:
    """Replace every line end, as .NET's ReplaceLineEndings does."""
    return _ANY_LINE_END.sub(newline, text)


def _count(text: str) -> int:
    return len(LINE_END.findall(text))


def _blank_line_ends(gap: str) -> tuple[LineEnd, ...]:
    """Line ends of a gap without comments."""
    return tuple([LineEnd((), _count(found.group(0)), found.end()) for found in _LINE_ENDS.finditer(gap)])


def _blanks(text: str, at: int, end: int) -> int:
    return _BLANKS.match(text, at, end).end()  # type: ignore[union-attr]


def _behind(text: str, at: int, end: int, carries: bool) -> tuple[list[Comment], int]:
    comments: list[Comment] = []
    while True:
        at = _blanks(text, at, end)
        found = _COMMENT.match(text, at, end) if carries else None
        if found is None:
            return comments, at
        comments.append(Comment(found.group(0), found.group(1) is not None))
        at = found.end()


def _pragma(text: str, at: int, end: int) -> tuple[Comment, int] | None:
    found = _PRAGMA.match(text, at, end)
    line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    if found is None or text[line:at].strip():
        return None
    if _PRAGMA_END.match(text, found.end(), end) is None:
        typed = _LINE.match(text, at, end).group(0)  # type: ignore[union-attr]
        return Comment(typed, False), at + len(typed)
    return Comment(f"#{found.group(1)} " + " ".join(found.group(2).split()), False), found.end()


def between(text: str, start: int, end: int, carries: bool) -> Between:
    """Read the text between two tokens; ``carries``: the first one carries comments behind it."""
    behind, at = _behind(text, start, end, carries)
    behind_end = before_start = at
    line_ends: list[LineEnd] = []
    comments: list[Comment] = []
    while at < end:
        if found := _LINE_ENDS.match(text, at, end):
            line_ends.append(LineEnd(tuple(comments), _count(found.group(0)), found.end() - start))
            comments = []
            before_start = at = _blanks(text, found.end(), end)
        elif found := _COMMENT.match(text, at, end):
            comments.append(Comment(found.group(0), found.group(1) is not None))
            at = found.end()
        elif pragma := _pragma(text, at, end):
            comments.append(pragma[0])
            at = pragma[1]
        else:
            step = _blanks(text, at, end)
            if step == at:  # not trivia for the official lexer: kept as it was typed
                rest = _LINE.match(text, at, end).group(0)  # type: ignore[union-attr]
                comments.append(Comment(rest, True))
                step = at + len(rest)
            at = step
    return Between(tuple(behind), behind_end, tuple(line_ends), tuple(comments), before_start)


class Trivia:
    """The comments and line ends of a file, by the number of the token that carries them."""

    __slots__ = ("before", "behind", "ends", "line_ends", "starts")

    def __init__(self, tokens: Tokens) -> None:
        self.before: dict[int, tuple[Comment, ...]] = {}
        self.behind: dict[int, tuple[Comment, ...]] = {}
        self.line_ends: dict[int, tuple[LineEnd, ...]] = {}
        self.starts: dict[int, int] = {}
        """Where the comments before a token start, where it has some."""
        self.ends: dict[int, int] = {}
        """Where the comments behind a token end, where it has some."""
        self._read(tokens)

    def _read(self, tokens: Tokens) -> None:
        text, texts, kinds, starts = tokens.text, tokens.texts, tokens.kinds, tokens.starts
        known: dict[str, tuple[LineEnd, ...]] = {}
        last, last_end, line_end = -1, 0, -1
        for i, kind in enumerate(kinds):
            if kind == NEWLINE:
                line_end = i if line_end < 0 else line_end
                continue
            start = starts[i]
            if start > last_end and (gap := text[last_end:start]) != " ":
                if "/" in gap or "#" in gap:
                    carries = last >= 0 and kinds[last] in BEHIND
                    self._note(last, i, line_end, between(text, last_end, start, carries))
                elif line_end >= 0:
                    ends = known.get(gap)
                    if ends is None:
                        ends = known[gap] = _blank_line_ends(gap)
                    self.line_ends[line_end] = ends
            last, last_end, line_end = i, start + len(texts[i]), -1

    def _note(self, last: int, token: int, line_end: int, found: Between) -> None:
        if found.behind:
            self.behind[last] = found.behind
            self.ends[last] = found.behind_end
        if found.before:
            self.before[token] = found.before
            self.starts[token] = found.before_start
        if line_end >= 0:
            self.line_ends[line_end] = found.line_ends
