"""ARM's limits on one template, as faults in its words (source: the ARM documentation's page on limits)."""

from __future__ import annotations

import json
from typing import Any

from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.frame import Frame

MAX_PARAMETERS, MAX_VARIABLES, MAX_OUTPUTS, MAX_RESOURCES = 256, 512, 64, 800
MAX_BYTES = 4 * 1024 * 1024


def check_limits(frame: Frame) -> None:
    """Add a fault for every section that has too many members."""
    for section, most in (("parameters", MAX_PARAMETERS), ("variables", MAX_VARIABLES), ("outputs", MAX_OUTPUTS)):
        count = _size(frame.template.get(section))
        if count > most:
            message = f"The number of template {section} limit exceeded. Limit: '{most}' and actual: '{count}'."
            _add(frame, message, section)


def check_resources(frame: Frame, count: int) -> None:
    """Add a fault when the resources, loops spelled out, are too many."""
    if count > MAX_RESOURCES:
        message = f"The number of template resources limit exceeded. Limit: '{MAX_RESOURCES}' and actual: '{count}'."
        _add(frame, message, "resources")


def check_size(frame: Frame) -> None:
    """Add a fault when the template's text, without spaces, is too long."""
    size = len(json.dumps(frame.template, separators=(",", ":"), ensure_ascii=False))
    if size > MAX_BYTES:
        message = f"The template size limit of '{MAX_BYTES}' bytes is exceeded: it has '{size}'."
        _add(frame, message, "")


def _add(frame: Frame, message: str, section: str) -> None:
    where = "Please see https://aka.ms/arm-template/#limits for usage details."
    frame.run.fault(EvaluationFailed(f"{message} {where}"), (*frame.path, section) if section else frame.path)


def _size(section: Any) -> int:
    return len(section) if isinstance(section, (dict, list)) else 0
