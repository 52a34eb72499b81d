"""JSON-RPC: framing, and requests to answers."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from amlctl.standin.jsonrpc import framing, server


def _frame(message: Any) -> bytes:
    return framing.encode(message)


def _echo(parameters: dict[str, Any]) -> Any:
    return parameters


def _fail(parameters: dict[str, Any]) -> Any:
    raise ValueError(f"no {parameters['what']}")


METHODS = {"echo": _echo, "fail": _fail}


def _call(message: Any) -> Any:
    return server.answer_to(json.dumps(message).encode(), METHODS)


def test_messages_pass_through_a_stream() -> None:
    """What is encoded is read again, other headers and non-ASCII text included."""
    first, second = {"a": "é\u2028"}, {"b": [1]}
    stream = io.BytesIO(_frame(first) + b"Content-Type: x; charset=utf-8\r\n" + _frame(second).lower())
    assert [json.loads(framing.read(stream) or b""), json.loads(framing.read(stream) or b"")] == [first, second]
    assert framing.read(stream) is None


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Length: 5\r\n\r\n{}",
        b"Content-Length: five\r\n\r\n{}",
        b"Content-Length: 99999999999999\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"\r\n{}",
        b"nonsense\r\n",
        b"Content-Length: 2\r\n",
        b"x" * 10_000,
    ],
)
def test_broken_frames_are_faults(data: bytes) -> None:
    """A stream that is no sequence of messages ends in a fault, never in a wrong message."""
    with pytest.raises(framing.FramingFault):
        framing.read(io.BytesIO(data))


def test_answer_carries_the_id() -> None:
    """The result comes with the id of its request, whatever kind that is."""
    for number in (1, "a", None):
        assert _call({"jsonrpc": "2.0", "id": number, "method": "echo", "params": {"x": 1}}) == {
            "jsonrpc": "2.0",
            "id": number,
            "result": {"x": 1},
        }


def test_parameters_may_stand_in_a_list() -> None:
    """One object in a list is the one object of parameters; none at all is an empty one."""
    assert _call({"id": 1, "method": "echo", "params": [{"x": 1}]})["result"] == {"x": 1}
    assert _call({"id": 1, "method": "echo"})["result"] == {}


def test_notifications_are_not_answered() -> None:
    """A message without an id gets no answer, not even where it fails; answers of others are passed over."""
    assert _call({"method": "echo", "params": {}}) is None
    assert _call({"method": "fail", "params": {"what": "x"}}) is None
    assert _call({"method": "$/cancelRequest", "params": {"id": 1}}) is None
    assert _call({"id": 1, "result": {}}) is None


@pytest.mark.parametrize(
    ("message", "code", "text"),
    [
        ({"id": 1, "method": "nothing"}, -32601, "No method by the name 'nothing' is found."),
        ({"id": 1, "method": "fail", "params": {"what": "file"}}, -32000, "no file"),
        ({"id": 1, "method": "fail", "params": {}}, -32000, "'what'"),
        ({"id": 1, "method": "echo", "params": 5}, -32602, "The parameters must be one object."),
        ({"id": 1, "method": "echo", "params": [1, 2]}, -32602, "The parameters must be one object."),
        ([], -32600, "The message is no JSON-RPC request."),
        ({"id": 1}, -32600, "The message is no JSON-RPC request."),
    ],
)
def test_failures_are_errors_of_the_protocol(message: Any, code: int, text: str) -> None:
    """Whatever goes wrong is an error with a code and a message."""
    assert _call(message)["error"] == {"code": code, "message": text}


def test_what_is_no_json_is_a_parse_error() -> None:
    """The server answers a body that is no JSON, however deep it is nested."""
    for body in (b"{", b"\xff", b"[" * 100_000):
        answer = server.answer_to(body, METHODS)
        assert answer is not None
        assert answer["error"]["code"] == -32700


def test_server_answers_in_order_and_ends_with_the_stream() -> None:
    """All requests of a stream are answered in their order, a broken end notwithstanding."""
    requests = b"".join(_frame({"id": n, "method": "echo", "params": {"n": n}}) for n in range(20))
    sink = io.BytesIO()
    server.serve(io.BytesIO(requests + b"garbage\r\n"), sink, METHODS)
    sink.seek(0)
    answers = [json.loads(body) for body in iter(lambda: framing.read(sink), None)]
    assert [answer["result"]["n"] for answer in answers] == list(range(20))
