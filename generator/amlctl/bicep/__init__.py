"""Bicep text to an ARM template, as the official compiler writes it.

In: the texts of .bicep, .bicepparam and JSON files, through a ``Files`` value. Out: a syntax tree, an ARM template (as
a value and as the exact bytes of main.json), findings with official BCP codes. Never: the network, a file that was not
asked for through ``Files``, anything outside the standard library, a guess at what it does not know.

The front doors, each in the module of its stage:

- ``parse(text, file) -> ParseResult(tree, findings)``: never fails; ``tree`` is a ``syntax.Tree`` (``statements``,
  ``tokens``, ``span(node)`` in offsets, ``place(node)`` in lines and columns, ``source(node)``).
- ``compile(files, path, options=Options()) -> Compilation(template, text, findings, sources, trace)``: ``text`` is
  exactly main.json; ``template`` is None where an error forbids it. ``Options(symbolic=…, trace=…)``.
- ``format(text, options, file) -> str``: the official layout (``formatting``).
- ``build_params(files, path) -> ParametersFile``: a .bicepparam file to a parameters file, values evaluated.
- ``Files``, ``MemoryFiles(mapping)``, ``DiskFiles(root)``: where texts come from (``source``).

The names below are loaded when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amlctl.bicep.compiler import Compilation as Compilation
    from amlctl.bicep.compiler import Options as Options
    from amlctl.bicep.compiler import compile as compile  # noqa: A004
    from amlctl.bicep.formatting import format as format  # noqa: A004
    from amlctl.bicep.params import ParametersFile as ParametersFile
    from amlctl.bicep.params import build_params as build_params
    from amlctl.bicep.parser import parse as parse
    from amlctl.bicep.source import DiskFiles as DiskFiles
    from amlctl.bicep.source import Files as Files
    from amlctl.bicep.source import MemoryFiles as MemoryFiles
    from amlctl.bicep.syntax import ParseResult as ParseResult
    from amlctl.bicep.syntax import Tree as Tree

_HOMES = {
    "Compilation": "compiler",
    "DiskFiles": "source",
    "Files": "source",
    "MemoryFiles": "source",
    "Options": "compiler",
    "ParametersFile": "params",
    "ParseResult": "syntax",
    "Tree": "syntax",
    "build_params": "params",
    "compile": "compiler",
    "format": "formatting",
    "parse": "parser",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
