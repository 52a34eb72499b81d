"""``amlctl render``"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from amlctl.app.project import Project
from amlctl.cli import console, options

DIFFERENCES = 2


@click.command("render")
@options.environments
@options.directory
@click.option("--check", is_flag=True, help="Write nothing; exit 2 if a committed file is out of date.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what changed.")
def command(wanted: tuple[str, ...], directory: Path, check: bool, quiet: bool) -> None:
    """Write infra/<env> and pipelines/ from environments/ and templates/."""
    project = options.project(directory)
    if check:
        _check(project, wanted)
        return
    from amlctl.app.render import render

    for written in render(project, wanted):
        console.findings(f for f in written.findings if f.level != "info")
        if not written.changes and not quiet and written.folder != "infra":
            console.answer(f"{written.folder}  unchanged")
        for change in written.changes:
            console.answer(f"{written.folder}  {change}")


def _check(project: Project, wanted: Sequence[str]) -> None:
    from amlctl.app.render import check

    found = check(project, wanted)
    console.findings(found)
    if found:
        console.note("rendered files are out of date; run: amlctl render")
        sys.exit(DIFFERENCES)
    console.answer("what is committed is what would be rendered")
