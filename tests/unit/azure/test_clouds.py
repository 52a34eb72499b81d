"""The three clouds of Microsoft as their sources give them, and the metadata documents of all others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.azure.wire import Wire, wire

from amlctl.arm.scopes import PUBLIC_CLOUD
from amlctl.azure import cloud
from amlctl.azure.clouds import KNOWN, origin
from amlctl.azure.metadata import _limited, fetch, read
from amlctl.errors import AmlctlError, ConfigurationInvalid

__all__ = ["wire"]
STACK = "https://management.east.stack.example"
URL = f"{STACK}/metadata/endpoints?api-version=2022-09-01"


def document(**more: Any) -> dict[str, Any]:
    """A document in the form of 2022-09-01; None takes a key out."""
    whole = {
        "name": "Stack",
        "portal": "https://portal.east.stack.example/",
        "authentication": {
            "loginEndpoint": "https://login.stack.example/",
            "audiences": ["https://management.stack.example/1f2e", "https://management.stack.example/other"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": f"{STACK}/",
        "suffixes": {"storage": "east.stack.example", "keyVaultDns": "vault.east.stack.example"},
        **more,
    }
    return {key: value for key, value in whole.items() if value is not None}


def signing_in(**more: Any) -> dict[str, Any]:
    """The authentication part with other values."""
    return {**document()["authentication"], **more}


# Azure Stack Hub's own answer, in the form of 2015-01-01: Microsoft's page "Make API requests to Azure Stack Hub".
OLD = {
    "galleryEndpoint": "https://adminportal.local.azurestack.external:30015/",
    "graphEndpoint": "https://graph.windows.net/",
    "portalEndpoint": "https://adminportal.local.azurestack.external/",
    "authentication": {
        "loginEndpoint": "https://login.windows.net/",
        "audiences": ["https://contoso.onmicrosoft.com/4de154de-f8a8-4017-af41-df619da68155"],
    },
}
OLD_URL = "https://management.local.azurestack.external/metadata/endpoints?api-version=2015-01-01"


@pytest.mark.parametrize(
    ("name", "manager", "login", "scope", "suffixes"),
    [
        (
            "public",
            "https://management.azure.com",
            "https://login.microsoftonline.com",
            "https://management.azure.com/.default",
            ("core.windows.net", ".vault.azure.net", ".azurecr.io", ".database.windows.net"),
        ),
        (
            "usgov",
            "https://management.usgovcloudapi.net",
            "https://login.microsoftonline.us",
            "https://management.core.usgovcloudapi.net/.default",
            ("core.usgovcloudapi.net", ".vault.usgovcloudapi.net", ".azurecr.us", ".database.usgovcloudapi.net"),
        ),
        (
            "china",
            "https://management.chinacloudapi.cn",
            "https://login.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
            ("core.chinacloudapi.cn", ".vault.azure.cn", ".azurecr.cn", ".database.chinacloudapi.cn"),
        ),
    ],
)
def test_the_three_clouds(name: str, manager: str, login: str, scope: str, suffixes: tuple[str, ...]) -> None:
    """azure-cli ``core/cloud.py`` and azure-mgmt-core ``get_arm_endpoints`` say so."""
    found = cloud(name)

    assert (found.resource_manager, found.login, found.scope) == (manager, login, scope)
    answer = found.environment()
    keys = ("storage", "keyvaultDns", "acrLoginServer", "sqlServerHostname")
    assert tuple(answer["suffixes"][key] for key in keys) == suffixes
    assert origin(answer["resourceManager"]) == manager
    assert origin(answer["authentication"]["loginEndpoint"]) == login


@pytest.mark.parametrize("name", ["usgov", "china"])
def test_audiences_and_scopes_are_those_of_the_sdk(name: str) -> None:
    """What the clients of azure-mgmt ask for in these clouds."""
    from azure.core import AzureClouds
    from azure.mgmt.core.tools import get_arm_endpoints

    setting = {"usgov": AzureClouds.AZURE_US_GOVERNMENT, "china": AzureClouds.AZURE_CHINA_CLOUD}[name]
    theirs = get_arm_endpoints(setting)

    assert theirs["credential_scopes"] == [cloud(name).scope]
    assert origin(theirs["resource_manager"]) == cloud(name).resource_manager


def test_the_public_cloud_is_the_one_that_templates_see() -> None:
    """The evaluator has a copy, because it may not import this room."""
    assert cloud("public").environment() == PUBLIC_CLOUD


def test_no_two_clouds_share_a_host_or_an_audience() -> None:
    """Or a token of one would be sent to another."""
    managers = [one.resource_manager for one in KNOWN.values()]
    logins = [host for one in KNOWN.values() for host in one.logins]
    audiences = [audience for one in KNOWN.values() for audience in one.audiences]
    for listed in (managers, logins, audiences):
        assert len(set(listed)) == len(listed)


def test_a_document_of_today() -> None:
    """One object; the first audience is asked for as it is written."""
    found = read(document(), URL)

    assert found.resource_manager == STACK
    assert found.login == "https://login.stack.example"
    assert found.scope == "https://management.stack.example/1f2e/.default"
    assert (found.logins, found.issuers, found.known, found.adfs) == (
        ("https://login.stack.example",),
        (),
        False,
        False,
    )
    assert found.environment() == {
        "name": "Stack",
        "portal": "https://portal.east.stack.example/",
        "resourceManager": f"{STACK}/",
        "authentication": document()["authentication"],
        "suffixes": {"storage": "east.stack.example", "keyvaultDns": ".vault.east.stack.example"},
    }


def test_a_list_of_clouds() -> None:
    """2019-05-01: the one whose resource manager was asked, or the only one."""
    others = [dict(one.document) for one in KNOWN.values()]

    assert read([*others, document()], URL).resource_manager == STACK
    assert read([document()], "https://list.example.org/x").resource_manager == STACK
    with pytest.raises(ConfigurationInvalid) as refused:
        read(others, URL)
    assert "3 clouds (AzureCloud, AzureUSGovernment, AzureChinaCloud)" in refused.value.findings[0].found


def test_an_azure_stack_of_2015() -> None:
    """Its document names no resource manager and no suffix; both follow from the host that was asked."""
    found = read(OLD, OLD_URL)

    assert found.resource_manager == "https://management.local.azurestack.external"
    assert found.login == "https://login.windows.net"
    assert found.logins == cloud("public").logins
    assert "sts.windows.net" in found.issuers
    assert found.suffixes == {"storage": "local.azurestack.external", "keyVaultDns": "vault.local.azurestack.external"}
    assert found.environment()["suffixes"]["keyvaultDns"] == ".vault.local.azurestack.external"
    assert found.portal == "https://adminportal.local.azurestack.external/"


@pytest.mark.parametrize(
    "more",
    [
        {"identityProvider": "ADFS"},
        {"loginEndpoint": "https://adfs.stack.example/adfs"},
        {"loginEndpoint": "https://adfs.stack.example/ADFS/"},
    ],
)
def test_an_ad_fs(more: dict[str, str]) -> None:
    """Azure Stack without Entra: the path of its login is a tenant's place, and not part of the authority."""
    found = read(document(authentication=signing_in(**more)), URL)

    assert found.adfs
    assert found.login.count("/") == 2


