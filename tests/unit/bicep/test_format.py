"""The formatter: cases of tests/cases/format byte for byte, options, vectors of the official tests, and its promises.

``python tests/unit/bicep/test_format.py`` accepts what the formatter gives now; a person reads the difference.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from amlctl.bicep.formatting import Options, format, newline_of, options_of  # noqa: A004
from amlctl.bicep.lexer import lex

CASES = Path(__file__).parents[2] / "cases" / "format"
SOURCES = sorted(path for path in CASES.glob("*/main.*"))
BICEP = sorted(path for folder in ("format", "bicep") for path in CASES.with_name(folder).glob("*/*.bicep"))
BLOCK = "var foo = {\nprop1: true\nprop3: {\nnested: 1\n}\n}\n\nvar bar = [\n1\n{\na: 2\n}\n]"


def _read(path: Path) -> str:
    return path.read_bytes().decode()


def _tokens(text: str) -> list[str]:
    """The tokens of a text without those that layout may change."""
    tokens = lex(text)
    kinds = zip(tokens.texts, tokens.kinds, strict=True)
    return [found.strip() for found, kind in kinds if kind not in ("newline", ",", "|", "left", "middle", "end")]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parent.name)
def test_case_is_laid_out_as_expected(source: Path) -> None:
    """A case's main file becomes exactly its formatted file."""
    assert format(_read(source), file=source.name) == _read(source.with_name(f"formatted{source.suffix}"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parent.name)
def test_case_says_its_origin(source: Path) -> None:
    """An expectation is a witness, a vector or our own, and says so."""
    assert source.with_name("origin").read_text().partition(":")[0] in ("witness", "vector", "own")


@pytest.mark.parametrize("source", BICEP, ids=lambda path: f"{path.parent.name}/{path.name}")
@pytest.mark.parametrize("width", [20, 120])
def test_laying_out_twice_changes_nothing(source: Path, width: int) -> None:
    """What is laid out stays as it is, whatever the width."""
    once = format(_read(source), Options(width=width))
    assert format(once, Options(width=width)) == once


@pytest.mark.parametrize("source", BICEP, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_layout_keeps_every_token(source: Path) -> None:
    """Only line ends, commas, the bars of unions and blanks change."""
    text = _read(source)
    assert _tokens(format(text, Options(newline_kind="Auto"))) == _tokens(text)


@pytest.mark.parametrize(
    ("options", "indent", "newline", "end"),
    [
        (Options(), "  ", "\n", "\n"),
        (Options(newline_kind="CRLF"), "  ", "\r\n", "\r\n"),
        (Options(newline_kind="CR", indent_kind="Tab"), "\t", "\r", "\r"),
        (Options(indent_size=4, insert_final_newline=False), "    ", "\n", ""),
        (Options(indent_size=0), "", "\n", "\n"),
    ],
)
def test_options_choose_indent_and_line_ends(options: Options, indent: str, newline: str, end: str) -> None:
    """vector: PrettyPrinterV2Tests.Print_VariousOptions: indentation and line ends follow the options."""
    lines = ["var foo = {", "{}prop1: true", "{}prop3: {", "{}{}nested: 1", "{}}", "}", ""]
    lines += ["var bar = [", "{}1", "{}{", "{}{}a: 2", "{}}", "]"]
    wanted = newline.join(line.replace("{}", indent) for line in lines) + end
    assert format(BLOCK, options) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (" var foo = { \n a: true  \n   \nb: false }\n", "var foo = {\n  a: true\n\n  b: false\n}\n"),
        ("\n\n \n // c  \nvar f = true\n \n // d \n \n", "// c  \nvar f = true\n\n// d \n"),
        ("", "\n"),
        ("\ufeffvar a=1", "var a = 1\n"),
    ],
)
def test_blank_lines_and_blanks_at_line_ends_are_trimmed(text: str, wanted: str) -> None:
    """vector: PrettyPrinterV2Tests: blanks at line ends go, blank lines collapse, both ends of the file are trimmed."""
    assert format(text) == wanted


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("Auto", "a\r\nb\n", "\r\n"),
        ("Auto", "a\nb\r\n", "\n"),
        ("auto", "a\rb", "\r"),
        ("Auto", "a", "\n"),
        ("crlf", "a\n", "\r\n"),
        ("LF", "a\r\n", "\n"),
    ],
)
def test_line_end_of_a_kind(kind: str, text: str, wanted: str) -> None:
    """Auto takes the first line end of the text."""
    assert newline_of(kind, text) == wanted


def test_options_come_from_bicepconfig() -> None:
    """Known settings of the right kind count, all others are passed over."""
    configuration = {"formatting": {"indentKind": "Tab", "width": 80, "insertFinalNewline": "no", "other": 1}}
    assert options_of(configuration) == Options(indent_kind="Tab", width=80)
    assert options_of({"formatting": []}) == Options()
    assert options_of(None) == Options()


def _mutations(seed: int) -> Iterator[str]:
    choose = random.Random(seed)
    pieces = [
        "'",
        "${",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "\n",
        "//",
        "/*",
        "*/",
        "'''",
        "@",
        "=",
        ",",
        "#disable-next-line",
        "\u00a7",
    ]
    for source in BICEP[:40]:
        text = _read(source)
        for _ in range(4):
            at = choose.randrange(len(text) + 1)
            end = min(len(text), at + choose.randrange(12))
            yield text[:at] + choose.choice(pieces) + text[end:]


@pytest.mark.parametrize("seed", range(3))
def test_no_faulty_file_is_refused_or_loses_text(seed: int) -> None:
    """Whatever is wrong with a file, it is laid out, and no word of it is lost."""
    for text in _mutations(seed):
        laid_out = format(text)
        assert sorted(laid_out.replace(",", "").replace("|", "").split()) or not text.split()
        kept = {word for word in "".join(c if c.isalnum() else " " for c in text).split() if len(word) > 3}
        assert kept <= set("".join(c if c.isalnum() else " " for c in laid_out).split())


def test_deep_nesting_is_laid_out() -> None:
    """Text that is nested deeper than anybody writes ends neither in a crash nor in another text."""
    for text in ("var x = " + "[" * 500 + "]" * 500 + "\n", "var x = " + "f(" * 55 + "1" + ")" * 55 + "\n"):
        assert "".join(format(text).split()) == "".join(text.split())


def test_long_chains_are_laid_out() -> None:
    """Rows of operators and of accesses do not nest."""
    text = "var x = " + " + ".join(["a"] * 250) + "\nvar y = a" + ".b" * 250 + "\n"
    assert format(text) == text


if __name__ == "__main__":
    for case in SOURCES:
        case.with_name(f"formatted{case.suffix}").write_bytes(format(_read(case), file=case.name).encode())
