"""Arguments of the stand-in: what is read, what is refused and in which words."""

from __future__ import annotations

import pytest

from amlctl.standin.faults import UsageRefused
from amlctl.standin.main import main
from amlctl.standin.usage import COMMANDS, check_outputs, help_of, read


def test_options_take_their_value_in_every_official_form() -> None:
    """A value follows its option, or stands behind ``=`` or ``:``."""
    wanted = {"file": "a.bicep", "--outfile": "b.json"}
    for words in (["a.bicep", "--outfile", "b.json"], ["--outfile=b.json", "a.bicep"], ["--outfile:b.json", "a.bicep"]):
        assert read(COMMANDS["build"], words) == wanted


def test_flags_may_have_a_value() -> None:
    """A flag is true by itself, or what ``true`` and ``false`` behind it say."""
    command = COMMANDS["format"]
    assert read(command, ["--insert-final-newline", "a.bicep"]) == {"--insert-final-newline": True, "file": "a.bicep"}
    assert read(command, ["--insert-final-newline", "false"]) == {"--insert-final-newline": False}
    assert read(command, ["--insert-final-newline=True"]) == {"--insert-final-newline": True}


def test_choices_are_compared_without_regard_to_case() -> None:
    """``crlf`` is CRLF, ``sarif`` is SARIF."""
    assert read(COMMANDS["format"], ["--newline-kind", "crlf", "--indent-size", "4"]) == {
        "--newline-kind": "CRLF",
        "--indent-size": 4,
    }
    assert read(COMMANDS["lint"], ["--diagnostics-format", "sarif"]) == {"--diagnostics-format": "SARIF"}


@pytest.mark.parametrize(
    ("command", "words", "text"),
    [
        ("snapshot", [], "Required argument missing for command: 'snapshot'."),
        ("build", ["--outdir"], "Required argument missing for option: '--outdir'."),
        ("build", ["--outdir", "--stdout"], "Required argument missing for option: '--outdir'."),
        ("build", ["a.bicep", "b.bicep"], "Unrecognized command or argument 'b.bicep'."),
        ("build", ["--nothing"], 'Unrecognized parameter "--nothing"'),
        ("jsonrpc", ["x"], "Unrecognized command or argument 'x'."),
        (
            "build",
            ["--outdir", "a", "--outdir", "b"],
            "Option '--outdir' expects a single argument but 2 were provided.",
        ),
        ("format", ["--indent-size", "two"], "Cannot parse argument 'two' for option '--indent-size'"),
        ("format", ["--newline-kind", "LFLF"], "Cannot parse argument 'LFLF' for option '--newline-kind'"),
        ("build", ["--stdout=maybe"], "Cannot parse argument 'maybe' for option '--stdout'"),
    ],
)
def test_wrong_arguments_are_refused(command: str, words: list[str], text: str) -> None:
    """Each refusal says what is wrong in the official words."""
    with pytest.raises(UsageRefused) as refusal:
        read(COMMANDS[command], words)
    assert str(refusal.value).startswith(text)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("--pattern", "--stdout"), "The --stdout parameter cannot be used with the --pattern parameter"),
        (("--pattern", "--outfile"), "The --outfile parameter cannot be used with the --pattern parameter"),
        (("--outdir", "--stdout"), "The --outdir and --stdout parameters cannot both be used"),
        (("--outfile", "--stdout"), "The --outfile and --stdout parameters cannot both be used"),
        (("--outdir", "--outfile"), "The --outdir and --outfile parameters cannot both be used"),
    ],
)
def test_outputs_exclude_each_other(given: tuple[str, str], text: str) -> None:
    """Two ways to write the output are refused in the official words."""
    with pytest.raises(UsageRefused, match=text):
        check_outputs(dict.fromkeys(given, "x"))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_names_every_option(name: str) -> None:
    """A command's help has its usage line and all of its options."""
    text = help_of(COMMANDS[name])
    assert f"bicep {name}" in text
    assert all(option.name in text for option in COMMANDS[name].options)


@pytest.mark.parametrize(
    ("words", "code", "on_stdout", "text"),
    [
        (["--version"], 0, True, "Bicep CLI version 0.46.1 (amlctl "),
        (["-v"], 0, True, "Bicep CLI version 0.46.1 (amlctl "),
        (["--help"], 0, True, "build-params"),
        (["build", "--help"], 0, True, "--outfile"),
        (["--license"], 0, True, "MIT"),
        ([], 1, False, 'Unrecognized arguments "" specified.'),
        (["frobnicate", "x"], 1, False, 'Unrecognized arguments "frobnicate x" specified.'),
        (["decompile", "x.json"], 1, False, 'The command "decompile" is not part of this stand-in'),
        (["restore"], 1, False, "Either the input file path or the --pattern parameter must be specified"),
        (
            ["jsonrpc", "--stdio", "--socket", "1"],
            1,
            False,
            "Only one of --pipe, --socket, or --stdio may be specified.",
        ),
    ],
)
def test_root_answers_on_the_right_stream(
    words: list[str], code: int, on_stdout: bool, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was asked for goes to stdout, a refusal to stderr; the other stream stays empty."""
    assert main(words) == code
    out, err = capsys.readouterr()
    assert text in (out if on_stdout else err)
    assert not (err if on_stdout else out)
