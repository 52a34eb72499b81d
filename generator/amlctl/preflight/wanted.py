"""Evaluated resources and a plan → what can be checked before the deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from amlctl.arm.values import DesiredState, Resource, Unknown
from amlctl.plan import ABSENT, Plan
from amlctl.preflight.values import Compute, Taken, Wanted

COMPUTES = "microsoft.machinelearningservices/workspaces/computes"
WORKSPACE = "microsoft.machinelearningservices/workspaces"
GROUP = "microsoft.resources/resourcegroups"
NETWORK = "Microsoft.Network"
OWNER = ("personalComputeInstanceSettings", "assignedUser", "objectId")
NEW = ("create", "put", "unknown")
TOUCHED = (*NEW, "update")


def wanted(desired: DesiredState, plan: Plan, scope: str) -> Wanted:
    """Say what a plan needs: computes that it would create, permissions by scope, and resource providers.

    ``scope`` is the scope of the deployment itself, such as ``/subscriptions/{id}``.
    """
    changes = {change.id.lower(): change for change in plan.changes}
    touched = [one for one in desired.resources if _action(one, changes) in TOUCHED]
    computes = (one for one in touched if one.type.lower() == COMPUTES and _action(one, changes) in NEW)
    return Wanted(
        plan.environment,
        scope.split("/")[2],
        tuple(_compute(one, changes) for one in computes),
        _permissions(touched, scope),
        frozenset(one.type.partition("/")[0] for one in touched),
        frozenset({NETWORK}) if any(map(_managed, touched)) else frozenset(),
        tuple(_taken(plan)),
    )


def _taken(plan: Plan) -> Iterator[Taken]:
    """Find the instances whose owner would change: the path of the owner's object id differs from what is there."""
    for change in plan.changes:
        for leaf in change.leaves if change.type.lower() == COMPUTES else ():
            if leaf.path[-3:] == OWNER and leaf.before is not ABSENT and leaf.verdict != "unknown":
                yield Taken(change.id.rpartition("/")[2], str(leaf.before), leaf.cause or change.cause)


def _action(resource: Resource, changes: Mapping[str, Any]) -> str:
    change = changes.get(_id(resource).lower())
    return str(change.action) if change else "unknown"


def _id(resource: Resource) -> str:
    return resource.id.text if isinstance(resource.id, Unknown) else resource.id


def _compute(resource: Resource, changes: Mapping[str, Any]) -> Compute:
    body = resource.body.get("properties") or {}
    inner = body.get("properties") or {}
    scale = inner.get("scaleSettings") or {}
    change = changes.get(_id(resource).lower())
    return Compute(
        str(resource.name).rpartition("/")[2],
        str(inner.get("vmSize")),
        str(body.get("computeLocation") or resource.body.get("location")),
        str(inner.get("vmPriority", "")).lower() == "lowpriority",
        str(body.get("computeType")).lower() == "amlcompute",
        max(1, _number(scale.get("minNodeCount"))),
        max(1, _number(scale.get("maxNodeCount"))),
        change.cause if change else None,
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _managed(resource: Resource) -> bool:
    """Whether a workspace brings a managed network, which is made with Microsoft.Network in the subscription."""
    if resource.type.lower() != WORKSPACE:
        return False
    network = (resource.body.get("properties") or {}).get("managedNetwork") or {}
    return str(network.get("isolationMode", "Disabled")).lower() != "disabled"


def _permissions(touched: Iterable[Resource], scope: str) -> dict[str, frozenset[str]]:
    """The actions that the deployment needs, by subscription or resource group."""
    needed: dict[str, set[str]] = {scope: {"Microsoft.Resources/deployments/write"}}
    for resource in touched:
        for at, action in _actions(resource, scope):
            needed.setdefault(at, set()).add(action)
    return {at: frozenset(actions) for at, actions in needed.items()}


def _actions(resource: Resource, scope: str) -> Iterator[tuple[str, str]]:
    if resource.type.lower() == GROUP:
        yield scope, "Microsoft.Resources/subscriptions/resourceGroups/write"
        return
    at = _holder(resource, scope)
    yield at, f"{resource.type}/write"
    yield at, "Microsoft.Resources/deployments/write"


def _holder(resource: Resource, scope: str) -> str:
    """The resource group that a resource is in, or its subscription."""
    parts = (resource.scope if isinstance(resource.id, Unknown) else resource.id).split("/")
    return "/".join(parts[:5]) if len(parts) > 4 and parts[3].lower() == "resourcegroups" else scope
