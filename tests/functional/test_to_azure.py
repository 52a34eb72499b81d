"""The README's "To Azure", word for word, as a service principal in a cloud that is not local: who is asked for what.

With a terminal (a pseudo terminal and a child process) and without one. real-azure.md B1.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functional.conftest import copy_project

from amlctl import localarm
from amlctl.cli.main import run

SUBSCRIPTION = "8c2d4e6f-1a3b-4c5d-9e7f-0b1a2c3d4e5f"


@pytest.fixture(scope="module")
def afar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shipped project with its subscription and cloud replaced, rendered, in a shell that is signed in."""
    root = copy_project(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMLCTL_HOME", str(tmp_path_factory.mktemp("home")))
        patch.chdir(root)
        endpoint = localarm.start(root)
        defaults = root / "environments" / "_defaults.yaml"
        here = f"subscription: {SUBSCRIPTION}\ntenant: {endpoint.tenant_id}\ncloud: {endpoint.metadata_url}"
        text = re.sub(r"subscription: local.*", here, defaults.read_text(encoding="utf-8"))
        defaults.write_text(text, encoding="utf-8", newline="\n")
        signed_in = {
            "REQUESTS_CA_BUNDLE": endpoint.ca_file,
            "AZURE_TENANT_ID": endpoint.tenant_id,
            "AZURE_CLIENT_ID": endpoint.client_id,
            "AZURE_CLIENT_SECRET": endpoint.client_secret,
        }
        for name in ("CURL_CA_BUNDLE", "AMLCTL_ACCESS_TOKEN", "TF_BUILD", "GITHUB_ACTIONS"):
            patch.delenv(name, raising=False)
        for name, value in signed_in.items():
            patch.setenv(name, value)
        assert run(["render", "-q"]) == 0
        yield root
        localarm.stop(root)


def typed(root: Path, answers: str, *arguments: str) -> tuple[int, str]:
    """Run amlctl with a terminal as its input, into which the answers are typed; exit code and stderr."""
    ours, theirs = pty.openpty()
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "amlctl", *arguments],
            cwd=root,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.write(ours, answers.encode())
        _, said = child.communicate(timeout=120)
        return child.returncode, said
    finally:
        os.close(ours)
        os.close(theirs)


def test_1_a_no_and_no_terminal_change_nothing(afar: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = localarm.writes(afar)

    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 8
    assert "cannot ask for confirmation without a terminal" in capsys.readouterr().err
    code, said = typed(afar, "n\n", "deploy", "-e", "dev", "--progress", "none")

    assert code == 8
    assert "Deploy this to" in said
    assert "declined; nothing was changed" in said
    assert localarm.writes(afar) == before


def test_2_one_yes_creates_the_environment_and_its_stack(afar: Path) -> None:
    """shared is of tier prod; what is missing there is created by the same yes (B1)."""
    code, said = typed(afar, "y\n", "deploy", "-e", "dev", "--progress", "none")
    assert code == 0, said
    assert "used by prod" not in said

    before = localarm.writes(afar)
    assert run(["deploy", "-e", "dev", "--progress", "none"]) == 0
    assert localarm.writes(afar) == before


def test_3_test_without_a_terminal_and_prod_from_a_saved_plan(
    afar: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["deploy", "-e", "test", "--yes", "--progress", "none"]) == 0
    capsys.readouterr()
    assert run(["deploy", "-e", "prod", "--yes", "--progress", "none"]) == 4
    assert "amlctl plan -e prod --out prod.plan" in capsys.readouterr().err

    saved = str(tmp_path / "prod.plan")
    assert run(["plan", "-e", "prod", "--out", saved]) == 0
    assert run(["deploy", "-e", "prod", "--plan", saved, "--progress", "none"]) == 0
    before = localarm.writes(afar)
    assert run(["plan", "-e", "prod", "--out", saved]) == 0
    assert run(["deploy", "-e", "prod", "--plan", saved, "--progress", "none"]) == 0
    assert localarm.writes(afar) == before


def test_4_a_change_of_the_stack_that_prod_uses_is_named(afar: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared = afar / "environments" / "shared.yaml"
    shared.write_text(shared.read_text(encoding="utf-8") + "tags:\n  reviewed: 'yes'\n", encoding="utf-8")
    assert run(["render", "-q"]) == 0
    before = localarm.writes(afar)
    capsys.readouterr()

    assert run(["deploy", "-e", "dev", "--yes", "--progress", "none"]) == 4
    assert "--allow-shared shared" in capsys.readouterr().err
    code, said = typed(afar, "n\n", "deploy", "-e", "dev", "--progress", "none")
    assert (code, "The stack shared is used by prod, too. Change shared?" in said) == (8, True)
    assert localarm.writes(afar) == before

    assert run(["deploy", "-e", "dev", "--yes", "--allow-shared", "shared", "--progress", "none"]) == 0
    assert localarm.writes(afar) > before
