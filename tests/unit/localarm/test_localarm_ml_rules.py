"""What Azure ML refuses or lets end badly, each as its source says (real-azure.md rows, issue 9's table)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.localarm_world import GROUP, STORAGE, SUB, WORKSPACES, Lab, storage, template, workspace

from amlctl.localarm.tokens import OBJECT_ID
from amlctl.localarm.wire import Response

VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-one"
USER = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-one"
CONTRIBUTOR = f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"
COMPUTES = f"{WORKSPACES}/ws1/computes"
SETUP = {"scripts": {"creationScript": {"scriptSource": "inline", "scriptData": "ZWNobw=="}}}
ANOTHER = {"assignedUser": {"objectId": "7" * 8 + "-0000-4000-8000-000000000000", "tenantId": "t"}}


def code(answer: Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status, answer.body["error"]["code"]


def cluster(size: str = "Standard_DS3_v2", **inner: Any) -> dict[str, Any]:
    """A cluster as a template sends it."""
    scale = {"minNodeCount": 0, "maxNodeCount": 2}
    return {
        "properties": {"computeType": "AmlCompute", "properties": {"vmSize": size, "scaleSettings": scale, **inner}}
    }


def instance(**inner: Any) -> dict[str, Any]:
    """An instance as a template sends it."""
    return {"properties": {"computeType": "ComputeInstance", "properties": {"vmSize": "Standard_DS3_v2", **inner}}}


def ready(lab: Lab, **properties: Any) -> None:
    """Make a storage account and a workspace over it."""
    lab.call("PUT", f"{STORAGE}/st1", storage())
    lab.settled()
    assert lab.call("PUT", f"{WORKSPACES}/ws1", workspace(**properties)).status == 202
    lab.settled()


def state(lab: Lab, path: str) -> str:
    """The provisioning state of a resource."""
    return str(lab.call("GET", path).body["properties"]["provisioningState"])


def network(lab: Lab) -> str:
    """The status of the workspace's managed network."""
    return str(lab.call("GET", f"{WORKSPACES}/ws1").body["properties"]["managedNetwork"]["status"]["status"])


# ---- dependents of a workspace (issue 9's table; reported.md N1, N3) ----------------------------------------------


@pytest.mark.parametrize("name", ["keyVault", "applicationInsights", "containerRegistry"])
def test_a_workspace_whose_dependent_is_absent_ends_failed(lab: Lab, name: str) -> None:
    provider = {"keyVault": "KeyVault/vaults", "applicationInsights": "Insights/components"}.get(
        name, "ContainerRegistry/registries"
    )
    lab.call("PUT", f"{STORAGE}/st1", storage())
    answer = lab.call("PUT", f"{WORKSPACES}/ws1", workspace(**{name: f"{GROUP}/providers/Microsoft.{provider}/none"}))
    assert answer.status == 202
    polled = dict(answer.headers)["Azure-AsyncOperation"].partition("?")[0].removeprefix("https://127.0.0.1:4443")
    lab.settled()

    ended = lab.call("GET", polled).body
    assert (ended["status"], ended["error"]["code"]) == ("Failed", "ResourceNotFound")
    assert f"Microsoft.{provider}/none" in ended["error"]["message"]
    assert state(lab, f"{WORKSPACES}/ws1") == "Failed"
    assert lab.call("GET", f"{WORKSPACES}/ws1/datastores").body["value"] == []


def test_a_deployment_of_a_workspace_without_its_vault_fails(lab: Lab) -> None:
    lab.call("PUT", f"{STORAGE}/st1", storage())
    body = workspace(keyVault=VAULT)
    kind = "Microsoft.MachineLearningServices/workspaces"
    resource = {"type": kind, "apiVersion": "2025-12-01", "name": "ws1", **body}
    path = f"{GROUP}/providers/Microsoft.Resources/deployments/d1"
    lab.call("PUT", path, template(resource))
    deployed = lab.deployed(path)

    assert deployed["properties"]["provisioningState"] == "Failed"
    details = deployed["properties"]["error"]["details"][0]
    assert details["code"] in ("Conflict", "ResourceDeploymentFailure")
    assert "ResourceNotFound" in str(details)


