"""Makes a finding that stands at a value of an environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from amlctl.diagnostics import Finding, JsonPath, Level, Place
from amlctl.environment.faults import fault
from amlctl.environment.values import Environment

Check: TypeAlias = Callable[[Environment], Iterator[Finding]]


def fault_at(
    environment: Environment,
    code: str,
    path: JsonPath,
    message: str,
    found: str = "",
    instead: str = "",
    level: Level = "error",
) -> Finding:
    """Make a finding at the place of a value, or of the nearest map around it."""
    place = environment.place(path) or Place(environment.file)
    return fault(code, place, message, found, instead, level)
