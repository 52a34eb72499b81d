"""``amlctl bicep``"""

from __future__ import annotations

import sys

import click

ANYTHING = {"ignore_unknown_options": True, "help_option_names": []}


@click.group("bicep")
def command() -> None:
    """The embedded Bicep compiler: build, lint and format any file."""


def _stand_in(name: str, help_text: str) -> None:
    """Hand a command over to the stand-in: the options are the official ones."""

    @command.command(name, context_settings=ANYTHING, help=help_text, add_help_option=False)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def run(arguments: tuple[str, ...]) -> None:
        from amlctl.standin.main import run as run_stand_in

        sys.exit(run_stand_in([name, *arguments]))


_stand_in("build", "Compile FILE to ARM JSON beside it, or with --stdout, --outfile or --outdir.")
_stand_in("lint", "Report what is wrong or doubtful in FILE.")
_stand_in("format", "Lay out FILE as the official formatter does.")
