"""Speed of the evaluator: parsing, expressions, 1,200 and 12,000 resources and their growth, one large template.

All in one process, the best of several rounds; the templates are made here and are like what the compiler writes.
"""

from __future__ import annotations

import gc
import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any

from amlctl.arm import Context, evaluate, snapshot
from amlctl.arm import parser as arm_parser
from amlctl.arm.expressions import evaluate_expression

ROUNDS = 5
CONTEXT = Context(
    subscription_id="00000000-0000-0000-0000-000000000000",
    resource_group="bench",
    resource_group_location="westeurope",
    deployment_name="bench",
    tenant_id="00000000-0000-0000-0000-000000000001",
)
GIVEN = {"location": {"value": "westeurope"}, "tier": {"value": "dev"}}
_STORAGE = "Microsoft.Storage/storageAccounts"
_EXPRESSION = (
    "format('{{0}}-{{1}}', toLower(concat('Name', string(add({n}, 1)))), "
    "if(contains(createArray('a', 'b'), 'b'), union(createObject('x', 1), createObject('y', {n})).y, "
    "length(split('a/b', '/'))))"
)


def main_template(count: int) -> dict[str, Any]:
    """Half storage accounts, half role assignments on them, each with expressions of its own."""
    resources: list[dict[str, Any]] = []
    for at in range(count // 2):
        name = f"format('st{{0}}{at}', uniqueString(resourceGroup().id, '{at}'))"
        account = f"resourceId('{_STORAGE}', {name})"
        resources += (_account(name), _assignment(account, at))
    generator = {"_generator": {"name": "bench", "templateHash": "0"}}
    parameters = {"location": {"type": "string"}, "tier": {"type": "string"}}
    variables = {"tags": {"tier": "[parameters('tier')]"}}
    return {"metadata": generator, "parameters": parameters, "variables": variables, "resources": resources}


def _account(name: str) -> dict[str, Any]:
    return {
        "type": _STORAGE,
        "apiVersion": "2023-01-01",
        "name": f"[{name}]",
        "location": "[parameters('location')]",
        "tags": "[union(variables('tags'), createObject('kind', 'data'))]",
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "properties": {"networkAcls": {"defaultAction": "[if(equals(parameters('tier'), 'dev'), 'Allow', 'Deny')]"}},
    }


def _assignment(account: str, at: int) -> dict[str, Any]:
    return {
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2022-04-01",
        "scope": f"[{account}]",
        "name": f"[guid({account}, '{at}')]",
        "properties": {"principalId": f"[reference({account}, '2023-01-01', 'full').identity.principalId]"},
        "dependsOn": [f"[{account}]"],
    }


def nested_template(modules: int, each: int) -> dict[str, Any]:
    """A root of modules that pass their outputs on, each with its own text."""
    resources: dict[str, Any] = {}
    for at in range(modules):
        inner = main_template(each)
        inner["outputs"] = {"name": {"type": "string", "value": f"[concat('module{at}-', parameters('tier'))]"}}
        given = dict(GIVEN)
        if at:
            given["tier"] = {"value": f"[reference('module{at - 1}').outputs.name.value]"}
        options = {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}}
        properties = {**options, "parameters": given, "template": inner}
        name = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": f"module{at}"}
        resources[f"module{at}"] = {**name, "properties": properties, "resourceGroup": f"group{at}"}
    return {"languageVersion": "2.0", "metadata": {"_generator": {"templateHash": "0"}}, "resources": resources}


def best(work: Callable[[], Any]) -> float:
    """The shortest of several rounds, in seconds of processor time (other work on the machine does not count)."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def forget() -> bool:
    """Empty the memory of parsed expressions, so that every round parses."""
    arm_parser._parsed.clear()
    return True


def run() -> None:
    """Measure and print."""
    texts = [_EXPRESSION.format(n=at) for at in range(5000)]
    seconds = best(lambda: forget() and [arm_parser.parse_expression(text) for text in texts])
    rate = len("".join(texts)) / seconds / 1e6
    say(f"parse                 {len(texts) / seconds:12,.0f} expressions/s ({rate:.1f} MB/s)")
    trees = [arm_parser.parse_expression(text) for text in texts]
    seconds = best(lambda: [evaluate_expression(tree) for tree in trees])
    say(f"evaluate              {len(texts) / seconds:12,.0f} expressions/s of 12 calls each")
    small, large = (_resources(count) for count in (1_200, 12_000))
    say(f"growth exponent       {math.log10(large / small):12.3f}")
    template = nested_template(20, 340)
    seconds = best(lambda: forget() and snapshot(evaluate(template, {}, CONTEXT)))
    say(f"{len(json.dumps(template)) / 1e6:.1f} MB in 20 modules  {seconds:12.3f} s with its snapshot")


def _resources(count: int) -> float:
    template = main_template(count)
    seconds = best(lambda: forget() and evaluate(template, GIVEN, CONTEXT))
    say(f"{count:6,} resources      {seconds:12.3f} s")
    return seconds


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    run()
