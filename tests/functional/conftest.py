"""A copy of the project in a folder of its own, with a local ARM endpoint of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("environments", "templates", "scripts", "infra", "pipelines", "schemas")


def copy_project(target: Path) -> Path:
    """Copy what a user's project holds."""
    for name in PARTS:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose endpoint lives and ends with the module's tests."""
    from amlctl import localarm

    home = tmp_path_factory.mktemp("home")
    root = copy_project(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMLCTL_HOME", str(home))
        patch.chdir(root)
        yield root
        localarm.stop(root)
