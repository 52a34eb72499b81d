#!/usr/bin/env python3
"""What a pipeline calls to deploy: the same code as ``amlctl deploy``, with the same options and exit codes.

python scripts/deploy.py -e dev --yes
"""

import sys

from amlctl.cli.main import main

if __name__ == "__main__":
    main(["deploy", *sys.argv[1:]])
