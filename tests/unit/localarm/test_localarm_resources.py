"""Groups and resources: statuses, states, read-only properties and refusals (observed.md sections 2 to 4)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.localarm_world import GROUP, STORAGE, SUB, WORKSPACES, Lab, storage, workspace

from amlctl.localarm.wire import Response

ML = f"{GROUP}/providers/Microsoft.MachineLearningServices"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-one"
ROLE = f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"


def header(answer: Response, name: str) -> str:
    """A header of an answer as a path, or ""."""
    value = dict(answer.headers).get(name, "")
    return value.partition("?")[0].removeprefix("https://127.0.0.1:4443")


def code(answer: Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status, answer.body["error"]["code"]


def test_a_group_is_made_found_listed_and_deleted(lab: Lab) -> None:
    assert lab.call("PUT", GROUP, {"location": "West Europe", "tags": {"env": "lab"}}).status == 200
    assert lab.call("GET", GROUP.upper()).body["location"] == "westeurope"
    assert [
        g["name"]
        for g in lab.call("GET", f"{SUB}/resourcegroups", _filter="tagname eq 'ENV' and tagvalue eq 'lab'").body[
            "value"
        ]
    ] == ["rg1"]
    assert lab.call("HEAD", GROUP).status == 204

    answer = lab.call("DELETE", GROUP)
    place = header(answer, "Location")
    assert answer.status == 202
    assert lab.call("GET", place).status == 202
    assert lab.call("GET", GROUP).body["properties"]["provisioningState"] == "Deleting"
    assert code(lab.call("PUT", f"{STORAGE}/st1", storage())) == (409, "ResourceGroupBeingDeleted")
    lab.settled()
    assert (lab.call("GET", place).status, lab.call("GET", place).body) == (200, None)
    assert code(lab.call("GET", GROUP)) == (404, "ResourceGroupNotFound")


def test_no_answer_of_a_running_operation_says_retry_after(lab: Lab) -> None:
    """``Retry-After: 0`` costs 30 s a poll; ``retry-after-ms`` is what clients obey (clients.md section 4)."""
    answer = lab.call("PUT", f"{STORAGE}/st1", storage())
    polled = lab.call("GET", header(answer, "Location"))

    for one in (answer, polled):
        assert dict(one.headers)["retry-after-ms"] == "20"
        assert "retry-after" not in {name.lower() for name, _ in one.headers}


def test_a_storage_account_comes_by_location(lab: Lab) -> None:
    answer = lab.call("PUT", f"{STORAGE}/st1", storage(), version="2023-01-01")
    place = header(answer, "Location")

    assert (answer.status, answer.body) == (202, None)
    assert lab.call("GET", place, version="2023-01-01").status == 202
    lab.settled()
    body = lab.call("GET", place, version="2023-01-01").body
    assert body == lab.call("GET", f"{STORAGE}/st1").body
    assert body["sku"] == {"name": "Standard_LRS", "tier": "Standard"}
    assert body["properties"]["primaryEndpoints"]["blob"] == "https://st1.blob.core.windows.net/"
    assert body["properties"]["networkAcls"]["ipv6Rules"] == []
    assert lab.call("PUT", f"{STORAGE}/st1", storage()).status == 200


def test_a_workspace_brings_its_four_datastores(lab: Lab) -> None:
    lab.call("PUT", f"{STORAGE}/st1", storage())
    answer = lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    status = header(answer, "Azure-AsyncOperation")

    assert (answer.status, answer.body) == (202, None)
    assert lab.call("GET", status).body == {"status": "InProgress"}
    lab.settled()
    assert lab.call("GET", status).body == {"status": "Succeeded", "percentComplete": 100.0}
    made = lab.call("GET", f"{WORKSPACES}/ws1").body["properties"]
    stores = {one["name"]: one["properties"] for one in lab.call("GET", f"{WORKSPACES}/ws1/datastores").body["value"]}
    assert set(stores) == {
        "workspaceblobstore",
        "workspaceartifactstore",
        "workspacefilestore",
        "workspaceworkingdirectory",
    }
    assert stores["workspaceblobstore"]["containerName"] == f"azureml-blobstore-{made['workspaceId']}"
    assert stores["workspacefilestore"]["fileShareName"] == f"azureml-filestore-{made['workspaceId']}"
    assert stores["workspaceartifactstore"]["containerName"] == "azureml"
    assert [name for name, one in stores.items() if one["isDefault"]] == ["workspaceblobstore"]
    assert {one["accountName"] for one in stores.values()} == {"st1"}


def test_a_workspace_is_changed_as_the_service_changes_it(lab: Lab) -> None:
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv1"
    body = workspace(keyVault=vault, allowPublicAccessWhenBehindVnet=False) | {
        "sku": {"name": "Standard_S1", "tier": "Free"}
    }
    lab.call("PUT", f"{WORKSPACES}/ws1", body)
    found = lab.call("GET", f"{WORKSPACES}/ws1").body

    assert found["sku"] == {"name": "Basic", "tier": "Basic"}
    assert found["properties"]["keyVault"] == vault.replace("KeyVault", "Keyvault")
    assert "allowPublicAccessWhenBehindVnet" not in found["properties"]
    assert found["properties"]["EnableSoftwareBillOfMaterials"] is False


def test_an_identity_lives_as_long_as_its_resource(lab: Lab) -> None:
    """A PUT keeps the principal; a workspace that is made anew has another one."""

    def principal() -> str:
        lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
        return str(lab.call("GET", f"{WORKSPACES}/ws1").body["identity"]["principalId"])

    first, second = principal(), principal()
    lab.settled()
    assert lab.call("DELETE", f"{WORKSPACES}/ws1", forceToPurge="true", forcetopurge="true").status == 202
    lab.clock.now += 1
    assert first == second != principal()


def test_a_deleted_workspace_keeps_its_name(lab: Lab) -> None:
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    lab.call("DELETE", f"{WORKSPACES}/ws1")
    again = lab.call("PUT", f"{WORKSPACES}/ws1", workspace())

    assert again.status == 400
    assert again.body["error"]["message"].startswith("Soft-deleted workspace exists. Please purge or recover it.")


def vault(**more: Any) -> dict[str, Any]:
    """A vault as a template sends it."""
    properties = {"tenantId": "t", "sku": {"family": "A", "name": "standard"}, "accessPolicies": [], **more}
    return {"location": "westeurope", "properties": properties}


def test_a_deleted_vault_keeps_its_name_until_it_is_purged_or_recovered(lab: Lab) -> None:
    deleted = f"{SUB}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-one"
    assert lab.call("PUT", VAULT, vault()).body["properties"]["provisioningState"] == "RegisteringDns"
    lab.settled()
    assert lab.call("GET", VAULT).body["properties"]["provisioningState"] == "Succeeded"
    assert code(lab.call("GET", deleted)) == (404, "DeletedVaultNotFound")
    assert lab.call("DELETE", VAULT).status == 200

    assert code(lab.call("PUT", VAULT, vault())) == (409, "ConflictError")
    assert lab.call("GET", deleted).body["properties"]["vaultId"] == VAULT
    assert lab.call("PUT", VAULT, vault(createMode="recover")).status == 200
    assert "createMode" not in lab.call("GET", VAULT).body["properties"]
    lab.call("DELETE", VAULT)
    assert lab.call("POST", f"{deleted}/purge").status == 202
    assert lab.call("PUT", VAULT, vault()).status == 200


def test_a_group_that_goes_soft_deletes_its_vaults(lab: Lab) -> None:
    lab.call("PUT", VAULT, vault())
    lab.call("DELETE", GROUP)
    lab.settled()
    listed = lab.call("GET", f"{SUB}/providers/Microsoft.KeyVault/deletedVaults").body["value"]

    assert [one["name"] for one in listed] == ["kv-one"]


def test_global_names_are_taken_across_groups(lab: Lab) -> None:
    lab.group("rg2")
    lab.call("PUT", f"{STORAGE}/st1", storage())
    other = lab.call("PUT", f"{STORAGE}/st1".replace("rg1", "rg2"), storage())
    check = lab.call("POST", f"{SUB}/providers/Microsoft.Storage/checkNameAvailability", {"name": "st1"}).body

    assert code(other) == (409, "StorageAccountAlreadyTaken")
    assert (check["nameAvailable"], check["reason"]) == (False, "AlreadyExists")


def test_role_assignments_are_unique_and_fixed(lab: Lab) -> None:
    first = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/11111111-1111-4111-8111-111111111111"
    second = first.removesuffix("1") + "2"
    body = {"properties": {"roleDefinitionId": ROLE, "principalId": "p"}}

    made = lab.call("PUT", first, body)
    assert (made.status, made.body["properties"]["scope"]) == (201, GROUP)
    assert code(lab.call("PUT", second, body)) == (409, "RoleAssignmentExists")
    assert code(lab.call("PUT", first, {"properties": {"roleDefinitionId": ROLE, "principalId": "q"}})) == (
        400,
        "RoleAssignmentUpdateNotPermitted",
    )
    gone = lab.call("DELETE", first)
    assert (gone.status, gone.body["name"]) == (200, made.body["name"])
    assert code(lab.call("GET", first)) == (404, "RoleAssignmentNotFound")


def test_roles_are_found_by_name_and_by_id(lab: Lab) -> None:
    listed = lab.call(
        "GET",
        f"{GROUP}/providers/Microsoft.Authorization/roleDefinitions",
        _filter="roleName eq 'Storage Blob Data Contributor'",
    ).body["value"]

    assert [one["id"] for one in listed] == [ROLE]
    assert lab.call("GET", ROLE).body["properties"]["roleName"] == "Storage Blob Data Contributor"


def test_asset_versions_do_not_change(lab: Lab) -> None:
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    version = f"{WORKSPACES}/ws1/environments/sklearn/versions/1"

    assert lab.call("PUT", version, {"properties": {"image": "one"}}).status == 201
    assert lab.call("PUT", version, {"properties": {"image": "one", "description": "said"}}).status == 200
    assert lab.call("PUT", version, {"properties": {"image": "two"}}).status == 409
    assert lab.call("GET", f"{WORKSPACES}/ws1/environments/sklearn").body["properties"]["latestVersion"] == "1"


def test_secrets_are_not_kept(lab: Lab) -> None:
    """A datastore's key, a vault's secret, a cluster's password: none is in the state."""
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    lab.call("PUT", VAULT, vault())
    credentials = {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey", "key": "canary1"}}
    store = {
        "properties": {
            "datastoreType": "AzureBlob",
            "accountName": "a",
            "containerName": "c",
            "credentials": credentials,
        }
    }
    assert lab.call("PUT", f"{WORKSPACES}/ws1/datastores/extra", store).status == 201
    assert lab.call("PUT", f"{VAULT}/secrets/one", {"properties": {"value": "canary2"}}).status == 201
    account = {"adminUserName": "u", "adminUserPassword": "canary3"}
    inner = {"vmSize": "Standard_DS3_v2", "scaleSettings": {"maxNodeCount": 1}, "userAccountCredentials": account}
    cluster = {"location": "westeurope", "properties": {"computeType": "AmlCompute", "properties": inner}}
    assert lab.call("PUT", f"{WORKSPACES}/ws1/computes/cpu", cluster).status == 201

    assert "canary" not in str(lab.world.store.scan("resource"))


def test_an_instance_starts_stops_and_keeps_its_schedules(lab: Lab) -> None:
    """Schedules are taken when it is made; a later PUT does not change them (azureml-facts.md section 4)."""
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    compute = f"{WORKSPACES}/ws1/computes/ci1"
    inner: dict[str, Any] = {"vmSize": "Standard_DS3_v2", "schedules": {"computeStartStop": [{"action": "Stop"}]}}
    body = {"location": "westeurope", "properties": {"computeType": "ComputeInstance", "properties": inner}}
    lab.call("PUT", compute, body)
    inner["schedules"] = None
    lab.call("PUT", compute, body)

    stopped = lab.call("POST", f"{compute}/stop")
    found = lab.call("GET", compute).body["properties"]["properties"]
    assert (stopped.status, found["state"], found["vmSize"]) == (202, "Stopped", "STANDARD_DS3_V2")
    assert found["schedules"] == {"computeStartStop": [{"action": "Stop"}]}


def test_quota_refuses_what_no_node_fits_into(lab: Lab) -> None:
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    lab.call("POST", "/_lab/quota", {"location": "westeurope", "name": "standardDSv2Family", "limit": 3})
    inner = {"vmSize": "Standard_DS3_v2", "scaleSettings": {"maxNodeCount": 1}}
    cluster = {"location": "westeurope", "properties": {"computeType": "AmlCompute", "properties": inner}}
    answer = lab.call("PUT", f"{WORKSPACES}/ws1/computes/cpu", cluster)

    assert code(answer) == (400, "ClusterCoreQuotaReached")
    assert "maps to 4 vCPUs" in answer.body["error"]["message"]


def test_subnets_live_in_their_network_and_on_their_own(lab: Lab) -> None:
    network = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vn1"
    prefix = {"addressPrefix": "10.0.0.0/24"}
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [{"name": "a", "properties": prefix}]}
    made = lab.call("PUT", network, {"location": "westeurope", "properties": space})
    lab.call("PUT", f"{network}/subnets/b", {"properties": {"addressPrefix": "10.0.1.0/24"}})
    lab.settled()

    assert (made.status, made.body["properties"]["provisioningState"]) == (201, "Updating")
    assert [one["name"] for one in lab.call("GET", network).body["properties"]["subnets"]] == ["a", "b"]
    assert lab.call("GET", f"{network}/subnets/a").body["properties"]["privateEndpointNetworkPolicies"] == "Disabled"


