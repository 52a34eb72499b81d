"""Every case of tests/cases/bicep with a file ``checks``: the findings of the checks, level, place and code.

``python tests/unit/bicep/test_checks_cases.py`` accepts what the checks give now; a person reads the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from amlctl.bicep import DiskFiles, Options, compile  # noqa: A004

CASES = Path(__file__).parents[2] / "cases" / "bicep"
CHECKED = sorted(path.name for path in CASES.glob("InvalidCheck*"))


def _findings(case: str) -> str:
    compiled = compile(DiskFiles(str(CASES / case)), "main.bicep", Options(check=True))
    return "".join(
        f"{finding.place.line}:{finding.place.column} {finding.level} {finding.code}\n"
        for finding in compiled.findings
        if finding.place
    )


@pytest.mark.parametrize("case", CHECKED)
def test_checks_find_what_is_expected(case: str) -> None:
    """A wrong file gives exactly the findings that are written down, at their places."""
    assert _findings(case) == (CASES / case / "checks").read_text(encoding="utf-8")


def _accept() -> None:
    for case in CHECKED:
        (CASES / case / "checks").write_text(_findings(case), encoding="utf-8", newline="")


if __name__ == "__main__":
    _accept()
