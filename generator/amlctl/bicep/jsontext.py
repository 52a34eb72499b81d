"""JSON values to text in the official compiler's layout, and lenient JSON (comments, trailing commas) to values."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring
from typing import Any

_LENIENT = re.compile(
    r"""("(?:[^"\\]|\\.)*")|//[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/|,(?=(?:\s|//[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/)*[}\]])""",
    re.DOTALL,
)
_ESCAPED = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def dumps(value: Any) -> str:
    """Write a value with two spaces of indent, ``\\n``, no newline at the end and non-ASCII as is."""
    parts: list[str] = []
    _write(value, "\n", parts)
    text = "".join(parts)
    return text if text.isascii() else text.translate(_ESCAPED)


def _write(value: Any, line: str, parts: list[str]) -> None:
    kind = type(value)
    if kind is str:
        parts.append(encode_basestring(value))
    elif kind is dict:
        _write_object(value, line, parts)
    elif kind is list:
        _write_array(value, line, parts)
    elif value is True:
        parts.append("true")
    elif value is False:
        parts.append("false")
    elif value is None:
        parts.append("null")
    else:
        parts.append(json.dumps(value))


def _write_object(value: dict[str, Any], line: str, parts: list[str]) -> None:
    if not value:
        parts.append("{}")
        return
    inner = line + "  "
    mark = "{" + inner
    for key, member in value.items():
        if type(member) is str:
            parts.append(f"{mark}{encode_basestring(key)}: {encode_basestring(member)}")
        else:
            parts.append(f"{mark}{encode_basestring(key)}: ")
            _write(member, inner, parts)
        mark = "," + inner
    parts.append(line + "}")


def _write_array(value: list[Any], line: str, parts: list[str]) -> None:
    if not value:
        parts.append("[]")
        return
    inner = line + "  "
    mark = "[" + inner
    for item in value:
        parts.append(mark)
        _write(item, inner, parts)
        mark = "," + inner
    parts.append(line + "]")


def loads(text: str) -> Any:
    """Read JSON that may have comments and trailing commas; a ValueError where it is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(_LENIENT.sub(lambda match: match.group(1) or "", text))
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
