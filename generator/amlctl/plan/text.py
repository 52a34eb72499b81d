"""A plan for a terminal or a log: plain text, a line a change, 80 columns are enough."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from amlctl.arm.values import Secret, Unknown
from amlctl.plan.document import dotted
from amlctl.plan.values import ABSENT, Action, Change, LeafChange, Plan

MARKS: dict[Action, str] = {
    "create": "+ create",
    "update": "~ update",
    "put": "* put",
    "unknown": "? unknown",
    "orphan": "! orphan",
}
LONGEST = 60


def text(plans: Sequence[Plan]) -> str:
    """Write plans one after the other, each with its total at the end."""
    return "\n".join(line for plan in plans for line in _plan(plan))


def _plan(plan: Plan) -> Iterator[str]:
    compared = f"compared with {plan.compared_with}" if plan.compared_with else "offline: nothing was read"
    yield f"{plan.environment} · {plan.target} · {compared}"
    lines = [change for change in plan.changes if change.action != "none"]
    kinds = max((len(kind(change.type)) for change in lines), default=0)
    names = min(max((len(change.name) for change in lines), default=0), 52)
    for change in lines:
        yield from _change(change, kinds, names)
    yield from _rest(plan)
    yield summary(plan)


def summary(plan: Plan) -> str:
    """Say the verdict in one line."""
    if plan.empty and not plan.count("orphan"):
        return f"Plan for {plan.environment}: nothing to change."
    words = {"create": "to create", "update": "to update", "put": "to put (created or changed)", "unknown": "unknown"}
    parts = [f"{plan.count(action)} {word}" for action, word in words.items() if plan.count(action)]  # type: ignore[arg-type]
    return f"Plan for {plan.environment}: {', '.join(parts) or 'nothing to change'}."


def kind(type_: str) -> str:
    """The last word of a type; the name says of what: ``Microsoft.Storage/storageAccounts/blobServices``."""
    return type_.rsplit("/", 1)[-1]


def value(item: Any) -> str:
    """Write a value in one short line."""
    if item is ABSENT:
        return "(absent)"
    if isinstance(item, Unknown):
        return f"(known after apply: {cut(item.reason or item.text)})"
    if isinstance(item, Secret):
        return "(secret)"
    return cut(item if isinstance(item, str) and item else json.dumps(item, ensure_ascii=False, default=value))


def cut(line: str) -> str:
    """Cut a text that is too long for a line."""
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _change(change: Change, kinds: int, names: int) -> Iterator[str]:
    cause = f"  {change.cause.file}:{change.cause.line}" if change.cause else ""
    yield f"  {MARKS[change.action]:<9} {kind(change.type):<{kinds}}  {change.name:<{names}}{cause}".rstrip()
    for leaf in change.leaves:
        yield _leaf(leaf)


def _leaf(leaf: LeafChange) -> str:
    note = {"drift": "  (changed outside)", "both": "  (changed outside too)"}.get(leaf.verdict, "")
    cause = f"  {leaf.cause.file}:{leaf.cause.line}" if leaf.cause else ""
    return f"              {dotted(leaf)}  {value(leaf.before)} → {value(leaf.after)}{note}{cause}"


def _rest(plan: Plan) -> Iterator[str]:
    same, hidden = plan.count("none"), plan.hidden
    if same or hidden:
        parts = [f"{same} unchanged"] if same else []
        parts += [f"{hidden} properties written differently by the service, hidden"] if hidden else []
        yield f"  = {' · '.join(parts)}"
    if plan.count("orphan"):
        yield "  ! an orphan was deployed before and is no longer in the template: it stays until you delete it"
