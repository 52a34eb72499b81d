"""``python -m amlctl`` is ``amlctl``."""

from amlctl.cli.main import main

main()
