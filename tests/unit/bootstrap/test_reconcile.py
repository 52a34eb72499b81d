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
from amlctl.errors import AzureRefused

PLATFORM = Platform("dev", "", "11111111-1111-4111-8111-111111111111", "rg-x-dev", "mlw-x-dev", "stxdev")
WORKSPACE: dict[str, Any] = {
    "location": "westeurope",
    "properties": {"workspaceId": "abc", "mlFlowTrackingUri": "azureml://westeurope/x"},
}
ISOLATED = {**WORKSPACE["properties"], "enableDataIsolation": True}
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
        self.refused: set[str] = set()
        self.versions: dict[str, str] = {}

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
        if action in self.refused:
            raise AzureRefused(f"InvalidResourceOperation: {action}")
        self.versions[action] = api_version
        self.writes.append(f"{resource_id.removeprefix(PLATFORM.id)}/{action}")
        self.documents[resource_id] = {"properties": {"properties": {"schedules": body}}}

    def children(self, parent_id: str, kind: str, api_version: str) -> list[dict[str, Any]]:
        """List the datastores."""
        return self.stores


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
    names, files = {("ci", ""): SimpleNamespace(text="ci")}, {"conda.yaml": b"name: sk\n"}
    settings = SimpleNamespace(**({"compute": compute, "assets": assets} | changes))
    return cast("Environment", SimpleNamespace(settings=settings, instances=names, files=files))


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


@pytest.mark.parametrize("text", ['{"name": "sk"}', "# made by hand\nname:   sk\n", "'name': 'sk'\n"])
def test_a_conda_file_is_compared_by_what_it_says(tmp_path: Path, text: str) -> None:
    """No page says that the service gives the same text back; its SDK parses it (real-azure.md M18)."""
    arm = FakeArm()
    run(arm, tmp_path)
    asset = next(key for key in arm.documents if "/versions/" in key)
    arm.documents[asset]["properties"]["condaFile"] = text
    wrote = len(arm.writes)

    assert outcomes(run(arm, tmp_path))["environment sk"] == "unchanged"
    assert len(arm.writes) == wrote


def test_with_data_isolation_the_id_stands_in_front(tmp_path: Path) -> None:
    """azure-ai-docs, how-to-identity-based-service-authentication, "Effects of enabling data isolation"."""
    arm = FakeArm()
    arm.documents[PLATFORM.id] = {**WORKSPACE, "properties": {**ISOLATED}}
    names = ("abc-azureml-blobstore", "abc-azureml", "abc-azureml-filestore", "abc-code")
    for store, name in zip(arm.stores, names, strict=True):
        key = "containerName" if "containerName" in store["properties"] else "fileShareName"
        store["properties"][key] = name

    report = run(arm, tmp_path)

    assert not report.failed
    assert "abc-azureml-blobstore, the default" in {step.detail for step in report.steps}


@pytest.mark.parametrize("isolated", [True, False])
def test_the_other_form_of_a_container_is_a_fault(tmp_path: Path, isolated: bool) -> None:
    """Each form belongs to one setting of the workspace."""
    arm = FakeArm()
    arm.documents[PLATFORM.id] = {**WORKSPACE, "properties": {**ISOLATED, "enableDataIsolation": isolated}}
    arm.stores[0]["properties"]["containerName"] = "azureml-blobstore-abc" if isolated else "abc-azureml-blobstore"

    assert outcomes(run(arm, tmp_path))["datastore workspaceblobstore"] == "failed"


def test_a_step_that_azure_refuses_is_a_failed_step_and_the_others_run(tmp_path: Path) -> None:
    """``updateSchedules`` is in one preview version alone: a refusal must not end the run (real-azure.md B8)."""
    arm = FakeArm()
    arm.refused = {"updateSchedules"}

    report = run(arm, tmp_path)

    assert outcomes(report)["schedule ci"] == "failed"
    assert outcomes(report)["environment sk"] == "created"
    assert outcomes(report)["config.json"] == "created"
    assert "studio" in next(step.detail for step in report.steps if step.name == "schedule ci")


def test_schedules_are_changed_with_the_version_that_has_the_action(tmp_path: Path) -> None:
    """azure-rest-api-specs#14360 added it to 2021-03-01-preview, #20699 removed it from 2022-10-01-preview."""
    arm = FakeArm()
    run(arm, tmp_path)

    assert arm.versions["updateSchedules"] == "2021-03-01-preview"


def test_an_instance_that_was_left_out_is_skipped(tmp_path: Path) -> None:
    """``deploy --skip-unavailable`` may leave it out: that is said, and is no failure."""
    arm = FakeArm()
    del arm.documents[f"{PLATFORM.id}/computes/ci"]

    report = run(arm, tmp_path)

    assert outcomes(report)["instance ci"] == "skipped"
    assert not report.failed


def test_the_owner_is_told_to_turn_single_sign_on_on(tmp_path: Path) -> None:
    """how-to-create-compute-instance: it is off for an instance that was made for another, and only the owner may."""
    arm = FakeArm()
    inner = {"enableSSO": False, "personalComputeInstanceSettings": {"assignedUser": {}}}
    arm.documents[f"{PLATFORM.id}/computes/ci"] = {"properties": {"properties": inner}}

    details = {step.name: step.detail for step in run(arm, tmp_path).steps}

    assert "single sign-on" in details["instance ci"]


def test_a_comment_in_a_conda_file_is_no_new_version(tmp_path: Path) -> None:
    """Its meaning is compared: the service may give it back in another layout."""
    arm = FakeArm()
    run(arm, tmp_path)
    asset = next(key for key in arm.documents if "/versions/" in key)
    arm.documents[asset]["properties"]["condaFile"] = "# made by hand\n{name: sk}\n"

    assert outcomes(run(arm, tmp_path))["environment sk"] == "unchanged"
    assert version({"condaFile": "name: sk\n"}) == version({"condaFile": "# x\nname:   sk\n"})


def test_a_workspace_that_is_not_there_fails(tmp_path: Path) -> None:
    """Bootstrap never deploys."""
    arm = FakeArm()
    del arm.documents[PLATFORM.id]

    assert outcomes(run(arm, tmp_path)) == {"workspace": "failed"}
