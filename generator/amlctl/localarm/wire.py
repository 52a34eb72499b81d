"""A request and a response as the endpoint sees them, free of sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from amlctl.localarm import jsonc
from amlctl.localarm.refusals import Refused

Headers = tuple[tuple[str, str], ...]


class Caller(NamedTuple):
    """Who asks, as the token says."""

    object_id: str
    tenant_id: str
    client_id: str
    name: str
    audience: str = ""


ANONYMOUS = Caller("", "", "", "")


class Request(NamedTuple):
    """One request: `path` is decoded, without doubled or trailing slashes; `query` has lower-case keys."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    caller: Caller = ANONYMOUS

    @property
    def api_version(self) -> str:
        """The api-version of the request, or ""."""
        return self.query.get("api-version", "")

    def url(self, path: str, **query: str) -> str:
        """Give an absolute address at this endpoint with the request's api-version."""
        more = "".join(f"&{key}={value}" for key, value in query.items())
        return f"{self.base}{path}?api-version={self.api_version}{more}"

    def json(self) -> dict[str, Any]:
        """Read the body as a JSON object ({} when it is empty); Refused where it is none."""
        text = self.body.decode("utf-8-sig", errors="replace").strip()
        if not text:
            return {}
        try:
            value = jsonc.loads(text)
        except jsonc.NotJson as fault:
            message = f"The request content was invalid and could not be deserialized: '{fault}'."
            raise Refused(400, "InvalidRequestContent", message) from None
        if not isinstance(value, dict):
            message = "The request content was invalid and could not be deserialized: 'an object is expected'."
            raise Refused(400, "InvalidRequestContent", message)
        return value


class Response(NamedTuple):
    """One response: `body` is a JSON value, or None for an empty one."""

    status: int
    body: Any = None
    headers: Headers = ()
    content_type: str = "application/json; charset=utf-8"

    def encoded(self) -> bytes:
        """Give the body's bytes."""
        return b"" if self.body is None else json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()


EMPTY = Response(200)


def refusal(refused: Refused) -> Response:
    """Turn a refusal into its response."""
    return Response(refused.status, refused.body(), refused.headers)


def page(items: list[Any]) -> Response:
    """Give a list in ARM's form."""
    return Response(200, {"value": items})
