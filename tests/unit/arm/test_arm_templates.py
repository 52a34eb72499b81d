"""Templates: loops, children, scopes, nested deployments, functions, secrets, dependencies and ARM's refusals."""

from __future__ import annotations

from typing import Any

import pytest

from amlctl.arm import (
    Context,
    DesiredState,
    Secret,
    Unknown,
    evaluate,
    output_resources,
    plain,
    reveal,
    validated_resources,
)

SUB = "00000000-0000-0000-0000-000000000000"
GROUP = f"/subscriptions/{SUB}/resourceGroups/rg"
HERE = Context(subscription_id=SUB, resource_group="rg", location="westeurope", deployment_name="main", tenant_id="t")
STORAGE = "Microsoft.Storage/storageAccounts"


def storage(name: str, **more: Any) -> dict[str, Any]:
    """A small resource."""
    return {"type": STORAGE, "apiVersion": "2023-01-01", "name": name, **more}


def run(
    resources: Any, parameters: dict[str, Any] | None = None, context: Context = HERE, **sections: Any
) -> DesiredState:
    """Evaluate a template with these resources."""
    given = {name: {"value": value} for name, value in (parameters or {}).items()}
    return evaluate({"contentVersion": "1.0.0.0", "resources": resources, **sections}, given, context)


def ids(desired: DesiredState) -> list[str]:
    """The ids without the group's part."""
    return [str(one.id).removeprefix(f"{GROUP}/providers/") for one in desired.resources]


def outputs(desired: DesiredState) -> dict[str, Any]:
    """Outputs by name, secrets revealed."""
    assert not desired.faults, desired.faults
    return {one.name: reveal(one.value) for one in desired.outputs}


def test_a_loop_gives_one_resource_an_index() -> None:
    loop = storage(
        "[format('s{0}', copyIndex(1))]", copy={"name": "each", "count": 3}, tags={"n": "[string(copyIndex('each'))]"}
    )
    desired = run([loop])
    assert ids(desired) == [f"{STORAGE}/s1", f"{STORAGE}/s2", f"{STORAGE}/s3"]
    assert [one.body["tags"]["n"] for one in desired.resources] == ["0", "1", "2"]
    assert [one.copy_index for one in desired.resources] == [0, 1, 2]


def test_an_empty_loop_and_a_false_condition_give_nothing_and_break_nothing() -> None:
    desired = run(
        [
            storage("a", copy={"name": "none", "count": 0}),
            storage("[split('', '/')[3]]", condition="[equals(1, 2)]"),
            storage("b", dependsOn=["none"]),
        ]
    )
    assert ids(desired) == [f"{STORAGE}/b"]
    assert not desired.faults


def test_a_dependency_on_a_resource_that_is_switched_off_vanishes() -> None:
    desired = run([storage("off", condition=False), storage("on", dependsOn=[f"[resourceId('{STORAGE}', 'off')]"])])
    assert not desired.faults
    assert desired.resources[0].depends_on == ()


def test_property_loops_stand_where_they_were_written() -> None:
    loops = [
        {
            "name": "list",
            "count": 2,
            "input": {"n": "[copyIndex('list')]", "copy": [{"name": "in", "count": 2, "input": "[copyIndex('in')]"}]},
        }
    ]
    desired = run([storage("a", properties={"first": 1, "copy": loops, "last": 2})])
    assert list(desired.resources[0].body["properties"]) == ["first", "list", "last"]
    assert desired.resources[0].body["properties"]["list"][1] == {"n": 1, "in": [0, 1]}


def test_an_index_without_a_name_is_the_resources_also_inside_a_property_loop() -> None:
    """Witness: Azure/bicep@9beb0fee60ca src/Bicep.Core.Samples/Files/baselines/Resources_CRLF, nested loops."""
    inner = [{"name": "list", "count": 2, "input": "[format('{0}-{1}', copyIndex(), copyIndex('list'))]"}]
    desired = run(
        [storage("[format('s{0}', copyIndex())]", copy={"name": "each", "count": 2}, properties={"copy": inner})]
    )
    assert [one.body["properties"]["list"] for one in desired.resources] == [["0-0", "0-1"], ["1-0", "1-1"]]


