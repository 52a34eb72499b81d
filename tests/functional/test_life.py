"""The whole life of the shipped environments on the local ARM endpoint, through the command line and the real SDKs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from amlctl import localarm
from amlctl.app.connect import connect
from amlctl.app.project import Project, load
from amlctl.azure import Arm
from amlctl.bootstrap.values import API
from amlctl.cli.main import run

HOSTILE = {
    "bicep": "x'\nresource evil 'Microsoft.Storage/storageAccounts@2025-08-01' = { name: 'evil' } //",
    "hole": "${deployer().objectId}",
    "expression": "[parameters('x')]",
    "escaped": "[[x]",
    "format": "{0} {{ }}",
    "quotes": "'''it''s'''",
    "jinja": "{{ 7*7 }}{% include 'x' %}",
    "backslash": "ends with \\",
    "agent": "##vso[task.setvariable variable=x]y",
    "shell": "$(id) `id` ; id",
    "unicode": "ünïcödé 🜁",
}


def arm(project: Path, name: str) -> Arm:
    """The endpoint as the real SDKs see it."""
    found = Project(project)
    return connect(found, load(found, name))


def workspace_id(project: Path, name: str) -> str:
    """The resource id of an environment's workspace."""
    environment = load(Project(project), name)
    group = f"/subscriptions/{environment.subscription_id}/resourceGroups/{environment.names['resource_group'].text}"
    return f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{environment.names['workspace'].text}"


