"""The credentials that can sign in without a prompt, each held to the login host of its cloud.

No variable can move a sign-in to another host: ``authority`` is always given, every credential gets a transport that
reaches its own hosts alone, and a variable that tries is named in an error instead of being ignored. What
azure-identity 1.27 and msal 1.39 read from the environment was read from their source: AZURE_AUTHORITY_HOST,
AZURE_REGIONAL_AUTHORITY_NAME, MSAL_FORCE_REGION (login); IDENTITY_ENDPOINT, MSI_ENDPOINT, IMDS_ENDPOINT (managed
identity); AZURE_POD_IDENTITY_AUTHORITY_HOST, AZURE_KUBERNETES_TOKEN_PROXY (read by credentials that are not used here);
SYSTEM_OIDCREQUESTURI (pipelines).

The order is design.md section 5's. What AzureCLI@2 exports for a service connection with federation, and what
``AzurePipelinesCredential`` needs, is in its source (``azureclitask.ts``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amlctl.azure.clouds import Cloud, origin
from amlctl.diagnostics import Finding
from amlctl.errors import NotSignedIn

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

PIPELINE = (
    "AZURESUBSCRIPTION_TENANT_ID",
    "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    "SYSTEM_ACCESSTOKEN",
    "SYSTEM_OIDCREQUESTURI",
)
WORKLOAD = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID")
PRINCIPAL = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
REGIONS = ("AZURE_REGIONAL_AUTHORITY_NAME", "MSAL_FORCE_REGION")
MACHINE = ("IDENTITY_ENDPOINT", "MSI_ENDPOINT")
DEVOPS = ("dev.azure.com", "visualstudio.com")
"""The hosts of Azure DevOps Services (Microsoft's page "Allowed IP addresses and domain URLs"): these, and below them.

An Azure DevOps Server issues no federated tokens, so SYSTEM_COLLECTIONURI (which is a variable too) allows nothing.
"""


def chain(cloud: Cloud, tenant: str) -> TokenCredential:
    """Give the credentials that have what they need, in their order; the first that has a token wins.

    Raises NotSignedIn: AML606 if a variable would move the sign-in to another host, AML600 if one cannot be used.
    """
    from azure.identity import ChainedTokenCredential

    _unmoved(cloud)
    try:
        return ChainedTokenCredential(*(make() for make in _makers(cloud, tenant)))
    except ValueError as error:  # azure-identity looks at the form of ids
        message = f"a variable of the sign-in cannot be used: {error}"
        raise NotSignedIn(message, Finding("error", "AML600", message, instead="correct AZURE_…")) from error


def _makers(cloud: Cloud, tenant: str) -> list[Callable[[], TokenCredential]]:
    from azure import identity

    found: list[Callable[[], TokenCredential]] = []
    if _set(*PIPELINE):
        found.append(lambda: _pipelines(cloud))
    if _set("AZURE_FEDERATED_TOKEN_FILE"):
        found.append(lambda: _workload(cloud))
    if _set(*PRINCIPAL):
        found.append(lambda: _principal(cloud))
    if any(_set(name) for name in MACHINE):
        found.append(_machine)
    found.append(lambda: identity.AzureCliCredential(tenant_id="" if cloud.adfs else tenant))
    return found


def _set(*names: str) -> bool:
    return all(os.environ.get(name) for name in names)


def _unmoved(cloud: Cloud) -> None:
    """Refuse variables that name another login: it would be given our assertions and secrets."""
    host = os.environ.get("AZURE_AUTHORITY_HOST", "")
    if host and origin(host if "://" in host else f"https://{host}") not in cloud.logins:
        _moved("AZURE_AUTHORITY_HOST", f"a login host that is not {cloud.title}'s", host, cloud.login)
    for name in REGIONS:
        if os.environ.get(name):
            _moved(name, "another login host, one of a region", os.environ[name], "")


def _moved(name: str, what: str, found: str, wanted: str) -> None:
    message = f"{name} names {what}"
    instead = f"unset {name}" + (f", or write {wanted}" if wanted else "")
    raise NotSignedIn(message, Finding("error", "AML606", message, found=found[:80], instead=instead))


def _settings(cloud: Cloud, *more: str) -> dict[str, Any]:
    """What every credential of a login is given."""
    from amlctl.azure.transport import OnlyTheseHosts

    settings: dict[str, Any] = {"authority": cloud.login, "transport": OnlyTheseHosts([*cloud.logins, *more])}
    if not cloud.known:
        settings["disable_instance_discovery"] = True  # it would ask Microsoft whether it knows this login
    return settings


def _tenant(cloud: Cloud, name: str) -> str:
    """An AD FS has no tenants: msal's word for that is ``adfs``."""
    return "adfs" if cloud.adfs else os.environ[name]


def _pipelines(cloud: Cloud) -> TokenCredential:
    from azure.identity import AzurePipelinesCredential

    asked = os.environ["SYSTEM_OIDCREQUESTURI"]
    _devops(cloud, asked)
    return AzurePipelinesCredential(
        tenant_id=_tenant(cloud, "AZURESUBSCRIPTION_TENANT_ID"),
        client_id=os.environ["AZURESUBSCRIPTION_CLIENT_ID"],
        service_connection_id=os.environ["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"],
        system_access_token=os.environ["SYSTEM_ACCESSTOKEN"],
        **_settings(cloud, asked),
    )


def _devops(cloud: Cloud, asked: str) -> None:
    """The job's token goes to Azure DevOps, or to a host of the cloud that the environment file names by address."""
    host = (urlsplit(asked).hostname or "").lower()
    ours = not cloud.known and origin(asked) in (cloud.resource_manager, *cloud.logins)
    of_devops = origin(asked) == f"https://{host}" and any(host == one or host.endswith(f".{one}") for one in DEVOPS)
    if not ours and not of_devops:
        _moved(
            "SYSTEM_OIDCREQUESTURI", "a host that is not Azure DevOps'", asked, "an address at https://dev.azure.com"
        )


def _workload(cloud: Cloud) -> TokenCredential:
    from azure.identity import WorkloadIdentityCredential

    missing = [name for name in WORKLOAD if not os.environ.get(name)]
    if missing:
        message = f"AZURE_FEDERATED_TOKEN_FILE is set, but {' and '.join(missing)} is not"
        raise NotSignedIn(message, Finding("error", "AML600", message, instead="set both, or unset the file"))
    return WorkloadIdentityCredential(
        tenant_id=_tenant(cloud, "AZURE_TENANT_ID"),
        client_id=os.environ["AZURE_CLIENT_ID"],
        token_file_path=os.environ["AZURE_FEDERATED_TOKEN_FILE"],
        **_settings(cloud),
    )


def _principal(cloud: Cloud) -> TokenCredential:
    """A service principal with a secret, as EnvironmentCredential, Terraform and azd take it."""
    from azure.identity import ClientSecretCredential

    return ClientSecretCredential(
        _tenant(cloud, "AZURE_TENANT_ID"),
        os.environ["AZURE_CLIENT_ID"],
        os.environ["AZURE_CLIENT_SECRET"],
        **_settings(cloud),
    )


def _machine() -> TokenCredential:
    """The identity of the machine; Azure serves it at loopback or at a link-local address, and nowhere else."""
    from azure.identity import ManagedIdentityCredential

    from amlctl.azure.transport import OnlyTheseHosts, on_this_machine

    named = [(name, os.environ[name]) for name in MACHINE if os.environ.get(name)]
    for name, url in named:
        if not on_this_machine(url):
            _moved(name, "a host that is not this machine", url, "")
    return ManagedIdentityCredential(transport=OnlyTheseHosts([url for _, url in named]))
