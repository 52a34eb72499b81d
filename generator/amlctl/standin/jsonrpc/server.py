"""Requests to answers: one thread reads, one answers, so that a client may send while a compilation runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any

from amlctl.standin.jsonrpc import framing

PARSE_ERROR, INVALID_REQUEST, NO_METHOD, INVALID_PARAMETERS, FAILED = -32700, -32600, -32601, -32602, -32000

Methods = Mapping[str, Callable[[dict[str, Any]], Any]]


class InvalidParameters(ValueError):
    """The parameters of a request are not what the method takes."""


def serve(source: framing.Stream, sink: framing.Sink, methods: Methods) -> None:
    """Answer all requests until the stream ends; requests are answered in the order they came."""
    waiting: SimpleQueue[bytes | None] = SimpleQueue()
    worker = threading.Thread(target=_answer_all, args=(waiting, sink, methods), daemon=True)
    worker.start()
    try:
        while (body := framing.read(source)) is not None:
            waiting.put(body)
    except (framing.FramingFault, ConnectionError):
        pass  # the peer is gone or speaks another protocol: what it asked for is still answered
    waiting.put(None)
    worker.join()


def _answer_all(waiting: SimpleQueue[bytes | None], sink: framing.Sink, methods: Methods) -> None:
    while (body := waiting.get()) is not None:
        answer = answer_to(body, methods)
        if answer is not None:
            try:
                sink.write(framing.encode(answer))
                sink.flush()
            except (OSError, ValueError):
                return  # nobody listens any more


def answer_to(body: bytes, methods: Methods) -> dict[str, Any] | None:
    """Give the answer to one message, None for a notification."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        return _fault(None, PARSE_ERROR, f"The message is no JSON: {error}")
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        if isinstance(message, dict) and ("result" in message or "error" in message):
            return None
        return _fault(None, INVALID_REQUEST, "The message is no JSON-RPC request.")
    answer = _call(message, methods)
    return answer if "id" in message else None


def _call(message: dict[str, Any], methods: Methods) -> dict[str, Any]:
    number, name = message.get("id"), message["method"]
    method = methods.get(name)
    if method is None:
        return _fault(number, NO_METHOD, f"No method by the name '{name}' is found.")
    try:
        return {"jsonrpc": "2.0", "id": number, "result": method(_parameters(message))}
    except InvalidParameters as error:
        return _fault(number, INVALID_PARAMETERS, str(error))
    except Exception as error:  # noqa: BLE001 (whatever fails is the client's answer; the server lives on)
        return _fault(number, FAILED, str(error) or type(error).__name__)


def _parameters(message: dict[str, Any]) -> dict[str, Any]:
    """Give the one object of parameters, by itself or as the only item of a list."""
    given = message.get("params")
    if isinstance(given, list) and len(given) <= 1:
        given = given[0] if given else None
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise InvalidParameters("The parameters must be one object.")
    return given


def _fault(number: Any, code: int, text: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": text}}
