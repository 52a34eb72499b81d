"""The nodes of the syntax tree: one flat, typed tuple for each construct of the language.

Every node starts with ``at`` and ``end``: the numbers of its first token and of the token behind its last one
(``Tree.span`` turns them into offsets, ``Tree.place`` into line and column). ``at`` of a name or an access is unique
in its file, so tables keyed by it stand for "this use".
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, TypeAlias

from amlctl.bicep.lexer import Tokens
from amlctl.diagnostics import Finding, Place
from amlctl.records import NamedTuple

Node: TypeAlias = Any
"""Any of the classes below; they are told apart by ``type(node)``."""


class Name(NamedTuple):
    """The name that a declaration gives; ``text`` is empty where it is missing."""

    at: int
    text: str


# --- expressions ---------------------------------------------------------------------------------------------------


class Bool(NamedTuple):
    """``true`` or ``false``, as a value or a type."""

    at: int
    end: int
    value: bool


class Int(NamedTuple):
    """An integer literal."""

    at: int
    end: int
    value: int


class Null(NamedTuple):
    """``null``."""

    at: int
    end: int


class String(NamedTuple):
    """A string without holes; ``value`` is what it means, escapes done."""

    at: int
    end: int
    value: str


class Interpolated(NamedTuple):
    """A string with holes: one more text than values."""

    at: int
    end: int
    texts: tuple[str, ...]
    values: tuple[Node, ...]


class Variable(NamedTuple):
    """A name used as a value."""

    at: int
    end: int
    name: str


class FunctionCall(NamedTuple):
    """``f(a, b)``."""

    at: int
    end: int
    name: str
    arguments: tuple[Node, ...]


class InstanceCall(NamedTuple):
    """``base.f(a, b)``: a method, or a function of a namespace or a wildcard import."""

    at: int
    end: int
    base: Node
    name_at: int
    name: str
    arguments: tuple[Node, ...]


class PropertyAccess(NamedTuple):
    """``base.name`` and ``base.?name``; the name is the last token."""

    at: int
    end: int
    base: Node
    name: str
    safe: bool


class ArrayAccess(NamedTuple):
    """``base[index]`` with the marks ``?`` (safe) and ``^`` (from the end)."""

    at: int
    end: int
    base: Node
    index: Node
    safe: bool
    from_end: bool


class ResourceAccess(NamedTuple):
    """``base::name``: a nested resource."""

    at: int
    end: int
    base: Node
    name: str


class NonNull(NamedTuple):
    """``base!``."""

    at: int
    end: int
    base: Node


class Unary(NamedTuple):
    """``-x`` or ``!x``, as a value or (``-1``) a type."""

    at: int
    end: int
    operator: str
    operand: Node


class Binary(NamedTuple):
    """Two operands and the operator between them."""

    at: int
    end: int
    operator: str
    left: Node
    right: Node


class Ternary(NamedTuple):
    """``test ? then : other``."""

    at: int
    end: int
    test: Node
    then: Node
    other: Node


class Parens(NamedTuple):
    """A value or a type in parentheses."""

    at: int
    end: int
    inner: Node


class Lambda(NamedTuple):
    """``(a, b) => body``."""

    at: int
    end: int
    parameters: tuple[Name, ...]
    body: Node


class Array(NamedTuple):
    """``[a, b, ...c]``."""

    at: int
    end: int
    items: tuple[Node, ...]


class Object(NamedTuple):
    """``{...}``: properties, spreads and, in resource bodies, nested resources."""

    at: int
    end: int
    items: tuple[Node, ...]


class Property(NamedTuple):
    """``key: value``. ``name`` is the key's text; for an interpolated (or faulty) key it is None and ``key`` has it."""

    at: int
    end: int
    name: str | None
    key: Node
    value: Node


class Spread(NamedTuple):
    """``...value`` in an object or an array."""

    at: int
    end: int
    value: Node


class For(NamedTuple):
    """``[for item in source: body]``, ``[for (item, index) in source: body]``."""

    at: int
    end: int
    item: Name
    index_name: Name | None
    source: Node
    body: Node


class If(NamedTuple):
    """``if (condition) {}`` as the body of a resource or a module."""

    at: int
    end: int
    condition: Node
    body: Node


class Skipped(NamedTuple):
    """What could not be read; a finding says why."""

    at: int
    end: int


# --- types ---------------------------------------------------------------------------------------------------------


class TypeName(NamedTuple):
    """A type by its name: ``string``, an alias, an import."""

    at: int
    end: int
    name: str


class TypeGeneric(NamedTuple):
    """``name<arguments>`` or ``base.name<arguments>``."""

    at: int
    end: int
    base: Node
    name: str
    arguments: tuple[Node, ...]


class TypeProperty(NamedTuple):
    """``base.name``."""

    at: int
    end: int
    base: Node
    name: str


class TypeRest(NamedTuple):
    """``base.*``."""

    at: int
    end: int
    base: Node


class TypeIndex(NamedTuple):
    """``base[0]`` or ``base['key']``."""

    at: int
    end: int
    base: Node
    index: Node


class TypeItems(NamedTuple):
    """``base[*]``."""

    at: int
    end: int
    base: Node


class TypeArray(NamedTuple):
    """``item[]``."""

    at: int
    end: int
    item: Node


class TypeNullable(NamedTuple):
    """``base?``."""

    at: int
    end: int
    base: Node


class TypeNonNull(NamedTuple):
    """``base!``."""

    at: int
    end: int
    base: Node


class TypeUnion(NamedTuple):
    """``a | b``."""

    at: int
    end: int
    members: tuple[Node, ...]