def test_variable_and_output_loops() -> None:
    desired = run(
        [],
        variables={
            "copy": [{"name": "made", "count": 2, "input": "[concat('v', string(copyIndex('made')))]"}],
            "plain": "[variables('made')[1]]",
        },
        outputs={
            "loop": {"type": "array", "copy": {"count": 3, "input": "[copyIndex()]"}},
            "var": {"type": "string", "value": "[variables('plain')]"},
        },
    )
    assert outputs(desired) == {"loop": [0, 1, 2], "var": "v1"}


@pytest.mark.parametrize(
    "resources",
    [
        [storage("acct", resources=[{"type": "blobServices", "apiVersion": "1", "name": "default"}])],
        [storage("acct"), {"type": f"{STORAGE}/blobServices", "apiVersion": "1", "name": "acct/default"}],
        {
            "a": storage("acct"),
            "b": {"type": f"{STORAGE}/blobServices", "apiVersion": "1", "name": "acct/default", "dependsOn": ["a"]},
        },
    ],
)
def test_children_in_all_three_spellings(resources: Any) -> None:
    desired = run(resources, languageVersion="2.0")
    assert not desired.faults
    assert ids(desired) == [f"{STORAGE}/acct", f"{STORAGE}/acct/blobServices/default"]


def test_extension_resources_hang_on_what_they_extend() -> None:
    lock = {"type": "Microsoft.Authorization/locks", "apiVersion": "1", "name": "l"}
    old = {"type": f"{STORAGE}/providers/locks", "apiVersion": "1", "name": "acct/Microsoft.Authorization/l"}
    for resources in (
        [storage("acct"), {**lock, "scope": f"{STORAGE}/acct"}],
        [storage("acct"), {**lock, "scope": f"[resourceId('{STORAGE}', 'acct')]"}],
        [storage("acct", resources=[lock])],
        [storage("acct"), old],
    ):
        assert ids(run(resources))[1] == f"{STORAGE}/acct/providers/Microsoft.Authorization/locks/l"


def nested(name: str, template: dict[str, Any], inner: bool = True, **more: Any) -> dict[str, Any]:
    """A nested deployment."""
    properties = {"mode": "Incremental", "template": template, "parameters": more.pop("parameters", {})}
    if inner:
        properties["expressionEvaluationOptions"] = {"scope": "inner"}
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": name,
        "properties": properties,
        **more,
    }


def test_inner_and_outer_expressions_see_their_own_parameters() -> None:
    template = {
        "parameters": {"p": {"type": "string", "defaultValue": "inner"}},
        "resources": [],
        "outputs": {"o": {"type": "string", "value": "[concat(parameters('p'), '/', deployment().name)]"}},
    }
    for inner, wanted in ((True, "inner/mod"), (False, "outer/main")):
        desired = evaluate(
            {
                "parameters": {"p": {"type": "string"}},
                "resources": [nested("mod", template, inner)],
                "outputs": {"o": {"type": "string", "value": "[reference('mod').outputs.o.value]"}},
            },
            {"p": {"value": "outer"}},
            HERE,
        )
        assert outputs(desired) == {"o": wanted}


def test_a_template_that_an_expression_gives_sees_its_own_parameters() -> None:
    """Texts of a loaded template are values outside, so they are evaluated inside, whatever the option says."""
    loaded = {
        "parameters": {"p": {"type": "string"}},
        "resources": [],
        "outputs": {"o": {"type": "string", "value": "[[parameters('p')]"}},
    }
    module = nested("mod", {}, inner=False)
    module["properties"] |= {"template": "[variables('loaded')]", "parameters": {"p": {"value": "given"}}}
    desired = evaluate(
        {
            "variables": {"loaded": loaded},
            "resources": [module],
            "outputs": {"o": {"type": "string", "value": "[reference('mod').outputs.o.value]"}},
        },
        {},
        HERE,
    )
    assert outputs(desired) == {"o": "given"}


