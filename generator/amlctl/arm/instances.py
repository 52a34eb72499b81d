"""Resources of a template, loops and children spelled out: name, type, id, condition; the body when it is asked for."""

from __future__ import annotations

from typing import Any, Literal

from amlctl.arm.copies import count_of, evaluate_node
from amlctl.arm.engine import Environment, evaluate_json, evaluate_text, uncover
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.frame import Frame
from amlctl.arm.locating import locate_faults
from amlctl.arm.scopes import DEPLOYMENT_TYPE, Name, Target, joined, key_of, resource_id, target_of_id
from amlctl.arm.tree import Call
from amlctl.arm.values import Unknown
from amlctl.diagnostics import Finding, JsonPath

_STRUCTURE = """
type apiVersion name dependsOn condition copy existing scope import extension resources comments metadata subscriptionId
resourceGroup @options
"""
STRUCTURE = frozenset(_STRUCTURE.split())
"""The keys of a resource that are not part of what is PUT."""


class Instance:
    """One resource: a definition of a template at one index of its loop."""

    __slots__ = (
        "_body", "_child", "api_version", "condition", "copy_index", "copy_name", "definition", "env", "existing",
        "extension", "frame", "id", "name", "parent", "path", "references", "scope_id", "symbol", "target", "type",
    )  # fmt: skip

    def __init__(self, frame: Frame, definition: dict[str, Any], path: JsonPath, env: Environment) -> None:
        self.frame = frame
        self.definition = definition
        self.path = path
        self.env = env
        self.references: list[tuple[str, str]] = []
        env.references = self.references
        self.symbol = ""
        self.copy_name = ""
        self.copy_index: Any = None
        self.parent: Instance | None = None
        self.condition: bool | Unknown = True
        self.existing = False
        self.extension = ""
        self.type = ""
        self.api_version = ""
        self.name: Name = ""
        self.id: Name = ""
        self.scope_id: Name = ""
        self.target: Target = frame.target
        self._body: dict[str, Any] | None = None
        self._child: Frame | Literal[False] | None = None

    @property
    def is_deployment(self) -> bool:
        """Tell a nested deployment from a real resource."""
        return self.type.lower() == DEPLOYMENT_TYPE

    def location(self) -> Any:
        """Give the resource's location, null when it has none; an Unknown when it is not known."""
        if self._body is not None:
            return self._body.get("location")
        if "location" not in self.definition:
            return None
        try:
            return uncover(evaluate_json(self.definition["location"], self.env))
        except EvaluationFailed:
            return self.body().get("location")

    def body(self) -> dict[str, Any]:
        """Give what is PUT, evaluated once; a part that fails is an unknown and a fault with its place."""
        if self._body is None:
            self._body = {}
            self._body = self._evaluate_body()
        return self._body

    def _evaluate_body(self) -> dict[str, Any]:
        env, quiet = self.env, self.frame.run.budget.quiet
        parts = {key: item for key, item in self.definition.items() if key not in STRUCTURE}
        if self.is_deployment:
            parts["properties"] = _without_template(parts.get("properties"))
        self.frame.run.budget.quiet = 0
        try:
            return {key: evaluate_node(item, env) for key, item in parts.items()}
        except EvaluationFailed:
            stage = f"Unable to process template language expressions for resource '{_shown(self.id)}'"
            located = locate_faults(parts, env, self.path, self.frame.run, stage)
            return located if isinstance(located, dict) else {}
        finally:
            self.frame.run.budget.quiet = quiet

    def drop_body(self) -> None:
        """Forget a body that cannot be handled."""
        self._body = {}

    # ---- nested deployments ------------------------------------------------------------------------------------

    def child(self) -> Frame | None:
        """Give the frame of a nested deployment with content; None for anything else."""
        if self._child is None:
            self._child = self._open_child() or False
        return self._child or None

    def _open_child(self) -> Frame | None:
        properties = self.definition.get("properties")
        if not self.is_deployment or self.existing or self.condition is False or not isinstance(properties, dict):
            return None
        template = properties.get("template")
        written = isinstance(template, dict)  # the texts of a template that an expression gives are evaluated inside
        if isinstance(template, str):
            template = uncover(evaluate_json(template, self.env))
        if not isinstance(template, dict):
            return None
        given = self.body().get("properties", {}).get("parameters")
        outer = self.frame if written and not _is_inner(properties) else None
        location = self.body().get("location", self.frame.location)
        given = given if isinstance(given, dict) else {}
        path = (*self.path, "properties", "template")
        symbols = (*self.frame.symbols, self.symbol or _shown(self.name))
        own = (template, given, self.target, self.name, location)
        return Frame(self.frame.run, *own, path=path, symbols=symbols, instance=self, outer=outer)

    def deployment_outputs(self) -> dict[str, Any] | None:
        """Give the outputs of a nested deployment with content by name; None for anything else."""
        frame = self.child()
        if frame is None:
            return None
        from amlctl.arm.evaluation import outputs_of

        return {output.name: output.value for output in outputs_of(frame)}

    def deployment_document(self) -> dict[str, Any] | None:
        """Give what `reference()` of a nested deployment with content says; None for anything else."""
        frame = self.child()
        if frame is None:
            return None
        from amlctl.arm.evaluation import outputs_of

        outputs = {one.name: {"type": one.type, "value": one.value} for one in outputs_of(frame)}
        return {"mode": "Incremental", "provisioningState": "Succeeded", "outputs": outputs}


