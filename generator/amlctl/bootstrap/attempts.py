"""One step that Azure refuses is a failed step, and the others run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from amlctl.bootstrap.values import Step
from amlctl.errors import AmlctlError

Answer = TypeVar("Answer")


def attempt(label: str, call: Callable[[], Answer], instead: str = "") -> Answer | Step:
    """Make one call and give its answer; a refusal becomes the failed step to report. ``instead`` says what to do."""
    try:
        return call()
    except AmlctlError as error:
        return Step(label, "failed", "; ".join(part for part in (str(error), instead) if part))
