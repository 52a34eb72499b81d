"""The snapshot's text: the shape that the official tests show, with templates of our own."""

from __future__ import annotations

import json
from typing import Any

from amlctl.arm import Context, evaluate, snapshot

SUB = "00000000-0000-0000-0000-000000000000"
GROUP = f"/subscriptions/{SUB}/resourceGroups/myRg"
HERE = Context(subscription_id=SUB, resource_group="myRg")
VAULT: dict[str, Any] = {
    "type": "Microsoft.KeyVault/vaults",
    "apiVersion": "2019-09-01",
    "name": "v",
    "location": "[resourceGroup().location]",
    "properties": {
        "copy": [{"name": "accessPolicies", "count": 0, "input": {}}],
        "tenantId": "[subscription().tenantId]",
        "text": "[[kept]",
    },
}


def taken(template: dict[str, Any], context: Context = HERE) -> dict[str, Any]:
    """The snapshot of a template as JSON."""
    document = json.loads(snapshot(evaluate(template, {}, context)))
    assert list(document) == ["predictedResources", "diagnostics", "outputs"]
    return dict(document)


def test_what_is_not_given_stays_a_call() -> None:
    """Witness: Azure/bicep@9beb0fee60ca src/Bicep.Cli.IntegrationTests/Files/SnapshotCommandTests/nested_loops."""
    assert taken({"resources": [VAULT]})["predictedResources"] == [
        {
            "id": f"{GROUP}/providers/Microsoft.KeyVault/vaults/v",
            "type": "Microsoft.KeyVault/vaults",
            "name": "v",
            "apiVersion": "2019-09-01",
            "location": "[resourceGroup().location]",
            "properties": {"accessPolicies": [], "tenantId": "[tenant().tenantId]", "text": "[[kept]"},
        }
    ]


def test_outputs_are_values_or_one_expression() -> None:
    """Witness: Azure/bicep@9beb0fee60ca src/Bicep.Cli.IntegrationTests/Files/SnapshotCommandTests/outputs."""
    reference = f"reference('{GROUP}/providers/Microsoft.KeyVault/vaults/v', '2019-09-01').vaultUri"
    value = "[reference(resourceId('Microsoft.KeyVault/vaults', 'v'), '2019-09-01').vaultUri]"
    outputs = taken(
        {
            "resources": [VAULT],
            "outputs": {
                "plain": {"type": "object", "value": {"a": "[toUpper('x')]", "n": 123}},
                "open": {"type": "object", "value": {"foo": "bar", "baz": 123, "qux": value}},
                "uri": {"type": "string", "value": value},
            },
        }
    )["outputs"]
    assert outputs == {
        "plain": {"a": "X", "n": 123},
        "open": f"[createObject('foo', 'bar', 'baz', 123, 'qux', {reference})]",
        "uri": f"[{reference}]",
    }


def test_modules_are_expanded_away_and_their_outputs_followed() -> None:
    """Witness: Azure/bicep@9beb0fee60ca SnapshotCommandTests.cs, Snapshot_speculatively_evaluates_references."""
    give = {"resources": [], "outputs": {"static": {"type": "string", "value": "foo"}}}
    take = {"parameters": {"n": {"type": "string"}}, "resources": [{**VAULT, "name": "[parameters('n')]"}]}
    inner = {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}}
    module = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01"}
    given = {"n": {"value": "[reference('give').outputs.static.value]"}}
    resources = {
        "give": {**module, "name": "a", "properties": {**inner, "template": give}},
        "take": {**module, "name": "b", "properties": {**inner, "template": take, "parameters": given}},
    }
    found = taken({"languageVersion": "2.0", "resources": resources})["predictedResources"]
    assert [one["id"] for one in found] == [f"{GROUP}/providers/Microsoft.KeyVault/vaults/foo"]


def test_secrets_stay_expressions() -> None:
    template = {
        "parameters": {"pw": {"type": "securestring", "defaultValue": "hunter2"}},
        "resources": [{**VAULT, "properties": {"w": "[parameters('pw')]"}}],
        "outputs": {"o": {"type": "string", "value": "[concat('a', parameters('pw'))]"}},
    }
    document = taken(template)
    assert document["predictedResources"][0]["properties"] == {"w": "[parameters('pw')]"}
    assert document["outputs"] == {"o": "[concat('a', parameters('pw'))]"}


def test_the_text_is_json_of_two_spaces_with_dotnets_escapes() -> None:
    text = snapshot(
        evaluate({"resources": [], "outputs": {"o": {"type": "string", "value": "<é\u001f\u2028\u007f/>"}}})
    )
    assert text.startswith('{\n  "predictedResources": [],\n  "diagnostics": [],\n  "outputs": {\n')
    assert text.endswith('    "o": "<é\\u001F\\u2028\\u007F/>"\n  }\n}')


def test_unknown_names_are_told_in_the_diagnostics() -> None:
    name = "[concat('x', reference('/subscriptions/s/resourceGroups/g/providers/N.X/y/z', '1').n)]"
    assert (
        "A name is not known before the deployment runs"
        in taken({"resources": [{**VAULT, "name": name}]})["diagnostics"][0]
    )
