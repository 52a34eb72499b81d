"""A plan for a pull request: a table first, then the properties; nothing that Azure Repos cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amlctl.plan.document import dotted
from amlctl.plan.text import MARKS, kind, summary, value
from amlctl.plan.values import Change, Plan

COLUMNS = ("create", "update", "put", "unknown", "orphan", "none")


def markdown(plans: Sequence[Plan]) -> str:
    """Write plans as Markdown: the counts of all, then a section a plan."""
    head = ["| environment | + | ~ | * | ? | orphan | = |", "|---|--:|--:|--:|--:|--:|--:|"]
    rows = [f"| {plan.environment} | " + " | ".join(str(plan.count(c)) for c in COLUMNS) + " |" for plan in plans]  # type: ignore[arg-type]
    return "\n".join([*head, *rows, *(line for plan in plans for line in _section(plan))]) + "\n"


def _section(plan: Plan) -> Iterator[str]:
    yield ""
    yield f"### {plan.environment}"
    yield ""
    yield summary(plan)
    lines = [change for change in plan.changes if change.action != "none"]
    if lines:
        yield ""
        yield "| | resource | property | before | after | from |"
        yield "|---|---|---|---|---|---|"
        for change in lines:
            yield from _rows(change)


def _rows(change: Change) -> Iterator[str]:
    name = f"{kind(change.type)} {code(change.name)}"
    yield f"| {MARKS[change.action]} | {name} | | | | {change.cause or ''} |"
    for leaf in change.leaves:
        cells = (code(dotted(leaf)), code(value(leaf.before)), code(value(leaf.after)), str(leaf.cause or ""))
        yield f"| | | {' | '.join(cells)} |"


def code(cell: str) -> str:
    """Quote a foreign text so that neither a table nor Markdown reads it."""
    fence = "``" if "`" in cell else "`"
    inner = cell.replace("|", "\\|").replace("\n", " ")
    return f"{fence} {inner} {fence}" if fence == "``" else f"`{inner}`"
