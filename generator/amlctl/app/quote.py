"""The line of a file that a finding speaks of, for people to see; a line that holds a secret is never quoted."""

from __future__ import annotations

from collections.abc import Mapping

from amlctl.diagnostics import Finding

LONGEST = 160
LARGEST = 4 << 20
HIDDEN = "AML022"


def line_of(finding: Finding, texts: Mapping[str, str]) -> str:
    """Give the line; empty where it cannot be read, is blank or too long, or looks like a secret.

    ``texts`` are files that lie on no disk, or not so: what would be rendered.
    """
    place = finding.place
    if place is None or finding.code == HIDDEN:
        return ""
    lines = (texts.get(place.file) or _read(place.file)).split("\n")
    line = lines[place.line - 1].rstrip("\r") if place.line <= len(lines) else ""
    if not line.strip() or len(line) > LONGEST or _secret(line, lines):
        return ""
    return line


def _read(name: str) -> str:
    try:
        with open(name, encoding="utf-8-sig", newline="\n") as file:
            return file.read(LARGEST)
    except (OSError, ValueError):
        return ""


def _secret(line: str, lines: list[str]) -> bool:
    """A private key goes over many lines, so no line of a file that holds one is quoted."""
    from amlctl.environment.secrets import shows_secret

    return shows_secret(line) or any("PRIVATE KEY-----" in other for other in lines)
