"""Which cloud a template sees, and that the subscription is the one that the file means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amlctl.app.connect import _own_subscription, cloud_of, target
from amlctl.arm import Context, evaluate
from amlctl.arm.values import Unknown
from amlctl.azure import Connection, Identity, cloud
from amlctl.environment import Environment, load
from amlctl.errors import NotSignedIn

SUBSCRIPTION = "4d1f6a52-93b7-4c0e-8f21-7a5e0c9b3d68"
TENANT = "9e2b7c14-0d5a-4f63-b8e1-2c4d6f8a0b13"
ADDRESS = "https://management.stack.example:30024/metadata/endpoints"
TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [],
    "outputs": {
        "storage": {"type": "string", "value": "[environment().suffixes.storage]"},
        "blob": {"type": "string", "value": "[format('https://x.blob.{0}/', environment().suffixes.storage)]"},
        "login": {"type": "string", "value": "[environment().authentication.loginEndpoint]"},
    },
}


class FakeArm:
    """An ARM that shows one subscription, or none."""

    def __init__(self, document: dict[str, Any] | None, connection: Connection) -> None:
        self.document = document
        self.connection = connection
        self.identity = Identity("o", TENANT, "dana")

    def subscription(self) -> dict[str, Any] | None:
        """Read it."""
        return self.document


def environment(folder: Path, chosen: str, *, subscription: str = SUBSCRIPTION) -> Environment:
    """An environment of a cloud."""
    (folder / "environments").mkdir(exist_ok=True)
    text = f"tier: dev\nsubscription: {subscription}\ncloud: {chosen}\ntenant: {TENANT}\nlocation: westeurope\n"
    (folder / "environments" / "dev.yaml").write_text(text + "naming:\n  workload: afar\nworkspace: {}\n", "utf-8")
    return load(folder, "dev")


def outputs(answer: Any) -> dict[str, Any]:
    """What a template says of its cloud."""
    desired = evaluate(TEMPLATE, {}, Context(environment=answer))
    assert desired.faults == ()
    return {output.name: output.value for output in desired.outputs}


@pytest.mark.parametrize(
    ("chosen", "storage", "where"),
    [
        ("public", "core.windows.net", "Azure subscription"),
        ("usgov", "core.usgovcloudapi.net", "Azure US Government, subscription"),
        ("china", "core.chinacloudapi.cn", "Azure China, subscription"),
    ],
)
def test_a_template_sees_the_cloud_without_a_sign_in(chosen: str, storage: str, where: str, tmp_path: Path) -> None:
    """An offline plan of one of the three knows its suffixes."""
    found = environment(tmp_path, chosen)

    assert outputs(cloud_of(found, None))["blob"] == f"https://x.blob.{storage}/"
    assert target(found) == f"{where} {SUBSCRIPTION}"


def test_a_cloud_by_address_is_unknown_offline_and_known_online(tmp_path: Path) -> None:
    """Nothing is read offline; with a sign-in the document that was read says it."""
    found = environment(tmp_path, ADDRESS)
    stack = cloud("usgov")._replace(name=ADDRESS)

    offline = outputs(cloud_of(found, None))
    online = outputs(cloud_of(found, FakeArm(None, Connection.to(stack, SUBSCRIPTION))))  # type: ignore[arg-type]

    assert all(isinstance(value, Unknown) for value in offline.values())
    assert offline["storage"].reason == f"what {ADDRESS} says of the cloud was not read"
    assert online["storage"] == "core.usgovcloudapi.net"
    assert target(found) == f"cloud management.stack.example:30024, subscription {SUBSCRIPTION}"


def test_a_subscription_that_is_not_seen_says_what_to_do(tmp_path: Path) -> None:
    """Exit 6, at the line that names it."""
    found = environment(tmp_path, "public")

    with pytest.raises(NotSignedIn, match=f"dana cannot see subscription {SUBSCRIPTION}") as refused:
        _own_subscription(FakeArm(None, Connection.to(cloud("public"), SUBSCRIPTION)), found)  # type: ignore[arg-type]

    assert str(refused.value.findings[0]).startswith("environments/dev.yaml:2:15  error AML611  dana cannot see")
    assert "Reader" in refused.value.findings[0].instead


@pytest.mark.parametrize(("owner", "fits"), [(TENANT, True), (TENANT.upper(), True), (SUBSCRIPTION, False)])
def test_a_subscription_of_another_tenant_is_refused(owner: str, fits: bool, tmp_path: Path) -> None:
    """A token of the right tenant may see subscriptions of others."""
    found = environment(tmp_path, "public")
    arm: Any = FakeArm({"tenantId": owner}, Connection.to(cloud("public"), SUBSCRIPTION))

    if fits:
        _own_subscription(arm, found)
        return
    with pytest.raises(NotSignedIn, match=f"belongs to tenant {owner}") as refused:
        _own_subscription(arm, found)
    assert str(refused.value.findings[0]).startswith("environments/dev.yaml:4:9  error AML601")
