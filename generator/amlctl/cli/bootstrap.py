"""``amlctl bootstrap``"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amlctl.cli import console, options
from amlctl.errors import AmlctlError, UsageWrong

if TYPE_CHECKING:
    from amlctl.app.bootstrap import Report

MARKS = {"verified": "✓", "unchanged": "=", "created": "+", "updated": "~", "read": "·", "skipped": "-", "failed": "✗"}


@click.command("bootstrap")
@options.environments
@options.directory
@options.rehearsal
def command(wanted: tuple[str, ...], directory: Path, rehearsal: bool) -> None:
    """Reconcile what ARM cannot: default datastores, assets, config.json."""
    from amlctl.app.bootstrap import bootstrap

    project = options.project(directory)
    if not wanted:
        message = "say which environment: -e ENV"
        raise UsageWrong(message)
    reports = []
    for report in bootstrap(project, wanted, rehearsal=rehearsal):
        show_report(report)
        reports.append(report)
    refuse_failed(reports)


def refuse_failed(reports: Sequence[Report]) -> None:
    """Raise AmlctlError (exit 1) that names the steps that failed, if any did."""
    failed = [step.name for report in reports for step in report.steps if step.outcome == "failed"]
    if failed:
        raise AmlctlError(f"bootstrap: {len(failed)} of the steps failed: {', '.join(dict.fromkeys(failed))}")


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
