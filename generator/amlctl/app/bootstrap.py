"""``amlctl bootstrap``: reconcile what ARM cannot, in every workspace of the environments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from amlctl.app.connect import connect
from amlctl.app.project import Project, load_all
from amlctl.app.rehearsal import require_azure

if TYPE_CHECKING:
    from amlctl.bootstrap import Report as Report


def bootstrap(project: Project, wanted: Sequence[str], *, rehearsal: bool = False) -> Iterator[Report]:
    """Reconcile environments; one report per workspace, as soon as it is done.

    Raises GuardForbids for a local environment in a pipeline if no ``rehearsal`` is meant.
    """
    from amlctl.bootstrap import platforms, reconcile

    environments = load_all(project, wanted)
    require_azure(environments, rehearsal=rehearsal)
    for environment in environments:
        found = platforms(environment)
        arm = connect(project, environment) if found else None
        for platform in found:
            assert arm is not None
            yield reconcile(environment, platform, arm, project.root / ".azureml")
