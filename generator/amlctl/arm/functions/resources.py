"""The functions that build resource ids; what they leave out comes from the deployment's target."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import Environment, evaluate, residual, uncover
from amlctl.arm.faults import USAGE, EvaluationFailed, wrong_value
from amlctl.arm.functions.signature import built_in
from amlctl.arm.scopes import Name, Target, joined, resource_id
from amlctl.arm.tree import Call
from amlctl.arm.values import Unknown

_GUID_LENGTH = 36


def _arguments(node: Call, env: Environment) -> list[Any]:
    """The evaluated arguments: texts and unknowns."""
    values = [uncover(evaluate(argument, env)) for argument in node.arguments]
    if any(type(value) is not str and type(value) is not Unknown for value in values):
        raise wrong_value(node.name, "expects all its parameters to be strings.")
    return values


def _type_at(values: list[Any], start: int, most: int) -> int:
    """Where the resource type stands: the first known text with a namespace and a slash."""
    for at in range(start, min(len(values), most + 1)):
        value = values[at]
        if type(value) is str and "/" in value and not value.startswith("/"):
            return at
    return -1


def _id(node: Call, base: Name, kind: str, names: list[Name]) -> Name:
    kind = kind.rstrip("/")
    if len(kind.split("/")) != len(names) + 1:
        problem = f"the type '{kind}' requires '{kind.count('/')}' resource name argument(s)."
        message = f"Unable to evaluate template language function '{node.name}': {problem} {USAGE}"
        raise EvaluationFailed(message)
    if all(type(name) is str for name in names) and not any("/" in str(name) for name in names):
        return resource_id(base, kind, "/".join(map(str, names)))
    return _woven(base, kind, names)


def _woven(base: Name, kind: str, names: list[Name]) -> Name:
    types = kind.split("/")
    if kind.lower() == "microsoft.resources/resourcegroups":
        return (
            resource_id(base, kind, names[0])
            if type(names[0]) is Unknown
            else joined(base, "/resourceGroups/", names[0])
        )
    parts: list[Name] = [base, "/providers/", types[0]]
    for one, two in zip(types[1:], names, strict=True):
        parts += ("/", one, "/", two)
    return joined(*parts)


def _target(env: Environment, node: Call) -> Target:
    target: Target = env.host.ask("target", node, env)
    return target


@built_in("resourceId", "x x x*", form=True)
def _resource_id(node: Call, env: Environment) -> Any:
    values = _arguments(node, env)
    at = _type_at(values, 0, 2)
    if at < 0:
        return _no_type(node, values)
    target = _target(env, node)
    if at == 2:
        base = joined("/subscriptions/", values[0], "/resourceGroups/", values[1])
    elif at == 1 and target.kind == "resourceGroup":
        base = joined("/subscriptions/", target.subscription, "/resourceGroups/", values[0])
    elif at == 1:
        base = joined("/subscriptions/", values[0])
    else:
        base = target.base()
    return _id(node, base, values[at], values[at + 1 :])


def _no_type(node: Call, values: list[Any]) -> Any:
    if any(type(value) is Unknown for value in values):
        return residual(node.name, values)
    problem = "expects a fully qualified resource type such as 'Microsoft.Network/virtualNetworks'."
    raise wrong_value(node.name, problem)


@built_in("subscriptionResourceId", "x x x*", form=True)
def _subscription_resource_id(node: Call, env: Environment) -> Any:
    values = _arguments(node, env)
    at = _type_at(values, 0, 1)
    if at < 0:
        return _no_type(node, values)
    subscription = values[0] if at else _target(env, node).subscription
    return _id(node, joined("/subscriptions/", subscription), values[at], values[at + 1 :])


@built_in("tenantResourceId", "x x x*", form=True)
def _tenant_resource_id(node: Call, env: Environment) -> Any:
    values = _arguments(node, env)
    if type(values[0]) is Unknown:
        return _no_type(node, values)
    return _id(node, "", values[0], values[1:])


@built_in("managementGroupResourceId", "x x x*", form=True)
def _management_group_resource_id(node: Call, env: Environment) -> Any:
    values = _arguments(node, env)
    at = _type_at(values, 0, 1)
    if at < 0:
        return _no_type(node, values)
    group = values[0] if at else _target(env, node).management_group
    base = joined("/providers/Microsoft.Management/managementGroups/", group)
    return _id(node, base, values[at], values[at + 1 :])


@built_in("extensionResourceId", "x x x x*", form=True)
def _extension_resource_id(node: Call, env: Environment) -> Any:
    values = _arguments(node, env)
    if type(values[1]) is Unknown:
        return _no_type(node, values)
    base = values[0]
    base = base.rstrip("/") if type(base) is str else base
    return _id(node, base, values[1], values[2:])
