"""The token goes to the ARM host of the connection and nowhere else: not where a redirect, a page or a poll leads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy


class Elsewhere(ClientAuthenticationError):
    """An answer leads to another host, or away from https. (Errors of sign-in are those that the SDK never retries.)"""


class OnlyThisHost(SansIOHTTPPolicy[Any, Any]):
    """Stands before the policy that adds the token, also for redirects, further pages and polling."""

    def __init__(self, url: str) -> None:
        self._allowed = _origin(url)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Let a request to the right host pass. Raises Elsewhere."""
        asked = _origin(request.http_request.url)
        if asked != self._allowed:
            raise Elsewhere(
                f"an answer of {self._allowed[1]} leads to {asked[0]}://{asked[1]}; no token was sent there"
            )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
