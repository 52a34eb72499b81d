"""Limits of numbers, texts and lengths, and how a comparison of a value with a type reports."""

from __future__ import annotations

import re
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.checker import Checker, Report
from amlctl.bicep.checks.types import Type
from amlctl.records import NamedTuple

Node = s.Node


class How(NamedTuple):
    """What holds for a comparison and all below it.

    ``origin`` is the use of a variable whose value is looked at; ``label`` is (property, warn) where the value of a
    property is compared, ``items`` (warn) where the items of an array are.
    """

    skip_errors: bool = False
    constant_checked: bool = False
    no_any: bool = False
    origin: Node = None
    label: tuple[str, bool] | None = None
    items: tuple[str, bool] | None = None
    resource: bool = False
    depth: int = 0


class Sink:
    """Where the reports of one comparison go: to the file, or into a list while alternatives are tried."""

    __slots__ = ("c", "kept", "seen")

    def __init__(self, c: Checker, kept: list[Report] | None = None, seen: dict[Any, Any] | None = None) -> None:
        self.c, self.kept = c, kept
        self.seen = {} if seen is None else seen

    def saw(self, *parts: Any) -> bool:
        """Tell whether the same was seen before, and note it. Unions are the same where their members are."""
        key = tuple(
            tuple(id(member) for member in part.members) if type(part) is t.Union else id(part) for part in parts
        )
        if key in self.seen:
            return True
        self.seen[key] = parts  # kept alive: an identity stands for one thing only
        return False

    def add(self, code: str, at: int, end: int, *parts: object, level: str = "error") -> None:
        """Note a finding about some tokens."""
        if self.kept is None:
            self.c.report(code, at, end, *parts, level=level)
        else:
            self.kept.append(Report(code, at, end, level, parts))

    def give(self, reports: list[Report]) -> None:
        """Note what was kept while alternatives were tried."""
        for code, at, end, level, parts in reports:
            self.add(code, at, end, *parts, level=level)


def level_of(warn: bool) -> str:
    """Give the word of a level."""
    return "warning" if warn else "error"


def warns(target: Type, flag: int = t.WARN) -> bool:
    """Tell whether mismatches with a type only warn."""
    return bool(t.flags_of(target) & flag)


def narrow_integer(sink: Sink, how: How, node: Node, found: Type, target: t.Integer) -> bool:
    """Compare a number with the limits of a type; True: nothing more is to be done."""
    low: int | None
    high: int | None
    if type(found) is t.IntLit:
        low = high = found.value
    elif type(found) is t.Integer:
        low, high = found.minimum, found.maximum
    else:
        return True
    narrow_domain(sink, how, node, target, (low, high), ("BCP327", "BCP328", "BCP329", "BCP330"))
    return True


def narrow_domain(sink: Sink, how: How, node: Node, target: Any, own: tuple[Any, Any], codes: tuple[str, ...]) -> None:
    """Report where what a value may be lies outside the limits of a type, wholly or in part."""
    low, high = own
    level = level_of(how.resource or warns(target))
    if low is not None and target.maximum is not None and low > target.maximum:
        sink.add(codes[0], node.at, node.end, low, target.maximum, level=level)
    elif high is not None and target.minimum is not None and high < target.minimum:
        sink.add(codes[1], node.at, node.end, high, target.minimum, level=level)
    else:
        if low is not None and target.minimum is not None and low < target.minimum:
            sink.add(codes[2], node.at, node.end, low, target.minimum, level="warning")
        if high is not None and target.maximum is not None and high > target.maximum:
            sink.add(codes[3], node.at, node.end, high, target.maximum, level="warning")


LENGTHS = ("BCP332", "BCP333", "BCP334", "BCP335")


def narrow_string(sink: Sink, how: How, node: Node, found: Type, target: t.Str) -> bool:
    """Compare a text with the limits of a type; True: nothing more is to be done."""
    if type(found) is t.StrLit:
        low = high = len(found.value)
        narrow_domain(sink, how, node, target, (low, high), LENGTHS)
        if target.pattern is not None and not _fits(target.pattern, found.value):
            level = level_of(how.resource or warns(target))
            sink.add("BCP416", node.at, node.end, target.pattern, level=level)
    elif type(found) is t.Str:
        narrow_domain(sink, how, node, target, (found.minimum, found.maximum), LENGTHS)
    return True


def _fits(pattern: str, text: str) -> bool:
    if len(text) > 1000 or re.search(r"[+*}]\)?[+*{]|\\[pPkGz]|\(\?<[^=!]", pattern):
        return True  # a pattern that Python reads otherwise, or that could run long
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True
