"""``amlctl-bicep``: the stand-in of the ``bicep`` executable, given the YAML reader that it lacks."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from amlctl.standin.compiling import bring_yaml_reader
from amlctl.standin.main import main as run


def main() -> NoReturn:
    """Run the stand-in; the exit code is 0, or 1 for any failure, as the official executable's."""
    bring_yaml_reader(_load_yaml)
    sys.exit(run())


def _load_yaml(text: str) -> Any:
    """Nothing of YAML is imported before a file asks for it."""
    from amlctl.app.bicep import load_yaml

    return load_yaml(text)
