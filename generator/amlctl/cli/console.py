"""What is printed: answers on stdout, notes and findings on stderr, every foreign text made harmless first."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

import click

from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError

LONGEST = 2_000
# A pipeline agent obeys a line that looks like this, wherever the text came from; so a mark is put in between.
COMMAND = re.compile(r"##(?=\[|vso\[)|(?<![^\s])::(?=[a-z-]+(?: |::))")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LEVELS = {"error": "red", "warning": "yellow", "info": "cyan"}


def harmless(text: str) -> str:
    """Make a text safe to print: no control characters, no commands to a pipeline agent, no endless line."""
    text = CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)
    text = COMMAND.sub(lambda found: found.group()[0] + "\\" + found.group()[1:], text)
    lines = text.split("\n")
    return "\n".join(line if len(line) <= LONGEST else line[:LONGEST] + f"… ({len(line)} characters)" for line in lines)


def answer(text: str) -> None:
    """Print what was asked for."""
    click.echo(harmless(text))


def raw(text: str) -> None:
    """Print exactly these characters: a document that a program will read."""
    sys.stdout.write(text)


def note(text: str) -> None:
    """Print something that is not the answer."""
    click.echo(harmless(text), err=True)


def findings(found: Iterable[Finding]) -> None:
    """Print findings on stderr, in the order of files and lines, with the offending line where it can be read."""
    for finding in sorted(found, key=_order):
        click.echo(describe(finding), err=True)


def describe(finding: Finding) -> str:
    """Write a finding as text: ``file:line:col  level CODE  what; found; instead`` and the line it speaks of."""
    level = click.style(finding.level, fg=LEVELS[finding.level])
    where = f"{finding.place}  " if finding.place else ""
    said = "; ".join(part for part in (finding.message, finding.found, finding.instead) if part)
    return f"{harmless(where)}{level} {finding.code}  {harmless(said)}{excerpt(finding)}"


def excerpt(finding: Finding) -> str:
    """Quote the line that a finding speaks of, with a mark under the place; empty where it cannot be shown."""
    from amlctl.app.quote import line_of

    place, line = finding.place, line_of(finding)
    if place is None or not line:
        return ""
    width = place.end_column - place.column if place.end_line == place.line else 1
    gutter = f"{place.line:>6} | "
    before = len(harmless(line[: place.column - 1]))
    mark = " " * before + "^" * max(1, min(width, len(line) - place.column + 1))
    return f"\n{gutter}{harmless(line)}\n{' ' * (len(gutter) - 2)}| {mark}"


def explain(error: AmlctlError) -> None:
    """Print why a room could not hand over its value."""
    findings(error.findings)
    if str(error) in {finding.message for finding in error.findings}:
        return
    click.echo(click.style("error", fg="red") + f"  {harmless(str(error))}", err=True)


def report(bug: Exception) -> None:
    """Write the report of a fault of ours to a file and name it."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="amlctl-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(bug)))
    click.echo(f"this is a fault of amlctl ({type(bug).__name__}); the report is in {file.name}", err=True)


def _order(finding: Finding) -> tuple[str, int, int, str]:
    place = finding.place
    return (place.file, place.line, place.column, finding.code) if place else ("", 0, 0, finding.code)
