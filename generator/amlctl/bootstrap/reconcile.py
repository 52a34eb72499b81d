"""All steps of a workspace, in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from amlctl.bootstrap.assets import environments
from amlctl.bootstrap.client_config import write_config
from amlctl.bootstrap.datastores import default_datastores
from amlctl.bootstrap.quota import quota
from amlctl.bootstrap.schedules import schedules
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
    """Reconcile one workspace.

    ``folder`` is where ``config.json`` is written. Raises AzureRefused where ARM refuses.
    """
    workspace = arm.read(platform.id, API)
    if workspace is None:
        return Report(platform, (Step("workspace", "failed", f"{platform.workspace} is not deployed"),))
    properties = workspace["properties"]
    uri = str(properties.get("mlFlowTrackingUri") or "")
    steps: list[Step] = [Step("workspace", "verified", platform.workspace)]
    steps += default_datastores(platform, str(properties.get("workspaceId") or ""), arm)
    steps += environments(environment, platform, arm)
    steps += schedules(environment, platform, arm)
    steps += quota(environment, str(workspace["location"]), arm)
    steps += write_config(platform, folder)
    return Report(platform, tuple(steps), uri)


def _platform(environment: Environment, person: str) -> Platform:
    names = environment.person_names[person] if person else environment.names
    used = environment.used.get("storage")
    storage = environment.stacks[used.stack].names["storage"] if used else names["storage"]
    group, workspace = names["resource_group"].text, names["workspace"].text
    return Platform(environment.name, person, environment.subscription_id, group, workspace, storage.text)
