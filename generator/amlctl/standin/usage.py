"""What each command takes: options, their kinds, the official refusals, and the help text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from amlctl.records import NamedTuple
from amlctl.standin.faults import UsageRefused

FLAG, TEXT, NUMBER, CHOICE = "flag", "text", "number", "choice"
_BOOLEANS = {"true": True, "false": False}


class Option(NamedTuple):
    """One option of a command; ``choices`` are compared without regard to case."""

    name: str
    kind: str
    help: str
    choices: tuple[str, ...] = ()


class Command(NamedTuple):
    """One command: its argument, whether it must be there, and its options."""

    name: str
    help: str
    argument: str = ""
    argument_help: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()


_STDOUT = Option("--stdout", FLAG, "Print the output to stdout.")
_OUTDIR = Option("--outdir", TEXT, "Save the output in this folder.")
_OUTFILE = Option("--outfile", TEXT, "Save the output as this file.")
_PATTERN = Option("--pattern", TEXT, "Take all files that match this glob pattern.")
_NO_RESTORE = Option("--no-restore", FLAG, "Do not restore external modules (the stand-in never does).")
_DIAGNOSTICS = Option(
    "--diagnostics-format", CHOICE, "Form of the diagnostics: Default or SARIF.", ("Default", "SARIF")
)

COMMANDS = {
    command.name: command
    for command in (
        Command(
            "build",
            "Build a .bicep file.",
            "file",
            "The .bicep file.",
            options=(_STDOUT, _NO_RESTORE, _OUTDIR, _OUTFILE, _PATTERN, _DIAGNOSTICS),
        ),
        Command(
            "build-params",
            "Build a .json file from a .bicepparam file.",
            "file",
            "The .bicepparam file.",
            options=(
                _STDOUT,
                _NO_RESTORE,
                _OUTDIR,
                _OUTFILE,
                _PATTERN,
                Option("--bicep-file", TEXT, "The .bicep file that the parameters file must be using."),
                _DIAGNOSTICS,
            ),
        ),
        Command(
            "format",
            "Format a .bicep or .bicepparam file.",
            "file",
            "The .bicep or .bicepparam file.",
            options=(
                _STDOUT,
                _OUTDIR,
                _OUTFILE,
                _PATTERN,
                Option("--newline-kind", CHOICE, "Line ends: Auto, LF, CRLF or CR.", ("Auto", "LF", "CRLF", "CR")),
                Option("--indent-kind", CHOICE, "Indentation: Space or Tab.", ("Space", "Tab")),
                Option("--indent-size", NUMBER, "Spaces of one level of indentation."),
                Option("--insert-final-newline", FLAG, "End the file with a line end."),
            ),
        ),
        Command(
            "lint",
            "Lint a .bicep or .bicepparam file.",
            "file",
            "The .bicep or .bicepparam file.",
            options=(_PATTERN, _NO_RESTORE, _DIAGNOSTICS),
        ),
        Command(
            "restore",
            "Say which external modules the local module cache lacks.",
            "file",
            "The .bicep or .bicepparam file.",
            options=(
                _PATTERN,
                Option("--force", FLAG, "Ask for modules that are there too (the stand-in never does)."),
            ),
        ),
        Command(
            "snapshot",
            "Write or validate a deployment snapshot of a .bicepparam file.",
            "parameters file",
            "The .bicepparam file.",
            required=True,
            options=(
                Option("--mode", CHOICE, "What to do with the snapshot file.", ("overwrite", "validate")),
                Option("--tenant-id", TEXT, "The tenant of the deployment."),
                Option("--subscription-id", TEXT, "The subscription of the deployment."),
                Option("--management-group-id", TEXT, "The management group of the deployment."),
                Option("--location", TEXT, "The location of the deployment."),
                Option("--resource-group", TEXT, "The resource group of the deployment."),
                Option("--deployment-name", TEXT, "The name of the deployment."),
            ),
        ),
        Command(
            "jsonrpc",
            "Answer JSON-RPC requests.",
            options=(
                Option("--pipe", TEXT, "Connect to this named pipe as a client."),
                Option("--socket", NUMBER, "Connect to this TCP port of the loopback interface as a client."),
                Option("--stdio", FLAG, "Use stdin and stdout."),
            ),
        ),
    )
}
"""The commands that the stand-in knows, in the order of its help."""

HELP = ("-?", "-h", "--help")


class _Reader:
    """Reads the arguments of one command, one after the other."""

    def __init__(self, command: Command, arguments: Sequence[str]) -> None:
        self.command = command
        self.rest = list(arguments)
        self.options = {option.name: option for option in command.options}
        self.values: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        """Give the values by option name, the argument under ``file``."""
        while self.rest:
            word = self.rest.pop(0)
            option, value = self._option(word)
            if option is None:
                self._argument(word)
            elif option.name in self.values:
                raise UsageRefused(f"Option '{option.name}' expects a single argument but 2 were provided.")
            else:
                self.values[option.name] = self._value(option, value)
        if self.command.required and "file" not in self.values:
            raise UsageRefused(f"Required argument missing for command: '{self.command.name}'.")
        return self.values

    def _option(self, word: str) -> tuple[Option | None, str | None]:
        if word in self.options:
            return self.options[word], None
        for mark in "=:":
            name, found, value = word.partition(mark)
            if found and name in self.options:
                return self.options[name], value
        return None, None

    def _argument(self, word: str) -> None:
        if not self.command.argument or "file" in self.values:
            raise UsageRefused(f"Unrecognized command or argument '{word}'.")
        if word.startswith("--"):
            raise UsageRefused(f'Unrecognized parameter "{word}"')
        self.values["file"] = word

    def _value(self, option: Option, value: str | None) -> Any:
        if option.kind == FLAG:
            if value is None and self.rest and self.rest[0].lower() in _BOOLEANS:
                value = self.rest.pop(0)
            return True if value is None else _checked(option, _BOOLEANS.get(value.lower()), value)
        if value is None:
            if not self.rest or self._option(self.rest[0])[0] is not None:
                raise UsageRefused(f"Required argument missing for option: '{option.name}'.")
            value = self.rest.pop(0)
        if option.kind == NUMBER:
            digits = value.removeprefix("-")
            return _checked(option, int(value) if digits.isdecimal() and len(digits) < 10 else None, value)
        if option.kind == CHOICE:
            known = {choice.lower(): choice for choice in option.choices}
            return _checked(option, known.get(value.lower()), value)
        return value


def _checked(option: Option, value: Any, text: str) -> Any:
    if value is None:
        expected = " | ".join(option.choices) or {FLAG: "true | false", NUMBER: "a whole number"}[option.kind]
        raise UsageRefused(f"Cannot parse argument '{text}' for option '{option.name}' as expected: {expected}.")
    return value


def read(command: Command, arguments: Sequence[str]) -> dict[str, Any]:
    """Read a command's arguments; raises UsageRefused with the official wording."""
    return _Reader(command, arguments).read()


