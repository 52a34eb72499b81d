"""The path to Azure, whole: the local endpoint is a cloud that the environment file names by its metadata address.

Nothing here knows that the cloud is on this machine: the subscription is an id of its own, the sign-in is a service
principal's through the real azure-identity, and the certificate is trusted as any private one is. What ``subscription:
local`` leaves out runs here: the metadata document, sign-in, audience and tenant of the token, the subscription's own
tenant, the confirmation.

To sign in in another way, write a function that gives its variables and add it to ``WAYS``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from amlctl import localarm
from amlctl.cli.main import run
from amlctl.localarm.process import Endpoint

SUBSCRIPTION = "4d1f6a52-93b7-4c0e-8f21-7a5e0c9b3d68"
OTHER_TENANT = "9e2b7c14-0d5a-4f63-b8e1-2c4d6f8a0b13"
MOVERS = {
    "AZURE_CLOUD": "AzureUSGovernment",
    "AZURE_SDK_CLOUD_CONF": "AZURE_US_GOVERNMENT",
    "ARM_CLOUD_METADATA_URL": "https://cloud.example.org/metadata/endpoints?api-version=2022-09-01",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://pod.example.org",
}
"""Variables by which other tools change the cloud; all are set in every test here, and none may matter."""
SIGN_IN = (
    "AMLCTL_ACCESS_TOKEN",
    "AZURE_AUTHORITY_HOST",
    "AZURE_FEDERATED_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
    "MSI_ENDPOINT",
)
FILE = """\
tier: dev
description: A platform in another cloud
subscription: {subscription}
cloud: {cloud}
tenant: {tenant}
location: westeurope
naming:
  workload: afar
workspace: {{}}
datastores:
  raw:
    type: blob
    container: raw-data
"""


def principal(endpoint: Endpoint) -> dict[str, str]:
    """A service principal with a secret."""
    return {
        "AZURE_TENANT_ID": endpoint.tenant_id,
        "AZURE_CLIENT_ID": endpoint.client_id,
        "AZURE_CLIENT_SECRET": endpoint.client_secret,
    }


def pipeline(endpoint: Endpoint) -> dict[str, str]:
    """A job of Azure Pipelines whose service connection has workload identity federation."""
    return dict(localarm.pipeline_variables(endpoint))


def workload(endpoint: Endpoint) -> dict[str, str]:
    """A workload with a file that holds its token."""
    return dict(localarm.federated_variables(endpoint, Path(endpoint.ca_file).with_name("federated")))


WAYS: tuple[Callable[[Endpoint], dict[str, str]], ...] = (principal, pipeline, workload)


@pytest.fixture(scope="module")
def endpoint(project: Path) -> Endpoint:
    """The cloud; the project knows its address and nothing else of it."""
    for file in (project / "environments").glob("*.yaml"):
        file.unlink()
    found = localarm.start(project)
    write(project, found)
    assert run(["render", "-e", "all"]) == 0
    return found


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def signed_in(endpoint: Endpoint, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """A shell that is signed in to the cloud in one of the ways."""
    for name in (*SIGN_IN, "CURL_CA_BUNDLE", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    trust = {"REQUESTS_CA_BUNDLE": endpoint.ca_file}
    for name, value in {**MOVERS, **trust, **request.param(endpoint)}.items():
        monkeypatch.setenv(name, value)
    return endpoint


def write(project: Path, endpoint: Endpoint, *, tenant: str = "", subscription: str = SUBSCRIPTION) -> None:
    """Write the environment file."""
    cloud = f"{endpoint.url}/metadata/endpoints?api-version=2022-09-01"
    text = FILE.format(subscription=subscription, cloud=cloud, tenant=tenant or endpoint.tenant_id)
    (project / "environments" / "afar.yaml").write_text(text, encoding="utf-8")


def test_every_way_to_sign_in_reads(signed_in: Endpoint) -> None:
    """By secret, by the federation of a service connection, by a token file."""
    assert run(["plan", "-e", "afar"]) == 0


@pytest.mark.parametrize("signed_in", [principal], indirect=True, ids=["principal"])
def test_the_whole_way(project: Path, signed_in: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a yes nothing is written; with one it is deployed; the second run writes nothing."""
    before = localarm.writes(project)
    assert run(["deploy", "-e", "afar", "--progress", "plain"]) == 8
    assert localarm.writes(project) == before

    assert run(["deploy", "-e", "afar", "--yes", "--progress", "plain"]) == 0
    shown = capsys.readouterr().out
    assert f"cloud 127.0.0.1:{signed_in.port}, subscription {SUBSCRIPTION}" in shown
    assert "deployed  amlctl-afar-" in shown

    after = localarm.writes(project)
    assert run(["deploy", "-e", "afar", "--yes", "--progress", "plain"]) == 0
    assert localarm.writes(project) == after
    assert run(["plan", "-e", "afar", "--detailed-exitcode"]) == 0


def test_bootstrap_goes_the_same_way(signed_in: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    """It signs in by itself, as a pipeline runs it."""
    assert run(["bootstrap", "-e", "afar"]) == 0
    assert "workspaceblobstore" in capsys.readouterr().out


def test_doctor_says_which_cloud(signed_in: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    """And that variables of other tools do not choose it."""
    run(["doctor"])

    out = " ".join(capsys.readouterr().out.split())
    assert f"✓ sign-in afar {signed_in.client_id}" in out or "✓ sign-in afar local@amlctl.example" in out
    assert f"cloud 127.0.0.1:{signed_in.port}" in out
    assert "AZURE_CLOUD is set and not used" in out


@pytest.mark.parametrize("signed_in", [principal], indirect=True, ids=["principal"])
def test_a_wrong_secret_is_not_signed_in(
    signed_in: Endpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 6, with what the login said and what to do that does not need a tool that is not there."""
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong")
    monkeypatch.setenv("PATH", "")

    assert run(["plan", "-e", "afar"]) == 6

    err = " ".join(capsys.readouterr().err.split())
    assert "AADSTS7000215" in err
    assert "AML600" in err
    assert "az login" not in err


def test_another_tenant_is_refused_before_anything_is_written(
    project: Path, signed_in: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file names another tenant than the token's and the subscription's."""
    write(project, signed_in, tenant=OTHER_TENANT)
    before = localarm.writes(project)
    try:
        assert run(["plan", "-e", "afar"]) == 6
    finally:
        write(project, signed_in)

    assert "environments/afar.yaml:5:9  error AML601" in capsys.readouterr().err
    assert localarm.writes(project) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AZURE_AUTHORITY_HOST", "https://login.example.org"),
        ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com"),
        ("AZURE_REGIONAL_AUTHORITY_NAME", "westeurope"),
        ("MSAL_FORCE_REGION", "westeurope"),
        ("IDENTITY_ENDPOINT", "http://identity.example.org"),
        ("MSI_ENDPOINT", "http://identity.example.org"),
    ],
)
def test_a_variable_that_moves_the_sign_in_is_named(
    signed_in: Endpoint, name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 6 instead of a secret that goes elsewhere."""
    monkeypatch.setenv(name, value)

    assert run(["plan", "-e", "afar"]) == 6
    assert f"AML606  {name} names" in capsys.readouterr().err


def test_a_certificate_that_nobody_trusts_ends_the_run(
    signed_in: Endpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The document is not read, and the line that names the cloud is shown."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)

    assert run(["plan", "-e", "afar"]) == 1

    err = capsys.readouterr().err
    assert "environments/afar.yaml:4:8  error AML609" in err
    monkeypatch.setenv("SSL_CERT_FILE", signed_in.ca_file)
    assert run(["plan", "-e", "afar"]) == 0