@pytest.mark.parametrize(
    ("place", "context", "wanted"),
    [
        ({}, HERE, GROUP),
        ({"resourceGroup": "other"}, HERE, f"/subscriptions/{SUB}/resourceGroups/other"),
        ({"subscriptionId": "s2", "resourceGroup": "other"}, HERE, "/subscriptions/s2/resourceGroups/other"),
        ({"subscriptionId": "s2", "location": "l"}, HERE, "/subscriptions/s2"),
        ({"scope": "/", "location": "l"}, Context(scope="tenant"), ""),
        (
            {"scope": "Microsoft.Management/managementGroups/m"},
            Context(scope="tenant"),
            "/providers/Microsoft.Management/managementGroups/m",
        ),
        (
            {"resourceGroup": "other"},
            Context(scope="subscription", subscription_id="s"),
            "/subscriptions/s/resourceGroups/other",
        ),
    ],
)
def test_nested_deployments_at_all_scopes(place: dict[str, Any], context: Context, wanted: str) -> None:
    template = {"resources": [{"type": "N.X/y", "apiVersion": "1", "name": "z"}]}
    desired = run([nested("mod", template, **place)], context=context)
    assert not desired.faults
    assert desired.resources[0].id == f"{wanted}/providers/N.X/y/z"
    assert desired.root.children[0].scope_id == wanted
    assert desired.root.children[0].id == f"{wanted}/providers/Microsoft.Resources/deployments/mod"


def test_modules_pass_values_through_outputs_in_any_order() -> None:
    give = {
        "resources": [],
        "outputs": {"name": {"type": "string", "value": "[concat('st', uniqueString(resourceGroup().id))]"}},
    }
    given = "resourceId('Microsoft.Resources/deployments', 'give')"
    take = {"parameters": {"n": {"type": "string"}}, "resources": [storage("[parameters('n')]")]}
    made = run(
        [
            nested(
                "take",
                take,
                parameters={
                    "n": {"value": f"[reference({given}, '2022-09-01').outputs.name.value]"},
                },
            ),
            nested("give", give),
        ]
    )
    assert not made.faults
    assert ids(made)[0].startswith(f"{STORAGE}/st")
    assert made.root.order == (1, 0)
    assert validated_resources(made.root) == [
        f"{GROUP}/providers/Microsoft.Resources/deployments/{name}" for name in ("take", "give")
    ]
    assert output_resources(made) == [str(made.resources[0].id)]


def test_modules_that_need_each_other_are_a_circle() -> None:
    template = {
        "parameters": {"p": {"type": "string"}},
        "resources": [],
        "outputs": {"o": {"type": "string", "value": "[parameters('p')]"}},
    }
    one = nested("one", template, parameters={"p": {"value": "[reference('two').outputs.o.value]"}})
    two = nested("two", template, parameters={"p": {"value": "[reference('one').outputs.o.value]"}})
    assert any("Circular dependency detected on resource" in fault.message for fault in run([one, two]).faults)


def test_symbols_stand_for_resources_and_existing_ones_are_looked_through() -> None:
    desired = run(
        {
            "base": storage("base"),
            "known": storage("known", existing=True, dependsOn=["base"]),
            "loop": storage("[format('l{0}', copyIndex())]", copy={"name": "loop", "count": 2}),
            "top": storage(
                "top",
                dependsOn=["known", "loop"],
                properties={
                    "x": "[reference('known', '2023-01-01', 'full').location]",
                    "y": "[resourceInfo('loop', 1).name]",
                    "z": "[map(references('loop', 'full'), lambda('r', lambdaVariables('r').id))]",
                },
            ),
        },
        languageVersion="2.0",
    )
    assert not desired.faults
    top = desired.resources[-1]
    assert [one.rsplit("/", 1)[1] for one in top.depends_on] == ["base", "l0", "l1"]
    assert [one[0].rsplit("/", 1)[1] for one in top.references] == ["known", "l0", "l1"]
    assert top.body["properties"]["y"] == "l1"
    assert (
        plain(top.body["properties"]["x"])
        == f"[reference('{GROUP}/providers/{STORAGE}/known', '2023-01-01', 'full').location]"
    )
    assert [one.id for one in desired.root.existing] == [f"{GROUP}/providers/{STORAGE}/known"]


