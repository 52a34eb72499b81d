"""What a file shows to those who use it: metadata, parameters, outputs, exports, each with its place.

Source: CliJsonRpcServer.GetMetadata. Names of types are spelled as the official compiler spells them.
"""

from __future__ import annotations

import re
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.parser import parse
from amlctl.bicep.source import Files, decode
from amlctl.diagnostics import Place
from amlctl.records import NamedTuple

Node = syntax.Node
MAX_ALIASES = 50
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_KINDS = {
    syntax.TypeDeclaration: "TypeAlias",
    syntax.VariableDeclaration: "Variable",
    syntax.Function: "Function",
}


class Described(NamedTuple):
    """A parameter, an output or (with ``kind``) an export; ``type_place`` is where its named type is declared."""

    place: Place
    name: str
    description: str | None = None
    type_name: str | None = None
    type_place: Place | None = None
    kind: str = ""


class FileMetadata(NamedTuple):
    """All of a file, each list in source order; metadata as name and text."""

    metadata: tuple[tuple[str, str], ...]
    parameters: tuple[Described, ...]
    outputs: tuple[Described, ...]
    exports: tuple[Described, ...]


class _Types:
    """Spells types; aliases of the file are followed."""

    def __init__(self, tree: syntax.Tree) -> None:
        self.tree = tree
        self.declared: dict[str, Node] = {}
        for statement in tree.statements:
            if type(statement) is syntax.TypeDeclaration:
                self.declared[statement.name.text] = statement
            elif type(statement) is syntax.Import:
                self.declared.update(
                    {item.alias.text: item for item in statement.items if type(item) is syntax.ImportItem}
                )
        self.depth = 0

    def declaration(self, node: Node) -> Node:
        """Give the declaration that a plain name stands for, None where it is no name or a built-in type."""
        return self.declared.get(node.name) if type(node) is syntax.TypeName else None

    def spell(self, node: Node) -> str:
        """Give the name of a type."""
        spelled = _SPELLINGS.get(type(node))
        return self.tree.source(node) if spelled is None else spelled(self, node)

    def name(self, node: syntax.TypeName) -> str:
        target = self.declared.get(node.name)
        if type(target) is not syntax.TypeDeclaration or self.depth > MAX_ALIASES:
            return node.name
        self.depth += 1
        try:
            return self.spell(target.value)
        finally:
            self.depth -= 1

    def compound(self, node: Node) -> str:
        """Spell a part of another type: unions stand in parentheses."""
        spelled = self.spell(node)
        return f"({spelled})" if " | " in spelled and spelled[0] not in "{[(" else spelled

    def union(self, members: list[str]) -> str:
        """Spell a union: members once, sorted."""
        flat = {part for member in members for part in member.split(" | ")}
        return " | ".join(sorted(flat))

    def nullable(self, node: syntax.TypeNullable) -> str:
        spelled = self.spell(node.base)
        if spelled[0] in "{[(":
            return " | ".join(sorted((spelled, "null")))
        return self.union([spelled, "null"])

    def object(self, node: syntax.TypeObject) -> str:
        parts = [self._member(item) for item in node.items if type(item) is syntax.TypeMember]
        return "{ " + ", ".join(parts) + " }" if parts else "{ }"

    def _member(self, item: syntax.TypeMember) -> str:
        key = "*" if item.name is None else item.name if _NAME.match(item.name) else self.tree.source(item.key)
        return f"{key}: {self._part(item.value)}"

    def array(self, node: syntax.TypeArray) -> str:
        return self.tree.source(node) if self._is_named(node) else f"{self.compound(node.item)}[]"

    def _is_named(self, node: Node) -> bool:
        """Tell whether an alias is part of a type."""
        return any(self.tree.tokens.texts[at] in self.declared for at in range(node.at, node.end))

    def _part(self, node: Node) -> str:
        """Spell a member or an item: one that leads to an alias stays as it is written."""
        return (
            self.tree.source(node) if self._is_named(node) and type(node) is not syntax.TypeObject else self.spell(node)
        )


_SPELLINGS: dict[type[Any], Any] = {
    syntax.TypeName: _Types.name,
    syntax.TypeArray: _Types.array,
    syntax.TypeNullable: _Types.nullable,
    syntax.TypeNonNull: lambda types, node: types.spell(node.base),
    syntax.TypeUnion: lambda types, node: types.union([types.spell(member) for member in node.members]),
    syntax.TypeObject: _Types.object,
    syntax.TypeTuple: lambda types, node: "[" + ", ".join(types._part(item.value) for item in node.items) + "]",
    syntax.Parens: lambda types, node: types.spell(node.inner),
}


def metadata_of(files: Files, path: str) -> FileMetadata:
    """Describe a file; one with faults as far as it can be read. Raises OSError: no such file."""
    tree = parse(decode(files.read(path)), path).tree
    types = _Types(tree)
    statements = tree.statements
    return FileMetadata(
        tuple(
            (one.name.text, one.value.value)
            for one in statements
            if type(one) is syntax.Metadata and type(one.value) is syntax.String
        ),
        tuple(_typed(types, one) for one in statements if type(one) is syntax.Parameter),
        tuple(_typed(types, one) for one in statements if type(one) is syntax.Output),
        tuple(
            _export(tree, one) for one in statements if type(one) in _KINDS and _decorator(one, "export") is not None
        ),
    )


def _typed(types: _Types, node: Node) -> Described:
    declaration = types.declaration(node.type)
    type_name = node.type.name if declaration is not None else types.spell(node.type)
    place = None if declaration is None else types.tree.place(declaration)
    return Described(types.tree.place(node), node.name.text, _description(node), type_name, place)


def _export(tree: syntax.Tree, node: Node) -> Described:
    return Described(tree.place(node), node.name.text, _description(node), kind=_KINDS[type(node)])


def _decorator(node: Node, name: str) -> Node:
    """Give the call of a decorator ``@name()`` or ``@sys.name()``, None where there is none."""
    for decorator in node.decorators:
        call = decorator.expression
        kind = type(call)
        if kind is syntax.FunctionCall and call.name == name:
            return call
        if kind is syntax.InstanceCall and call.name == name and getattr(call.base, "name", "") == "sys":
            return call
    return None


def _description(node: Node) -> str | None:
    call = _decorator(node, "description")
    if call is None or not call.arguments or type(call.arguments[0]) is not syntax.String:
        return None
    return str(call.arguments[0].value)
