"""What the checks of one file share: tree, bindings, types that were computed already, and where findings go."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import Binding, Symbol
from amlctl.bicep.checks.typecycles import mark_type_cycles
from amlctl.bicep.checks.types import Type
from amlctl.records import NamedTuple

if TYPE_CHECKING:
    from amlctl.bicep.checks.modules import Session
    from amlctl.diagnostics import Finding

Node = s.Node
TENANT, MANAGEMENT_GROUP, SUBSCRIPTION, RESOURCE_GROUP, RESOURCE, MODULE = 1, 2, 4, 8, 16, 32
TARGETS = {"tenant": TENANT, "managementGroup": MANAGEMENT_GROUP, "subscription": SUBSCRIPTION,
           "resourceGroup": RESOURCE_GROUP}  # fmt: skip


class Report(NamedTuple):
    """A finding before it has its text: code, first token and token behind the last, level, parts of the text."""

    code: str
    at: int
    end: int
    level: str
    parts: tuple[Any, ...]


class Checker:
    """The state of the checks of one file."""

    __slots__ = ("binding", "file", "memo", "noted", "parse_errors", "reports", "session", "symbol_types", "target",
                 "tokens", "tree", "type_memo")  # fmt: skip

    def __init__(self, tree: s.Tree, findings: tuple[Finding, ...], session: Session, file: str) -> None:
        self.tree, self.session, self.file = tree, session, file
        self.tokens = tree.tokens
        self.binding = Binding(tree)
        mark_type_cycles(self.binding)
        self.reports: list[Report] = []
        self.noted: set[tuple[Any, ...]] = set()
        self.memo: dict[int, Type] = {}
        self.type_memo: dict[int, Type] = {}
        self.symbol_types: dict[int, Type] = {}
        self.parse_errors = _offsets(tree, findings)
        self.target = _target(tree)

    def report(self, code: str, at: int, end: int, *parts: object, level: str = "error") -> None:
        """Note a finding about the tokens from ``at`` up to but not including ``end``; equal ones once."""
        key = (code, at, end, *map(str, parts))
        if key not in self.noted:
            self.noted.add(key)
            self.reports.append(Report(code, at, end, level, parts))

    def error(self, code: str, node: Node, *parts: object) -> Type:
        """Note an error about a node and give the type that errors have."""
        self.report(code, node.at, node.end, *parts)
        return t.ERROR

    def symbol(self, node: Node) -> Symbol | None:
        """Give what a use of a name is bound to."""
        return self.binding.symbols.get(id(node))

    def parent(self, node: Node) -> Node:
        """Give the node around a node; None for a statement."""
        return self.binding.parents.get(id(node))

    def every(self, kind: type) -> list[Node]:
        """Give all nodes of a class, in source order."""
        return self.binding.every.get(kind, [])

    def has_parse_error(self, node: Node) -> bool:
        """Tell whether some text inside a node could not be read."""
        errors = self.parse_errors
        if not errors:
            return False
        start, end = self.tokens.span(node.at, node.end)
        found = bisect_left(errors, start)
        return found < len(errors) and errors[found] <= end


def _offsets(tree: s.Tree, findings: tuple[Finding, ...]) -> list[int]:
    if not findings:
        return []
    lines = s.line_starts(tree.text)
    places = [finding.place for finding in findings if finding.place is not None]
    return sorted(lines[place.line - 1] + place.column - 1 for place in places if place.line <= len(lines))


def _target(tree: s.Tree) -> int:
    for statement in tree.statements:
        if type(statement) is s.TargetScope and type(statement.value) is s.String:
            return TARGETS.get(statement.value.value, RESOURCE_GROUP)
    return RESOURCE_GROUP
