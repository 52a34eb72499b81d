"""A plan for a terminal or a log: plain text, a line a change, 80 columns are enough."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from amlctl.arm.values import Secret, Unknown
from amlctl.diagnostics import Place
from amlctl.plan.document import dotted
from amlctl.plan.values import ABSENT, Action, LeafChange, Plan

MARKS: dict[Action, str] = {
    "create": "+ create",
    "update": "~ update",
    "put": "* put",
    "unknown": "? unknown",
    "orphan": "! orphan",
}
LONGEST = 60
INDENT = " " * 14


def text(plans: Sequence[Plan], width: int = 100) -> str:
    """Write plans one after the other.

    Each with its total at the end; a cause that would pass ``width`` stands below.
    """
    return "\n".join(line for plan in plans for line in _plan(plan, width))


def _plan(plan: Plan, width: int) -> Iterator[str]:
    compared = f"compared with {plan.compared_with}" if plan.compared_with else "offline: current state unknown"
    yield f"{plan.environment} · {plan.target} · {compared}"
    lines = [change for change in plan.changes if change.action != "none"]
    kinds = max((len(kind(change.type)) for change in lines), default=0)
    causes = max((len(_place(change.cause)) for change in lines), default=0)
    longest = max((len(change.name) for change in lines), default=0)
    names = min(longest, max(16, width - kinds - causes - 16))
    for change in lines:
        head = f"  {MARKS[change.action]:<9} {kind(change.type):<{kinds}}  {change.name:<{names}}"
        yield from _with_cause(head, change.cause, width)
        for leaf in change.leaves:
            yield from _with_cause(_leaf(leaf), leaf.cause, width)
    yield from _rest(plan)
    yield summary(plan)


def summary(plan: Plan) -> str:
    """Say the verdict in one line."""
    if plan.empty and not plan.count("orphan"):
        return f"Plan for {plan.environment}: nothing to change."
    words = {"create": "to create", "update": "to update", "put": "to create or update", "unknown": "unknown"}
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


def _with_cause(line: str, cause: Place | None, width: int) -> Iterator[str]:
    """A line and the place behind it; below where it would be too long."""
    place = _place(cause)
    if place and len(line) + len(place) + 2 <= width:
        yield f"{line}  {place}"
    else:
        yield line.rstrip()
        if place:
            yield f"{INDENT}{place}"


def _place(cause: Place | None) -> str:
    return f"{cause.file}:{cause.line}" if cause else ""


def _leaf(leaf: LeafChange) -> str:
    note = {"drift": "  (changed outside)", "both": "  (changed outside too)"}.get(leaf.verdict, "")
    return f"{INDENT}{dotted(leaf)}  {value(leaf.before)} → {value(leaf.after)}{note}"


def _rest(plan: Plan) -> Iterator[str]:
    same, hidden = plan.count("none"), plan.hidden
    if same or hidden:
        parts = [f"{same} unchanged"] if same else []
        parts += [f"{hidden} properties that differ only in spelling, hidden"] if hidden else []
        yield f"  = {' · '.join(parts)}"
    if plan.count("orphan"):
        yield "  ! an orphan was deployed before and is no longer in the template: it stays until you delete it"
