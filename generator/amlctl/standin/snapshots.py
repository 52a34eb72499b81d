"""``snapshot``: what a parameters file would deploy, without a login, written to a file or compared with it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from amlctl.diagnostics import Finding
from amlctl.records import NamedTuple
from amlctl.standin import compiling, paths, reports
from amlctl.standin.commands import err, out
from amlctl.standin.faults import CommandFailed

Json = dict[str, Any]
SUFFIX = ".snapshot.json"
_METADATA = ("tenantId", "subscriptionId", "managementGroupId", "resourceGroup", "location", "deploymentName")
_ALLOWED = {
    "subscriptionId": ("Subscription ID", ("subscription", "resourceGroup")),
    "managementGroupId": ("Management group ID", ("managementGroup",)),
    "resourceGroup": ("Resource group name", ("resourceGroup",)),
}
"""What belongs to which scopes (SnapshotHelper.GetDeploymentMetadata)."""
_SCOPES = {
    "deploymentTemplate": "resourceGroup",
    "subscriptionDeploymentTemplate": "subscription",
    "managementGroupDeploymentTemplate": "managementGroup",
    "tenantDeploymentTemplate": "tenant",
}


class Taken(NamedTuple):
    """A snapshot's text, None where the file could not be compiled, and the compiler's findings."""

    text: str | None
    findings: tuple[Finding, ...]


def run_snapshot(values: Json) -> int:
    """Write a snapshot, or compare it with the one that is there; 1 where they differ."""
    path = paths.absolute(values["file"])
    paths.require_extension(path, paths.PARAMETERS)
    where = {name: values.get(_option(name)) for name in _METADATA}
    taken = snapshot_of(path, where)
    err(reports.lines(taken.findings))
    if taken.text is None:
        raise CommandFailed(f"Failed to generate snapshot for file {path}")
    noted = json.loads(taken.text)["diagnostics"]
    if noted:
        err("\n".join(["Snapshot generation diagnotics:", *(f"  {text}" for text in noted)]) + "\n")
    target = os.path.splitext(path)[0] + SUFFIX
    if values.get("--mode") == "validate":
        return _validate(target, taken.text)
    paths.write(target, taken.text)
    return 0


def _option(name: str) -> str:
    return "--" + "".join(f"-{char.lower()}" if char.isupper() else char for char in name)


def snapshot_of(path: str, where: Mapping[str, Any], inputs: Sequence[Mapping[str, Any]] = ()) -> Taken:
    """Take the snapshot of a parameters file.

    ``where``: the deployment's metadata by their protocol names; ``inputs``: values of external inputs (kind, config,
    value). Raises CommandFailed where the metadata do not fit the scope, or the template cannot be evaluated.
    """
    result = compiling.compile_parameters(path)
    if compiling.failed(result) or result.template_text is None:
        return Taken(None, result.findings)
    from amlctl.arm import Context, evaluate
    from amlctl.arm.snapshot import snapshot

    template, document = json.loads(result.template_text), json.loads(result.text)
    scope = _scope(template)
    _check_scope(where, scope)
    given = {name: where[name] or None for name in _METADATA if isinstance(where.get(name), str)}
    context = Context(
        tenant_id=given.get("tenantId"),
        subscription_id=given.get("subscriptionId"),
        management_group_id=given.get("managementGroupId"),
        resource_group=given.get("resourceGroup"),
        location=None if scope == "resourceGroup" else given.get("location"),
        deployment_name=given.get("deploymentName"),
        scope=scope,
        resource_group_location=given.get("location") if scope == "resourceGroup" else None,
    )
    desired = evaluate(template, _parameters(document, inputs), context)
    if desired.faults:
        reason = desired.faults[0].message
        raise CommandFailed(f"Template snapshotting could not be completed for the following reason: '{reason}'.")
    return Taken(snapshot(desired), result.findings)


def _scope(template: Json) -> Any:
    schema = str(template.get("$schema", "")).rstrip("#").rpartition("/")[2].removesuffix(".json")
    return _SCOPES.get(schema, "resourceGroup")


def _check_scope(where: Mapping[str, Any], scope: str) -> None:
    for name, (words, scopes) in _ALLOWED.items():
        if where.get(name) is not None and scope not in scopes:
            shown = scope[0].upper() + scope[1:]
            raise CommandFailed(f"{words} cannot be specified for a template of scope {shown}")


def _parameters(document: Json, inputs: Sequence[Mapping[str, Any]]) -> Json:
    """Give the parameters, external inputs that were given put in the place of their calls."""
    parameters: Json = document.get("parameters") or {}
    definitions = document.get("externalInputDefinitions") or {}
    known: Json = {}
    for name, definition in definitions.items():
        for one in inputs:
            if one.get("kind") == definition.get("kind") and one.get("config") == definition.get("config"):
                known[name] = one.get("value")
                break
    if not known:
        return parameters
    return {name: _filled(parameter, known) for name, parameter in parameters.items()}


def _filled(parameter: Any, known: Json) -> Any:
    text = parameter.get("expression") if isinstance(parameter, dict) else None
    if not isinstance(text, str):
        return parameter
    from amlctl.arm.parser import parse_expression
    from amlctl.arm.tree import Access, Call, Text, print_value

    def fill(node: Any) -> Any:
        if isinstance(node, Access):
            return Access(fill(node.base), fill(node.key))
        if not isinstance(node, Call):
            return node
        first = node.arguments[0] if node.arguments else None
        if node.name.lower() == "externalinputs" and isinstance(first, Text) and first.value in known:
            value = known[first.value]
            return Text(value) if isinstance(value, str) else Call("json", (Text(json.dumps(value)),))
        return Call(node.name, tuple(fill(argument) for argument in node.arguments))

    tree = fill(parse_expression(text))
    return {"value": tree.value} if isinstance(tree, Text) else {"expression": print_value(tree)}


def _validate(target: str, text: str) -> int:
    from amlctl.standin.differences import describe

    try:
        with open(target, encoding="utf-8-sig") as file:
            before = json.load(file)
    except OSError as error:
        raise CommandFailed(f"Error opening file {target}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandFailed(f"Failed to deserialize snapshot: {error}") from error
    resources = before.get("predictedResources") if isinstance(before, dict) else None
    if not isinstance(resources, list):
        raise CommandFailed("Failed to deserialize snapshot")
    changes = describe(resources, json.loads(text)["predictedResources"])
    if changes:
        err("Snapshot validation failed. Expected no changes, but found the following:\n")
        out(changes)
    return int(bool(changes))
