"""Files of ``environments/`` that are not read: one that looks like an environment is an error, never passed over.

``test.yaml`` renamed to ``test.yml`` would take test away from the users of a stack, and loosen what test kept strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from amlctl.diagnostics import Finding, Place
from amlctl.environment.faults import fault
from amlctl.environment.folder import FOLDER, NAME, RESERVED

ENDINGS = (".yml", ".yaml")
KEYS = re.compile(r"^(?:tier|subscription|location|extends|profile|naming|workspace|compute|uses)\s*:", re.MULTILINE)
LOOKED_AT = 1 << 16
KNOWN = ("README.md", ".gitkeep", ".gitignore")


def find_strays(project: Path) -> list[Finding]:
    """Look through the folder once; links are not followed, and no byte of a file is shown."""
    folder = project / FOLDER
    if not folder.is_dir():
        return []
    found = [finding for entry in sorted(folder.iterdir()) for finding in _entry(entry)]
    return sorted(found, key=lambda finding: finding.level != "error")


def _entry(entry: Path) -> Iterator[Finding]:
    if entry.is_symlink():
        return  # the loader refuses a link that is asked for by name
    if entry.is_dir():
        yield from _folder(entry)
    elif entry.suffix.lower() in ENDINGS:
        yield from _ending(entry)
    elif entry.name not in KNOWN:
        yield fault("AML061", Place(f"{FOLDER}/{entry.name}"), "is no environment, and is not read", "", "", "info")


def _ending(entry: Path) -> Iterator[Finding]:
    place = Place(f"{FOLDER}/{entry.name}")
    stem = entry.name[: -len(entry.suffix)]
    if entry.suffix != ".yaml":
        yield fault("AML060", place, f"is not read: its ending is {entry.suffix}", "", f"rename it to {stem}.yaml")
    elif not stem.startswith(("_", ".")) and (not NAME.fullmatch(stem) or stem in RESERVED):
        words = "2–16 characters: a–z first, then a–z, 0–9 and single dashes; not a reserved Windows name"
        yield fault("AML042", place, "cannot be the name of an environment", f"{stem[:60]!a}", words)


def _folder(entry: Path) -> Iterator[Finding]:
    """Folders hold what environments name, such as conda files; an environment in one is not found."""
    for file in sorted(entry.rglob("*")):
        if file.suffix.lower() in ENDINGS and file.is_file() and not file.is_symlink() and _looks_like_one(file):
            place = Place(f"{FOLDER}/{file.relative_to(entry.parent).as_posix()}")
            yield fault(
                "AML060", place, "is not read: environments are not looked for in folders", "", f"move it to {FOLDER}/"
            )


def _looks_like_one(file: Path) -> bool:
    with file.open("rb") as stream:
        text = stream.read(LOOKED_AT).decode("utf-8", "replace")
    return len(set(KEYS.findall(text))) >= 2
