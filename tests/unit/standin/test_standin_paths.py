"""Input files, glob patterns and the places of outputs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from amlctl.standin import paths
from amlctl.standin.faults import CommandFailed


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with Bicep files at several depths, the working directory of the test."""
    for name in ("main.bicep", "a/one.bicep", "a/b/two.bicep", "a/b/three.txt", "C/FOUR.BICEP"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("*.bicep", ["main.bicep"]),
        ("**/*.bicep", ["C/FOUR.BICEP", "a/b/two.bicep", "a/one.bicep", "main.bicep"]),
        ("./a/**/*.bicep", ["a/b/two.bicep", "a/one.bicep"]),
        ("a/*/*.bicep", ["a/b/two.bicep"]),
        ("a/**", ["a/b/three.txt", "a/b/two.bicep", "a/one.bicep"]),
        ("a/b/t*.b*", ["a/b/two.bicep"]),
        ("c/*.bicep", []),
        ("main.bicep", ["main.bicep"]),
        ("**/main.bicep", ["main.bicep"]),
    ],
)
def test_pattern_finds_files(tree: Path, pattern: str, wanted: list[str]) -> None:
    """``*`` stays inside of a name, ``**`` crosses folders, names match without regard to case."""
    found = sorted(os.path.relpath(path, tree) for path in paths.inputs({"--pattern": pattern}))
    assert found == wanted


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, "sub/x.json"),
        ({"--outdir": "out"}, "out/x.json"),
        ({"--outfile": "y.txt"}, "y.txt"),
    ],
)
def test_output_of_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], wanted: str
) -> None:
    """Beside the input, in a folder, or as a file."""
    monkeypatch.chdir(tmp_path)
    assert paths.inputs_and_outputs({"file": "sub/x.bicep", **options}, ".json") == [
        (str(tmp_path / "sub/x.bicep"), str(tmp_path / wanted))
    ]


def test_pattern_keeps_folders_below_outdir(tree: Path) -> None:
    """Files of a pattern keep their folders below the output folder."""
    found = paths.inputs_and_outputs({"--pattern": "a/**/*.bicep", "--outdir": "out"}, ".json")
    assert {os.path.relpath(target, tree) for _, target in found} == {"out/one.json", "out/b/two.json"}


def test_wrong_kind_of_file_is_refused() -> None:
    """The refusal names the file and the extension that it must have."""
    with pytest.raises(CommandFailed, match=r'"/x/a\.json" was not recognized as a Bicep file'):
        paths.require_extension("/x/a.json", paths.BICEP)
    with pytest.raises(CommandFailed, match=r"must use the \.bicepparam extension"):
        paths.require_extension("/x/a.bicep", paths.PARAMETERS)
    paths.require_extension("/x/A.BICEP", paths.BICEP)


@pytest.mark.skipif(os.sep == "\\", reason="a backslash separates folders there")
def test_backslashes_are_refused() -> None:
    """A backslash in a path or a pattern is said to be wrong, not taken for a name."""
    for values in ({"file": "a\\b.bicep"}, {"--pattern": "a\\*.bicep"}):
        with pytest.raises(CommandFailed, match="does not support"):
            paths.inputs(values)
