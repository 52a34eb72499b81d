"""Tokens to expression nodes, by precedence climbing, with the official parser's recovery (Parsing/BaseParser.cs).

What cannot be read becomes a ``Skipped`` node that reaches to the next token of the place's terminators; a finding
made inside text that is skipped as a whole is dropped with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from amlctl.bicep import syntax
from amlctl.bicep.lexer import END, LEFT, MIDDLE, NAME, NEWLINE, RIGHT, STRING, Tokens
from amlctl.bicep.literals import SIMPLE, Expected, make, segments, string
from amlctl.bicep.messages import PARSING

Node = syntax.Node

MAX_DEPTH: Final = 120
"""Levels of nesting that are read; deeper text is a finding, so that no stage can run out of stack."""
MAX_CHAIN: Final = 300
"""Operators of one level in a row (``a + b + …``) and accesses in a row: they nest the tree as brackets do."""

PRECEDENCE = {
    "??": 30, "||": 40, "&&": 50, "==": 70, "!=": 70, "=~": 70, "!~": 70,
    "<": 80, "<=": 80, ">": 80, ">=": 80, "+": 90, "-": 90, "*": 100, "/": 100, "%": 100,
}  # fmt: skip
DECLARATION_WORDS = frozenset(("assert", "import", "metadata", "param", "var", "resource", "output", "module", "type"))

_CLOSERS = frozenset((RIGHT, "}", ")", "]", NEWLINE))
_THEN_END = _CLOSERS | {":"}
_ITEM_END = frozenset((NEWLINE, "]"))
_SPREAD_ITEM_END = frozenset((",", NEWLINE, "]"))
_SPREAD_PROPERTY_END = frozenset((",", NEWLINE, "}"))
_PROPERTY_END = frozenset((NEWLINE, "}"))
_KEY_END = frozenset((":", NEWLINE, "}"))
_ARGUMENT_END = frozenset((NEWLINE, ",", ")"))
_LAMBDA_END = frozenset((NEWLINE, ")"))
_PARENS_ITEM_END = frozenset((RIGHT, "}", ")", "]", NEWLINE, ","))
_PARENS_END = frozenset((RIGHT, "}", "]", NEWLINE))
_HOLE_END = frozenset((MIDDLE, RIGHT, NEWLINE))
_FOR_IN_END = frozenset((":", "]", NEWLINE))
LINE_END = frozenset((NEWLINE,))
_SIMPLE_END = frozenset((NEWLINE, ",", ")", "]", "}", RIGHT, MIDDLE, END, ":"))
_ACCESSES = frozenset(("[", ".", "::", "!"))

COMPLEX, RESOURCES = 1, 2
"""What an expression may hold: object and array literals; nested resource declarations."""


class TooDeep(Exception):
    """The text is nested deeper than MAX_DEPTH."""


class ExpressionParser:
    """Reads expressions from a list of tokens; ``i`` is the next one."""

    __slots__ = ("closed", "depth", "findings", "i", "kinds", "marks", "texts", "tokens")

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.texts = [*tokens.texts, "", ""]
        self.kinds = [*tokens.kinds, END, END]
        self.i = 0
        self.depth = 0
        self.closed = True
        self.marks = 0
        self.findings: list[tuple[int, int, str, str, int]] = []
        """First token, token behind the last, code, message, origin; equal tokens are an empty span."""

    # --- recovery ---

    def report(self, at: int, end: int, code: str, *arguments: object, origin: int | None = None) -> None:
        """Note a finding about the tokens from ``at`` up to but not including ``end``.

        ``origin`` is where the text begins that it goes with: if that text is skipped as a whole, it is forgotten.
        """
        message = PARSING[code].format(*arguments)
        self.findings.append((at, end, code, message, at if origin is None else origin))

    def recover(self, start: int, error: Expected, terminators: frozenset[str], suppress: bool = False) -> Node:
        """Go on at the next terminator; what was noted about the text passed over is forgotten."""
        findings = self.findings
        while findings and findings[-1][4] > start:
            findings.pop()
        kinds, i = self.kinds, self.i
        at = i if error.at is None else error.at
        while kinds[i] not in terminators and kinds[i] != END:
            i += 1
        self.i = i
        if not suppress:
            self.report(at, at if kinds[at] in (NEWLINE, END) else at + 1, error.code, *error.arguments, origin=start)
        return syntax.Skipped(start, i)

    def skip_empty(self, code: str, *arguments: object) -> Node:
        """Note that something is missing here; nothing is passed over."""
        self.report(self.i, self.i, code, *arguments)
        return syntax.Skipped(self.i, self.i)

    def expect(self, kind: str) -> None:
        """Pass over a token of punctuation."""
        if self.kinds[self.i] != kind:
            raise Expected("BCP018", kind)
        self.i += 1

    def at_word(self, word: str, ahead: int = 0) -> bool:
        """Tell whether a word stands here (no word of the language is reserved)."""
        return self.texts[self.i + ahead] == word

    def expect_word(self, word: str, code: str = "BCP012") -> None:
        """Pass over a word of the language."""
        if self.texts[self.i] != word:
            raise Expected(code, word) if code == "BCP012" else Expected(code)
        self.i += 1

    def newlines(self) -> None:
        """Pass over line ends."""
        while self.kinds[self.i] == NEWLINE:
            self.i += 1

    def skip_newlines_before(self, kind: str) -> None:
        """Pass over line ends if such a token follows them."""
        i = self.i
        while self.kinds[i] == NEWLINE:
            i += 1
        if self.kinds[i] == kind:
            self.i = i

    # --- expressions ---

    def expression(self, flags: int) -> Node:
        """Read an expression; the caller catches ``Expected`` and recovers."""
        i, kinds = self.i, self.kinds
        follower = kinds[i + 1]
        if follower in _SIMPLE_END and not (follower == NEWLINE and kinds[i + 2] in ("?", NEWLINE)):
            simple = SIMPLE.get(kinds[i])
            if simple is not None:
                self.i = i + 1
                return simple(self.texts, i)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep
        node = self._binary(flags, 0)
        kind = kinds[self.i]
        if kind == NEWLINE:
            self.skip_newlines_before("?")
            kind = kinds[self.i]
        if kind == "?":
            node = self._ternary(i, node, flags)
        self.depth -= 1
        return node

    def attempt(
        self, read: Callable[[int], Node], flags: int, terminators: frozenset[str], suppress: bool = False
    ) -> Node:
        """Read something, or skip to a terminator."""
        start, depth = self.i, self.depth
        try:
            return read(flags)
        except Expected as error:
            self.depth = depth
            return self.recover(start, error, terminators, suppress)

    def _ternary(self, start: int, test: Node, flags: int) -> Node:
        self.i += 1
        then = self.attempt(self.expression, flags, _THEN_END)
        if type(then) is not syntax.Skipped:
            self.skip_newlines_before(":")
        at = self.i
        suppress = is_empty(then)
        colon: Node = None
        try:
            self.expect(":")
        except Expected as error:
            colon = self.recover(at, error, _CLOSERS, suppress)
        other = self.attempt(self.expression, flags, _CLOSERS, is_empty(colon))
        return make(syntax.Ternary, (start, self.i, test, then, other))

    def _binary(self, flags: int, precedence: int) -> Node:
        start, kinds, chain, depth = self.i, self.kinds, 0, self.depth
        node = self._unary(flags)
        while True:
            operator = kinds[self.i]
            rank = PRECEDENCE.get(operator, 0)
            if rank <= precedence:
                return node
            self.i += 1
            chain += 1
            if chain > MAX_CHAIN:
                raise TooDeep
            at = self.i
            try:
                right = self._binary(flags, rank)
            except Expected as error:
                self.depth = depth
                right = self.recover(at, error, _CLOSERS)
            node = make(syntax.Binary, (start, self.i, operator, node, right))

    def _unary(self, flags: int) -> Node:
        start = self.i
        operator = self.kinds[start]
        if operator not in ("!", "-"):
            return self._member(flags)
        self.i = start + 1
        operand = self.attempt(self._member, flags, _CLOSERS)
        return make(syntax.Unary, (start, self.i, operator, operand))

    def _member(self, flags: int) -> Node:
        start, kinds = self.i, self.kinds
        node = self._primary(flags)
        chain = 0
        while True:
            kind = kinds[self.i]
            if kind not in _ACCESSES:
                return node
            chain += 1
            if chain > MAX_CHAIN:
                raise TooDeep
            self.i += 1
            if kind == ".":
                node = self._dot(start, node, flags)
            elif kind == "[":
                node = self._index(start, node, flags)
            elif kind == "::":
                name = self.name_or_skip()
                node = make(syntax.ResourceAccess, (start, self.i, node, name))
            else:
                node = make(syntax.NonNull, (start, self.i, node))

    def name_or_skip(self) -> str:
        """Read the name behind a dot; a missing one is noted and empty."""
        i = self.i
        if self.kinds[i] == NAME:
            self.i = i + 1
            return self.texts[i]
        self.skip_empty("BCP020")
        return ""

    def _dot(self, start: int, base: Node, flags: int) -> Node:
        mark = self.i
        safe = self.kinds[mark] == "?"
        if safe:
            self.i += 1
        name_at = self.i
        name = self.name_or_skip()
        if self.kinds[self.i] != "(":
            return make(syntax.PropertyAccess, (start, self.i, base, name, safe))
        arguments = self.call_arguments(flags)
        if safe:
            self.report(mark, mark + 1, "BCP322")
            name = ""
        return make(syntax.InstanceCall, (start, self.i, base, name_at, name, arguments))

    def _index(self, start: int, base: Node, flags: int) -> Node:
        safe = self.kinds[self.i] == "?"
        if safe:
            self.i += 1
        from_end = self.kinds[self.i] == "^"
        if from_end:
            self.i += 1
        index = self.skip_empty("BCP117") if self.kinds[self.i] == "]" else self.expression(flags)
        self.expect("]")
        return make(syntax.ArrayAccess, (start, self.i, base, index, safe, from_end))

    def _primary(self, flags: int) -> Node:
        i = self.i
        kind = self.kinds[i]
        if kind == NAME:
            return self._named(flags)
        if kind == LEFT:
            return self.interpolated()
        simple = SIMPLE.get(kind)
        if simple is not None:
            node = simple(self.texts, i)
            self.i = i + 1
            return node
        if kind == "(":
            return self._parens_or_lambda(flags)
        if kind in ("{", "["):
            if not flags & COMPLEX:
                raise Expected("BCP087")
            return self._nested(self.object if kind == "{" else self._array_or_for, flags)
        raise Expected("BCP009")

    def _nested(self, read: Callable[[int], Node], flags: int) -> Node:
        """Read an object or an array, one level deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep
        node = read(flags)
        self.depth -= 1
        return node

    def _named(self, flags: int) -> Node:
        start = self.i
        name = self.texts[start]
        self.i = start + 1
        kind = self.kinds[start + 1]
        if kind == "(":
            arguments = self.call_arguments(flags)
            return make(syntax.FunctionCall, (start, self.i, name, arguments))
        if kind == "=>":
            return self._lambda(start, (syntax.Name(start, name),))
        return make(syntax.Variable, (start, start + 1, name))

    def _lambda(self, start: int, parameters: tuple[syntax.Name, ...]) -> Node:
        self.i += 1
        at = self.i
        self.newlines()
        if self.texts[self.i] in DECLARATION_WORDS:
            self.i = at
        body = self.attempt(self.expression, COMPLEX, _LAMBDA_END)
        return make(syntax.Lambda, (start, self.i, parameters, body))

    def call_arguments(self, flags: int) -> tuple[Node, ...]:
        """Read ``(a, b)`` of a call."""
        self.i += 1
        kinds = self.kinds
        if kinds[self.i] == ")":
            self.i += 1
            return ()
        arguments = self.separated(")", flags, self._argument)
        if kinds[self.i] == ")":
            self.i += 1
        else:
            self.skip_empty("BCP018", ")")
        return arguments

    def _argument(self, flags: int) -> Node:
        start, depth = self.i, self.depth
        try:
            return self.expression(flags)
        except Expected as error:
            self.depth = depth
            return self.recover(start, error, _ARGUMENT_END)

    def separated(self, closing: str, flags: int, read: Callable[[int], Node]) -> tuple[Node, ...]:
        """Read elements with commas between them, line ends allowed around them, up to the closing token."""
        kinds = self.kinds
        items: list[Node] = []
        self.newlines()
        while kinds[self.i] not in (closing, END):
            items.append(read(flags))
            kind = kinds[self.i]
            if kind == ",":
                self.i += 1
                self.newlines()
                if kinds[self.i] == closing:
                    items.append(read(flags))
            elif kind == NEWLINE:
                ahead = kinds[self.i + 1]
                if ahead == END:
                    break
                if ahead != closing:
                    self.skip_empty("BCP237")
                self.newlines()
            elif kind not in (closing, END):
                self.skip_empty("BCP236")
        return tuple(items)

    def elements(self, closing: str, flags: int, read: Callable[[int], Node]) -> tuple[Node, ...]:
        """Read the members of an object or an array: separated by line ends or one comma."""
        kinds = self.kinds
        items: list[Node] = []
        while kinds[self.i] == NEWLINE:
            self.i += 1
        while True:
            kind = kinds[self.i]
            if kind in (closing, END):
                return tuple(items)
            items.append(read(flags))
            kind = kinds[self.i]
            if kind == NEWLINE:
                self.i += 1
            elif kind == ",":
                self.i += 1
                if kinds[self.i] == NEWLINE:
                    self.skip_empty("BCP238")
                    self.i += 1
            elif kind != closing and kind != END:
                self.skip_empty("BCP236")

    # --- literals ---

    def interpolated(self) -> Node:
        """Read a string with or without holes."""
        start, kinds, texts = self.i, self.kinds, self.texts
        kind = kinds[start]
        if kind == STRING:
            self.i += 1
            return string(texts, start)
        pieces: list[str] = []
        values: list[Node] = []
        expected = LEFT
        if kind != LEFT:
            raise Expected("BCP009")
        while True:
            kind = kinds[self.i]
            if kind == expected:
                pieces.append(texts[self.i])
                self.i += 1
                values.append(self._hole())
                if kinds[self.i] in (NEWLINE, END):
                    return syntax.Skipped(start, self.i)
            elif kind == RIGHT:
                pieces.append(texts[self.i])
                self.i += 1
                contents = segments(pieces)
                if contents is None:
                    return syntax.Skipped(start, self.i)
                return make(syntax.Interpolated, (start, self.i, contents, tuple(values)))
            else:
                self._skip_rest_of_hole()
                if kinds[self.i] not in (MIDDLE, RIGHT):
                    return syntax.Skipped(start, self.i)
            expected = MIDDLE

    def _hole(self) -> Node:
        start = self.i
        value = self.attempt(self.expression, 0, _HOLE_END)
        if self.kinds[self.i] not in _HOLE_END:
            self._skip_rest_of_hole()
            return syntax.Skipped(start, self.i)
        return value

    def _skip_rest_of_hole(self) -> None:
        at = self.i
        self.recover(at, Expected("BCP064"), _HOLE_END, suppress=True)
        self.report(at, self.i, "BCP064")

    def object(self, flags: int) -> Node:
        """Read ``{...}``."""
        start = self.i
        self.expect("{")
        if self.kinds[self.i] == "}":
            self.i += 1
            return syntax.Object(start, self.i, ())
        items = self.elements("}", flags, self._property)
        self.expect("}")
        return make(syntax.Object, (start, self.i, items))

    def _property(self, flags: int) -> Node:
        start, kinds = self.i, self.kinds
        if kinds[start] == NAME and kinds[start + 1] == ":":
            self.i = at = start + 2
            depth = self.depth
            try:
                value = self.expression(COMPLEX)
            except Expected as error:
                self.depth = depth
                value = self.recover(at, error, _PROPERTY_END)
            return make(syntax.Property, (start, self.i, self.texts[start], None, value))
        return self.attempt(self._unusual_property, flags, _PROPERTY_END)

    def nested_declaration(self) -> Node:
        """Read a resource inside a resource body; the parser of statements does it."""
        raise Expected("BCP022")

    def _unusual_property(self, flags: int) -> Node:
        start, kind = self.i, self.kinds[self.i]
        if flags & RESOURCES and (
            kind == "@" or (self.texts[start] == "resource" and kind == NAME and self.kinds[start + 1] == NAME)
        ):
            return self.nested_declaration()
        if kind == "...":
            return self._spread(_SPREAD_PROPERTY_END)
        key = self.attempt(self._key, 0, _KEY_END)
        name = key.text if type(key) is syntax.Name else key.value if type(key) is syntax.String else None
        at, depth, colon = self.i, self.depth, None
        try:
            self.expect(":")
        except Expected as error:
            colon = self.recover(at, error, _PROPERTY_END, is_empty(key))
        at = self.i
        try:
            value = self.expression(COMPLEX)
        except Expected as error:
            self.depth = depth
            value = self.recover(at, error, _PROPERTY_END, is_empty(colon))
        return syntax.Property(start, self.i, name, None if name is not None else key, value)

    def _key(self, _: int) -> Node:
        start = self.i
        kind = self.kinds[start]
        if kind == NAME:
            self.i += 1
            return syntax.Name(start, self.texts[start])
        if kind in (STRING, LEFT):
            key = self.interpolated()
            if type(key) is not syntax.Skipped:
                return key
        raise Expected("BCP022", at=start)

    def _spread(self, terminators: frozenset[str]) -> Node:
        start = self.i
        self.i += 1
        value = self.attempt(self.expression, COMPLEX, terminators)
        return syntax.Spread(start, self.i, value)

    def _array_or_for(self, flags: int) -> Node:
        i = self.i + 1
        while self.kinds[i] == NEWLINE:
            i += 1
        if self.texts[i] == "for" and self.kinds[i] == NAME:
            return self.loop(flags, declaration=False)
        start = self.i
        self.i += 1
        items = self.elements("]", flags, self._item) if self.kinds[self.i] != "]" else ()
        self.expect("]")
        return make(syntax.Array, (start, self.i, items))

    def _item(self, _: int) -> Node:
        if self.kinds[self.i] == "...":
            return self._spread(_SPREAD_ITEM_END)
        start, depth = self.i, self.depth
        try:
            return self.expression(COMPLEX)
        except Expected as error:
            self.depth = depth
            return self.recover(start, error, _ITEM_END)

    # --- parentheses, loops, conditions ---

    def parens_list(self, read: Callable[[int], Node], flags: int, multiline: bool) -> list[Node]:
        """Read ``(a, b)``; ``closed`` says whether the end is there, ``marks`` counts line ends and commas."""
        self.expect("(")
        items: list[Node] = []
        marks = self._line_break() if multiline else 0
        while self.kinds[self.i] != ")":
            if self.kinds[self.i] == END and items:
                break
            items.append(self.attempt(read, flags, _PARENS_ITEM_END))
            marks += self._line_break() if multiline else 0
            if self.kinds[self.i] != ",":
                break
            self.i += 1
            marks += 1 + (self._line_break() if multiline else 0)
        at = self.i
        closed = True
        try:
            self.expect(")")
        except Expected as error:
            self.recover(at, error, _PARENS_END, bool(items) and is_empty(items[-1]))
            closed = False
        self.closed, self.marks = closed, marks
        return items

    def _line_break(self) -> int:
        """Pass over line ends; 1 if there were any."""
        at = self.i
        self.newlines()
        return 1 if self.i > at else 0

    def parenthesized(self, flags: int) -> Node:
        """Read a value in parentheses, where no lambda may stand."""
        start = self.i
        items = self.parens_list(self.expression, flags, multiline=True)
        return self.in_parens(start, items)

    def in_parens(self, start: int, items: list[Node]) -> Node:
        """Make the node of ``(inner)`` out of what was read; it must be one thing, line ends and commas count too."""
        end = self.i - 1 if self.closed else self.i
        if len(items) == 1 and not self.marks:
            inner = items[0]
        else:
            if not (self.marks == 1 and not items):
                self.report(start + 1, end, "BCP243", origin=start + 1)
            inner = syntax.Skipped(start + 1, end)
        return make(syntax.Parens, (start, self.i, inner))

    def _parens_or_lambda(self, flags: int) -> Node:
        start = self.i
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep
        items = self.parens_list(self.expression, flags, multiline=True)
        self.depth -= 1
        if self.kinds[self.i] == "=>":
            return self._lambda(start, self._local_names(items))
        return self.in_parens(start, items)

    def _local_names(self, items: list[Node]) -> tuple[syntax.Name, ...]:
        """The names of a lambda's or a loop's variables; what is no name was noted, or is nameless."""
        return tuple(syntax.Name(item.at, item.name if type(item) is syntax.Variable else "") for item in items)

    def loop(self, flags: int, declaration: bool) -> Node:
        """Read ``[for ...]``; in a declaration the body is an object or an ``if``."""
        start = self.i
        self.expect("[")
        self.newlines()
        self.expect_word("for")
        item, index, faulty = self._loop_names()
        keyword = self._attempt_word("in", faulty)
        source = self.attempt(self.expression, COMPLEX, _FOR_IN_END, is_empty(keyword))
        at, colon = self.i, None
        try:
            self.expect(":")
        except Expected as error:
            colon = self.recover(at, error, _ITEM_END, is_empty(source))
        read = self._loop_body if declaration else self.expression
        body = self.attempt(read, flags | COMPLEX, _ITEM_END, is_empty(colon))
        if type(body) is not syntax.Skipped:
            self.newlines()
        at = self.i
        try:
            self.expect("]")
        except Expected as error:
            self.recover(at, error, _ITEM_END, is_empty(body))
        return syntax.For(start, self.i, item, index, source, body)

    def _attempt_word(self, word: str, suppress: bool) -> Node:
        start = self.i
        try:
            self.expect_word(word)
        except Expected as error:
            return self.recover(start, error, _FOR_IN_END, suppress)
        return None

    def _loop_names(self) -> tuple[syntax.Name, syntax.Name | None, bool]:
        start, kind = self.i, self.kinds[self.i]
        if kind == NAME:
            self.i += 1
            return syntax.Name(start, self.texts[start]), None, False
        if kind != "(":
            self.skip_empty("BCP162")
            return syntax.Name(start, ""), None, True
        noted = len(self.findings)
        items = self.parens_list(self.expression, 0, multiline=False)
        names = self._local_names(items)
        faulty = len(self.findings) > noted
        if len(names) == 2:
            return names[0], names[1], faulty
        if not faulty:
            self.report(start, self.i, "BCP249", len(names))
        return names[0] if names else syntax.Name(start, ""), None, True

    def _loop_body(self, flags: int) -> Node:
        kind = self.kinds[self.i]
        if kind == "{":
            return self.object(flags)
        if kind == NAME and self.texts[self.i] == "if":
            return self.condition(flags, in_loop=True)
        raise Expected("BCP167")

    def condition(self, flags: int, in_loop: bool) -> Node:
        """Read ``if (condition) {...}``."""
        start = self.i
        self.expect_word("if")
        extra = {"]"} if in_loop else set()
        test = self.attempt(self.parenthesized, flags & ~RESOURCES, LINE_END | {"{"} | extra)
        suppress = type(test) is not syntax.Parens or not self.closed
        body = self.attempt(self.object, flags, LINE_END | extra, suppress)
        return syntax.If(start, self.i, test, body)


def is_empty(node: Node) -> bool:
    """Tell whether nothing could be read here at all: then what follows is not complained about again."""
    return type(node) is syntax.Skipped and node.at == node.end
