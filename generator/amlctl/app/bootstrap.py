"""``amlctl bootstrap``: reconcile what ARM cannot, in every workspace of the environments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from amlctl.app.connect import connect
from amlctl.app.project import Project, load_all

if TYPE_CHECKING:
    from amlctl.bootstrap import Report as Report


def bootstrap(project: Project, wanted: Sequence[str]) -> list[Report]:
    """Reconcile environments; one report a workspace."""
    from amlctl.bootstrap import platforms, reconcile

    reports: list[Report] = []
    for environment in load_all(project, wanted):
        found = platforms(environment)
        if found:
            arm = connect(project, environment)
            reports += [reconcile(environment, platform, arm, project.root / ".azureml") for platform in found]
    return reports
