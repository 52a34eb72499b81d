"""The command line: one file a command; the only room that prints, and the only one that knows click and rich.

In: arguments. Out: text on stdout where it is the answer, progress and notes on stderr, and an exit code (a promise:
generator/README.md). Must not decide anything: every command calls one function of ``app``.
"""
