"""Python's cycle collector, put off while trees are built: they hold no cycles, and looking for some costs a third."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def uncollected(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with the cycle collector put off; a caller who has done so already is left alone."""

    @wraps(function)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        if not gc.isenabled():
            return function(*arguments, **named)
        gc.disable()
        try:
            return function(*arguments, **named)
        finally:
            gc.enable()

    return run