def test_a_child_needs_its_parent_and_the_404_names_the_parent(lab: Lab) -> None:
    missing = lab.call("GET", f"{WORKSPACES}/none/computes/c")

    assert code(lab.call("PUT", f"{WORKSPACES}/none/connections/c", {"properties": {}})) == (
        404,
        "ParentResourceNotFound",
    )
    assert code(missing) == (404, "ResourceNotFound")
    assert "'Microsoft.MachineLearningServices/workspaces/none'" in missing.body["error"]["message"]
    assert dict(missing.headers)["x-ms-failure-cause"] == "gateway"


def test_a_resource_does_not_move(lab: Lab) -> None:
    lab.call("PUT", f"{STORAGE}/st1", storage())

    assert code(lab.call("PUT", f"{STORAGE}/st1", storage() | {"location": "eastus"})) == (
        409,
        "InvalidResourceLocation",
    )


def test_a_lock_stops_deletion_of_what_lies_under_it(lab: Lab) -> None:
    lab.call("PUT", f"{STORAGE}/st1", storage())
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/l1"
    lab.call("PUT", lock, {"properties": {"level": "CanNotDelete"}})

    assert code(lab.call("DELETE", f"{STORAGE}/st1")) == (409, "ScopeLocked")
    assert code(lab.call("DELETE", GROUP)) == (409, "ScopeLocked")
    assert lab.call("DELETE", lock).status == 200
    assert lab.call("DELETE", f"{STORAGE}/st1").status == 200
    assert lab.call("DELETE", f"{STORAGE}/st1").status == 204


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"tags": ["a"]}, "tags"),
        ({"properties": {"networkAcls": "none"}}, "properties.networkAcls"),
        ({"sku": "S"}, "sku"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused(lab: Lab, change: dict[str, Any], path: str) -> None:
    answer = lab.call("PUT", f"{STORAGE}/st1", storage() | change, version="2023-01-01")

    assert code(answer) == (400, "InvalidRequestContent")
    assert answer.body["error"]["target"] == path


def test_storage_answers_shortly_as_observed(lab: Lab) -> None:
    """A service's PUT echoes the request, a container's has no properties (2023-01-01)."""
    lab.call("PUT", f"{STORAGE}/st1", storage())
    service = f"{STORAGE}/st1/blobServices/default"

    assert lab.call("PUT", service, {"name": "default"}).body == {"name": "default"}
    made = lab.call("PUT", f"{service}/containers/one", {})
    assert (made.status, set(made.body)) == (201, {"id", "name", "type"})
    assert lab.call("GET", f"{service}/containers/one").body["properties"]["publicAccess"] == "None"


def test_a_type_that_is_not_known_is_kept(lab: Lab) -> None:
    path = f"{GROUP}/providers/Contoso.Widgets/widgets/w1"
    made = lab.call("PUT", path, {"location": "East US", "properties": {"size": 3}})

    assert (made.status, made.body["location"]) == (201, "eastus")
    assert lab.call("GET", path).body["properties"] == {"size": 3, "provisioningState": "Succeeded"}
    assert [one["name"] for one in lab.call("GET", f"{GROUP}/resources").body["value"]] == ["w1"]


def test_a_provider_that_is_not_registered_refuses(lab: Lab) -> None:
    lab.call("POST", f"{SUB}/providers/Microsoft.Storage/unregister")
    refused = lab.call("PUT", f"{STORAGE}/st1", storage())
    lab.call("POST", f"{SUB}/providers/Microsoft.Storage/register")

    assert code(refused) == (409, "MissingSubscriptionRegistration")
    assert lab.call("PUT", f"{STORAGE}/st1", storage()).status == 202


def test_tags_are_merged_at_any_scope(lab: Lab) -> None:
    lab.call("PUT", f"{STORAGE}/st1", storage() | {"tags": {"a": "1"}})
    path = f"{STORAGE}/st1/providers/Microsoft.Resources/tags/default"
    merged = lab.call("PATCH", path, {"operation": "Merge", "properties": {"tags": {"b": "2"}}})

    assert merged.body["properties"]["tags"] == {"a": "1", "b": "2"}
    assert lab.call("GET", f"{STORAGE}/st1").body["tags"] == {"a": "1", "b": "2"}


def test_a_fault_rule_acts_as_often_as_it_says(lab: Lab) -> None:
    rule = {
        "match": {"method": "GET", "path": "resourcegroups/rg1$", "nth": 2},
        "do": {"status": 429, "retry_after": 7},
    }
    assert lab.call("POST", "/_lab/faults", rule).status == 200
    answers = [lab.call("GET", GROUP) for _ in range(3)]

    assert [one.status for one in answers] == [200, 429, 200]
    assert dict(answers[1].headers)["Retry-After"] == "7"
