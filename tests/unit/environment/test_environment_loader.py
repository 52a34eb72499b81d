"""The strict loader: what a case file cannot show, and that places are right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amlctl.environment import load
from amlctl.environment.loader import MAX_NODES, parse
from amlctl.environment.scalars import reads_as
from amlctl.environment.text import MAX_BYTES
from amlctl.environment.tree import Mapping, Scalar, at, values
from amlctl.errors import ConfigurationInvalid


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in parse(data, "x.yaml")[1]]


def test_a_file_over_a_mebibyte_is_refused() -> None:
    assert codes(b"a: b\n" + b"#" * MAX_BYTES) == ["AML006"]


def test_too_many_values_are_refused() -> None:
    assert codes(b"a: [" + b"b," * (MAX_NODES + 1) + b"]") == ["AML006"]


def test_an_alias_bomb_is_never_expanded() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert set(codes("\n".join(lines).encode())) == {"AML002"}


def test_hidden_characters_are_all_found_but_not_without_end() -> None:
    assert len(codes(("a: " + "\u200b" * 5000).encode())) <= 20


def test_byte_order_mark_and_crlf_are_taken_away() -> None:
    tree, findings = parse(b"\xef\xbb\xbfa: |\r\n  b\r\n  c\r\n", "x.yaml")
    assert findings == []
    assert tree is not None
    assert values(tree) == {"a": "b\nc\n"}


def test_a_value_knows_its_place() -> None:
    tree, _ = parse("a:\n  b: [x, 'yß', z]\n".encode(), "x.yaml")
    assert tree is not None
    found = at(tree, ("a", "b", 2))
    assert isinstance(found, Scalar)
    assert str(found.place) == "x.yaml:2:16"


def test_all_faults_are_collected() -> None:
    assert codes(b"a: 1\na: 2\nb: &x 1\nc: !!str d\n<<: {}\n") == ["AML001", "AML002", "AML004", "AML003"]


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "010",
        "0o17",
        "0x1F",
        "1_000",
        "1.10",
        "1e3",
        ".5",
        ".inf",
        "-.INF",
        ".nan",
        "22:22",
        "190:20:30.15",
        "2024-01-01",
        "2024-01-01 10:00:00 +1",
        "+1",
        "0b11",
    ],
)
def test_what_yaml_reads_as_something_else_is_known(text: str) -> None:
    assert reads_as(text)


@pytest.mark.parametrize(
    "text", ["NO", "yes", "on", "1.2.3", "v1", "10.0.0.0/8", "15m", "1-2", "--", "+", ".", "..", "4a", "true"]
)
def test_words_are_text(text: str) -> None:
    assert reads_as(text) is None


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_a_fault(data: bytes) -> None:
    tree, findings = parse(data, "x.yaml")
    assert isinstance(tree, Mapping) or findings


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=40))
def test_a_quoted_text_is_kept_as_it_is(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    tree, findings = parse(f"a: {quoted}\n".encode(), "x.yaml")
    if not findings:
        assert tree is not None
        assert values(tree) == {"a": text}


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("a folder", lambda file, _: file.mkdir()),
        ("a link", lambda file, _: file.symlink_to("nowhere")),
        ("a link", lambda file, other: file.symlink_to(other)),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused(
    kind: str, make: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    """Nothing that lies elsewhere is read, or quoted in a message."""
    other = tmp_path / "secret.yaml"
    other.write_text("tier: dev\n", encoding="utf-8")
    (tmp_path / "environments").mkdir()
    make(tmp_path / "environments" / "dev.yaml", other)

    with pytest.raises(ConfigurationInvalid) as invalid:
        load(tmp_path, "dev")

    assert [(finding.code, finding.found) for finding in invalid.value.findings] == [("AML046", kind)]
