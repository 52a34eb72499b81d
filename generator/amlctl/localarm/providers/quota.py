"""Azure ML's quota and sizes: usages, quotas, VM sizes, and the check of a new compute. The limits are UNVERIFIED."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from typing import Any

from amlctl.localarm.ids import parse
from amlctl.localarm.providers.kinds import Arrival, Body, location_of
from amlctl.localarm.providers.sizes import FAMILIES, NO_LOW_PRIORITY, SIZES
from amlctl.localarm.refusals import bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

DEDICATED, LOW_PRIORITY, TOTAL = 300, 300, 1000
_COMPUTES = "/providers/microsoft.machinelearningservices/workspaces/"


def limit(world: World, location: str, name: str) -> int:
    """Give the limit of a family (or of a total) in a location: the one that was set, or the default."""
    found = world.store.get("setting", f"quota/{location}/{name}".lower())
    if found is not None:
        return int(found)
    return {"TotalDedicatedCores": TOTAL, "TotalLowPriorityCores": LOW_PRIORITY}.get(name, DEDICATED)


def check_quota(arrival: Arrival) -> None:
    """Refuse a compute whose size cannot hold one node in the quota of its family."""
    inner = arrival.properties.get("properties")
    inner = inner if isinstance(inner, dict) else {}
    size = SIZES.get(str(inner.get("vmSize", "")).lower())
    low = str(inner.get("vmPriority", "")).lower() == "lowpriority"
    if size is None:
        return
    if low and size.name.lower() in NO_LOW_PRIORITY:
        raise bad_request(f"The VM size {size.name} does not support low priority.", "UnsupportedVMSizeForLowPriority")
    allowed = limit(arrival.world, location_of(arrival), "TotalLowPriorityCores" if low else size.family)
    if size.cores > allowed:
        message = (
            f"The specified subscription has a {'low priority' if low else size.family} vCPU quota of {allowed}"
            f" and cannot"
            f" accomodate for at least 1 requested managed compute node which maps to {size.cores} vCPUs."
        )
        raise bad_request(message, "ClusterCoreQuotaReached")


def used(world: World, subscription: str, location: str) -> dict[str, int]:
    """Count the cores of running nodes by family, and of low-priority nodes together."""
    counts: dict[str, int] = {}
    for key, record in world.store.scan("resource", f"/subscriptions/{subscription}/".lower()):
        if _COMPUTES in key and "/computes/" in key:
            name, cores = _cores(record["body"])
            if record["body"].get("location") == location and cores:
                counts[name] = counts.get(name, 0) + cores
    return counts


def _cores(body: Body) -> tuple[str, int]:
    inner = body["properties"].get("properties") or {}
    size = SIZES.get(str(inner.get("vmSize", "")).lower())
    if size is None:
        return "", 0
    low = str(inner.get("vmPriority", "")).lower() == "lowpriority"
    nodes = inner.get("currentNodeCount", 1 if inner.get("state") == "Running" else 0)
    return "TotalLowPriorityCores" if low else size.family, size.cores * int(nodes or 0)


def _names() -> list[tuple[str, str]]:
    """Give the names that usages are listed by, with the text shown."""
    totals = [
        ("TotalDedicatedCores", "Total Cluster Dedicated Regional vCPUs"),
        ("TotalLowPriorityCores", "Total Cluster Low Priority Regional vCPUs"),
    ]
    return totals + [(family, f"{family} Cluster Dedicated vCPUs") for family in FAMILIES]


def usages(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer ``locations/{l}/usages``: cores in use and limits, totals first."""
    subscription, location = groups["sub"], groups["location"].lower()
    counts = used(world, subscription, location)
    counts["TotalDedicatedCores"] = sum(value for name, value in counts.items() if name != "TotalLowPriorityCores")
    base = f"/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/usages"
    items = [
        {
            "id": f"{base}/{name}",
            "type": "Microsoft.MachineLearningServices/usages",
            "unit": "Count",
            "currentValue": counts.get(name, 0),
            "limit": limit(world, location, name),
            "name": {"value": name, "localizedValue": text},
        }
        for name, text in _names()
    ]
    return Response(200, {"value": items})


