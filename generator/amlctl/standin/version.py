"""Which compiler the stand-in stands for, and how its own build is told from the official one."""

from __future__ import annotations

from amlctl import __version__

VERSION = "0.46.1"
"""The version that clients compare."""


def text() -> str:
    """Give the version as ``--version`` shows it; the part in parentheses says that this is amlctl."""
    return f"{VERSION} (amlctl {__version__})"
