"""``amlctl bicep``"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amlctl.cli import console
from amlctl.errors import ConfigurationInvalid, UsageWrong

if TYPE_CHECKING:
    from amlctl.diagnostics import Finding

DIFFERENCES = 2
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
FORMS = click.Choice(["text", "json", "sarif"])


@click.group("bicep")
def command() -> None:
    """The embedded Bicep compiler: build, lint and format any file."""


@command.command("build")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--stdout", is_flag=True, help="Print the JSON instead of writing it next to FILE.")
@click.option("--outfile", type=TARGET, help="Write the JSON there (one FILE only).")
@click.option("--format", "form", type=FORMS, default="text", help="How findings are written, on stderr.")
def build(files: tuple[Path, ...], stdout: bool, outfile: Path | None, form: str) -> None:
    """Compile FILES (.bicep or .bicepparam) to ARM JSON."""
    from amlctl.app.bicep import compile_file

    if outfile and len(files) > 1:
        message = "--outfile takes one file"
        raise UsageWrong(message)
    results = [(path, compile_file(path)) for path in files]
    _show([finding for _, result in results for finding in result.findings], form, error_stream=True)
    for path, result in results:
        if result.failed:
            continue
        if stdout:
            console.raw(result.text)
        else:
            target = outfile or path.with_suffix(".json")
            target.write_text(result.text, encoding="utf-8", newline="")
    _fail([path for path, result in results if result.failed])


@command.command("lint")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--format", "form", type=FORMS, default="text", help="How findings are written.")
def lint(files: tuple[Path, ...], form: str) -> None:
    """Report errors and warnings in FILES."""
    from amlctl.app.bicep import compile_file

    results = [(path, compile_file(path)) for path in files]
    _show([finding for _, result in results for finding in result.findings], form, error_stream=form == "text")
    _fail([path for path, result in results if result.failed])


@command.command("format")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--stdout", is_flag=True, help="Print the result instead of writing it.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if a file is not formatted.")
def format_(files: tuple[Path, ...], stdout: bool, check: bool) -> None:
    """Lay out FILES as the official formatter does."""
    from amlctl.app.bicep import format_file

    differing = []
    for path in files:
        text = format_file(path)
        if stdout:
            console.raw(text)
        elif path.read_bytes() != text.encode("utf-8"):
            differing.append(path)
            if not check:
                path.write_text(text, encoding="utf-8", newline="")
    for path in differing:
        console.note(f"{path.as_posix()}  {'differs' if check else 'laid out'}")
    if check and differing:
        sys.exit(DIFFERENCES)


def _show(findings: Sequence[Finding], form: str, *, error_stream: bool) -> None:
    from amlctl.app.bicep import document, sarif

    if form == "text":
        console.findings(findings)
        return
    text = sarif(findings) if form == "sarif" else document(findings)
    console.document(text, error_stream=error_stream)


def _fail(failed: Sequence[Path]) -> None:
    if failed:
        raise ConfigurationInvalid(f"{', '.join(path.as_posix() for path in failed)}: errors, nothing was written")
