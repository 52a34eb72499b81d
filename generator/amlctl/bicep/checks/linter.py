"""The linter: which rules run at which level, and what ``#disable-next-line`` and its siblings silence.

Rules have the official names. Levels come from bicepconfig.json (``analyzers.core.rules.<name>.level``), else the
official defaults; a level ``off`` or ``analyzers.core.enabled: false`` silences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from amlctl.bicep.checks.rules import Fault, rules
from amlctl.diagnostics import Finding
from amlctl.records import NamedTuple

if TYPE_CHECKING:
    from amlctl.bicep.checks.checker import Checker

_LEVELS = {"error": "error", "warning": "warning", "info": "info", "off": "off"}
_DIRECTIVE = re.compile(
    r"^[ \t]*#(disable-next-line|disable-diagnostics|restore-diagnostics)\b([^\r\n]*)", re.MULTILINE
)
_CODE = re.compile(r"[A-Za-z][\w-]*")


class Settings(NamedTuple):
    """The part of bicepconfig.json that the linter reads: the object under ``analyzers.core``."""

    core: dict[str, Any]

    def level(self, rule: str, default: str) -> str:
        """Give the level of a rule: error, warning, info or off."""
        if self.core.get("enabled") is False:
            return "off"
        written = str(self.rule(rule).get("level", default)).lower()
        return _LEVELS.get(written, default)

    def rule(self, name: str) -> dict[str, Any]:
        """Give the settings of one rule."""
        rules = self.core.get("rules")
        found = rules.get(name) if isinstance(rules, dict) else None
        return found if isinstance(found, dict) else {}


def lint(c: Checker, core: dict[str, Any] | None = None) -> tuple[Finding, ...]:
    """Give the findings of all rules that are not off, in the order of the places."""
    settings = Settings(core or {})
    found: list[tuple[tuple[int, int], Finding]] = []
    for rule in rules():
        level = settings.level(rule.name, rule.level) if core else rule.level
        if level == "off":
            continue
        for fault in rule.check(c, settings.rule(rule.name) if core else {}):
            span = _span(c, fault)
            place = c.tree.place_of(*span)
            found.append((span, Finding(level, rule.name, fault.message, place)))  # type: ignore[arg-type]
    return tuple(finding for _, finding in sorted(found, key=lambda pair: (pair[0], pair[1].code)))


def _span(c: Checker, fault: Fault) -> tuple[int, int]:
    start, end = c.tokens.span(fault.at, fault.end)
    return (start, end) if fault.within is None else (start + fault.within[0], start + fault.within[1])


def silence(text: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Leave out the findings that a directive of the text silences; errors of the language cannot be silenced."""
    if "#disable-" not in text:
        return tuple(findings)
    lines, ranges = _directives(text)
    return tuple(finding for finding in findings if not _is_silenced(finding, lines, ranges))


def _is_silenced(finding: Finding, lines: dict[int, set[str]], ranges: list[tuple[str, int, int]]) -> bool:
    place = finding.place
    if place is None or (finding.level == "error" and finding.code.startswith("BCP")):
        return False
    if finding.code in lines.get(place.line, ()):
        return True
    return any(code == finding.code and first <= place.line < last for code, first, last in ranges)


def _directives(text: str) -> tuple[dict[int, set[str]], list[tuple[str, int, int]]]:
    """Give the codes that each line is free of, and (code, first line, line behind the last) of longer stretches."""
    lines: dict[int, set[str]] = {}
    started: dict[str, int] = {}
    ranges: list[tuple[str, int, int]] = []
    for word, line, codes in _matches(text):
        for code in codes:
            if word == "disable-next-line":
                lines.setdefault(line + 1, set()).add(code)
            elif word == "disable-diagnostics":
                started.setdefault(code, line)
            elif code in started:
                ranges.append((code, started.pop(code), line))
    ranges += [(code, first, 1 << 30) for code, first in started.items()]
    return lines, ranges


def _matches(text: str) -> Iterator[tuple[str, int, list[str]]]:
    line, at = 1, 0
    for match in _DIRECTIVE.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield match.group(1), line, _CODE.findall(match.group(2).partition("//")[0])