@pytest.mark.parametrize(
    ("served", "said"),
    [
        ([], "it is no object"),
        ("text", "it is no object"),
        ({}, "it lacks resourceManager, authentication.loginEndpoint, authentication.audiences, suffixes.storage"),
        (document(resourceManager=None), "it lacks resourceManager"),
        (document(authentication=None), "it lacks authentication.loginEndpoint, authentication.audiences"),
        (document(authentication=[]), "it lacks authentication.loginEndpoint"),
        (document(authentication=signing_in(audiences=[])), "it lacks authentication.audiences"),
        (document(suffixes={"keyVaultDns": "vault.x"}), "it lacks suffixes.storage"),
        (document(suffixes=[1]), "it lacks suffixes.storage"),
        (document(suffixes={"storage": "a b'"}), "suffixes.storage is not the end of a host's name"),
        (document(resourceManager="http://management.east.stack.example"), "resourceManager is not an https address"),
        (document(resourceManager="https://a@management.east.stack.example"), "resourceManager is not a plain https"),
        (document(resourceManager="https://management.east.stack.example/x"), "resourceManager is not a plain https"),
        (document(resourceManager="https://management.east.stack.example:x"), "resourceManager is not a plain https"),
        (document(authentication=signing_in(loginEndpoint="http://login.x")), "loginEndpoint is not a plain https"),
        (document(authentication=signing_in(loginEndpoint="https://x/?y=1")), "loginEndpoint is not a plain https"),
        (document(portal="http://portal.stack.example"), "portal is not an https address"),
        (document(batch="//batch.stack.example"), "batch is not an https address"),
        (document(authentication=signing_in(audiences="https://x")), "audiences is no list"),
        (document(authentication=signing_in(audiences=["https://x y"])), "audiences is no list"),
        (document(authentication=signing_in(audiences=[1])), "audiences is no list"),
    ],
)
def test_a_document_that_cannot_be_used_says_what_is_missing(served: object, said: str) -> None:
    """Exit 3, with the address and the field."""
    with pytest.raises(ConfigurationInvalid) as refused:
        read(served, URL)

    finding = refused.value.findings[0]
    assert finding.code == "AML610"
    assert finding.found.startswith(f"{URL}: ")
    assert said in finding.found


