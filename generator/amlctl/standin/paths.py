"""From arguments to files: absolute paths, glob patterns, where an output goes (InputOutputArgumentsResolver.cs)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from amlctl.standin.faults import CommandFailed

BICEP, PARAMETERS = ".bicep", ".bicepparam"
_NOT_BICEP = {
    (BICEP,): "a Bicep file. Bicep files must use the .bicep extension.",
    (PARAMETERS,): "a Bicep Parameters file. Bicep parameters files must use the .bicepparam extension.",
    (BICEP, PARAMETERS): (
        "a Bicep or Bicep Parameters file. Valid files must either the .bicep or .bicepparam extension."
    ),
}


def absolute(path: str) -> str:
    """Give the absolute path of an argument."""
    if os.sep != "\\" and "\\" in path:
        raise CommandFailed(
            f"The file path '{path}' contains '\\'. Bicep does not support '\\' in file paths on non-Windows platforms "
            "when used as command-line inputs."
        )
    return os.path.abspath(path)


def require_extension(path: str, *extensions: str) -> None:
    """Refuse a file of another kind."""
    if os.path.splitext(path)[1].lower() not in extensions:
        raise CommandFailed(f'The specified input "{path}" was not recognized as {_NOT_BICEP[extensions]}')


def inputs(values: dict[str, Any]) -> list[str]:
    """Give the files that a command works on: the one that was named, or all that match the pattern."""
    return [path for path, _ in _found(values)]


def inputs_and_outputs(values: dict[str, Any], extension: str | None) -> list[tuple[str, str]]:
    """Give each input with the file that its output goes to; an extension of None keeps the input's."""
    return [(path, _output(path, root, values, extension)) for path, root in _found(values)]


def _found(values: dict[str, Any]) -> list[tuple[str, str]]:
    if values.get("file") is not None:
        path = absolute(values["file"])
        return [(path, os.path.dirname(path))]
    pattern = values.get("--pattern")
    if pattern is None:
        raise CommandFailed("Either the input file path or the --pattern parameter must be specified")
    root, relative = split_pattern(pattern)
    return [(path, root) for path in matching(root, relative)]


def _output(path: str, root: str, values: dict[str, Any], extension: str | None) -> str:
    stem, own = os.path.splitext(path)
    target = stem + (own if extension is None else extension)
    if values.get("--outdir") is not None:
        return os.path.join(absolute(values["--outdir"]), os.path.relpath(target, root))
    if values.get("--outfile") is not None:
        return absolute(values["--outfile"])
    return target


def split_pattern(pattern: str) -> tuple[str, str]:
    """Split a glob pattern into the folder before its first wildcard and the rest."""
    if os.sep != "\\" and "\\" in pattern:
        raise CommandFailed(
            f"The file pattern '{pattern}' contains '\\'. Bicep does not support '\\' in file paths on non-Windows "
            "platforms when used as command-line inputs."
        )
    pattern = pattern.replace("\\", "/")
    head = pattern.partition("*")[0]
    cut = head.rfind("/")
    if cut < 0:
        return os.getcwd(), pattern
    return os.path.abspath(pattern[:cut] or "/"), pattern[cut + 1 :]


def matching(root: str, pattern: str) -> list[str]:
    """Give the files below a folder that match: ``*`` inside of a name, ``**`` for any folders; sorted."""
    accepts = re.compile(_expression(pattern), re.IGNORECASE)
    return [path for relative, path in _walk(root) if accepts.fullmatch(relative)]


def _walk(root: str) -> Iterator[tuple[str, str]]:
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            yield os.path.relpath(path, root).replace(os.sep, "/"), path


def _expression(pattern: str) -> str:
    parts = [part for part in pattern.split("/") if part != "."]
    if parts[-1] == "":
        parts[-1] = "**"
    pieces = []
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        if part == "**":
            pieces.append(".*" if last else "(?:[^/]+/)*")
        else:
            name = "[^/]*".join(re.escape(text) for text in part.split("*"))
            pieces.append(name if last else name + "/")
    return "".join(pieces)


def write(path: str, text: str) -> None:
    """Write a file as UTF-8 without a byte order mark, its folder too; raises CommandFailed where it cannot."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise CommandFailed(f"{error.strerror}: '{path}'") from error
