"""Bicep text to the same Bicep text in the official layout (the pretty printer V2 of Azure/bicep, byte for byte).

In: the text of a .bicep or .bicepparam file and the ``Options``. Out: the laid out text. Never: a change of what the
text means; a declaration with a syntax error stays as it was typed, as the official printer leaves it.

Stages, each in its module: ``trivia`` (comments and blank lines between tokens), ``statements`` on ``types`` on
``expressions`` on ``operators`` (tree to documents), ``printer`` (documents to lines of the wanted width).
"""

from __future__ import annotations

from typing import Any

from amlctl.bicep.collector import uncollected
from amlctl.records import NamedTuple

NEWLINES = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
MAX_INDENT = 1000


class Options(NamedTuple):
    """How a file is laid out; the fields and defaults of ``formatting`` in bicepconfig.json.

    ``newline_kind``: LF, CRLF, CR, or Auto (the first line end of the text); ``indent_kind``: Space or Tab.
    """

    indent_kind: str = "Space"
    newline_kind: str = "LF"
    indent_size: int = 2
    width: int = 120
    insert_final_newline: bool = True


_FIELDS = {
    "indentKind": ("indent_kind", str),
    "newlineKind": ("newline_kind", str),
    "indentSize": ("indent_size", int),
    "width": ("width", int),
    "insertFinalNewline": ("insert_final_newline", bool),
}


def options_of(configuration: Any) -> Options:
    """Give the options that the value of a bicepconfig.json asks for; what is missing or of a wrong kind is default."""
    wanted = configuration.get("formatting") if isinstance(configuration, dict) else None
    if not isinstance(wanted, dict):
        return Options()
    fields: dict[str, Any] = {}
    for key, value in wanted.items():
        field, kind = _FIELDS.get(key, ("", None))
        if kind is not None and type(value) is kind:
            fields[field] = value
    return Options(**fields)


def newline_of(kind: str, text: str) -> str:
    """Give the line end of a kind; of Auto the first one in the text, else ``\\n``."""
    if kind.lower() != "auto":
        return NEWLINES.get(kind.upper(), "\n")
    feed, back = text.find("\n"), text.find("\r")
    if back < 0 or 0 <= feed < back:
        return "\n"
    return "\r\n" if feed == back + 1 else "\r"


@uncollected
def format(text: str, options: Options | None = None, file: str = "main.bicep") -> str:  # noqa: A001
    """Lay out a file; ``file`` says by its name whether it is a parameters file."""
    from amlctl.bicep.formatting.printer import render
    from amlctl.bicep.formatting.statements import StatementLayouts
    from amlctl.bicep.parser import parse

    options = options or Options()
    result = parse(text, file)
    newline = newline_of(options.newline_kind, result.tree.text)
    documents = StatementLayouts(result, newline).program()
    indent = "\t" if options.indent_kind == "Tab" else " " * min(MAX_INDENT, max(0, options.indent_size))
    laid_out = render(documents, max(0, options.width), indent, newline)
    return laid_out + newline if options.insert_final_newline else laid_out
