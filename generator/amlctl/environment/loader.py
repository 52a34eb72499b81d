"""Text of a YAML file → tree with places, strictly. Collects all faults; interprets nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from amlctl.diagnostics import Finding, Place
from amlctl.environment.faults import fault
from amlctl.environment.scalars import NULLS, reads_as
from amlctl.environment.text import HIDDEN, SURROGATE, decode, hidden_character
from amlctl.environment.tree import Listing, Mapping, Node, Scalar

MAX_DEPTH = 32
MAX_NODES = 20_000
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where it is there."""


def parse(data: bytes, file: str) -> tuple[Mapping | None, list[Finding]]:
    """Read the bytes of one environment file; None where there is no map to go on with."""
    text, findings = decode(data, file)
    if findings:
        return None, findings
    reader = _Reader(text, file)
    tree = reader.read()
    return tree, reader.findings


class _Reader:
    """Walks the parser's events, so that an alias or an anchor is seen and never expanded."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.findings: list[Finding] = []
        self.nodes = 0
        self.events: Iterator[Any] = iter(())

    def read(self) -> Mapping | None:
        self.events = yaml.parse(self.text, Loader=LOADER)
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            self.findings.append(self._unreadable(error))
        except _GiveUp:
            pass
        return None

    def _document(self) -> Mapping | None:
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    place = self._place(event.start_mark)
                    self._fault(
                        "AML012",
                        place,
                        "one document per file",
                        f"a second one starts on line {place.line}",
                        "split the file",
                    )
                    break
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
                root = self._node(event, 1)
        if isinstance(root, Mapping):
            return root
        found = "nothing" if root is None or root == Scalar("", True, root.place) else _kind(root)
        place = root.place if root else Place(self.file)
        self._fault("AML013", place, "expected keys such as `location:`", found, "write `key: value` lines")
        return None

    def _node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        place = self._place(event.start_mark, event.end_mark)
        if self.nodes > MAX_NODES:
            self._stop(
                "AML006",
                place,
                "is too large for an environment file",
                f"more than {MAX_NODES:,} values",
                "split it with `extends:`",
            )
        if depth > MAX_DEPTH:
            self._stop("AML005", place, f"nested deeper than {MAX_DEPTH}", "", "write it flatter")
        if isinstance(event, yaml.AliasEvent):
            self._fault(
                "AML002",
                place,
                "aliases are not allowed here",
                f"*{event.anchor}",
                "write the value out, or use `extends:`",
            )
            return Scalar("alias", False, place)
        self._check_head(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._listing(place, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place, depth)
        return self._scalar(event, place)

    def _check_head(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._fault(
                "AML002",
                place,
                "anchors are not allowed here",
                f"&{event.anchor}",
                "write the value out where it is wanted",
            )
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._fault("AML004", place, f"tag {tag} is not allowed", "", "write the value alone")

    def _scalar(self, event: Any, place: Place) -> Scalar:
        text: str = event.value
        for match in HIDDEN.finditer(text):
            self.findings.append(hidden_character(match[0], place))
        if SURROGATE.search(text):
            self._fault("AML015", place, "half of a character (a lone surrogate)", "", "write the whole character")
        return Scalar(text, event.style is None or event.style == "", place)

    def _listing(self, place: Place, depth: int) -> Listing:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            item = self._node(event, depth + 1)
            self._refuse_null(item, "an item of the list")
            items.append(item)
        return Listing(tuple(items), place)

    def _mapping(self, place: Place, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            name = self._key(key, keys)
            if name is not None:
                self._refuse_null(value, f"`{name}`", key.place)
                entries[name], keys[name] = value, key.place
        return Mapping(entries, keys, place)

    def _key(self, key: Node, keys: dict[str, Place]) -> str | None:
        """Check a key and give its text, or None for one that must not be used."""
        if not isinstance(key, Scalar):
            self._fault("AML021", key.place, "keys must be text", _kind(key), "write a name")
        elif key.plain and key.text == "<<":
            self._fault("AML003", key.place, "merge keys are not allowed", "<<", "use `extends:`")
        elif key.plain and (key.text in NULLS or reads_as(key.text)):
            kind = reads_as(key.text) or "nothing"
            self._fault(
                "AML021",
                key.place,
                "keys must be text",
                f"`{key.text}`, read as {kind}",
                f'write "{key.text}" in quotes',
            )
        elif key.text in keys:
            first = keys[key.text].line
            self._fault("AML001", key.place, f"`{key.text}` is already set on line {first}", "", "keep one of the two")
        else:
            return key.text
        return None

    def _refuse_null(self, value: Node, name: str, key: Place | None = None) -> None:
        if isinstance(value, Scalar) and value.plain and value.text in NULLS:
            found = f"`{value.text}`" if value.text else ""
            self._fault(
                "AML019",
                key or value.place,
                f"{name} is empty",
                found,
                "write a value or remove the line (`absent: true` removes what was inherited)",
            )

    def _unreadable(self, error: yaml.MarkedYAMLError) -> Finding:
        mark = error.problem_mark or error.context_mark
        place = self._place(mark) if mark else Place(self.file)
        lines = self.text.splitlines()
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        problem = error.problem or "cannot be read"
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return fault(
                "AML011",
                place._replace(column=line.index("\t") + 1),
                f"tab at the start of line {place.line}",
                "",
                "use spaces",
            )
        if "invalid Unicode character escape" in problem:
            return fault("AML015", place, "half of a character (a lone surrogate)", "", "write the whole character")
        if "found undefined tag handle" in problem:
            return fault("AML004", place, "tags are not allowed", "", "write the value alone")
        if "undefined alias" in problem:
            return fault("AML002", place, "aliases are not allowed here", "", "write the value out")
        return fault(
            "AML023", place, "the YAML cannot be read", problem, "check indentation, colons and quotes around it"
        )

    def _place(self, start: Any, end: Any = None) -> Place:
        last = end or start
        return Place(self.file, start.line + 1, start.column + 1, last.line + 1, last.column + 1)

    def _fault(self, code: str, place: Place, message: str, found: str = "", instead: str = "") -> None:
        self.findings.append(fault(code, place, message, found, instead))

    def _stop(self, code: str, place: Place, message: str, found: str, instead: str) -> None:
        self._fault(code, place, message, found, instead)
        raise _GiveUp


class _GiveUp(Exception):
    """The file is too large or too deep to look for more faults."""


def _kind(node: Node) -> str:
    return {Scalar: "one text", Listing: "a list", Mapping: "a map"}[type(node)]
