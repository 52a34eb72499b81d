"""Cores that the computes may take, beside what the region allows: read through azure-mgmt-machinelearningservices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from amlctl.bootstrap.values import Step

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.environment import Environment

LOW_PRIORITY = "TotalLowPriorityCores"


def quota(environment: Environment, location: str, arm: Arm) -> Iterator[Step]:
    """Report demand, use and limit of each VM family; a size that the region does not offer fails."""
    computes = environment.settings.compute
    if not computes:
        return
    sizes = {str(size["name"]).lower(): size for size in arm.vm_sizes(location)}
    usages = {str(usage["name"]["value"]).lower(): usage for usage in arm.usages(location)}
    demand: Counter[str] = Counter()
    for name, compute in computes.items():
        size = sizes.get(compute.size.lower())
        if size is None:
            yield Step(f"size {compute.size}", "failed", f"{name}: not offered in {location}")
            continue
        nodes = compute.max_nodes if compute.kind == "cluster" else 1
        low = compute.kind == "cluster" and compute.tier == "low_priority"
        demand[LOW_PRIORITY if low else str(size["family"])] += nodes * int(size["vCPUs"])
    for family, cores in sorted(demand.items()):
        yield _read(family, cores, usages.get(family.lower()))


def _read(family: str, cores: int, usage: dict[str, Any] | None) -> Step:
    if usage is None:
        return Step(f"quota {family}", "read", f"{cores} cores at most; the region reports no limit")
    used, limit = int(usage.get("currentValue") or 0), int(usage.get("limit") or 0)
    return Step(f"quota {family}", "read", f"{cores} cores at most, {used} used, limit {limit}")