def test_a_failed_workspace_is_healed_by_the_next_put(lab: Lab) -> None:
    ready(lab, keyVault=VAULT)
    assert state(lab, f"{WORKSPACES}/ws1") == "Failed"
    vault = {"sku": {"family": "A", "name": "standard"}, "tenantId": lab.world.tenant_id, "accessPolicies": []}
    lab.call("PUT", VAULT, {"location": "westeurope", "properties": vault})
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace(keyVault=VAULT))
    lab.settled()

    assert state(lab, f"{WORKSPACES}/ws1") == "Succeeded"
    assert len(lab.call("GET", f"{WORKSPACES}/ws1/datastores").body["value"]) == 4


def test_no_storage_is_refused_and_namespaces_fail(lab: Lab) -> None:
    bare = {"location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": {}}
    assert code(lab.call("PUT", f"{WORKSPACES}/ws0", bare)) == (400, "ValidationError")
    lab.call("PUT", f"{STORAGE}/st1", storage(isHnsEnabled=True))
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    lab.settled()
    assert state(lab, f"{WORKSPACES}/ws1") == "Failed"


# ---- the managed network (M3) -------------------------------------------------------------------------------------

OUTBOUND = {"isolationMode": "AllowInternetOutbound"}


def test_the_network_is_there_at_once_only_when_that_was_asked_for(lab: Lab) -> None:
    ready(lab, managedNetwork=OUTBOUND, provisionNetworkNow=True)
    assert network(lab) == "Active"
    assert "provisionNetworkNow" not in lab.call("GET", f"{WORKSPACES}/ws1").body["properties"]


def test_computes_that_come_while_the_first_one_makes_the_network_fail(lab: Lab) -> None:
    ready(lab, managedNetwork=OUTBOUND)
    assert network(lab) == "Inactive"
    lab.call("PUT", f"{COMPUTES}/one", cluster())
    lab.call("PUT", f"{COMPUTES}/two", cluster())
    lab.settled()
    assert (state(lab, f"{COMPUTES}/one"), state(lab, f"{COMPUTES}/two")) == ("Succeeded", "Failed")
    assert network(lab) == "Active"

    lab.call("PUT", f"{COMPUTES}/two", cluster())
    lab.settled()
    assert state(lab, f"{COMPUTES}/two") == "Succeeded"


def test_with_the_network_there_computes_may_come_together(lab: Lab) -> None:
    ready(lab, managedNetwork=OUTBOUND, provisionNetworkNow=True)
    for name in ("one", "two"):
        lab.call("PUT", f"{COMPUTES}/{name}", cluster())
    lab.settled()
    assert {state(lab, f"{COMPUTES}/{name}") for name in ("one", "two")} == {"Succeeded"}


def test_a_network_is_provisioned_by_hand(lab: Lab) -> None:
    """how-to-managed-network, "Manually provision": the service's own remedy for M3."""
    ready(lab)
    assert code(lab.call("POST", f"{WORKSPACES}/ws1/provisionManagedNetwork", {})) == (400, "ValidationError")
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace(managedNetwork=OUTBOUND))
    lab.settled()
    begun = lab.call("POST", f"{WORKSPACES}/ws1/provisionManagedNetwork", {"includeSpark": False})
    polled = dict(begun.headers)["Location"].partition("?")[0].removeprefix("https://127.0.0.1:4443")
    assert (begun.status, lab.call("GET", polled).status) == (202, 202)
    lab.settled()
    assert lab.call("GET", polled).body == {"status": "Active", "sparkReady": False}
    assert network(lab) == "Active"


def test_isolation_is_a_ratchet(lab: Lab) -> None:
    ready(lab, managedNetwork={"isolationMode": "AllowOnlyApprovedOutbound"})
    assert code(lab.call("PUT", f"{WORKSPACES}/ws1", workspace(managedNetwork=OUTBOUND))) == (400, "ValidationError")


