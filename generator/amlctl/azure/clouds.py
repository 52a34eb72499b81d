"""Which Azure there is: where its resource manager, its login and its data planes are.

The three clouds of Microsoft are a table here, so that nothing has to be asked before the first token. Each is written
as its metadata document, the form that ARM itself serves and that ``metadata.py`` reads for every other cloud. Sources:
ARM's own answer to ``/metadata/endpoints?api-version=2019-05-01`` (kept in Azure/azure-sdk-for-go, ``cloud`` package);
azure-cli ``core/cloud.py``; which audience is asked for: azure-mgmt-core ``get_arm_endpoints``; other names of the
login hosts: msal ``authority.py`` and Microsoft's list of office endpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

Document = dict[str, Any]
_ALIASES = (
    "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json"
)
_TOP = (
    "name",
    "gallery",
    "graph",
    "portal",
    "graphAudience",
    "activeDirectoryDataLake",
    "batch",
    "media",
    "sqlManagement",
    "vmImageAliasDoc",
    "resourceManager",
)
_SUFFIXES = (
    ("acrLoginServer", "acrLoginServer", "."),
    ("azureDatalakeAnalyticsCatalogAndJob", "azureDataLakeAnalyticsCatalogAndJob", ""),
    ("azureDatalakeStoreFileSystem", "azureDataLakeStoreFileSystem", ""),
    ("azureFrontDoorEndpointSuffix", "azureFrontDoorEndpointSuffix", ""),
    ("keyvaultDns", "keyVaultDns", "."),
    ("sqlServerHostname", "sqlServerHostname", "."),
    ("storage", "storage", ""),
)
"""What ``environment().suffixes`` calls a suffix, what a metadata document calls it, and the dot that ARM adds."""


class Cloud(NamedTuple):
    """One cloud: the only hosts that a token of it may go to.

    ``name`` is what the environment file says. ``resource_manager`` and ``login`` are https origins without a slash at
    the end; ``logins`` are all names of the login. ``audiences`` are what a token may be made for, the one to ask for
    first; ``issuers`` are the hosts that its tokens name as their issuer (empty: not known). ``adfs`` says that people
    sign in at an own AD FS, which has no tenants. ``document`` is the metadata document as it was served.
    """

    name: str
    resource_manager: str
    login: str
    audiences: tuple[str, ...]
    suffixes: Mapping[str, str]
    portal: str
    document: Mapping[str, Any]
    logins: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    adfs: bool = False

    @property
    def scope(self) -> str:
        """What a credential is asked for. The audience stays as it is, with a slash at its end or without."""
        return f"{self.audiences[0]}/.default"

    @property
    def known(self) -> bool:
        """Whether this is one of Microsoft's three clouds, and not one that a metadata document describes."""
        return self.name in KNOWN

    @property
    def title(self) -> str:
        """The name as people read it."""
        return _TITLES.get(self.name) or f"the cloud of {urlsplit(self.resource_manager).netloc}"

    def environment(self) -> Document:
        """Give what ARM's ``environment()`` answers in this cloud.

        The suffixes of key vault, registry and SQL begin with a dot there and not in a metadata document (Microsoft's
        page "Deployment functions for ARM templates", ``environment``). What the document lacks is left out.
        """
        said = self.document
        answer = {key: said[key] for key in _TOP if key in said}
        keys = ("loginEndpoint", "audiences", "tenant", "identityProvider")
        answer["authentication"] = {key: said["authentication"][key] for key in keys if key in said["authentication"]}
        answer["suffixes"] = {
            ours: dot + self.suffixes[theirs].lstrip(".") for ours, theirs, dot in _SUFFIXES if theirs in self.suffixes
        }
        return answer


