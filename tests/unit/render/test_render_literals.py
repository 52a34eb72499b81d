"""Literals: whatever the text, the dialect reads back exactly that text."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from amlctl.bicep.compiler import compile  # noqa: A004
from amlctl.bicep.source import MemoryFiles
from amlctl.render.literals import bicep, bicep_key, bicep_text
from amlctl.render.literals import yaml as yaml_literal
from amlctl.render.symbols import Symbols, camel

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
HOSTILE = st.lists(
    st.sampled_from(
        [
            "'",
            "\\",
            "${",
            "$",
            "{",
            "}",
            "\n",
            "\r",
            "\t",
            "[",
            "]",
            "'''",
            "\\u{1}",
            "x",
            "@",
            "//",
            "\x00",
            "\u2028",
            "𝒳",
        ]
    ),
    max_size=8,
).map("".join)


# The compiler raises Python's recursion limit once; hypothesis wants it unchanged while a test runs.
compile(MemoryFiles({"main.bicep": b""}), "main.bicep")


def compiled(source: str) -> object:
    """Compile one file and give its only variable's value."""
    result = compile(MemoryFiles({"main.bicep": source.encode()}), "main.bicep")
    assert not [finding for finding in result.findings if finding.level == "error"], result.findings
    assert result.template is not None
    return result.template["variables"]["value"]


def arm_text(written: object) -> str:
    """Take ARM's own escape away: a text that begins with ``[`` and ends with ``]`` gets one more ``[``."""
    assert isinstance(written, str)
    return written[1:] if written.startswith("[[") and written.endswith("]") else written


@given(TEXTS | HOSTILE)
@example("x'\nresource evil 'a@b' = {} //")
@example("${deployer().objectId}")
@example("ends with \\")
@example("'''")
def test_a_bicep_literal_means_its_text(text: str) -> None:
    literal = bicep_text(text)
    assert "\n" not in literal
    assert arm_text(compiled(f"var value = {literal}\noutput o string = value\n")) == text


@pytest.mark.parametrize("text", ["[parameters('x')]", "[[x]", "[x", "[]", "{0}", "{{", "''", "[x]y", "[", "]"])
def test_a_text_that_looks_like_an_expression_stays_a_text(text: str) -> None:
    written = compiled(f"var value = {bicep_text(text)}\noutput o string = value\n")
    assert arm_text(written) == text
    if text.startswith("[") and text.endswith("]"):
        assert isinstance(written, str)
        assert written.startswith("[[")


@given(TEXTS.filter(bool) | HOSTILE.filter(bool))
@example("null")
@example("if")
@example("cost-center")
def test_a_property_key_means_its_text(text: str) -> None:
    value = compiled(f"var value = {{\n  {bicep_key(text)}: 1\n}}\noutput o object = value\n")
    assert isinstance(value, dict)
    assert [arm_text(key) for key in value] == [text]


def test_values_keep_their_type() -> None:
    assert [bicep(value) for value in (True, False, 0, -1, "1", "true")] == [
        "true",
        "false",
        "0",
        "-1",
        "'1'",
        "'true'",
    ]


@given(TEXTS | HOSTILE)
def test_a_yaml_literal_means_its_text_or_is_refused(text: str) -> None:
    try:
        literal = yaml_literal(text)
    except ValueError:
        return
    assert yaml.safe_load(f"a: {literal}\n") == {"a": text}


@pytest.mark.parametrize(
    "text", ["$(id)", "${{ variables.x }}", "$[ 1 ]", "##vso[task.setvariable variable=x]y", "##[error]x", "a\nb"]
)
def test_what_an_agent_would_obey_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="agent"):
        yaml_literal(text)


def test_symbols_are_readable_and_never_twice() -> None:
    symbols = Symbols(["storage"])
    taken = [symbols.take(name, "Cluster") for name in ("cpu-cluster", "cpuCluster", "gpu", "1st")]
    assert taken == ["cpuCluster", "cpuCluster2", "gpuCluster", "n1stCluster"]
    assert camel("AzureML Data Scientist") == "azureMLDataScientist"
