"""Findings as the official executable shows them: one line each on stderr, or one SARIF document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from amlctl.diagnostics import Finding

LEVELS = {"error": "Error", "warning": "Warning", "info": "Info"}
_SARIF_LEVELS = {"error": "error", "info": "note"}
_CORE = "https://aka.ms/bicep/core-diagnostics#"
_LINTER = "https://aka.ms/bicep/linter-diagnostics#"


def message(finding: Finding) -> str:
    """Give the whole text of a finding; that of an official code is official."""
    return "; ".join(part for part in (finding.message, finding.found, finding.instead) if part)


def link(finding: Finding) -> str:
    """Give the page about a finding, empty for codes of our own."""
    if finding.link:
        return finding.link
    if finding.code.startswith("BCP"):
        return _CORE + finding.code
    return "" if finding.code.startswith("AML") else _LINTER + finding.code


def _with_link(finding: Finding) -> str:
    page = link(finding)
    return f"{message(finding)} [{page}]" if page else message(finding)


def line(finding: Finding) -> str:
    """Give ``PATH(LINE,COLUMN) : Level CODE: message [link]``."""
    place = finding.place
    where = f"{place.file}({place.line},{place.column}) : " if place else ""
    return f"{where}{LEVELS[finding.level]} {finding.code}: {_with_link(finding)}"


def lines(findings: Iterable[Finding]) -> str:
    """Give all findings, each with its line end."""
    return "".join(f"{line(finding)}\n" for finding in findings)


def sarif(findings: Iterable[Finding]) -> str:
    """Give a SARIF 2.1.0 document, with the fields that the official executable writes."""
    document = {
        "$schema": "https://schemastore.azurewebsites.net/schemas/json/sarif-2.1.0-rtm.6.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "bicep"}},
                "results": [_result(finding) for finding in findings],
                "columnKind": "utf16CodeUnits",
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": finding.code}
    if finding.level in _SARIF_LEVELS:
        result["level"] = _SARIF_LEVELS[finding.level]
    result["message"] = {"text": _with_link(finding)}
    if finding.place:
        place = finding.place
        physical = {
            "artifactLocation": {"uri": _uri(place.file)},
            "region": {"startLine": place.line, "charOffset": place.column},
        }
        result["locations"] = [{"physicalLocation": physical}]
    return result


def _uri(path: str) -> str:
    from urllib.request import pathname2url

    return "file://" + pathname2url(path)
