"""Where requests come from: stdin and stdout, a TCP port or a named pipe that the stand-in connects to as a client."""

from __future__ import annotations

import os
import sys
from typing import Any, BinaryIO, cast

from amlctl.standin.faults import CommandFailed, UsageRefused
from amlctl.standin.jsonrpc.server import serve

_WINDOWS_PIPES = "\\\\.\\pipe\\"


def run(values: dict[str, Any]) -> int:
    """Answer requests until the other side hangs up."""
    from amlctl.standin.jsonrpc.methods import METHODS

    if sum(bool(values.get(name)) for name in ("--pipe", "--socket", "--stdio")) > 1:
        raise UsageRefused("Only one of --pipe, --socket, or --stdio may be specified.")
    if values.get("--pipe"):
        with _pipe(values["--pipe"]) as stream:
            serve(stream, stream, METHODS)
    elif values.get("--socket"):
        with _socket(values["--socket"]) as stream:
            serve(stream, stream, METHODS)
    else:
        serve(sys.stdin.buffer, _own_stdout(), METHODS)
    return 0


def _own_stdout() -> BinaryIO:
    """Give stdout to the protocol alone: whatever else is written there goes to stderr."""
    try:
        protocol = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    except (OSError, ValueError):
        return sys.stdout.buffer
    return protocol


def _socket(port: int) -> BinaryIO:
    import socket

    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            return cast(BinaryIO, connection.makefile("rwb"))
    except (OSError, OverflowError) as error:
        raise CommandFailed(f"Cannot connect to port {port} of the loopback interface: {error}") from error


def _pipe(name: str) -> BinaryIO:
    """Open a pipe: a Unix socket (a bare name lies where .NET puts it), or a pipe of Windows."""
    bare = name.removeprefix(_WINDOWS_PIPES)
    try:
        if os.name == "nt":
            return cast(BinaryIO, open(_WINDOWS_PIPES + bare, "r+b"))
        import socket
        import tempfile

        path = bare if bare.startswith("/") else os.path.join(tempfile.gettempdir(), f"CoreFxPipe_{bare}")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            return cast(BinaryIO, connection.makefile("rwb"))
    except OSError as error:
        raise CommandFailed(f"Cannot connect to the pipe {name}: {error}") from error
