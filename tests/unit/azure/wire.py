"""The network of the tests of this room: requests are written down and answered from a table; nothing is sent."""

from __future__ import annotations

import base64
import io
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest._requests_basic import RestRequestsTransportResponse
from urllib3.response import HTTPResponse

TENANT = "7b0c5e21-4f8d-4a96-b3c7-1d2e3f4a5b6c"
SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
CLIENT = "2c4d6e80-1a3b-4c5d-8e7f-9a0b1c2d3e4f"


def token(**claims: str) -> str:
    """A token with these claims and no signature."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.x"


class Sent:
    """One request that would have been sent."""

    def __init__(self, request: Any) -> None:
        self.method: str = request.method
        self.url: str = request.url
        self.host: str = urlsplit(request.url).netloc
        self.headers = {key.lower(): value for key, value in request.headers.items()}
        self.form = {key: values[0] for key, values in parse_qs(_text(request)).items()}


class Wire:
    """What the transports of azure-core would send, and what they are answered."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.issuer = "sts.windows.net"
        self.audience = ""
        self.token_host = ""
        self.document: object = None
        self.status = 200
        self.text = False

    @property
    def hosts(self) -> set[str]:
        """The hosts that were asked."""
        return {one.host for one in self.sent}

    def answer(self, request: Any) -> tuple[int, Any]:
        """Answer as Entra, Azure DevOps, a machine's identity or ARM does."""
        sent = Sent(request)
        self.sent.append(sent)
        path = urlsplit(sent.url).path
        if "metadata" in path:
            return self.status, self.document
        if path.endswith("/.well-known/openid-configuration"):
            base = f"https://{self.token_host or sent.host}{path.partition('/v2.0')[0].partition('/.well')[0]}"
            issuer = f"{base}/v2.0"
            return 200, {"issuer": issuer, "authorization_endpoint": f"{base}/a", "token_endpoint": f"{base}/token"}
        if path.endswith("/discovery/instance"):
            return 200, {"tenant_discovery_endpoint": "", "metadata": []}
        if path.endswith("/oidctoken"):
            return 200, {"oidcToken": "e30.e30.assertion"}
        if path.startswith("/subscriptions/"):
            return 200, {"id": f"/subscriptions/{SUBSCRIPTION}", "tenantId": TENANT, "state": "Enabled"}
        asked = sent.form.get("scope") or (parse_qs(urlsplit(sent.url).query).get("resource") or [""])[0]
        audience = self.audience or asked.removesuffix("/.default")
        claims = {
            "aud": audience,
            "iss": f"https://{self.issuer}/{TENANT}/",
            "tid": TENANT,
            "oid": "o",
            "appid": CLIENT,
        }
        return 200, {
            "token_type": "Bearer",
            "expires_in": 3600,
            "expires_on": "4102444800",
            "access_token": token(**claims),
        }


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Put the wire under every transport; what a subclass checks before it sends still runs."""
    found = Wire()

    def send(_self: RequestsTransport, request: Any, **options: Any) -> Any:
        status, body = found.answer(request)
        answer = response(request, status, (str(body) if found.text else json.dumps(body)).encode())
        if not options.get("stream"):
            answer.read()
        return answer

    monkeypatch.setattr(RequestsTransport, "send", send)
    return found


def response(request: Any, status: int, body: bytes) -> Any:
    """The response object that azure-core makes of an answer."""
    inner = requests.Response()
    inner.status_code = status
    inner.headers["content-type"] = "application/json"
    inner.raw = HTTPResponse(io.BytesIO(body), dict(inner.headers), status, preload_content=False)
    make: Any = RestRequestsTransportResponse  # it is not typed
    return make(request=request, internal_response=inner, block_size=4096)


def _text(request: Any) -> str:
    data = getattr(request, "content", None) or getattr(request, "_data", None) or ""
    if isinstance(data, dict):
        return "&".join(f"{key}={value}" for key, value in data.items())
    return data.decode() if isinstance(data, bytes) else str(data)
