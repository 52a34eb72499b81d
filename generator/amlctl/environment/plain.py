"""Any YAML document as plain values: what ``loadYamlContent`` of Bicep reads.

Unlike the loader of environment files this takes anchors and aliases, and types scalars by the core schema of YAML
1.2, as the official compiler's reader does (SharpYaml, YamlObjectParser.cs).
"""

from __future__ import annotations

import re
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = "tag:yaml.org,2002:str"
DEEPEST, LARGEST = 100, 200_000
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}\Z")
_BASED = re.compile(r"0(?:o[0-7]{1,400}|x[0-9A-Fa-f]{1,400})\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def load_plain(text: str) -> Any:
    """Read the first document of a YAML text. Raises ValueError where it is no YAML, is empty, or grows too large."""
    try:
        loader = LOADER(text)
        try:
            node = loader.get_node() if loader.check_node() else None
            return _Reader(loader).document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


class _Reader:
    """Turns nodes into values; aliases are read again at each use, and counted, so that a bomb stays small."""

    def __init__(self, loader: Any) -> None:
        self._loader, self._read = loader, 0

    def document(self, node: yaml.Node | None) -> Any:
        """Give the value of a document."""
        if node is None:
            message = "the file holds no YAML document"
            raise ValueError(message)
        return self.value(node, 0)

    def value(self, node: yaml.Node, depth: int) -> Any:
        """Give the value of a node."""
        self._read += 1
        if depth > DEEPEST or self._read > LARGEST:
            message = "the document is nested too deep or grows too large"
            raise ValueError(message)
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style or self._is_text(node) else plain_value(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        return {self._key(key): self.value(item, depth + 1) for key, item in node.value}

    def _is_text(self, node: yaml.ScalarNode) -> bool:
        """Whether a plain scalar carries the tag ``!!str``: it is a text that nobody would have taken for one."""
        return node.tag == TEXT and self._loader.resolve(yaml.ScalarNode, node.value, (True, False)) != TEXT

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            message = "a collection cannot be a key"
            raise ValueError(message)
        return str(node.value)


def plain_value(text: str) -> Any:
    """Type a plain scalar: null, a boolean, a number or a text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    return float(text) if _FLOAT.match(text) else text
