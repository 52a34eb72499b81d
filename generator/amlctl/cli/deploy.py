"""``amlctl deploy``"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amlctl.cli import console, options
from amlctl.cli.bootstrap import refuse_failed, show_report
from amlctl.cli.plan import show
from amlctl.cli.progress import listener
from amlctl.diagnostics import Finding
from amlctl.errors import Declined

if TYPE_CHECKING:
    from amlctl.app.predict import Planned

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
STYLES = click.Choice(["auto", "tree", "plain", "jsonl", "none"])
UNITS = {"s": 1, "m": 60, "h": 3600}


class Time(click.ParamType[float]):
    """A time such as 90s, 30m or 2h, in seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the time; refuse what is none, and what is over a day."""
        text = str(value)
        number, unit = text[:-1], text[-1:]
        if number.isascii() and number.isdigit() and unit in UNITS and 0 < int(number) * UNITS[unit] <= 86_400:
            return float(int(number) * UNITS[unit])
        return self.fail(f"{text!r} is not a time such as 30m (at most 24h)", param, ctx)


@click.command("deploy")
@options.environments
@options.directory
@click.option("-y", "--yes", is_flag=True, help="Do not ask (tiers dev and test; local deployments never ask).")
@click.option(
    "--allow-shared", multiple=True, metavar="STACK", help="Change this used stack, although prod uses it too."
)
@click.option("--plan", "saved", type=EXISTING, help="Deploy exactly a saved plan.")
@click.option("--no-uses", is_flag=True, help="Refuse if a used stack would change too.")
@click.option("--skip-unavailable", is_flag=True, help="Leave out computes that have no quota or are not offered.")
@click.option("--register", is_flag=True, help="Register resource providers that are not registered yet.")
@options.rehearsal
@click.option("--no-bootstrap", is_flag=True, help="Leave out what follows the deployment.")
@click.option("--resume", is_flag=True, help="Wait for a running deployment first, whoever started it.")
@click.option("--timeout", type=Time(), default="60m", help="How long to wait; the deployment is not stopped.")
@click.option("--progress", "style", type=STYLES, default="auto", help="How progress is shown on stderr.")
def command(
    wanted: tuple[str, ...],
    directory: Path,
    yes: bool,
    allow_shared: tuple[str, ...],
    saved: Path | None,
    no_uses: bool,
    skip_unavailable: bool,
    register: bool,
    rehearsal: bool,
    no_bootstrap: bool,
    resume: bool,
    timeout: float,
    style: str,
) -> None:
    """Plan, deploy through ARM and bootstrap an environment and the stacks it uses."""
    from amlctl.app.deploy import Voice, Wishes, deploy

    text = saved.read_bytes().decode("utf-8", "replace") if saved else None
    project = options.project(directory)
    name = options.one(project, wanted)
    wishes = Wishes(
        yes=yes,
        saved_plan=text,
        uses=not no_uses,
        bootstrap=not no_bootstrap,
        resume=resume,
        timeout=timeout,
        terminal=_terminal(),
        allow_shared=allow_shared,
        rehearsal=rehearsal,
        skip_unavailable=skip_unavailable,
        register=register,
    )
    with listener(style) as progress:

        def announce(planned: Sequence[Planned]) -> None:
            show(planned)
            sys.stdout.flush()
            changes = [change for one in planned if not one.plan.empty for change in one.plan.changes]
            progress.expect({change.id.lower(): change.name for change in changes})

        voice = Voice(
            announce,
            _confirm,
            _confirm_shared,
            console.note,
            progress,
            progress.finished,
            _nothing,
            console.findings,
            show_report,
        )
        done = deploy(project, name, voice, wishes)
    refuse_failed(done.reports)


def _terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _confirm(planned: Sequence[Planned]) -> bool:
    """Ask in a terminal. Raises Declined without one: nobody is there to say yes."""
    if not _terminal():
        message = "cannot ask for confirmation without a terminal; nothing was changed"
        raise Declined(message, Finding("error", "AML405", message, instead="--yes, or --plan FILE"))
    targets = ", ".join(dict.fromkeys(one.plan.target for one in planned if not one.plan.empty))
    return click.confirm(f"Deploy this to {targets}?", default=False, err=True)


def _confirm_shared(one: Planned) -> bool:
    """Ask for the change of a stack that prod uses, apart from the question for the whole."""
    name = one.plan.environment
    return click.confirm(f"The stack {name} is used by prod, too. Change {name}?", default=False, err=True)


def _nothing() -> None:
    console.answer("nothing to deploy: no changes; the deployment is up to date")
