"""Bootstrap against a fake of ARM: look first, write only what differs."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from amlctl.azure import Arm
from amlctl.bootstrap import Platform, Report, reconcile
from amlctl.bootstrap.assets import version
from amlctl.environment import Environment

PLATFORM = Platform("dev", "", "11111111-1111-4111-8111-111111111111", "rg-x-dev", "mlw-x-dev", "stxdev")
WORKSPACE = {
    "location": "westeurope",
    "properties": {"workspaceId": "abc", "mlFlowTrackingUri": "azureml://westeurope/x"},
}
STORES: list[tuple[str, dict[str, Any]]] = [
    ("workspaceblobstore", {"datastoreType": "AzureBlob", "containerName": "azureml-blobstore-abc", "isDefault": True}),
    ("workspaceartifactstore", {"datastoreType": "AzureBlob", "containerName": "azureml"}),
    ("workspacefilestore", {"datastoreType": "AzureFile", "fileShareName": "azureml-filestore-abc"}),
    ("workspaceworkingdirectory", {"datastoreType": "AzureFile", "fileShareName": "code-123"}),
]


class FakeArm:
    """The reads and writes that bootstrap makes."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {
            PLATFORM.id: WORKSPACE,
            f"{PLATFORM.id}/computes/ci": {"properties": {}},
        }
        self.stores: list[dict[str, Any]] = [
            {"name": name, "properties": {"accountName": "stxdev", **rest}} for name, rest in STORES
        ]
        self.writes: list[str] = []

    def read(self, resource_id: str, api_version: str) -> dict[str, Any] | None:
        """Read a document."""
        return self.documents.get(resource_id)

    def put(self, resource_id: str, api_version: str, body: dict[str, Any]) -> dict[str, Any]:
        """Store a document."""
        self.writes.append(resource_id.removeprefix(PLATFORM.id))
        self.documents[resource_id] = body
        return body

    def call(self, resource_id: str, action: str, api_version: str, body: dict[str, Any]) -> None:
        """Take new schedules."""
        self.writes.append(f"{resource_id.removeprefix(PLATFORM.id)}/{action}")
        self.documents[resource_id] = {"properties": {"properties": {"schedules": body}}}

    def children(self, parent_id: str, kind: str, api_version: str) -> list[dict[str, Any]]:
        """List the datastores."""
        return self.stores

    def vm_sizes(self, location: str) -> list[dict[str, Any]]:
        """Two sizes are offered."""
        return [
            {"name": "Standard_DS3_v2", "family": "standardDSv2Family", "vCPUs": 4},
            {"name": "Standard_NV6ads_A10_v5", "family": "StandardNVADSA10v5Family", "vCPUs": 6},
        ]

    def usages(self, location: str) -> list[dict[str, Any]]:
        """One family has a limit."""
        return [{"name": {"value": "standardDSv2Family"}, "currentValue": 8, "limit": 100}]


def environment(**changes: Any) -> Environment:
    """The parts of an environment that bootstrap reads."""
    asset = SimpleNamespace(image="mcr/x:1", conda="conda.yaml", description="d")
    schedule = SimpleNamespace(start="08:30", stop="18:00", days=("monday", "friday"), timezone="UTC")
    compute = {
        "cpu": SimpleNamespace(kind="cluster", size="STANDARD_DS3_V2", max_nodes=5, tier="dedicated"),
        "gpu": SimpleNamespace(kind="cluster", size="Standard_NV6ads_A10_v5", max_nodes=4, tier="low_priority"),
        "ci": SimpleNamespace(kind="instance", size="STANDARD_DS3_V2", schedule=schedule),
    }
    assets = SimpleNamespace(environments={"sk": asset})
    settings = SimpleNamespace(**({"compute": compute, "assets": assets} | changes))
    return cast("Environment", SimpleNamespace(settings=settings, files={"conda.yaml": b"name: sk\n"}))