def requests(project: Path) -> int:
    """How many writes the endpoint has seen."""
    return localarm.writes(project)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_main_job(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``deploy -e dev`` on a fresh machine deploys shared first.

    Then dev, then bootstraps; the checkout stays as it was.
    """
    before = tree(project)

    assert run(["render", "-e", "dev"]) == 0
    assert run(["deploy", "-e", "dev", "--progress", "plain"]) == 0

    out = capsys.readouterr().out
    assert out.index("deployed  amlctl-shared-") < out.index("deployed  amlctl-dev-")
    assert "workspaceblobstore" in out
    assert {k: v for k, v in tree(project).items() if not k.startswith(".azureml/")} == before


def test_a_second_deploy_changes_nothing_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not one write reaches ARM, and bootstrap has nothing to do."""
    before = requests(project)

    assert run(["deploy", "-e", "dev"]) == 0

    out = capsys.readouterr().out
    assert "nothing to deploy" in out
    assert "nothing to change" in out
    assert requests(project) == before


def test_the_platform_reads_back(project: Path) -> None:
    """Workspace, clusters and the instance are what the YAML says."""
    client, workspace = arm(project, "dev"), workspace_id(project, "dev")

    document = client.read(workspace, API)
    computes = {c["name"]: c["properties"] for c in client.children(workspace, "computes", API)}

    assert document is not None
    assert document["properties"]["provisioningState"] == "Succeeded"
    assert "/workspaces/" in document["properties"]["mlFlowTrackingUri"]
    scale = computes["cpu-cluster"]["properties"]["scaleSettings"]
    assert (scale["minNodeCount"], scale["maxNodeCount"]) == (0, 5)
    low = next(c["properties"] for c in computes.values() if c["properties"].get("vmPriority") == "LowPriority")
    assert (
        low["scaleSettings"]["nodeIdleTimeBeforeScaleDown"] == "PT120S"
        or low["scaleSettings"]["nodeIdleTimeBeforeScaleDown"] == "PT2M"
    )
    instance = next(c for c in computes.values() if c["computeType"] == "ComputeInstance")
    assigned = instance["properties"]["personalComputeInstanceSettings"]["assignedUser"]
    assert assigned["objectId"] in {"5a1e7c90-3b2d-4f68-9e04-c8d7b6a5f431", "8d3f2b61-7c4e-4a95-b0d2-1e6f9a8c7b52"}
    ada = next(c["properties"] for name, c in computes.items() if name.startswith("ci-ada-"))
    assert {s["action"] for s in ada["schedules"]["computeStartStop"]} == {"Start", "Stop"}


def test_config_json_names_the_workspace(project: Path) -> None:
    """What ``MLClient.from_config`` reads."""
    config = json.loads((project / ".azureml" / "dev" / "config.json").read_text(encoding="utf-8"))

    assert set(config) == {"subscription_id", "resource_group", "workspace_name"}
    assert config["workspace_name"] == load(Project(project), "dev").names["workspace"].text


@pytest.mark.parametrize("name", ["test", "prod", "workshop"])
def test_the_other_environments_deploy_and_come_to_rest(
    project: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """test and prod share what shared holds: it is not deployed again, and nothing differs afterwards."""
    assert run(["deploy", "-e", name, "--progress", "none"]) == 0
    assert "amlctl-shared-" not in capsys.readouterr().out

    assert run(["plan", "-e", name, "--detailed-exitcode"]) == 0


def test_drift_is_seen_and_repaired(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody edits a cluster; the plan says so, names the YAML line, and a deploy brings it back."""
    client = arm(project, "dev")
    cluster = f"{workspace_id(project, 'dev')}/computes/cpu-cluster"
    body = client.read(cluster, API)
    assert body is not None
    body["properties"]["properties"]["scaleSettings"]["maxNodeCount"] = 9
    client.put(cluster, API, {key: body[key] for key in ("location", "identity", "tags", "properties") if key in body})

    assert run(["plan", "-e", "dev", "--detailed-exitcode"]) == 2
    out = capsys.readouterr().out
    assert re.search(r"maxNodeCount\s+9 → 5 +\(changed outside\)\s+environments/dev\.yaml:\d+", out)

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0
    assert run(["plan", "-e", "dev", "--detailed-exitcode"]) == 0


def test_every_offline_plan_line_names_a_line_of_the_yaml(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is read, so everything is put; each resource has its cause."""
    assert run(["plan", "-e", "dev", "--offline", "--format", "json"]) == 0

    document = json.loads(capsys.readouterr().out)
    changes = [change for plan in document["plans"] for change in plan["changes"]]
    assert changes
    assert all(change["action"] == "put" for change in changes)
    assert [c["id"] for c in changes if not c.get("cause", "").startswith("environments/")] == []


def test_hostile_values_arrive_as_typed(project: Path) -> None:
    """No value becomes code in Bicep.

    ARM, Jinja or a shell: it reads back from the deployed resource as it was written.
    """
    target = project / "environments" / "evil.yaml"
    tags = "".join(f"  {name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in HOSTILE.items())
    gone = "  ci-ada: { absent: true }\n  ci-bao: { absent: true }\n"
    head = f"tier: dev\nextends: dev\nowner: nobody\ncompute:\n{gone}tags:\n"
    target.write_text(head + tags, encoding="utf-8", newline="\n")
    try:
        assert run(["render", "-e", "evil"]) == 0
        assert run(["deploy", "-e", "evil", "--progress", "none", "--no-bootstrap"]) == 0
        assert deployed_tags(project, "evil").items() >= HOSTILE.items()
    finally:
        target.unlink()


def deployed_tags(project: Path, name: str) -> dict[str, Any]:
    """The tags of an environment's workspace, as ARM gives them back."""
    document = arm(project, name).read(workspace_id(project, name), API)
    assert document is not None
    tags: dict[str, Any] = document["tags"]
    return tags


def test_a_saved_plan_is_deployed_and_a_changed_one_is_refused(project: Path, tmp_path: Path) -> None:
    """Exit 10 for a plan that somebody edited."""
    saved = tmp_path / "dev.plan"
    assert run(["plan", "-e", "dev", "--out", str(saved)]) == 0
    assert run(["deploy", "-e", "dev", "--plan", str(saved), "--no-bootstrap"]) == 0

    saved.write_text(
        saved.read_text(encoding="utf-8").replace('"hasChanges": false', '"hasChanges": true'), encoding="utf-8"
    )
    assert run(["deploy", "-e", "dev", "--plan", str(saved), "--no-bootstrap"]) == 10


def test_stale_infra_stops_a_deployment(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is reviewed is what is deployed: exit 4, and no write."""
    main = project / "infra" / "dev" / "main.bicep"
    text = main.read_text(encoding="utf-8")
    main.write_text(text + "\n// edited by hand\n", encoding="utf-8", newline="\n")
    before = requests(project)
    try:
        assert run(["deploy", "-e", "dev"]) == 4
        assert "amlctl render" in capsys.readouterr().err
        assert requests(project) == before
    finally:
        main.write_text(text, encoding="utf-8", newline="\n")


@pytest.mark.parametrize("command", [["deploy"], ["bootstrap"], ["local", "env"], ["doctor"], ["validate"]])
def test_no_command_prints_a_traceback_or_a_token(command: list[str], project: Path) -> None:
    """As a process of its own, without a terminal."""
    arguments = [
        sys.executable,
        "-m",
        "amlctl",
        *command,
        *(["-e", "dev"] if command[0] in ("deploy", "bootstrap", "validate") else []),
    ]
    done = subprocess.run(arguments, cwd=project, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    endpoint = localarm.running(project)
    assert endpoint is not None
    if command != ["local", "env"]:
        assert endpoint.token not in done.stdout + done.stderr
