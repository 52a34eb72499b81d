"""Base64, data URIs, URI parts, `json`, and the hashes `uniqueString` and `guid`."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from amlctl.arm.engine import MAX_DEPTH
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.signature import built_in
from amlctl.arm.functions.texts import to_text
from amlctl.arm.hashing import guid, unique_string

_INVALID = "The template language function '{}' was invoked with a parameter that is not valid. {}"
_NOT_BASE64 = "The value cannot be decoded from base64 representation."
_NOT_TARGET = "The value cannot be converted to the target type."
_DATA_URI = re.compile(r"data:([^,]*?)(;base64)?,(.*)\Z", re.DOTALL | re.IGNORECASE)


@built_in("uniqueString", "s+")
def _unique_string(*texts: str) -> str:
    return unique_string(*texts)


@built_in("guid", "s+")
def _guid(*texts: str) -> str:
    return guid(*texts)


@built_in("base64", "s")
def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _decoded(function: str, text: str, problem: str = _NOT_BASE64) -> str:
    try:
        return base64.b64decode(re.sub(r"[ \t\r\n]", "", text), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise EvaluationFailed(_INVALID.format(function, problem)) from error


@built_in("base64ToString", "s")
def _base64_to_string(text: str) -> str:
    return _decoded("base64ToString", text)


@built_in("base64ToJson", "s")
def _base64_to_json(text: str) -> Any:
    return parse_json("base64ToJson", _decoded("base64ToJson", text))


@built_in("json", "s")
def _json(text: str) -> Any:
    return parse_json("json", text)


def parse_json(function: str, text: str) -> Any:
    """Read JSON as ARM does, which is lenient; the empty text is null. Raises EvaluationFailed."""
    try:
        value = _read_json(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(function) from error
    _check_depth(function, value)
    return value


def _read_json(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        from amlctl.arm.functions.lenient import read

        return read(text)


def _check_depth(function: str, value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > min(MAX_DEPTH, 128):
            raise _not_json(function)
        level = [
            item
            for holder in level
            if type(holder) in (dict, list)
            for item in (holder.values() if type(holder) is dict else holder)
        ]


def _not_json(function: str) -> EvaluationFailed:
    return EvaluationFailed(_INVALID.format(function, "The value is not valid JSON."))


@built_in("dataUri", "x")
def _data_uri(value: Any) -> str:
    text = to_text(value)
    return "data:text/plain;charset=utf-8;base64," + base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


@built_in("dataUriToString", "s")
def _data_uri_to_string(text: str) -> str:
    match = _DATA_URI.match(text)
    if not match:
        problem = "expects its parameter to be formatted as a valid data URI. "
        where = "Please see https://aka.ms/arm-functions#dataUriToString for usage details."
        message = f"{problem}The provided value '{text}' was not formatted correctly. {where}"
        raise EvaluationFailed(f"The template language function 'dataUriToString' {message}")
    if match[2]:
        return _decoded("dataUriToString", match[3], _NOT_TARGET)
    return unquote(match[3])


@built_in("uriComponent", "s")
def _uri_component(text: str) -> str:
    return quote(text, safe="-_.~", errors="surrogatepass")


@built_in("uriComponentToString", "s")
def _uri_component_to_string(text: str) -> str:
    return unquote(text)


@built_in("uri", "s s")
def _uri(base: str, relative: str) -> str:
    parts = urlsplit(base) if "://" in base else None
    if parts is None or not parts.scheme or not parts.netloc:
        message = f"expects its first argument to be a uri string. The provided value is '{base}'. "
        where = "Please see https://aka.ms/arm-function-datauri for usage details."
        raise EvaluationFailed(f"The template language function 'uri' {message}{where}")
    joined = urljoin(base, relative)
    whole = urlsplit(joined)
    return joined if whole.path or not whole.netloc else f"{joined}/"


@built_in("parseUri", "s")
def _parse_uri(text: str) -> dict[str, Any]:
    parts = urlsplit(text)
    if not parts.scheme or not parts.netloc:
        raise wrong_value("parseUri", f"expects its parameter to be an absolute uri. The provided value is '{text}'.")
    default = {"http": 80, "https": 443, "ftp": 21}.get(parts.scheme.lower())
    result: dict[str, Any] = {"scheme": parts.scheme, "host": parts.hostname or ""}
    if parts.port is not None and parts.port != default:
        result["port"] = parts.port
    result["path"] = parts.path or "/"
    if parts.query:
        result["query"] = f"?{parts.query}"
    return result


@built_in("buildUri", "o")
def _build_uri(parts: dict[str, Any]) -> str:
    known = {key.lower(): item for key, item in parts.items()}
    if not known.get("scheme") or not known.get("host"):
        raise wrong_value("buildUri", "expects an object with 'scheme' and 'host'.")
    port = f":{known['port']}" if known.get("port") not in (None, -1) else ""
    path, query = str(known.get("path") or "/"), str(known.get("query") or "")
    path = path if path.startswith("/") else f"/{path}"
    query = f"?{query}" if query and not query.startswith("?") else query
    return f"{known['scheme']}://{known['host']}{port}{path}{query}"
