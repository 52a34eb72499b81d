"""Messages on a byte stream, as the language server protocol frames them: ``Content-Length: N``, a blank line, JSON."""

from __future__ import annotations

import json
from typing import Any, Protocol

MAX_HEADER = 8192
MAX_BODY = 1 << 30


class Stream(Protocol):
    """What a connection reads from or writes to."""

    def read(self, size: int, /) -> bytes:
        """Give up to so many bytes, none at the end."""

    def readline(self, size: int, /) -> bytes:
        """Give the bytes up to and including the next line end."""


class Sink(Protocol):
    """Where messages are written to."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""

    def flush(self) -> object:
        """Send what was taken."""


class FramingFault(ValueError):
    """The bytes are no message; nothing behind them can be found again."""


def read(stream: Stream) -> bytes | None:
    """Give the body of the next message, None at the end of the stream; raises FramingFault."""
    length: int | None = None
    while True:
        line = stream.readline(MAX_HEADER)
        if not line:
            if length is not None:
                raise FramingFault("the stream ends inside a header")
            return None
        if line in (b"\r\n", b"\n"):
            break
        name, colon, value = line.partition(b":")
        if not colon or not line.endswith(b"\n"):
            raise FramingFault("a header line has no name, or no end")
        if name.strip().lower() == b"content-length":
            length = _length(value)
    if length is None:
        raise FramingFault("there is no Content-Length")
    return _body(stream, length)


def _length(value: bytes) -> int:
    digits = value.strip()
    if not digits.isdigit() or len(digits) > 10 or int(digits) > MAX_BODY:
        raise FramingFault("the Content-Length is no usable number")
    return int(digits)


def _body(stream: Stream, length: int) -> bytes:
    parts, missing = [], length
    while missing:
        part = stream.read(missing)
        if not part:
            raise FramingFault("the stream ends inside a message")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def encode(message: dict[str, Any]) -> bytes:
    """Give the bytes of a message, header included."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"Content-Length: %d\r\n\r\n" % len(body) + body
