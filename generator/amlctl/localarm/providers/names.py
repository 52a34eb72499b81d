"""Names that are taken: global ones, and those that soft-deleted resources keep."""

from __future__ import annotations

import re

from amlctl.localarm.world import World

STORAGE = re.compile(r"[a-z0-9]{3,24}")
REGISTRY = re.compile(r"[a-zA-Z0-9]{5,50}")
VAULT = re.compile(r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]")
WORKSPACE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}")


def holder(world: World, type: str, name: str) -> str:  # noqa: A002
    """Give the key of the living resource of a type that has a name anywhere, or ""."""
    ending = f"/providers/{type}/{name}".lower()
    return next((key for key in world.store.keys("resource") if key.endswith(ending)), "")


def deleted_key(type: str, name: str) -> str:  # noqa: A002
    """The key under which a soft-deleted resource is kept."""
    return f"{type}|{name}".lower()
