"""The slow second look at JSON that failed: which expressions fail, where they stand, and the rest evaluated."""

from __future__ import annotations

from typing import Any

from amlctl.arm.copies import evaluate_node, is_copy
from amlctl.arm.engine import Environment
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.frame import Run
from amlctl.arm.tree import Call, Text
from amlctl.arm.values import Unknown
from amlctl.diagnostics import JsonPath


def locate_faults(value: Any, env: Environment, path: JsonPath, run: Run, stage: str) -> Any:
    """Evaluate a value leaf by leaf; each failing leaf is a fault with its path and an unknown in the result."""
    kind = type(value)
    if kind is dict and not is_copy(value.get("copy")):
        return {key: locate_faults(item, env, (*path, key), run, stage) for key, item in value.items()}
    if kind is list:
        return [locate_faults(item, env, (*path, at), run, stage) for at, item in enumerate(value)]
    try:
        return evaluate_node(value, env)
    except EvaluationFailed as error:
        text = value if kind is str else ""
        run.fault(error, path, text, stage)
        return Unknown(Call("fail", (Text(error.message),)), "error", error.message)
