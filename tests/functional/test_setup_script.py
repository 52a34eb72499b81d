"""The setup script of compute instances, run by a real bash with stand-ins for apt-get and git."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "compute_instance_setup.sh"
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
GIT = """#!/usr/bin/env bash
case "$*" in *unreachable*) exit 128 ;; esac
mkdir -p "${@: -1}/.git"
"""


def run(tmp_path: Path, *repositories: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a home of its own; no package index can be reached."""
    tools = tmp_path / "bin"
    tools.mkdir(exist_ok=True)
    for name, text in (("git", GIT), ("apt-get", "#!/bin/sh\nexit 100\n"), ("chown", "#!/bin/sh\nexit 1\n")):
        (tools / name).write_text(text, encoding="utf-8")
        (tools / name).chmod(0o755)
    variables = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "CI_LOCAL_UBUNTU_USER": "azureuser",
        "CI_NAME": "ci-bao-k3x7q",
        "CI_HOME": str(tmp_path / "home"),
    }
    return subprocess.run(
        ["bash", str(SCRIPT), *repositories], env=variables, capture_output=True, text=True, check=False
    )


def test_repositories_are_cloned_into_a_folder_of_the_instance(tmp_path: Path) -> None:
    """The share holds everybody's folders, and no documented variable names the owner (``CI_USER`` is none)."""
    users = tmp_path / "home" / "cloudfiles" / "code" / "Users"
    (users / "ada").mkdir(parents=True)

    done = run(tmp_path, "https://github.com/Azure/azureml-examples")

    assert done.returncode == 0
    assert (users / "ci-bao-k3x7q" / "repos" / "azureml-examples" / ".git").is_dir()
    assert list((users / "ada").iterdir()) == []


def test_what_cannot_be_reached_does_not_fail_the_instance(tmp_path: Path) -> None:
    """Neither a package index nor a repository."""
    done = run(tmp_path, "https://unreachable.example/x", "https://github.com/Azure/azureml-examples")

    assert done.returncode == 0
    assert "not cloned: https://unreachable.example/x" in done.stdout
    assert (tmp_path / "home/repos/azureml-examples/.git").is_dir()


def test_a_second_run_clones_nothing(tmp_path: Path) -> None:
    run(tmp_path, "https://github.com/Azure/azureml-examples")

    assert "is there already" in run(tmp_path, "https://github.com/Azure/azureml-examples").stdout
