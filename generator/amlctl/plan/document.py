"""A plan as JSON: the form that scripts read, and the form that is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from amlctl.arm.values import Secret, Unknown, plain
from amlctl.plan.values import ABSENT, Change, LeafChange, Plan

VERSION = 1


def document(plans: Sequence[Plan]) -> dict[str, Any]:
    """Write plans as a JSON document: ``{"version", "hasChanges", "plans": [{"environment", "changes": […]}]}``."""
    return {
        "version": VERSION,
        "hasChanges": not all(plan.empty for plan in plans),
        "plans": [_plan(plan) for plan in plans],
    }


def shown(value: Any) -> Any:
    """Write a value for people and programs: absent is None, unknown its expression, a secret three stars."""
    if value is ABSENT:
        return None
    return plain(value) if isinstance(value, Unknown | Secret | dict | list) else value


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "environment": plan.environment,
        "target": plan.target,
        "comparedWith": plan.compared_with or None,
        "counts": {action: plan.count(action) for action in ("create", "update", "put", "unknown", "orphan", "none")},
        "hidden": plan.hidden,
        "changes": [_change(change) for change in plan.changes if change.action != "none"],
    }


def _change(change: Change) -> dict[str, Any]:
    entry: dict[str, Any] = {"action": change.action, "id": change.id, "type": change.type, "name": change.name}
    if change.cause:
        entry["cause"] = str(change.cause)
    if change.leaves:
        entry["properties"] = [_leaf(leaf) for leaf in change.leaves]
    return entry


def _leaf(leaf: LeafChange) -> dict[str, Any]:
    entry = {"path": dotted(leaf), "before": shown(leaf.before), "after": shown(leaf.after), "verdict": leaf.verdict}
    return entry | ({"cause": str(leaf.cause)} if leaf.cause else {})


def dotted(leaf: LeafChange) -> str:
    """Write the path of a leaf: ``properties.scaleSettings.maxNodeCount``, ``rules[0].name``."""
    text = ""
    for step in leaf.path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
