"""What is known to break a deployment is found before the first write, on the endpoint and with the real SDKs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.functional.conftest import copy_project, lab

from amlctl import localarm
from amlctl.app.project import Project, load
from amlctl.cli.main import run

CORES = {"location": "westeurope", "limit": 0}


@pytest.fixture(autouse=True)
def _fresh(project: Path) -> None:
    """Each test begins with an empty subscription."""
    localarm.reset(project)


def gpu_family(project: Path) -> None:
    """A subscription whose GPU family holds no node, as every new one."""
    lab(project, "/_lab/quota", {**CORES, "name": "Standard NCASv3_T4 Family"})


def test_a_family_without_quota_stops_the_run_before_the_first_write(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 5 with the family, the limit, the compute, its line and the page; ARM would fail half-way."""
    gpu_family(project)
    before = localarm.writes(project)

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 5

    said = capsys.readouterr().err
    assert "error AML510  `gpu-cluster`" in said
    assert "environments/dev.yaml:" in said
    assert "limit 0" in said
    assert "https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas" in said
    assert localarm.writes(project) == before


def test_permissions_are_looked_at_in_the_same_breath(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Contributor cannot write role assignments and locks: exit 6, with the action and the roles that have it."""
    scope = f"/subscriptions/{load(Project(project), 'dev').subscription_id}"
    lab(project, "/_lab/roles", {"roles": [{"scope": scope, "role": "Contributor"}]})
    before = localarm.writes(project)

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 6

    said = capsys.readouterr().err
    assert "Microsoft.Authorization/roleAssignments/write" in said
    assert "User Access Administrator" in said
    assert localarm.writes(project) == before


def test_a_compute_without_quota_is_left_out_if_that_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything else is deployed, a line says what is not, and the next run without the option stops again."""
    gpu_family(project)

    assert run(["deploy", "-e", "dev", "--progress", "none", "--skip-unavailable"]) == 0

    shown = capsys.readouterr()
    assert "warning AML518  `gpu-cluster` is left out of dev" in shown.err
    assert "gpu-cluster" not in shown.out
    assert run(["deploy", "-e", "dev", "--progress", "none", "--skip-unavailable"]) == 0
    assert "nothing to deploy" in capsys.readouterr().out
    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 5


def test_the_network_provider_is_asked_for_and_registered(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The managed network needs Microsoft.Network, which no resource of ours brings (real-azure.md M14)."""
    subscription = load(Project(project), "dev").subscription_id
    path = f"/subscriptions/{subscription}/providers/Microsoft.Network/unregister?api-version=2021-04-01"
    lab(project, path, {})

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 5
    assert "Microsoft.Network is not registered" in capsys.readouterr().err
    assert run(["deploy", "-e", "dev", "--progress", "none", "--register"]) == 0


def test_an_instance_is_not_taken_from_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A PUT with another owner overwrites the instance, disk and all (real-azure.md M2)."""
    root = copy_project(tmp_path / "p")
    monkeypatch.chdir(root)
    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0
    file = root / "environments" / "dev.yaml"
    ada, other = "5a1e7c90-3b2d-4f68-9e04-c8d7b6a5f431", "99999999-3b2d-4f68-9e04-c8d7b6a5f431"
    file.write_text(file.read_text(encoding="utf-8").replace(ada, other), encoding="utf-8")
    assert run(["render", "-q"]) == 0
    before = localarm.writes(root)
    capsys.readouterr()

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 5

    said = capsys.readouterr().err
    assert "error AML519" in said
    assert f"write `owner: {ada}`" in said
    assert "environments/dev.yaml:" in said
    assert localarm.writes(root) == before
    assert run(["deploy", "-e", "dev", "--progress", "none", "--skip-unavailable"]) == 0
    assert "AML518" in capsys.readouterr().err
    localarm.stop(root)
