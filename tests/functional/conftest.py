"""A copy of the project in a folder of its own, with a local ARM endpoint of its own."""

from __future__ import annotations

import json
import shutil
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("environments", "templates", "scripts", "infra", "pipelines", "schemas")


def copy_project(target: Path) -> Path:
    """Copy what a user's project holds."""
    for name in PARTS:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def lab(project: Path, path: str, body: dict[str, Any]) -> None:
    """Tell the project's endpoint how to behave, or how to misbehave."""
    from amlctl import localarm

    endpoint = localarm.start(project)
    sent = urllib.request.Request(
        endpoint.url + path, json.dumps(body).encode(), {"Authorization": f"Bearer {endpoint.token}"}, method="POST"
    )
    urllib.request.urlopen(sent, context=ssl.create_default_context(cafile=endpoint.ca_file)).close()


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
