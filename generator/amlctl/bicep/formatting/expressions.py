"""Expressions to documents (PrettyPrintV2/SyntaxLayouts.cs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.formatting.documents import (
    OR_COMMA,
    OR_NOTHING,
    OR_SPACE,
    Document,
    Glue,
    Group,
    Indent,
    Tail,
    spread,
)
from amlctl.bicep.formatting.operators import AsTyped, Operators
from amlctl.bicep.formatting.printer import flattened
from amlctl.bicep.formatting.trivia import with_line_ends
from amlctl.bicep.lexer import NEWLINE

Node = syntax.Node


class ExpressionLayouts(Operators):
    """Lays out expressions; ``single`` gives the one document of a node, ``many`` the documents of any node."""

    __slots__ = ()

    def single(self, node: Node) -> Document:
        """Give the one document of a node."""
        layout = LAYOUTS.get(type(node))
        if layout is None:
            raise AsTyped
        return layout(self, node)

    def many(self, node: Node) -> list[Document]:
        """Documents of a node: several where it has decorators."""
        return [self.single(node)]

    def leaf(self, node: Node) -> Document:
        """Lay out a node of one token."""
        return self.one(node.at)

    def string(self, node: Node) -> Document:
        """Lay out a string without holes: as typed, but for the line ends."""
        return self.carrying(node.at, node.at, with_line_ends(self.texts[node.at], self.newline))

    def interpolated(self, node: Node) -> Document:
        """Lay out a string with holes: as typed, but for the blanks behind the start of a hole."""
        starts, pieces, at = self.tokens.starts, [], node.at
        for value in node.values:
            pieces.append(self.texts[at])
            inner = starts[at] + len(self.texts[at])
            pieces.append(self.text[inner : starts[value.end]].lstrip(" \t"))
            at = value.end
        pieces.append(self.texts[at])
        return self.carrying(node.at, at, with_line_ends("".join(pieces), self.newline))

    def members(self, node: Node) -> list[Document]:
        """Documents of what stands between the brackets of an object, an array or their types."""
        documents: list[Document] = []
        at = node.at + 1
        for item in node.items:
            documents += self.between(at, item.at)
            documents += self.many(item)
            at = item.end
        return documents + self.between(at, node.end - 1)

    def _forced(self, node: Node, *kinds: type[Any]) -> bool:
        """Tell whether a line end follows the opening bracket and such a member is there."""
        return self.kinds[node.at + 1] == NEWLINE and any(type(item) in kinds for item in node.items)

    def array(self, node: Node) -> Document:
        """Lay out ``[a, b]``."""
        force = self.kinds[node.at + 1] == NEWLINE and any(type(item) is not syntax.Spread for item in node.items)
        return self.bracket(node.at, node.end - 1, lambda: self.members(node), OR_COMMA, OR_NOTHING, force)

    def object(self, node: Node) -> Document:
        """Lay out ``{...}``."""
        force = self._forced(node, syntax.Property)
        return self.bracket(node.at, node.end - 1, lambda: self.members(node), OR_COMMA, OR_SPACE, force)

    def property(self, node: Node) -> Document:
        """Lay out ``key: value``."""
        colon = node.at + 1 if node.key is None else node.key.end
        key = self.one(node.at) if colon == node.at + 1 else self.single(node.key)
        if self.kinds[node.at] == "string":
            key = self.carrying(node.at, node.at, with_line_ends(self.texts[node.at], self.newline))
        return spread([Glue([key, self.one(colon)]), self.single(node.value)])

    def spread(self, node: Node) -> Document:
        """Lay out ``...value``."""
        return Glue([self.one(node.at), self.single(node.value)])

    def unary(self, node: Node) -> Document:
        """Lay out ``!x`` and ``-x``."""
        return Glue([self.one(node.at), self.single(node.operand)])

    def binary(self, node: Node) -> Document:
        """Lay out operators between operands; a row of them without recursion."""
        chain = []
        while type(node) is syntax.Binary:
            chain.append(node)
            node = node.left
        documents = [self.single(node)]
        for link in reversed(chain):
            documents += (self.one(link.left.end), self.single(link.right))
        return spread(documents)

    def ternary(self, node: Node) -> Document:
        """Lay out ``test ? then : other``."""

        def items() -> list[Document]:
            question = self.behind_line_ends(node.test.end)
            colon = self.behind_line_ends(node.then.end)
            return [
                self.single(node.test),
                *self.between(node.test.end, question),
                spread([self.one(question), Indent([self.single(node.then)])]),
                *self.between(node.then.end, colon),
                spread([self.one(colon), Indent([self.single(node.other)])]),
            ]

        return self.indent_tail(items)

    def parens(self, node: Node) -> Document:
        """Lay out ``(inner)``; the official parser takes no line end there."""
        if NEWLINE in (self.kinds[node.at + 1], self.kinds[node.end - 2]):
            raise AsTyped
        return Glue([self.one(node.at), self.single(node.inner), self.one(node.end - 1)])

    # --- accesses ---

    def access(self, node: Node) -> Document:
        """Lay out a row of accesses and calls of methods, without recursion."""
        chain = []
        while (link := LINKS.get(type(node))) is not None:
            base = node.item if type(node) is syntax.TypeArray else node.base
            if base is None:
                break
            chain.append((link, node))
            node = base
        documents = [self.single(node)]
        for link, linked in reversed(chain):
            documents += link(self, linked)
        return Glue(documents)

    def tokens_behind_base(self, node: Node) -> list[Document]:
        """Documents of the tokens that follow the base: mark and name."""
        return [self.one(at) for at in range(node.base.end, node.end)]

    def _index(self, node: Node) -> list[Document]:
        marks = [self.one(at) for at in range(node.base.end, node.index.at)]
        return [*marks, self.single(node.index), self.one(node.end - 1)]

    def _method(self, node: Node) -> list[Document]:
        call = self._call(node, node.name_at + 1)
        return [self.one(node.base.end), self.one(node.name_at), call]

    # --- calls ---

    def call(self, node: Node) -> Document:
        """Lay out ``f(a, b)``."""
        call = self._call(node, node.at + 1)
        return Glue([self.one(node.at), call])

    def _call(self, node: Node, opening: int) -> Document:
        last = self._tail(node.arguments)
        return self.bracket(
            opening,
            node.end - 1,
            lambda: self.arguments(opening, node.end - 1, node.arguments, last),
            OR_SPACE,
            OR_NOTHING,
            indent_one=False,
        )

    def arguments(self, opening: int, closing: int, nodes: Any, last: Document = None) -> list[Document]:
        """Documents of arguments with their commas; ``last``: the last one, where it is laid out already."""
        documents: list[Document] = []
        at = opening + 1
        for number, node in enumerate(nodes, 1):
            documents += self.between(at, node.at)
            if number < len(nodes):
                documents.append(Glue([self.single(node), ","]))
            else:
                documents.append(self.single(node) if last is None else last)
            at = node.end
        return documents + self.between(at, closing)

    def _tail(self, nodes: tuple[Node, ...]) -> Document:
        """Lay out a last argument that ends with an object or an array, so that it does not break the others."""
        if len(nodes) < 2:
            return None
        node = nodes[-1]
        body = node.body if type(node) is syntax.Lambda else node
        if type(body) is not syntax.Object and type(body) is not syntax.Array:
            return None
        if any(comment.to_line_end for comment in self.trivia.behind.get(body.end - 1, ())):
            return None
        document = self.single(node)
        if type(document) is not Glue:
            return document
        if body is node:
            return Tail(document.documents)
        if type(document.documents[-1]) is Glue:
            return Glue([*document.documents[:-1], Tail(document.documents[-1].documents)])
        return document

    def lambda_(self, node: Node) -> Document:
        """Lay out ``(a, b) => body``."""
        arrow = node.body.at - 1
        while self.kinds[arrow] == NEWLINE:
            arrow -= 1
        names = self.names(node.at, arrow, node.parameters)
        if type(node.body) in BRACKETED and not self.has_comment(arrow + 1, node.body.at):
            return spread([names, self.one(arrow), self.single(node.body)])
        body = self.indent_group(lambda: [*self.between(arrow + 1, node.body.at), self.single(node.body)])
        return spread([names, self.one(arrow), body])

    def names(self, start: int, end: int, names: Any) -> Document:
        """Lay out the names of a lambda or a loop: one, or several in parentheses."""
        if self.kinds[start] != "(":
            return self.one(start)

        def items() -> list[Document]:
            documents, at = [], start + 1
            for number, name in enumerate(names, 1):
                documents += self.between(at, name.at)
                document = self.one(name.at)
                documents.append(Glue([document, ","]) if number < len(names) else document)
                at = name.at + 1
            return documents + self.between(at, end - 1)

        return self.bracket(start, end - 1, items, OR_SPACE, OR_NOTHING)

    # --- loops, conditions ---

    def loop(self, node: Node) -> Document:
        """Lay out ``[for item in source: body]``."""
        word = self.behind_line_ends(node.at + 1)
        behind_names = node.source.at - 1
        names = self.names(word + 1, behind_names, [node.item, *([node.index_name] if node.index_name else [])])
        if type(names) is Group:
            names = flat(names)

        def items() -> list[Document]:
            head = Glue([self.single(node.source), self.one(node.source.end)])
            parts = [self.one(word), names, self.one(behind_names), head, self.single(node.body)]
            return [*self.between(node.at + 1, word), spread(parts), *self.between(node.body.end, node.end - 1)]

        return self.bracket(node.at, node.end - 1, items, OR_NOTHING, OR_NOTHING)

    def condition(self, node: Node) -> Document:
        """Lay out ``if (condition) {...}``."""
        return spread([self.one(node.at), self.single(node.condition), self.single(node.body)])


def flat(group: Group) -> Document:
    """Put a group on one line, however long that is."""
    documents = flattened(group, 1 << 60)
    if documents is None:
        raise AsTyped
    return Glue(documents)


BRACKETED = frozenset((syntax.Object, syntax.Array))

LINKS: dict[type[Any], Callable[[Any, Node], list[Document]]] = {
    syntax.PropertyAccess: ExpressionLayouts.tokens_behind_base,
    syntax.ResourceAccess: ExpressionLayouts.tokens_behind_base,
    syntax.NonNull: ExpressionLayouts.tokens_behind_base,
    syntax.ArrayAccess: ExpressionLayouts._index,
    syntax.InstanceCall: ExpressionLayouts._method,
}
"""Accesses by what follows their base."""

LAYOUTS: dict[type[Any], Callable[[Any, Node], Document]] = {
    syntax.Bool: ExpressionLayouts.leaf,
    syntax.Int: ExpressionLayouts.leaf,
    syntax.Null: ExpressionLayouts.leaf,
    syntax.Name: ExpressionLayouts.leaf,
    syntax.Variable: ExpressionLayouts.leaf,
    syntax.String: ExpressionLayouts.string,
    syntax.Interpolated: ExpressionLayouts.interpolated,
    syntax.FunctionCall: ExpressionLayouts.call,
    syntax.InstanceCall: ExpressionLayouts.access,
    syntax.PropertyAccess: ExpressionLayouts.access,
    syntax.ArrayAccess: ExpressionLayouts.access,
    syntax.ResourceAccess: ExpressionLayouts.access,
    syntax.NonNull: ExpressionLayouts.access,
    syntax.Unary: ExpressionLayouts.unary,
    syntax.Binary: ExpressionLayouts.binary,
    syntax.Ternary: ExpressionLayouts.ternary,
    syntax.Parens: ExpressionLayouts.parens,
    syntax.Lambda: ExpressionLayouts.lambda_,
    syntax.Array: ExpressionLayouts.array,
    syntax.Object: ExpressionLayouts.object,
    syntax.Property: ExpressionLayouts.property,
    syntax.Spread: ExpressionLayouts.spread,
    syntax.For: ExpressionLayouts.loop,
    syntax.If: ExpressionLayouts.condition,
}
