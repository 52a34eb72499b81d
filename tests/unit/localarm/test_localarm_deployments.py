"""Deployments: documents, order, failures, cancelling, resuming (observed.md section 5)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.localarm_world import GROUP, SUB, Lab, template

from amlctl.localarm import engine
from amlctl.localarm.whatif import arranged, differences

DEPLOYMENT = f"{GROUP}/providers/Microsoft.Resources/deployments/one"


def account(name: str, **more: Any) -> dict[str, Any]:
    """A storage account in a template."""
    return {
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-01-01",
        "name": name,
        "location": "[resourceGroup().location]",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "properties": {},
        **more,
    }


def test_a_deployment_runs_to_its_outputs(lab: Lab) -> None:
    outputs = {"NewBLOB_URL": {"type": "string", "value": "[reference('st1').primaryEndpoints.blob]"}}
    answer = lab.call("PUT", DEPLOYMENT, template(account("st1"), outputs=outputs))
    done = lab.deployed(DEPLOYMENT)["properties"]

    assert (answer.status, answer.body["properties"]["provisioningState"]) == (201, "Accepted")
    assert list(answer.body["properties"])[:4] == ["templateHash", "parameters", "mode", "provisioningState"]
    assert "outputs" not in answer.body["properties"]
    names = {name.lower() for name, _ in answer.headers}
    assert {"azure-asyncoperation", "retry-after-ms"} <= names
    assert not {"location", "retry-after"} & names
    assert done["provisioningState"] == "Succeeded"
    assert done["outputs"] == {"newBLOB_URL": {"type": "String", "value": "https://st1.blob.core.windows.net/"}}
    assert [one["id"] for one in done["outputResources"]] == [
        f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st1"
    ]


def test_resources_are_made_in_the_order_of_the_graph(lab: Lab) -> None:
    """dependsOn and reference() alike; the last operation evaluates the outputs."""
    third = account("st3", tags={"seen": "[reference('st2').primaryLocation]"})
    body = template(
        third, account("st2", dependsOn=["st1"]), account("st1"), outputs={"x": {"type": "int", "value": 1}}
    )
    lab.call("PUT", DEPLOYMENT, body)
    assert lab.deployed(DEPLOYMENT)["properties"]["provisioningState"] == "Succeeded"

    steps = [one["properties"] for one in lab.call("GET", f"{GROUP}/deployments/one/operations").body["value"]]
    assert [one.get("targetResource", {}).get("resourceName") for one in steps] == ["st1", "st2", "st3", None]
    assert steps[-1]["provisioningOperation"] == "EvaluateDeploymentOutput"


def test_secure_values_are_neither_shown_nor_kept(lab: Lab) -> None:
    body = template(
        account("st1"),
        parameters={"secret": {"type": "securestring"}},
        outputs={"key": {"type": "securestring", "value": "[parameters('secret')]"}},
        values={"secret": {"value": "canary"}},
    )
    lab.call("PUT", DEPLOYMENT, body)
    done = lab.deployed(DEPLOYMENT)["properties"]

    assert done["parameters"] == {"secret": {"type": "SecureString"}}
    assert done["outputs"] == {"key": {"type": "SecureString"}}
    assert "canary" not in str([lab.world.store.scan(kind) for kind in ("deployment", "deployed", "operation")])


def test_a_name_that_runs_is_not_taken_again(lab: Lab) -> None:
    lab.slow()
    lab.call("PUT", DEPLOYMENT, template(account("st1"), account("st2", dependsOn=["st1"])))
    again = lab.call("PUT", DEPLOYMENT, template(account("st1")))

    assert (again.status, again.body["error"]["code"]) == (409, "DeploymentActive")


def test_a_failed_deployment_leads_to_its_cause(lab: Lab) -> None:
    """The message of a detail is a JSON text, nested as deep as the deployments are."""
    import json

    inner = template(account("BAD"))["properties"]
    nested = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2025-04-01",
        "name": "inner",
        "properties": inner,
    }
    lab.call("PUT", DEPLOYMENT, template(nested, account("st1"), account("st2", dependsOn=["inner"])))
    done = lab.deployed(DEPLOYMENT)["properties"]
    status = lab.call("GET", f"{DEPLOYMENT}/operationStatuses/1").body

    assert (done["provisioningState"], status["status"]) == ("Failed", "Failed")
    assert done["error"] == status["error"]
    first = json.loads(status["error"]["details"][0]["message"])["error"]
    cause = json.loads(first["details"][0]["message"])["error"]
    assert (status["error"]["code"], first["code"], cause["code"]) == (
        "DeploymentFailed",
        "DeploymentFailed",
        "AccountNameInvalid",
    )
    living = [one["name"] for one in lab.call("GET", f"{GROUP}/resources").body["value"]]
    assert living == ["st1"]


def test_what_is_asked_for_and_absent_fails_by_name(lab: Lab) -> None:
    tags = {"x": "[reference(resourceId('Microsoft.Storage/storageAccounts', 'gone'), '2023-01-01').primaryLocation]"}
    lab.call("PUT", DEPLOYMENT, template(account("st1", tags=tags)))

    assert "storageAccounts/gone" in str(lab.deployed(DEPLOYMENT)["properties"]["error"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (template(account("[nope('x')]")), "InvalidTemplate"),
        (template(parameters={"n": {"type": "string"}}), "InvalidTemplate"),
        ({"properties": {"mode": "Incremental"}}, "InvalidRequestContent"),
    ],
)
def test_a_wrong_template_is_refused_before_it_runs(lab: Lab, body: dict[str, Any], code: str) -> None:
    for method, path in (("POST", DEPLOYMENT + "/validate"), ("PUT", DEPLOYMENT)):
        answer = lab.call(method, path, body)
        assert (answer.status, answer.body["error"]["code"]) == (400, code)
    assert lab.call("HEAD", DEPLOYMENT).status == 404


def test_validation_names_what_would_be_refused(lab: Lab) -> None:
    answer = lab.call("POST", DEPLOYMENT + "/validate", template(account("BAD"), account("st1")))

    assert (answer.status, answer.body["error"]["code"]) == (400, "InvalidTemplateDeployment")
    assert [one["code"] for one in answer.body["error"]["details"]] == ["AccountNameInvalid"]


def test_a_subscription_deployment_makes_its_group(lab: Lab) -> None:
    inner = template(account("st9"))["properties"] | {"expressionEvaluationOptions": {"scope": "inner"}}
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2024-11-01",
        "name": "rg9",
        "location": "[deployment().location]",
    }
    module = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2025-04-01",
        "name": "module",
        "resourceGroup": "rg9",
        "dependsOn": ["rg9"],
        "properties": inner,
    }
    path = f"{SUB}/providers/Microsoft.Resources/deployments/sub"
    lab.call("PUT", path, template(group, module) | {"location": "westeurope"})
    done = lab.deployed(path)

    assert done["location"] == "westeurope"
    assert [one["id"].removeprefix(SUB) for one in done["properties"]["outputResources"]] == [
        "/resourceGroups/rg9",
        "/resourceGroups/rg9/providers/Microsoft.Storage/storageAccounts/st9",
    ]
    assert lab.call("GET", f"{SUB}/resourceGroups/rg9/providers/Microsoft.Resources/deployments/module").status == 200


def test_a_deployment_goes_on_after_a_kill(lab: Lab) -> None:
    """What was accepted and not finished is carried out by the next process; one with secrets fails and says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "launch", lambda *_: None)
        lab.call("PUT", DEPLOYMENT, template(account("st1")))
        secret = template(parameters={"s": {"type": "securestring"}}, values={"s": {"value": "x"}})
        lab.call("PUT", DEPLOYMENT + "2", secret)
    again = Lab(lab.world.store)
    engine.resume(again.world)

    assert again.deployed(DEPLOYMENT)["properties"]["provisioningState"] == "Succeeded"
    assert again.deployed(DEPLOYMENT + "2")["properties"]["error"]["code"] == "DeploymentInterrupted"


