"""What expressions ask of the template around them: scopes, the deployment, time, and running resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from amlctl.arm.engine import NOT_HERE, Environment, derived, evaluate, to_tree, uncover
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.hashing import guid
from amlctl.arm.scopes import (
    PUBLIC_CLOUD,
    deployer_document,
    group_document,
    key_of,
    management_group_document,
    placeholder,
    resource_id,
    subscription_document,
    tenant_document,
)
from amlctl.arm.tree import Access, Call, Text
from amlctl.arm.values import Secret, Unknown

if TYPE_CHECKING:
    from amlctl.arm.frame import Frame
    from amlctl.arm.instances import Instance


def _scope_frame(frame: Frame) -> Frame:
    """The frame whose target the scope functions speak of: the outer one where a template is evaluated outside."""
    return frame.words


def _target(frame: Frame, _node: Call, _env: Environment) -> Any:
    return _scope_frame(frame).target


def _subscription(frame: Frame, node: Call, _env: Environment) -> Any:
    target = _scope_frame(frame).target
    if target.kind not in ("resourceGroup", "subscription"):
        raise _not_here(node.name)
    return subscription_document(target, frame.run.context)


def _not_here(name: str) -> EvaluationFailed:
    message = f"The template function '{name}' is not expected at this location."
    return EvaluationFailed(f"{message} Please see https://aka.ms/arm-functions for usage details.")


def _tenant(frame: Frame, _node: Call, _env: Environment) -> Any:
    return tenant_document(frame.run.context)


def _management_group(frame: Frame, node: Call, _env: Environment) -> Any:
    target = _scope_frame(frame).target
    if target.kind != "managementGroup":
        raise _not_here(node.name)
    return management_group_document(target, frame.run.context)


def _resource_group(frame: Frame, node: Call, _env: Environment) -> Any:
    scope = _scope_frame(frame)
    if scope.target.kind != "resourceGroup":
        raise _not_here(node.name)
    if scope.group is None:
        scope.group = _group(scope)
    return scope.group


def _group(frame: Frame) -> Any:
    """The group's location is the context's, or what an outer template gives the group that it creates."""
    context = frame.run.context
    wanted = key_of(frame.target.base())
    outer = frame.instance.frame if frame.instance else None
    while outer is not None:
        declared = outer.by_id.get(wanted)
        if declared is not None and not declared.existing:
            location = declared.location()
            plain = location.replace(" ", "").lower() if type(location) is str else location
            return group_document(frame.target, plain, None)
        outer = outer.instance.frame if outer.instance else None
    if str(frame.target.group).lower() != (context.resource_group or "").lower() and context.resource_group:
        return group_document(frame.target, None, None)
    return group_document(frame.target, context.resource_group_location, context.resource_group_tags)


def _deployment(frame: Frame, _node: Call, _env: Environment) -> Any:
    frame = _scope_frame(frame)
    document: dict[str, Any] = {"name": frame.name}
    if frame.target.kind != "resourceGroup":
        document["location"] = frame.location if frame.location is not None else placeholder("deployment", "location")
    template = {"contentVersion": frame.template.get("contentVersion", "1.0.0.0")}
    for key in ("$schema", "metadata"):
        if key in frame.template:
            template[key] = frame.template[key]
    document["properties"] = {
        "mode": "Incremental",
        "provisioningState": "Accepted",
        "template": template,
        "templateLink": placeholder("deployment", "properties", "templateLink"),
    }
    return document


def _deployer(frame: Frame, _node: Call, _env: Environment) -> Any:
    return deployer_document(frame.run.context)


def _environment(frame: Frame, _node: Call, _env: Environment) -> Any:
    return dict(frame.run.context.environment or PUBLIC_CLOUD)


def _utc_now(frame: Frame, node: Call, _env: Environment) -> Any:
    return frame.run.context.time or Unknown(node, "time", "the time of the deployment")


def _new_guid(frame: Frame, node: Call, _env: Environment) -> Any:
    seed = frame.run.context.new_guid
    return guid(seed, frame.run.seed) if seed else Unknown(node, "time", "a new guid at every deployment")


def _external(frame: Frame, node: Call, env: Environment) -> Any:
    del frame
    values = [evaluate(argument, env) for argument in node.arguments]
    return derived(Call(node.name, tuple(map(to_tree, values))), values)._replace(
        kind="external", reason="an external input"
    )


def _lookup(frame: Frame, node: Call, env: Environment) -> Any:
    """Zones, roles, providers: what the answers know, else a call that stays."""
    values = [uncover(evaluate(argument, env)) for argument in node.arguments]
    if not any(type(value) is Unknown for value in values):
        answer = frame.run.answers.call(node.name, "", None, tuple(values))
        if answer is not None:
            return answer
    tree = Call(node.name, tuple(map(to_tree, values)))
    return derived(tree, values)._replace(kind="lookup", reason="known to the subscription only")


# ---- running resources ---------------------------------------------------------------------------------------


def find(frame: Frame, text: str) -> list[Instance]:
    """Find resources by symbol (with an index or of a whole loop), by id or by name, here and in outer templates."""
    scope: Frame | None = frame
    lower = text.lower()
    while scope is not None:
        found = scope.by_symbol.get(lower)
        if found:
            return found
        instance = scope.by_id.get(lower) or scope.by_id.get(_full_id(scope, text))
        if instance is not None:
            return [instance]
        if lower in scope.by_name:
            return scope.by_name[lower]
        scope = scope.outer
    deployment = frame.run.deployments.get(lower)
    return [deployment] if deployment else []


def _full_id(frame: Frame, text: str) -> str:
    """An id relative to the target: `Microsoft.Network/virtualNetworks/x`."""
    base = key_of(frame.target.base())
    lower = text.lower()
    if lower.startswith("microsoft.resources/resourcegroups/"):
        return f"{base}/resourcegroups/{lower.rsplit('/', 1)[1]}"
    if lower.startswith("microsoft.management/managementgroups/"):
        base = ""
    return f"{base}/providers/{lower}"


def _reference(frame: Frame, node: Call, env: Environment) -> Any:
    values = [uncover(evaluate(argument, env)) for argument in node.arguments]
    full = any(type(value) is str and value.lower() == "full" for value in values[1:])
    version = next((value for value in values[1:2] if type(value) is str and value.lower() != "full"), None)
    wanted = values[0]
    if type(wanted) is not str and type(wanted) is not Unknown:
        raise wrong_value("reference", "expects its first parameter to be a string.")
    found = find(frame, key_of(wanted))
    if not found and type(wanted) is Unknown:
        return derived(Call(node.name, tuple(map(to_tree, values))), values)
    if found:
        return refer(found[0], version, full, env)
    return _outside(frame, str(wanted), version, full, env)


def refer(instance: Instance, version: str | None, full: bool, env: Environment) -> Any:
    """Answer `reference()` of a resource of the template: a deployment's outputs, or what the answers know."""
    version = version or instance.api_version
    _note(env, instance.id, version)
    if instance.condition is not False and not instance.existing:
        document = instance.deployment_document()
        if document is not None:
            return _whole(instance, document) if full else document
    if instance.extension or type(instance.id) is Unknown:
        arguments = (Text(instance.symbol),) if instance.extension else (to_tree(instance.id), Text(version))
        return _open(arguments, full and not instance.extension, (key_of(instance.id),))
    return _answer(instance.frame, str(instance.id), version, full)


