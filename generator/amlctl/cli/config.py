"""``amlctl config``"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amlctl.app import config
from amlctl.app.project import names as known
from amlctl.cli import console, options

if TYPE_CHECKING:
    from amlctl.diagnostics import Place


@click.group("config")
def command() -> None:
    """Show the merged settings, where a value comes from, and every name."""


@command.command("show")
@options.environments
@options.directory
@options.form("text", "json")
@click.option("--origin", is_flag=True, help="Name the file, line and column of every value.")
def show(wanted: tuple[str, ...], directory: Path, form: str, origin: bool) -> None:
    """Show an environment as it is after all layers are merged."""
    project = options.project(directory)
    lines = config.show(project, options.one(project, wanted))
    if form == "json":
        _json({"key": line.key, "value": line.value, "place": _place(line.place)} for line in lines)
        return
    width = max(len(line.key) for line in lines)
    for line in lines:
        where = f"  {_place(line.place) or 'built-in default'}" if origin else ""
        console.answer(f"{line.key:<{width}}  {_value(line.value)}{where}")


@command.command("explain")
@options.environments
@options.directory
@click.argument("key")
def explain(wanted: tuple[str, ...], directory: Path, key: str) -> None:
    """Say where the value at KEY comes from and what it won over, for example workspace.public_access."""
    project = options.project(directory)
    for line in config.explain(project, options.one(project, wanted), key):
        console.answer(f"{line.key} = {_value(line.value)}")
        console.answer(f"  from {_place(line.place) or 'the built-in default'}")
        for value, place in line.overrode:
            console.answer(f"  over {value}  from {_place(place)}")


@command.command("diff")
@options.directory
@options.form("text", "json")
@click.argument("left")
@click.argument("right")
def diff(directory: Path, form: str, left: str, right: str) -> None:
    """Show how environment LEFT differs from RIGHT, key by key."""
    project = options.project(directory)
    for name in (left, right):
        options.one(project, [name])
    found = config.difference(project, left, right)
    if form == "json":
        _json({"key": line.key, left: line.left, right: line.right} for line in found)
        return
    width = max((len(line.key) for line in found), default=0)
    for line in found:
        console.answer(f"{line.key:<{width}}  {_value(line.left)} → {_value(line.right)}")


@command.command("names")
@options.environments
@options.directory
@options.form("text", "json")
def names(wanted: tuple[str, ...], directory: Path, form: str) -> None:
    """List every derived name with its length, its limit and its rule."""
    project = options.project(directory)
    chosen = known(project, wanted)
    rows = [(name, line) for name in chosen for line in config.names(project, name)]
    if form == "json":
        _json({"environment": name} | line._asdict() | {"place": _place(line.place)} for name, line in rows)
        return
    for name, line in rows:
        limit = f"{line.length:>2} of {line.least}–{line.most}"
        console.answer(
            f"{name:<9} {line.kind:<16} {line.name:<28} {limit:<11} {line.words} (unique in the {line.unique})"
        )


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of environment files (committed as schemas/environment.json)."""
    console.raw(config.schema())


def _value(value: object) -> str:
    if value is None:
        return "(not set)"
    return (
        ", ".join(map(_value, value))
        if isinstance(value, tuple | list)
        else json.dumps(value, ensure_ascii=False, default=str)
    )


def _place(place: Place | None) -> str:
    """Name a place; a default that is built in has no line."""
    if place is None:
        return ""
    return place.file if place.file.startswith("built-in") else str(place)


def _json(rows: Iterable[dict[str, Any]]) -> None:
    console.document(json.dumps(list(rows), indent=2, ensure_ascii=False, default=str) + "\n")
