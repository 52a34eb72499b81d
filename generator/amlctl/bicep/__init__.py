"""Bicep text to an ARM template, as the official compiler writes it.

In: the texts of .bicep, .bicepparam and JSON files, through a ``Files`` value. Out: a syntax tree, an ARM template (as
a value and as the exact bytes of main.json), findings with official BCP codes. Never: the network, a file that was not
asked for through ``Files``, anything outside the standard library, a guess at what it does not know.

The front doors, each in the module of its stage:

- ``parser.parse(text, file) -> ParseResult(tree, findings)``: never fails; ``tree`` is a ``syntax.Tree``
  (``statements``, ``tokens``, ``span(node)`` in offsets, ``place(node)`` in lines and columns, ``source(node)``).
- ``compiler.compile(files, path, options=Options()) -> Compilation``: template, text, findings, sources, trace.
- ``formatting.format(text, options, file) -> str``: the official layout.
- ``params.build_params(files, path, ...) -> ParametersFile``: a .bicepparam file to a parameters file.

The names below are loaded when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amlctl.bicep.formatting import format as format  # noqa: A004
    from amlctl.bicep.parser import parse as parse
    from amlctl.bicep.syntax import ParseResult as ParseResult
    from amlctl.bicep.syntax import Tree as Tree

_HOMES = {
    "format": "formatting",
    "parse": "parser",
    "ParseResult": "syntax",
    "Tree": "syntax",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
