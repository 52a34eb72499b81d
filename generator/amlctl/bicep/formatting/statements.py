"""Statements and whole files to documents (PrettyPrintV2/SyntaxLayouts.cs)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.formatting.documents import (
    HARD,
    OR_COMMA,
    OR_NOTHING,
    OR_SPACE,
    Document,
    Glue,
    collapsed,
    separated,
    spread,
    trimmed,
)
from amlctl.bicep.formatting.expressions import BRACKETED, LAYOUTS
from amlctl.bicep.formatting.operators import AsTyped
from amlctl.bicep.formatting.trivia import with_line_ends
from amlctl.bicep.formatting.types import TypeLayouts
from amlctl.bicep.lexer import NEWLINE

Node = syntax.Node


class StatementLayouts(TypeLayouts):
    """Lays out a file."""

    __slots__ = ("_faults",)

    def __init__(self, result: syntax.ParseResult, newline: str) -> None:
        super().__init__(result, newline)
        self._faults: list[tuple[int, int]] = []
        if result.findings:
            lines = syntax.line_starts(self.text)
            places = [finding.place for finding in result.findings if finding.place is not None]
            self._faults = sorted(
                (lines[at.line - 1] + at.column - 1, lines[at.end_line - 1] + at.end_column - 1) for at in places
            )

    def program(self) -> list[Document]:
        """Documents of the whole file, line ends between them."""
        documents: list[Document] = []
        at, open_line = 0, False
        for statement in self.tree.statements:
            documents += self._unread(at, statement.at, open_line)
            documents += self._statement(statement)
            at = max(at, statement.end)
            open_line = type(statement) not in _CLOSED
        last = len(self.kinds) - 1
        documents += self._unread(at, last, open_line)
        documents += self.token(last)
        return separated(collapsed(trimmed(documents)), HARD)

    def _unread(self, start: int, end: int, open_line: bool) -> list[Document]:
        """Documents of what stands between statements: line ends, and text that is no statement.

        ``open_line``: a line end is due, and the official parser takes one with the text that it passes over.
        """
        documents: list[Document] = []
        at = start
        while at < end:
            if self.kinds[at] == NEWLINE:
                documents += self.line_ends(at)
                at += 1
                continue
            first = at
            while at < end and self.kinds[at] != NEWLINE:
                at += 1
            documents.append(self.typed(first, at))
            if at < end and open_line:
                self.trivia.line_ends[at] = self.trivia.line_ends.get(at, ())[1:]
        return documents

    def _statement(self, statement: Node) -> list[Document]:
        kind = type(statement)
        if kind is syntax.Skipped or (kind is not syntax.MissingDeclaration and self._faulty(statement)):
            return [self.typed(statement.at, statement.end)]
        breaks = self.breaks
        try:
            return self.many(statement)
        except (AsTyped, RecursionError, AttributeError, IndexError, TypeError, ValueError):
            self.breaks = breaks  # a faulty tree has no layout; the text of a good one is safe whatever we got wrong
            return [self.typed(statement.at, statement.end)]

    def _faulty(self, statement: Node) -> bool:
        """Tell whether the lexer or the parser found a fault inside of a statement."""
        starts = self.tokens.starts
        first = starts[statement.at]
        last = starts[statement.end] if statement.end < len(starts) else len(self.text)
        at = bisect_left(self._faults, (first, 0))
        return any(end <= last for _, end in self._faults[at : at + 50]) if at < len(self._faults) else False

    def typed(self, start: int, end: int) -> str:
        """Give tokens as they were typed, comments around them included."""
        if end <= start:
            return ""
        last = end - 1
        first_offset = self.trivia.starts.get(start, self.tokens.starts[start])
        line_ends = self.trivia.line_ends.get(last)
        last_offset = self._end(last - 1) + line_ends[-1].end if line_ends else self._end(last)
        last_offset = self.trivia.ends.get(last, last_offset)
        return with_line_ends(self.text[first_offset:last_offset], self.newline).strip()

    def _end(self, at: int) -> int:
        return self.tokens.starts[at] + len(self.texts[at]) if at >= 0 else 0

    def skipped(self, node: Node) -> Document:
        """Give text that could not be read, as it was typed."""
        return self.typed(node.at, node.end)

    def many(self, node: Node) -> list[Document]:
        """Documents of a node: of a statement also those of its decorators."""
        layout = STATEMENTS.get(type(node))
        if type(node) is syntax.MissingDeclaration:
            return self._missing(node)
        if layout is None:
            return super().many(node)
        body = layout(self, node, self.word(node))
        return [*self.leading(node), body]

    def _missing(self, node: syntax.MissingDeclaration) -> list[Document]:
        """Documents of decorators that nothing follows, with what stands between them."""
        documents: list[Document] = []
        ends = [decorator.at for decorator in node.decorators[1:]]
        for decorator, end in zip(node.decorators, [*ends, node.end], strict=True):
            documents += [self.decorator(decorator), *self._unread(decorator.end, end, open_line=True)]
        return documents

    # --- statements; ``word`` is the number of the keyword ---

    def _target_scope(self, node: Node, word: int) -> Document:
        return spread([self.one(word), self.one(word + 1), self.single(node.value)])

    def _assigned(self, node: Node, word: int) -> Document:
        """Lay out ``word name = value``."""
        parts = [self.one(word), self.one(word + 1), self.one(word + 2), self.single(node.value)]
        return spread(parts)

    def _parameter(self, node: Node, word: int) -> Document:
        parts = [self.one(word), self.one(word + 1), self.single(node.type)]
        if node.default is not None:
            parts.append(spread([self.one(node.type.end), self.single(node.default)]))
        return spread(parts)

    def _typed(self, node: Node, word: int) -> Document:
        """Lay out ``word name type = value``."""
        if node.type is None:
            return self._assigned(node, word)
        equals = self.one(node.type.end)
        return spread([self.one(word), self.one(word + 1), self.single(node.type), equals, self.single(node.value)])

    def _function(self, node: Node, word: int) -> Document:
        opening, arrow = word + 2, node.returns.end
        parameters = self._typed_names(node, opening)
        returns, after = self.single(node.returns), self.behind_line_ends(arrow + 1)
        if type(node.body) in BRACKETED and not self.has_comment(arrow + 1, after):
            value = spread([parameters, returns, self.one(arrow), self.single(node.body)])
        else:
            body = self.indent_tail(lambda: [self.one(arrow), *self.between(arrow + 1, after), self.single(node.body)])
            value = spread([parameters, returns, body])
        return spread([self.one(word), Glue([self.one(word + 1), value])])

    def _typed_names(self, node: Node, opening: int) -> Document:
        closing = node.returns.at - 1

        def items() -> list[Document]:
            documents, at = [], opening + 1
            for number, local in enumerate(node.parameters, 1):
                documents += self.between(at, local.at)
                document = spread([self.one(local.at), self.single(local.type)])
                documents.append(Glue([document, ","]) if number < len(node.parameters) else document)
                at = local.end
            return documents + self.between(at, closing)

        return self.bracket(opening, closing, items, OR_SPACE, OR_NOTHING)

    def _resource(self, node: Node, word: int) -> Document:
        return self._declared(node, word, node.type, node.type.end + (1 if node.existing else 0))

    def _module(self, node: Node, word: int) -> Document:
        return self._declared(node, word, node.path, node.path.end)

    def _declared(self, node: Node, word: int, kind: Node, equals: int) -> Document:
        """Lay out ``word name 'type' [existing] = value``."""
        parts = [self.one(word), self.one(word + 1), self.single(kind)]
        parts += [self.one(at) for at in range(kind.end, equals + 1)]
        after = self.behind_line_ends(equals + 1)
        if type(node.value) is syntax.If and self.has_comment(equals + 1, after):
            value = self.indent_group(lambda: [*self.between(equals + 1, after), self.single(node.value)])
        else:
            value = self.single(node.value)
        return spread([*parts, value])

    def _import(self, node: Node, word: int) -> Document:
        origin = node.path.at - 1
        if node.wildcard is not None:
            alias = spread([self.one(word + 2), self.one(word + 3)])
            names: Document = spread([self.one(word + 1), alias])
        else:
            names = self._import_list(node, word + 1, origin - 1)
        return spread([self.one(word), names, spread([self.one(origin), self.single(node.path)])])

    def _import_list(self, node: Node, opening: int, closing: int) -> Document:
        def items() -> list[Document]:
            documents, at = [], opening + 1
            for item in node.items:
                documents += self.between(at, item.at)
                name = [self.one(item.at)]
                if item.end > item.at + 1:
                    name.append(spread([self.one(at) for at in range(item.at + 1, item.end)]))
                documents.append(spread(name))
                at = item.end
            return documents + self.between(at, closing)

        force = self.kinds[opening + 1] == NEWLINE and bool(node.items)
        return self.bracket(opening, closing, items, OR_COMMA, OR_SPACE, force)

    def _extension(self, node: Node, word: int) -> Document:
        """Lay out an extension; a clause that is missing leaves its blank, as in the official printer."""
        specification = node.specification
        known = self.one(specification.at) if type(specification) is syntax.Name else self.single(specification)
        at = word + 2 if type(specification) is syntax.Name else specification.end
        config = "" if node.config is None else spread([self.one(at), self.single(node.config)])
        at = at if node.config is None else node.config.end
        alias = "" if node.alias is None else spread([self.one(at), self.one(at + 1)])
        return spread([self.one(word), known, config, alias])

    def _using(self, node: Node, word: int) -> Document:
        path = self.one(word + 1) if node.path is None else self.single(node.path)
        config = "" if node.config is None else self._with(node.config)
        return spread([self.one(word), path, config])

    def _with(self, config: Node) -> Document:
        return spread([self.one(config.at - 1), self.single(config)])

    def _extends(self, node: Node, word: int) -> Document:
        return spread([self.one(word), self.single(node.path)])

    def _extension_config(self, node: Node, word: int) -> Document:
        return spread([self.one(word), self.one(word + 1), self._with(node.config)])


LAYOUTS[syntax.Skipped] = StatementLayouts.skipped
_CLOSED = frozenset((syntax.Skipped, syntax.MissingDeclaration))

STATEMENTS: dict[type[Any], Callable[[StatementLayouts, Node, int], Document]] = {
    syntax.TargetScope: StatementLayouts._target_scope,
    syntax.Metadata: StatementLayouts._assigned,
    syntax.Assert: StatementLayouts._assigned,
    syntax.TypeDeclaration: StatementLayouts._assigned,
    syntax.Assignment: StatementLayouts._assigned,
    syntax.Parameter: StatementLayouts._parameter,
    syntax.VariableDeclaration: StatementLayouts._typed,
    syntax.Output: StatementLayouts._typed,
    syntax.Function: StatementLayouts._function,
    syntax.Resource: StatementLayouts._resource,
    syntax.Module: StatementLayouts._module,
    syntax.Test: StatementLayouts._module,
    syntax.Import: StatementLayouts._import,
    syntax.Extension: StatementLayouts._extension,
    syntax.Using: StatementLayouts._using,
    syntax.Extends: StatementLayouts._extends,
    syntax.ExtensionConfig: StatementLayouts._extension_config,
}