def test_user_functions_see_their_arguments_and_each_other() -> None:
    functions = [
        {
            "namespace": "own",
            "members": {
                "join": {
                    "parameters": [{"name": "values", "type": "array"}],
                    "output": {"type": "string", "value": "[join(parameters('values'), ' ')]"},
                },
                "greet": {
                    "parameters": [{"name": "names", "type": "array"}],
                    "output": {"type": "string", "value": "[format('Hi, {0}!', own.join(parameters('names')))]"},
                },
            },
        }
    ]
    desired = run(
        [],
        functions=functions,
        outputs={"o": {"type": "string", "value": "[own.greet(createArray('Anthony', 'Martin'))]"}},
    )
    assert outputs(desired) == {"o": "Hi, Anthony Martin!"}
    wrong = run([], functions=functions, outputs={"o": {"type": "string", "value": "[own.greet()]"}})
    assert "function requires '1' argument(s) while '0' were provided" in wrong.faults[0].message


def test_extension_resources_of_extensions_have_no_id() -> None:
    first = {"extension": "http", "type": "request@v1", "properties": {"uri": "x"}}
    second = {
        "extension": "http",
        "type": "request@v1",
        "properties": {"uri": "[json(reference('one').body).id]"},
        "dependsOn": ["one"],
    }
    desired = run({"one": first, "two": second}, languageVersion="2.1-experimental")
    assert not desired.faults
    assert plain(desired.resources[1].body) == {"properties": {"uri": "[json(reference('one').body).id]"}}


def test_secrets_are_followed_by_value_and_never_shown() -> None:
    template = {
        "parameters": {"word": {"type": "string"}},
        "resources": [storage("in", properties={"w": "[concat('x', parameters('word'))]"})],
    }
    sections = {"parameters": {"pw": {"type": "securestring"}, "deep": {"type": "secureObject"}}}
    desired = evaluate(
        {
            **sections,
            "resources": [
                storage("a", properties={"p": "[parameters('pw')]", "d": "[parameters('deep').k]"}),
                nested("m", template, parameters={"word": {"value": "[parameters('pw')]"}}),
            ],
            "outputs": {"o": {"type": "string", "value": "[toUpper(parameters('pw'))]"}},
        },
        {"pw": {"value": "hunter2"}, "deep": {"value": {"k": "hunter3"}}},
        HERE,
    )
    assert desired.resources[0].body["properties"]["p"] == Secret("hunter2")
    assert desired.resources[0].body["properties"]["d"] == Secret("hunter3")
    assert desired.resources[1].body["properties"]["w"] == Secret("xhunter2")
    assert desired.outputs[0].value == Secret("HUNTER2")
    shown = repr(desired.resources) + repr(desired.outputs) + repr([plain(one.body) for one in desired.resources])
    assert "hunter" not in shown.lower()
    assert plain(desired.resources[1].body)["properties"]["w"] == "[concat('x', parameters('pw'))]"


def test_secure_outputs_come_by_their_own_function() -> None:
    template = {
        "parameters": {"pw": {"type": "securestring"}},
        "resources": [],
        "outputs": {"s": {"type": "securestring", "value": "[parameters('pw')]"}},
    }
    use = "[listOutputsWithSecureValues(resourceId('Microsoft.Resources/deployments', 'm'), '2022-09-01').s]"
    desired = run([nested("m", template, parameters={"pw": {"value": "word"}}), storage("a", properties={"p": use})])
    assert not desired.faults
    assert desired.resources[0].body["properties"]["p"] == Secret("word")


def test_vault_references_stay_unknown_secrets() -> None:
    vault = {"reference": {"keyVault": {"id": "/subscriptions/s/v"}, "secretName": "n"}}
    desired = evaluate(
        {
            "parameters": {"pw": {"type": "securestring"}},
            "resources": [storage("a", properties={"p": "[parameters('pw')]"})],
        },
        {"pw": vault},
        HERE,
    )
    value = desired.resources[0].body["properties"]["p"]
    assert isinstance(value, Unknown)
    assert (value.kind, value.secret, value.depends_on, value.text) == (
        "secret",
        True,
        ("/subscriptions/s/v",),
        "[parameters('pw')]",
    )
    assert not desired.faults


