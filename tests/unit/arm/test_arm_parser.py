"""Expressions: parse(print(tree)) is the tree, and ARM's words where a text is no expression."""

from __future__ import annotations

import random

import pytest

from amlctl.arm import EvaluationFailed, parse_expression, print_expression
from amlctl.arm.parser import is_expression, parse_value
from amlctl.arm.tree import Access, Call, Expression, Integer, Text


def random_tree(dice: random.Random, depth: int = 0) -> Expression:
    """Any tree that the language can say: accesses stand on calls and accesses only."""
    kind = dice.random()
    if depth > 4 or kind < 0.3:
        text = "".join(dice.choice("ab'\"[]() .,\n\u00e9") for _ in range(dice.randint(0, 5)))
        return Text(text) if dice.random() < 0.5 else Integer(dice.randint(-(2**63), 2**63 - 1))
    call = Call(
        dice.choice(("a", "B_1", "ns.fn", "a.b.c")),
        tuple(random_tree(dice, depth + 1) for _ in range(dice.randint(0, 3))),
    )
    if kind < 0.7:
        return call
    keys = (
        Text(dice.choice(("key", "a b", "0", "", "it's"))),
        Integer(dice.randint(0, 9)),
        random_tree(dice, depth + 2),
    )
    return Access(call, dice.choice(keys))


@pytest.mark.parametrize("seed", range(50))
def test_what_is_printed_is_parsed_back(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(40):
        tree = random_tree(dice)
        assert parse_expression(print_expression(tree)) == tree


def test_spaces_and_brackets_do_not_matter() -> None:
    one = parse_expression("concat( 'a' ,parameters ('b') . c [0]['d'] )")
    assert print_expression(one) == "concat('a', parameters('b').c[0].d)"


@pytest.mark.parametrize(
    ("value", "tree"),
    [
        ("plain", Text("plain")),
        ("[[escaped]", Text("[escaped]")),
        ("[open", Text("[open")),
        ("['x']", Text("x")),
        ("[5]", Integer(5)),
    ],
)
def test_template_strings(value: str, tree: Expression) -> None:
    assert parse_value(value) == tree


def test_what_is_an_expression() -> None:
    assert is_expression("[a()]")
    assert not any(map(is_expression, ("[[a()]", "a()", "[a()", "", "[", 5, None)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "concat('a'",
            "language expression 'concat('a'': expected token 'RightParenthesis' and actual 'EndOfData'.",
        ),
        ("", "Unable to parse language expression '': expected token 'LeftParenthesis' and actual 'EndOfData'."),
        ("concat('a',)", "expected token 'Identifier' and actual 'RightParenthesis'."),
        ("concat('a'))", "expected token 'EndOfData' and actual 'RightParenthesis'."),
        ("concat('a' 'b')", "expected token 'EndOfData' and actual 'Literal'."),
        ("a()[", "expected token 'Identifier' and actual 'EndOfData'"),
        ("concat('a", "the string literal is not terminated"),
        (
            "bad-expression",
            "'bad-expression' is not valid: the string character 'b' at position '0' is not expected.",
        ),
        ("f(99999999999999999999)", "is out of range"),
        ("'a'.b", "expected token 'Identifier' and actual 'Dot'"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(EvaluationFailed) as refused:
        parse_expression(text)
    assert message in refused.value.message
