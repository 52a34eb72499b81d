"""Whether the subscription can hold the computes: sizes offered in a region, and cores by family.

Azure ML refuses a cluster whose family cannot hold one node, also with ``min_nodes: 0`` (Azure/mlops-v2#81: "vCPU quota
of 0 and cannot accomodate for at least 1 requested managed compute node"). An instance needs its cores at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from amlctl.diagnostics import Finding
from amlctl.preflight.values import QUOTA_PAGE, Compute

TOTALS = {False: "TotalDedicatedCores", True: "TotalLowPriorityCores"}
SHOWN_TOTALS = {False: "Total Cluster Dedicated Regional vCPUs", True: "Total Cluster Low Priority Regional vCPUs"}
LEAVE_OUT = f"ask for quota ({QUOTA_PAGE}), or leave the compute out: --skip-unavailable"


class Room(NamedTuple):
    """What one family, or a total, allows: cores in use and at most; ``limit`` below zero is no limit."""

    name: str
    used: int
    limit: int

    @property
    def free(self) -> int:
        """The cores that are left."""
        return self.limit - self.used

    def __str__(self) -> str:
        """``limit 24, 4 used``."""
        return f"{self.name}: limit {self.limit}, {self.used} used"


class Region(NamedTuple):
    """What a region said: its VM sizes by lower-case name, and its usages."""

    name: str
    sizes: Mapping[str, Mapping[str, Any]]
    usages: Sequence[Mapping[str, Any]]


def judge(computes: Iterable[Compute], regions: Mapping[str, Region]) -> Iterator[tuple[Compute, Finding]]:
    """Give a finding for each compute that cannot be made, and one for each family that cannot hold all nodes."""
    demand: dict[tuple[str, str], list[tuple[Compute, int]]] = defaultdict(list)
    for compute in computes:
        region = regions[compute.location]
        size = region.sizes.get(compute.size.lower())
        if size is None:
            yield compute, _not_offered(compute)
            continue
        cores = int(size.get("vCPUs") or 0)
        pool = TOTALS[True] if compute.low_priority else str(size.get("family"))
        yield from ((compute, finding) for finding in _one_node(compute, cores, pool, region))
        demand[compute.location, pool].append((compute, cores * compute.most))
    for (location, pool), asked in demand.items():
        yield from _all_nodes(pool, asked, regions[location])


def room_of(pool: str, usages: Sequence[Mapping[str, Any]]) -> Room | None:
    """Find the entry of a family or a total; the subscription's own comes before that of one workspace.

    The REST page's sample names an entry ``Standard D Family Cluster Dedicated vCPUs``, the service names the family
    ``standardDFamily``: both are read (Usages - List, 2025-06-01).
    """
    totals = {name: SHOWN_TOTALS[low] for low, name in TOTALS.items()}
    names = {_bare(pool), _bare(pool) + "clusterdedicatedvcpus", _bare(totals.get(pool, pool))}
    found = [usage for usage in usages if names & set(map(_bare, _names(usage)))]
    found.sort(key=lambda usage: "/workspaces/" in str(usage.get("id", "")).lower())
    if not found:
        return None
    return Room(pool, int(found[0].get("currentValue") or 0), int(found[0].get("limit") or 0))


def _names(usage: Mapping[str, Any]) -> tuple[str, str]:
    name = usage.get("name") or {}
    return str(name.get("value") or ""), str(name.get("localizedValue") or "")


def _bare(text: str) -> str:
    return "".join(text.split()).lower()


def _one_node(compute: Compute, cores: int, pool: str, region: Region) -> Iterator[Finding]:
    """A finding if the family, or the total, cannot hold what the compute needs at once."""
    needed = cores * compute.nodes
    total = TOTALS[compute.low_priority]
    for name in dict.fromkeys((pool, total)):
        room = room_of(name, region.usages)
        if room is None and name == pool:
            yield _no_limit(compute, pool)
        elif room is not None and room.limit >= 0 and not _holds(room, compute, needed):
            yield _blocked(compute, room, needed)
            return


def _holds(room: Room, compute: Compute, needed: int) -> bool:
    waits = compute.cluster and compute.nodes == 1
    return needed <= (room.limit if waits else room.free)


def _blocked(compute: Compute, room: Room, needed: int) -> Finding:
    what = "one node" if compute.cluster and compute.nodes == 1 else "its nodes" if compute.cluster else "it"
    message = f"`{compute.name}` cannot be created: the quota of {compute.location} does not hold {what}"
    found = f"{room}; {compute.size} needs {needed} cores"
    return Finding("error", "AML510", message, compute.cause, found, LEAVE_OUT, QUOTA_PAGE)


def _not_offered(compute: Compute) -> Finding:
    message = f"`{compute.name}` cannot be created: {compute.location} does not offer {compute.size}"
    return Finding("error", "AML511", message, compute.cause, "", "another size, or --skip-unavailable")


def _no_limit(compute: Compute, pool: str) -> Finding:
    message = f"{compute.location} reports no quota for {pool}, so `{compute.name}` could not be checked"
    return Finding("warning", "AML513", message, compute.cause, "", "", QUOTA_PAGE)


def _all_nodes(pool: str, asked: list[tuple[Compute, int]], region: Region) -> Iterator[tuple[Compute, Finding]]:
    """A warning if all computes of a family at their largest need more than its limit."""
    room, cores = room_of(pool, region.usages), sum(most for _, most in asked)
    if room is None or room.limit <= 0 or room.limit >= cores:
        return
    names = ", ".join(dict.fromkeys(compute.name for compute, _ in asked))
    message = f"{names} may grow to {cores} cores, more than the quota of {region.name} allows"
    yield (
        asked[0][0],
        Finding(
            "warning", "AML512", message, asked[0][0].cause, str(room), "fewer `max_nodes`, or more quota", QUOTA_PAGE
        ),
    )
