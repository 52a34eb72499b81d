"""The login of the endpoint's one tenant: client credentials by secret or by a federated assertion, and its issuers.

The texts are those of Microsoft Entra's error codes (AADSTS…). An assertion is one that this endpoint signed itself, as
Azure DevOps (for a service connection) or as another workload's issuer (for a token file).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from amlctl.localarm.tokens import ASSERTION_AUDIENCE, CLIENT_ID, LIFE_SECONDS, SERVICE_CONNECTION, TENANT_ID
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ANY_TENANT = ("common", "organizations", TENANT_ID)
_KNOWN_RESOURCES = (
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://graph.microsoft.com",
    "https://vault.azure.net",
    "https://storage.azure.com",
    "https://ml.azure.com",
)


def token(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer the OAuth token endpoint: a token for the service principal, or Entra's refusal."""
    form = {key: values[0] for key, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    tenant, client = groups["tenant"].lower(), form.get("client_id", "").lower()
    if form.get("grant_type") != "client_credentials":
        return _refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
    if tenant not in _ANY_TENANT:
        return _refused(400, "invalid_request", 90002, _NO_TENANT.format(tenant=groups["tenant"]))
    if client != CLIENT_ID:
        return _refused(400, "unauthorized_client", 700016, _NO_CLIENT.format(client=client, tenant=TENANT_ID))
    refusal = _refusal(world, request, form)
    if refusal is not None:
        return refusal
    scope = form.get("scope") or form.get("resource") or request.base
    audience = scope.removesuffix("/.default")
    if audience.rstrip("/") not in (request.base, *_KNOWN_RESOURCES):
        return _refused(400, "invalid_resource", 500011, _NO_RESOURCE.format(name=audience, tenant=TENANT_ID))
    access = world.tokens.issue(request.base, audience, world.clock())
    body = {"token_type": "Bearer", "expires_in": LIFE_SECONDS, "ext_expires_in": LIFE_SECONDS, "access_token": access}
    return Response(200, body)


_NO_TENANT = (
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct"
    " cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the"
    " tenant."
)
_NO_CLIENT = (
    "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the"
    " application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
    " You may have sent your authentication request to the wrong tenant."
)
_NO_RESOURCE = (
    "The resource principal named {name} was not found in the tenant named {tenant}. This can happen if the application"
    " has not been installed by the administrator of the tenant or consented to by any user in the tenant."
)
_NOT_MATCHING = (
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the"
    " client secret ID, for a secret added to app '{client}'."
)
_NO_RECORD = "No matching federated identity record found for presented assertion {what} '{value}'."


def _refusal(world: World, request: Request, form: Mapping[str, str]) -> Response | None:
    """Why the client is not who it says; None if it is."""
    if form.get("client_assertion_type") == _JWT_BEARER:
        return _federated(world, request, form.get("client_assertion", ""))
    secret = form.get("client_secret", "").encode()
    if hmac.compare_digest(secret, world.tokens.client_secret.encode()):
        return None
    return _refused(401, "invalid_client", 7000215, _NOT_MATCHING.format(client=CLIENT_ID))


def _federated(world: World, request: Request, assertion: str) -> Response | None:
    """Compare an assertion with the federated credentials of the service principal."""
    claims = world.tokens.assertion_claims(assertion, world.clock())
    if claims is None:
        return _refused(401, "invalid_client", 700027, "The certificate or signature of the assertion is not valid.")
    expected = (
        ("issuer", claims.get("iss"), (f"{request.base}/devops", f"{request.base}/workload"), 700211),
        ("subject", claims.get("sub"), ("sc://local/amlctl/service-connection", "workload"), 700213),
        ("audience", claims.get("aud"), (ASSERTION_AUDIENCE,), 700212),
    )
    for what, value, right, code in expected:
        if value not in right:
            return _refused(401, "invalid_client", code, _NO_RECORD.format(what=what, value=value))
    return None


def _refused(status: int, error: str, code: int, text: str) -> Response:
    body: dict[str, Any] = {"error": error, "error_description": f"AADSTS{code}: {text}", "error_codes": [code]}
    return Response(status, body)


def pipeline_token(world: World, request: Request, groups: dict[str, str]) -> Response:  # noqa: ARG001
    """Answer Azure DevOps' ``…/oidctoken``: an assertion for the service connection, for the job's own token alone.

    As azure-identity's AzurePipelinesCredential asks for it; without the right token the real one redirects to its
    sign-in page, or answers 401 if ``X-TFS-FedAuthRedirect: Suppress`` is sent.
    """
    given = request.headers.get("authorization", "").partition(" ")[2].strip()
    if not hmac.compare_digest(given.encode(), world.tokens.system_access_token.encode()):
        if request.headers.get("x-tfs-fedauthredirect", "").lower() == "suppress":
            return Response(401, None)
        return Response(302, None, (("Location", f"{request.base}/_signin"),))
    if request.query.get("serviceconnectionid") != SERVICE_CONNECTION:
        return Response(404, {"message": "The service connection does not exist."})
    subject = "sc://local/amlctl/service-connection"
    assertion = world.tokens.assertion(f"{request.base}/devops", subject, world.clock())
    return Response(200, {"oidcToken": assertion})