def origin(url: str) -> str:
    """Give scheme, host and port of an address in one spelling; 443 is not written. ``""`` for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{host}" + (f":{port}" if port not in (None, 443) else "")


def _document(
    name: str, portal: str, core: str, *, manager: str, login: str, graph: str, batch: str, tld: str
) -> Document:
    """Write the document of a cloud whose hosts follow the usual pattern."""
    domain = core.removeprefix("core.")
    return {
        "name": name,
        "portal": portal,
        "authentication": {
            "loginEndpoint": login,
            "audiences": [f"https://management.{core}", manager],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "media": f"https://rest.media.{domain}",
        "graphAudience": graph,
        "graph": graph,
        "suffixes": {
            "acrLoginServer": f"azurecr.{tld}",
            "sqlServerHostname": f"database.{domain}",
            "keyVaultDns": "vault.azure.cn" if tld == "cn" else f"vault.{domain}",
            "storage": core,
            "azureFrontDoorEndpointSuffix": "",
        },
        "batch": batch,
        "resourceManager": manager,
        "vmImageAliasDoc": _ALIASES,
        "sqlManagement": f"https://management.{core}:8443",
        "gallery": f"https://gallery.{domain}",
    }


_PUBLIC: Document = {
    "name": "AzureCloud",
    "portal": "https://portal.azure.com",
    "authentication": {
        "loginEndpoint": "https://login.microsoftonline.com/",
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
    },
    "media": "https://rest.media.azure.net",
    "graphAudience": "https://graph.windows.net/",
    "graph": "https://graph.windows.net/",
    "suffixes": {
        "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
        "acrLoginServer": "azurecr.io",
        "sqlServerHostname": "database.windows.net",
        "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        "keyVaultDns": "vault.azure.net",
        "storage": "core.windows.net",
        "azureFrontDoorEndpointSuffix": "azurefd.net",
    },
    "batch": "https://batch.core.windows.net/",
    "resourceManager": "https://management.azure.com/",
    "vmImageAliasDoc": _ALIASES,
    "activeDirectoryDataLake": "https://datalake.azure.net/",
    "sqlManagement": "https://management.core.windows.net:8443/",
    "gallery": "https://gallery.azure.com/",
}
_US: Document = _document(
    "AzureUSGovernment",
    "https://portal.azure.us",
    "core.usgovcloudapi.net",
    manager="https://management.usgovcloudapi.net",
    login="https://login.microsoftonline.us",
    graph="https://graph.windows.net",
    batch="https://batch.core.usgovcloudapi.net",
    tld="us",
)
_CHINA: Document = _document(
    "AzureChinaCloud",
    "https://portal.azure.cn",
    "core.chinacloudapi.cn",
    manager="https://management.chinacloudapi.cn",
    login="https://login.chinacloudapi.cn",
    graph="https://graph.chinacloudapi.cn",
    batch="https://batch.chinacloudapi.cn",
    tld="cn",
)


def _cloud(name: str, document: Document, audiences: tuple[str, ...], others: tuple[str, ...], sts: str) -> Cloud:
    login = origin(document["authentication"]["loginEndpoint"])
    logins = (login, *(f"https://{host}" for host in others))
    return Cloud(
        name,
        origin(document["resourceManager"]),
        login,
        audiences,
        document["suffixes"],
        document["portal"],
        document,
        logins,
        (sts, *(urlsplit(one).netloc for one in logins)),
    )


KNOWN: dict[str, Cloud] = {
    "public": _cloud(
        "public",
        _PUBLIC,
        ("https://management.azure.com", "https://management.core.windows.net"),
        ("login.microsoft.com", "login.windows.net"),
        "sts.windows.net",
    ),
    "usgov": _cloud(
        "usgov",
        _US,
        ("https://management.core.usgovcloudapi.net", "https://management.usgovcloudapi.net"),
        ("login-us.microsoftonline.com", "login.usgovcloudapi.net"),
        "sts.windows.net",
    ),
    "china": _cloud(
        "china",
        _CHINA,
        ("https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn"),
        ("login.partner.microsoftonline.cn",),
        "sts.chinacloudapi.cn",
    ),
}
PUBLIC = KNOWN["public"]
_TITLES = {"public": "Azure", "usgov": "Azure US Government", "china": "Azure China"}


def owner_of_login(url: str) -> Cloud | None:
    """Tell which of Microsoft's three clouds a login host belongs to, if any."""
    return next((one for one in KNOWN.values() if origin(url) in one.logins), None)


def same(audience: str, audiences: tuple[str, ...]) -> bool:
    """Tell whether an audience is one of several; a slash at the end and capitals make no difference."""
    return audience.rstrip("/").lower() in {one.rstrip("/").lower() for one in audiences}
