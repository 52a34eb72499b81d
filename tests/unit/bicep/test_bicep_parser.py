"""The parser: precedence, recovery, places, and that no text breaks it."""

from __future__ import annotations

import random

import pytest

from amlctl.bicep import parse, syntax


def _value(text: str) -> syntax.Node:
    result = parse(f"var v = {text}")
    assert not result.findings
    return result.tree.statements[0].value


def _codes(text: str) -> list[str]:
    return [finding.code for finding in parse(text).findings]


def test_operators_bind_by_precedence_from_the_left() -> None:
    """``a - b - c * d`` is ``(a - b) - (c * d)``."""
    node = _value("a - b - c * d")
    assert (node.operator, node.left.operator, node.right.operator) == ("-", "-", "*")


def test_coalesce_binds_weaker_than_or() -> None:
    """``a ?? b || c`` is ``a ?? (b || c)``."""
    assert _value("a ?? b || c").operator == "??"


def test_ternary_may_go_on_in_the_next_line() -> None:
    """``?`` and ``:`` may start a line."""
    assert type(_value("a\n  ? b\n  : c")) is syntax.Ternary


def test_accesses_nest_to_the_left() -> None:
    """Each access is the base of the next."""
    node = _value("a.b[0].?c!")
    assert type(node) is syntax.NonNull
    assert node.base.safe
    assert type(node.base.base) is syntax.ArrayAccess


def test_string_holes_are_expressions() -> None:
    """A string has one text more than holes."""
    node = _value("'a${b}c${1 + 2}'")
    assert node.texts == ("a", "c", "")
    assert [type(value) for value in node.values] == [syntax.Variable, syntax.Binary]


def test_spans_lead_to_the_source() -> None:
    """A node's source is what was written."""
    tree = parse("param p string = concat('a', 'b') // end").tree
    assert tree.source(tree.statements[0].default) == "concat('a', 'b')"


def test_places_count_lines_and_columns_from_one() -> None:
    """A node's place says where it stands."""
    tree = parse("var a = 1\r\nvar b = a").tree
    place = tree.place(tree.statements[1].value)
    assert (place.line, place.column, place.end_line, place.end_column) == (2, 9, 2, 10)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("var", ["BCP015"]),
        ("var a", ["BCP018"]),
        ("var a =", ["BCP009"]),
        ("param a", ["BCP279"]),
        ("resource a", ["BCP068"]),
        ("module a", ["BCP097"]),
        ("output a string", ["BCP018"]),
        ("what is this", ["BCP007"]),
        ("var a = f(1 2)", ["BCP236"]),
        ("var a = { b 1 }", ["BCP018", "BCP009"]),
        ("var a = ()", ["BCP243"]),
        ("var a = b[]", ["BCP117"]),
        ("var a = 'x${[1]}'", ["BCP087"]),
        ("resource a 'x@y' = 1", ["BCP118"]),
        ("var a = b.", ["BCP020"]),
        ("import x from 'y'", ["BCP354", "BCP012"]),
        ("@", ["BCP019", "BCP123"]),
    ],
)
def test_fault_has_its_code(text: str, codes: list[str]) -> None:
    """A fault is reported with the official codes."""
    assert _codes(text) == codes


def test_every_fault_of_a_file_is_reported() -> None:
    """A fault in one statement does not hide those of the next."""
    assert _codes("var a =\nvar b =\nvar c =\n") == ["BCP009", "BCP009", "BCP009"]


@pytest.mark.parametrize("piece", ["[", "(", "{a:", "!", "a(", "a => ", "'${", "true ? 1 : ", "[for a in b: "])
def test_deep_nesting_is_a_finding(piece: str) -> None:
    """Ten thousand levels are reported, not a crash."""
    assert _codes("var v = " + piece * 10_000)


def test_no_text_breaks_the_parser() -> None:
    """Whatever is cut out of or put into a text, there is a tree; 300 changed texts."""
    text = "@secure()\nparam p string = 'a${b}c'\nresource r 'T@1' = [for x in [1]: if (x > 0) {\n  name: x\n}]\n"
    chance = random.Random(7)
    for _ in range(300):
        at = chance.randrange(len(text))
        put = chance.choice("()[]{}'$,:@=?!.\n\\ #")
        changed = text[:at] + put + text[at + chance.randrange(4) :]
        tree = parse(changed).tree
        assert all(tree.span(node)[0] <= tree.span(node)[1] for node in tree.statements)
