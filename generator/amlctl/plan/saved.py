"""A saved plan: what somebody saw, bound to the tool, the inputs and the state that it was made for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from amlctl.errors import PlanStale
from amlctl.plan.document import document
from amlctl.plan.values import Plan

LIFE = 24 * 3600
"""Seconds that a saved plan may be deployed for."""
AHEAD = 300
"""Seconds that the clock of the machine which planned may be ahead of ours."""


class Binding(NamedTuple):
    """What a plan is bound to beside itself: the hash of each input, the tool, and when it was made (seconds)."""

    inputs: Mapping[str, str]
    tool: str
    made: int


def save(plans: Sequence[Plan], binding: Binding) -> str:
    """Write plans with what they were made from, sealed by a hash over everything."""
    body = {"plan": document(plans), **binding._asdict(), "inputs": dict(binding.inputs)}
    return json.dumps(body | {"seal": _seal(body)}, indent=2, ensure_ascii=False) + "\n"


def load(text: str, plans: Sequence[Plan], now: Binding) -> None:
    """Check that a saved plan is whole and says what is planned now; ``now`` holds our tool, inputs and time.

    Raises PlanStale where the file was changed, was made for another environment, for other inputs or by another
    version, is older than a day, or where the world has changed since.
    """
    saved = _opened(text)
    _same_environments([str(one["environment"]) for one in saved["plan"]["plans"]], [one.environment for one in plans])
    if saved["tool"] != now.tool:
        _stale(f"the saved plan was made by amlctl {saved['tool']}, this is {now.tool}")
    if not -AHEAD <= now.made - saved["made"] <= LIFE:
        _stale("the saved plan is older than 24 hours, or from the future")
    for name, value in now.inputs.items():
        if saved["inputs"].get(name) != value:
            _stale(f"the saved plan was made for another {name}: {saved['inputs'].get(name)}, now {value}")
    if saved["plan"] != json.loads(json.dumps(document(plans))):
        _stale("the changes are no longer the ones that were saved")


def _same_environments(saved: Sequence[str], now: Sequence[str]) -> None:
    """The last of the planned stacks is the environment that was asked for."""
    if saved != now:
        _stale(f"the saved plan is for {saved[-1] if saved else 'nothing'}, not {now[-1]}")


def _opened(text: str) -> dict[str, Any]:
    try:
        saved = json.loads(text)
        body = {name: saved[name] for name in ("plan", *Binding._fields)}
        seal = saved["seal"]
    except (ValueError, KeyError, TypeError, RecursionError):
        _stale("the file is not a saved plan")
    if seal != _seal(body):
        _stale("the saved plan was changed after it was written")
    return body


def _stale(message: str) -> NoReturn:
    raise PlanStale(f"{message}; plan again")


def _seal(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
