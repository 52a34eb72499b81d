"""``amlctl local``"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from amlctl.app import local
from amlctl.cli import console, options


@click.group("local")
def command() -> None:
    """The local ARM endpoint: start, stop, reset, env."""


@command.command("start")
@options.directory
def start(directory: Path) -> None:
    """Start the endpoint of this project where it does not run, and say where it is."""
    url = local.start(options.project(directory))
    console.answer(f"the local ARM endpoint of this project is {url}")


@command.command("stop")
@options.directory
def stop(directory: Path) -> None:
    """Stop the endpoint; what was deployed to it is kept."""
    console.answer("stopped" if local.stop(options.project(directory)) else "it was not running")


@command.command("reset")
@options.directory
def reset(directory: Path) -> None:
    """Stop the endpoint and forget everything that was deployed to it."""
    local.reset(options.project(directory))
    console.answer("deleted everything that was deployed to the local endpoint")


@command.command("env")
@options.directory
@options.form("text", "json")
@click.option("--az", is_flag=True, help="What the Azure CLI needs, with the lines that sign it in.")
def env(directory: Path, form: str, az: bool) -> None:
    """Print environment variables for other Azure clients, as shell lines: eval "$(amlctl local env)"."""
    project = options.project(directory)
    variables = local.variables(project, az=az)
    if form == "json":
        console.document(json.dumps({name: value for name, value in variables if value}, indent=2) + "\n")
        return
    lines = [f"export {name}={shlex.quote(value)}" if value else f"unset {name}" for name, value in variables]
    console.raw("\n".join([*lines, *(local.az_lines(project) if az else [])]) + "\n")
