"""The scripts of the rendered pipelines, run by a real bash: first with stand-ins that fail, then for real.

The cloud of the second part is the local endpoint, named by its metadata address: the sign-in is that of a service
connection with workload identity federation, as AzureCLI@2 sets it up, and nothing knows that the cloud is local.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from tests.functional.conftest import copy_project

from amlctl import localarm
from amlctl.cli.main import run

ROOT = Path(__file__).parents[2]
FILES = ("deploy.yml", "pr.yml", "setup.yml")
SUBSCRIPTION = "7c2e9d10-5b4a-4f37-9c68-0d1e2f3a4b5c"
VARIABLE = re.compile(r"##vso\[task\.setvariable variable=(\w+)\](\S+)")
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


class Step(NamedTuple):
    """One script of a pipeline: its stage, its name, the text, and whether it waits for a variable."""

    stage: str
    name: str
    text: str
    late: bool


def steps(file: str) -> Iterator[Step]:
    """Every script of a rendered pipeline, in order."""
    document = yaml.safe_load((ROOT / "pipelines" / "azure" / file).read_text(encoding="utf-8"))
    for stage in document.get("stages", [{"stage": file, "jobs": [document]}]):
        for job in stage["jobs"]:
            deploy = job.get("strategy", {}).get("runOnce", {}).get("deploy", {})
            for step in job.get("steps") or deploy.get("steps") or []:
                text = step.get("script") or step.get("inputs", {}).get("inlineScript")
                if text:
                    late = "amlctlLate" in step.get("condition", "")
                    yield Step(stage["stage"], step["displayName"], text, late)


def bash(step: Step, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as an agent does: without -e of its own, macros replaced beforehand."""
    places = {"Build.ArtifactStagingDirectory": folder / "staged", "Pipeline.Workspace": folder / "workspace"}
    text = step.text
    for name, place in places.items():
        text = text.replace(f"$({name})", str(place))
    script = folder / "step.sh"
    script.write_text(text, encoding="utf-8", newline="\n")
    command = ["bash", "--noprofile", "--norc", str(script)]
    # A step may not ask: its standard input is closed, as an agent's is.
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("file", FILES)
def test_a_command_that_fails_fails_its_step(file: str, tmp_path: Path) -> None:
    """Only the last line of a bash script counts unless it is told otherwise (azure-pipelines-tasks#20004)."""
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    for name in ("amlctl", "python", "python3"):
        (tools / name).write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    found = list(steps(file))
    assert found
    for step in found:
        done = bash(step, tmp_path, PATH=f"{tools}{os.pathsep}{os.environ['PATH']}")
        assert done.returncode == 3, step.name


def test_what_takes_longer_is_waited_for_by_the_next_step(tmp_path: Path) -> None:
    """Exit 9 is no failure of the job: the deployment goes on, and a step of its own waits for it."""
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "python").write_text("#!/bin/sh\nexit 9\n", encoding="utf-8")
    (tools / "python").chmod(0o755)

    done = bash(next(step for step in steps("deploy.yml") if step.name == "Deploy the plan"), tmp_path)

    assert done.returncode == 0
    assert VARIABLE.findall(done.stdout) == [("amlctlLate", "yes")]


def test_times_fit_into_each_other() -> None:
    """A job that Azure DevOps ends runs no further step: both waits fit into it (real-azure.md M11)."""
    document = yaml.safe_load((ROOT / "pipelines" / "azure" / "deploy.yml").read_text(encoding="utf-8"))
    jobs = [job for stage in document["stages"] for job in stage["jobs"] if "deployment" in job]
    waits = [
        int(found) for found in re.findall(r"--timeout '(\d+)m'", (ROOT / "pipelines/azure/deploy.yml").read_text())
    ]
    assert len(waits) == 2 * len(jobs) == 8
    assert all(job["timeoutInMinutes"] > 2 * max(waits) for job in jobs)


@pytest.fixture(scope="module")
def afar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The shipped project with a subscription of its own in another cloud, and an agent's variables."""
    home = tmp_path_factory.mktemp("home")
    root = copy_project(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMLCTL_HOME", str(home))
        patch.chdir(root)
        endpoint = localarm.start(root)
        defaults = root / "environments" / "_defaults.yaml"
        text = re.sub(
            r"subscription: local.*",
            f"subscription: {SUBSCRIPTION}\ntenant: {endpoint.tenant_id}\ncloud: {endpoint.metadata_url}",
            defaults.read_text(encoding="utf-8"),
        )
        defaults.write_text(text, encoding="utf-8", newline="\n")
        tools = root / ".venv" / "bin"
        tools.mkdir(parents=True)
        (tools / "amlctl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m amlctl "$@"\n', encoding="utf-8")
        (tools / "amlctl").chmod(0o755)
        (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        (tools / "python").chmod(0o755)
        variables = dict(localarm.pipeline_variables(endpoint))
        assert run(["render", "-e", "all", "-q"]) == 0
        yield root, variables
        localarm.stop(root)


def test_the_deploy_pipeline_goes_through_and_comes_to_rest(afar: tuple[Path, dict[str, str]]) -> None:
    """Every script in order; each environment is deployed from its saved plan; the second run writes nothing."""
    root, variables = afar
    through(root, variables)
    assert all(deployed(root, name) for name in ("shared", "dev", "test", "prod"))
    before = localarm.writes(root)
    through(root, variables)
    assert localarm.writes(root) == before


def through(root: Path, variables: dict[str, str]) -> None:
    """Run deploy.yml: artifacts go from the stage that plans to the stage that deploys."""
    (root / "staged").mkdir(exist_ok=True)
    for step in steps("deploy.yml"):
        if step.late:
            continue
        if step.stage.startswith("deploy_"):
            place = root / "workspace" / f"plan_{step.stage.removeprefix('deploy_')}"
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / "staged" / "saved.plan", place)
        done = bash(step, root, **variables)
        assert done.returncode == 0, f"{step.stage}: {step.name}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def deployed(root: Path, name: str) -> bool:
    """Whether an environment's group is there."""
    from amlctl.app.connect import connect
    from amlctl.app.project import Project, load

    project = Project(root)
    environment = load(project, name)
    with pytest.MonkeyPatch.context() as patch:
        for key, value in localarm.pipeline_variables(localarm.start(root)):
            if key != "TF_BUILD":
                patch.setenv(key, value)
        arm = connect(project, environment)
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{environment.names['resource_group'].text}"
        return arm.read(group, "2024-11-01") is not None


def test_a_pipeline_over_a_local_environment_fails(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be green and deploy nothing (newcomers V2); a rehearsal says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_BUILD", "True")
        for command in (["plan", "-e", "dev"], ["deploy", "-e", "dev"], ["bootstrap", "-e", "dev"]):
            assert run(command) == 4
            assert "AML407" in capsys.readouterr().err
        assert run(["plan", "-e", "dev", "--offline"]) == 0
        assert run(["plan", "-e", "dev", "--rehearsal"]) == 0
        patch.setenv("AMLCTL_REHEARSAL", "1")
        assert run(["plan", "-e", "dev"]) == 0
