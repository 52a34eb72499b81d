"""``amlctl doctor``"""

from __future__ import annotations

import json
from pathlib import Path

import click

from amlctl.cli import console, options
from amlctl.errors import AmlctlError

MARKS = {"ok": "✓", "warning": "▲", "error": "✗"}


@click.command("doctor")
@options.directory
@options.form("text", "json")
@click.option("--offline", is_flag=True, help="Do not try to sign in.")
def command(directory: Path, form: str, offline: bool) -> None:
    """Check tools, files, sign-in and the local endpoint, with a fix for each problem."""
    from amlctl.app.doctor import examine

    lines = examine(directory, offline=offline)
    if form == "json":
        console.document(json.dumps([line._asdict() for line in lines], indent=2) + "\n")
    else:
        width = max(len(line.what) for line in lines)
        for line in lines:
            fix = f"  →  {line.fix}" if line.fix else ""
            console.answer(f"  {MARKS[line.level]} {line.what:<{width}} {line.found}{fix}")
    if any(line.level == "error" for line in lines):
        message = "fix the errors above first"
        raise AmlctlError(message)
