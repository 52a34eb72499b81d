"""How tokens become documents, and the layouts that all constructs share: bracket, indented group and tail.

``breaks`` counts what forces a line end: a group during whose layout it grew is never put on one line.
"""

from __future__ import annotations

from collections.abc import Callable

from amlctl.bicep import syntax
from amlctl.bicep.formatting.documents import (
    HARD,
    OR_NOTHING,
    OR_SPACE,
    SOFT,
    Container,
    Document,
    Glue,
    Group,
    Indent,
    Line,
    Suffix,
    collapsed,
    has_suffix,
    separated,
    spread,
    trimmed,
)
from amlctl.bicep.formatting.trivia import BEFORE, BEHIND, BOTH, Comment, Trivia, with_line_ends
from amlctl.bicep.lexer import END, NEWLINE

_SILENT = frozenset(("|", END))


class AsTyped(Exception):  # a signal of the layouts, never leaves them
    """The declaration is not as the official parser wants it and stays as it was typed."""


class Operators:
    """Lays out tokens and the shared forms."""

    __slots__ = ("breaks", "kinds", "newline", "text", "texts", "tokens", "tree", "trivia")

    def __init__(self, result: syntax.ParseResult, newline: str) -> None:
        self.tree = result.tree
        self.tokens = result.tree.tokens
        self.text, self.texts, self.kinds = self.tokens.text, self.tokens.texts, self.tokens.kinds
        self.trivia = Trivia(self.tokens)
        self.newline = newline
        self.breaks = 0

    # --- tokens ---

    def force_break(self) -> None:
        """Forbid every group around this place to stand on one line."""
        self.breaks += 1

    def _comments_before(self, comments: tuple[Comment, ...]) -> list[Document]:
        """Texts of leading comments; counted as often as the official printer looks at them."""
        if not comments:
            return []
        self.breaks += comments[0].to_line_end + sum(comment.to_line_end for comment in comments)
        return [with_line_ends(comment.text.rstrip("\r\n"), self.newline) for comment in comments]

    def _comments_behind(self, comments: tuple[Comment, ...]) -> tuple[list[Document], Suffix | None]:
        texts: list[Document] = []
        for comment in comments:
            if comment.to_line_end:
                self.breaks += 1
                return texts, Suffix(" " + comment.text)
            texts.append(with_line_ends(comment.text.rstrip("\r\n"), self.newline))
        return texts, None

    def token(self, at: int) -> list[Document]:
        """Documents of a token with its comments: none for a comma, several where comments dangle before it."""
        kind = self.kinds[at]
        if at not in self.trivia.before and at not in self.trivia.behind:
            return [] if kind == "," or kind in _SILENT else [self.texts[at]]
        if kind in BEHIND:
            return self._carrying(at, at, self.texts[at], dangling=kind not in BOTH)
        if kind not in BEFORE:
            return [] if kind == "," else [self.texts[at]]
        before = self._comments_before(self.trivia.before.get(at, ()))
        if kind in _SILENT:
            return [spread(before)] if before else []
        return [spread([*before, self.texts[at]]) if before else self.texts[at]]

    def _carrying(self, first: int, last: int, text: str, dangling: bool) -> list[Document]:
        """Documents of a text with the comments before its first and behind its last token."""
        before = self._comments_before(self.trivia.before.get(first, ()))
        behind, suffix = self._comments_behind(self.trivia.behind.get(last, ()))
        parts = [text, *behind] if dangling else [*before, text, *behind]
        document: Document = spread(parts) if len(parts) > 1 else text
        if suffix is not None:
            document = Glue([document, suffix])
        return [*before, document] if dangling else [document]

    def one(self, at: int) -> Document:
        """Give the one document of a token."""
        documents = self.token(at)
        if len(documents) == 1:
            return documents[0]
        return spread(documents) if documents else ""

    def carrying(self, first: int, last: int, text: str) -> Document:
        """Give the document of a string: its text with the comments around it."""
        return self._carrying(first, last, text, dangling=False)[0]

    def line_ends(self, at: int) -> list[Document]:
        """Documents of the line ends of one token, comments included."""
        documents: list[Document] = []
        for comments, newlines, _ in self.trivia.line_ends.get(at, ()):
            if comments:
                documents.append(spread(self._comments_before(comments)))
                self.breaks += 1
            documents.append(HARD if newlines > 1 else SOFT)
        return documents

    def between(self, start: int, end: int) -> list[Document]:
        """Documents of the tokens that separate members: line ends; commas have none."""
        documents: list[Document] = []
        for at in range(start, end):
            if self.kinds[at] == NEWLINE:
                documents += self.line_ends(at)
            elif self.kinds[at] != ",":
                documents += self.token(at)
        return documents

    def behind_line_ends(self, at: int) -> int:
        """Number of the first token from ``at`` that is no line end."""
        while self.kinds[at] == NEWLINE:
            at += 1
        return at

    def has_comment(self, start: int, end: int) -> bool:
        """Tell whether a comment stands before one of the line ends from ``start`` to ``end``."""
        return any(line_end.comments for at in range(start, end) for line_end in self.trivia.line_ends.get(at, ()))

    # --- shared forms ---

    def indent_group(self, items: Callable[[], list[Document]]) -> Document:
        """Lay out on this line, or each item on a line of its own one level deeper."""
        return self._indented(items, [OR_NOTHING])

    def indent_tail(self, items: Callable[[], list[Document]]) -> Document:
        """Lay out on this line, or all items but the first on lines of their own one level deeper."""
        return self._indented(items, [])

    def _indented(self, items: Callable[[], list[Document]], first: list[Document]) -> Document:
        before = self.breaks
        documents = [item for item in items() if type(item) is not Line]
        indented = Indent(first + separated(documents, OR_SPACE))
        if has_suffix(indented):
            self.breaks -= 1
        return Glue([indented]) if self.breaks > before else Group([indented])

    def bracket(
        self,
        opening: int,
        closing: int,
        items: Callable[[], list[Document]],
        separator: Line,
        padding: Line,
        force: bool = False,
        indent_one: bool = True,
    ) -> Container:
        """Lay out what stands between two brackets: on one line, or each item on its own.

        ``force``: always on lines of their own. ``indent_one`` False: a single item stays beside the brackets.
        """
        opened = self.one(opening)
        *dangling, closed = self.token(closing)
        before = self.breaks
        found = collapsed(trimmed(items()), self.force_break) + dangling
        if not found:
            return Glue([opened, closed])
        if len(found) == 1 and not indent_one and not (isinstance(found[0], Container) and has_suffix(found[0])):
            return Glue([opened, padding.flat, found[0], padding.flat, closed])
        if force or dangling:
            self.breaks += 1
        documents = [opened, Indent([padding, *separated(found, separator)]), padding, closed]
        return Glue(documents) if self.breaks > before else Group(documents)
