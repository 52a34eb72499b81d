"""``python -m tests.bench [--bicep DIR]``: timings against peers, never part of a test.

DIR is a checkout or bare git folder of Azure/bicep: its samples are then what is timed. Each ``bench_<room>`` has a
``run``; one whose room is not there yet is left out.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOMS = ("bicep", "arm")


def main() -> int:
    """Run every benchmark that is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--bicep", type=Path, metavar="DIR", help="a checkout or bare git folder of Azure/bicep")
    parser.add_argument("--only", choices=ROOMS, help="one room")
    options = parser.parse_args()
    for room in ROOMS:
        name = f"tests.bench.bench_{room}"
        if options.only in (None, room) and find_spec(name) is not None:
            bench = import_module(name)
            bench.run(options.bicep) if room == "bicep" else bench.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
