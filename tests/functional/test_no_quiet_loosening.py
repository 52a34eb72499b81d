"""What is not read, what is gone and what gets laxer is said by validate, render and plan (newcomers V1)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.functional.conftest import copy_project

from amlctl.cli.main import run

COMMANDS = (["validate"], ["render"], ["plan", "-e", "dev", "--offline"])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped project, as it is committed."""
    root = copy_project(tmp_path)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("ending", [".yml", ".YAML", ".Yml"])
def test_another_ending_is_an_error(
    command: list[str], ending: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``test.yaml`` as ``test.yml`` made shared storage public without a word."""
    (project / "environments" / "test.yaml").rename(project / "environments" / f"test{ending}")

    assert run(command) == 3

    assert f"environments/test{ending}:1:1  error AML060" in capsys.readouterr().err
    assert (project / "infra" / "test" / "main.bicep").is_file()


def test_an_environment_in_a_folder_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Conda files in a folder are none."""
    assert run(["validate"]) == 0
    capsys.readouterr()
    (project / "environments" / "old").mkdir()
    (project / "environments" / "test.yaml").rename(project / "environments" / "old" / "test.yaml")
    text = (project / "environments" / "old" / "test.yaml").read_text(encoding="utf-8")
    (project / "environments" / "old" / "test.yaml").write_text(text + "tier: test\n", encoding="utf-8")

    assert run(["validate"]) == 3
    assert "environments/old/test.yaml:1:1  error AML060" in capsys.readouterr().err


def test_a_name_that_cannot_be_is_named_with_its_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "environments" / "My Dev.yaml").write_text("tier: dev\n", encoding="utf-8")

    assert run(["validate"]) == 3
    assert "environments/My Dev.yaml:1:1  error AML042" in capsys.readouterr().err


def test_a_file_that_is_no_environment_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "environments" / "notes.txt").write_text("x", encoding="utf-8")

    assert run(["validate"]) == 0
    assert "environments/notes.txt:1:1  info AML061" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_stack_that_gets_laxer_is_said(command: list[str], project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """prod leaves: what shared protected for it is not protected any more."""
    shared = project / "environments" / "shared.yaml"
    shared.write_text(shared.read_text(encoding="utf-8").replace("tier: prod", "tier: test"), encoding="utf-8")
    (project / "environments" / "prod.yaml").unlink()

    assert run(command) == 0

    said = capsys.readouterr().err
    assert "environments/shared.yaml:1:1  warning AML163" in said
    assert "sku.name gets laxer, Standard_GZRS → Standard_ZRS" in said
    if command[0] != "render":
        assert "infra/prod has no environment any more" in said


def test_what_is_as_strict_as_before_is_not_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate"]) == 0
    assert "laxer" not in capsys.readouterr().err