def _shown(name: Name) -> str:
    return name.text if type(name) is Unknown else str(name)


def _is_inner(properties: dict[str, Any]) -> bool:
    options = properties.get("expressionEvaluationOptions")
    scope = options.get("scope") if isinstance(options, dict) else None
    return isinstance(scope, str) and scope.lower() == "inner"


def _without_template(properties: Any) -> Any:
    if not isinstance(properties, dict):
        return properties
    return {key: item for key, item in properties.items() if key != "template"}


# ---- spelling out --------------------------------------------------------------------------------------------


def expand(frame: Frame) -> None:
    """Spell out the resources of a template, once, and index them by symbol, id and name."""
    if frame.spelled_out:
        return
    frame.spelled_out = True
    section = frame.template.get("resources")
    if isinstance(section, dict):
        for symbol, definition in section.items():
            _expand_one(frame, definition, (*frame.path, "resources", symbol), symbol, None)
    elif isinstance(section, list):
        for at, definition in enumerate(section):
            _expand_one(frame, definition, (*frame.path, "resources", at), "", None)


def _expand_one(frame: Frame, definition: Any, path: JsonPath, symbol: str, parent: Instance | None) -> None:
    try:
        if not isinstance(definition, dict):
            message = "The template resource is not valid: it must be an object."
            raise EvaluationFailed(message)
        base = parent.env if parent else frame.environment()
        if "copy" in definition and not isinstance(definition["copy"], list):
            _expand_loop(frame, definition, path, symbol, parent)
        else:
            env = Environment(frame, base.budget, base.copies, base.copy)
            _add(frame, definition, path, symbol, parent, env, None, "")
    except EvaluationFailed as error:
        frame.run.fault(error, path, _text(definition))


def _text(definition: Any) -> str:
    return str(definition.get("name", ""))[:500] if isinstance(definition, dict) else ""


