"""The checks one rule at a time: levels, directives, configuration, other files, types that fit."""

from __future__ import annotations

import pytest

from amlctl.bicep import MemoryFiles, parse
from amlctl.bicep.checks import check
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable
from amlctl.bicep.checks.functions import is_list, overloads
from amlctl.bicep.checks.names import name, suggest


def _codes(text: str, **files: str) -> list[str]:
    held = {"main.bicep": text, **{key.replace("_", "."): value for key, value in files.items()}}
    return [f"{finding.level[0]} {finding.code}" for finding in check(parse(text), MemoryFiles(held), "main.bicep")]


VALID = {
    "ternary of one kind": "param flag bool\noutput o string = flag ? 'a' : 'b'\n",
    "union fits its kind": "@allowed(['a', 'b'])\nparam p string\noutput o 'a' | 'b' = p\n",
    "null with a default": "param p string?\noutput o string = p ?? 'none'\n",
    "lambda": "output o array = map(filter(range(0, 3), i => i > 1), i => 'n${i}')\n",
    "typed function": "func double(n int) int => n * 2\noutput o int = double(2)\n",
    "recursive type": "type tree = {\n  children: tree[]?\n}\nparam p tree\noutput o object = p\n",
    "any": "param p object\noutput o int = any(p)\n",
    "allowed whole arrays": "@allowed([['a', 'b'], ['c', 'd']])\nparam p array = ['a', 'b']\noutput o string = p[0]\n",
    "index that is one of two": "param i 0 | 1\nvar v = ['a', 'b', 1]\noutput o 'a' | 'b' = v[i]\n",
    "reduce": "output o string[] = reduce(['a', 'b'], [], (all, one) => union(all, [one]))\n",
    "overload left open by any": "param p object\noutput o string = take(p.text, 5)\n",
    "own metadata": "metadata name = 'x'\noutput o string = deployment().properties.template.metadata.name\n",
    "bare list function": "param id string\nvar r = list(id, '2023-01-01')\noutput o object = { a: r.b }\n",
    "types of an artifact that is not there": (
        "import { kind } from 'br:example.io/a:1'\nparam p kind\noutput o string = p.a\n"
    ),
    "types of an extension": "extension example\nresource r 'Example/thing@v1' = {\n  a: 1\n}\noutput o string = r.b\n",
}


@pytest.mark.parametrize("case", VALID)
def test_nothing_is_found_in_a_valid_file(case: str) -> None:
    """No error is invented."""
    assert [code for code in _codes(VALID[case]) if code.startswith("e")] == []