class TypeObject(NamedTuple):
    """``{ key: T, *: T }``: TypeMembers, at most one of them the ``*``."""

    at: int
    end: int
    items: tuple[Node, ...]


class TypeMember(NamedTuple):
    """One property of an object type; the ``*`` has the name None."""

    at: int
    end: int
    decorators: tuple[Node, ...]
    name: str | None
    key: Node
    value: Node


class TypeTuple(NamedTuple):
    """``[T, T]``: TypeItem values."""

    at: int
    end: int
    items: tuple[Node, ...]


class TypeItem(NamedTuple):
    """One item of a tuple type."""

    at: int
    end: int
    decorators: tuple[Node, ...]
    value: Node


class TypeResource(NamedTuple):
    """The experimental ``resource 'type@version'`` as a type of a parameter or an output."""

    at: int
    end: int
    type: Node


# --- statements ----------------------------------------------------------------------------------------------------


class Decorator(NamedTuple):
    """``@name``, ``@name(...)``, ``@sys.name(...)``: ``expression`` is a Variable, a call or an access."""

    at: int
    end: int
    expression: Node


class TargetScope(NamedTuple):
    """``targetScope = 'subscription'``."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    value: Node


class Metadata(NamedTuple):
    """``metadata name = value``."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    value: Node


class Parameter(NamedTuple):
    """``param name type = default``; ``default`` is None where there is none."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    type: Node
    default: Node


class VariableDeclaration(NamedTuple):
    """``var name [type] = value``; ``type`` is None where there is none."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    type: Node
    value: Node


class TypeDeclaration(NamedTuple):
    """``type name = value``."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    value: Node


class TypedName(NamedTuple):
    """A parameter of a function: its name and type."""

    at: int
    end: int
    name: Name
    type: Node


class Function(NamedTuple):
    """``func name(a string) string => body``."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    parameters: tuple[TypedName, ...]
    returns: Node
    body: Node


class Resource(NamedTuple):
    """``resource name 'type@version' [existing] = value``: value is an Object, If, For or Skipped."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    type: Node
    existing: bool
    value: Node


class Module(NamedTuple):
    """``module name 'path' = value``."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    path: Node
    value: Node


class Output(NamedTuple):
    """``output name type = value``."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    type: Node
    value: Node


class ImportItem(NamedTuple):
    """One name of an import list; ``alias`` is the local name (the same where there is no ``as``)."""

    at: int
    end: int
    name: str
    alias: Name


class Import(NamedTuple):
    """``import {a, b as c} from 'path'``; ``import * as alias from 'path'`` has ``wildcard`` and no items."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    items: tuple[Node, ...]
    wildcard: Name | None
    path: Node


class Extension(NamedTuple):
    """``extension name [with {}] [as alias]``."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    specification: Node
    config: Node
    alias: Name | None


class Assert(NamedTuple):
    """``assert name = value`` (experimental)."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    value: Node


class Test(NamedTuple):
    """``test name 'path' = {}`` (experimental)."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    path: Node
    value: Node


class Using(NamedTuple):
    """``using 'path'`` or ``using none`` (path None) of a parameters file."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    path: Node
    config: Node


class Extends(NamedTuple):
    """``extends 'path'`` of a parameters file."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    path: Node


class Assignment(NamedTuple):
    """``param name = value`` of a parameters file."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    value: Node


class ExtensionConfig(NamedTuple):
    """``extensionConfig alias with {}`` of a parameters file (experimental)."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]
    name: Name
    config: Node


class MissingDeclaration(NamedTuple):
    """Decorators that nothing follows."""

    at: int
    end: int
    decorators: tuple[Decorator, ...]


class Tree:
    """A parsed file: its statements in source order, its tokens, and the way from a node to its place."""

    __slots__ = ("_lines", "file", "statements", "tokens")

    def __init__(self, file: str, tokens: Tokens, statements: tuple[Node, ...]) -> None:
        self.file, self.tokens, self.statements = file, tokens, statements
        self._lines: list[int] | None = None

    @property
    def text(self) -> str:
        """The source text."""
        return self.tokens.text

    def span(self, node: Node) -> tuple[int, int]:
        """Offsets of a node, end exclusive."""
        return self.tokens.span(node.at, node.end)

    def source(self, node: Node) -> str:
        """The text that a node was written as."""
        start, end = self.span(node)
        return self.tokens.text[start:end]

    def place(self, node: Node) -> Place:
        """File, lines and columns of a node (of the one token, for a Name)."""
        return self.place_of(
            *self.tokens.span(node.at, node.end if len(node) > 2 or type(node) is not Name else node.at + 1)
        )

    def place_of(self, start: int, end: int) -> Place:
        """File, lines and columns of two offsets."""
        lines = self._lines
        if lines is None:
            lines = self._lines = line_starts(self.tokens.text)
        line, last = bisect_right(lines, start), bisect_right(lines, end)
        return Place(self.file, line, start - lines[line - 1] + 1, last, end - lines[last - 1] + 1)


def line_starts(text: str) -> list[int]:
    """Offsets at which lines start; a line ends with ``\\n``, ``\\r\\n`` or a lone ``\\r``."""
    starts, at = [0], 0
    lone = "\r" in text
    while True:
        feed = text.find("\n", at)
        if lone:
            back = text.find("\r", at, feed if feed >= 0 else len(text))
            if back >= 0 and back + 1 != feed:
                starts.append(back + 1)
                at = back + 1
                continue
        if feed < 0:
            return starts
        starts.append(feed + 1)
        at = feed + 1


class ParseResult(NamedTuple):
    """A tree and what was wrong with the text."""

    tree: Tree
    findings: tuple[Finding, ...]