def test_a_complete_deployment_deletes_what_it_does_not_name(lab: Lab) -> None:
    lab.call("PUT", DEPLOYMENT, template(account("st1"), account("st2")))
    lab.deployed(DEPLOYMENT)
    body = template(account("st2"))
    body["properties"]["mode"] = "Complete"
    lab.call("PUT", DEPLOYMENT, body)

    assert lab.deployed(DEPLOYMENT)["properties"]["mode"] == "Complete"
    assert [one["name"] for one in lab.call("GET", f"{GROUP}/resources").body["value"]] == ["st2"]


@pytest.mark.parametrize("scope", ["", "/providers/Microsoft.Management/managementGroups/mg1"])
def test_deployments_above_the_subscription(lab: Lab, scope: str) -> None:
    """At the tenant and at a management group, with a module that goes down to a subscription."""
    role = {
        "type": "Microsoft.Authorization/roleDefinitions",
        "apiVersion": "2022-04-01",
        "name": "[guid('role')]",
        "properties": {"roleName": "mine", "permissions": []},
    }
    path = f"{scope}/providers/Microsoft.Resources/deployments/top"
    lab.call("PUT", path, template(role) | {"location": "westeurope"})
    done = lab.deployed(path)

    assert done["id"] == path
    assert done["properties"]["provisioningState"] == "Succeeded", done
    assert done["properties"]["outputResources"][0]["id"].startswith(scope + "/providers/Microsoft.Authorization/")


