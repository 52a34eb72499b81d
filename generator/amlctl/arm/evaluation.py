"""`evaluate`: from a template, parameters, a context and answers to the desired state."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import Any, Literal

from amlctl.arm import dependencies
from amlctl.arm.copies import count_of, evaluate_node
from amlctl.arm.engine import evaluate_json, find_function, survey, uncover
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.frame import Frame, Run
from amlctl.arm.hashing import template_hash
from amlctl.arm.instances import Instance, expand
from amlctl.arm.limits import check_limits, check_resources, check_size
from amlctl.arm.parameters import TYPE_NAMES, is_secure, secured, type_of
from amlctl.arm.scopes import DEPLOYMENT_TYPE, Name, placeholder, resource_id, root_target
from amlctl.arm.tree import Call, Text
from amlctl.arm.values import (
    Answers,
    Context,
    Deployment,
    DesiredState,
    NoAnswers,
    Output,
    Parameter,
    Resource,
    Unknown,
)
from amlctl.diagnostics import JsonPath

_RECURSION = 10_000
_RUNNING = object()


def evaluate(
    template: Any,
    parameters: Mapping[str, Any] | None = None,
    context: Context | None = None,
    answers: Answers | None = None,
) -> DesiredState:
    """Work out what a template comes to; never raises for what the template says (see `DesiredState.faults`)."""
    if sys.getrecursionlimit() < _RECURSION:
        sys.setrecursionlimit(_RECURSION)
    find_function("true")
    context = context or Context()
    run = Run(context, answers or NoAnswers())
    if not isinstance(template, dict):
        template = {}
        run.fault(EvaluationFailed("the template must be an object."), (), stage="Deployment template parse failed")
    name: Name = context.deployment_name or placeholder("deployment", "name")
    frame = Frame(run, template, dict(parameters or {}), root_target(template, context), name, context.location)
    return _desired(_without_collector(frame), run)


def _without_collector(frame: Frame) -> Deployment:
    """Evaluate the root while the cycle collector pauses: what is made lives on, and looking at it takes 40 % more."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        check_size(frame)
        return _deployment(frame)
    except (EvaluationFailed, RecursionError) as error:
        failure = error if isinstance(error, EvaluationFailed) else EvaluationFailed("The template is nested too deep.")
        frame.run.fault(failure, ())
        return _empty(frame)
    finally:
        if collecting:
            gc.enable()


def _desired(root: Deployment, run: Run) -> DesiredState:
    faults = tuple(run.faults.values())
    findings = (*(fault.finding() for fault in faults), *run.notes)
    return DesiredState(root, _flat(root), root.outputs, root.parameters, faults, findings)


def validated_resources(root: Deployment) -> list[str]:
    """Give the ids of ARM's `validatedResources`: a deployment's resources, then what its modules hold.

    A module whose parameters need `reference()` is listed, but what it holds is not (observed.md, section 5).
    """
    found = [_text(one.id) for one in root.resources if not one.extension]
    for child in root.children:
        found += validated_resources(child) if child.expanded else []
    return found


def output_resources(desired: DesiredState) -> list[str]:
    """Give the ids of ARM's `outputResources`: every real resource of all modules, sorted."""
    return sorted(
        _text(one.id) for one in desired.resources if not one.extension and one.type.lower() != DEPLOYMENT_TYPE
    )


def _flat(root: Deployment) -> tuple[Resource, ...]:
    """The real resources of a deployment, then those of its modules, in template order."""
    opened = {child.id.lower() for child in root.children}
    own = [one for one in root.resources if one.type.lower() != DEPLOYMENT_TYPE or _key(one) not in opened]
    return (*own, *(one for child in root.children for one in _flat(child)))


def _key(resource: Resource) -> str:
    return (resource.id if type(resource.id) is str else resource.id.text).lower()  # type: ignore[union-attr]


def _deployment(frame: Frame) -> Deployment:
    check_limits(frame)
    expand(frame)
    check_resources(frame, len(frame.instances))
    _check_given(frame)
    parameters = _parameters(frame)
    live = dependencies.living(frame)
    frame.explicit = {id(instance): dependencies.explicit(instance) for instance in live}
    for instance in live:
        _weigh(instance)
    children = tuple(_child(child) for instance in live if (child := instance.child()) is not None)
    outputs = outputs_of(frame)
    frame.settle_variables()
    order = dependencies.order(frame, dependencies.graph(frame))
    return _assemble(frame, live, parameters, outputs, children, order)


