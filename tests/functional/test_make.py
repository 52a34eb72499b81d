"""The Makefile: ENV is a name of environments/, and nothing else ever reaches a shell or make itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Ask make what it would do."""
    plain = {name: value for name, value in os.environ.items() if name not in ("ENV", "MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "-n", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=plain | variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "name", ["../prod", "dev test", "dev;id", "'", '"', "%", "d%", "$$(id)", "$(shell touch {0})", "`touch {0}`"]
)
def test_what_is_no_environment_is_refused(name: str, tmp_path: Path) -> None:
    """Row 77 of the bad inputs."""
    done = make("deploy", "ENV=" + name.format(tmp_path / "made"))

    assert done.returncode == 2
    assert "ENV must be one of:" in done.stderr
    assert not (tmp_path / "made").exists()


def test_an_env_of_the_shell_counts_only_where_it_is_a_name(tmp_path: Path) -> None:
    """POSIX shells know a variable of that name themselves."""
    other = f"$(shell touch {tmp_path / 'made'})"

    assert "amlctl deploy -e dev" in make("deploy", ENV="dev").stdout
    assert make("help", ENV=other).returncode == 0
    assert "say which environment" in make("deploy", ENV=other).stderr
    assert not (tmp_path / "made").exists()
