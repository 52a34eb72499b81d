"""Types to documents (PrettyPrintV2/SyntaxLayouts.cs)."""

from __future__ import annotations

from amlctl.bicep import syntax
from amlctl.bicep.formatting.documents import (
    HARD,
    OR_COMMA,
    OR_NOTHING,
    OR_SPACE,
    Choice,
    Document,
    Glue,
    Group,
    spread,
)
from amlctl.bicep.formatting.expressions import LAYOUTS, LINKS, ExpressionLayouts, flat
from amlctl.bicep.lexer import NEWLINE

Node = syntax.Node


class TypeLayouts(ExpressionLayouts):
    """Lays out types and decorators."""

    __slots__ = ()

    def many(self, node: Node) -> list[Document]:
        """Documents of a node: of a member of a type also those of its decorators."""
        kind = type(node)
        if kind is syntax.TypeMember:
            return self._member(node)
        if kind is syntax.TypeItem:
            return [*self.leading(node), self.single(node.value)]
        return [self.single(node)]

    def leading(self, node: Node) -> list[Document]:
        """Documents of the decorators of a node, without blank lines between them."""
        documents: list[Document] = []
        for decorator in node.decorators:
            documents.append(self.decorator(decorator))
            documents += self.between(decorator.end, self.behind_line_ends(decorator.end))
        return [document for document in documents if document is not HARD]

    def word(self, node: Node) -> int:
        """Number of the first token of a node behind its decorators."""
        return self.behind_line_ends(node.decorators[-1].end) if node.decorators else node.at

    def decorator(self, node: Node) -> Document:
        """Lay out ``@name(...)``."""
        return Glue([self.one(node.at), self.single(node.expression)])

    def _member(self, node: Node) -> list[Document]:
        first = self.word(node)
        key = self.one(first) if node.key is None else self.single(node.key)
        colon = first + 1 if node.key is None else node.key.end
        body = spread([Glue([key, self.one(colon)]), self.single(node.value)])
        return [*self.leading(node), body]

    def object_type(self, node: Node) -> Document:
        """Lay out ``{ key: T }``."""
        force = self.kinds[node.at + 1] == NEWLINE and bool(node.items)
        return self.bracket(node.at, node.end - 1, lambda: self.members(node), OR_COMMA, OR_SPACE, force)

    def tuple_type(self, node: Node) -> Document:
        """Lay out ``[T, T]``."""
        return self.bracket(node.at, node.end - 1, lambda: self.members(node), OR_COMMA, OR_NOTHING)

    def union(self, node: Node) -> Document:
        """Lay out ``a | b``: with a leading ``|`` where it takes several lines."""

        def items() -> list[Document]:
            documents: list[Document] = []
            at = node.at
            for number, member in enumerate(node.members):
                documents += self.between(at, member.at)
                documents.append(Glue([Choice("| ") if number == 0 else "| ", self.single(member)]))
                at = member.end
            return documents

        return self.indent_group(items)

    def resource_type(self, node: Node) -> Document:
        """Lay out the experimental ``resource 'type'`` as the official printer does, without a blank."""
        word = self.one(node.at)
        return word if node.type is None else Glue([word, self.single(node.type)])

    def generic(self, node: Node) -> Document:
        """Lay out ``name<argument>``."""
        tail = self._arguments(node, node.at + 1)
        return Glue([self.one(node.at), tail])

    def _arguments(self, node: Node, opening: int) -> Document:
        tail = self.bracket(
            opening,
            node.end - 1,
            lambda: self.arguments(opening, node.end - 1, node.arguments),
            OR_SPACE,
            OR_NOTHING,
            force=self.kinds[opening + 1] == NEWLINE and bool(node.arguments),
        )
        return flat(tail) if type(tail) is Group else tail

    def qualified_generic(self, node: Node) -> Document:
        """Lay out ``name<argument>`` and ``base.name<argument>``."""
        return self.generic(node) if node.base is None else self.access(node)

    def _generic_link(self, node: Node) -> list[Document]:
        dot = node.base.end
        return [self.one(dot), self.one(dot + 1), self._arguments(node, dot + 2)]

    def _array_link(self, node: Node) -> list[Document]:
        return [self.one(node.end - 2), self.one(node.end - 1)]


LINKS.update(
    {
        syntax.TypeProperty: TypeLayouts.tokens_behind_base,
        syntax.TypeRest: TypeLayouts.tokens_behind_base,
        syntax.TypeItems: TypeLayouts.tokens_behind_base,
        syntax.TypeNullable: TypeLayouts.tokens_behind_base,
        syntax.TypeNonNull: TypeLayouts.tokens_behind_base,
        syntax.TypeArray: TypeLayouts._array_link,
        syntax.TypeIndex: TypeLayouts._index,
        syntax.TypeGeneric: TypeLayouts._generic_link,
    }
)
LAYOUTS.update(
    {
        syntax.TypeName: TypeLayouts.leaf,
        syntax.TypeGeneric: TypeLayouts.qualified_generic,
        syntax.TypeProperty: TypeLayouts.access,
        syntax.TypeRest: TypeLayouts.access,
        syntax.TypeItems: TypeLayouts.access,
        syntax.TypeNullable: TypeLayouts.access,
        syntax.TypeNonNull: TypeLayouts.access,
        syntax.TypeArray: TypeLayouts.access,
        syntax.TypeIndex: TypeLayouts.access,
        syntax.TypeUnion: TypeLayouts.union,
        syntax.TypeObject: TypeLayouts.object_type,
        syntax.TypeTuple: TypeLayouts.tuple_type,
        syntax.TypeResource: TypeLayouts.resource_type,
    }
)
