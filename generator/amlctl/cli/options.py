"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from amlctl.app.project import Project, find, names
from amlctl.errors import UsageWrong

Function = TypeVar("Function", bound=Callable[..., Any])


def environments(function: Function) -> Function:
    """``-e/--env``: repeatable, ``all`` for every one; AMLCTL_ENV where it is left out."""
    return click.option(
        "-e", "--env", "wanted", multiple=True, metavar="ENV", envvar="AMLCTL_ENV", shell_complete=_complete,
        help="An environment; repeatable, `all` for every one.",
    )(function)  # fmt: skip


def directory(function: Function) -> Function:
    """``-C``: work on the project in another folder."""
    return click.option(
        "-C", "directory", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", metavar="DIR",
        help="Work on the project in DIR.",
    )(function)  # fmt: skip


def rehearsal(function: Function) -> Function:
    """``--rehearsal``: a pipeline may use the local endpoint."""
    return click.option(
        "--rehearsal", is_flag=True, help="Let a pipeline use the local endpoint (AMLCTL_REHEARSAL=1)."
    )(function)


def form(*forms: str) -> Callable[[Function], Function]:
    """``--format``: how the answer is written."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], help="Output format.")


def project(directory: Path) -> Project:
    """Find the project and make it the working directory, so that every place is shown relative to it."""
    found = find(directory)
    os.chdir(found.root)
    return Project(Path.cwd())


def one(project: Project, wanted: Sequence[str]) -> str:
    """Name the one environment that is meant. Raises UsageWrong for none or several."""
    if len(wanted) != 1 or wanted[0] == "all":
        raise UsageWrong(f"say which environment: -e ENV (one of {', '.join(names(project, ()))})")
    return names(project, wanted)[0]


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    from amlctl.errors import AmlctlError

    try:
        return [name for name in names(find(Path.cwd()), ()) if name.startswith(incomplete)]
    except AmlctlError:
        return []
