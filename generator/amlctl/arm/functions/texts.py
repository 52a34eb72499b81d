"""How values become text: ARM's own forms, and JSON as the service writes it."""

from __future__ import annotations

import json
import math
from typing import Any


def number_text(value: float) -> str:
    """Write a number as .NET's shortest round-trip form: `1.5`, `1E+20`."""
    if type(value) is int:
        return str(value)
    if math.isinf(value) or math.isnan(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = repr(float(value))
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    return f"{mantissa.removesuffix('.0')}E{exponent[0]}{exponent[1:].zfill(2)}"


def json_text(value: Any) -> str:
    """Write a value as compact JSON, non-ASCII letters as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def to_text(value: Any) -> str:
    """Give the text of a value as `string()` does: `True`, `12`, compact JSON; null is the empty text."""
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is bool:
        return "True" if value else "False"
    if kind is int or kind is float:
        return number_text(value)
    return "" if value is None else json_text(value)


def quoted_text(value: Any) -> str:
    """Give the text of a value inside `format`: objects and arrays with single quotes (`{'a':'b'}`)."""
    kind = type(value)
    if kind is dict:
        return "{" + ",".join(f"{_quoted(key)}:{_member(item)}" for key, item in value.items()) + "}"
    if kind is list:
        return "[" + ",".join(_member(item) for item in value) + "]"
    return to_text(value)


def _member(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is bool:
        return "true" if value else "false"
    return "null" if value is None else quoted_text(value)


def _quoted(text: str) -> str:
    inner = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"


_SIGNS = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_WEIGHTS = {sign: at for at, sign in enumerate(" \t\n\r" + _SIGNS + "0123456789abcdefghijklmnopqrstuvwxyz")}


def culture_key(text: str) -> tuple[list[int], list[int], list[bool]]:
    """Order texts as .NET's invariant culture does: signs, digits, letters; then accents; then small before capital.

    Source: the comparison functions' page (`greater('A', 'a')` is True); Unicode's default order of ASCII.
    """
    if not text.isascii():
        from unicodedata import combining, normalize

        parts = normalize("NFD", text)
        letters = [letter for letter in parts if not combining(letter)]
        accents = [ord(letter) for letter in parts if combining(letter)]
    else:
        letters, accents = list(text), []
    weights = [_WEIGHTS.get(low, 1000 + ord(low[:1])) for low in map(str.lower, letters)]
    return weights, accents, [letter.isupper() for letter in letters]
