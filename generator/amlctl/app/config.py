"""``amlctl config``: questions about loaded environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amlctl.app.project import Project, load

if TYPE_CHECKING:
    from amlctl.environment import Difference, Explanation, NameLine


def show(project: Project, name: str) -> tuple[Explanation, ...]:
    """List every value of an environment with its place."""
    from amlctl.environment import origins

    return origins(load(project, name))


def explain(project: Project, name: str, key: str) -> tuple[Explanation, ...]:
    """Say where a value comes from and what it won over. Raises UsageWrong with the near name for an unknown key."""
    from amlctl.environment import explain as explain_key

    return explain_key(load(project, name), key)


def difference(project: Project, left: str, right: str) -> tuple[Difference, ...]:
    """Compare two environments key by key."""
    from amlctl.environment import difference as differ

    return differ(load(project, left), load(project, right))


def names(project: Project, name: str) -> tuple[NameLine, ...]:
    """List every derived name with the rule that it keeps."""
    from amlctl.environment import name_lines

    return name_lines(load(project, name))


def schema() -> str:
    """Write the JSON Schema that editors read."""
    from amlctl.environment import schema_text

    return schema_text()