def _expand_loop(
    frame: Frame, definition: dict[str, Any], path: JsonPath, symbol: str, parent: Instance | None
) -> None:
    loop = definition["copy"]
    base = parent.env if parent else frame.environment()
    if not isinstance(loop, dict) or not isinstance(loop.get("name"), str):
        message = "The template copy definition is not valid: it needs a name and a count."
        raise EvaluationFailed(message)
    name = str(evaluate_text(loop["name"], base))
    count = count_of(name, loop.get("count"), base)
    if type(count) is Unknown:
        message = f"The count of the loop '{name}' is not known before the deployment runs: {count.text}"
        frame.run.notes.append(Finding("warning", "AML310", message, None, count.text))
        index = Unknown(Call("copyIndex"), "parameter", "the index of a loop of unknown length")
        _add(frame, definition, path, symbol, parent, base.looping(name, index), index, name)
        return
    if symbol:
        frame.by_symbol.setdefault(symbol.lower(), [])
    else:
        frame.by_symbol.setdefault(name.lower(), [])
    for at in range(count):
        _add(frame, definition, path, symbol, parent, base.looping(name, at), at, name)


def _add(
    frame: Frame,
    definition: dict[str, Any],
    path: JsonPath,
    symbol: str,
    parent: Instance | None,
    env: Environment,
    index: Any,
    loop: str,
) -> None:
    instance = Instance(frame, definition, path, env)
    instance.parent = parent
    instance.copy_index, instance.copy_name = index, loop
    instance.symbol = f"{symbol}[{index}]" if symbol and type(index) is int else symbol
    instance.existing = definition.get("existing") is True
    instance.condition = _condition(instance, parent)
    if instance.condition is False:
        _identify_leniently(instance)
    else:
        _identify(instance)
    _index(frame, instance, symbol, loop)
    for at, child in _children(definition):
        _expand_one(frame, child, (*path, "resources", at), "", instance)


def _children(definition: dict[str, Any]) -> list[tuple[Any, Any]]:
    section = definition.get("resources")
    if isinstance(section, dict):
        return list(section.items())
    return list(enumerate(section)) if isinstance(section, list) else []


def _condition(instance: Instance, parent: Instance | None) -> bool | Unknown:
    if parent is not None and parent.condition is False:
        return False
    if "condition" not in instance.definition:
        return True
    value = uncover(evaluate_json(instance.definition["condition"], instance.env))
    if type(value) is str and value.lower() in ("true", "false"):
        value = value.lower() == "true"
    if type(value) is Unknown:
        message = f"A condition is not known before the deployment runs: {value.text}"
        instance.frame.run.notes.append(Finding("warning", "AML311", message, None, value.text))
        return value
    if type(value) is not bool:
        message = "The template resource condition is not valid: it must be a boolean."
        raise EvaluationFailed(message)
    return value


def _identify_leniently(instance: Instance) -> None:
    """Name a resource that is switched off; where that fails it is no fault, as nothing is deployed."""
    budget = instance.frame.run.budget
    budget.quiet += 1
    try:
        _identify(instance)
    except EvaluationFailed:
        instance.id = ""
    finally:
        budget.quiet -= 1


def _identify(instance: Instance) -> None:
    """Evaluate type, API version and name; work out scope and id."""
    definition, env = instance.definition, instance.env
    instance.type = _word(definition.get("type"), "type", env)
    instance.extension = _extension(definition)
    if instance.extension:
        instance.name = instance.symbol
        return
    instance.api_version = _word(definition.get("apiVersion", ""), "apiVersion", env)
    name = uncover(evaluate_json(definition.get("name"), env))
    if type(name) is not str and type(name) is not Unknown:
        message = "The template resource name is not valid: it must be a string."
        raise EvaluationFailed(message)
    instance.name = name
    assigns = instance.type.lower() == "microsoft.authorization/roleassignments"  # named after a principal: usual
    if type(name) is Unknown and instance.condition is not False and not assigns:
        note = f"A name is not known before the deployment runs: {name.text}"
        instance.frame.run.notes.append(Finding("warning", "AML312", note, None, name.text))
    if not name:
        message = f"The template resource '' of type '{instance.type}' is not valid: the name must not be empty."
        raise EvaluationFailed(message)
    base = _base(instance)
    instance.scope_id = base
    instance.id = resource_id(base, instance.type, instance.name)


