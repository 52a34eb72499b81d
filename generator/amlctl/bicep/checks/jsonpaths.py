"""The simple JSON paths: ``$.a.b``, ``[0]``, ``['a']``; others are not looked at."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\['([^']*)'\]")


def select(value: Any, path: str) -> tuple[bool | None, Any]:
    """Give (True, part); (False, None): no such part, or a wrong path; (None, None): not looked at."""
    if "*" in path or "?" in path or ".." in path or "," in path:
        return None, None
    rest = path.removeprefix("$")
    if rest.endswith("."):
        return False, None
    at = 0
    while at < len(rest):
        step = _STEP.match(rest, at)
        if step is None:
            return None, None
        name, index = step.group(1) or step.group(3), step.group(2)
        if index is not None and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        elif name is not None and isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return False, None
        at = step.end()
    return True, value
