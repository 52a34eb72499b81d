"""Bearer tokens: three-part, signed with the folder's secret, checked on every ARM request."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import uuid
from typing import Any

from amlctl.localarm.wire import Caller

TENANT_ID = "10ca1000-0000-4000-8000-0000000000aa"
SUBSCRIPTION_ID = "10ca1000-0000-4000-8000-000000000001"
CLIENT_ID = "10ca1000-0000-4000-8000-0000000000bb"
OBJECT_ID = "10ca1000-0000-4000-8000-0000000000cc"
USER_NAME = "local@amlctl.example"
LIFE_SECONDS = 12 * 3600
SERVICE_CONNECTION = "10ca1000-0000-4000-8000-0000000000dd"
ASSERTION_AUDIENCE = "api://AzureADTokenExchange"
ASSERTION_SECONDS = 600


class Tokens:
    """Issues and checks tokens of one folder; `start` marks the tokens that live as long as this start."""

    def __init__(self, seed: str, start: str) -> None:
        self._key = seed.encode()
        self._start = start
        self._known: dict[str, tuple[float, Caller]] = {}

    @property
    def client_secret(self) -> str:
        """The secret of the endpoint's one service principal."""
        return hmac.new(self._key, b"client secret", hashlib.sha256).hexdigest()[:40]

    @property
    def system_access_token(self) -> str:
        """The token of a job of Azure DevOps, which gets assertions and nothing else."""
        return hmac.new(self._key, b"system access token", hashlib.sha256).hexdigest()

    def assertion(self, issuer: str, subject: str, now: float, life: int = ASSERTION_SECONDS) -> str:
        """Issue an assertion of a federated credential: who it is for, and no right of its own."""
        return self._signed(
            {"iss": issuer, "sub": subject, "aud": ASSERTION_AUDIENCE, "iat": int(now), "exp": int(now) + life}
        )

    def assertion_claims(self, assertion: str, now: float) -> dict[str, Any] | None:
        """Read an assertion that is ours and has not expired; None for anything else."""
        claims = self._checked(assertion)
        return claims if claims is not None and "oid" not in claims and float(claims.get("exp", 0)) > now else None

    def of_start(self, issuer: str, now: float) -> str:
        """Issue the token of this start; it is worth nothing after the next one."""
        return self._issue({"start": self._start}, issuer, now, 7 * 86400)

    def issue(self, issuer: str, audience: str, now: float) -> str:
        """Issue a token to somebody who knows the client secret; it outlives a restart."""
        return self._issue({"aud": audience}, issuer, now, LIFE_SECONDS)

    def caller(self, token: str, now: float) -> Caller | None:
        """Say who carries a token; None when it is not ours, expired or of an earlier start."""
        known = self._known.get(token)
        if known is None:
            claims = self._checked(token)
            if claims is None or "oid" not in claims or claims.get("start", self._start) != self._start:
                return None
            caller = Caller(claims["oid"], claims["tid"], claims["appid"], USER_NAME, str(claims.get("aud", "")))
            known = (float(claims["exp"]), caller)
            self._known[token] = known
        return known[1] if known[0] > now else None

    def _issue(self, more: dict[str, Any], issuer: str, now: float, life: int) -> str:
        claims = {
            "aud": issuer,
            "iss": f"{issuer}/{TENANT_ID}/",
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now) + life,
            "appid": CLIENT_ID,
            "idtyp": "app",
            "oid": OBJECT_ID,
            "sub": OBJECT_ID,
            "tid": TENANT_ID,
            "upn": USER_NAME,
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
            **more,
        }
        return self._signed(claims)

    def _signed(self, claims: dict[str, Any]) -> str:
        head = f"{_encode({'typ': 'JWT', 'alg': 'HS256'})}.{_encode(claims)}"
        return f"{head}.{self._signature(head)}"

    def _signature(self, head: str) -> str:
        return _base64(hmac.new(self._key, head.encode(), hashlib.sha256).digest())

    def _checked(self, token: str) -> dict[str, Any] | None:
        head, _, signature = token.rpartition(".")
        if not head.isascii() or not hmac.compare_digest(self._signature(head).encode(), signature.encode()):
            return None
        return _decode(head.partition(".")[2])


def _encode(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        return None
    return value if isinstance(value, dict) else None
