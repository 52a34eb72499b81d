"""The values of a bootstrap."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["verified", "unchanged", "created", "updated", "read", "skipped", "failed"]
WRITES: frozenset[Outcome] = frozenset({"created", "updated"})

API = "2025-12-01"
"""The version of Microsoft.MachineLearningServices that templates and bootstrap speak."""


class Platform(NamedTuple):
    """One workspace that is deployed: where it is, and which storage account is its own."""

    environment: str
    person: str
    subscription_id: str
    resource_group: str
    workspace: str
    storage: str

    @property
    def id(self) -> str:
        """The resource id of the workspace."""
        group = f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{self.workspace}"


class Step(NamedTuple):
    """One thing that was looked at: what it is, what came of it, and a detail for people."""

    name: str
    outcome: Outcome
    detail: str = ""


class Report(NamedTuple):
    """Everything that was looked at in one workspace; ``tracking_uri`` is what MLflow clients take."""

    platform: Platform
    steps: tuple[Step, ...]
    tracking_uri: str = ""

    @property
    def failed(self) -> bool:
        """Whether a step failed."""
        return any(step.outcome == "failed" for step in self.steps)

    @property
    def wrote(self) -> int:
        """How many things were created or updated."""
        return sum(1 for step in self.steps if step.outcome in WRITES)
