"""The writer: the old tree or the new one, whatever happens and whenever."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from amlctl.errors import ConfigurationInvalid
from amlctl.render import RenderedFile, RenderedSet, check, remove, sweep, write
from amlctl.render import writer as writer_module

OLD = RenderedSet("dev", (RenderedFile("main.bicep", "old\n", ()), RenderedFile("modules/gone.bicep", "gone\n", ())))
NEW = RenderedSet("dev", (RenderedFile("main.bicep", "new\n", ()), RenderedFile("modules/storage.bicep", "x\n", ())))
JSON = {"main.json": b"{}"}


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours may catch it."""


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def expected(rendered: RenderedSet) -> dict[str, bytes]:
    return {**{file.path: file.text.encode() for file in rendered.files}, **JSON}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(OLD, JSON, tmp_path / "infra" / "dev")
    return tmp_path / "infra" / "dev"


def kill_at(number: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make the writer die before its event of this number; gives the list of events that came."""
    events: list[str] = []

    def event(what: str, path: Path) -> None:
        events.append(f"{what} {path.name}")
        if len(events) == number:
            raise Killed

    monkeypatch.setattr(writer_module, "event", event)
    return events


def test_the_folder_is_replaced_as_a_whole(folder: Path) -> None:
    write(NEW, JSON, folder)
    assert tree(folder) == expected(NEW)
    assert [path.name for path in folder.parent.iterdir()] == ["dev"]


@pytest.mark.parametrize("exchanges", [True, False], ids=["exchange", "two renames"])
def test_a_kill_at_any_event_leaves_one_whole_tree(
    exchanges: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchanges:
        monkeypatch.setattr(writer_module, "exchange", lambda *_: False)
    number, finished = 0, False
    while not finished:
        number += 1
        folder = tmp_path / str(number) / "dev"
        with monkeypatch.context() as quiet:
            quiet.setattr(writer_module, "event", lambda *_: None)
            write(OLD, JSON, folder)
        with monkeypatch.context() as killing:
            kill_at(number, killing)
            try:
                write(NEW, JSON, folder)
                finished = True
            except Killed:
                pass
        left = tree(folder) if folder.exists() else None
        if exchanges or left is not None:
            assert left in (expected(OLD), expected(NEW))
        check(NEW, JSON, folder)  # the next command finishes what was left
        assert tree(folder) in (expected(OLD), expected(NEW))
        assert [path.name for path in folder.parent.iterdir()] == ["dev"]
    assert number > 10


def test_the_first_tree_comes_as_a_whole_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 12):
        folder = tmp_path / str(number) / "dev"
        with monkeypatch.context() as killing:
            kill_at(number, killing)
            try:
                write(NEW, JSON, folder)
            except Killed:
                assert not folder.exists() or tree(folder) == expected(NEW)
        write(NEW, JSON, folder)
        assert tree(folder) == expected(NEW)


def test_real_kills_leave_the_old_tree_or_the_new_one(folder: Path) -> None:
    script = (
        "import os,signal,sys;from pathlib import Path\n"
        "from amlctl.render import RenderedFile,RenderedSet,write,writer\n"
        "count=0\n"
        "def event(*_):\n"
        "    global count;count+=1\n"
        "    if count==int(sys.argv[2]): os.kill(os.getpid(),signal.SIGKILL)\n"
        "writer.event=event\n"
        "files=(RenderedFile('main.bicep','new\\n',()),RenderedFile('modules/storage.bicep','x\\n',()))\n"
        "write(RenderedSet('dev',files),{'main.json':b'{}'},Path(sys.argv[1]))\n"
    )
    for number in (2, 5, 8, 9):
        write(OLD, JSON, folder)
        done = subprocess.run([sys.executable, "-c", script, str(folder), str(number)], check=False)
        assert done.returncode == -signal.SIGKILL
        assert tree(folder) in (expected(OLD), expected(NEW))


def test_a_full_disk_keeps_the_old_tree(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def event(what: str, path: Path) -> None:
        if what == "write" and path.name == "main.json":
            raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(writer_module, "event", event)
    with pytest.raises(ConfigurationInvalid) as raised:
        write(NEW, JSON, folder)
    assert "No space left on device" in str(raised.value.findings[0])
    assert tree(folder) == expected(OLD)
    assert [path.name for path in folder.parent.iterdir()] == ["dev"]


@pytest.mark.parametrize("odd", ["link", "file", "link above"])
def test_an_odd_folder_is_refused(odd: str, tmp_path: Path) -> None:
    folder = tmp_path / "infra" / "dev"
    if odd == "link above":
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "infra").symlink_to(tmp_path / "elsewhere")
    else:
        (tmp_path / "infra").mkdir()
        if odd == "link":
            (tmp_path / "elsewhere").mkdir()
            folder.symlink_to(tmp_path / "elsewhere")
        else:
            folder.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationInvalid) as raised:
        write(NEW, JSON, folder)
    assert raised.value.findings[0].code == "AML162"
    assert ("a file" if odd == "file" else "a link") in raised.value.findings[0].message


def test_two_renders_at_once_leave_one_whole_tree(folder: Path) -> None:
    threads = [threading.Thread(target=write, args=(one, JSON, folder)) for one in (OLD, NEW) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tree(folder) in (expected(OLD), expected(NEW))
    assert [path.name for path in folder.parent.iterdir()] == ["dev"]


def test_check_says_what_is_new_changed_and_left_over(folder: Path) -> None:
    found = {str(finding.place): finding.message for finding in check(NEW, JSON, folder)}
    assert found == {
        "infra/dev/main.bicep:1:1".replace("infra", folder.parent.name): "main.bicep differs from its inputs",
        f"{folder.parent.name}/dev/modules/gone.bicep:1:1": "modules/gone.bicep is not rendered any more",
        f"{folder.parent.name}/dev/modules/storage.bicep:1:1": "modules/storage.bicep is not there yet",
    }


def test_check_finds_nothing_after_write(folder: Path) -> None:
    write(NEW, JSON, folder)
    assert check(NEW, JSON, folder) == ()


def test_check_names_the_line_of_a_hand_edit(folder: Path) -> None:
    (folder / "modules" / "gone.bicep").write_text("gone\nand more\n", encoding="utf-8")
    (finding,) = check(OLD, JSON, folder)
    assert str(finding.place).endswith("modules/gone.bicep:2:1")


def test_a_read_only_folder_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "infra").mkdir(mode=0o500)
    with pytest.raises(ConfigurationInvalid, match="cannot be written"):
        write(NEW, JSON, tmp_path / "infra" / "dev")


def test_a_removed_folder_is_gone_as_a_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill at any event leaves the whole tree or none of it, and a sweep takes the rest away."""
    for number in range(1, 10):
        write(NEW, JSON, folder)
        with monkeypatch.context() as patch:
            events = kill_at(number, patch)
            with contextlib.suppress(Killed):
                remove(folder)
        assert not folder.exists() or tree(folder) == expected(NEW)
        sweep(folder.parent)
        assert [path.name for path in folder.parent.iterdir()] in ([], [folder.name])
        if len(events) < number:
            break
    assert not folder.exists()
