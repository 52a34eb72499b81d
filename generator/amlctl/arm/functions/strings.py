"""Functions of texts: joining, cutting, searching, case, `format`, `string`."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import MAX_TEXT, Undecided
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.composite import format_composite
from amlctl.arm.functions.signature import NAMES, built_in
from amlctl.arm.functions.texts import to_text
from amlctl.arm.values import Secret, Unknown

_MIXED = (
    "The provided parameters for language function 'concat' are invalid. "
    "Either all or none of the parameters must be an array."
)


@built_in("concat", "x+", shallow=True)
def _concat(*values: Any) -> Any:
    lists = sum(type(value) is list for value in values)
    if lists == len(values):
        return [item for value in values for item in value]
    if lists:
        raise EvaluationFailed(f"{_MIXED} Please see https://aka.ms/arm-functions/#concat for usage details.")
    for value in values:
        if type(value) not in (str, int, bool, float):
            kind = NAMES.get(type(value), "Unknown")
            raise wrong_value(
                "concat", f"expects parameters of type 'String' or 'Array'. The provided value is of type '{kind}'."
            )
    return "".join(map(to_text, values))


@built_in("format", "s x*")
def _format(text: str, *values: Any) -> str:
    return format_composite(text, values)


@built_in("string", "x")
def _string(value: Any) -> str:
    return to_text(value)


@built_in("toLower", "s")
def _to_lower(text: str) -> str:
    return text.lower()


@built_in("toUpper", "s")
def _to_upper(text: str) -> str:
    return "".join(big if len(big := letter.upper()) == 1 else letter for letter in text)


@built_in("trim", "s")
def _trim(text: str) -> str:
    return text.strip()


@built_in("padLeft", "s|i|b i s?")
def _pad_left(value: Any, width: int, filler: str = " ") -> str:
    if width < 0 or width > MAX_TEXT or len(filler) != 1:
        raise wrong_value("padLeft", "expects a length that is not negative and one padding character.")
    return to_text(value).rjust(width, filler)


@built_in("replace", "s s s")
def _replace(text: str, old: str, new: str) -> str:
    if not old:
        raise wrong_value("replace", "expects its second parameter not to be empty.")
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise wrong_value("replace", "gives a value over the size limit.")
    return text.replace(old, new)


@built_in("split", "s s|a")
def _split(text: str, delimiters: Any) -> list[str]:
    marks = [delimiters] if type(delimiters) is str else delimiters
    if not all(type(mark) is str for mark in marks):
        raise wrong_value("split", "expects its second parameter to be a string or an array of strings.")
    marks = [mark for mark in marks if mark]
    if len(marks) <= 1:
        return text.split(marks[0]) if marks else [text]
    import re

    return re.split("|".join(map(re.escape, marks)), text)


@built_in("join", "a s")
def _join(items: list[Any], delimiter: str) -> str:
    if len(items) * len(delimiter) > MAX_TEXT:
        raise wrong_value("join", "gives a value over the size limit.")
    return delimiter.join(map(to_text, items))


@built_in("startsWith", "s s")
def _starts_with(text: str, part: str) -> bool:
    return text.lower().startswith(part.lower())


@built_in("endsWith", "s s")
def _ends_with(text: str, part: str) -> bool:
    return text.lower().endswith(part.lower())


@built_in("like", "s s")
def _like(text: str, pattern: str) -> bool:
    """Match with `*` for any letters, without regard to case; greedy from the left, so the time is bounded."""
    first, *rest = pattern.lower().split("*")
    lower = text.lower()
    if not rest:
        return lower == first
    if not lower.startswith(first):
        return False
    at, end = len(first), len(lower) - len(rest[-1])
    for piece in rest[:-1]:
        at = lower.find(piece, at, max(0, end))
        if at < 0:
            return False
        at += len(piece)
    return at <= end and lower.endswith(rest[-1])


@built_in("substring", "s i? i?")
def _substring(text: str, start: int = 0, length: int | None = None) -> str:
    if start < 0 or start > len(text) or (length is not None and (length < 0 or start + length > len(text))):
        taken = max(len(text) - start, 0) if length is None else length
        message = "The index and length parameters must refer to a location within the string. The index parameter: "
        found = f"'{start}', the length parameter: '{taken}', the length of the string parameter: '{len(text)}'."
        where = "Please see https://aka.ms/arm-functions/#substring for usage details."
        raise EvaluationFailed(f"{message}{found} {where}")
    return text[start:] if length is None else text[start : start + length]


@built_in("indexOf", "s|a x", shallow=True)
def _index_of(container: Any, item: Any) -> int:
    if type(container) is list:
        return next((at for at, member in enumerate(container) if _equal(member, item)), -1)
    return str(container).lower().find(_needle("indexOf", item))


@built_in("lastIndexOf", "s|a x", shallow=True)
def _last_index_of(container: Any, item: Any) -> int:
    if type(container) is list:
        return next((at for at in range(len(container) - 1, -1, -1) if _equal(container[at], item)), -1)
    return str(container).lower().rfind(_needle("lastIndexOf", item))


def _needle(function: str, item: Any) -> str:
    if type(item) is not str:
        raise wrong_value(function, "expects a string to look for in a string.")
    return item.lower()


def _equal(member: Any, item: Any) -> bool:
    from amlctl.arm.functions.logical import same

    if type(member) in (Unknown, Secret):
        raise Undecided
    return same(member, item)
