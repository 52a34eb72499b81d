"""Sign-in without a prompt: a token handed in, a pipeline's federation, workload or managed identity, the Azure CLI.

The order is design.md section 5's. What AzureCLI@2 exports for a service connection with federation, and what
``AzurePipelinesCredential`` needs, is in its source (``azureclitask.ts``).
"""

from __future__ import annotations

import base64
import json
import logging
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from amlctl.azure.client import Arm
from amlctl.azure.connection import Connection, Identity
from amlctl.azure.refusals import translated
from amlctl.diagnostics import Finding
from amlctl.errors import NotSignedIn

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

HANDED_IN = "AMLCTL_ACCESS_TOKEN"
AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")
LOGINS = ("login.microsoftonline.com", "login.microsoft.com")
PIPELINE = (
    "AZURESUBSCRIPTION_TENANT_ID",
    "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    "SYSTEM_ACCESSTOKEN",
    "SYSTEM_OIDCREQUESTURI",
)


def connect(connection: Connection) -> Arm:
    """Sign in and hand over the ARM client.

    Raises NotSignedIn where no credential answers, or where it is for another tenant than the connection names.
    """
    logging.getLogger("azure").addHandler(logging.NullHandler())  # what matters of it reaches people as findings
    credential = _credential(connection)
    identity = _identity(credential, connection)
    if connection.tenant_id and identity.tenant_id and identity.tenant_id.lower() != connection.tenant_id.lower():
        raise NotSignedIn(
            f"signed in to tenant {identity.tenant_id}, the environment names {connection.tenant_id}",
            Finding("error", "AML601", "the credential is for another tenant", instead="sign in to that tenant"),
        )
    return Arm(connection, credential, identity)


class HandedIn:
    """A credential around a token that somebody handed in; it is never refreshed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return the token with the expiry of its claims, or an hour from now."""
        from azure.core.credentials import AccessToken

        expires = _claims(self._token).get("exp")
        return AccessToken(self._token, int(expires) if expires else int(time.time()) + 3600)


def _credential(connection: Connection) -> TokenCredential:
    if connection.local:
        return HandedIn(connection.token)  # made by the endpoint itself: no other one ever goes there
    token = connection.token or os.environ.get(HANDED_IN, "")
    if token:
        _for_azure(token)
        return HandedIn(token)
    _at_the_right_login()
    return _azure_credential(connection)


def _for_azure(token: str) -> None:
    """Refuse a token that is not made for ARM, such as one of a local endpoint: it would be shown to Azure."""
    audience = str(_claims(token).get("aud", "")).rstrip("/").lower()
    if audience not in AUDIENCES:
        message = f"the token in {HANDED_IN} is not for Azure Resource Manager"
        instead = "az account get-access-token --resource https://management.azure.com"
        raise NotSignedIn(message, Finding("error", "AML605", message, found=audience[:80], instead=instead))


def _at_the_right_login() -> None:
    """Refuse a login host that is not Azure's: it would be given our assertions."""
    host = os.environ.get("AZURE_AUTHORITY_HOST", "")
    if host and host.removeprefix("https://").rstrip("/").lower() not in LOGINS:
        message = "AZURE_AUTHORITY_HOST names a login host that is not Azure's"
        instead = f"unset it, or {', '.join(LOGINS)}"
        raise NotSignedIn(message, Finding("error", "AML606", message, found=host[:80], instead=instead))


def _azure_credential(connection: Connection) -> TokenCredential:
    from azure.identity import ChainedTokenCredential

    return ChainedTokenCredential(*(make() for make in _chain(connection)))


def _chain(connection: Connection) -> list[Callable[[], TokenCredential]]:
    from azure import identity

    tenant = connection.tenant_id
    chain: list[Callable[[], TokenCredential]] = []
    if all(os.environ.get(name) for name in PIPELINE):
        chain.append(_pipelines)
    if os.environ.get("AZURE_FEDERATED_TOKEN_FILE"):
        chain.append(identity.WorkloadIdentityCredential)
    if os.environ.get("IDENTITY_ENDPOINT") or os.environ.get("MSI_ENDPOINT"):
        chain.append(identity.ManagedIdentityCredential)
    chain.append(lambda: identity.AzureCliCredential(tenant_id=tenant))
    return chain


def _pipelines() -> TokenCredential:
    from azure.identity import AzurePipelinesCredential

    return AzurePipelinesCredential(
        tenant_id=os.environ["AZURESUBSCRIPTION_TENANT_ID"],
        client_id=os.environ["AZURESUBSCRIPTION_CLIENT_ID"],
        service_connection_id=os.environ["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"],
        system_access_token=os.environ["SYSTEM_ACCESSTOKEN"],
    )


def _identity(credential: TokenCredential, connection: Connection) -> Identity:
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    try:
        token = credential.get_token(connection.url + "/.default").token
    except ClientAuthenticationError as refused:
        instead = "run `az login`, or use a service connection with federation (AzureCLI@2)"
        finding = Finding("error", "AML600", _why(refused.message or ""), instead=instead)
        raise NotSignedIn("not signed in to Azure", finding) from refused
    except AzureError as error:
        raise translated(error) from error
    claims = _claims(token)
    name = claims.get("upn") or claims.get("unique_name") or claims.get("app_displayname") or claims.get("appid") or ""
    return Identity(str(claims.get("oid", "")), str(claims.get("tid", "")), str(name))


def _why(message: str) -> str:
    """Say what each credential answered: a chain lists them one a line, indented, after a line of its own."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    each = [line for line in message.splitlines() if line.startswith("\t")]
    return "; ".join(line.strip() for line in each)[:500] or (lines[0] if lines else "no credential answered")


def _claims(token: str) -> dict[str, Any]:
    """Read the claims of a token without checking its signature: only ARM can do that, and it does."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
