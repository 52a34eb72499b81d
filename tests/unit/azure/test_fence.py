"""Where a token may go, and which token may be used: nothing is sent here."""

from __future__ import annotations

import base64
import json

import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.rest import HttpRequest

from amlctl.azure import PUBLIC_CLOUD, Connection, connect, sign_in
from amlctl.azure.fence import Elsewhere, OnlyThisHost
from amlctl.azure.refusals import translated
from amlctl.errors import AmlctlError, NotSignedIn

SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
AZURE = Connection(PUBLIC_CLOUD, SUBSCRIPTION)


def token(**claims: str) -> str:
    """A token with these claims and no signature."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.x"


@pytest.mark.parametrize(
    "url",
    [
        "https://management.azure.com.example/x",
        "http://management.azure.com/x",
        "https://management.azure.com:8443/x",
        "https://user@example.org/x",
        "https://management.azure.com@example.org/x",
    ],
)
def test_no_token_goes_to_another_host(url: str) -> None:
    """A further page, a poll or a redirect that leads elsewhere is refused before the token is added."""
    request = PipelineRequest(HttpRequest("GET", url), PipelineContext(None))

    with pytest.raises(Elsewhere) as refused:
        OnlyThisHost(PUBLIC_CLOUD).on_request(request)

    assert str(translated(refused.value)) == "the endpoint leads to another host"


def test_the_right_host_is_let_through() -> None:
    """Upper and lower case are one."""
    request = PipelineRequest(HttpRequest("GET", "https://Management.Azure.com/x"), PipelineContext(None))

    OnlyThisHost(PUBLIC_CLOUD).on_request(request)


@pytest.mark.parametrize("audience", ["https://127.0.0.1:40123", "https://graph.microsoft.com", ""])
def test_a_token_for_somebody_else_is_not_shown_to_azure(audience: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the local endpoint's: exit 6, and nothing was sent."""
    monkeypatch.setenv("AMLCTL_ACCESS_TOKEN", token(aud=audience))

    with pytest.raises(NotSignedIn, match="not for Azure Resource Manager"):
        connect(AZURE)


def test_a_token_for_arm_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """With who it is, and refused where it is for another tenant."""
    monkeypatch.setenv("AMLCTL_ACCESS_TOKEN", token(aud="https://management.azure.com/", oid="o", tid="t", upn="dana"))

    assert connect(AZURE).identity == ("o", "t", "dana")
    with pytest.raises(NotSignedIn, match="signed in to tenant t"):
        connect(AZURE._replace(tenant_id="other"))


def test_the_local_endpoint_is_given_its_own_token_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real token in the environment never goes there."""
    monkeypatch.setenv("AMLCTL_ACCESS_TOKEN", token(aud="https://management.azure.com/", oid="real"))
    local = Connection("https://127.0.0.1:1", SUBSCRIPTION, "", token(oid="local"), "ca.pem")

    assert connect(local).identity.object_id == "local"


def test_a_foreign_login_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our assertions would go there."""
    monkeypatch.delenv("AMLCTL_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://login.example.org")

    with pytest.raises(NotSignedIn, match="not Azure's"):
        connect(AZURE)


class Credential:
    """A credential that has nothing to give."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_token(self, *scopes: str) -> None:
        """Raise."""
        raise self.error


def test_what_each_credential_answered_is_said() -> None:
    """Not only that a chain of them failed; and a network that is down is no missing sign-in."""
    chain = (
        "ChainedTokenCredential failed.\nAttempted credentials:\n\tAzureCliCredential: Azure CLI not found on path\nx"
    )

    with pytest.raises(NotSignedIn) as refused:
        sign_in._identity(Credential(ClientAuthenticationError(chain)), AZURE)  # type: ignore[arg-type]
    assert refused.value.findings[0].message == "AzureCliCredential: Azure CLI not found on path"

    with pytest.raises(AmlctlError, match="cannot be reached") as unreachable:
        sign_in._identity(Credential(ServiceRequestError("no route")), AZURE)  # type: ignore[arg-type]
    assert unreachable.value.exit_code == 1