def test_host_names_need_approved_outbound_and_endpoints_a_target(lab: Lab) -> None:
    """real-azure.md B7: rules are part of the network that the workspace asks for."""
    host = {"pypi": {"type": "FQDN", "destination": "example.org", "category": "UserDefined"}}
    refused = lab.call("PUT", f"{WORKSPACES}/ws1", workspace(managedNetwork={**OUTBOUND, "outboundRules": host}))
    assert code(refused) == (400, "ValidationError")
    approved = {"isolationMode": "AllowOnlyApprovedOutbound", "outboundRules": host}
    ready(lab, managedNetwork=approved)
    assert state(lab, f"{WORKSPACES}/ws1") == "Succeeded"

    listed = lab.call("GET", f"{WORKSPACES}/ws1/outboundRules").body["value"]
    assert [(one["name"], one["properties"]["status"]) for one in listed] == [("pypi", "Inactive")]

    target = {"serviceResourceId": f"{STORAGE}/none", "subresourceTarget": "blob"}
    rule = {"data": {"type": "PrivateEndpoint", "destination": target}}
    lab.call("PUT", f"{WORKSPACES}/ws2", workspace(managedNetwork={**OUTBOUND, "outboundRules": rule}))
    lab.settled()
    assert state(lab, f"{WORKSPACES}/ws2") == "Failed"


# ---- instances (B4, B8, M1, M7, M8; reported.md N7, N9, N11) ------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "on"),
    [
        ({}, True),
        ({"setupScripts": SETUP}, False),
        ({"personalComputeInstanceSettings": ANOTHER}, False),
        ({"personalComputeInstanceSettings": {"assignedUser": {"objectId": OBJECT_ID, "tenantId": "t"}}}, True),
    ],
)
def test_sign_in_is_off_with_a_setup_script_or_for_another(lab: Lab, inner: dict[str, Any], on: bool) -> None:
    ready(lab)
    lab.call("PUT", f"{COMPUTES}/ci-a", instance(enableSSO=True, **inner))
    assert lab.call("GET", f"{COMPUTES}/ci-a").body["properties"]["properties"]["enableSSO"] is on


def test_a_key_for_another_is_refused(lab: Lab) -> None:
    ready(lab)
    ssh = {"sshPublicAccess": "Enabled", "adminPublicKey": "ssh-rsa AAAA"}
    answer = lab.call("PUT", f"{COMPUTES}/ci-a", instance(sshSettings=ssh, personalComputeInstanceSettings=ANOTHER))
    assert code(answer) == (400, "UserError")
    assert "on behalf of another user" in answer.body["error"]["message"]
    assert lab.call("PUT", f"{COMPUTES}/ci-a", instance(sshSettings=ssh)).status == 201


def test_an_instance_name_is_taken_in_the_whole_region(lab: Lab) -> None:
    ready(lab)
    lab.call("PUT", f"{WORKSPACES}/ws2", workspace())
    lab.settled()
    assert lab.call("PUT", f"{COMPUTES}/ci-a", instance()).status == 201
    taken = lab.call("PUT", f"{WORKSPACES}/ws2/computes/ci-a", instance())
    assert "AlreadyExists" in taken.body["error"]["message"]
    assert lab.call("PUT", f"{COMPUTES}/ci-a", instance()).status == 200
    assert lab.call("PUT", f"{WORKSPACES}/ws2/computes/ci-a", cluster()).status == 201


@pytest.mark.parametrize("text", ["5 minutes", "PT5M", "P4D", "P"])
def test_an_odd_idle_time_is_refused(lab: Lab, text: str) -> None:
    ready(lab)
    assert code(lab.call("PUT", f"{COMPUTES}/ci-a", instance(idleTimeBeforeShutdown=text))) == (400, "UserError")


def test_a_compute_name_does_not_end_in_a_dash(lab: Lab) -> None:
    ready(lab)
    assert code(lab.call("PUT", f"{COMPUTES}/abc-", cluster())) == (400, "UserError")


