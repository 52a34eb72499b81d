"""YAML text to JSON values, for ``loadYamlContent``: the first document, scalars typed by the core schema of YAML 1.2.

Block and flow collections, all five kinds of scalars, comments, anchors, aliases and tags (which are passed over). Not
taken: complex keys (``?``) and collections as keys; they are faults, not guesses.
"""

from __future__ import annotations

import re
from typing import Any

from amlctl.standin.yamlscalars import fold, plain_value, unescape

MAX_DEPTH = 100
TEXT_TAGS = frozenset(("!", "!!str", "!<tag:yaml.org,2002:str>"))
_BLANKS = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*")
_PROPERTY = re.compile(r"(?:!<[^>\n]*>|![^\s,\[\]{}]*|&([^\s,\[\]{}]+))(?=[\s,\[\]{}]|\Z)")
_ALIAS = re.compile(r"\*([^\s,\[\]{}]+)")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'", re.DOTALL)
_BLOCK_KEY = re.compile(
    r"(?:[^\s#&*!|>'\"%@`,\[\]{}?:-]|[?:-](?=\S))(?:[^\n:#]|:(?=\S)|(?<=\S)#)*?(?=[ \t]*:(?:\s|\Z))"
)
_QUOTED_KEY = re.compile(r"(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\n]|'')*')(?=[ \t]*:(?:\s|\Z))")
_PLAIN = re.compile(r"(?:[^\s#:]|:(?=\S)|(?<=\S)#|[ \t]+(?![#\s]))+")
_FLOW_PLAIN = re.compile(r"(?:[^\s#:,\[\]{}]|:(?![\s,\[\]{}]|\Z)|(?<=\S)#|[ \t]+(?![#\s,\[\]{}:]))+")
_HEADER = re.compile(r"([|>])(?:([1-9])([+-]?)|([+-])([1-9])?)?[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_MARKER = re.compile(r"(?:---|\.\.\.)(?=\s|\Z)")
_START = re.compile(r"(?:(?:%[^\n]*|[ \t]*(?:#[^\n]*)?)\n)*(?:---(?=\s|\Z))?")


class YamlFault(ValueError):
    """The text is no YAML that this reader takes."""


def load(text: str) -> Any:
    """Give the value of the first document; raises YamlFault (a ValueError) where it cannot be read or is empty."""
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"))
    return reader.document()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth, self.flows = text, 0, 0, 0
        self.anchors: dict[str, Any] = {}

    def fault(self, why: str) -> YamlFault:
        line = self.text.count("\n", 0, self.at) + 1
        return YamlFault(f"line {line}: {why}")

    def document(self) -> Any:
        start = _START.match(self.text)
        assert start is not None
        self.at = start.end()
        if self.skip():
            raise self.fault("there is no value")
        value = self.node(-1, inline=False)
        if not self.skip():
            raise self.fault("something stands behind the value")
        return value

    # --- where we are ---

    def skip(self) -> bool:
        """Pass over blanks, comments and line ends; True: the document ends here."""
        found = _GAP.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        if self.text.startswith("#", self.at):
            self.at = len(self.text)
        start = self.text.rfind("\n", 0, self.at) + 1
        if not self.flows and "\t" in self.text[max(start, found.start()) : self.at] and start >= found.start():
            raise self.fault("a tab must not indent")
        return self.at >= len(self.text) or (self.column() == 0 and _MARKER.match(self.text, self.at) is not None)

    def blanks(self) -> None:
        found = _BLANKS.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def column(self) -> int:
        return self.at - (self.text.rfind("\n", 0, self.at) + 1)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def at_line_end(self) -> bool:
        """Tell whether nothing but a comment is left on this line."""
        self.blanks()
        char = self.peek()
        return char in ("", "\n") or (char == "#" and self.text[self.at - 1 : self.at] in (" ", "\t", "\n", ""))

    def is_item(self) -> bool:
        return self.peek() == "-" and self.text[self.at + 1 : self.at + 2] in ("", " ", "\t", "\n")

    # --- block ---

    def node(self, parent: int, inline: bool) -> Any:
        """Read a value that stands deeper than ``parent``; ``inline``: behind a key, where no key may follow."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("nested too deep")
        name, tag = self.properties()
        if (name or tag) and self.at_line_end():
            value = None if self.skip() or self.column() <= parent else self.node(parent, inline=False)
        else:
            value = self._node(parent, inline, tag in TEXT_TAGS)
        if name:
            self.anchors[name] = value
        self.depth -= 1
        return value

    def properties(self) -> tuple[str, str]:
        """Pass over anchor and tag; gives both, empty where they are not there."""
        name = tag = ""
        while found := _PROPERTY.match(self.text, self.at):
            self.at = found.end()
            name, tag = (found.group(1), tag) if found.group(1) else (name, found.group(0))
            self.blanks()
        return name, tag

    def _node(self, parent: int, inline: bool, as_text: bool) -> Any:
        char = self.peek()
        if not inline and self.is_item():
            return self.sequence(self.column())
        if self.key_end() is not None:
            if inline:
                raise self.fault("a mapping cannot start here")
            return self.mapping(self.column())
        if char in ("|", ">"):
            return self.block_scalar(parent)
        value = self.flow() if char in ("[", "{") else self.scalar(parent, as_text)
        if not self.at_line_end():
            raise self.fault("something stands behind a value")
        return value

    def key_end(self) -> int | None:
        for pattern in (_QUOTED_KEY, _BLOCK_KEY):
            found = pattern.match(self.text, self.at)
            if found is not None:
                return found.end()
        return None

    def sequence(self, column: int) -> list[Any]:
        items: list[Any] = []
        while True:
            self.at += 1
            if self.at_line_end():
                items.append(None if self.skip() or self.column() <= column else self.node(column, inline=False))
            else:
                items.append(self.node(column, inline=False))
            if self.skip() or self.column() < column:
                return items
            if self.column() > column:
                raise self.fault("wrong indentation")
            if not self.is_item():
                return items

    def mapping(self, column: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while True:
            end = self.key_end()
            if end is None:
                raise self.fault("a key was expected")
            written = self.text[self.at : end]
            self.at = end
            self.blanks()
            self.at += 1
            values[self.quoted(written) if written[0] in "'\"" else written.rstrip()] = self.value(column)
            if self.skip() or self.column() < column:
                return values
            if self.column() > column:
                raise self.fault("wrong indentation")

    def value(self, column: int) -> Any:
        """Read what stands behind a key: on its line, deeper below it, or as a sequence below it."""
        if not self.at_line_end():
            return self.node(column, inline=True)
        if self.skip() or self.column() < column:
            return None
        if self.column() == column:
            return self.sequence(column) if self.is_item() else None
        return self.node(column, inline=False)

    # --- scalars ---

    def scalar(self, parent: int, as_text: bool) -> Any:
        if found := _QUOTED.match(self.text, self.at):
            self.at = found.end()
            return self.quoted(found.group(0))
        if found := _ALIAS.match(self.text, self.at):
            self.at = found.end()
            return self.alias(found.group(1))
        text = self.plain(parent)
        return text if as_text else plain_value(text)

    def alias(self, name: str) -> Any:
        if name not in self.anchors:
            raise self.fault(f"nothing is named {name}")
        return self.anchors[name]

    def quoted(self, written: str) -> str:
        try:
            return unescape(written)
        except ValueError as error:
            raise self.fault(str(error)) from error

    def plain(self, parent: int) -> str:
        lines: list[str] = []
        while True:
            found = _PLAIN.match(self.text, self.at)
            if found is None:
                raise self.fault("a value was expected")
            lines.append(found.group(0))
            self.at = found.end()
            if self.peek() != "\n" and not self.at_line_end():
                raise self.fault("a colon must not stand here")
            mark = self.at
            if self.peek() == "#" or self.skip() or self.column() <= parent or self.text.count("#", mark, self.at):
                self.at = mark
                return fold(lines)
            if self.key_end() is not None:
                raise self.fault("a key must not stand here")
            lines += [""] * (self.text.count("\n", mark, self.at) - 1)

    def block_scalar(self, parent: int) -> str:
        header = _HEADER.match(self.text, self.at)
        if header is None:
            raise self.fault("wrong header of a block scalar")
        style = header.group(1)
        chomping = header.group(3) or header.group(4) or ""
        given = header.group(2) or header.group(5)
        self.at = header.end()
        lines: list[str] = []
        indent = max(parent, 0) + int(given) if given else 0
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            end = len(self.text) if end < 0 else end
            line = self.text[self.at : end]
            own = len(line) - len(line.lstrip(" "))
            if line.strip(" "):
                if own <= parent or (own == 0 and _MARKER.match(line)):
                    break
                indent = indent or own
                if own < indent:
                    break
            lines.append(line[indent:] if indent else "")
            if end == len(self.text) and line.strip(" "):
                chomping = "-"  # the last line has no line end that could be kept
            self.at = min(end + 1, len(self.text))
        if self.at and self.text[self.at - 1 : self.at] == "\n":
            self.at -= 1  # the line end belongs to what follows
        return _block_text(lines, style, chomping)

    # --- flow ---

    def flow(self) -> Any:
        """Read ``[a, b]`` or ``{a: b}``, over several lines."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("nested too deep")
        opened = self.peek()
        self.at += 1
        self.flows += 1
        value = self._flow_list() if opened == "[" else self._flow_map()
        self.depth -= 1
        self.flows -= 1
        return value

    def _flow_gap(self) -> str:
        if self.skip():
            raise self.fault("a bracket is not closed")
        return self.peek()

    def _flow_list(self) -> list[Any]:
        items: list[Any] = []
        while self._flow_gap() != "]":
            key, value = self._flow_node()
            if self._flow_gap() == ":":
                self.at += 1
                value = {key: self._flow_value()}
            items.append(value)
            self._flow_comma("]")
        self.at += 1
        return items

    def _flow_map(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while self._flow_gap() != "}":
            key, _ = self._flow_node()
            values[key] = None
            if self._flow_gap() == ":":
                self.at += 1
                values[key] = self._flow_value()
            self._flow_comma("}")
        self.at += 1
        return values

    def _flow_comma(self, closing: str) -> None:
        char = self._flow_gap()
        if char == ",":
            self.at += 1
        elif char != closing:
            raise self.fault("a comma was expected")

    def _flow_value(self) -> Any:
        return None if self._flow_gap() in (",", "}", "]") else self._flow_node()[1]

    def _flow_node(self) -> tuple[str, Any]:
        """Read one node of a flow collection: as it was written, for a key, and its value."""
        name, tag = self.properties()
        char = self._flow_gap()
        if char in ("[", "{"):
            written, value = "", self.flow()
        elif found := _QUOTED.match(self.text, self.at):
            self.at = found.end()
            written = value = self.quoted(found.group(0))
        elif found := _ALIAS.match(self.text, self.at):
            self.at = found.end()
            written, value = found.group(1), self.alias(found.group(1))
        else:
            written = self._flow_plain()
            value = written if tag in TEXT_TAGS else plain_value(written)
        if name:
            self.anchors[name] = value
        return written, value

    def _flow_plain(self) -> str:
        lines = []
        while found := _FLOW_PLAIN.match(self.text, self.at):
            lines.append(found.group(0))
            self.at = found.end()
            if self._flow_gap() in (",", "]", "}", ":"):
                break
        if not lines:
            raise self.fault("a value was expected")
        return " ".join(lines)


def _block_text(lines: list[str], style: str, chomping: str) -> str:
    kept = len(lines)
    while kept and not lines[kept - 1].strip(" "):
        kept -= 1
    body = lines[:kept]
    text = "\n".join(body) if style == "|" else _folded(body)
    if chomping == "-" or (not body and chomping != "+"):
        return text
    return text + "\n" * (len(lines) - kept + 1 if chomping == "+" and body else len(lines) if not body else 1)


def _folded(lines: list[str]) -> str:
    """Fold lines into paragraphs; lines that are indented more stay as they are."""
    text, previous_more, blank = "", True, 0
    for number, line in enumerate(lines):
        more = line[:1] in (" ", "\t")
        if not line:
            blank += 1
            continue
        if number and text:
            text += "\n" * (blank + 1) if more or previous_more else "\n" * blank or " "
        else:
            text += "\n" * blank
        text, previous_more, blank = text + line, more, 0
    return text
