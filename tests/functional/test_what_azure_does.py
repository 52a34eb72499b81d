"""What a real Azure does to a second deployment or in the middle of one, on the endpoint (real-azure.md M4, M6)."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.functional.conftest import lab

from amlctl import localarm
from amlctl.app.project import Project, load
from amlctl.cli.main import run


@pytest.fixture(autouse=True)
def _fresh(project: Path) -> None:
    """Each test begins with an empty subscription."""
    localarm.reset(project)


def call(project: Path, method: str, path: str, version: str) -> int:
    """One request of an owner; its status."""
    endpoint = localarm.start(project)
    sent = urllib.request.Request(
        f"{endpoint.url}{path}{'&' if '?' in path else '?'}api-version={version}",
        None,
        {"Authorization": f"Bearer {endpoint.token}"},
        method=method,
    )
    try:
        with urllib.request.urlopen(sent, context=ssl.create_default_context(cafile=endpoint.ca_file)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_an_environment_that_was_deleted_is_deployed_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its identities are new, and their roles on shared resources have new names beside the old ones (M4)."""
    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0
    environment = load(Project(project), "dev")
    names = {key: name.text for key, name in environment.names.items()}
    sub = f"/subscriptions/{environment.subscription_id}"
    group = f"{sub}/resourceGroups/{names['resource_group']}"
    workspace = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{names['workspace']}"
    vault = f"{sub}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/{names['key_vault']}/purge"
    assert call(project, "DELETE", f"{workspace}?forceToPurge=true", "2025-12-01") == 202
    assert call(project, "DELETE", group, "2024-11-01") == 202
    while call(project, "GET", group, "2024-11-01") == 200:
        time.sleep(0.02)
    assert call(project, "POST", vault, "2023-07-01") < 300
    capsys.readouterr()

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0, capsys.readouterr().err
    before = localarm.writes(project)
    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0
    assert localarm.writes(project) == before


def test_a_replica_that_does_not_know_the_operations_yet_is_no_end(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A 404 of the operations of a deployment that was put a moment ago (M6)."""
    error = {"error": {"code": "DeploymentNotFound", "message": "Deployment could not be found."}}
    for nth in (1, 3):
        rule = {"match": {"method": "GET", "path": "/deployments/amlctl-[^/]*/operations", "nth": nth}}
        lab(project, "/_lab/faults", {**rule, "do": {"status": 404, "body": error}})

    assert run(["deploy", "-e", "dev", "--progress", "plain"]) == 0
    assert "deployed  amlctl-dev-" in capsys.readouterr().out
