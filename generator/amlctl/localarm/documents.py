"""What clients read before they send a token: cloud metadata, OpenID configuration, tokens."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from typing import Any

from amlctl.localarm.tokens import TENANT_ID
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

_SUFFIXES = {
    "acrLoginServer": "azurecr.io",
    "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
    "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
    "keyVaultDns": "vault.azure.net",
    "storage": "core.windows.net",
    "sqlServerHostname": "database.windows.net",
    "storageSyncEndpointSuffix": "afs.azure.net",
    "mhsmDns": "managedhsm.azure.net",
    "mysqlServerEndpoint": "mysql.database.azure.com",
    "postgresqlServerEndpoint": "postgres.database.azure.com",
    "mariadbServerEndpoint": "mariadb.database.azure.com",
    "synapseAnalytics": "dev.azuresynapse.net",
    "attestationEndpoint": "attest.azure.net",
}


def metadata(world: World, request: Request, _: dict[str, str]) -> Response:
    """Answer ``/metadata/endpoints``: its shape depends on the api-version that is asked for.

    2022-09-01 is one object, 2019-05-01 a list of clouds, 2015-01-01 the four oldest fields.
    """
    version = request.api_version
    if version.startswith("2015"):
        return Response(200, _oldest(request.base))
    cloud = _cloud(request.base)
    return Response(200, [cloud] if version < "2022" else cloud)


def _oldest(base: str) -> dict[str, Any]:
    return {
        "galleryEndpoint": base,
        "graphEndpoint": base,
        "portalEndpoint": base,
        "authentication": {"loginEndpoint": base, "audiences": [base]},
    }


def _cloud(base: str) -> dict[str, Any]:
    return {
        "name": "Lab",
        "portal": "https://portal.local.amlctl.example",
        "authentication": {
            "loginEndpoint": base,
            "audiences": [base + "/", base],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": base + "/",
        "graph": base,
        "graphAudience": base,
        "microsoftGraphResourceId": base,
        "media": base,
        "gallery": base,
        "batch": base,
        "sqlManagement": base,
        "vmImageAliasDoc": base + "/aliases.json",
        "activeDirectoryDataLake": base,
        "logAnalyticsResourceId": base,
        "ossrDbmsResourceId": base,
        "appInsightsResourceId": base,
        "synapseAnalyticsResourceId": base,
        "attestationResourceId": base,
        "suffixes": _SUFFIXES,
    }


def openid(world: World, request: Request, groups: dict[str, str]) -> Response:
    """Answer an OpenID configuration of any tenant, ``organizations``, ``common`` or ``adfs``."""
    tenant = groups["tenant"]
    base = f"{request.base}/{tenant}"
    version = "" if tenant.lower() == "adfs" else "/v2.0"
    return Response(
        200,
        {
            "issuer": f"{request.base}/{tenant}{version}",
            "authorization_endpoint": f"{base}/oauth2{version}/authorize",
            "token_endpoint": f"{base}/oauth2{version}/token",
            "device_authorization_endpoint": f"{base}/oauth2{version}/devicecode",
            "jwks_uri": f"{base}/discovery{version}/keys",
            "response_types_supported": ["code", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["HS256"],
            "tenant_region_scope": None,
            "cloud_instance_name": "local",
        },
    )


def keys(world: World, request: Request, _: dict[str, str]) -> Response:
    """Answer the signing keys: there are none, the tokens are signed with a secret."""
    return Response(200, {"keys": []})


def tenants(world: World, request: Request, _: dict[str, str]) -> Response:
    """List the one tenant."""
    item = {
        "id": f"/tenants/{TENANT_ID}",
        "tenantId": TENANT_ID,
        "displayName": "amlctl local",
        "defaultDomain": "amlctl.example",
        "countryCode": "",
        "domains": ["amlctl.example"],
        "tenantCategory": "Home",
    }
    return Response(200, {"value": [item]})
