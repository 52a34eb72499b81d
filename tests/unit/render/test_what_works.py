"""The table of environments/README.md, "What works for a member of the team", held against evaluated resources."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from amlctl.app.build import build
from amlctl.app.predict import predict_offline
from amlctl.arm.values import Resource
from amlctl.environment import load
from amlctl.render import read_templates
from amlctl.types.roles import BUILT_IN

PROJECT = Path(__file__).parents[3]
TEMPLATES = read_templates(PROJECT / "templates")
README = (PROJECT / "environments" / "README.md").read_text(encoding="utf-8")
TEAMS = {
    "dev": ("3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90",),
    "test": ("b52d7a10-6c3f-4e98-b1d4-7f8e2a0c9d36",),
    "prod": ("b52d7a10-6c3f-4e98-b1d4-7f8e2a0c9d36",),
}
TYPES = {
    "workspace": "Microsoft.MachineLearningServices/workspaces",
    "storage": "Microsoft.Storage/storageAccounts",
}
CLAIM = re.compile(r"`(workspace|storage)\.([A-Za-z.]+) = (\w+)`")
ROLE = re.compile(r"role `([^`]+)` on the (workspace|storage|container|registry)")
SCOPES = {
    "workspace": "/microsoft.machinelearningservices/workspaces/",
    "storage": "/microsoft.storage/storageaccounts/stmlplat",
    "container": "/containers/training-data",
    "registry": "/microsoft.containerregistry/registries/",
}


def table() -> list[list[str]]:
    """The rows of the table: what is done, dev, test and prod."""
    text = README.split("## What works for a member of the team")[1]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if len(row) == 3][:5]


@pytest.fixture(scope="module")
def resources() -> dict[str, tuple[Resource, ...]]:
    """What each environment evaluates to."""
    return {name: predict_offline(build(load(PROJECT, name), TEMPLATES)).resources for name in TEAMS}


def cells() -> list[tuple[str, str, str]]:
    """Every cell: environment, what is done, what the cell says."""
    return [(name, row[0], row[1 if name == "dev" else 2]) for name in TEAMS for row in table()]


@pytest.mark.parametrize(("name", "done", "cell"), cells())
def test_every_cell_says_what_is_rendered(
    name: str, done: str, cell: str, resources: dict[str, tuple[Resource, ...]]
) -> None:
    claims, roles = CLAIM.findall(cell), ROLE.findall(cell)
    assert claims or roles, done
    for kind, path, value in claims:
        assert shown(find(resources[name], kind), path) == value, (done, path)
    for role, scope in roles:
        assert holds(resources[name], role, scope, TEAMS[name] if role != "AcrPull" else None), (done, role)
    if "`data-blob`" in cell:
        network = find(resources[name], "workspace").body["properties"]["managedNetwork"]
        assert network["outboundRules"]["data-blob"]["type"] == "PrivateEndpoint"


def test_each_member_of_dev_has_an_instance_and_the_roles_that_it_needs(
    resources: dict[str, tuple[Resource, ...]],
) -> None:
    """The owner's roles on the storage are there before the instance is (design.md section 4)."""
    computes = [one for one in resources["dev"] if one.type.endswith("/computes")]
    owners = [
        settings["assignedUser"]["objectId"]
        for one in computes
        if (settings := one.body["properties"]["properties"].get("personalComputeInstanceSettings"))
    ]
    assert len(owners) == len(set(owners)) >= 2
    for owner in owners:
        assert holds(resources["dev"], "Storage Blob Data Contributor", "storage", (owner,))
        assert holds(resources["dev"], "Storage File Data Privileged Contributor", "storage", (owner,))
    assert not any(one.body["properties"]["properties"].get("enableSSO") for one in computes)


def test_there_are_five_rows() -> None:
    """Open the studio, a notebook, upload, a job, data."""
    assert len(table()) == 5


def find(resources: tuple[Resource, ...], kind: str) -> Resource:
    """The workspace, or its own storage account."""
    return next(one for one in resources if one.type == TYPES[kind])


def shown(resource: Resource, path: str) -> str:
    """A property as the table writes it."""
    value: Any = resource.body["properties"]
    for step in path.split("."):
        value = value[step]
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds(resources: tuple[Resource, ...], role: str, scope: str, people: tuple[str, ...] | None) -> bool:
    """Whether somebody of some people (None: anybody) has a role at a scope."""
    for one in resources:
        if one.type == "Microsoft.Authorization/roleAssignments":
            properties = one.body["properties"]
            guid = str(properties["roleDefinitionId"]).rpartition("/")[2]
            at = (one.id if isinstance(one.id, str) else one.scope).lower() + "/"
            right = people is None or properties["principalId"] in people
            if BUILT_IN[guid] == role and SCOPES[scope] in at and right:
                return True
    return False
