"""Did-you-mean for names of properties, values and types: the nearest by edits, as the official compiler chooses."""

from __future__ import annotations

import os
from collections.abc import Iterable

from amlctl.types.reader import FOLDER, load_provider


def distance(left: str, right: str, most: int) -> int:
    """Give the number of edits (insert, delete, replace) between two texts, case ignored; above ``most``: most + 1."""
    left, right = left.lower(), right.lower()
    if abs(len(left) - len(right)) > most:
        return most + 1
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(right, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (char != other))
        if min(row) > most:
            return most + 1
    return row[-1]


def nearest(wanted: str, names: Iterable[str]) -> str | None:
    """Give the name that is like enough to a wrong one: at most 3 edits, fewer for short names; first by name."""
    most = min(3, max(1, len(wanted) // 2 - (len(wanted) <= 3)))
    scored = [(distance(wanted, name, most), name) for name in names if abs(len(name) - len(wanted)) <= most]
    best = min((pair for pair in scored if pair[0] <= most), default=None)
    return best[1] if best else None


def near(name: str) -> str | None:
    """Give the known type whose name is most like an unknown one, in its official spelling."""
    provider, _, rest = name.partition("/")
    known = load_provider(provider)
    if known is None:
        files = (entry[: -len(".gz")] for entry in os.listdir(FOLDER) if entry.endswith(".gz"))
        close = nearest(provider.lower(), files)
        known = load_provider(close) if close else None
        if known is None:
            return None
        name = f"{close}/{rest}"
    return known.spelled(name) or nearest(name, known.types)
