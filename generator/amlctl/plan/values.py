"""The values of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from amlctl.diagnostics import Finding, JsonPath, Place

if TYPE_CHECKING:
    from amlctl.arm.values import Resource

Action: TypeAlias = Literal["create", "update", "unknown", "put", "orphan", "none"]
"""``put``: nothing was read, it will be created or changed; ``orphan``: applied before, no longer desired, stays."""

Verdict: TypeAlias = Literal["change", "drift", "both", "unknown"]
"""``change`` is ours, ``drift`` is somebody else's edit that will be overwritten, ``both`` is both."""


class _Absent:
    """The value of a key that is not there; null is a value."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Final = _Absent()


class LeafChange(NamedTuple):
    """One property that would differ afterwards; ``cause`` is the YAML line, else the Bicep line."""

    path: JsonPath
    before: Any
    after: Any
    verdict: Verdict
    cause: Place | None = None


class Change(NamedTuple):
    """What would happen to one resource."""

    action: Action
    id: str
    type: str
    name: str
    leaves: tuple[LeafChange, ...] = ()
    cause: Place | None = None
    hidden: int = 0


class Plan(NamedTuple):
    """What a deployment of one environment (or of a stack that it uses) would do.

    ``compared_with`` is ``""`` where nothing was read (an offline prediction), else the name of what was read.
    """

    environment: str
    target: str
    changes: tuple[Change, ...]
    compared_with: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether a deployment would write nothing: every resource was read and none differs."""
        return bool(self.compared_with) and all(change.action in ("none", "orphan") for change in self.changes)

    def count(self, action: Action) -> int:
        """Count the resources with an action."""
        return sum(1 for change in self.changes if change.action == action)

    @property
    def hidden(self) -> int:
        """Count the properties whose difference is the service's own and is not shown."""
        return sum(change.hidden for change in self.changes)


Live: TypeAlias = Mapping[str, Mapping[str, Any] | None]
"""What was read: lower-case resource id to the resource's document, None where it does not exist."""

Causes: TypeAlias = Callable[["Resource", JsonPath], Place | None]
"""Names the line behind a leaf of a resource's body, or behind the resource for the empty path."""
