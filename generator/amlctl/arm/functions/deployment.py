"""Functions of the deployment and its scope: `parameters`, `variables`, `copyIndex`, `resourceGroup`, `deployment`…

Each asks the host of the expression (a template's frame, or a parameters file).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.arm.engine import Environment, evaluate
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.signature import built_in
from amlctl.arm.tree import Call, Text
from amlctl.arm.values import Unknown


def _literal(name: str, node: Call, env: Environment) -> Any:
    value = node.arguments[0]
    given = value.value if type(value) is Text else evaluate(value, env)
    if type(given) is not str and type(given) is not Unknown:
        raise wrong_value(name, "expects its parameter to be a string.")
    return given


@built_in("parameters", "x", form=True)
def _parameters(node: Call, env: Environment) -> Any:
    name = _literal("parameters", node, env)
    if type(name) is Unknown:
        return name._replace(tree=Call(node.name, (name.tree,)))
    return env.host.parameter(name, env)


@built_in("variables", "x", form=True)
def _variables(node: Call, env: Environment) -> Any:
    name = _literal("variables", node, env)
    if type(name) is Unknown:
        return name._replace(tree=Call(node.name, (name.tree,)))
    return env.host.variable(name, env)


@built_in("copyIndex", "x? x?", form=True)
def _copy_index(node: Call, env: Environment) -> Any:
    values = [evaluate(argument, env) for argument in node.arguments]
    name = values.pop(0).lower() if values and type(values[0]) is str else env.copy
    offset = values[0] if values else 0
    if name not in env.copies:
        message = (
            "The template function 'copyIndex' is not expected at this location. The function can only be used in a "
        )
        raise EvaluationFailed(
            f"{message}resource with copy specified. Please see https://aka.ms/arm-copy for usage details."
        )
    if type(offset) is not int or offset < 0:
        raise wrong_value("copyIndex", "expects its offset to be an integer that is not negative.")
    index = env.copies[name]
    if type(index) is Unknown:
        return index._replace(tree=Call("add", (index.tree, node.arguments[-1]))) if offset else index
    return index + offset


def _ask(name: str) -> Callable[[Call, Environment], Any]:
    def run(node: Call, env: Environment) -> Any:
        return env.host.ask(name, node, env)

    return run


for _name, _signature in {
    "deployment": "",
    "resourceGroup": "",
    "subscription": "",
    "tenant": "",
    "managementGroup": "",
    "deployer": "",
    "environment": "",
    "newGuid": "",
    "externalInputs": "x",
    "externalInput": "x x?",
    "reference": "x x? x?",
    "references": "x x? x?",
    "resourceInfo": "x x*",
    "pickZones": "x x x x? x?",
    "toLogicalZone": "x x x",
    "toLogicalZones": "x x x",
    "toPhysicalZone": "x x x",
    "toPhysicalZones": "x x x",
    "providers": "x x?",
    "roleDefinitions": "x",
    "extensions": "x",
}.items():
    built_in(_name, _signature, form=True)(_ask(_name))
