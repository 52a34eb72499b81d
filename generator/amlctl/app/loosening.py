"""What the files would quietly take away: environments that are gone, and shared resources that get laxer.

A shared resource is as strict as its strictest user, so an environment that leaves loosens it. Both are seen against
the committed ``infra/``, which is what was reviewed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from amlctl.app.leftovers import left_over, orphans
from amlctl.app.predict import evaluated, request_of
from amlctl.app.project import Project
from amlctl.diagnostics import Finding, Place
from amlctl.plan import loosening

if TYPE_CHECKING:
    from amlctl.app.build import Built


def loosened(project: Project, built: Sequence[Built]) -> list[Finding]:
    """Say what is gone and what gets laxer, as warnings; nothing without a committed ``infra/``."""
    gone = [left_over(folder.name)._replace(level="warning") for folder in orphans(project, ())]
    return gone + [finding for one in built for finding in _stack(project, one)]


def _stack(project: Project, built: Built) -> Iterator[Finding]:
    environment = built.environment
    if environment.settings.workspace is not None:
        return
    path = project.infra / environment.name / "main.json"
    try:
        template = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    request = request_of(built, ())
    before = evaluated(request._replace(template=template), environment, None, None)
    for found in loosening(before, evaluated(request, environment, None, None)):
        message = f"{found.name}: {found.path} gets laxer, {_shown(found.before)} → {_shown(found.after)}"
        reason = "a shared resource is as strict as its strictest user; has one left, or another tier?"
        yield Finding("warning", "AML163", message, Place(environment.file), reason, "say it in the pull request")


def _shown(value: object) -> str:
    return "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