@pytest.mark.parametrize("audience", ["https://management.azure.com", "https://Management.core.usgovcloudapi.net/"])
def test_a_foreign_cloud_cannot_ask_for_a_token_of_azure(audience: str) -> None:
    """With a login of Microsoft it would be given one, and the token would go to the foreign resource manager."""
    stolen = signing_in(loginEndpoint="https://login.microsoftonline.com/", audiences=["https://x.example", audience])

    with pytest.raises(ConfigurationInvalid) as refused:
        read(document(authentication=stolen), URL)

    assert f"it would send tokens for {audience}" in refused.value.findings[0].found


def test_the_document_of_azure_itself_is_taken() -> None:
    """By its address, for whoever writes Terraform's ``metadata_host``."""
    found = read(dict(cloud("public").document), "https://management.azure.com/metadata/endpoints")

    assert found.resource_manager == "https://management.azure.com"
    assert found.audiences[0] == "https://management.core.windows.net/"


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (STACK, URL),
        (f"{STACK}/", URL),
        (f"{STACK}/metadata/endpoints", URL),
        (URL, URL),
        (f"{STACK}:30024/a/metadata?api-version=2015-01-01", f"{STACK}:30024/a/metadata?api-version=2015-01-01"),
    ],
)
def test_the_address_is_asked_once_and_without_a_token(
    address: str, asked: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resource manager's own address is enough, as ``az cloud register`` takes it."""
    monkeypatch.setenv("AMLCTL_ACCESS_TOKEN", "e30.e30.x")
    wire.document = document()

    found = fetch(address)

    assert found.name == address
    assert [(one.method, one.url) for one in wire.sent] == [("GET", asked)]
    assert "authorization" not in wire.sent[0].headers


@pytest.mark.parametrize("status", [302, 401, 404])
def test_an_answer_that_is_not_the_document_is_said(status: int, wire: Wire) -> None:
    """A redirect is not followed."""
    wire.document, wire.status = document(), status

    with pytest.raises(AmlctlError) as refused:
        fetch(URL)

    assert refused.value.exit_code == 1
    assert str(refused.value.findings[0]).startswith("error AML609  the metadata document of the cloud cannot be read")
    assert refused.value.findings[0].found == f"{URL}: the answer is {status}"
    assert len(wire.sent) == 1


def test_a_page_is_no_document(wire: Wire) -> None:
    """A proxy's page, or the address of something else."""
    wire.document = "<html>"
    wire.text = True

    with pytest.raises(ConfigurationInvalid, match="cannot be used") as refused:
        fetch(URL)
    assert refused.value.findings[0].found == f"{URL}: it is not JSON"


def test_an_answer_without_end_is_cut_off() -> None:
    """In size and in time."""
    endless = iter(lambda: b"x" * 65536, b"")

    with pytest.raises(AmlctlError) as large:
        _limited(endless, URL, float("inf"))
    with pytest.raises(AmlctlError) as slow:
        _limited(iter([b"x", b"x"]), URL, 0.0)

    assert "larger than 256 KiB" in large.value.findings[0].found
    assert "longer than 30 seconds" in slow.value.findings[0].found


def test_the_local_endpoints_documents_are_read() -> None:
    """All three forms that it serves make the same cloud."""
    from amlctl.localarm.documents import _cloud, _oldest

    base = "https://127.0.0.1:40123"
    new = read(json.loads(json.dumps(_cloud(base))), f"{base}/metadata/endpoints")

    assert (new.resource_manager, new.login) == (base, base)
    assert read([_cloud(base)], f"{base}/metadata/endpoints").audiences == new.audiences
    with pytest.raises(ConfigurationInvalid, match="cannot be used"):  # its host says nothing of its suffixes
        read(_oldest(base), f"{base}/metadata/endpoints")