def test_unknown_names_and_conditions_are_reported_and_kept() -> None:
    desired = run(
        [
            storage("a"),
            storage(f"[format('{{0}}x', reference(resourceId('{STORAGE}', 'a'), '2023-01-01').suffix)]"),
            storage("c", condition=f"[reference(resourceId('{STORAGE}', 'a'), '2023-01-01').flag]"),
        ]
    )
    assert isinstance(desired.resources[1].id, Unknown)
    assert desired.resources[1].id.text == (
        f"[format('{GROUP}/providers/{STORAGE}/{{0}}', "
        f"format('{{0}}x', reference('{GROUP}/providers/{STORAGE}/a', '2023-01-01').suffix))]"
    )
    assert isinstance(desired.resources[2].condition, Unknown)
    assert [finding.code for finding in desired.findings] == ["AML312", "AML311"]


def test_the_wire_forms_of_providers_and_dependencies() -> None:
    use = f"[reference(resourceId('{STORAGE}', 'a'), '2023-01-01').x]"
    desired = run(
        [
            storage("a", location="West Europe"),
            storage("b", dependsOn=[f"[resourceId('{STORAGE}', 'a')]"], properties={"u": use}),
        ]
    )
    assert desired.root.providers == [
        {
            "namespace": "Microsoft.Storage",
            "resourceTypes": [{"resourceType": "storageAccounts", "locations": ["westeurope", None]}],
        }
    ]
    a = {"id": f"{GROUP}/providers/{STORAGE}/a", "resourceType": STORAGE, "resourceName": "a"}
    assert desired.root.dependencies == [
        {
            "dependsOn": [a, {**a, "apiVersion": "2023-01-01"}],
            "id": a["id"][:-1] + "b",
            "resourceType": STORAGE,
            "resourceName": "b",
        }
    ]


def test_the_scope_comes_from_the_schema_where_the_context_is_silent() -> None:
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2022-09-01",
        "name": "made",
        "location": "[deployment().location]",
    }
    module = nested(
        "m",
        {"resources": [storage("a", location="[resourceGroup().location]")]},
        resourceGroup="made",
        dependsOn=["made"],
    )
    desired = evaluate(
        {"$schema": schema, "resources": [group, module]}, {}, Context(subscription_id=SUB, location="westeurope")
    )
    assert not desired.faults
    assert desired.root.scope == "subscription"
    assert [one.body["location"] for one in desired.resources] == ["westeurope", "westeurope"]


def test_a_serial_loop_works_batch_by_batch() -> None:
    loop = {"name": "c", "count": 5, "mode": "serial", "batchSize": 2}
    desired = run([storage("[string(copyIndex())]", copy=loop, dependsOn=["last"]), storage("last")])
    assert desired.root.order == (5, 0, 1, 2, 3, 4)
    assert all(len(one.depends_on) == 1 for one in desired.resources[:5])


def test_modules_whose_names_are_unknown_are_still_found() -> None:
    give = {"resources": [], "outputs": {"name": {"type": "string", "value": "known"}}}
    name = "format('m-{0}', parameters('id'))"
    use = f"[reference(resourceId('Microsoft.Resources/deployments', {name}), '2022-09-01').outputs.name.value]"
    where = [f"[resourceId('Microsoft.Resources/deployments', {name})]"]
    desired = evaluate(
        {
            "parameters": {"id": {"type": "string", "defaultValue": "[newGuid()]"}},
            "resources": [nested(f"[{name}]", give), storage("a", properties={"n": use}, dependsOn=where)],
        },
        {},
        HERE,
    )
    assert not desired.faults
    assert desired.resources[0].body["properties"]["n"] == "known"
    assert desired.root.order == (0, 1)


def test_what_stands_in_a_module_of_unknown_condition_has_it_too() -> None:
    condition = f"[reference(resourceId('{STORAGE}', 'a'), '2023-01-01').flag]"
    desired = run([storage("a"), nested("m", {"resources": [storage("b")]}, condition=condition)])
    assert isinstance(desired.resources[1].condition, Unknown)
    assert desired.resources[1].condition.depends_on == (f"{GROUP}/providers/{STORAGE}/a",)
