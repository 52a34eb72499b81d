"""``python -m amlctl.localarm FOLDER``: serve a folder in the foreground; `process.start` runs it in the background."""

from __future__ import annotations

import sys

from amlctl.localarm.process import serve


def main(arguments: list[str]) -> int:
    """Serve the folder that is named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m amlctl.localarm FOLDER\n")
        return 64
    return serve(arguments[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
