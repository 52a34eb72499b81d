"""The command line itself: lazy commands, exit codes, texts that are safe to print."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amlctl.cli import console, main
from amlctl.diagnostics import Finding, Place
from amlctl.errors import AmlctlError, Declined, GuardForbids, PlanStale

HEAVY = {"yaml", "pydantic", "jinja2", "rich", "azure", "ssl", "http", "sqlite3", "asyncio", "importlib.metadata"}


def test_help_imports_click_and_nothing_heavy() -> None:
    """``amlctl --help`` starts as fast as click does."""
    code = (
        "import sys; from amlctl.cli.main import run; run(['--help']); "
        "print('\\n'.join(m.split('.')[0] if m != 'importlib.metadata' else m for m in sys.modules), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert HEAVY & set(done.stderr.split()) == set()
    assert "deploy" in done.stdout


@pytest.mark.parametrize("name", main.COMMANDS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    """The list of ``--help`` is written by hand so that nothing is imported; here it is compared."""
    module, text = main.COMMANDS[name]
    command: click.Command = import_module(f"amlctl.cli.{module}").command

    assert command.name == name
    assert " ".join((command.help or "").split("\n\n")[0].split()) == text


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_option_has_help(name: str) -> None:
    """Nobody has to guess what an option does."""
    command: click.Command = import_module(f"amlctl.cli.{main.COMMANDS[name][0]}").command
    commands = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    silent = [p.name for c in commands for p in c.params if isinstance(p, click.Option) and not p.help]

    assert silent == []
    assert all(c.help for c in commands)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["plam"], 64), (["plan", "--nope"], 64), (["deploy", "--timeout", "-1"], 64), (["--version"], 0), ([], 64)],
)
def test_wrong_usage_is_64(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """click's own 2 would read as "differences" in a pipeline."""
    assert main.run(arguments) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_mistyped_command_is_answered_with_the_near_name(capsys: pytest.CaptureFixture[str]) -> None:
    """plam → plan."""
    main.run(["plam"])

    assert 'Did you mean "plan"?' in capsys.readouterr().err


