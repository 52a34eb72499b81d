"""Every bad environment file through the command line: its message, its exit code, nothing written, no secret shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from amlctl.cli.main import run

ROOT = Path(__file__).parents[2]
BAD = sorted((ROOT / "tests" / "cases" / "environments" / "bad").iterdir())
MESSAGE = re.compile(r"environments/\w+\.yaml:\d+:\d+  error AML\d{3}  \S")
SECRETS = ("AccountKey=", "sig=abcdefghijklmnop", "eyJhbGciOiJIUzI1NiJ9", "BEGIN RSA", "6f1c2a34-58de", "c2VjcmV0")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without environments."""
    for name in ("templates", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "environments").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(case: Path, folder: Path) -> None:
    """Make the case the environment ``dev``; a folder brings several files."""
    files = {path.name: path for path in case.glob("*.yaml")} if case.is_dir() else {"dev.yaml": case}
    for name, path in files.items():
        shutil.copy(path, folder / "environments" / name)


def files(folder: Path) -> dict[str, bytes]:
    """Everything that lies in a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", [case for case in BAD if "warning" not in case.name], ids=lambda case: case.stem)
def test_a_bad_file_stops_every_command(case: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3, a message with file, line, column and code, and nothing changed."""
    put(case, folder)
    before = files(folder)

    codes = [run([command]) for command in ("validate", "render")]
    codes.append(run(["plan", "-e", "dev", "--offline"]))

    shown = capsys.readouterr()
    assert codes == [3, 3, 3]
    assert MESSAGE.search(shown.err)
    assert files(folder) == before
    assert [secret for secret in SECRETS if case.name.startswith("24") and secret in shown.out + shown.err] == []


@pytest.mark.parametrize(
    "text",
    [
        "tier: AccountKey=c2VjcmV0\n",
        "extends: AccountKey=c2VjcmV0\n",
        "password: c2VjcmV0MTIz\npassword: c2VjcmV0MTIz\n",
        "tags:\n  a: { password: c2VjcmV0MTIz, <<: b }\n",
        "description: AccountKey=c2VjcmV0 \t: :\n\tx: y\n",
        "description: |\n  -----BEGIN RSA PRIVATE KEY-----\n  c2VjcmV0MTIz\nx: null\n",
        "AccountKey=c2VjcmV0: x\n",
    ],
)
def test_a_secret_is_not_shown_by_other_faults(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever else is wrong in the file, on the same line or with the same value."""
    (folder / "environments" / "dev.yaml").write_text(text, encoding="utf-8")

    assert run(["validate"]) == 3

    shown = capsys.readouterr()
    assert "c2VjcmV0" not in shown.out + shown.err


def test_a_fault_of_rendered_bicep_shows_the_rendered_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not the line of an older file in infra/; and nothing is written."""
    shutil.copy(
        ROOT / "tests" / "cases" / "environments" / "good" / "minimal.yaml", folder / "environments" / "dev.yaml"
    )
    assert run(["render", "--quiet"]) == 0
    before = files(folder)
    template = folder / "templates" / "main.bicep.j2"
    template.write_text("assert wrong = true\n" + template.read_text(encoding="utf-8"), encoding="utf-8")

    assert run(["render"]) == 3

    shown = capsys.readouterr().err
    assert "infra/dev/main.bicep:1:1  error " in shown
    assert "     1 | assert wrong = true" in shown
    template.unlink()
    assert files(folder) == {name: text for name, text in before.items() if name != "templates/main.bicep.j2"}
