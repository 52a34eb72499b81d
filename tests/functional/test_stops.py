"""Deployments that are stopped, killed, late or refused: what is said, the exit code, and the run after it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.functional.conftest import lab

from amlctl import localarm
from amlctl.app.connect import connect
from amlctl.app.project import Project, load
from amlctl.cli.main import run
from amlctl.environment.roles import ROLES

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]


@pytest.fixture(autouse=True)
def _fresh(project: Path) -> None:
    """Each test begins with an empty subscription."""
    localarm.reset(project)


def stopped(project: Path, number: signal.Signals) -> tuple[int, str]:
    """Start a deployment and stop it while its first resource is on its way; the exit code and what was said."""
    command = [sys.executable, "-m", "amlctl", "deploy", "-e", "dev", "--progress", "plain"]
    child = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    with child.stderr as lines:
        said = next(line for line in lines if "running" in line)
        child.send_signal(number)
        said += lines.read()
    return child.wait(60), said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_how_to_go_on(number: signal.Signals, code: int, project: Path) -> None:
    """Azure goes on; the deployment's name and the command that waits for it; nothing is in the next run's way."""
    left, said = stopped(project, number)

    assert left == code
    assert "is still running" in said
    assert "amlctl deploy -e dev --resume" in said
    assert "Traceback" not in said
    assert run(["deploy", "-e", "dev", "--resume", "--progress", "none", "--no-bootstrap"]) == 0
    assert run(["plan", "-e", "dev", "--detailed-exitcode"]) == 0


def test_a_killed_run_is_finished_by_the_next(project: Path) -> None:
    """Its marker is still there; the next run finds the deployment by its name, and goes on at once."""
    assert stopped(project, signal.SIGKILL)[0] == -signal.SIGKILL

    assert run(["deploy", "-e", "dev", "--resume", "--progress", "none", "--no-bootstrap"]) == 0
    assert run(["plan", "-e", "dev", "--detailed-exitcode"]) == 0


def test_a_run_that_is_late_leaves_with_9(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is cancelled; the message says how to wait."""
    running = {"status": 200, "body": {"name": "x", "properties": {"provisioningState": "Running"}}}
    path = r"/deployments/amlctl-shared-[0-9a-f]{10}-[^/]+$"
    lab(project, "/_lab/faults", {"match": {"method": "GET", "path": path}, "do": running, "times": 10_000})

    assert run(["deploy", "-e", "dev", "--timeout", "1s", "--progress", "none"]) == 9

    said = capsys.readouterr().err
    assert "is still running" in said
    assert "amlctl deploy -e dev --resume" in said


def test_what_arm_refuses_is_led_back_to_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is written: the YAML line, the Bicep line, the resource, the code; exit 7."""
    found = Project(project)
    names = load(found, "dev").names
    group = f"/subscriptions/{load(found, 'dev').subscription_id}/resourceGroups/{names['resource_group'].text}"
    workspace = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{names['workspace'].text}"
    cause = {"code": "ClusterCoreQuotaReached", "message": "no cores", "target": f"{workspace}/computes/cpu-cluster"}
    error = {"code": "InvalidTemplateDeployment", "message": "See inner errors.", "details": [cause]}
    refused = {"status": 400, "body": {"error": error}}
    path = r"/deployments/amlctl-dev-[0-9a-f]{10}-[^/]+/validate$"
    lab(project, "/_lab/faults", {"match": {"method": "POST", "path": path}, "do": refused, "times": 10})

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 7

    said = capsys.readouterr().err
    assert "error ClusterCoreQuotaReached  mlw-mlplat-dev/cpu-cluster: " in said
    assert "environments/dev.yaml:" in said
    assert "declared in infra/dev/modules/cluster.bicep:" in said
    assert "nothing of it was written" in said


def test_a_resource_that_fails_shows_what_is_done_and_what_is_not(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of many fails: its cause and its line, the rest by name, and the next run goes on with what is missing."""
    assert run(["deploy", "-e", "shared", "--progress", "none"]) == 0
    found = Project(project)
    arm, other = connect(found, load(found, "dev")), "11111111-2222-4333-8444-555555555555"
    assert run(["plan", "-e", "dev", "--format", "json"]) == 0
    out = capsys.readouterr().out
    plans = json.loads(out[out.index("{\n") :])["plans"]
    group = "3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90"  # the team's, in environments/dev.yaml
    wanted = next(
        c["id"] for c in plans[-1]["changes"] if c["name"].endswith(f": Storage Blob Data Reader for group {group}")
    )
    role = ROLES["Storage Blob Data Reader"]
    definition = (
        f"/subscriptions/{arm.connection.subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    )
    body = {"properties": {"principalId": group, "principalType": "Group", "roleDefinitionId": definition}}
    theirs = f"{wanted.rpartition('/')[0]}/{other}"
    arm.put(theirs, "2022-04-01", body)

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 7

    said = capsys.readouterr().err
    assert "error RoleAssignmentExists" in said
    assert "modules/container_roles.bicep:" in said
    for word in ("done ", "failed ", "not begun ", "next: "):
        assert f"  {word}" in said
