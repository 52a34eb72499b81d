"""A JSON reader as forgiving as ARM's: comments, unquoted keys, single quotes, trailing commas, raw line breaks.

`az` splices the raw text of a template file, comments and all, behind an unquoted ``template:`` key.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_DEPTH = 400
_TOKEN = re.compile(
    r"""(?P<double>"[^"\\]*(?:\\.[^"\\]*)*")
      | (?P<single>'[^'\\]*(?:\\.[^'\\]*)*')
      | (?P<comment>//[^\r\n]*|/\*.*?\*/)
      | (?P<word>[A-Za-z_$][\w$.-]*)
      | (?P<opens>[\[{])
      | (?P<closes>[\]}])
    """,
    re.DOTALL | re.VERBOSE,
)
_TRAILING = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")|,(?=\s*[\]}])', re.DOTALL)
_LITERALS = {"true", "false", "null", "NaN", "Infinity"}


class NotJson(ValueError):
    """The text is no JSON, even with what ARM forgives, or it is nested too deeply."""


def loads(text: str) -> Any:
    """Read a JSON text, strictly first and with ARM's forgiveness then; NotJson where both fail."""
    try:
        return _read(text)
    except NotJson:
        return _read(strict(text))


def strict(text: str) -> str:
    """Rewrite a forgiving JSON text as strict JSON."""
    depth = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal depth
        kind, found = match.lastgroup, match.group()
        if kind == "opens":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotJson(f"nested deeper than {MAX_DEPTH} levels")
        elif kind == "closes":
            depth -= 1
        return _rewritten(kind, found)

    return _TRAILING.sub(lambda match: match.group(1) or "", _TOKEN.sub(replace, text))


def _rewritten(kind: str | None, found: str) -> str:
    if kind == "comment":
        return " "
    if kind == "single":
        return json.dumps(found[1:-1].replace("\\'", "'"))
    if kind == "word":
        return found if found in _LITERALS or found in ("e", "E") else json.dumps(found)
    return found


def _read(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise NotJson(f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as fault:
        raise NotJson(str(fault)) from None
