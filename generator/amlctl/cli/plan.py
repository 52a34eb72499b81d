"""``amlctl plan``"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amlctl.app.forms import saved as seal
from amlctl.app.forms import write
from amlctl.cli import console, options
from amlctl.errors import UsageWrong

if TYPE_CHECKING:
    from amlctl.app.predict import Planned

DIFFERENCES = 2
FILE = click.Path(dir_okay=False, path_type=Path)
FORMS = ("text", "json", "md")


@click.command("plan")
@options.environments
@options.directory
@options.form(*FORMS)
@click.option("-o", "outputs", multiple=True, metavar="FORM=FILE", help="Write a form to a file too; repeatable.")
@click.option("--out", "saved", type=FILE, help="Save the plan for `deploy --plan`.")
@click.option("--offline", is_flag=True, help="Sign in nowhere and read nothing.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where something would change.")
def command(
    wanted: tuple[str, ...],
    directory: Path,
    form: str,
    outputs: tuple[str, ...],
    saved: Path | None,
    offline: bool,
    detailed_exitcode: bool,
) -> None:
    """Show what a deployment would create or change, and the YAML line behind it."""
    from amlctl.app.predict import plan

    here = Path.cwd()
    files = [(kind, here / target) for kind, target in map(_output, outputs)]
    planned = plan(options.project(directory), wanted, offline=offline)
    show(planned, form)
    for kind, target in files:
        target.write_text(write(planned, kind), encoding="utf-8", newline="\n")
    if saved:
        _save(planned, here / saved, offline)
    if detailed_exitcode and not all(one.plan.empty for one in planned):
        sys.exit(DIFFERENCES)


def show(planned: Sequence[Planned], form: str = "text") -> None:
    """Print plans in a form; for people every foreign text in it is made harmless, JSON escapes it by itself."""
    text = write(planned, form, console.width())
    console.document(text) if form == "json" else console.raw(console.harmless(text))


def _output(argument: str) -> tuple[str, str]:
    kind, equals, target = argument.partition("=")
    if not equals or kind not in FORMS:
        raise UsageWrong(f"-o takes FORM=FILE with a form of {', '.join(FORMS)}, not {argument}")
    return kind, target


def _save(planned: Sequence[Planned], target: Path, offline: bool) -> None:
    if offline:
        message = "a plan that read nothing cannot be deployed; leave --offline out"
        raise UsageWrong(message)
    target.write_text(seal(planned), encoding="utf-8", newline="\n")
    console.note(f"saved {target.name}")