def _outside(frame: Frame, wanted: str, version: str | None, full: bool, env: Environment) -> Any:
    if not wanted.startswith("/"):
        message = f"The resource '{wanted}' is not defined in the template. Please see https://aka.ms/arm-template"
        if "/" not in wanted or version is None:
            raise EvaluationFailed(f"{message} for usage details.")
        parts = wanted.split("/")
        wanted = str(resource_id(_scope_frame(frame).target.base(), "/".join(parts[:2]), "/".join(parts[2:])))
    _note(env, wanted, version or "")
    return _answer(frame, wanted, version, full)


def _answer(frame: Frame, wanted: str, version: str | None, full: bool) -> Any:
    answer = frame.run.answers.reference(wanted, version, full)
    if answer is not None:
        return answer
    arguments = (Text(wanted), *((Text(version),) if version else ()))
    return _open(arguments, full, (wanted,))


def _open(arguments: tuple[Any, ...], full: bool, depends_on: tuple[str, ...]) -> Unknown:
    tree = Call("reference", (*arguments, Text("full")) if full else arguments)
    return Unknown(tree, "reference", f"known once {depends_on[0]} runs", depends_on)


def _whole(instance: Instance, properties: Any) -> dict[str, Any]:
    return {
        "id": instance.id,
        "name": instance.name,
        "type": instance.type,
        "apiVersion": instance.api_version,
        "properties": properties,
    }