@pytest.mark.parametrize("text", ["-1", "1e9", "5x", "0m", "25h", "m", ""])
def test_a_time_is_a_number_and_a_unit(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Row 73 of the bad inputs."""
    assert main.run(["deploy", "-e", "dev", "--timeout", text]) == 64
    assert "a time such as 30m" in capsys.readouterr().err


def broken(error: BaseException) -> Callable[..., None]:
    """A command line that raises."""

    def fail(**_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AmlctlError("x"), 1),
        (GuardForbids("x"), 4),
        (PlanStale("x"), 10),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError(), 70),
    ],
)
def test_what_is_raised_decides_the_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also a fault of ours ends without a traceback on the terminal."""
    monkeypatch.setattr(main.cli, "main", broken(error))

    assert main.run([]) == code
    assert "Traceback" not in capsys.readouterr().err


@given(st.text())
def test_no_text_becomes_a_command(text: str) -> None:
    """Pipeline agents obey ``##vso[`` and ``##[``, terminals obey control characters."""
    shown = console.harmless(text)

    assert "##vso[" not in shown
    assert "##[" not in shown
    assert not any(ord(character) < 32 and character not in "\n\t" for character in shown)
    assert "\x1b" not in shown


@pytest.mark.parametrize("command", ["##vso[task.setvariable variable=x]y", "##[error]x", "a ##vso[x]"])
def test_an_agents_command_is_printed_with_a_mark_in_between(command: str) -> None:
    """Row 51 of the bad inputs."""
    assert "#\\#" in console.harmless(command)


def test_a_long_line_is_cut() -> None:
    """Row 52: a line of a megabyte in an error of the service."""
    assert len(console.harmless("x" * 1_000_000)) < 2_100


def test_a_finding_shows_its_line_with_a_mark(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where, level, code, what, found, instead; then the line."""
    monkeypatch.chdir(str(tmp_path))
    with open("dev.yaml", "w", encoding="utf-8") as file:
        file.write("a: 1\nsize: Standard_NC6\n")
    finding = Finding("error", "AML014", "retired", Place("dev.yaml", 2, 7, 2, 19), "Standard_NC6", "take another")

    assert click.unstyle(console.describe(finding)).splitlines() == [
        "dev.yaml:2:7  error AML014  retired; Standard_NC6; take another",
        "     2 | size: Standard_NC6",
        "       |       ^^^^^^^^^^^^",
    ]


def test_a_line_that_may_hold_a_secret_is_never_shown(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """AML022 speaks of a secret; its line stays hidden."""
    monkeypatch.chdir(str(tmp_path))
    with open("dev.yaml", "w", encoding="utf-8") as file:
        file.write("key: hunter2\n")

    assert "hunter2" not in console.describe(Finding("error", "AML022", "looks like a secret", Place("dev.yaml", 1, 6)))


@given(st.text(), st.text())
def test_json_keeps_its_values_and_commands_nobody(key: str, value: str) -> None:
    """What a program reads back is the same; a terminal and a pipeline agent see neither controls nor commands."""
    text = json.dumps({key: value, "a": "##vso[x]\x9b\u202e"}, ensure_ascii=False)

    shown = console.harmless_json(text)

    assert json.loads(shown) == json.loads(text)
    assert "##" not in shown
    assert "\x9b" not in shown


def alone(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines in a process of their own, whose terminal knows ASCII alone."""
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=plain | variables
    )


def test_a_log_that_knows_ascii_alone_gets_plain_marks() -> None:
    """Row 50 of the faults."""
    done = alone("from amlctl.cli import console; console.ready(); console.answer('\\u2713 a \\u2192 b \\xb7 \\xfc')")

    assert (done.returncode, done.stdout) == (0, "v a -> b - \\xfc\n")


@pytest.mark.skipif(sys.platform == "win32", reason="closes descriptors the POSIX way")
@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_closed_stream_is_no_fault(closed: int) -> None:
    """Whoever starts us may have closed any of the three."""
    command = f'"{sys.executable}" -m amlctl config schema {closed}>&- '.replace("0>&-", "<&-")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)

    assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (0, False)


def test_a_reader_that_has_gone_changes_no_exit_code() -> None:
    """``amlctl … | head -1`` does its work to the end: what it does is no matter of who reads."""
    code = (
        "import os, sys; from amlctl.cli import console; console.ready(); read, write = os.pipe(); os.close(read);"
        "os.dup2(write, 1); console.answer('x' * 100000); console.answer('y'); sys.exit(3)"
    )

    assert alone(code).returncode == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "-e", "dev", "--format", "json", "--format", "text"],
        ["deploy", "-e", "dev", "--timeout=5m", "--timeout", "6m"],
        ["config", "show", "-C", ".", "-C", "."],
    ],
)
def test_an_option_given_twice_is_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Which of the two was meant? Row 71 of the bad inputs."""
    assert main.run(arguments) == 64
    assert "given twice" in capsys.readouterr().err


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 8, and how to say yes beforehand; also where stdin is closed."""
    from amlctl.cli.deploy import _confirm

    for stdin in (None, io.StringIO("y\n")):
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(Declined, match="without a terminal") as declined:
            _confirm([])
        assert "--yes" in str(declined.value.findings[0])


def test_doctor_names_variables_and_shows_no_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Row 76: what changes our ways is named, its value may be a secret."""
    for name in ("AMLCTL_ACCESS_TOKEN", "BICEP_TRACING_ENABLED", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "user:hunter2@somewhere")
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    monkeypatch.chdir(tmp_path)

    assert main.run(["doctor", "--offline"]) == 1

    shown = capsys.readouterr().out
    assert all(name in shown for name in ("AMLCTL_ACCESS_TOKEN", "BICEP_TRACING_ENABLED", "HTTPS_PROXY"))
    assert "hunter2" not in shown
    assert "switches the check of certificates off" in shown
