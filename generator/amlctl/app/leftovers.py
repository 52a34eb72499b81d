"""Rendered folders whose environment is gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amlctl.app.project import Project, names
from amlctl.diagnostics import Finding, Place

if TYPE_CHECKING:
    from pathlib import Path

RENDERED = re.compile(r"modules/[a-z0-9_]+\.bicep")
GONE = "AML161"


def orphans(project: Project, wanted: Sequence[str]) -> list[Path]:
    """Find rendered folders whose environment is gone; looked for where all environments are meant.

    A folder that holds anything else than what is rendered is somebody's own, and is left alone.
    """
    if (wanted and "all" not in wanted) or not project.infra.is_dir():
        return []
    known = set(names(project, ()))
    folders = [folder for folder in sorted(project.infra.iterdir()) if folder.is_dir() and not folder.is_symlink()]
    return [folder for folder in folders if folder.name not in known and _rendered(folder)]


def _rendered(folder: Path) -> bool:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    ours = all(file in ("main.bicep", "main.json") or RENDERED.fullmatch(file) for file in files)
    return ours and "main.bicep" in files and not folder.name.startswith(".")


def left_over(name: str) -> Finding:
    """Say that a rendered folder has no environment."""
    message = f"infra/{name} has no environment any more"
    instead = f"run amlctl render, or restore environments/{name}.yaml"
    return Finding("error", GONE, message, Place(f"infra/{name}/main.bicep"), instead=instead)