def test_schedules_are_changed_by_the_one_version_that_knows_the_call(lab: Lab) -> None:
    ready(lab)
    lab.call("PUT", f"{COMPUTES}/ci-a", instance())
    lab.settled()
    new: dict[str, Any] = {"schedules": {"computeStartStop": [{"action": "Stop", "triggerType": "Cron"}]}}
    for version in ("2022-10-01-preview", "2022-12-01-preview", "2025-12-01"):
        refused = lab.call("POST", f"{COMPUTES}/ci-a/updateSchedules", new, version=version)
        assert code(refused) == (404, "InvalidResourceType")
    assert lab.call("POST", f"{COMPUTES}/ci-a/updateSchedules", new, version="2021-03-01-preview").status == 200
    assert lab.call("GET", f"{COMPUTES}/ci-a").body["properties"]["properties"]["schedules"] == new["schedules"]


def test_an_instance_over_keyless_storage_fails_where_that_is_set(lab: Lab) -> None:
    lab.call("PUT", f"{STORAGE}/st1", storage(allowSharedKeyAccess=False))
    lab.call("PUT", f"{WORKSPACES}/ws1", workspace())
    lab.settled()
    lab.call("PUT", f"{COMPUTES}/ci-a", instance())
    assert lab.call("POST", "/_lab/settings", {"keylessInstances": "refuse"}).status == 200
    answer = lab.call("PUT", f"{COMPUTES}/ci-b", instance())
    lab.settled()
    assert answer.status == 201
    assert (state(lab, f"{COMPUTES}/ci-a"), state(lab, f"{COMPUTES}/ci-b")) == ("Succeeded", "Failed")


# ---- roles that have not spread (M5, M17) -------------------------------------------------------------------------


def assigned(lab: Lab, scope: str, name: int, **properties: Any) -> Response:
    """Give the identity a role."""
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/0000000{name}-0000-4000-8000-000000000000"
    return lab.call("PUT", path, {"properties": {"roleDefinitionId": CONTRIBUTOR, **properties}}, version="2022-04-01")


def identity(lab: Lab) -> str:
    """Make an identity; give its principal."""
    return str(lab.call("PUT", USER, {"location": "westeurope"}).body["properties"]["principalId"])


def test_a_principal_has_the_type_that_it_has(lab: Lab) -> None:
    principal = identity(lab)
    for one in (principal, OBJECT_ID):
        refused = assigned(lab, GROUP, 1, principalId=one, principalType="User")
        assert code(refused) == (400, "UnmatchedPrincipalType")
    assert assigned(lab, GROUP, 1, principalId=principal, principalType="ServicePrincipal").status == 201


def test_a_young_principal_is_found_by_its_type_alone(lab: Lab) -> None:
    lab.call("POST", "/_lab/settings", {"replication": 60})
    principal = identity(lab)
    assert code(assigned(lab, GROUP, 1, principalId=principal)) == (400, "PrincipalNotFound")
    assert assigned(lab, GROUP, 2, principalId=principal, principalType="ServicePrincipal").status == 201
    lab.clock.now += 61
    assert assigned(lab, f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st1", 1, principalId=principal).status


def test_a_workspace_waits_for_its_identitys_roles(lab: Lab) -> None:
    lab.call("POST", "/_lab/settings", {"rolePropagation": 60})
    lab.call("PUT", f"{STORAGE}/st1", storage())
    principal = identity(lab)
    body = workspace(primaryUserAssignedIdentity=USER)
    body["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {USER: {}}}
    assigned(lab, GROUP, 1, principalId=principal, principalType="ServicePrincipal")
    states = []
    for _ in range(2):
        lab.call("PUT", f"{WORKSPACES}/ws1", body)
        lab.clock.now += 61
        states.append(state(lab, f"{WORKSPACES}/ws1"))
    assert states == ["Failed", "Succeeded"]


def test_an_unknown_setting_changes_nothing(lab: Lab) -> None:
    assert lab.call("POST", "/_lab/settings", {"rolePropagation": 60, "lag": 3}).status == 400
    assert "rolePropagation" not in lab.world.settings
