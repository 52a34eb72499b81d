"""All steps of a workspace, in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from amlctl.bootstrap.assets import environments
from amlctl.bootstrap.attempts import attempt
from amlctl.bootstrap.client_config import write_config
from amlctl.bootstrap.datastores import default_datastores
from amlctl.bootstrap.instances import instances
from amlctl.bootstrap.values import API, Platform, Report, Step

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.environment import Environment


def platforms(environment: Environment) -> tuple[Platform, ...]:
    """List the workspaces of an environment: none for a shared stack, one a person for a class."""
    if environment.settings.workspace is None:
        return ()
    people = environment.person_names or {"": environment.names}
    return tuple(_platform(environment, person) for person in people)


def reconcile(environment: Environment, platform: Platform, arm: Arm, folder: Path) -> Report:
    """Reconcile one workspace; a step that Azure refuses is a failed step, and the others run.

    ``folder`` is where ``config.json`` is written.
    """
    workspace = attempt("workspace", lambda: arm.read(platform.id, API))
    if isinstance(workspace, Step):
        return Report(platform, (workspace,))
    if workspace is None:
        return Report(platform, (Step("workspace", "failed", f"{platform.workspace} is not deployed"),))
    properties = workspace.get("properties") or {}
    steps: list[Step] = [Step("workspace", "verified", platform.workspace)]
    stores = attempt("datastores", lambda: list(default_datastores(platform, properties, arm)))
    steps += [stores] if isinstance(stores, Step) else stores
    steps += environments(environment, platform, arm)
    steps += instances(environment, platform, arm)
    steps += write_config(platform, folder)
    return Report(platform, tuple(steps), str(properties.get("mlFlowTrackingUri") or ""))


def _platform(environment: Environment, person: str) -> Platform:
    names = environment.person_names[person] if person else environment.names
    used = environment.used.get("storage")
    storage = environment.stacks[used.stack].names["storage"] if used else names["storage"]
    group, workspace = names["resource_group"].text, names["workspace"].text
    return Platform(environment.name, person, environment.subscription_id, group, workspace, storage.text)
