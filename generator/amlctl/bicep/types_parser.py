"""Tokens to type nodes (Parsing/BaseParser.cs, the type half), on top of the parser of expressions."""

from __future__ import annotations

from amlctl.bicep import syntax
from amlctl.bicep.expressions_parser import (
    COMPLEX,
    LINE_END,
    MAX_CHAIN,
    MAX_DEPTH,
    ExpressionParser,
    TooDeep,
    is_empty,
)
from amlctl.bicep.lexer import END, LEFT, MIDDLE, NAME, NEWLINE, RIGHT, STRING
from amlctl.bicep.literals import Expected, make

Node = syntax.Node

_CLOSERS = frozenset((RIGHT, "}", ")", "]", NEWLINE))
_MEMBER_END = frozenset((NEWLINE, "}"))
_KEY_END = frozenset((":", NEWLINE, "}"))
_ITEM_END = frozenset((NEWLINE, "]"))
_ARGUMENT_END = frozenset((NEWLINE, ",", ">"))
_STRING_END = frozenset((MIDDLE, RIGHT, NEWLINE, END))
_NOTHING: frozenset[str] = frozenset()
_RESOURCE_END = frozenset(("=", NEWLINE))
_LITERALS = frozenset(("true", "false", "null", "integer", STRING, LEFT))


