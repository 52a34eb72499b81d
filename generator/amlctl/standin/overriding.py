"""Parameters of a .bicepparam file replaced by values of the caller (ParamsFileHelper.cs): text to text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from amlctl.bicep import syntax
from amlctl.bicep.parser import parse

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def with_overrides(text: str, path: str, values: Mapping[str, Any]) -> str:
    """Give the text of a parameters file with other values; parameters that it does not set are added at its end."""
    tree = parse(text, path).tree
    pieces, at, replaced = [], 0, set()
    for statement in tree.statements:
        if type(statement) is syntax.Assignment and statement.name.text in values:
            start, end = tree.span(statement.value)
            pieces += [tree.text[at:start], literal(values[statement.name.text])]
            at = end
            replaced.add(statement.name.text)
    pieces.append(tree.text[at:])
    added = [f"\n\nparam {name} = {literal(values[name])}" for name in values if name not in replaced]
    return "".join(pieces + added) + "\n"


def literal(value: Any) -> str:
    """Give a JSON value as Bicep; numbers with a fraction become a call of ``json``."""
    if value is None:
        return "null"
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        return f"json({text_literal(repr(value))})"
    if kind is str:
        return text_literal(value)
    if kind is list:
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return "{" + ", ".join(f"{_key(key)}: {literal(item)}" for key, item in value.items()) + "}"


def text_literal(text: str) -> str:
    """Give a text as a Bicep string."""
    escaped = "".join(_ESCAPES.get(char, char) for char in text)
    return "'" + escaped.replace("${", "\\${") + "'"


def _key(name: str) -> str:
    return name if _NAME.match(name) else text_literal(name)
