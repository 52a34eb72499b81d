"""A pipeline that deploys to the local endpoint looks green and deploys nothing; so that must be meant."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from amlctl.diagnostics import Finding
from amlctl.errors import GuardForbids

if TYPE_CHECKING:
    from amlctl.environment import Environment

AGENTS = ("TF_BUILD", "GITHUB_ACTIONS")
"""Set to true by Azure Pipelines and by GitHub Actions (each page "predefined variables")."""
MEANT = "AMLCTL_REHEARSAL"


def require_azure(environments: Iterable[Environment], *, rehearsal: bool = False) -> None:
    """Refuse a local environment in a pipeline. Raises GuardForbids, exit 4, unless a rehearsal is meant."""
    if rehearsal or _true(os.environ.get(MEANT)) or not any(_true(os.environ.get(name)) for name in AGENTS):
        return
    found = [
        Finding(
            "error",
            "AML407",
            f"{environment.name} is local: this pipeline would deploy to an endpoint that ends with the agent",
            environment.place(("subscription",)),
            "subscription: local",
            f"write the id of a subscription, or say that a rehearsal is meant: --rehearsal, or {MEANT}=1",
        )
        for environment in environments
        if environment.is_local
    ]
    if found:
        raise GuardForbids("a pipeline deploys to Azure; nothing was changed", *found)


def _true(value: str | None) -> bool:
    return (value or "").lower() in ("1", "true", "yes")