def test_a_cancelled_deployment_stops(lab: Lab) -> None:
    lab.slow()
    names = [account(f"st{n}", **({"dependsOn": [f"st{n - 1}"]} if n else {})) for n in range(30)]
    lab.call("PUT", DEPLOYMENT, template(*names))
    assert lab.call("POST", DEPLOYMENT + "/cancel").status == 204

    assert lab.deployed(DEPLOYMENT)["properties"]["provisioningState"] == "Canceled"
    assert lab.call("POST", DEPLOYMENT + "/cancel").status == 409


def test_what_if_shows_what_changes_and_hides_what_the_service_added(lab: Lab) -> None:
    lab.call("PUT", DEPLOYMENT, template(account("st1")))
    lab.deployed(DEPLOYMENT)
    body = template(account("st1", sku={"name": "Standard_GRS"}), account("st2"))
    answer = lab.call("POST", DEPLOYMENT + "/whatIf", body)
    result = lab.call(
        "GET", dict(answer.headers)["Location"].partition("?")[0].removeprefix("https://127.0.0.1:4443")
    ).body
    changes = result["properties"]["changes"]

    assert (answer.status, result["status"]) == (202, "Succeeded")
    assert [one["changeType"] for one in changes] == ["Modify", "Create"]
    assert changes[0]["delta"] == [
        {"path": "sku.name", "propertyChangeType": "Modify", "before": "Standard_LRS", "after": "Standard_GRS"}
    ]
    assert "before" not in changes[1]


def test_the_history_is_groomed(lab: Lab) -> None:
    """More than 775 finished deployments of a scope are cut to 750, the oldest first (history page of ARM's limits)."""
    for n in range(780):
        id = f"{GROUP}/providers/Microsoft.Resources/deployments/old{n:03}"  # noqa: A001
        lab.world.store.put("deployment", id.lower(), {"id": id, "started": n, "state": "Succeeded"})
    lab.call("PUT", DEPLOYMENT, template())
    lab.deployed(DEPLOYMENT)
    left = lab.world.store.keys("deployment", f"{GROUP}/providers/Microsoft.Resources/deployments/".lower())

    assert len(left) == 751
    assert left[0].endswith("old030")


def test_differences_are_flat_and_sorted_without_case() -> None:
    before, after = {"b": {"x": 1, "y": 2}, "A": 1}, {"b": {"x": 1, "y": 3}, "c": []}

    assert arranged({"b": "", "C": {"d": []}, "a": 0}) == {"a": 0}
    assert [(one["path"], one["propertyChangeType"]) for one in differences(before, after)] == [
        ("A", "Delete"),
        ("b.y", "Modify"),
        ("c", "Create"),
    ]


@pytest.mark.parametrize("kind", ["deployments", "deploymentStacks"])
@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_a_group_and_what_is_in_it_come_in_any_order(lab: Lab, kind: str, nested: bool, first: bool) -> None:
    """At subscription scope, as a deployment and as a stack; the stack manages both."""
    schemas = "https://schema.management.azure.com/schemas/"
    account = {
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-01-01",
        "name": "stinagroup",
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
    }
    inner = {"$schema": f"{schemas}2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0"}
    deployment = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2024-11-01",
        "name": "inner",
        "properties": {"mode": "Incremental", "template": {**inner, "resources": [account]}},
    }
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2024-11-01",
        "name": "rgs",
        "location": "westeurope",
    }
    inside = {**(deployment if nested else account), "resourceGroup": "rgs"}
    body = {
        "$schema": f"{schemas}2018-05-01/subscriptionDeploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [inside, group] if first else [group, inside],
    }
    path = f"{SUB}/providers/Microsoft.Resources/{kind}/one"
    stack = {"actionOnUnmanage": {"resources": "delete"}, "denySettings": {"mode": "none"}}
    properties = {"template": body, **(stack if kind == "deploymentStacks" else {"mode": "Incremental"})}

    assert (
        lab.call("PUT", path, {"location": "westeurope", "properties": properties}, version="2024-03-01").status == 201
    )
    found = lab.deployed(path)["properties"]

    assert found["provisioningState"].lower() == "succeeded"
    managed = [one["id"] for one in found.get("resources") or found["outputResources"]]
    account_id = f"{SUB}/resourceGroups/rgs/providers/Microsoft.Storage/storageAccounts/stinagroup"
    assert managed == [f"{SUB}/resourceGroups/rgs", account_id]
