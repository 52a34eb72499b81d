"""Two lists of predicted resources as the text of a what-if: ``+`` new, ``-`` gone, ``~`` changed, by scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_ORDER = {"-": 0, "+": 1, "~": 2}
_PROVIDERS = "/providers/"


def describe(before: list[Json], after: list[Json]) -> str:
    """Describe what changed, empty where nothing did; resources are matched by id, without regard to case."""
    old, new = _by_id(before), _by_id(after)
    scopes: dict[str, list[tuple[int, str, list[str]]]] = {}
    names: dict[str, str] = {}
    for key in {**old, **new}:
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        scope, relative = _split(str((now or was or {}).get("id", key)))
        names.setdefault(scope.upper(), scope)
        mark = "~" if was is not None and now is not None else "+" if was is None else "-"
        lines = list(_changes(was, now, 2)) if mark == "~" else list(_object(now or was or {}, 2))
        scopes.setdefault(scope.upper(), []).append((_ORDER[mark], f"{mark} {relative}", lines))
    text: list[str] = []
    for scope in sorted(scopes):
        text += ["", f"Scope: {names[scope]}"]
        for _, head, lines in sorted(scopes[scope]):
            text += ["", f"  {head}", *lines]
    return "\n".join([*text, ""]) if text else ""


def _by_id(resources: list[Json]) -> dict[str, Json]:
    return {
        str(one.get("id") or json.dumps([one.get("type"), one.get("identifiers")])).lower(): one for one in resources
    }


def _split(resource_id: str) -> tuple[str, str]:
    """Split an id into the scope that it is deployed to and the rest."""
    at = resource_id.lower().rfind(_PROVIDERS)
    return (resource_id[:at] or "/", resource_id[at + len(_PROVIDERS) :]) if at >= 0 else ("/", resource_id)


def _object(value: Json, level: int) -> Iterator[str]:
    indent = "  " * level
    width = max((len(key) for key, item in value.items() if not _is_tree(item)), default=0)
    for key, item in value.items():
        if _is_tree(item):
            yield f"{indent}{key}:"
            yield from _inner(item, level + 1)
        else:
            yield f"{indent}{key + ':':<{width + 2}}{json.dumps(item, ensure_ascii=False)}"


def _inner(value: Any, level: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _object(value, level)
    else:
        yield from _object({str(at): item for at, item in enumerate(value)}, level)


def _is_tree(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _changes(was: Any, now: Any, level: int, path: str = "") -> Iterator[str]:
    """Lines about each property that is new, gone or different, with its path."""
    indent = "  " * level
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({**was, **now}):
            inner = f"{path}.{key}" if path else key
            if key not in now:
                yield from _whole("-", inner, was[key], level)
            elif key not in was:
                yield from _whole("+", inner, now[key], level)
            elif was[key] != now[key]:
                yield from _changes(was[key], now[key], level, inner)
    elif isinstance(was, list) and isinstance(now, list):
        both = min(len(was), len(now))
        for at in range(both):
            if was[at] != now[at]:
                yield from _changes(was[at], now[at], level, f"{path}[{at}]")
        for at in range(both, max(len(was), len(now))):
            mark, items = ("-", was) if len(was) > len(now) else ("+", now)
            yield from _whole(mark, f"{path}[{at}]", items[at], level)
    else:
        yield f"{indent}~ {path}: {_short(was)} => {_short(now)}"


def _whole(mark: str, path: str, value: Any, level: int) -> Iterator[str]:
    if _is_tree(value):
        yield f"{'  ' * level}{mark} {path}:"
        yield from _inner(value, level + 2)
    else:
        yield f"{'  ' * level}{mark} {path}: {_short(value)}"


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
