"""The values of a preflight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from amlctl.diagnostics import Finding, Place

QUOTA_PAGE = "https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas"


class Compute(NamedTuple):
    """A cluster or an instance that would be created.

    ``nodes`` is how many it needs at once (``min_nodes``, at least one), ``most`` how many it may grow to.
    """

    name: str
    size: str
    location: str
    low_priority: bool = False
    cluster: bool = True
    nodes: int = 1
    most: int = 1
    cause: Place | None = None


class Taken(NamedTuple):
    """An instance that is there and belongs to ``owner``, and that the deployment would give to somebody else."""

    name: str
    owner: str
    cause: Place | None = None


class Wanted(NamedTuple):
    """What a deployment would do, as far as it can be checked beforehand.

    ``actions`` are the permissions that it needs, by scope. ``namespaces`` are the providers of its resources, which
    ARM registers by itself; ``others`` are those that nobody registers.
    """

    environment: str
    subscription_id: str
    computes: tuple[Compute, ...] = ()
    actions: Mapping[str, frozenset[str]] = {}
    namespaces: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    taken: tuple[Taken, ...] = ()


class Verdict(NamedTuple):
    """What was found. ``unavailable`` names the computes that the subscription cannot hold now."""

    findings: tuple[Finding, ...] = ()
    unavailable: tuple[str, ...] = ()
