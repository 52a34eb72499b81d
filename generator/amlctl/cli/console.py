"""What is printed: answers on stdout, notes and findings on stderr, every foreign text made harmless first."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import IO, Any

import click

from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError

LONGEST = 2_000
TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
# A pipeline agent obeys a line that looks like this, wherever the text came from; so a mark is put in between.
COMMAND = re.compile(r"##(?=\[|vso\[)|(?<![^\s])::(?=[a-z-]+(?: |::))", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
PLAIN = {"✓": "v", "✗": "x", "▲": "!", "→": "->", "–": "-", "·": "-", "…": "...", "×": "x"}
"""What stands for our own marks where the terminal or the log cannot show them."""
NO_TEXTS: Mapping[str, str] = {}
LEVELS = {"error": "red", "warning": "yellow", "info": "cyan"}


def harmless(text: str) -> str:
    """Make a text safe to print: no control characters, no commands to a pipeline agent, no endless line."""
    text = CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)
    text = COMMAND.sub(lambda found: found.group()[0] + "\\" + found.group()[1:], text)
    lines = text.split("\n")
    return "\n".join(line if len(line) <= LONGEST else line[:LONGEST] + f"… ({len(line)} characters)" for line in lines)


def width() -> int:
    """The columns of the terminal, or of COLUMNS; 140 in a log."""
    import shutil

    return max(40, shutil.get_terminal_size((140, 24)).columns)


def answer(text: str) -> None:
    """Print what was asked for."""
    _put(harmless(text) + "\n", sys.stdout)


def raw(text: str) -> None:
    """Print exactly these characters: a document that a program will read."""
    _put(text, sys.stdout)


def document(text: str, *, error_stream: bool = False) -> None:
    """Print a JSON document: the same values, written so that no terminal and no pipeline agent obeys one of them."""
    _put(harmless_json(text), sys.stderr if error_stream else sys.stdout)


def harmless_json(text: str) -> str:
    """Write odd characters and ``##`` of a JSON text as JSON escapes; they stand inside its strings alone."""
    text = CONTROL.sub(_escaped, text)
    return text.replace("##", "\\u0023#")


def note(text: str) -> None:
    """Print something that is not the answer."""
    _put(harmless(text) + "\n", sys.stderr)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def _put(text: str, stream: IO[str] | None) -> None:
    """Write and flush; where nobody reads any more the run goes on in silence, and keeps its exit code."""
    try:
        click.echo(text, file=stream, nl=False, color=False if os.environ.get("NO_COLOR") else None)
    except BrokenPipeError:
        hush(stream)


def hush(stream: IO[str] | None) -> None:
    """Let a stream that nobody reads lead to nowhere, so that nothing fails at exit either."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


def ready() -> None:
    """Make the standard streams usable: one that is closed leads to nowhere, one that knows no UTF-8 gets plain marks.

    Whoever starts us may have closed them, and a log may be ASCII (``LC_ALL=C``, ``PYTHONIOENCODING=ascii``).
    """
    import codecs

    codecs.register_error("amlctl", _replaced)
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (it lives as long as we do)
        elif hasattr(stream, "reconfigure") and not _speaks_utf8(stream):
            stream.reconfigure(errors="amlctl")


def _speaks_utf8(stream: Any) -> bool:
    return (stream.encoding or "").lower().replace("-", "").replace("_", "") == "utf8"


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """The codec's way to write what it cannot: our marks by plain ones, all else by its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    numbered = (PLAIN.get(one) or one.encode("ascii", "backslashreplace").decode("ascii") for one in text)
    return "".join(numbered), error.end


def findings(found: Iterable[Finding], texts: Mapping[str, str] = NO_TEXTS) -> None:
    """Print findings on stderr, in the order of files and lines, with the offending line where it can be read."""
    for finding in sorted(found, key=_order):
        _put(describe(finding, texts) + "\n", sys.stderr)


def describe(finding: Finding, texts: Mapping[str, str] = NO_TEXTS) -> str:
    """Write a finding as text: ``file:line:col  level CODE  what; found; instead`` and the line it speaks of."""
    level = click.style(finding.level, fg=LEVELS[finding.level])
    where = f"{finding.place}  " if finding.place else ""
    said = "; ".join(part for part in (finding.message, finding.found, finding.instead) if part)
    return f"{harmless(where)}{level} {finding.code}  {harmless(said)}{excerpt(finding, texts)}"


def excerpt(finding: Finding, texts: Mapping[str, str]) -> str:
    """Quote the line that a finding speaks of, with a mark under the place; empty where it cannot be shown."""
    from amlctl.app.quote import line_of

    place, line = finding.place, line_of(finding, texts)
    if place is None or not line:
        return ""
    width = place.end_column - place.column if place.end_line == place.line else 1
    gutter = f"{place.line:>6} | "
    before = len(harmless(line[: place.column - 1]))
    mark = " " * before + "^" * max(1, min(width, len(line) - place.column + 1))
    return f"\n{gutter}{harmless(line)}\n{' ' * (len(gutter) - 2)}| {mark}"


def explain(error: AmlctlError) -> None:
    """Print why a room could not hand over its value, and how to go on."""
    findings(error.findings, error.texts)
    if str(error) not in {finding.message for finding in error.findings}:
        _put(click.style("error", fg="red") + f"  {harmless(str(error))}\n", sys.stderr)
    notes(error)


def notes(error: BaseException | None) -> None:
    """Print the notes of an exception: what goes on without us, and what to do about it."""
    for text in getattr(error, "__notes__", ()):
        note(text)


def report(bug: Exception) -> None:
    """Write the report of a fault of ours to a file and name it."""
    import tempfile
    import traceback

    text = TOKEN.sub("(token)", "".join(traceback.format_exception(bug)))
    try:
        with tempfile.NamedTemporaryFile("w", prefix="amlctl-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(text)
    except OSError:  # no folder for temporary files
        note(f"internal error in amlctl ({type(bug).__name__}), and no report could be written\n{text}")
        return
    note(f"internal error in amlctl ({type(bug).__name__}); the report is in {file.name}")


def _order(finding: Finding) -> tuple[str, int, int, str]:
    place = finding.place
    return (place.file, place.line, place.column, finding.code) if place else ("", 0, 0, finding.code)
