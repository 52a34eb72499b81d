"""The roles of pipelines/README.md are enough for what is rendered, and none of them can be left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amlctl.app.build import build
from amlctl.app.predict import predict_offline, scope
from amlctl.environment import load, names
from amlctl.localarm.providers.role_actions import allowed_by
from amlctl.plan import compare
from amlctl.preflight import wanted
from amlctl.preflight.permissions import missing
from amlctl.render import read_templates

PROJECT = Path(__file__).parents[3]
TEMPLATES = read_templates(PROJECT / "templates")
README = (PROJECT / "pipelines" / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\w+) \| ([\w-]+) \| ([\w ]+) \|", re.MULTILINE)


def rows() -> list[tuple[str, str, str]]:
    """Environment, scope, role."""
    table = re.search(r"<!-- roles -->(.*)<!-- /roles -->", README, re.DOTALL)
    assert table is not None
    return [row for row in ROW.findall(table[1]) if row[0] != "environment"]


def lacking(name: str, given: list[tuple[str, str, str]]) -> list[str]:
    """The actions that some roles do not give, over all scopes of an environment's first deployment."""
    environment = load(PROJECT, name)
    desired = predict_offline(build(environment, TEMPLATES))
    found = []
    for at, actions in wanted(desired, compare(desired), scope(environment)).actions.items():
        group = at.rpartition("/")[2] if "/resourceGroups/" in at else "subscription"
        roles = [
            allowed_by(role).shown() for of, where, role in given if of == name and where in (group, "subscription")
        ]
        found += missing(actions, roles)
    return found


@pytest.mark.parametrize("name", names(PROJECT))
def test_the_roles_are_enough(name: str) -> None:
    """``doctor`` and preflight compute the same actions (real-azure.md M13)."""
    assert lacking(name, rows()) == []


@pytest.mark.parametrize("row", rows(), ids=" ".join)
def test_no_role_can_be_left_out(row: tuple[str, str, str]) -> None:
    """A table that gives too much would be no help."""
    assert lacking(row[0], [other for other in rows() if other != row])