def refuse_together(values: dict[str, Any], first: str, second: str, text: str) -> None:
    """Refuse two options that exclude each other."""
    if values.get(first) and values.get(second):
        raise UsageRefused(text)


def check_outputs(values: dict[str, Any]) -> None:
    """Refuse options for the output that exclude each other, as ArgumentHelper.ValidateOutputOptions does."""
    for option in ("--stdout", "--outfile"):
        text = f"The {option} parameter cannot be used with the --pattern parameter"
        refuse_together(values, "--pattern", option, text)
    for first, second in (("--outdir", "--stdout"), ("--outfile", "--stdout"), ("--outdir", "--outfile")):
        refuse_together(values, first, second, f"The {first} and {second} parameters cannot both be used")


def help_of(command: Command) -> str:
    """Give the help text of one command."""
    argument = f" <{command.argument}>" if command.required else f" [<{command.argument}>]" if command.argument else ""
    lines = ["Description:", f"  {command.help}", "", "Usage:", f"  bicep {command.name}{argument} [options]", ""]
    if command.argument:
        lines += ["Arguments:", f"  <{command.argument}>  {command.argument_help}", ""]
    rows = [(_shown(option), option.help) for option in command.options]
    return "\n".join([*lines, "Options:", *_table([*rows, ("-?, -h, --help", "Show help and usage information.")])])


def _shown(option: Option) -> str:
    if option.kind == FLAG:
        return option.name
    name = "|".join(option.choices) if option.choices else option.name.strip("-")
    return f"{option.name} <{name}>"


def _table(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(left) for left, _ in rows)
    return [f"  {left:<{width}}  {right}" for left, right in rows] + [""]


def root_help() -> str:
    """Give the help text of the executable."""
    options = [
        ("-v, --version", "Show bicep version information."),
        ("--license", "Print license information."),
        ("--third-party-notices", "Print third-party notices."),
        ("-?, -h, --help", "Show help and usage information."),
    ]
    head = ["Description:", "  Bicep CLI (the amlctl stand-in)", "", "Usage:", "  bicep [command] [options]", ""]
    commands = [
        (f"{command.name} <{command.argument}>" if command.argument else command.name, command.help)
        for command in COMMANDS.values()
    ]
    return "\n".join([*head, "Options:", *_table(options), "Commands:", *_table(commands)])
