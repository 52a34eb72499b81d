"""Names of types as messages show them, and did-you-mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.types import Type, force

MAX_DEPTH = 4


def name(value: Type, depth: int = 0) -> str:
    """Give the name of a type, parts of parts shortened."""
    value = force(value)
    maker = _NAMES.get(type(value))
    return maker(value, depth + 1) if maker and depth < MAX_DEPTH else _short(value)


def _short(value: Type) -> str:
    return t.kind_name(value) or str(getattr(value, "name", "object"))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "'"


def _array(value: t.Arr, depth: int) -> str:
    item = force(value.item)
    if item is t.ANY:
        return "array"
    inner = name(item, depth)
    return f"({inner})[]" if type(item) is t.Union else f"{inner}[]"


def _union(value: t.Union, depth: int) -> str:
    return " | ".join(sorted((name(m, depth) for m in value.members if m is not t.NULL), key=str.lower)) + (
        " | null" if t.NULL in value.members else ""
    )


def _func(value: t.Func, depth: int) -> str:
    parameters = [name(parameter, depth) for parameter in value.parameters]
    result = name(value.result, depth)
    return f"{parameters[0]} => {result}" if len(parameters) == 1 else f"({', '.join(parameters)}) => {result}"


def _resource(value: t.Res, _: int) -> str:
    return f"{value.name}@{value.version}"


SCOPES = {1: "tenant", 2: "managementGroup", 4: "subscription", 8: "resourceGroup", 16: "resource", 32: "module"}


def scopes(bits: int) -> str:
    """Give the names of scopes, each in quotes."""
    return ", ".join(f'"{word}"' for bit, word in SCOPES.items() if bits & bit)


_NAMES: dict[type, Callable[..., str]] = {
    t.Simple: lambda value, _: value.name,
    t.Str: lambda *_: "string",
    t.StrLit: lambda value, _: _quoted(value.value),
    t.Integer: lambda *_: "int",
    t.IntLit: lambda value, _: str(value.value),
    t.Boolean: lambda *_: "bool",
    t.BoolLit: lambda value, _: "true" if value.value else "false",
    t.Arr: _array,
    t.Tup: lambda value, depth: "[" + ", ".join(name(item, depth) for item in value.items) + "]",
    t.Obj: lambda value, _: value.name,
    t.Disc: lambda value, _: value.name,
    t.Union: _union,
    t.Func: _func,
    t.Res: _resource,
    t.Mod: lambda *_: "module",
    t.ScopeRef: lambda value, _: SCOPES[value.scope],
    t.ScopeTarget: lambda value, _: " | ".join(word for bit, word in SCOPES.items() if value.scopes & bit),
    t.Parent: lambda value, _: value.child.rpartition("/")[0],
    t.Depends: lambda *_: "(resource | module) | (resource | module)[]",
    t.Namespace: lambda value, _: value.name,
    t.TypeType: lambda value, depth: f"Type<{name(value.inner, depth)}>",
}


def suggest(wrong: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate that was most likely meant: a third of the length may differ (SpellChecker.cs)."""
    longer = min(int(len(wrong) * 0.34), 2)
    limit = int(len(wrong) * 0.34) + 1
    best, close = None, False
    upper = wrong.upper()
    for candidate in candidates:
        if not candidate or abs(len(candidate) - len(wrong)) > longer:
            continue
        other = candidate.upper()
        if other == upper:
            return candidate
        if close or len(candidate) < 3:
            continue
        edits = _distance(upper, other, limit - 1)
        if edits is None:
            continue
        best = candidate
        if edits < 2:
            close = True
        else:
            limit = edits
    return best


def _distance(left: str, right: str, most: int) -> int | None:
    if abs(len(left) - len(right)) > most:
        return None
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(right, 1):
            best = diagonal if char == other else 1 + min(row[j], row[j - 1], diagonal)
            diagonal, row[j] = row[j], best
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
