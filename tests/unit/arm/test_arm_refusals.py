"""Templates that ARM refuses: its words, the place of the fault, its limits."""

from __future__ import annotations

from typing import Any

import pytest

from amlctl.arm import Context, DesiredState, evaluate

SUB = "00000000-0000-0000-0000-000000000000"
GROUP = f"/subscriptions/{SUB}/resourceGroups/rg"
HERE = Context(subscription_id=SUB, resource_group="rg", location="westeurope", deployment_name="main", tenant_id="t")
STORAGE = "Microsoft.Storage/storageAccounts"


def storage(name: str, **more: Any) -> dict[str, Any]:
    """A small resource."""
    return {"type": STORAGE, "apiVersion": "2023-01-01", "name": name, **more}


def run(resources: Any, **sections: Any) -> DesiredState:
    """Evaluate a template with these resources."""
    return evaluate({"contentVersion": "1.0.0.0", "resources": resources, **sections}, {}, HERE)


def test_circles_of_dependencies_are_refused() -> None:
    desired = run({"a": storage("a", dependsOn=["b"]), "b": storage("b", dependsOn=["a"])}, languageVersion="2.0")
    assert "Circular dependency detected on resource" in desired.faults[0].message
    assert desired.faults[0].text.startswith("Deployment template validation failed: '")


def test_an_unknown_dependency_is_refused() -> None:
    desired = run([storage("a", dependsOn=["b"])])
    assert desired.faults[0].message.startswith("The resource 'b' is not defined in the template.")
    assert desired.faults[0].path == ("resources", 0, "dependsOn")


def test_a_failing_leaf_is_a_fault_with_its_place_and_the_rest_is_kept() -> None:
    desired = run([storage("a", properties={"good": "[toUpper('x')]", "bad": ["[toUpper(1)]"]})])
    assert desired.resources[0].body["properties"]["good"] == "X"
    fault = desired.faults[0]
    assert (fault.code, fault.path, fault.expression) == (
        "InvalidTemplate",
        ("resources", 0, "properties", "bad", 0),
        "[toUpper(1)]",
    )
    assert fault.text.startswith(
        f"Unable to process template language expressions for resource '{GROUP}/providers/{STORAGE}/a': '"
    )


def test_variables_are_checked_even_where_nothing_uses_them() -> None:
    desired = run([], variables={"foo": "[if(true(), fail('condition must be false'), 'foo')]"})
    assert desired.faults[0].message == "The template variable 'foo' is not valid: condition must be false"


@pytest.mark.parametrize(
    ("section", "count", "limit"),
    [("parameters", 257, 256), ("variables", 513, 512), ("outputs", 65, 64), ("resources", 801, 800)],
)
def test_limits_are_faults_in_arms_words(section: str, count: int, limit: int) -> None:
    made: Any = {f"n{at}": {"type": "string", "value": "", "defaultValue": ""} for at in range(count)}
    if section == "resources":
        made = [storage("[string(copyIndex())]", copy={"name": "c", "count": count})]
    desired = evaluate({"resources": [], section: made}, {}, HERE)
    message = f"The number of template {section} limit exceeded. Limit: '{limit}' and actual: '{count}'."
    where = "Please see https://aka.ms/arm-template/#limits for usage details."
    assert [fault.message for fault in desired.faults] == [f"{message} {where}"]


def test_long_expressions_and_large_templates_are_refused() -> None:
    desired = run([], outputs={"o": {"type": "string", "value": "[concat('" + "x" * 25_000 + "')]"}})
    assert "limit of '24576' characters is exceeded" in desired.faults[0].message
    large = run([], variables={"v": "x" * (4 * 1024 * 1024)})
    assert "template size limit of '4194304' bytes" in large.faults[0].message


def test_names_and_types_must_have_the_same_number_of_parts() -> None:
    desired = run([{"type": "N.X/y/z", "apiVersion": "1", "name": "one"}])
    assert "has incorrect segment lengths" in desired.faults[0].message


def test_two_resources_of_one_id_are_refused() -> None:
    assert "is defined multiple times in a template" in run([storage("a"), storage("A")]).faults[0].message


def test_outputs_are_checked_against_their_types() -> None:
    desired = run([], outputs={"o": {"type": "string", "value": 5}})
    assert desired.faults[0].message.startswith(
        "The template output 'o' is not valid: The provided value for the template output 'o' is not valid."
    )


def test_variables_and_defaults_may_not_ask_for_running_resources() -> None:
    for use in ("reference('/subscriptions/s/r', '1').x", "listKeys('/subscriptions/s/r', '1').x"):
        parameter = {"p": {"type": "string", "defaultValue": f"[{use}]"}}
        for section in ({"variables": {"v": f"[{use}]"}}, {"parameters": parameter}):
            message = evaluate({"resources": [], **section}, {}, HERE).faults[0].message
            assert f"The template function '{use.split('(')[0]}' is not expected at this location." in message