def _note(env: Environment, wanted: Any, version: str, function: str = "reference") -> None:
    if env.references is NOT_HERE:
        raise _not_here(function)
    if env.references is not None:
        env.references.append((wanted if type(wanted) is str else wanted.text, version))


def _references(frame: Frame, node: Call, env: Environment) -> Any:
    values = [uncover(evaluate(argument, env)) for argument in node.arguments]
    full = any(type(value) is str and value.lower() == "full" for value in values[1:])
    found = find(frame, str(values[0]))
    if not found:
        message = f"The resource '{values[0]}' is not defined in the template. Please see https://aka.ms/arm-template"
        raise EvaluationFailed(f"{message} for usage details.")
    return [refer(instance, None, full, env) for instance in found if instance.condition is not False]


def _resource_info(frame: Frame, node: Call, env: Environment) -> Any:
    values = [uncover(evaluate(argument, env)) for argument in node.arguments]
    text = f"{values[0]}[{values[1]}]" if len(values) > 1 else str(values[0])
    found = find(frame, text)
    if not found:
        message = f"The resource '{text}' is not defined in the template. Please see https://aka.ms/arm-template"
        raise EvaluationFailed(f"{message} for usage details.")
    one = found[0]
    return {"id": one.id, "name": one.name, "type": one.type, "apiVersion": one.api_version}


def _list(frame: Frame, node: Call, env: Environment) -> Any:
    values = [uncover(evaluate(argument, env)) for argument in node.arguments]
    if not values:
        raise wrong_value(node.name, "expects a resource and an api version.")
    found = find(frame, key_of(values[0])) if type(values[0]) in (str, Unknown) else []
    version = values[1] if len(values) > 1 and type(values[1]) is str else found[0].api_version if found else None
    wanted = found[0].id if found else values[0]
    _note(env, wanted, version or "", node.name) if type(wanted) in (str, Unknown) else None
    tree = Call(node.name, (to_tree(wanted), *map(to_tree, values[1:])))
    if found and node.name.lower() == "listoutputswithsecurevalues":
        outputs = found[0].deployment_outputs()
        if outputs is not None:
            return {name: _hidden(value, tree, name) for name, value in outputs.items()}
    if any(type(value) is Unknown for value in (wanted, *values[1:])):
        return derived(tree, [wanted, *values[1:]])
    answer = frame.run.answers.call(node.name, str(wanted), version, tuple(values[2:]))
    if answer is None:
        return Unknown(tree, "list", f"known once {wanted} runs", (str(wanted),), True)
    return Secret(answer, tree)


def _hidden(value: Any, tree: Call, name: str) -> Any:
    return Secret(value, Access(tree, Text(name))) if type(value) in (str, dict, list) else value


Question = Callable[["Frame", Call, Environment], Any]
QUESTIONS: dict[str, Question] = {
    "target": _target,
    "subscription": _subscription,
    "tenant": _tenant,
    "managementGroup": _management_group,
    "resourceGroup": _resource_group,
    "deployment": _deployment,
    "deployer": _deployer,
    "environment": _environment,
    "utcNow": _utc_now,
    "newGuid": _new_guid,
    "externalInputs": _external,
    "externalInput": _external,
    "extensions": _external,
    "reference": _reference,
    "references": _references,
    "resourceInfo": _resource_info,
    "list": _list,
    **dict.fromkeys(
        (
            "pickZones",
            "toLogicalZone",
            "toLogicalZones",
            "toPhysicalZone",
            "toPhysicalZones",
            "providers",
            "roleDefinitions",
        ),
        _lookup,
    ),
}
