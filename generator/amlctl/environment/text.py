"""Bytes of a file → text: UTF-8, no hidden characters, not too large. Byte order mark and CRLF are taken away."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from amlctl.diagnostics import Finding, Place
from amlctl.environment.faults import fault

MAX_BYTES = 1 << 20

# C0 without tab and line feed, C1, soft hyphen, zero-width, bidi controls and isolates, line and paragraph separators,
# variation of invisibles, byte order mark inside the text, tag characters.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
SURROGATE = re.compile("[\ud800-\udfff]")


def decode(data: bytes, file: str) -> tuple[str, list[Finding]]:
    """Give the text of a file and the faults that forbid reading it as YAML."""
    if len(data) > MAX_BYTES:
        return "", [_too_large(file, f"{len(data):,} bytes", f"{MAX_BYTES:,} bytes")]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", [fault("AML014", Place(file), "is not UTF-8 text", "a UTF-16 byte order mark", "save it as UTF-8")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", [_not_utf8(data, error.start, file)]
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return text, hidden_characters(text, file)


def hidden_characters(text: str, file: str) -> list[Finding]:
    """Find every character that a reader of the file cannot see."""
    found = []
    for match in islice(HIDDEN.finditer(text), 20):
        line = text.count("\n", 0, match.start()) + 1
        place = Place(file, line, match.start() - text.rfind("\n", 0, match.start()))
        found.append(hidden_character(match[0], place))
    return found


def hidden_character(character: str, place: Place) -> Finding:
    """The fault for one hidden character, by its number and name."""
    if character == "\x00":
        return fault("AML014", place, "is not text", "a NUL character", "remove it")
    name = unicodedata.name(character, "a control character").lower()
    return fault("AML016", place, "a hidden character", f"U+{ord(character):04X} ({name})", "remove it")


def _too_large(file: str, found: str, limit: str) -> Finding:
    return fault("AML006", Place(file), "is too large for an environment file", found, f"at most {limit}")


def _not_utf8(data: bytes, start: int, file: str) -> Finding:
    line = data.count(b"\n", 0, start) + 1
    column = len(data[data.rfind(b"\n", 0, start) + 1 : start].decode("utf-8", "replace")) + 1
    return fault(
        "AML014", Place(file, line, column), "is not UTF-8 text", f"byte 0x{data[start]:02x}", "save it as UTF-8"
    )
