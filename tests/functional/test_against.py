"""``plan --against``: what a pull request changes, without a login, from two commits of a real repository."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functional.conftest import copy_project

from amlctl.cli.main import run


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shipped project as the first commit of a repository."""
    root = copy_project(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        git("init", "-q", "-b", "main")
        git("add", "-A")
        git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "first")
        yield root


def git(*arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def against(ref: str, capsys: pytest.CaptureFixture[str], name: str = "all") -> list[dict[str, object]]:
    """The changes of a plan."""
    assert run(["plan", "-e", name, "--against", ref, "--format", "json"]) == 0
    plans = json.loads(capsys.readouterr().out)["plans"]
    return [change for plan in plans for change in plan["changes"]]


def test_no_change_is_no_line(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also for names that only ARM can know."""
    assert against("HEAD", capsys) == []


def test_an_edit_is_its_own_line_and_another_edit_another(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command says something different for each pull request (real-azure.md M12)."""
    file = repository / "environments" / "dev.yaml"
    text = file.read_text(encoding="utf-8")
    found = []
    for edit in (("max_nodes: 5", "max_nodes: 7"), ("role: AzureML Compute Operator", "role: Reader")):
        file.write_text(text.replace(*edit, 1), encoding="utf-8", newline="\n")
        found.append(against("main", capsys, "dev"))
    file.write_text(text, encoding="utf-8", newline="\n")

    nodes, roles = found
    assert [(one["action"], one["name"]) for one in nodes] == [("update", "mlw-mlplat-dev/cpu-cluster")]
    [leaf] = nodes[0]["properties"]  # type: ignore[misc]
    assert (leaf["before"], leaf["after"]) == (5, 7)
    assert leaf["cause"].startswith("environments/dev.yaml:")
    assert {(one["action"], str(one["name"]).partition(" for ")[0]) for one in roles} == {
        ("create", "mlw-mlplat-dev: Reader"),
        ("orphan", "mlw-mlplat-dev: AzureML Compute Operator"),
    }


def test_an_environment_that_is_new_or_gone(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """New: everything is created. Gone: it is named, as what it deployed stays."""
    new = repository / "environments" / "lab.yaml"
    new.write_text("tier: dev\nextends: dev\npipeline: { absent: true }\n", encoding="utf-8")
    old = repository / "environments" / "workshop.yaml"
    text = old.read_bytes()
    old.unlink()
    try:
        assert {one["action"] for one in against("main", capsys, "lab")} == {"create"}
        assert run(["plan", "-e", "all", "--against", "main"]) == 0
        assert "the environment workshop is gone" in capsys.readouterr().err
    finally:
        new.unlink()
        old.write_bytes(text)


@pytest.mark.parametrize("ref", ["--upload-pack=x", "nowhere", "a b", "main;id"])
def test_a_ref_that_is_none_is_refused(repository: Path, ref: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of it reaches git as an option, or a shell."""
    assert run(["plan", "-e", "dev", f"--against={ref}"]) == 64
    assert "--against" in capsys.readouterr().err


def test_without_a_repository_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy_project(tmp_path))
        patch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        assert run(["plan", "-e", "dev", "--against", "main"]) == 64
    assert "not a git repository" in capsys.readouterr().err
