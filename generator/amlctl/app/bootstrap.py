"""``amlctl bootstrap``: reconcile what ARM cannot, in every workspace of the environments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from amlctl.app.connect import connect
from amlctl.app.project import Project, load_all

if TYPE_CHECKING:
    from amlctl.bootstrap import Report as Report


def bootstrap(project: Project, wanted: Sequence[str]) -> Iterator[Report]:
    """Reconcile environments; one report a workspace, as soon as it is done."""
    from amlctl.bootstrap import platforms, reconcile

    for environment in load_all(project, wanted):
        found = platforms(environment)
        arm = connect(project, environment) if found else None
        for platform in found:
            assert arm is not None
            yield reconcile(environment, platform, arm, project.root / ".azureml")
