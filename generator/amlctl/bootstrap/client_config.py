"""``config.json``, which notebooks and SDK clients read: ``MLClient.from_config``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from amlctl.bootstrap.values import Platform, Step


def write_config(platform: Platform, folder: Path) -> Iterator[Step]:
    """Write ``<folder>/<environment>[/<person>]/config.json`` where it differs.

    The file appears whole or not at all.
    """
    target = folder / platform.environment / platform.person / "config.json"
    text = json.dumps(
        {
            "subscription_id": platform.subscription_id,
            "resource_group": platform.resource_group,
            "workspace_name": platform.workspace,
        },
        indent=2,
    )
    shown = f"{folder.name}/{target.relative_to(folder).as_posix()}"
    if target.is_file() and target.read_text(encoding="utf-8") == text + "\n":
        yield Step("config.json", "unchanged", shown)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}")  # two runs at once each have a draft of their own
    fresh.write_text(text + "\n", encoding="utf-8", newline="\n")
    os.replace(fresh, target)
    yield Step("config.json", "created", shown)
