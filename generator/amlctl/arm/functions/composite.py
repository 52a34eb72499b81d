""".NET composite formats: `{index[,alignment][:format]}`, standard and custom number formats, invariant culture.

Source: .NET documentation, "Composite formatting", "Standard numeric format strings", "Custom numeric format strings".
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from amlctl.arm.engine import MAX_TEXT
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.functions.texts import quoted_text

_ITEM = re.compile(r"\{\{|\}\}|\{\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?(?::((?:[^{}]|\{\{|\}\})*))?\}|[{}]")
_TOO_FEW = "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."
_STANDARD = re.compile(r"([A-Za-z])(\d{0,3})\Z")


def _invalid(why: str) -> EvaluationFailed:
    where = "Please see https://aka.ms/arm-function-format for usage details."
    return EvaluationFailed(f"Unable to evaluate language function 'format': the format is invalid: '{why}'. {where}")


def format_composite(text: str, values: tuple[Any, ...]) -> str:
    """Put the values into the text. Raises EvaluationFailed with .NET's message."""
    parts: list[str] = []
    end = size = 0
    for match in _ITEM.finditer(text):
        parts += (text[end : match.start()], _item(match, values))
        end = match.end()
        size += len(parts[-1])
        if size > MAX_TEXT:
            raise _invalid("The value is over the size limit.")
    parts.append(text[end:])
    return "".join(parts)


def _item(match: re.Match[str], values: tuple[Any, ...]) -> str:
    if match[1] is None:
        if len(match[0]) == 1:
            raise _invalid("Input string was not in a correct format.")
        return match[0][0]
    at = int(match[1][:9])
    if at >= len(values):
        raise _invalid(_TOO_FEW)
    if match[2] is None and match[3] is None:
        value = values[at]
        return value if type(value) is str else quoted_text(value)
    text = _formatted(values[at], (match[3] or "").replace("{{", "{").replace("}}", "}"))
    width = int(match[2][:9]) if match[2] else 0
    if abs(width) > MAX_TEXT:
        raise _invalid("Input string was not in a correct format.")
    return text.rjust(width) if width >= 0 else text.ljust(-width)


def _formatted(value: Any, form: str) -> str:
    if type(value) not in (int, float) or not form:
        return quoted_text(value)
    standard = _STANDARD.match(form)
    if standard:
        letter = standard[1]
        if letter.upper() not in _NUMBERS:
            raise _invalid("Format specifier was invalid.")
        return _NUMBERS[letter.upper()](value, int(standard[2]) if standard[2] else None, letter)
    return custom_number(value, form)


def _rounded(value: float, digits: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _decimal(value: float, digits: int | None, _letter: str) -> str:
    if type(value) is not int:
        raise _invalid("Format specifier was invalid.")
    return f"{'-' if value < 0 else ''}{str(abs(value)).zfill(digits or 0)}"


def _hexadecimal(value: float, digits: int | None, letter: str) -> str:
    if type(value) is not int:
        raise _invalid("Format specifier was invalid.")
    return format(value & 0xFFFFFFFFFFFFFFFF, letter).zfill(digits or 0)


def _binary(value: float, digits: int | None, _letter: str) -> str:
    if type(value) is not int:
        raise _invalid("Format specifier was invalid.")
    return format(value & 0xFFFFFFFFFFFFFFFF, "b").zfill(digits or 0)


def _fixed(value: float, digits: int | None, _letter: str) -> str:
    places = 2 if digits is None else digits
    return f"{_rounded(value, places):.{places}f}"


def _grouped(value: float, digits: int | None, _letter: str) -> str:
    places = 2 if digits is None else digits
    return f"{_rounded(value, places):,.{places}f}"


def _currency(value: float, digits: int | None, letter: str) -> str:
    text = _grouped(abs(value), digits, letter)
    return f"(¤{text})" if value < 0 else f"¤{text}"


def _percent(value: float, digits: int | None, letter: str) -> str:
    return _grouped(float(Decimal(str(value)) * 100), digits, letter) + " %"


def _exponent(value: float, digits: int | None, letter: str) -> str:
    mantissa, _, power = f"{value:.{6 if digits is None else digits}e}".partition("e")
    return f"{mantissa}{letter}{power[0]}{power[1:].zfill(3)}"


def _general(value: float, digits: int | None, letter: str) -> str:
    if not digits:
        return quoted_text(value)
    text = f"{value:.{digits}g}"
    mantissa, _, power = text.partition("e")
    mark = "E" if letter == "G" else "e"
    return f"{mantissa}{mark}{power[0]}{power[1:].zfill(2)}" if power else mantissa


def _round_trip(value: float, _digits: int | None, _letter: str) -> str:
    return quoted_text(value)


_NUMBERS = {
    "D": _decimal,
    "X": _hexadecimal,
    "B": _binary,
    "F": _fixed,
    "N": _grouped,
    "C": _currency,
    "P": _percent,
    "E": _exponent,
    "G": _general,
    "R": _round_trip,
}


def custom_number(value: float, form: str) -> str:
    """Write a number by a custom format: `0`, `#`, `.`, `,`, `%`, texts in quotes, sections by `;`."""
    sections = form.split(";")
    at = 1 if value < 0 and len(sections) > 1 and sections[1] else 2 if value == 0 and len(sections) > 2 else 0
    chosen = sections[at]
    sign = "-" if value < 0 and at == 0 else ""
    text = _by_picture(Decimal(str(abs(value))), chosen)
    return sign + text if any(digit in "123456789" for digit in text) or at else text


def _by_picture(value: Decimal, form: str) -> str:
    tokens = re.findall(r"'[^']*'|\"[^\"]*\"|\\.|[\s\S]", form)
    picture = [token for token in tokens if token in ("0", "#", ".", ",", "%")]
    value *= 100 ** picture.count("%")
    before, _, after = "".join(token for token in picture if token[0] != "%").partition(".")
    scaling = len(before) - len(before.rstrip(","))
    value = value.scaleb(-3 * scaling)
    places = after.count("0") + after.count("#")
    number = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, fraction = f"{number:f}".partition(".")
    least = len(before.replace(",", "").lstrip("#"))
    whole = whole.lstrip("0").zfill(least)
    whole = _thousands(whole) if "," in before.rstrip(",") else whole
    kept = len(after.rstrip("#").replace(",", ""))
    fraction = fraction[:kept] + fraction[kept:].rstrip("0")
    return _filled(tokens, whole + (f".{fraction}" if fraction else ""))


def _thousands(digits: str) -> str:
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    return ",".join(groups + [digits[at : at + 3] for at in range(head, len(digits), 3)])


def _filled(tokens: list[str], number: str) -> str:
    """Literal characters before and after the digits stay where they are; those between digits are not supported."""
    result, written = [], False
    for token in tokens:
        if token in ("0", "#", ".", ","):
            if not written:
                result.append(number)
                written = True
        elif token[0] == "%":
            result.append("%")
        else:
            result.append(
                token[1:-1] if token[0] in "'\"" and len(token) > 1 else token[1:] if token[0] == "\\" else token
            )
    return "".join(result)
