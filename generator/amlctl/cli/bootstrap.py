"""``amlctl bootstrap``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from amlctl.cli import console, options
from amlctl.errors import AmlctlError, UsageWrong

if TYPE_CHECKING:
    from amlctl.app.bootstrap import Report

MARKS = {"verified": "✓", "unchanged": "=", "created": "+", "updated": "~", "read": "·", "failed": "✗"}


@click.command("bootstrap")
@options.environments
@options.directory
def command(wanted: tuple[str, ...], directory: Path) -> None:
    """Reconcile what ARM cannot: default datastores, assets, config.json."""
    from amlctl.app.bootstrap import bootstrap

    project = options.project(directory)
    if not wanted:
        message = "say which environment: -e ENV"
        raise UsageWrong(message)
    failed = False
    for report in bootstrap(project, wanted):
        show_report(report)
        failed = failed or report.failed
    if failed:
        message = "bootstrap: a step failed"
        raise AmlctlError(message)


def show_report(report: Report) -> None:
    """Print what bootstrap looked at in a workspace, a line a step, and where MLflow clients connect."""
    platform = report.platform
    person = f" {platform.person}" if platform.person else ""
    console.answer(f"{platform.environment}{person} · {platform.workspace}")
    width = max(len(step.name) for step in report.steps)
    for step in report.steps:
        console.answer(f"  {MARKS[step.outcome]} {step.name:<{width}}  {step.outcome:<9}  {step.detail}".rstrip())
    if report.tracking_uri:
        console.answer(f"  MLflow  {report.tracking_uri}")
    if report.wrote:
        console.answer(f"  {report.wrote} written")
    elif not report.failed:
        console.answer("  nothing to change")
