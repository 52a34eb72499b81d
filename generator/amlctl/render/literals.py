"""Values → literals of a dialect. The only place where text of an environment becomes text of a program."""

from __future__ import annotations

import re
from collections.abc import Callable

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_PLAIN_KEY = re.compile(r"(?!(?:true|false|null)\Z)[A-Za-z_][A-Za-z0-9_]*")
_BICEP_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "${": "\\${"}
# Control characters, surrogates and line separators never stand raw in a file that people review.
_BICEP_SPECIAL = re.compile(r"\$\{|[\\'\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_YAML_UNSAFE = re.compile(r"\$\(|\$\{\{|\$\[|##(?:vso)?\[|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Scalar = str | int | bool


def bicep(value: Scalar) -> str:
    """Write a value as a Bicep literal: ``'text'`` escaped, a whole number, ``true`` or ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else bicep_text(value)


def bicep_text(text: str) -> str:
    """Write a text as a single-quoted Bicep string that means exactly that text."""
    return "'" + _BICEP_SPECIAL.sub(_escape, text) + "'"


def bicep_key(text: str) -> str:
    """Write a property key: bare where Bicep's linter wants it bare, else quoted."""
    return text if _PLAIN_KEY.fullmatch(text) else bicep_text(text)


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    return _BICEP_ESCAPES.get(found) or f"\\u{{{ord(found):x}}}"


def yaml(value: Scalar) -> str:
    """Write a value as a YAML literal for a pipeline: single-quoted text, a number, ``true`` or ``false``.

    Raises ValueError for a text that an agent would expand or obey (``$(…)``, ``${{ … }}``, ``##vso[…]``).
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if found := _YAML_UNSAFE.search(value):
        raise ValueError(f"{found[0]!a} means something to the agent of a pipeline")
    return "'" + value.replace("'", "''") + "'"


DIALECTS: dict[str, Callable[[Scalar], str]] = {"bicep": bicep, "yaml": yaml}
"""A dialect is known by how the rendered file's name ends."""


def dialect_of(path: str) -> Callable[[Scalar], str]:
    """Give the dialect of a rendered file: ``.bicep``, ``.yml`` or ``.yaml``."""
    ending = path.rsplit(".", 1)[-1]
    return DIALECTS["yaml" if ending == "yml" else ending]