def run(arm: FakeArm, folder: Path, **changes: Any) -> Report:
    """Reconcile against the fake."""
    return reconcile(environment(**changes), PLATFORM, cast("Arm", arm), folder)


def outcomes(report: Report) -> dict[str, str]:
    """What came of each step."""
    return {step.name: step.outcome for step in report.steps}


def test_the_first_run_writes_and_the_second_changes_nothing(tmp_path: Path) -> None:
    """Run it twice: not one write more."""
    arm = FakeArm()

    first, second = run(arm, tmp_path), run(arm, tmp_path)

    assert outcomes(first)["environment sk"] == "created"
    assert outcomes(first)["schedule ci"] == "updated"
    assert second.wrote == 0
    assert len(arm.writes) == 2
    assert not first.failed


def test_config_json_is_what_clients_read(tmp_path: Path) -> None:
    """``MLClient.from_config`` wants these three names."""
    run(FakeArm(), tmp_path)

    assert json.loads((tmp_path / "dev" / "config.json").read_text(encoding="utf-8")) == {
        "subscription_id": PLATFORM.subscription_id,
        "resource_group": "rg-x-dev",
        "workspace_name": "mlw-x-dev",
    }


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("containerName", "other", "points to other"),
        ("datastoreType", "AzureFile", "expected AzureBlob"),
        ("accountName", "somebodyelse", "expected stxdev"),
    ],
)
def test_a_wrong_default_datastore_fails(tmp_path: Path, key: str, value: str, fault: str) -> None:
    """Name, kind, container and account are compared."""
    arm = FakeArm()
    arm.stores[0]["properties"][key] = value

    report = run(arm, tmp_path)

    assert report.failed
    assert fault in next(step.detail for step in report.steps if step.outcome == "failed")


def test_a_missing_default_datastore_fails(tmp_path: Path) -> None:
    """All four are there, or the workspace is not ready."""
    arm = FakeArm()
    del arm.stores[3]

    assert outcomes(run(arm, tmp_path))["datastore workspaceworkingdirectory"] == "failed"


def test_a_version_follows_from_the_content_alone() -> None:
    """Another conda file is another version; another description is not."""
    one = version({"image": "a", "condaFile": "b", "description": "c"})

    assert one == version({"image": "a", "condaFile": "b", "description": "d"})
    assert one != version({"image": "a", "condaFile": "c"})


def test_a_version_with_other_content_is_never_overwritten(tmp_path: Path) -> None:
    """Versions are immutable: a conflict is compared and said, not swallowed."""
    arm = FakeArm()
    run(arm, tmp_path)
    asset = next(key for key in arm.documents if "/versions/" in key)
    arm.documents[asset]["properties"]["image"] = "other"

    assert outcomes(run(arm, tmp_path))["environment sk"] == "failed"


def test_quota_counts_dedicated_families_and_one_low_priority_pool(tmp_path: Path) -> None:
    """5 nodes of 4 cores and one instance of 4; 4 low-priority nodes of 6."""
    details = {step.name: step.detail for step in run(FakeArm(), tmp_path).steps}

    assert details["quota standardDSv2Family"] == "24 cores at most, 8 used, limit 100"
    assert details["quota TotalLowPriorityCores"].startswith("24 cores at most")


def test_a_size_that_is_not_offered_fails(tmp_path: Path) -> None:
    """Before a job waits for a node that never comes."""
    compute = {"old": SimpleNamespace(kind="cluster", size="Standard_NC6", max_nodes=1, tier="dedicated")}

    assert outcomes(run(FakeArm(), tmp_path, compute=compute))["size Standard_NC6"] == "failed"


def test_a_workspace_that_is_not_there_fails(tmp_path: Path) -> None:
    """Bootstrap never deploys."""
    arm = FakeArm()
    del arm.documents[PLATFORM.id]

    assert outcomes(run(arm, tmp_path)) == {"workspace": "failed"}
