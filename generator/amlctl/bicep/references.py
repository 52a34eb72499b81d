"""The files that a compilation depends on, found without compiling: for programs that watch them for changes.

Source: CliJsonRpcServer.GetFileReferences: every Bicep file that can be reached, what their load functions name even
where it is missing, and the bicepconfig.json that holds for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.cache import is_registry_reference
from amlctl.bicep.config import Configuration, find_configuration
from amlctl.bicep.parser import parse
from amlctl.bicep.source import Files, beside, decode

Node = syntax.Node
LOADS = frozenset(("loadTextContent", "loadFileAsBase64", "loadJsonContent", "loadYamlContent"))
_CALLS = frozenset((syntax.FunctionCall, syntax.InstanceCall))


def file_references(files: Files, path: str) -> list[str]:
    """Give the paths of all files of a compilation, sorted; the file itself need not be there."""
    found: set[str] = {path}
    known: dict[str, Configuration] = {}
    waiting, seen = [path], {path}
    while waiting:
        at = waiting.pop()
        configuration = find_configuration(files, at, known).path
        if configuration is not None:
            found.add(configuration)
        try:
            tree = parse(decode(files.read(at)), at).tree
        except OSError:
            continue
        found |= {beside(at, text) for text in _loaded(tree)}
        for target in _modules(tree, at):
            if target not in seen:
                seen.add(target)
                found.add(target)
                waiting.append(target)
    return sorted(found)


def _modules(tree: syntax.Tree, path: str) -> Iterator[str]:
    """Paths of the Bicep files that a file's own declarations name."""
    for statement in tree.statements:
        written = getattr(statement, "path", None)
        if type(written) is syntax.String and not is_registry_reference(written.value):
            target = beside(path, written.value)
            if target.endswith((".bicep", ".bicepparam")):
                yield target


def _loaded(tree: syntax.Tree) -> Iterator[str]:
    """Texts that the load functions of a file are given, directly or as a variable of the file."""
    variables = {
        statement.name.text: statement.value
        for statement in tree.statements
        if type(statement) is syntax.VariableDeclaration
    }
    if not LOADS.intersection(tree.tokens.texts):
        return
    for node in _nodes(tree.statements):
        if type(node) in _CALLS and node.name in LOADS and node.arguments:
            written = node.arguments[0]
            if type(written) is syntax.Variable:
                written = variables.get(written.name)
            if type(written) is syntax.String:
                yield written.value


def _nodes(statements: tuple[Node, ...]) -> Iterator[Any]:
    """Every node below some statements."""
    waiting: list[Any] = list(statements)
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            yield node
            waiting += [part for part in node if isinstance(part, tuple)]
