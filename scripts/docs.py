#!/usr/bin/env python3
"""Write the tables of README.md that are made from the code; ``tests/test_docs.py`` holds them fresh.

python scripts/docs.py
"""

from __future__ import annotations

import re
from pathlib import Path

from amlctl.cli.main import COMMANDS

README = Path(__file__).parents[1] / "README.md"
TABLE = re.compile(r"(<!-- commands -->\n).*?(<!-- /commands -->)", re.DOTALL)


def commands() -> str:
    """The table of commands, in the order of ``amlctl --help``."""
    rows = "".join(f"| `amlctl {name}` | {text} |\n" for name, (_, text) in COMMANDS.items())
    return f"| command | what it does |\n|---|---|\n{rows}"


def fresh(text: str) -> str:
    """Put the tables into a text of the README."""
    return TABLE.sub(lambda found: found[1] + commands() + found[2], text)


if __name__ == "__main__":
    README.write_text(fresh(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
