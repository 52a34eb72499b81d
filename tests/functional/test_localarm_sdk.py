"""The real Azure SDKs as clients of the endpoint: everything that they decode, poll and raise."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient
from azure.mgmt.resource.deployments import DeploymentsMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient

from amlctl.localarm import Endpoint, in_process

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"


class Clients(NamedTuple):
    """One endpoint and the SDK clients on it."""

    endpoint: Endpoint
    resources: Any
    deployments: Any
    learning: Any

    @property
    def workspace(self) -> str:
        """The id of the workspace that the template makes."""
        group = f"/subscriptions/{self.endpoint.subscription_id}/resourceGroups/rg1"
        return f"{group}/providers/{WORKSPACE}/mlw-one"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """An endpoint with one group, signed in to as a service principal would be."""
    with in_process(tmp_path_factory.mktemp("arm")) as (endpoint, _):
        credential = ClientSecretCredential(
            endpoint.tenant_id,
            endpoint.client_id,
            endpoint.client_secret,
            authority=endpoint.url,
            disable_instance_discovery=True,
            connection_verify=endpoint.ca_file,
        )
        settings: dict[str, Any] = {
            "base_url": endpoint.url,
            "credential_scopes": [endpoint.url + "/.default"],
            "connection_verify": endpoint.ca_file,
        }
        subscription = endpoint.subscription_id
        with (
            ResourceManagementClient(credential, subscription, **settings) as resources,
            DeploymentsMgmtClient(credential, subscription, **settings) as deployments,
            MachineLearningServicesMgmtClient(credential, subscription, **settings) as learning,
            credential,
        ):
            resources.resource_groups.create_or_update("rg1", {"location": "westeurope", "tags": {"env": "lab"}})
            yield Clients(endpoint, resources, deployments, learning)


def body(*names: str, **more: Any) -> dict[str, Any]:
    """A deployment of storage accounts."""
    resources = [
        {
            "type": "Microsoft.Storage/storageAccounts",
            "apiVersion": "2023-01-01",
            "name": name,
            "location": "[resourceGroup().location]",
            "kind": "StorageV2",
            "sku": {"name": "Standard_LRS"},
            "properties": {},
        }
        for name in names
    ]
    found = resources + more.pop("resources", [])
    template = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": found, **more}
    return {"properties": {"mode": "Incremental", "template": template, "parameters": {}}}


def platform() -> dict[str, Any]:
    """A workspace with its storage, a cluster and an instance."""
    place = {"location": "[resourceGroup().location]", "apiVersion": "2025-12-01"}
    cluster = {"vmSize": "STANDARD_DS3_v2", "scaleSettings": {"maxNodeCount": 5, "minNodeCount": 0}}
    workspace = {
        **place,
        "type": WORKSPACE,
        "name": "mlw-one",
        "identity": {"type": "SystemAssigned"},
        "dependsOn": ["stone"],
        "properties": {"storageAccount": "[resourceId('Microsoft.Storage/storageAccounts', 'stone')]"},
    }
    computes = [
        {
            **place,
            "type": f"{WORKSPACE}/computes",
            "name": f"mlw-one/{name}",
            "dependsOn": ["mlw-one"],
            "properties": {"computeType": kind, "properties": inner},
        }
        for name, kind, inner in (
            ("cpu-cluster", "AmlCompute", cluster),
            ("ci-one", "ComputeInstance", {"vmSize": "STANDARD_DS3_v2"}),
        )
    ]
    outputs = {"WORKSPACE_ID": {"type": "string", "value": "[reference('mlw-one').workspaceId]"}}
    return body("stone", resources=[workspace, *computes], outputs=outputs)


@pytest.fixture(scope="module")
def deployed(azure: Clients) -> Any:
    """The platform, deployed once."""
    return azure.deployments.deployments.begin_create_or_update("rg1", "platform", platform()).result()


def test_a_deployment_is_polled_without_a_pause(azure: Clients, deployed: Any) -> None:
    """A deployment takes what it takes, never the SDK's 30 seconds a poll."""
    started = time.monotonic()
    again = azure.deployments.deployments.begin_create_or_update("rg1", "platform", platform()).result()

    assert time.monotonic() - started < 5
    assert again.properties.provisioning_state == "Succeeded"
    workspace = azure.learning.workspaces.get("rg1", "mlw-one")
    assert deployed.properties.outputs["workspacE_ID"]["value"] == workspace.workspace_id
    assert [one.id.rpartition("/")[2] for one in deployed.properties.output_resources] == [
        "mlw-one",
        "ci-one",
        "cpu-cluster",
        "stone",
    ]


