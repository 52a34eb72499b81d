"""``python -m amlctl.cli``, for where the console script is not on the path."""

from amlctl.cli.main import main

main()
