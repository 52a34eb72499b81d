"""Relations that hold whatever the template: order and names do not matter, a module and its content are the same."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from amlctl.arm import Context, DesiredState, evaluate, plain, snapshot

HERE = Context(subscription_id="s", resource_group="g", tenant_id="t", deployment_name="d")
STORAGE = "Microsoft.Storage/storageAccounts"
ACCOUNT = {"type": STORAGE, "apiVersion": "2023-01-01"}
MODULE = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01"}
INNER = {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}}


def template(parameter: str = "prefix") -> dict[str, Any]:
    """A symbolic template with a loop, a child, a lock, a module and references between them."""
    text = f"parameters('{parameter}')"
    taker = {
        "parameters": {"key": {"type": "string"}},
        "resources": [{**ACCOUNT, "name": "[concat('m', parameters('key'))]"}],
        "outputs": {"id": {"type": "string", "value": f"[resourceId('{STORAGE}', concat('m', parameters('key')))]"}},
    }
    given = {"key": {"value": "[toLower(last(split(resourceInfo('one').id, '/')))]"}}
    return {
        "languageVersion": "2.0",
        "parameters": {parameter: {"type": "string", "defaultValue": "st"}},
        "variables": {"name": f"[concat({text}, 'one')]", "tags": {"a": f"[{text}]"}},
        "resources": {
            "one": {**ACCOUNT, "name": "[variables('name')]", "tags": "[variables('tags')]"},
            "blobs": {
                "type": f"{STORAGE}/blobServices",
                "apiVersion": "1",
                "name": "[format('{0}/default', variables('name'))]",
                "dependsOn": ["one"],
            },
            "loop": {
                **ACCOUNT,
                "copy": {"name": "loop", "count": 3},
                "name": f"[format('{{0}}{{1}}', {text}, copyIndex())]",
                "dependsOn": ["module"],
            },
            "lock": {
                "type": "Microsoft.Authorization/locks",
                "apiVersion": "1",
                "name": "l",
                "scope": f"[resourceId('{STORAGE}', variables('name'))]",
            },
            "module": {
                **MODULE,
                "name": "m",
                "properties": {**INNER, "template": taker, "parameters": given},
                "dependsOn": ["one"],
            },
            "user": {
                "type": "N.X/y",
                "apiVersion": "1",
                "name": "u",
                "properties": {"id": "[reference('module').outputs.id.value]", "k": "[reference('one').keys]"},
            },
        },
    }


def facts(desired: DesiredState) -> list[str]:
    """What is deployed, in no order."""
    assert not desired.faults
    found = [
        (one.id, one.type, one.api_version, plain(one.body), sorted(one.depends_on), sorted(one.references))
        for one in desired.resources
    ]
    return sorted(json.dumps(one, sort_keys=True, default=repr) for one in found)


WANTED = facts(evaluate(template(), {}, HERE))


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_a_symbolic_map_does_not_matter(seed: int) -> None:
    mixed = template()
    names = list(mixed["resources"])
    random.Random(seed).shuffle(names)
    mixed["resources"] = {name: mixed["resources"][name] for name in names}
    desired = evaluate(mixed, {}, HERE)
    assert facts(desired) == WANTED
    place = {str(one.id): at for at, one in enumerate(desired.root.resources[at] for at in desired.root.order)}
    for one in desired.root.resources:
        assert all(place[needed] < place[str(one.id)] for needed in one.depends_on)


def test_the_name_of_a_parameter_does_not_matter() -> None:
    assert facts(evaluate(template("other"), {}, HERE)) == WANTED


def test_twice_is_the_same() -> None:
    assert snapshot(evaluate(template(), {}, HERE)) == snapshot(evaluate(template(), {}, HERE))


def test_a_module_and_its_content_written_out_are_the_same() -> None:
    inline = [{**ACCOUNT, "name": f"[concat('a', '{n}')]", "tags": {"n": f"{n}"}} for n in range(3)]
    nested = {**MODULE, "name": "m", "properties": {**INNER, "template": {"resources": inline}}}
    assert facts(evaluate({"resources": [nested]}, {}, HERE)) == facts(evaluate({"resources": inline}, {}, HERE))


def test_what_is_given_and_what_is_the_default_are_the_same() -> None:
    assert facts(evaluate(template(), {"PREFIX": {"value": "st"}}, HERE)) == WANTED