def test_validation_and_what_if_agree_with_what_is_there(azure: Clients, deployed: Any) -> None:
    """Nothing changes in a second run; a new resource shows as one."""
    calls = azure.deployments.deployments
    same = calls.begin_what_if("rg1", "platform", platform()).result()
    more = calls.begin_what_if("rg1", "platform", body("stone", "sttwo")).result()
    checked = calls.begin_validate("rg1", "platform", platform()).result()

    assert {str(one.change_type.value) for one in same.properties.changes} == {"NoChange"}
    assert [one.change_type.value for one in more.properties.changes] == ["NoChange", "Create"]
    assert len(checked.properties.validated_resources) == 4


def test_refusals_arrive_as_the_sdk_knows_them(azure: Clients) -> None:
    calls = azure.deployments.deployments
    with pytest.raises(ResourceNotFoundError) as missing:
        calls.get("rg1", "nothing")
    with pytest.raises(HttpResponseError) as invalid:
        calls.begin_validate("rg1", "bad", body("NOT VALID")).result()
    with pytest.raises(HttpResponseError) as failed:
        calls.begin_create_or_update("rg1", "bad", body("NOTVALID")).result()

    codes = [_error(caught.value).code for caught in (missing, invalid, failed)]
    assert codes == ["DeploymentNotFound", "InvalidTemplateDeployment", "DeploymentFailed"]
    assert failed.value.status_code == 200
    assert "AccountNameInvalid" in _error(failed.value).details[0].message


def _error(raised: HttpResponseError) -> Any:
    """What the SDK read from the error's body."""
    return raised.error


def test_operations_show_what_was_done(azure: Clients, deployed: Any) -> None:
    listed = [one.properties for one in azure.deployments.deployment_operations.list("rg1", "platform")]

    assert [one.target_resource.resource_name for one in listed if one.target_resource][:2] == ["stone", "mlw-one"]
    assert listed[-1].provisioning_operation == "EvaluateDeploymentOutput"
    assert {one.provisioning_state for one in listed} == {"Succeeded"}


def test_subscription_deployments(azure: Clients) -> None:
    calls = azure.deployments.deployments
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2024-11-01",
        "name": "rg2",
        "location": "westeurope",
    }
    sent = body(resources=[group]) | {"location": "westeurope"}
    done = calls.begin_create_or_update_at_subscription_scope("sub", sent).result()

    assert done.location == "westeurope"
    assert azure.resources.resource_groups.check_existence("rg2")
    assert "sub" in [one.name for one in calls.list_at_subscription_scope()]
    calls.begin_delete_at_subscription_scope("sub").result()
    assert not calls.check_existence_at_subscription_scope("sub")


def test_the_old_surface_of_azure_ml(azure: Clients, deployed: Any) -> None:
    """azure-mgmt-machinelearningservices 1.0.1 speaks 2020-08-01: sizes under amlCompute, start and stop with 200."""
    learning, place = azure.learning, "westeurope"
    computes = learning.machine_learning_compute

    assert {one.name for one in computes.list_by_workspace("rg1", "mlw-one")} == {"cpu-cluster", "ci-one"}
    assert "Standard_DS3_v2" in [one.name for one in learning.virtual_machine_sizes.list(place).aml_compute]
    assert learning.workspaces.list_keys("rg1", "mlw-one").user_storage_resource_id.endswith("/stone")
    used = {one.name.value: one.current_value for one in learning.usages.list(place)}
    assert used["standardDSv2Family"] == 4
    computes.stop("rg1", "mlw-one", "ci-one")
    assert {one.name.value: one.current_value for one in learning.usages.list(place)}["standardDSv2Family"] == 0
    assert {one.limit for one in learning.quotas.list(place)} >= {300}


def test_generic_resources_by_id(azure: Clients, deployed: Any) -> None:
    """What our own bootstrap does: versions are put by id and do not change."""
    calls, version = azure.resources.resources, f"{azure.workspace}/environments/sklearn/versions/1"

    def put(image: str) -> Any:
        sent: Any = {"properties": {"image": image}}
        return calls.begin_create_or_update_by_id(version, api_version="2025-12-01", parameters=sent).result()

    assert put("one").properties["image"] == "one"
    with pytest.raises(ResourceExistsError):
        put("two")
    store = calls.get_by_id(f"{azure.workspace}/datastores/workspaceblobstore", api_version="2025-12-01")
    assert store.properties["isDefault"] is True
    assert WORKSPACE in [one.type for one in calls.list_by_resource_group("rg1")]


def test_tags_and_groups(azure: Clients, deployed: Any) -> None:
    groups = azure.resources.resource_groups
    patch: Any = {"operation": "Merge", "properties": {"tags": {"owner": "me"}}}
    merged = azure.resources.tags.begin_update_at_scope(azure.workspace, patch).result()

    assert merged.properties.tags == {"owner": "me"}
    assert [one.name for one in groups.list(filter="tagName eq 'env' and tagValue eq 'lab'")] == ["rg1"]
    groups.create_or_update("rg3", {"location": "westeurope"})
    groups.begin_delete("rg3").result()
    with pytest.raises(ResourceNotFoundError):
        groups.get("rg3")
