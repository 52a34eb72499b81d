"""The files that a compilation depends on, found without compiling: for programs that watch them for changes.

Source: CliJsonRpcServer.GetFileReferences: every Bicep file that can be reached, what their load functions name even
where it is missing, and the bicepconfig.json that holds for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.cache import artifact, is_registry_reference
from amlctl.bicep.config import Configuration, find_configuration
from amlctl.bicep.parser import parse
from amlctl.bicep.source import Files, beside, decode
from amlctl.diagnostics import Finding

Node = syntax.Node
LOADS = frozenset(("loadTextContent", "loadFileAsBase64", "loadJsonContent", "loadYamlContent"))
_CALLS = frozenset((syntax.FunctionCall, syntax.InstanceCall))


def file_references(files: Files, path: str) -> list[str]:
    """Give the paths of all files of a compilation, sorted; the file itself need not be there."""
    found: set[str] = {path}
    for at, configuration, tree in _reached(files, path):
        found.add(at)
        if configuration.path is not None:
            found.add(configuration.path)
        if tree is not None:
            found |= {beside(at, text) for text in _loaded(tree)}
    return sorted(found)


def missing_artifacts(files: Files, path: str) -> tuple[Finding, ...]:
    """Give a finding for each registry reference and template spec that is wrong or not in the module cache."""
    found: dict[Finding, None] = {}
    for _, configuration, tree in _reached(files, path):
        for node in _written_paths(tree) if tree is not None else ():
            if not is_registry_reference(node.value):
                continue
            known = artifact(files, configuration, node.value)
            place = tree.place(node) if tree is not None else None
            if known.fault:
                found[Finding("error", known.code, known.fault, place)] = None
            elif not files.is_file(known.path):
                text = (
                    f'Unable to restore the artifact with reference "{known.reference}": the module cache does not '
                    f'hold "{known.path}", and nothing is downloaded.'
                )
                found[Finding("error", "BCP192", text, place)] = None
    return tuple(found)


def _reached(files: Files, path: str) -> Iterator[tuple[str, Configuration, syntax.Tree | None]]:
    """Every Bicep file that a file leads to, itself first, with its settings; the tree of a missing one is None."""
    known: dict[str, Configuration] = {}
    waiting, seen = [path], {path}
    while waiting:
        at = waiting.pop()
        configuration = find_configuration(files, at, known)
        try:
            tree = parse(decode(files.read(at)), at).tree
        except OSError:
            yield at, configuration, None
            continue
        yield at, configuration, tree
        for target in _modules(tree, at):
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def _written_paths(tree: syntax.Tree) -> Iterator[syntax.String]:
    """Paths that a file's own declarations name, as they are written."""
    for statement in tree.statements:
        written = getattr(statement, "path", None)
        if type(written) is syntax.String:
            yield written


def _modules(tree: syntax.Tree, path: str) -> Iterator[str]:
    """Paths of the Bicep files that a file's own declarations name."""
    for written in _written_paths(tree):
        if not is_registry_reference(written.value):
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
