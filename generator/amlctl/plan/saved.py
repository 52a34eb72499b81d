"""A saved plan: what somebody saw, bound to the templates, the parameters and the state that it was made for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from amlctl.errors import PlanStale
from amlctl.plan.document import document
from amlctl.plan.values import Plan


def save(plans: Sequence[Plan], inputs: Mapping[str, str]) -> str:
    """Write plans with the hashes of what they were made from, sealed by a hash over everything."""
    body = {"plan": document(plans), "inputs": dict(inputs)}
    return json.dumps(body | {"seal": _seal(body)}, indent=2, ensure_ascii=False) + "\n"


def load(text: str, plans: Sequence[Plan], inputs: Mapping[str, str]) -> None:
    """Check that a saved plan is whole and says what is planned now.

    Raises PlanStale where the file was changed, was made for other inputs, or where the world has changed since.
    """
    saved = _opened(text)
    for name, value in inputs.items():
        if saved["inputs"].get(name) != value:
            _stale(f"the saved plan was made for another {name}: {saved['inputs'].get(name)}, now {value}")
    if saved["plan"] != json.loads(json.dumps(document(plans))):
        _stale("what a deployment would do has changed since the plan was saved")


def _opened(text: str) -> dict[str, Any]:
    try:
        saved = json.loads(text)
        body = {"plan": saved["plan"], "inputs": dict(saved["inputs"])}
        seal = saved["seal"]
    except (ValueError, KeyError, TypeError):
        _stale("the file is not a saved plan")
    if seal != _seal(body):
        _stale("the saved plan was changed after it was written")
    return body


def _stale(message: str) -> Any:
    raise PlanStale(f"{message}; plan again")


def _seal(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
