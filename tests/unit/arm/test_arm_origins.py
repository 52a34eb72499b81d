"""Origins: each leaf is led back through parameters, variables, loops and modules to where it was written."""

from __future__ import annotations

from typing import Any

import pytest

from amlctl.arm import Context, evaluate

HERE = Context(subscription_id="s", resource_group="g", resource_group_location="l", deployment_name="d", tenant_id="t")
VARIABLES: dict[str, Any] = {
    "tags": {"env": "dev", "team": "[parameters('team')]"},
    "more": {"team": "ml", "deep": {"a": 1, "b": 2}},
    "rules": [{"name": "in", "port": 1}, {"name": "out", "port": 2}],
    "named": {"zeta": {"size": 1}, "alpha": {"size": 2}},
    "copy": [{"name": "made", "count": 2, "input": {"n": "[variables('rules')[copyIndex('made')].port]"}}],
}
PARAMETERS = {"team": {"type": "string", "defaultValue": "core"}, "given": {"type": "object"}, "on": {"type": "bool"}}


def origins(value: Any, path: tuple[Any, ...] = ()) -> tuple[tuple[Any, ...], ...]:
    """The origins of a property of one resource."""
    template = {
        "parameters": PARAMETERS,
        "variables": VARIABLES,
        "resources": [{"type": "N.X/y", "apiVersion": "1", "name": "n", "properties": {"p": value}}],
    }
    desired = evaluate(template, {"given": {"value": {"a": {"b": 1}}}, "on": {"value": True}}, HERE)
    assert not desired.faults
    return desired.resources[0].origins[("properties", "p", *path)]


OWN = ("resources", 0, "properties", "p")


@pytest.mark.parametrize(
    ("value", "path", "wanted"),
    [
        ("literal", (), [OWN]),
        ({"a": [1, 2]}, ("a", 1), [(*OWN, "a", 1)]),
        ("[toUpper('x')]", (), [OWN]),
        ("[parameters('given')]", ("a", "b"), [("parameters", "given")]),
        ("[parameters('team')]", (), [("parameters", "team", "defaultValue")]),
        ("[variables('tags')]", ("env",), [("variables", "tags", "env")]),
        ("[variables('tags')]", ("team",), [("parameters", "team", "defaultValue")]),
        ("[variables('tags').env]", (), [("variables", "tags", "env")]),
        ("[union(variables('tags'), variables('more'))]", ("team",), [("variables", "more", "team")]),
        ("[union(variables('tags'), variables('more'))]", ("env",), [("variables", "tags", "env")]),
        (
            "[union(variables('more'), createObject('deep', createObject('a', 5)))]",
            ("deep", "b"),
            [("variables", "more", "deep", "b")],
        ),
        (
            "[shallowMerge(createArray(variables('more'), variables('tags')))]",
            ("deep", "a"),
            [("variables", "more", "deep", "a")],
        ),
        ("[if(parameters('on'), variables('tags').env, variables('more').team)]", (), [("variables", "tags", "env")]),
        ("[coalesce(tryGet(variables('tags'), 'none'), variables('more').team)]", (), [("variables", "more", "team")]),
        ("[tryGet(variables('more'), 'deep', 'b')]", (), [("variables", "more", "deep", "b")]),
        ("[createObject('k', variables('tags').env)]", ("k",), [("variables", "tags", "env")]),
        ("[first(variables('rules')).name]", (), [("variables", "rules", 0, "name")]),
        ("[last(variables('rules'))]", ("name",), [("variables", "rules", 1, "name")]),
        ("[concat(variables('rules'), createArray(variables('more')))]", (2, "team"), [("variables", "more", "team")]),
        (
            "[map(variables('rules'), lambda('r', createObject('x', lambdaVariables('r').port)))]",
            (1, "x"),
            [("variables", "rules", 1, "port")],
        ),
        (
            "[filter(variables('rules'), lambda('r', equals(lambdaVariables('r').name, 'out')))]",
            (0, "port"),
            [("variables", "rules", 1, "port")],
        ),
        (
            "[toObject(variables('rules'), lambda('r', lambdaVariables('r').name))]",
            ("out", "port"),
            [("variables", "rules", 1, "port")],
        ),
        ("[items(variables('named'))]", (0, "value", "size"), [("variables", "named", "alpha", "size")]),
        ("[variables('made')]", (1, "n"), [("variables", "rules", 1, "port")]),
        (
            {"copy": [{"name": "l", "count": 2, "input": "[variables('rules')[copyIndex('l')].name]"}]},
            ("l", 1),
            [("variables", "rules", 1, "name")],
        ),
        (
            "[format('{0}-{1}', variables('tags').env, parameters('team'))]",
            (),
            [("variables", "tags", "env"), ("parameters", "team", "defaultValue")],
        ),
        ("[resourceGroup().location]", (), [OWN]),
    ],
)
def test_a_leaf_is_led_back(value: Any, path: tuple[Any, ...], wanted: list[tuple[Any, ...]]) -> None:
    assert list(origins(value, path)) == wanted


def test_a_leaf_is_led_through_modules_and_their_outputs() -> None:
    inner = {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}}
    module = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01"}
    give = {"resources": [], "outputs": {"o": {"type": "object", "value": {"size": "Standard_DS3_v2"}}}}
    take = {
        "parameters": {"c": {"type": "object"}, "l": {"type": "string", "defaultValue": "[parameters('c').region]"}},
        "resources": [
            {
                "type": "N.X/y",
                "apiVersion": "1",
                "name": "n",
                "location": "[parameters('l')]",
                "properties": "[parameters('c').compute]",
            }
        ],
    }
    given = {"c": {"value": {"region": "koreacentral", "compute": "[reference('give').outputs.o.value]"}}}
    desired = evaluate(
        {
            "languageVersion": "2.0",
            "resources": {
                "give": {**module, "name": "g", "properties": {**inner, "template": give}},
                "take": {**module, "name": "t", "properties": {**inner, "template": take, "parameters": given}},
            },
        },
        {},
        HERE,
    )
    assert not desired.faults
    found = desired.resources[0].origins
    assert set(found) == {("location",), ("properties", "size")}
    assert found[("location",)] == (("resources", "take", "properties", "parameters", "c", "value", "region"),)
    assert found[("properties", "size")] == (
        ("resources", "give", "properties", "template", "outputs", "o", "value", "size"),
    )


def test_every_leaf_has_an_origin_that_exists() -> None:
    template = {
        "variables": VARIABLES,
        "parameters": PARAMETERS,
        "resources": [{"type": "N.X/y", "apiVersion": "1", "name": "n", "properties": "[variables('more')]"}],
    }
    resource = evaluate(template, {"given": {"value": {}}, "on": {"value": True}}, HERE).resources[0]
    assert len(resource.origins) == 3
    for leaf in resource.origins:
        for path in resource.origins[leaf]:
            place: Any = template
            for key in path:
                place = place[key]