def quotas(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer ``locations/{l}/quotas``: the limits by family (names as 2020-08-01 knows them)."""
    subscription, location = groups["sub"], groups["location"].lower()
    base = f"/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/quotas"
    items = [
        {
            "id": f"{base}/{name}",
            "amlWorkspaceLocation": location,
            "type": "Microsoft.MachineLearningServices/quotas",
            "name": {"value": name, "localizedValue": text},
            "limit": limit(world, location, name),
            "unit": "Count",
        }
        for name, text in _names()
    ]
    return Response(200, {"value": items})


def update_quotas(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer ``POST locations/{l}/updateQuotas``: set limits; the id's last segment names what is limited."""
    location, done = groups["location"].lower(), []
    for item in request.json().get("value") or []:
        name = str(item.get("id", "")).rpartition("/")[2]
        known = next((one for one, _ in _names() if one.lower() == name.lower()), None)
        if known is None:
            raise bad_request(f"The quota '{name}' is not known.", "InvalidQuotaName")
        world.store.put("setting", f"quota/{location}/{known}".lower(), int(item["limit"]))
        done.append({**item, "status": "Success"})
    return Response(200, {"value": done})


def vm_sizes(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer ``locations/{l}/vmSizes``: under ``amlCompute`` until 2020, under ``value`` since."""
    items: list[dict[str, Any]] = [
        {
            "name": size.name,
            "family": size.family,
            "vCPUs": size.cores,
            "gpus": size.gpus,
            "osVhdSizeMB": 1047552,
            "maxResourceVolumeMB": size.cores * 16384,
            "memoryGB": float(size.cores * 4),
            "lowPriorityCapable": size.name.lower() not in NO_LOW_PRIORITY,
            "premiumIO": "s_v" in size.name.lower() or size.name.lower().startswith("standard_ds"),
            "supportedComputeTypes": ["AmlCompute", "ComputeInstance"],
        }
        for size in SIZES.values()
    ]
    old = request.api_version < "2021"
    return Response(200, {"amlCompute": items} if old else {"value": items})


def compute_usages(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer Microsoft.Compute's ``locations/{l}/usages``: virtual machines have a quota of their own, here unused."""
    names = [("cores", "Total Regional vCPUs"), *((family, f"{family} vCPUs") for family in FAMILIES)]
    return Response(
        200,
        {
            "value": [
                {
                    "limit": TOTAL if name == "cores" else DEDICATED,
                    "unit": "Count",
                    "currentValue": 0,
                    "name": {"value": name, "localizedValue": text},
                }
                for name, text in names
            ]
        },
    )


def compute_skus(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer Microsoft.Compute's ``skus``: every size in the location that the filter names, without restrictions."""
    location = request.query.get("$filter", "").rpartition(" eq ")[2].strip("'\" ") or "westeurope"
    items = [
        {
            "resourceType": "virtualMachines",
            "name": size.name,
            "tier": "Standard",
            "size": size.name.removeprefix("Standard_"),
            "family": size.family,
            "locations": [location],
            "capabilities": [
                {"name": "vCPUs", "value": str(size.cores)},
                {"name": "GPUs", "value": str(size.gpus)},
            ],
            "restrictions": [],
        }
        for size in SIZES.values()
    ]
    return Response(200, {"value": items})


def workspace_usages(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer ``workspaces/{w}/usages``: the same counts for one workspace's location."""
    workspace = parse(request.path.rpartition("/")[0])
    record = world.store.get("resource", workspace.key) if workspace else None
    location = record["body"]["location"] if record else ""
    subscription = workspace.subscription if workspace else ""
    return usages(world, request, {"sub": subscription, "location": location})
