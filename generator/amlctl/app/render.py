"""``amlctl render``: what is committed in infra/ and pipelines/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from amlctl.app.build import Built, build_all
from amlctl.app.project import Project, load_all, templates
from amlctl.diagnostics import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from amlctl.render import RenderedSet


DONE = {"is not there yet": "written", "is not rendered any more": "removed", "differs from its inputs": "updated"}


class Written(NamedTuple):
    """One folder that was rendered: what changed in it, by file."""

    folder: str
    changes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def render(project: Project, wanted: Sequence[str]) -> list[Written]:
    """Write infra/<env> for each environment, and the pipelines and the schema where all are meant."""
    from amlctl.render import write

    done = []
    for built in build_all(project, wanted):
        folder = project.infra / built.environment.name
        changes = _changes(built.rendered, built.compiled, folder)
        if changes:
            write(built.rendered, built.compiled, folder)
        done.append(Written(f"infra/{built.environment.name}", changes, built.findings))
    return done + [_write_set(project, name, rendered) for name, rendered in _others(project, wanted)]


def check(project: Project, wanted: Sequence[str]) -> list[Finding]:
    """Compare what is committed with what would be rendered; one finding a file that differs."""
    from amlctl.render import check as compare

    found: list[Finding] = []
    for built in build_all(project, wanted):
        found += stale(project, built)
    for name, rendered in _others(project, wanted):
        found += compare(rendered, {}, project.root / name)
    return found


def stale(project: Project, built: Built) -> list[Finding]:
    """Compare the committed files of one environment with what would be rendered."""
    from amlctl.render import check as compare

    return list(compare(built.rendered, built.compiled, project.infra / built.environment.name))


def _others(project: Project, wanted: Sequence[str]) -> list[tuple[str, RenderedSet]]:
    """What is made from all environments together."""
    if wanted and "all" not in wanted:
        return []
    from amlctl.render import render_pipelines

    return [("pipelines/azure", render_pipelines(load_all(project, ()), templates(project)))]


def _write_set(project: Project, name: str, rendered: RenderedSet) -> Written:
    from amlctl.render import write

    changes = _changes(rendered, {}, project.root / name)
    if changes:
        write(rendered, {}, project.root / name)
    return Written(name, changes)


def _changes(rendered: RenderedSet, compiled: object, folder: Path) -> tuple[str, ...]:
    from amlctl.render import check as compare

    return tuple(_done(finding.message) for finding in compare(rendered, compiled, folder))  # type: ignore[arg-type]


def _done(message: str) -> str:
    """What a comparison says before writing, as it is said afterwards."""
    for before, after in DONE.items():
        message = message.replace(before, after)
    return message
