"""The ``amlctl`` command: finds a command's file by name, and turns what a room raises into text and an exit code.

``--help`` imports click and nothing else: the commands' own modules are imported when they are called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from amlctl import __version__
from amlctl.errors import AmlctlError

USAGE, BUG, INTERRUPTED, TERMINATED = 64, 70, 130, 143

# name → (module, what `amlctl --help` says of it); a test compares the text with the command's own.
COMMANDS = {
    "config": ("config", "Show the merged settings, where a value comes from, and every name."),
    "validate": ("validate", "Check environments: layers, schema, names, Bicep types; without a login."),
    "render": ("render", "Write infra/<env> and pipelines/ from environments/ and templates/."),
    "bicep": ("bicep", "The embedded Bicep compiler: build, lint and format any file."),
    "plan": ("plan", "Show what a deployment would create or change, and the YAML line behind it."),
    "deploy": ("deploy", "Plan, deploy through ARM and bootstrap an environment and the stacks it uses."),
    "bootstrap": ("bootstrap", "Reconcile what ARM cannot: default datastores, assets, config.json."),
    "local": ("local", "The local ARM endpoint: start, stop, reset, env."),
    "doctor": ("doctor", "Check tools, files, sign-in and the local endpoint, with a fix for each problem."),
}


class Commands(click.Group):
    """The group of all commands; a command's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"amlctl.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the near name for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            ctx.fail(f'there is no command "{args[0]}".{hint}')
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            _once(ctx, command, rest)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _once(ctx: click.Context, command: click.Command, arguments: Sequence[str]) -> None:
    """Refuse an option that is given twice and does not repeat: click would take the last without a word."""
    if isinstance(command, click.Group) and arguments and arguments[0] in command.commands:
        _once(ctx, command.commands[arguments[0]], arguments[1:])
        return
    options = [p for p in command.params if isinstance(p, click.Option) and not p.multiple]
    known = {text: option.opts[-1] for option in options for text in option.opts}
    seen: set[str] = set()
    for argument in arguments:
        option = known.get(argument.partition("=")[0])
        if option in seen:
            ctx.fail(f"{option} is given twice")
        if option:
            seen.add(option)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="amlctl", message="%(prog)s %(version)s")
def cli() -> None:
    """Azure Machine Learning platforms from one YAML file per environment.

    An environment with `subscription: local` goes to the embedded local ARM endpoint; a subscription id goes to Azure.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with the exit code that design.md section 5 promises."""
    _terminate_on_sigterm()
    _start_fast()
    _leave(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    from amlctl.cli.console import hush, note, ready

    ready()
    try:
        result = cli.main(
            args=None if arguments is None else list(arguments), prog_name="amlctl", standalone_mode=False
        )
        sys.stdout.flush()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else USAGE
    except click.exceptions.NoArgsIsHelpError as shown:
        shown.show()
        return USAGE
    except click.UsageError as wrong:
        wrong.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt) as stopped:
        return _stopped(stopped)
    except BrokenPipeError:  # click's own help: ours is written by `console`, which goes on
        hush(sys.stdout)
        return 0
    except AmlctlError as error:
        return _explain(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as failed:
        note(f"error  {failed.filename or 'the output'}: {failed.strerror or failed}")
        return 1
    except Exception as bug:  # noqa: BLE001  (the outermost place: everything becomes a report and exit code 70)
        return _report(bug)
    return result if isinstance(result, int) else 0


class Terminated(KeyboardInterrupt):
    """SIGTERM: the same as Ctrl-C, with another exit code."""


def _stopped(stopped: BaseException) -> int:
    """Say that we were stopped, and what goes on without us; click wraps the interruption."""
    from amlctl.cli.console import note, notes

    cause = stopped if isinstance(stopped, KeyboardInterrupt) else stopped.__cause__
    note("terminated" if isinstance(cause, Terminated) else "interrupted")
    notes(cause)
    return TERMINATED if isinstance(cause, Terminated) else INTERRUPTED


def _explain(error: AmlctlError) -> int:
    from amlctl.cli.console import explain

    explain(error)
    return error.exit_code


def _report(bug: Exception) -> int:
    from amlctl.cli.console import report

    report(bug)
    return BUG


def _leave(code: int) -> NoReturn:
    """End the process without taking its objects apart first, which costs a tenth of a short run."""
    import contextlib

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if sys.gettrace() or sys.getprofile():  # whoever measures us wants its own ending
        sys.exit(code)
    os._exit(code)


def _start_fast() -> None:
    """Collect garbage seldom, as a short run makes little of it; spare pydantic the search for plugins of its own."""
    import gc

    gc.set_threshold(100_000, 20, 20)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _terminate_on_sigterm() -> None:
    import signal

    def leave(signum: int, frame: object) -> NoReturn:  # noqa: ARG001  (the signature of a handler)
        raise Terminated

    signal.signal(signal.SIGTERM, leave)
