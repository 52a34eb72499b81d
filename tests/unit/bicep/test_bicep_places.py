"""Faults in another file stand at their place in that file."""

from __future__ import annotations

import pytest

from amlctl.bicep import MemoryFiles, Options, compile  # noqa: A004

USES = "param p string\nparam q string\nimport * as lib from 'lib.bicep'\noutput o string = '${p}${q}${lib.x}'\n"


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("library", "code", "line", "column"),
    [
        ("\n@export()\nvar x = loadTextContent('absent.txt')\n", "BCP091", 3, 25),
        ("import { y } from 'more.bicep'\n@export()\nvar x = y\n", "BCP360", 1, 10),
    ],
)
def test_a_fault_of_an_import_stands_in_the_imported_file(
    library: str, code: str, line: int, column: int, check: bool
) -> None:
    """What is wrong with an imported declaration is said once, in the file that holds it."""
    files = MemoryFiles({"main.bicep": USES, "lib.bicep": library, "more.bicep": "var y = 'y'\n"})
    every = compile(files, "main.bicep", Options(check=check)).findings
    found = [one for one in every if one.code == code]
    assert {(one.place.file, one.place.line) for one in found if one.place} == {("lib.bicep", line)}
    assert {one.place.file for one in every if one.place and one.level == "error"} == {"lib.bicep"}
    if check:
        assert [one.place.column for one in found if one.place] == [column]
