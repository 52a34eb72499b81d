"""A role that has not spread is waited for: the endpoint refuses the workspace until its identity's roles are old."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.functional.conftest import lab

from amlctl import localarm
from amlctl.cli.main import run


def test_the_first_deployment_waits_for_roles_and_says_so(project: Path) -> None:
    """real-azure.md M5: ARM ends with AuthorizationFailed; the run tries again by itself and succeeds."""
    localarm.reset(project)
    lab(project, "/_lab/settings", {"rolePropagation": 600})
    command = [sys.executable, "-m", "amlctl", "deploy", "-e", "dev", "--progress", "plain"]
    child = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    with child.stderr as lines:
        said = next((line for line in lines if "has not spread" in line), "")
        lab(project, "/_lab/settings", {"rolePropagation": 0})
        said += lines.read()

    assert "AuthorizationFailed: a role has not spread yet; try 2 in" in said
    assert child.wait(60) == 0, said
    before = localarm.writes(project)
    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0
    assert localarm.writes(project) == before
