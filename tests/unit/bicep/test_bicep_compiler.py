"""The compiler's front door: values, texts, traces and what it refuses."""

from __future__ import annotations

import json

import pytest

from amlctl.arm.hashing import template_hash
from amlctl.bicep import MemoryFiles, Options, compile  # noqa: A004
from amlctl.bicep.cache import encode_tag
from amlctl.bicep.decorators import without_indent
from amlctl.bicep.jsonpath import select
from amlctl.bicep.jsontext import dumps, loads
from amlctl.bicep.ordering import culture_key
from amlctl.bicep.source import beside, relative_to


def test_text_is_the_template() -> None:
    """The text holds the template, with two spaces, no newline at the end."""
    compiled = compile(MemoryFiles({"main.bicep": "output o string = 'x'\n"}), "main.bicep")
    assert json.loads(compiled.text) == compiled.template
    assert compiled.text.startswith('{\n  "$schema"')
    assert not compiled.text.endswith("\n")


def test_same_input_gives_same_bytes() -> None:
    """Compiling twice gives the same text."""
    files = MemoryFiles({"main.bicep": "param a object\noutput o object = union(a, { b: 1 })\n"})
    assert compile(files, "main.bicep").text == compile(files, "main.bicep").text


def test_missing_file_is_a_finding() -> None:
    """A file that is not there is BCP091, not an exception."""
    compiled = compile(MemoryFiles({}), "main.bicep")
    assert [finding.code for finding in compiled.findings] == ["BCP091"]


def test_sources_are_the_files_that_were_read() -> None:
    """Modules and loaded files count."""
    files = MemoryFiles(
        {
            "main.bicep": "module m 'a/m.bicep' = {\n  name: 'm'\n}\n",
            "a/m.bicep": "output o string = loadTextContent('../note.txt')\n",
            "note.txt": "x",
        }
    )
    assert compile(files, "main.bicep").sources == ("main.bicep", "a/m.bicep", "note.txt")


def test_trace_leads_from_json_to_bicep() -> None:
    """A path of the template has the place of its text, through modules too."""
    files = MemoryFiles(
        {
            "main.bicep": "param p string\nmodule m 'm.bicep' = {\n  name: 'm'\n  params: {\n    q: p\n  }\n}\n",
            "m.bicep": "param q string\nvar v = [\n  q\n]\noutput o array = v\n",
        }
    )
    trace = compile(files, "main.bicep", Options(trace=True)).trace
    value = trace["resources", 0, "properties", "parameters", "q", "value"]
    assert (value.file, value.line, value.column) == ("main.bicep", 5, 8)
    inner = trace["resources", 0, "properties", "template", "variables", "v", 0]
    assert (inner.file, inner.line, inner.column) == ("m.bicep", 3, 3)


def test_check_adds_the_findings_of_the_checks() -> None:
    """With ``check`` a type fault forbids the template; without it only what cannot be compiled does."""
    files = MemoryFiles({"main.bicep": "output o int = 'x'\n"})
    assert compile(files, "main.bicep").template is not None
    checked = compile(files, "main.bicep", Options(check=True))
    assert checked.template is None
    assert [finding.code for finding in checked.findings] == ["BCP033"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("extension kubernetes\n", "AML303"),
        ("assert a = true\n", "AML303"),
        ("param r resource 'Microsoft.Storage/storageAccounts@2023-01-01'\n", "BCP104"),
    ],
)
def test_what_is_not_supported_is_refused(text: str, code: str) -> None:
    """Extensions and experimental features are an error with a place, never a guess."""
    compiled = compile(MemoryFiles({"main.bicep": text}), "main.bicep")
    assert compiled.template is None
    assert [finding.code for finding in compiled.findings] == [code]
    assert compiled.findings[0].place is not None


def test_template_hash_of_a_known_template() -> None:
    """The hash of an empty template, as the official compiler writes it."""
    template = compile(MemoryFiles({"main.bicep": ""}), "main.bicep").template
    assert template is not None
    written = template["metadata"]["_generator"].pop("templateHash")
    assert template_hash(template) == written


def test_tag_keeps_its_capitals_in_the_mask() -> None:
    """The cache's folder of a tag tells capitals from small letters."""
    assert (encode_tag("1.0"), encode_tag("V1"), encode_tag("aBC")) == ("1.0$", "V1$1", "aBC$6")


def test_names_sort_without_case_first() -> None:
    """Letters compare without case, marks come before digits before letters."""
    assert sorted(["b", "B", "a1", "a_1", "A", "a"], key=culture_key) == ["a", "A", "a_1", "a1", "b", "B"]


def test_description_loses_the_common_indent() -> None:
    """Lines 2..n lose what they share; empty lines do not count."""
    assert without_indent("a\n    b\n\n      c") == "a\nb\n\n  c"


@pytest.mark.parametrize(
    ("path", "found"),
    [("$.a", [1]), ("b[*].c", [2, 3]), ("$..c", [2, 3]), ("$.b[?(@.c > 2)]", [{"c": 3}]), ("b[-1:]", [{"c": 3}])],
)
def test_json_path_selects(path: str, found: list[object]) -> None:
    """Names, stars, descent, filters and slices."""
    assert select({"a": 1, "b": [{"c": 2}, {"c": 3}]}, path) == found


def test_lenient_json_has_comments_and_trailing_commas() -> None:
    """Comments outside of texts are passed over."""
    assert loads('{"a": "// no", /* x */ "b": [1,],}') == {"a": "// no", "b": [1]}


def test_line_separators_are_escaped() -> None:
    """Three characters that JavaScript reads as line ends are escaped; other characters stay."""
    assert dumps({"ä": "\u2028"}) == '{\n  "ä": "\\u2028"\n}'


def test_paths_are_relative_to_the_file() -> None:
    """A reference counts from its file; an identity counts from the compiled file."""
    assert beside("a/main.bicep", "../b/x.bicep") == "b/x.bicep"
    assert relative_to("b/x.bicep", "a/main.bicep") == "../b/x.bicep"
