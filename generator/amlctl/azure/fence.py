"""The token goes to the ARM host of the connection and nowhere else: not where a redirect, a page or a poll leads."""

from __future__ import annotations

from typing import Any

from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy

from amlctl.azure.clouds import origin
from amlctl.diagnostics import Finding


class Elsewhere(ClientAuthenticationError):
    """An answer leads to another host, or away from https. (Errors of sign-in are those that the SDK never retries.)"""


class WrongToken(ClientAuthenticationError):
    """A credential gave a token that is made for another cloud; it was not sent."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class OnlyThisHost(SansIOHTTPPolicy[Any, Any]):
    """Stands before the policy that adds the token, also for redirects, further pages and polling."""

    def __init__(self, url: str) -> None:
        self._allowed = origin(url)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Let a request to the right host pass. Raises Elsewhere."""
        asked = origin(request.http_request.url)
        if asked != self._allowed:
            raise Elsewhere(f"an answer of {self._allowed} leads to {asked}; no token was sent there")
