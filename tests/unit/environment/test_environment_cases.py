"""Every case of tests/cases/environments: a bad file gives the message in its first comment, a good one the values."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlctl.diagnostics import Finding
from amlctl.environment import load, origins
from amlctl.errors import ConfigurationInvalid

CASES = Path(__file__).parents[2] / "cases" / "environments"
BAD = sorted(path for path in (CASES / "bad").iterdir())
GOOD = sorted((CASES / "good").iterdir())


def project(case: Path, root: Path) -> Path:
    """Make a project whose environment ``dev`` is the case; a folder brings several files."""
    folder = root / "environments"
    folder.mkdir()
    files = {path.name: path for path in case.glob("*.yaml")} if case.is_dir() else {"dev.yaml": case}
    for name, path in files.items():
        (folder / name).write_bytes(path.read_bytes())
    return root


def expected(case: Path) -> str:
    """Read the message that a bad case must give."""
    if (case / "expected.txt").is_file():
        return (case / "expected.txt").read_text(encoding="utf-8").strip()
    file = case / "dev.yaml" if case.is_dir() else case
    return file.read_bytes().split(b"\n", 1)[0].decode("utf-8").removeprefix("# ")


def findings(root: Path) -> tuple[Finding, ...]:
    """Load ``dev`` and give what was found, errors or warnings."""
    try:
        return load(root, "dev").findings
    except ConfigurationInvalid as invalid:
        return invalid.findings


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.stem)
def test_a_bad_file_gives_its_message(case: Path, tmp_path: Path) -> None:
    assert str(findings(project(case, tmp_path))[0]) == expected(case)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.stem)
def test_a_good_file_gives_its_values(case: Path, tmp_path: Path) -> None:
    environment = load(project(case, tmp_path), "dev")
    values = {line.key: str(line.value) for line in origins(environment)}
    wanted = [
        line.removeprefix("# ")
        for line in (case / "dev.yaml" if case.is_dir() else case).read_text(encoding="utf-8-sig").splitlines()
        if " = " in line and line[0] == "#"
    ]
    assert wanted
    codes = [f"{finding.level} {finding.code}" for finding in environment.findings]
    assert codes == [line.partition(" = ")[2] for line in wanted if line.startswith("finding = ")]
    for line in wanted:
        key, _, value = line.partition(" = ")
        assert key == "finding" or values[key] == value


def test_every_row_of_the_list_has_a_case() -> None:
    """Rows 1–24, 27–36, 38 and 41–43 of bad input; what a file cannot show stands in the unit tests."""
    rows = {case.name[:2] for case in BAD}
    by_unit_test = {"06", "18", "42"}
    wanted = {f"{row:02}" for row in (*range(1, 25), *range(27, 37), 38, *range(41, 44))}
    assert wanted - by_unit_test <= rows
