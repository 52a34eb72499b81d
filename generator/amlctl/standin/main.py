"""The entry point of ``amlctl-bicep``: which command, its arguments, where its texts go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from amlctl.errors import AmlctlError
from amlctl.standin import usage
from amlctl.standin.faults import UsageRefused

OFFICIAL = frozenset(
    ("test", "generate-params", "decompile", "decompile-params", "publish", "publish-extension", "local-deploy",
     "deploy", "what-if", "teardown", "console", "docs")
)  # fmt: skip
"""Commands of the official executable that the stand-in does not have."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 1 for any failure."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except UsageRefused as refusal:
        _say(f"{refusal}\n")
    except AmlctlError as error:
        from amlctl.standin.reports import lines

        _say(lines(error.findings) + f"{error}\n")
    except BrokenPipeError:
        sys.stderr.close()
    return 1


def _run(words: list[str]) -> int:
    first = words[0] if words else ""
    command = usage.COMMANDS.get(first)
    if command is not None:
        if any(word in usage.HELP for word in words[1:]):
            _answer(usage.help_of(command))
            return 0
        return _command(first)(usage.read(command, words[1:]))
    if first in OFFICIAL:
        _say(f'The command "{first}" is not part of this stand-in (amlctl). Use the official Bicep CLI for it.\n')
        return 1
    return _root(words)


def _root(words: list[str]) -> int:
    for word in words:
        if word in usage.HELP:
            _answer(usage.root_help())
            return 0
        if word in ("--version", "-v"):
            from amlctl.standin.version import text

            _answer(f"Bicep CLI version {text()}\n")
            return 0
        if word in ("--license", "--third-party-notices"):
            _answer(
                "This stand-in is part of amlctl, under the MIT license; it holds no code of the official Bicep CLI.\n"
            )
            return 0
    given = " ".join(words)
    _say(f'Unrecognized arguments "{given}" specified. Use "bicep --help" to view available options.\n')
    return 1


def _command(name: str) -> Callable[[dict[str, Any]], int]:
    if name == "jsonrpc":
        from amlctl.standin.jsonrpc.connections import run

        return run
    if name == "snapshot":
        from amlctl.standin.snapshots import run_snapshot

        return run_snapshot
    from amlctl.standin import commands

    return commands.BY_NAME[name]


def _answer(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
