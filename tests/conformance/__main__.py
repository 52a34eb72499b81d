"""``python -m tests.conformance --bicep DIR --arm DIR``: the official samples, recorded ARM traffic, or both."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.conformance.git_source import GitSource


def main() -> int:
    """Run what was asked for; 1 where anything differs, 2 where nothing was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--bicep", type=Path, metavar="DIR", help="a checkout or bare git folder of Azure/bicep")
    parser.add_argument("--arm", type=Path, metavar="DIR", help="a checkout or bare git folder of Azure/azure-dev")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="how many differences to print")
    parser.add_argument("--match", default="", metavar="TEXT", help="only samples whose path holds this (Bicep)")
    parser.add_argument("--details", action="store_true", help="diagnostics code by code (Bicep)")
    options = parser.parse_args()
    if options.bicep is None and options.arm is None:
        parser.print_usage(sys.stderr)
        return 2
    whole = True
    if options.bicep is not None:
        from tests.conformance import bicep

        source = GitSource(options.bicep)
        try:
            bicep.say(f"Azure/bicep at {source.commit()[:12]}")
            whole &= bicep.run(source, options.show, options.match, options.details)
        finally:
            source.close()
    if options.arm is not None:
        from tests.conformance import arm

        source = GitSource(options.arm)
        try:
            arm.say(f"Azure/azure-dev at {source.commit()[:12]}")
            whole &= arm.run(source, options.show)
        finally:
            source.close()
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
