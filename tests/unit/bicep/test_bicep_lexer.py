"""The lexer: tokens, offsets, and that the fast and the exact way agree."""

from __future__ import annotations

import pytest

from amlctl.bicep.lexer import lex
from amlctl.bicep.scanner import scan
from amlctl.bicep.syntax import line_starts

TEXTS = [
    "",
    "\n\n",
    "param a string = 'x' // note\n\n/* more */ var b = a",
    "var a = 'it\\'s ${b} and ${c('${d}')} end'",
    "var a = '''\nthree ' and '' quotes'''''\r\nvar b = 1",
    "#disable-next-line BCP001 no-unused\nvar a = 1",
    "var a = [1, 2]!\r\n  ? b.?c[?^0] ?? -3 : !d",
    "@sys.description('x')\ntype t = 'a' | 'b'\n  | { *: int }[]?",
]


def _meaningful(texts: list[str], kinds: list[str]) -> list[tuple[str, str]]:
    end = kinds.index("end")
    return list(zip(kinds[: end + 1], texts[: end + 1], strict=True))


@pytest.mark.parametrize("text", TEXTS)
def test_fast_and_exact_way_give_the_same_tokens(text: str) -> None:
    """What the master expression reads is what the exact scanner reads."""
    fast, exact = lex(text), scan(text)
    assert _meaningful(fast.texts, fast.kinds) == _meaningful(exact.texts, exact.kinds)
    count = exact.kinds.index("end")
    assert fast.starts[:count] == exact.starts[:count]


def test_offsets_lead_back_to_the_text() -> None:
    """Each token stands where its offset says."""
    text = TEXTS[3]
    tokens = lex(text)
    assert [text[start : start + len(found)] for start, found in zip(tokens.starts, tokens.texts, strict=False)] == (
        tokens.texts[: len(tokens.starts)]
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("var a = 'open", "BCP003"),
        ("var a = 'open\nvar b = 1", "BCP004"),
        ("var a = 'x\\", "BCP005"),
        ("var a = '\\x'", "BCP006"),
        ("var a = '\\u{110000}'", "BCP133"),
        ("var a = '''open", "BCP140"),
        ("/* open", "BCP002"),
        ("var a = §", "BCP001"),
        ('var a = "x"', "BCP103"),
        ("var " + "a" * 256 + " = 1", "BCP024"),
        ("#disable-next-line\nvar a = 1", "BCP226"),
    ],
)
def test_faulty_text_has_its_code(text: str, code: str) -> None:
    """Each lexical fault has the official code."""
    assert code in [fault.code for fault in lex(text).faults]


def test_lines_end_with_any_line_end() -> None:
    """A line ends with a line feed, a carriage return or both."""
    assert line_starts("a\nb\r\nc\rd") == [0, 2, 5, 7]
