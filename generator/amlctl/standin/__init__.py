"""The ``bicep`` command line without the official executable: ``amlctl-bicep``.

In: the official arguments (``build``, ``build-params``, ``lint``, ``format``, ``snapshot``, ``restore``, ``jsonrpc``,
``--version``, ``--help``) and the files that they name. Out: the official files, texts on stdout and stderr, and exit
codes 0 and 1. Never: the network (``restore`` says what the module cache lacks), a result of a guess, anything on
stdout that was not asked for. Its ``--version`` says ``(amlctl``, so that nobody takes it for the official one.

- ``main.main(argv) -> int``: the entry point; it imports a command's module when the command is used.
- ``usage``: what each command takes, and its help. ``paths``: input and output files, glob patterns.
- ``compiling``: the bicep room, asked for one file. ``reports``: findings as lines and as SARIF.
- ``commands``, ``snapshots``: one function a command. ``jsonrpc``: framing, connections, the methods.
"""