def _weigh(instance: Instance) -> None:
    """Leave out a body that is larger than can be handled; that is a fault of this one resource."""
    try:
        survey(instance.body(), instance.frame.run.budget)
    except EvaluationFailed as error:
        instance.frame.run.fault(error, instance.path)
        instance.drop_body()


def _child(frame: Frame) -> Deployment:
    """Evaluate a nested deployment; where that is not possible it is empty, and the rest goes on."""
    try:
        return _deployment(frame)
    except EvaluationFailed as error:
        frame.run.fault(error, frame.path)
        return _empty(frame)


def _assemble(
    frame: Frame,
    live: list[Instance],
    parameters: tuple[Parameter, ...],
    outputs: tuple[Output, ...],
    children: tuple[Deployment, ...],
    order: tuple[int, ...],
) -> Deployment:
    instance = frame.instance
    own_id = deployment_id(frame)
    kind = frame.target.kind
    return Deployment(
        id=own_id,
        name=_text(frame.name),
        scope=kind,
        scope_id=_text(frame.target.base()),
        location=frame.location if type(frame.location) is str else None,
        template=frame.template,
        template_hash=_hash(frame.template),
        content_version=str(frame.template.get("contentVersion", "1.0.0.0")),
        parameters=parameters,
        outputs=outputs,
        resources=tuple(_resource(one, own_id) for one in live),
        existing=tuple(
            _resource(one, own_id) for one in frame.instances if one.existing and one.condition is not False
        ),
        order=order,
        providers=_providers(live),
        dependencies=dependencies.documents(frame),
        children=children,
        path=frame.path,
        symbols=frame.symbols,
        condition=True if instance is None or type(instance.condition) is bool else instance.condition,
        expanded=instance is None or not instance.references,
    )


def _empty(frame: Frame) -> Deployment:
    return _assemble(frame, [], (), (), (), ())


def _hash(template: dict[str, Any]) -> str:
    generator = template.get("metadata", {})
    generator = generator.get("_generator") if isinstance(generator, dict) else None
    known = generator.get("templateHash") if isinstance(generator, dict) else None
    return known if isinstance(known, str) else template_hash(template)


def deployment_id(frame: Frame) -> str:
    """Give the id of a deployment itself."""
    if frame.instance is not None:
        return _text(frame.instance.id)
    return _text(resource_id(frame.target.base(), "Microsoft.Resources/deployments", frame.name))


def _text(value: Any) -> str:
    return value.text if type(value) is Unknown else str(value)


def _resource(instance: Instance, deployment: str) -> Resource:
    targets = instance.frame.explicit.get(id(instance), ())
    return Resource(
        id=instance.id,
        type=instance.type,
        name=instance.name,
        api_version=instance.api_version,
        scope=_text(instance.scope_id),
        body={} if instance.existing else instance.body(),
        deployment=deployment,
        symbol=instance.symbol,
        condition=_open_condition(instance),
        depends_on=tuple(_text(one.id) for one in targets),
        references=tuple(dict.fromkeys(instance.references)),
        path=instance.path,
        origins=_origins(instance),
        copy_index=instance.copy_index if type(instance.copy_index) is int else None,
        extension=instance.extension,
    )


def _open_condition(instance: Instance) -> Literal[True] | Unknown:
    """An unknown condition of the resource, or of a module around it."""
    here: Instance | None = instance
    while here is not None:
        if type(here.condition) is Unknown:
            return here.condition
        here = here.frame.instance
    return True


def _origins(instance: Instance) -> Mapping[JsonPath, tuple[JsonPath, ...]]:
    from amlctl.arm.origins import Origins

    return Origins(instance)


def _check_given(frame: Frame) -> None:
    unknown = [spelled for key, (spelled, _) in frame.given.items() if key not in frame.parameters]
    if unknown:
        shown, known = ", ".join(unknown), ", ".join(spelled for spelled, _ in frame.parameters.values())
        message = (
            "The following parameters were supplied, but do not correspond to "
            f"any parameters defined in the template: '{shown}'. The parameters defined in the template are: '{known}'."
            " Please see https://aka.ms/arm-pass-parameter-values for usage details."
        )
        frame.run.fault(EvaluationFailed(message), (*frame.path, "parameters"))


