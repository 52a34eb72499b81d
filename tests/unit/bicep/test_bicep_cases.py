"""Every case of tests/cases/bicep: the template of a good file, the findings of a wrong one, byte for byte.

``python tests/unit/bicep/test_bicep_cases.py`` accepts what the compiler gives now; a person reads the difference.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amlctl.bicep import Compilation, DiskFiles, Options, build_params, compile, parse  # noqa: A004

CASES = Path(__file__).parents[2] / "cases" / "bicep"
GOOD = sorted(path.parent.name for path in CASES.glob("*/main.json"))
WRONG = sorted(path.parent.name for path in CASES.glob("Invalid*/findings"))
PARAMETERS = sorted(path.parent.name for path in CASES.glob("*/parameters.json"))


def _compile(case: str, *, check: bool = False) -> Compilation:
    return compile(DiskFiles(str(CASES / case)), "main.bicep", Options(check=check))


def _findings(compiled: Compilation) -> str:
    return "".join(
        f"{finding.place.line}:{finding.place.column} {finding.code}\n"
        for finding in compiled.findings
        if finding.place
    )


def _read(case: str, name: str) -> str:
    return (CASES / case / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", GOOD)
def test_template_equals_the_expected_one(case: str) -> None:
    """A good file gives exactly its main.json and no error."""
    compiled = _compile(case)
    assert not compiled.findings
    assert compiled.text == _read(case, "main.json")


@pytest.mark.parametrize("case", GOOD)
def test_good_case_is_valid_bicep(case: str) -> None:
    """The checks find no error in a good case, so that no expectation rests on a file that nobody could write."""
    assert not [str(finding) for finding in _compile(case, check=True).findings if finding.level == "error"]


@pytest.mark.parametrize("case", WRONG)
def test_findings_equal_the_expected_ones(case: str) -> None:
    """A wrong file gives no template, and its findings stand at the expected places."""
    compiled = _compile(case)
    assert compiled.template is None
    assert compiled.text == ""
    assert _findings(compiled) == _read(case, "findings")


@pytest.mark.parametrize("case", PARAMETERS)
def test_parameters_equal_the_expected_ones(case: str) -> None:
    """A parameters file gives exactly its parameters.json."""
    built = build_params(DiskFiles(str(CASES / case)), "main.bicepparam")
    assert [str(finding) for finding in built.findings if finding.level == "error"] == []
    assert built.text == _read(case, "parameters.json")


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_case_says_where_its_expectation_comes_from(case: str) -> None:
    """Each folder has an origin of one of the three kinds."""
    assert re.match(r"(witness: \S+@\S+ \S+|vector: \S+.*|own)\n\Z", _read(case, "origin"))


@pytest.mark.parametrize("case", GOOD)
def test_every_token_is_found_again(case: str) -> None:
    """Offsets of tokens lead back to their texts."""
    text = _read(case, "main.bicep")
    tokens = parse(text).tree.tokens
    for start, found in zip(tokens.starts, tokens.texts, strict=False):
        assert text.startswith(found, start)


def _accept() -> None:
    for case in GOOD:
        (CASES / case / "main.json").write_text(_compile(case).text, encoding="utf-8", newline="")
    for case in WRONG:
        (CASES / case / "findings").write_text(_findings(_compile(case)), encoding="utf-8", newline="")
    for case in PARAMETERS:
        text = build_params(DiskFiles(str(CASES / case)), "main.bicepparam").text
        (CASES / case / "parameters.json").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    _accept()