FOUND = {
    "nothing may be null in a condition": (
        "param on bool\nmodule m 'inner.bicep' = if (on) {\n  name: 'm'\n}\noutput o string = m.outputs.o\n",
        ["w BCP318"],
    ),
    "length is known": ("output o string = length(['a']) == 1 ? 'a' : 1\noutput p int = range(1, 3)[0]\n", []),
    "length of a name": (
        "module m 'inner.bicep' = [for i in range(0, 10): {\n  name: '${i}-${take(deployment().name, 62)}'\n}]\n",
        [],
    ),
    "unknown scheme": ("module m 'what:inner' = {\n  name: 'm'\n}\n", ["e BCP189"]),
    "name is imported twice": (
        "import { n } from 'inner.bicep'\nimport { n as m } from 'inner.bicep'\noutput o int = n + m\n",
        ["e BCP362", "e BCP362"],
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_what_is_found(case: str) -> None:
    """Exactly what is listed is found."""
    text, wanted = FOUND[case]
    assert _codes(text, inner_bicep="@export()\nvar n = 1\noutput o string = 'a'\n") == wanted


def test_directive_silences_the_next_line() -> None:
    """``#disable-next-line`` holds for one line, and errors stay."""
    text = "#disable-next-line no-unused-vars BCP057\nvar a = missing\nvar b = 1\n"
    assert _codes(text) == ["e BCP057", "w no-unused-vars"]


def test_directives_silence_until_they_are_restored() -> None:
    """``#disable-diagnostics`` holds until ``#restore-diagnostics``."""
    text = "#disable-diagnostics no-unused-vars\nvar a = 1\n#restore-diagnostics no-unused-vars\nvar b = 1\n"
    assert _codes(text) == ["w no-unused-vars"]


def test_configuration_sets_levels() -> None:
    """Rules take their level from bicepconfig.json; ``off`` silences one."""
    text = "var a = 1\nparam b string\n"
    rules = '{"no-unused-vars": {"level": "error"}, "no-unused-params": {"level": "off"}}'
    files = MemoryFiles({"main.bicep": text, "bicepconfig.json": f'{{"analyzers": {{"core": {{"rules": {rules}}}}}}}'})
    assert [(f.level, f.code) for f in check(parse(text), files, "main.bicep")] == [("error", "no-unused-vars")]


def test_linter_can_be_left_out() -> None:
    """``lint=False`` leaves the rules out."""
    text = "var a = 1\n"
    assert check(parse(text), MemoryFiles({"main.bicep": text}), "main.bicep", lint=False) == ()


def test_parameters_of_a_module_are_checked() -> None:
    """A module's parameters have the types that its file declares."""
    text = "module m 'inner.bicep' = {\n  name: 'm'\n  params: {\n    count: 'one'\n  }\n}\n"
    assert _codes(text, inner_bicep="param count int\noutput o int = count\n") == ["e BCP036"]


def test_module_with_errors_is_named_where_it_is_used() -> None:
    """The user of a wrong file is told."""
    text = "module m 'inner.bicep' = {\n  name: 'm'\n}\n"
    assert _codes(text, inner_bicep="output o int = 'text'\n") == ["e BCP104"]


def test_files_that_use_each_other_are_found() -> None:
    """A cycle of files is an error, not a hang."""
    text = "module m 'inner.bicep' = {\n  name: 'm'\n}\n"
    other = "module m 'main.bicep' = {\n  name: 'm'\n}\n"
    assert "e BCP095" in _codes(text, inner_bicep=other)


def test_imported_function_is_checked() -> None:
    """Calls of an imported function are held against its declaration."""
    text = "import { twice } from 'inner.bicep'\noutput o int = twice('a')\n"
    assert _codes(text, inner_bicep="@export()\nfunc twice(n int) int => n * 2\n") == ["e BCP070"]


def test_near_name_is_offered() -> None:
    """A name that is close to one that exists is offered in the text."""
    text = "output o string = toLowr('A')\n"
    found = check(parse(text), MemoryFiles({"main.bicep": text}), "main.bicep")
    assert [finding.code for finding in found] == ["BCP082"]
    assert "toLower" in found[0].message


def test_place_is_that_of_the_value() -> None:
    """A finding spans the value that is wrong, in lines and columns from 1."""
    text = "param p bool\noutput o int = p\n"
    (finding,) = check(parse(text), MemoryFiles({"main.bicep": text}), "main.bicep")
    assert finding.place is not None
    assert finding.place[1:] == (2, 16, 2, 17)


def test_shared_types_are_compared_once() -> None:
    """Types that refer to the next twice have 2^30 paths; the comparison stays small."""
    depth = 30
    lines = [
        f"type t{n} = {{\n  a: t{n + 1}\n  b: t{n + 1}\n}}\nvar v{n} = {{\n  a: v{n + 1}\n  b: v{n + 1}\n}}"
        for n in range(depth)
    ]
    text = "\n".join([*lines, f"type t{depth} = int", f"var v{depth} = 1", "output o t0 = v0", ""])
    assert _codes(text) == []


def test_long_chain_does_not_fail() -> None:
    """Thousands of variables that each name the next give no exception."""
    text = "".join(f"var a{n} = a{n + 1}\n" for n in range(4000)) + "var a4000 = 1\noutput o int = a0\n"
    assert isinstance(_codes(text), list)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (t.StrLit("a"), t.STRING, True),
        (t.STRING, t.StrLit("a"), False),
        (t.IntLit(1), t.STRING, False),
        (t.ANY, t.INT, True),
        (t.NULL, t.nullable(t.INT), True),
        (t.nullable(t.INT), t.INT, False),
        (t.union((t.StrLit("a"), t.StrLit("b"))), t.STRING, True),
        (t.Tup((t.INT, t.INT)), t.Arr(t.INT), True),
        (t.Tup((t.INT, t.STRING)), t.ARRAY, True),
        (t.OBJECT, t.ARRAY, False),
    ],
)
def test_types_fit(source: t.Type, target: t.Type, expected: bool) -> None:
    """Which types may stand for which."""
    assert assignable(source, target) is expected


def test_union_keeps_each_member_once() -> None:
    """A union is flat, has each member once, and collapses to one member."""
    assert t.union((t.INT, t.INT)) is t.INT
    assert name(t.union((t.StrLit("b"), t.union((t.StrLit("a"), t.StrLit("b")))))) == "'a' | 'b'"


def test_arrays_of_different_items_stay_apart() -> None:
    """Arrays of one item type are joined, others are kept side by side."""
    joined = t.collapse(t.union((t.Arr(t.INT, 1, 2), t.Arr(t.INT, 3, 4))))
    assert joined == t.Arr(t.INT, 1, 4)
    assert type(t.collapse(t.union((t.Arr(t.INT), t.Arr(t.STRING))))) is t.Union


def test_list_functions_are_known_by_their_name() -> None:
    """``list`` and ``listX`` belong to az; other words do not."""
    assert [is_list(word) for word in ("list", "listKeys", "lister", "list_keys", "map")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert overloads("az", "listKeys")
    assert not overloads("sys", "listKeys")


def test_suggestion_needs_a_near_name() -> None:
    """A far name is not offered."""
    assert suggest("lenght", ["length", "last"]) == "length"
    assert suggest("zzz", ["length", "last"]) is None
