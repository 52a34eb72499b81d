"""RenderedSet → folder, as a whole or not at all; and whether a folder is what would be rendered.

The new tree is made and synced in a stage folder beside the old one, then both are exchanged in one step. Where the
file system has no such step, two renames do it, and the next ``write`` or ``check`` finishes what a kill left
between them.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from amlctl.diagnostics import Finding, Place
from amlctl.errors import AmlctlError, ConfigurationInvalid
from amlctl.render.exchange import exchange
from amlctl.render.faults import fault
from amlctl.render.rendered import RenderedSet
from amlctl.render.rendering import check_paths

_STAGE = re.compile(r"\.infra-(.+)-(?:part|new|old)")
event: Callable[[str, Path], None] = lambda _what, _path: None  # noqa: E731 — tests put a kill here
"""Called before every change of the file system."""


def write(rendered: RenderedSet, compiled: Mapping[str, bytes], folder: Path) -> None:
    """Replace a folder by the rendered and the compiled files, as a whole.

    ``compiled`` maps further paths inside the folder, such as ``main.json``, to their bytes.
    Raises ConfigurationInvalid where the folder cannot be used; the old tree stays then.
    """
    contents = _contents(rendered, compiled)
    _refuse_odd(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _lock(folder.parent):
            _finish(folder)
            try:
                _fill(contents, _stage(folder, "part"))
                _swap(folder)
            except OSError:
                _clean(folder)
                raise
    except OSError as error:
        raise _refused(folder, error) from error


def remove(folder: Path) -> None:
    """Remove a rendered folder as a whole: it is gone at once, and `sweep` finishes what a kill left.

    Raises ConfigurationInvalid where it cannot be removed.
    """
    _refuse_odd(folder)
    try:
        with _lock(folder.parent):
            _finish(folder)
            _rename(folder, _stage(folder, "part"))
            _clean(folder)
    except OSError as error:
        raise _refused(folder, error) from error


def sweep(parent: Path) -> None:
    """Finish what killed runs left beside any folder, also one that is not rendered any more."""
    left = {match[1] for path in parent.glob(".infra-*") if (match := _STAGE.fullmatch(path.name))}
    if not left:
        return
    with _lock(parent):
        for name in sorted(left):
            _finish(parent / name)


def check(rendered: RenderedSet, compiled: Mapping[str, bytes], folder: Path) -> tuple[Finding, ...]:
    """Compare a folder with what would be rendered: one finding for each file that is new, differs or is left over."""
    contents = _contents(rendered, compiled)
    _refuse_odd(folder)
    if folder.parent.is_dir() and _unfinished(folder):
        with _lock(folder.parent):
            _finish(folder)
    paths = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    there = {path.relative_to(folder).as_posix(): path for path in paths}
    shown = f"{folder.parent.name}/{folder.name}"
    findings = []
    for path in sorted({*contents, *there}):
        if path not in there:
            findings.append(_stale(shown, path, "is not there yet"))
        elif path not in contents:
            findings.append(_stale(shown, path, "is not rendered any more"))
        elif there[path].is_symlink() or there[path].read_bytes() != contents[path]:
            line = 1 if there[path].is_symlink() else _first_difference(there[path].read_bytes(), contents[path])
            findings.append(_stale(shown, path, "differs from its inputs", line))
    return tuple(findings)


def _contents(rendered: RenderedSet, compiled: Mapping[str, bytes]) -> dict[str, bytes]:
    contents = {file.path: file.text.encode("utf-8") for file in rendered.files}
    check_paths(contents)
    for path in compiled:
        if path in contents or not path or path.startswith((".", "/")) or "/" in path or "\\" in path:
            finding = fault("AML160", None, "a compiled file may not lie there", f"`{path}`", "a plain file name")
            raise ConfigurationInvalid(f"{path!a} cannot be written", finding)
    return contents | dict(compiled)


def _stale(folder: str, path: str, message: str, line: int = 1) -> Finding:
    return fault("AML161", Place(f"{folder}/{path}", line), f"{path} {message}", "", "run amlctl render")


def _first_difference(there: bytes, wanted: bytes) -> int:
    pairs = zip(there.split(b"\n"), wanted.split(b"\n"), strict=False)
    return next((number for number, (one, other) in enumerate(pairs, 1) if one != other), 1)


def _refuse_odd(folder: Path) -> None:
    """Refuse a target that is a link, a file, or lies behind a link."""
    for path in (folder.parent, folder):
        odd = "a link" if path.is_symlink() else "a file" if path.exists() and not path.is_dir() else ""
        if odd:
            shown = path.name if path == folder.parent else f"{folder.parent.name}/{folder.name}"
            message = f"{shown} is {odd}"
            finding = fault("AML162", Place(shown), message, "", "remove it: amlctl makes the folder")
            raise ConfigurationInvalid(f"{folder.parent.name}/{folder.name} cannot be written", finding)


def _refused(folder: Path, error: OSError) -> AmlctlError:
    name = Path(error.filename).name if isinstance(error.filename, str) else folder.name
    reason = error.strerror or str(error)
    finding = fault("AML162", Place(folder.name), f"{name} cannot be written", reason, "the old files stay")
    return ConfigurationInvalid(f"{folder.name} cannot be written", finding)


def _stage(folder: Path, state: str) -> Path:
    """Give the folder of a state: ``part`` being made, ``new`` complete, ``old`` to be removed."""
    return folder.parent / f".infra-{folder.name}-{state}"


def _unfinished(folder: Path) -> bool:
    return any(_stage(folder, state).exists() for state in ("part", "new", "old"))


def _finish(folder: Path) -> None:
    """Finish what a killed run left: afterwards the folder is the old tree or the new one, and nothing lies beside
    it."""
    new, old = _stage(folder, "new"), _stage(folder, "old")
    if not folder.exists() and (new.exists() or old.exists()):
        # Only the swap by two renames takes the folder away; a complete new tree goes forward, else the old one back.
        source = new if new.exists() else old
        _rename(source, folder)
    _clean(folder)


def _clean(folder: Path) -> None:
    for state in ("part", "new", "old"):
        stage = _stage(folder, state)
        if stage.exists() and (state != "old" or folder.exists()):
            event("remove", stage)
            shutil.rmtree(stage)


def _fill(contents: Mapping[str, bytes], stage: Path) -> None:
    event("mkdir", stage)
    stage.mkdir()
    folders = {stage}
    for name in sorted(contents):
        path = stage / name
        if path.parent not in folders:
            event("mkdir", path.parent)
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
        event("write", path)
        with path.open("wb") as stream:
            stream.write(contents[name])
            stream.flush()
            os.fsync(stream.fileno())
    for one in sorted(folders, reverse=True):
        _sync(one)


def _swap(folder: Path) -> None:
    part, new, old = (_stage(folder, state) for state in ("part", "new", "old"))
    _rename(part, new)
    if not folder.exists():
        _rename(new, folder)
    elif not _exchange(new, folder):
        _rename(folder, old)
        _rename(new, folder)
    _sync(folder.parent)
    _clean(folder)


def _exchange(new: Path, folder: Path) -> bool:
    event("exchange", folder)
    return exchange(new, folder)


def _rename(source: Path, target: Path) -> None:
    event("rename", target)
    source.rename(target)


def _sync(folder: Path) -> None:
    """Make a folder's entries durable; Windows has no way to, and needs none."""
    if os.name == "nt":
        return
    event("sync", folder)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one render at a time work in a folder; a second one waits. The system frees the lock of a killed process."""
    if os.name == "nt":  # pragma: no cover — Windows locks a file, and has no lock for a folder
        yield from _lock_file(folder / ".infra-lock")
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _lock_file(folder: Path) -> Iterator[None]:  # pragma: no cover — Windows only
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("wb") as stream:
        msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
        yield
