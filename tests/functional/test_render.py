"""``amlctl render`` on a whole project: environments that come, go and are renamed, and several renders at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.functional.conftest import copy_project

from amlctl.cli.main import run


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of this test's own, with nothing but two environments."""
    root = copy_project(tmp_path)
    for name in ("dev", "test", "prod"):
        (root / "environments" / f"{name}.yaml").unlink()
        shutil.rmtree(root / "infra" / name)
    monkeypatch.chdir(root)
    assert run(["render", "--quiet"]) == 0
    return root


def folders(root: Path) -> list[str]:
    """What lies in infra/ but the page."""
    return sorted(path.name for path in (root / "infra").iterdir() if path.is_dir())


def test_a_renamed_environment_leaves_nothing_behind(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check names the folder that has no environment any more; render takes it away and says so."""
    (copy / "environments" / "workshop.yaml").rename(copy / "environments" / "course.yaml")

    assert run(["render", "--check"]) == 2
    assert "infra/workshop has no environment any more" in capsys.readouterr().err

    assert run(["render", "-e", "course"]) == 0
    assert folders(copy) == ["course", "shared", "workshop"]
    assert run(["render"]) == 0
    assert "infra/workshop  removed" in capsys.readouterr().out
    assert folders(copy) == ["course", "shared"]
    assert run(["render", "--check"]) == 0


def test_somebodys_own_folder_is_left_alone(copy: Path) -> None:
    """Only a folder that holds nothing but rendered files was rendered."""
    own = copy / "infra" / "network"
    own.mkdir()
    (own / "main.bicep").write_text("// by hand\n", encoding="utf-8")
    (own / "notes.md").write_text("mine\n", encoding="utf-8")

    assert run(["render", "--check"]) == 0
    assert run(["render"]) == 0
    assert (own / "notes.md").is_file()


def test_several_renders_at_once_leave_whole_folders(copy: Path) -> None:
    """One waits for the other; afterwards everything is fresh and nothing lies beside it."""
    for path in (copy / "infra").rglob("main.bicep"):
        path.write_text("stale\n", encoding="utf-8")
    command = [sys.executable, "-m", "amlctl", "render", "--quiet"]

    running = [subprocess.Popen(command, cwd=copy, stdout=subprocess.DEVNULL) for _ in range(4)]

    assert [child.wait(60) for child in running] == [0, 0, 0, 0]
    assert run(["render", "--check"]) == 0
    assert [path.name for path in (copy / "infra").iterdir() if path.name.startswith(".")] == []