class TypeParser(ExpressionParser):
    """Reads types and decorators."""

    __slots__ = ()

    def declared_type(self, optional_resource: bool = False) -> Node:
        """Read the type of a declaration; ``resource 'type'`` is a form of its own there."""
        if not self.at_word("resource") or self.kinds[self.i + 1] == "<":
            return self.type(0)
        start = self.i
        self.i += 1
        at = self.i
        if optional_resource and self.kinds[at] not in (STRING, LEFT):
            return syntax.TypeResource(start, at, None)
        try:
            type_string = self.interpolated_or("BCP068")
        except Expected as error:
            type_string = self.recover(at, error, _RESOURCE_END)
        return syntax.TypeResource(start, self.i, type_string)

    def interpolated_or(self, code: str) -> Node:
        """Read a string; anything else is the fault ``code``."""
        start = self.i
        if self.kinds[start] not in (STRING, LEFT):
            self.skip_unreadable_string()
            raise Expected(code, at=start)
        node = self.interpolated()
        if type(node) is syntax.Skipped:
            raise Expected(code, at=start)
        return node

    def skip_unreadable_string(self) -> None:
        """Pass over what is no string, to the end of the line: the recovery goes on from there."""
        while self.kinds[self.i] not in _STRING_END:
            self.i += 1

    def type(self, _: int) -> Node:
        """Read a type, a union of types included."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep
        start = self.i
        union = self._pipe()
        node = self._suffixed()
        if union or self._pipe():
            members = [node]
            if not union:
                self._union_member(members)
            while self._pipe():
                self._union_member(members)
            node = syntax.TypeUnion(start, self.i, tuple(members))
        self.depth -= 1
        return node

    def _pipe(self) -> bool:
        """Pass over ``|``, on this line or at the start of the next."""
        i = self.i
        if self.kinds[i] == NEWLINE:
            i += 1
        if self.kinds[i] != "|":
            return False
        self.i = i + 1
        return True

    def _union_member(self, members: list[Node]) -> None:
        if self.kinds[self.i] == NEWLINE:
            members.append(self.skip_empty("BCP300"))
            return
        at, depth = self.i, self.depth
        try:
            members.append(self._suffixed())
        except Expected as error:
            self.depth = depth
            members.append(self.recover(at, error, _NOTHING))

    def _suffixed(self) -> Node:
        """Read a type with its ``?`` and ``!``."""
        start, chain = self.i, 0
        node = self._signed()
        while self.kinds[self.i] in ("?", "!"):
            chain += 1
            if chain > MAX_CHAIN:
                raise TooDeep
            kind = syntax.TypeNullable if self.kinds[self.i] == "?" else syntax.TypeNonNull
            self.i += 1
            node = kind(start, self.i, node)
        return node

    def _signed(self) -> Node:
        start = self.i
        operator = self.kinds[start]
        if operator not in ("-", "!"):
            return self._member_type(0)
        self.i += 1
        operand = self.attempt(self._member_type, 0, _CLOSERS)
        return syntax.Unary(start, self.i, operator, operand)

    def _member_type(self, _: int) -> Node:
        start, chain = self.i, 0
        node = self._primary_type()
        while self.kinds[self.i] in ("[", "."):
            chain += 1
            if chain > MAX_CHAIN:
                raise TooDeep
            self.i += 1
            node = self._indexed(start, node) if self.kinds[self.i - 1] == "[" else self._dotted(start, node)
        return node

    def _indexed(self, start: int, base: Node) -> Node:
        kind = self.kinds[self.i]
        if kind == "]":
            self.i += 1
            return make(syntax.TypeArray, (start, self.i, base))
        if kind == "*":
            self.i += 1
            self.expect("]")
            return syntax.TypeItems(start, self.i, base)
        index = self.expression(0)
        self.expect("]")
        return syntax.TypeIndex(start, self.i, base, index)

    def _dotted(self, start: int, base: Node) -> Node:
        if self.kinds[self.i] == "*":
            self.i += 1
            return syntax.TypeRest(start, self.i, base)
        name = self.name_or_skip()
        if self.kinds[self.i] == "<":
            return syntax.TypeGeneric(start, self.i, base, name, self._type_arguments())._replace(end=self.i)
        return syntax.TypeProperty(start, self.i, base, name)

    def _type_arguments(self) -> tuple[Node, ...]:
        self.i += 1
        arguments = () if self.kinds[self.i] == ">" else self.separated(">", 0, self._type_argument)
        if self.kinds[self.i] == ">":
            self.i += 1
        else:
            self.skip_empty("BCP018", ">")
        return arguments

    def _type_argument(self, _: int) -> Node:
        return self.attempt(self.type, 0, _ARGUMENT_END)

    def _primary_type(self) -> Node:
        start, kind = self.i, self.kinds[self.i]
        if kind == NAME:
            self.i += 1
            if self.kinds[self.i] == "<":
                arguments = self._type_arguments()
                return syntax.TypeGeneric(start, self.i, None, self.texts[start], arguments)
            return make(syntax.TypeName, (start, start + 1, self.texts[start]))
        if kind in _LITERALS:
            return self._primary(0)
        if kind == "{":
            return self._object_type()
        if kind == "[":
            self.i += 1
            items = () if self.kinds[self.i] == "]" else self.elements("]", 0, self._tuple_item)
            self.expect("]")
            return syntax.TypeTuple(start, self.i, items)
        if kind == "(":
            return self.in_parens(start, self.parens_list(self.type, 0, multiline=False))
        raise Expected("BCP279")

    def _object_type(self) -> Node:
        start = self.i
        self.i += 1
        items = () if self.kinds[self.i] == "}" else self.elements("}", 0, self._member_declaration)
        self.expect("}")
        return make(syntax.TypeObject, (start, self.i, items))

    def _member_declaration(self, _: int) -> Node:
        start = self.i
        decorators = self.decorators()
        at, depth, kind = self.i, self.depth, self.kinds[self.i]
        key: Node = None
        name: str | None = None
        try:
            if kind == NAME:
                name = self.texts[at]
                self.i += 1
            elif kind == "*":
                self.i += 1
            elif kind in (STRING, LEFT):
                key = self.interpolated_or("BCP022")
                name = key.value if type(key) is syntax.String else None
            else:
                raise Expected("BCP317")
        except Expected as error:
            self.depth = depth
            key = self.recover(at, error, _KEY_END)
        at, colon = self.i, None
        try:
            self.expect(":")
        except Expected as error:
            colon = self.recover(at, error, _MEMBER_END, is_empty(key))
        value = self.attempt(self.type, 0, _MEMBER_END, is_empty(colon))
        return make(syntax.TypeMember, (start, self.i, decorators, name, key, value))

    def _tuple_item(self, _: int) -> Node:
        start, depth = self.i, self.depth
        try:
            decorators = self.decorators()
            value = self.type(0)
        except Expected as error:
            self.depth = depth
            return self.recover(start, error, _ITEM_END)
        return syntax.TypeItem(start, self.i, decorators, value)

    def decorators(self) -> tuple[syntax.Decorator, ...]:
        """Read the decorators in front of a declaration, each with its line end."""
        if self.kinds[self.i] != "@":
            return ()
        found: list[syntax.Decorator] = []
        while self.kinds[self.i] == "@":
            start = self.i
            self.i += 1
            expression = self.attempt(self._decorator, COMPLEX, LINE_END)
            found.append(syntax.Decorator(start, self.i, expression))
            self.line_end()
            self.newlines()
        return tuple(found)

    def line_end(self) -> None:
        """Pass over a line end; whatever stands before it is noted."""
        start = self.i
        if self.kinds[start] != NEWLINE:
            self.recover(start, Expected("BCP019"), LINE_END)
        if self.kinds[self.i] != END:
            self.i += 1

    def _decorator(self, flags: int) -> Node:
        start = self.i
        if self.kinds[start] != NAME:
            raise Expected("BCP123")
        self.i += 1
        node: Node
        if self.kinds[self.i] == "(":
            arguments = self.call_arguments(flags)
            node = syntax.FunctionCall(start, self.i, self.texts[start], arguments)
        else:
            node = syntax.Variable(start, self.i, self.texts[start])
        while self.kinds[self.i] == ".":
            self.i += 1
            name_at, name = self.i, self.name_or_skip()
            if self.kinds[self.i] == "(":
                arguments = self.call_arguments(flags)
                node = syntax.InstanceCall(start, self.i, node, name_at, name, arguments)
            else:
                node = syntax.PropertyAccess(start, self.i, node, name, False)
        return node
