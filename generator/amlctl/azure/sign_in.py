"""Sign-in without a prompt, and what a token must be before it is sent anywhere.

A token is for one cloud: its audience is one of the cloud's, its issuer is the cloud's login. Both are checked each
time that a credential gives a token: the Azure CLI may be signed in to another cloud than the environment file names.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import shutil
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amlctl.azure.client import Arm
from amlctl.azure.clouds import KNOWN, Cloud, origin, same
from amlctl.azure.connection import Connection, Identity
from amlctl.azure.credentials import chain
from amlctl.azure.refusals import translated
from amlctl.diagnostics import Finding
from amlctl.errors import NotSignedIn, OurBug

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

HANDED_IN = "AMLCTL_ACCESS_TOKEN"
AZ_NAMES = {"public": "AzureCloud", "usgov": "AzureUSGovernment", "china": "AzureChinaCloud"}


def connect(connection: Connection) -> Arm:
    """Sign in and hand over the ARM client.

    Raises NotSignedIn if no credential answers, or if its token is for another cloud or tenant than the connection's.
    """
    logging.getLogger("azure").addHandler(logging.NullHandler())  # what matters of it reaches people as findings
    if not connection.local and origin(connection.url) != connection.cloud.resource_manager:
        raise OurBug(f"{connection.url} is not the resource manager of {connection.cloud.name}")
    credential = _credential(connection)
    identity = _identity(credential, connection)
    if connection.tenant_id and identity.tenant_id and identity.tenant_id.lower() != connection.tenant_id.lower():
        raise NotSignedIn(
            f"signed in to tenant {identity.tenant_id}, the environment names {connection.tenant_id}",
            Finding("error", "AML601", "the credential is for another tenant", instead=_in_tenant(connection)),
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


class OfCloud:
    """A credential whose tokens are looked at before they are handed over."""

    def __init__(self, credential: TokenCredential, cloud: Cloud, source: str = "") -> None:
        self._credential = credential
        self._cloud = cloud
        self._source = source

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Get a token. Raises WrongToken if it is for another cloud."""
        from amlctl.azure.fence import WrongToken

        token = self._credential.get_token(*scopes, **options)
        fault = _not_of(self._cloud, _claims(token.token), self._source or "the credential")
        if fault:
            raise WrongToken(fault)
        return token


def _credential(connection: Connection) -> TokenCredential:
    if connection.local:
        return HandedIn(connection.token)  # made by the endpoint itself: no other one ever goes there
    token = connection.token or os.environ.get(HANDED_IN, "")
    if token:
        return OfCloud(HandedIn(token), connection.cloud, f"the token in {HANDED_IN}")
    return OfCloud(chain(connection.cloud, connection.tenant_id), connection.cloud)


def _not_of(cloud: Cloud, claims: dict[str, Any], source: str) -> Finding | None:
    """Say why a token is not one for the resource manager of a cloud, such as one of a local endpoint."""
    audience = str(claims.get("aud", ""))
    place = "Azure Resource Manager" if cloud.name == "public" else f"the resource manager of {cloud.title}"
    instead = f"az account get-access-token --resource {cloud.audiences[0]}"
    if not same(audience, cloud.audiences):
        message = f"{source} is not for {place}" if source != "the credential" else f"its token is not for {place}"
        return Finding("error", "AML605", message, found=f"aud: {audience[:80] or 'none'}", instead=instead)
    issuer = urlsplit(str(claims.get("iss", ""))).netloc.lower()
    others = {host for one in KNOWN.values() for host in one.issuers}
    if issuer and issuer not in cloud.issuers and (cloud.known or issuer in others):
        message = f"{source} comes from the login of another cloud than {cloud.title}"
        return Finding("error", "AML605", message, found=f"iss: {issuer[:80]}", instead=instead)
    return None


def _identity(credential: TokenCredential, connection: Connection) -> Identity:
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    from amlctl.azure.fence import Elsewhere, WrongToken

    try:
        token = credential.get_token(connection.scope).token
    except (Elsewhere, WrongToken) as refused:
        raise translated(refused) from refused
    except ClientAuthenticationError as refused:
        finding = Finding("error", "AML600", _why(refused.message or ""), instead=how_to_sign_in(connection.cloud))
        raise NotSignedIn(f"not signed in to {connection.cloud.title}", finding) from refused
    except AzureError as error:
        raise translated(error) from error
    claims = _claims(token)
    name = claims.get("upn") or claims.get("unique_name") or claims.get("app_displayname") or claims.get("appid") or ""
    return Identity(str(claims.get("oid", "")), str(claims.get("tid", "")), str(name))


def how_to_sign_in(cloud: Cloud) -> str:
    """Say what to do; the Azure CLI is named only if it is there."""
    principal = "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET of a service principal"
    if shutil.which("az") is None:
        return f"{principal}, or install the Azure CLI and sign in with it"
    if cloud.name == "public":
        return "run `az login`, or use a service connection with federation (AzureCLI@2)"
    if cloud.known:
        return f"run `az cloud set --name {AZ_NAMES[cloud.name]}` and `az login`"
    return f"{principal}, or `az cloud register --endpoint-resource-manager {cloud.resource_manager}` and `az login`"


def _in_tenant(connection: Connection) -> str:
    if os.environ.get(HANDED_IN):
        return f"hand in a token of that tenant in {HANDED_IN}"
    if shutil.which("az") is None:
        return "use a service principal of that tenant"
    return f"sign in to that tenant: az login --tenant {connection.tenant_id}"


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