def _parameters(frame: Frame) -> tuple[Parameter, ...]:
    env = frame.environment()
    result = []
    for key, (name, definition) in frame.parameters.items():
        value = frame.parameter_here(name, env)
        try:
            survey(value, frame.run.budget)
            resolved = frame.resolved(definition)
        except EvaluationFailed as error:
            frame.run.fault(error, (*frame.path, "parameters", name))
            resolved = {}
        kind = TYPE_NAMES.get(type_of(resolved), "Object")
        result.append(Parameter(name, kind, value, is_secure(resolved), key in frame.given))
    return tuple(result)


def outputs_of(frame: Frame) -> tuple[Output, ...]:
    """Evaluate the outputs of a deployment, once. Raises EvaluationFailed when they need themselves."""
    if frame.outputs is None:
        expand(frame)
        budget = frame.run.budget
        frame.outputs, quiet, budget.quiet = _RUNNING, budget.quiet, 0
        section = frame.template.get("outputs")
        try:
            done = [_output(frame, name, item) for name, item in section.items()] if isinstance(section, dict) else []
            frame.outputs = tuple(output for output in done if output is not None)
        finally:
            budget.quiet = quiet
            if frame.outputs is _RUNNING:
                frame.outputs = None
    if frame.outputs is _RUNNING:
        message = f"Circular dependency detected on resource: '{deployment_id(frame)}'."
        raise EvaluationFailed(f"{message} Please see https://aka.ms/arm-template/#resources for usage details.")
    return frame.outputs  # type: ignore[no-any-return]


def _output(frame: Frame, name: str, definition: Any) -> Output | None:
    env = frame.environment()
    path = (*frame.path, "outputs", name)
    try:
        resolved = frame.resolved(definition)
        if uncover(evaluate_json(resolved.get("condition", True), env)) is False:
            return None
        if isinstance(resolved.get("copy"), dict):
            value = _output_loop(name, resolved["copy"], env)
        else:
            value = evaluate_node(resolved.get("value"), env)
        survey(value, frame.run.budget)
        kind = TYPE_NAMES.get(type_of(resolved), "Object")
        return Output(name, kind, _checked_output(frame, name, resolved, value), is_secure(resolved))
    except EvaluationFailed as error:
        text = definition.get("value") if isinstance(definition, dict) else ""
        subject = f"The template output '{name}' is not valid"
        frame.run.fault(error, path, text if isinstance(text, str) else "", subject=subject)
        kind = (
            TYPE_NAMES.get(str(definition.get("type")).lower(), "Object") if isinstance(definition, dict) else "Object"
        )
        return Output(name, kind, Unknown(Call("fail", (Text(error.message),)), "error", error.message))


def _checked_output(frame: Frame, name: str, resolved: dict[str, Any], value: Any) -> Any:
    node = {**resolved, "nullable": resolved.get("nullable", value is None)}
    try:
        return secured(name, node, value, frame.definitions)
    except EvaluationFailed as error:
        raise EvaluationFailed(error.message.replace("template parameter", "template output")) from error


def _output_loop(name: str, loop: dict[str, Any], env: Any) -> Any:
    count = count_of(name, loop.get("count"), env)
    if type(count) is Unknown:
        return count
    label = str(loop.get("name") or name)
    return [evaluate_node(loop.get("input"), env.looping(label, at)) for at in range(count)]


def _providers(live: list[Instance]) -> list[dict[str, Any]]:
    """The `providers` of ARM's answer: namespaces and types in template order, each with its distinct locations."""
    spaces: dict[str, dict[str, list[Any]]] = {}
    for instance in live:
        if instance.extension:
            continue
        space, _, kind = instance.type.partition("/")
        locations = spaces.setdefault(space, {}).setdefault(kind, [])
        location = _plain_location(instance.location())
        if location not in locations:
            locations.append(location)
    return [
        {
            "namespace": space,
            "resourceTypes": [{"resourceType": kind, "locations": found} for kind, found in kinds.items()],
        }
        for space, kinds in spaces.items()
    ]


def _plain_location(location: Any) -> Any:
    if type(location) is str:
        return location.replace(" ", "").lower()
    return location.text if type(location) is Unknown else None