def _word(value: Any, what: str, env: Environment) -> str:
    word = uncover(evaluate_json(value, env))
    if type(word) is not str:
        message = f"The template resource {what} is not valid: it must be a string."
        raise EvaluationFailed(message)
    return word


def _extension(definition: dict[str, Any]) -> str:
    """The alias of the extension that a resource belongs to; empty for ARM's own."""
    alias = definition.get("extension", definition.get("import"))
    return alias if isinstance(alias, str) else ""


def _base(instance: Instance) -> Name:
    if instance.is_deployment:
        instance.target = _deployment_target(instance)
        return instance.target.base()
    parent, definition = instance.parent, instance.definition
    if parent is not None:
        return _under_parent(instance, parent)
    if "scope" in definition:
        return _scope(instance, uncover(evaluate_json(definition["scope"], instance.env)))
    if "subscriptionId" in definition or "resourceGroup" in definition:
        return _deployment_target(instance).base()
    return instance.frame.target.base()


def _under_parent(instance: Instance, parent: Instance) -> Name:
    """Name a nested child by its parent, or scope an extension resource to it."""
    kind = instance.type
    if kind.lower().startswith(parent.type.lower() + "/"):
        return parent.scope_id
    if "/" in kind and "." in kind.split("/")[0]:
        return parent.id
    instance.type = f"{parent.type}/{kind}"
    instance.name = joined(parent.name, "/", instance.name)
    return parent.scope_id


def _scope(instance: Instance, scope: Any) -> Name:
    if type(scope) is Unknown:
        return scope
    if type(scope) is not str or not scope:
        message = "The template resource scope is not valid: it must be a string."
        raise EvaluationFailed(message)
    if scope.startswith("/"):
        return scope.rstrip("/")
    if scope.lower().startswith("microsoft.management/managementgroups/"):
        return f"/providers/{scope}"
    return joined(instance.frame.target.base(), "/providers/", scope)


def _deployment_target(instance: Instance) -> Target:
    definition, own = instance.definition, instance.frame.target
    part = {key: uncover(evaluate_json(definition[key], instance.env)) for key in _TARGETS if key in definition}
    for key, value in part.items():
        if type(value) not in (str, Unknown):
            message = f"The template resource {key} is not valid: it must be a string."
            raise EvaluationFailed(message)
    if "scope" in part:
        found = target_of_id(part["scope"]) if type(part["scope"]) is str else None
        return found or own
    if "resourceGroup" in part:
        return Target("resourceGroup", part.get("subscriptionId", own.subscription), part["resourceGroup"])
    if "subscriptionId" in part:
        return Target("subscription", part["subscriptionId"])
    return own


_TARGETS = ("scope", "subscriptionId", "resourceGroup")


def _index(frame: Frame, instance: Instance, symbol: str, loop: str) -> None:
    key = key_of(instance.id)
    known = frame.by_id.get(key) if key else None
    if known is not None and not instance.extension and _both_live(known, instance):
        message = f"The resource '{_shown(instance.id)}' is defined multiple times in a template."
        raise EvaluationFailed(f"{message} Please see https://aka.ms/arm-template/#resources for usage details.")
    frame.instances.append(instance)
    if instance.id and (known is None or known.condition is False or known.existing):
        frame.by_id[key] = instance
    if instance.is_deployment and instance.condition is not False and not instance.existing:
        frame.run.deployments[key] = instance
    names = [symbol.lower(), instance.symbol.lower()] if symbol else [loop.lower()]
    for name in dict.fromkeys(name for name in names if name):
        frame.by_symbol.setdefault(name, []).append(instance)
    if not symbol and instance.name:
        frame.by_name.setdefault(key_of(instance.name), []).append(instance)


def _both_live(one: Instance, two: Instance) -> bool:
    return type(one.id) is str and all(each.condition is True and not each.existing for each in (one, two))
