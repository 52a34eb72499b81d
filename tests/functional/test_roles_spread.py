"""A role that has not spread is waited for: the endpoint refuses the workspace until its identity's roles are old."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.functional.conftest import lab

from amlctl import localarm
from amlctl.cli.main import run


def test_the_first_deployment_waits_for_roles_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """real-azure.md M5: ARM ends with AuthorizationFailed; the run tries again by itself and succeeds."""
    localarm.reset(project)
    lab(project, "/_lab/settings", {"rolePropagation": 3.0})

    assert run(["deploy", "-e", "dev", "--progress", "plain"]) == 0

    shown = capsys.readouterr()
    assert "AuthorizationFailed: a role has not spread yet; try 2 in" in shown.err
    assert "deployed  amlctl-dev-" in shown.out

    before = localarm.writes(project)
    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0
    assert localarm.writes(project) == before
