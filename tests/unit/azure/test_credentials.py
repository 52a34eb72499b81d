"""Where sign-in goes, with the real azure-identity and msal: the hosts of the cloud alone, whatever a shell has set."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.unit.azure.wire import CLIENT, SUBSCRIPTION, TENANT, Wire, token, wire

from amlctl.azure import Cloud, Connection, cloud, connect
from amlctl.azure.metadata import read
from amlctl.errors import AmlctlError, NotSignedIn, OurBug

__all__ = ["wire"]
STACK = read(
    {
        "name": "Stack",
        "portal": "https://portal.stack.example",
        "authentication": {
            "loginEndpoint": "https://login.stack.example/",
            "audiences": ["https://arm.stack.example/1"],
        },
        "resourceManager": "https://management.stack.example:30024/",
        "suffixes": {"storage": "stack.example"},
    },
    "https://management.stack.example:30024/metadata/endpoints?api-version=2022-09-01",
)._replace(name="https://management.stack.example:30024/metadata/endpoints")
CLOUDS = [cloud("public"), cloud("usgov"), cloud("china"), STACK]
STS = {"public": "sts.windows.net", "usgov": "sts.windows.net", "china": "sts.chinacloudapi.cn"}
DEVOPS = "https://dev.azure.com/org/project/_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken"
PRINCIPAL = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT, "AZURE_CLIENT_SECRET": "s"}
PIPELINE = {
    "AZURESUBSCRIPTION_TENANT_ID": TENANT,
    "AZURESUBSCRIPTION_CLIENT_ID": CLIENT,
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "c",
    "SYSTEM_ACCESSTOKEN": "job",
    "SYSTEM_OIDCREQUESTURI": DEVOPS,
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell in which nothing of a sign-in is set, and no az."""
    for name in os.environ:
        if name.startswith(("AZURE", "ARM_", "MSI_", "IDENTITY_", "IMDS_", "SYSTEM_", "AMLCTL_", "MSAL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", "")


def use(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Set variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def workload(folder: Path) -> dict[str, str]:
    """What AKS' webhook sets."""
    file = folder / "token"
    file.write_text("e30.e30.assertion", encoding="utf-8")
    return {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT, "AZURE_FEDERATED_TOKEN_FILE": str(file)}


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda one: one.title)
@pytest.mark.parametrize("way", ["principal", "workload", "pipeline"])
def test_sign_in_and_arm_are_those_of_the_cloud(
    cloud: Cloud, way: str, wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The login is asked for the cloud's audience, the token goes to its resource manager; no other host is asked."""
    ways = {"principal": PRINCIPAL, "workload": workload(tmp_path), "pipeline": PIPELINE}
    use(monkeypatch, ways[way])
    wire.issuer = STS.get(cloud.name, "login.stack.example")

    arm = connect(Connection.to(cloud, SUBSCRIPTION, TENANT))
    assert arm.subscription() is not None

    logins = {one.removeprefix("https://") for one in cloud.logins}
    manager = cloud.resource_manager.removeprefix("https://")
    assert wire.hosts - logins == {manager, *(["dev.azure.com"] if way == "pipeline" else [])}
    assert next(one.form["scope"] for one in wire.sent if "scope" in one.form).startswith(cloud.scope)
    assert {one.host for one in wire.sent if one.headers.get("authorization") == "Bearer job"} <= {"dev.azure.com"}
    bearer = [one.host for one in wire.sent if one.headers.get("authorization", "").startswith("Bearer e30.")]
    assert bearer == [manager]
    assert not any("discovery/instance" in one.url for one in wire.sent if not cloud.known)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AZURE_CLOUD", "AzureUSGovernment"),
        ("AZURE_SDK_CLOUD_CONF", "AZURE_CHINA_CLOUD"),
        ("ARM_CLOUD_METADATA_URL", "https://cloud.example.org/metadata/endpoints"),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://pod.example.org"),
        ("AZURE_KUBERNETES_TOKEN_PROXY", "https://proxy.example.org"),
        ("IMDS_ENDPOINT", "http://imds.example.org"),
        ("REGION_NAME", "westeurope"),
        ("AZURE_TOKEN_CREDENTIALS", "prod"),
        ("AZURE_IDENTITY_DISABLE_MULTITENANTAUTH", "1"),
        ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/"),
        ("SYSTEM_OIDCREQUESTURI", "https://oidc.example.org"),
    ],
)
@pytest.mark.parametrize("way", ["principal", "workload"])
def test_a_variable_that_is_not_ours_moves_nothing(
    name: str, value: str, way: str, wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each is read by azure-identity, msal, azure-core or az somewhere; here the same two hosts are asked."""
    use(monkeypatch, {**(PRINCIPAL if way == "principal" else workload(tmp_path)), name: value})

    connect(Connection.to(cloud("public"), SUBSCRIPTION)).subscription()

    assert wire.hosts == {"login.microsoftonline.com", "management.azure.com"}


@pytest.mark.parametrize(
    "host", ["https://login.example.org", "login.example.org", "http://login.microsoftonline.com", "x:y"]
)
@pytest.mark.parametrize("variables", [PRINCIPAL, PIPELINE, {}], ids=["principal", "pipeline", "az"])
def test_a_login_host_of_a_variable_is_refused(
    host: str, variables: dict[str, str], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be given our secret or our assertion."""
    use(monkeypatch, {**variables, "AZURE_AUTHORITY_HOST": host})

    with pytest.raises(NotSignedIn, match="AZURE_AUTHORITY_HOST names a login host that is not Azure's"):
        connect(Connection.to(cloud("public"), SUBSCRIPTION))
    assert wire.sent == []


@pytest.mark.parametrize("name", ["AZURE_REGIONAL_AUTHORITY_NAME", "MSAL_FORCE_REGION"])
def test_a_login_host_of_a_region_is_refused(name: str, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """msal would send the secret to ``REGION.login.microsoft.com``, or below any other login host."""
    use(monkeypatch, {**PRINCIPAL, name: "westeurope"})

    with pytest.raises(NotSignedIn, match=f"{name} names another login host"):
        connect(Connection.to(STACK, SUBSCRIPTION))
    assert wire.sent == []


def test_a_login_that_leads_elsewhere_gets_no_secret(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """msal asks the login where tokens are made; only the login's own hosts count."""
    use(monkeypatch, PRINCIPAL)
    wire.token_host = "tokens.example.org"

    with pytest.raises(NotSignedIn) as refused:
        connect(Connection.to(cloud("public"), SUBSCRIPTION))

    assert "leads to https://tokens.example.org; nothing was sent there" in refused.value.findings[0].message
    assert wire.hosts == {"login.microsoftonline.com"}
    assert not any(one.form.get("client_secret") for one in wire.sent)


@pytest.mark.parametrize(
    "uri",
    [
        "https://dev.azure.com.example.org/oidctoken",
        "https://evildev.azure.com/oidctoken",
        "http://dev.azure.com/oidctoken",
        "https://dev.azure.com:8443/oidctoken",
        "https://dev.azure.com@example.org/oidctoken",
        "https://management.azure.com/oidctoken",
        "//dev.azure.com/oidctoken",
    ],
)
def test_the_token_of_a_job_goes_to_azure_devops_alone(uri: str, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is a variable; the collection's address is one too and proves nothing."""
    use(monkeypatch, {**PIPELINE, "SYSTEM_OIDCREQUESTURI": uri, "SYSTEM_COLLECTIONURI": uri})

    with pytest.raises(NotSignedIn, match="SYSTEM_OIDCREQUESTURI names a host that is not Azure DevOps'"):
        connect(Connection.to(cloud("public"), SUBSCRIPTION))
    assert wire.sent == []


@pytest.mark.parametrize(
    ("chosen", "uri"),
    [
        ("public", "https://org.visualstudio.com/project/oidctoken"),
        ("usgov", "https://dev.azure.com/org/oidctoken"),
        ("stack", "https://management.stack.example:30024/org/oidctoken"),
        ("stack", "https://login.stack.example/oidctoken"),
    ],
)
def test_the_token_of_a_job_goes_to_its_own_hosts(
    chosen: str, uri: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older address of an organisation, and the hosts of a cloud that the file names by its address."""
    use(monkeypatch, {**PIPELINE, "SYSTEM_OIDCREQUESTURI": uri})
    wire.issuer = "sts.windows.net" if chosen != "stack" else "login.stack.example"

    connect(Connection.to(STACK if chosen == "stack" else cloud(chosen), SUBSCRIPTION))

    assert [one.url.partition("?")[0] for one in wire.sent if one.headers.get("authorization") == "Bearer job"] == [uri]


@pytest.mark.parametrize("name", ["IDENTITY_ENDPOINT", "MSI_ENDPOINT"])
@pytest.mark.parametrize(
    "url",
    [
        "http://identity.example.org/token",
        "https://10.0.0.4/token",
        "http://localhost.example.org",
        "http://localhost@x.org",
    ],
)
def test_an_identity_of_a_machine_is_on_the_machine(
    name: str, url: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its header is a secret of the machine, and who answers there decides who we are."""
    use(monkeypatch, {name: url, "IDENTITY_HEADER": "h", "MSI_SECRET": "h"})

    with pytest.raises(NotSignedIn, match=f"{name} names a host that is not this machine"):
        connect(Connection.to(cloud("public"), SUBSCRIPTION))
    assert wire.sent == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:41741/msi/token", "http://169.254.129.2:8081/msi/token"])
def test_the_identity_of_a_machine_is_asked_for_the_clouds_audience(
    url: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """App Service serves it at loopback or at a link-local address; a proxy is not asked."""
    use(monkeypatch, {"IDENTITY_ENDPOINT": url, "IDENTITY_HEADER": "h", "HTTP_PROXY": "http://proxy.example.org"})

    connect(Connection.to(cloud("usgov"), SUBSCRIPTION))

    assert [one.url.partition("?")[0] for one in wire.sent] == [url]
    assert "&resource=https://management.core.usgovcloudapi.net&" in wire.sent[0].url + "&"


@pytest.mark.parametrize(
    ("chosen", "audience", "issuer"),
    [
        ("public", "https://management.core.usgovcloudapi.net", "sts.windows.net"),
        ("public", "https://management.azure.com", "sts.chinacloudapi.cn"),
        ("usgov", "https://management.azure.com", "sts.windows.net"),
        ("usgov", "https://management.usgovcloudapi.net", "login.microsoftonline.com"),
        ("china", "https://management.azure.com", "sts.windows.net"),
        ("china", "https://management.chinacloudapi.cn", "sts.windows.net"),
        ("stack", "https://management.azure.com", "login.stack.example"),
        ("stack", "https://arm.stack.example/1", "sts.windows.net"),
        ("public", "", ""),
    ],
)
@pytest.mark.parametrize("way", ["handed in", "az"])
def test_a_token_of_another_cloud_is_not_sent(
    chosen: str, audience: str, issuer: str, way: str, wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The Azure CLI may be signed in to another cloud than the file names; so may be whoever hands in a token."""
    text = token(aud=audience, iss=f"https://{issuer}/{TENANT}/", tid=TENANT, oid="o")
    if way == "az":
        monkeypatch.setenv("PATH", str(az(tmp_path, text)))
    else:
        monkeypatch.setenv("AMLCTL_ACCESS_TOKEN", text)

    with pytest.raises(NotSignedIn) as refused:
        connect(Connection.to(STACK if chosen == "stack" else cloud(chosen), SUBSCRIPTION))

    assert refused.value.findings[0].code == "AML605"
    assert wire.sent == []


def test_a_token_of_the_azure_cli_for_the_cloud_is_taken(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every audience of the cloud counts, and the newer form of an issuer."""
    text = token(
        aud="https://management.usgovcloudapi.net/", iss=f"https://login.microsoftonline.us/{TENANT}/v2.0", upn="dana"
    )
    monkeypatch.setenv("PATH", str(az(tmp_path, text)))

    assert connect(Connection.to(cloud("usgov"), SUBSCRIPTION)).identity.name == "dana"


def az(folder: Path, text: str) -> Path:
    """An Azure CLI that is signed in and gives this token."""
    file = folder / "az"
    answer = f'{{"accessToken": "{text}", "expires_on": 4102444800}}'
    file.write_text(f"#!{sys.executable}\nprint('{answer}')\n", encoding="utf-8")
    file.chmod(0o755)
    return folder


def test_a_token_that_turns_into_another_clouds_is_not_sent(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at each time that a credential gives one, not at sign-in alone."""
    use(monkeypatch, PRINCIPAL)
    arm = connect(Connection.to(cloud("public"), SUBSCRIPTION))
    arm._credential._credential.credentials[0]._client_applications.clear()  # type: ignore[attr-defined]
    arm._credential._credential.credentials[0]._cache = None  # type: ignore[attr-defined]
    wire.audience = "https://vault.azure.net"

    with pytest.raises(NotSignedIn) as refused:
        arm.subscription()

    assert refused.value.findings[0].code == "AML605"
    assert "management.azure.com" not in wire.hosts


@pytest.mark.parametrize("there", [True, False])
def test_what_to_do_names_only_tools_that_are_there(
    there: bool, wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """``az login`` helps nobody who has no az."""
    if there:
        file = tmp_path / "az"
        file.write_text("#!/bin/sh\necho 'Please run az login' >&2\nexit 1\n", encoding="utf-8")
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotSignedIn) as refused:
        connect(Connection.to(cloud("usgov"), SUBSCRIPTION))

    instead = refused.value.findings[0].instead
    assert ("az cloud set --name AzureUSGovernment" in instead) is there
    assert ("AZURE_CLIENT_SECRET" in instead) is not there


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"AZURE_FEDERATED_TOKEN_FILE": "/x"}, "AZURE_TENANT_ID and AZURE_CLIENT_ID is not"),
        ({**PRINCIPAL, "AZURE_TENANT_ID": "a b"}, "Invalid tenant ID"),
    ],
)
def test_a_half_set_sign_in_is_named(
    variables: dict[str, str], said: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a fault of the shell, and not one of ours."""
    use(monkeypatch, variables)

    with pytest.raises(NotSignedIn, match=said):
        connect(Connection.to(cloud("public"), SUBSCRIPTION))


def test_an_adfs_has_no_tenants(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """msal's word is ``adfs``; the path of Azure Stack's login endpoint says so too."""
    use(monkeypatch, PRINCIPAL)
    wire.issuer = "login.stack.example"

    connect(Connection.to(STACK._replace(adfs=True), SUBSCRIPTION))

    assert {one.url.partition("?")[0] for one in wire.sent} == {
        "https://login.stack.example/adfs/.well-known/openid-configuration",
        "https://login.stack.example/adfs/token",
    }


def test_a_url_that_is_not_the_clouds_is_our_bug() -> None:
    """Nobody can ask for one cloud's token and send it to another host."""
    with pytest.raises(OurBug):
        connect(Connection("https://arm.example.org", SUBSCRIPTION))


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_are_not_there_are_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is sent, and not as a traceback of a library."""
    for other in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(other, raising=False)
    use(monkeypatch, {**PRINCIPAL, name: "/nowhere/ca.pem"})

    with pytest.raises(AmlctlError, match=f"{name} names a file of certificates that is not there"):
        connect(Connection.to(cloud("public"), SUBSCRIPTION))
