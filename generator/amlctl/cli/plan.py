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
    from amlctl.app.project import Project

DIFFERENCES = 2
FILE = click.Path(dir_okay=False, path_type=Path)
FORMS = ("text", "json", "md")


@click.command("plan")
@options.environments
@options.directory
@options.form(*FORMS)
@click.option(
    "-o",
    "outputs",
    multiple=True,
    metavar="FORM=FILE",
    help="Also write the plan to FILE as text, json or md; repeatable.",
)
@click.option("--out", "saved", type=FILE, help="Save the plan for `deploy --plan`.")
@click.option("--offline", is_flag=True, help="Do not sign in or read the current state.")
@click.option("--against", metavar="REF", help="Compare with what a branch, tag or commit renders; nothing is read.")
@click.option("--no-uses", is_flag=True, help="Plan without the used stacks; refuse if one of them would change.")
@options.rehearsal
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if something would change.")
def command(
    wanted: tuple[str, ...],
    directory: Path,
    form: str,
    outputs: tuple[str, ...],
    saved: Path | None,
    offline: bool,
    against: str | None,
    no_uses: bool,
    rehearsal: bool,
    detailed_exitcode: bool,
) -> None:
    """Show what a deployment would create or change, and the YAML line behind it."""
    here = Path.cwd()
    files = [(kind, here / target) for kind, target in map(_output, outputs)]
    if saved and (offline or against):
        message = "an offline plan cannot be saved; remove --offline and --against"
        raise UsageWrong(message)
    project = options.project(directory)
    if against:
        planned = _against(project, wanted, against)
    else:
        from amlctl.app.predict import plan

        planned = plan(project, wanted, offline=offline, uses=not no_uses, rehearsal=rehearsal)
    show(planned, form)
    for kind, target in files:
        target.write_text(write(planned, kind), encoding="utf-8", newline="\n")
    if saved:
        _save(planned, here / saved)
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


def _against(project: Project, wanted: Sequence[str], ref: str) -> list[Planned]:
    """Plan against a commit, and say which environments are gone since."""
    from amlctl.app.against import left_behind, plan_against

    planned = plan_against(project, wanted, ref)
    console.findings(left_behind(project, ref))
    return planned


def _save(planned: Sequence[Planned], target: Path) -> None:
    target.write_text(seal(planned), encoding="utf-8", newline="\n")
    console.note(f"saved {target.name}")
