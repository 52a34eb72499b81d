#!/usr/bin/env python3
"""What a pipeline calls after a deployment: the same code as ``amlctl bootstrap``, options and exit codes too.

python scripts/bootstrap.py -e dev
"""

import sys

from amlctl.cli.main import main

if __name__ == "__main__":
    main(["bootstrap", *sys.argv[1:]])
