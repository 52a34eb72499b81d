"""``amlctl render``: what is committed in infra/ and pipelines/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from amlctl.app.build import Built, build_all
from amlctl.app.leftovers import GONE, left_over, orphans
from amlctl.app.loosening import loosened
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
    from amlctl.render import sweep, write

    sweep(project.infra)
    done, all_built = [], build_all(project, wanted)
    warnings = [finding for finding in loosened(project, all_built) if finding.code != GONE]
    for built in all_built:
        folder = project.infra / built.environment.name
        changes = _changes(built.rendered, built.compiled, folder)
        if changes:
            write(built.rendered, built.compiled, folder)
        done.append(Written(f"infra/{built.environment.name}", changes, built.findings))
    done += [_write_set(project, name, rendered) for name, rendered in _others(project, wanted)]
    done += [_remove(folder) for folder in orphans(project, wanted)]
    return [*done, Written("infra", (), tuple(warnings))] if warnings else done


def check(project: Project, wanted: Sequence[str]) -> list[Finding]:
    """Compare what is committed with what would be rendered; one finding a file that differs."""
    from amlctl.render import check as compare

    found: list[Finding] = []
    for built in build_all(project, wanted):
        found += stale(project, built)
    for name, rendered in _others(project, wanted):
        found += compare(rendered, {}, project.root / name)
    return found + [left_over(folder.name) for folder in orphans(project, wanted)]


def stale(project: Project, built: Built) -> list[Finding]:
    """Compare the committed files of one environment with what would be rendered."""
    from amlctl.render import check as compare

    return list(compare(built.rendered, built.compiled, project.infra / built.environment.name))


def _remove(folder: Path) -> Written:
    """Remove a rendered folder whose environment is gone. What was deployed from it stays: only ARM can tell."""
    from amlctl.render import remove

    remove(folder)
    return Written(f"infra/{folder.name}", ("removed: its environment is gone; deployed resources are kept",))


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
