"""Runs the checks inside one environment that go over more than one value."""

from __future__ import annotations

from amlctl.diagnostics import Finding
from amlctl.environment import check_names, check_network, check_people, check_platform
from amlctl.environment.values import Environment

CHECKS = (*check_names.CHECKS, *check_platform.CHECKS, *check_network.CHECKS, *check_people.CHECKS)


def check(environment: Environment) -> list[Finding]:
    """Run every check."""
    return [finding for one in CHECKS for finding in one(environment)]
