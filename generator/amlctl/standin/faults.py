"""What ends a command: the text goes to stderr, the exit code is 1 whatever the reason, as with the official one."""

from __future__ import annotations

from amlctl.errors import AmlctlError


class CommandFailed(AmlctlError):
    """A command cannot do what it was asked for."""


class UsageRefused(CommandFailed):
    """The arguments do not say what can be done."""
