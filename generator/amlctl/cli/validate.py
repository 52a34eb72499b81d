"""``amlctl validate``"""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

import click

from amlctl.cli import console, options
from amlctl.errors import ConfigurationInvalid


@click.command("validate")
@options.environments
@options.directory
@options.form("text", "json")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def command(wanted: tuple[str, ...], directory: Path, form: str, strict: bool) -> None:
    """Check environments: layers, schema, names, Bicep types; without a login."""
    from amlctl.app.validate import validate

    start = perf_counter()
    rows = validate(options.project(directory), wanted)
    if form == "json":
        console.document(json.dumps([row.document() for row in rows], indent=2) + "\n")
    else:
        for row in rows:
            counts = f"{row.values} values · {row.resources} resources" if row.values else ""
            console.answer(f"  {row.environment:<10} {row.verdict:<8} {counts}".rstrip())
            console.findings(row.findings)
        count = sum(1 for row in rows if row.values)
        plural = "" if count == 1 else "s"
        console.answer(f"{count} environment{plural} in {perf_counter() - start:.1f} s, offline")
    warned = [finding for row in rows for finding in row.findings if finding.level == "warning"]
    if strict and warned:
        raise ConfigurationInvalid(f"{len(warned)} warnings, and --strict is set")
