"""One template while it is evaluated: its parameters, variables and functions, each worked out when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlctl.arm.copies import evaluate_node, is_copy, run_copy
from amlctl.arm.engine import NOT_HERE, Budget, Environment, evaluate, has_expression
from amlctl.arm.faults import USAGE, EvaluationFailed
from amlctl.arm.parameters import secured, type_of
from amlctl.arm.parser import parse_expression
from amlctl.arm.scopes import Name, Target
from amlctl.arm.tree import Call, Text
from amlctl.arm.values import Answers, Context, Fault, Unknown
from amlctl.diagnostics import Finding, JsonPath

if TYPE_CHECKING:
    from amlctl.arm.instances import Instance

_RUNNING = object()
VALIDATION = "Deployment template validation failed"


class Run:
    """What all templates of one evaluation share."""

    def __init__(self, context: Context, answers: Answers) -> None:
        self.context = context
        self.answers = answers
        self.budget = Budget()
        self.faults: dict[tuple[str, JsonPath], Fault] = {}
        self.notes: list[Finding] = []
        self.deployments: dict[str, Instance] = {}
        self.seed = ""

    def fault(
        self, error: EvaluationFailed, path: JsonPath, expression: str = "", stage: str = VALIDATION, subject: str = ""
    ) -> None:
        """Remember a fault once; `subject` says whose it is (`The template variable 'x' is not valid`)."""
        where = error.path or path
        message = f"{subject}: {error.message}" if subject else error.message
        self.faults.setdefault((message, where), Fault(error.code, message, where, expression, stage))


class Frame:
    """A root or nested template with its given parameters and its target; the host of its expressions.

    `words` is the frame that answers `parameters()` and `variables()`: this one, or the parent's where a nested
    template is evaluated in the outer scope.
    """

    def __init__(
        self,
        run: Run,
        template: dict[str, Any],
        given: dict[str, Any],
        target: Target,
        name: Name,
        location: Any,
        *,
        path: JsonPath = (),
        symbols: tuple[str, ...] = (),
        instance: Instance | None = None,
        outer: Frame | None = None,
    ) -> None:
        self.run = run
        self.template = template
        self.given = {key.lower(): (key, value) for key, value in given.items()}
        self.target = target
        self.name = name
        self.location = location
        self.path = path
        self.symbols = symbols
        self.instance = instance
        self.outer = outer
        self.words: Frame = outer.words if outer else self
        self.definitions = _section(template, "definitions")
        self.parameters = {key.lower(): (key, item) for key, item in _section(template, "parameters").items()}
        self.variables = _named(_section(template, "variables"))
        self.functions = _functions(template)
        self.instances: list[Instance] = []
        self.by_symbol: dict[str, list[Instance]] = {}
        self.by_id: dict[str, Instance] = {}
        self.by_name: dict[str, list[Instance]] = {}
        self.spelled_out = False
        self.explicit: dict[int, list[Instance]] = {}
        self._known: dict[str, Any] = {}
        self.outputs: Any = None
        self.group: Any = None

    def environment(self) -> Environment:
        """Where the expressions of this template stand, outside any loop."""
        if self.outer and self.instance:
            return Environment(self, self.run.budget, self.instance.env.copies, self.instance.env.copy)
        return Environment(self, self.run.budget)

    # ---- the host of expressions ------------------------------------------------------------------------------

    def parameter(self, name: str, env: Environment) -> Any:
        """Give a parameter's value: given, or its default, or null where it may be null."""
        del env
        words = self.words
        key = name.lower()
        found = words._known.get("p" + key, words)
        if found is not words and found is not _RUNNING:
            return found
        if key not in words.parameters:
            message = (
                f"The template parameter '{name}' is not found. Please see https://aka.ms/arm-template/#parameters"
            )
            raise EvaluationFailed(f"{message} for usage details.")
        spelled, definition = words.parameters[key]
        return words._once("p" + key, "parameters", spelled, definition)

    def parameter_here(self, name: str, env: Environment) -> Any:
        """Give the value of this template's own parameter, whatever its expressions may use."""
        words, self.words = self.words, self
        try:
            return self.parameter(name, env)
        except EvaluationFailed as error:
            self.run.fault(error, (*self.path, "parameters", name))
            return Unknown(Call("parameters", (Text(name),)), "error", error.message)
        finally:
            self.words = words

    def variable(self, name: str, env: Environment) -> Any:
        """Give a variable's value."""
        del env
        words = self.words
        key = name.lower()
        found = words._known.get("v" + key, words)
        if found is not words and found is not _RUNNING:
            return found
        if key not in words.variables:
            message = f"The template variable '{name}' is not found. Please see https://aka.ms/arm-template/#variables"
            raise EvaluationFailed(f"{message} for usage details.")
        spelled, definition = words.variables[key]
        return words._once("v" + key, "variables", spelled, definition)

    def call(self, node: Call, env: Environment) -> Any:
        """Run a user function, or a `list*` function; anything else is not a function."""
        name = node.name.lower()
        member = self.words.functions.get(name)
        if member is not None:
            return self._user_function(node, member, env)
        if name.startswith("list") and "." not in name:
            return self.ask("list", node, env)
        message = f"The template function '{node.name}' is not valid."
        raise EvaluationFailed(f"{message} {USAGE}")

    def ask(self, name: str, node: Call, env: Environment) -> Any:
        """Answer what the template, its scope and its resources know (see `questions`)."""
        from amlctl.arm.questions import QUESTIONS

        return QUESTIONS[name](self, node, env)

    def _start_environment(self) -> Environment:
        """Where variables and defaults stand: what they use must be known when the deployment starts."""
        return Environment(self, self.run.budget, references=NOT_HERE)

    # ---- working out ---------------------------------------------------------------------------------------------

    def _once(self, key: str, section: str, name: str, definition: Any) -> Any:
        """Work a parameter or variable out and remember it; a failure is one fault and an unknown from then on."""
        if self._known.get(key) is _RUNNING:
            message = f"Circular reference detected at the template {section[:-1]} '{name}'."
            raise EvaluationFailed(f"{message} Please see https://aka.ms/arm-syntax-{section} for usage details.")
        self._known[key] = _RUNNING
        try:
            value = self._parameter(name, definition) if section == "parameters" else self._variable(definition)
        except EvaluationFailed as error:
            self._known.pop(key)
            if self.run.budget.quiet:
                raise
            self.run.fault(error, (*self.path, section, name), subject=_subject(section, name, error))
            value = Unknown(Call(section, (Text(name),)), "error", error.message)
        except BaseException:
            self._known.pop(key, None)
            raise
        self._known[key] = value
        return value

    def settle_variables(self) -> None:
        """Work every variable out, as ARM does even where nothing uses it."""
        env = Environment(self, self.run.budget)
        for key, (name, definition) in self.variables.items():
            if "v" + key not in self._known and (type(definition) is _Loop or has_expression(definition)):
                self.variable(name, env)

    def _variable(self, definition: Any) -> Any:
        env = self._start_environment()
        if type(definition) is _Loop:
            return run_copy(definition.loop, env)
        return evaluate_node(definition, env)

    def _parameter(self, name: str, definition: Any) -> Any:
        seed, self.run.seed = self.run.seed, f"{'/'.join(map(str, self.path))}:{name}"
        try:
            value = self._given(name)
            if value is None:
                value = self._default(name, definition)
            return secured(name, definition, value, self.definitions)
        finally:
            self.run.seed = seed

    def _given(self, name: str) -> Any:
        given = self.given.get(name.lower())
        if given is None:
            return None
        holder = given[1]
        if not isinstance(holder, dict):
            return holder
        if holder.get("reference") is not None:
            why = "it is read from a key vault"
            return Unknown(Call("parameters", (Text(name),)), "secret", why, _vault(holder["reference"]), True)
        if isinstance(holder.get("expression"), str) and "value" not in holder:
            text = holder["expression"]
            tree = parse_expression(text[1:-1] if text[:1] == "[" else text)
            return evaluate(tree, Environment(self, self.run.budget))
        return holder.get("value")

    def _default(self, name: str, definition: Any) -> Any:
        if isinstance(definition, dict) and "defaultValue" in definition:
            return evaluate_node(definition["defaultValue"], self._start_environment())
        resolved = self.resolved(definition)
        if resolved.get("nullable") is True or "defaultValue" in resolved:
            return evaluate_node(resolved.get("defaultValue"), self._start_environment())
        self.run.fault(EvaluationFailed(_NOT_PROVIDED.format(name)), (*self.path, "parameters", name))
        secret = type_of(resolved).startswith("secure")
        return Unknown(Call("parameters", (Text(name),)), "parameter", "the parameter was not given", (), secret)

    def resolved(self, definition: Any) -> dict[str, Any]:
        """Follow the `$ref`s of a parameter's or output's definition."""
        from amlctl.arm.parameters import resolve

        return resolve(definition, self.definitions)

    def _user_function(self, node: Call, member: Any, env: Environment) -> Any:
        parameters = [item for item in member.get("parameters", []) if isinstance(item, dict)]
        values = [evaluate(argument, env) for argument in node.arguments]
        if len(values) != len(parameters):
            from amlctl.arm.engine import wrong_count

            raise wrong_count(node.name, len(parameters), len(parameters), len(values))
        host = _FunctionHost(
            self, {str(item.get("name")).lower(): value for item, value in zip(parameters, values, strict=True)}
        )
        output = member.get("output")
        return evaluate_node(output.get("value") if isinstance(output, dict) else None, Environment(host, env.budget))


_NOT_PROVIDED = (
    "The value for the template parameter '{}' is not provided. "
    "Please see https://aka.ms/arm-create-parameter-file for usage details."
)


def _subject(section: str, name: str, error: EvaluationFailed) -> str:
    told = f"template parameter '{name}'" in error.message or f"parameters '{name}'" in error.message
    return "" if told else f"The template {section[:-1]} '{name}' is not valid"


class _FunctionHost:
    """The host of a user function's body: its own parameters, no variables, the template's other functions."""

    def __init__(self, frame: Frame, values: dict[str, Any]) -> None:
        self.frame = frame
        self.values = values

    def parameter(self, name: str, env: Environment) -> Any:
        del env
        if name.lower() not in self.values:
            message = f"The template function parameter '{name}' is not found."
            raise EvaluationFailed(message)
        return self.values[name.lower()]

    def variable(self, name: str, env: Environment) -> Any:
        del env
        message = (
            f"The template function 'variables' is not expected at this location: '{name}' is used in a user function."
        )
        raise EvaluationFailed(message)

    def call(self, node: Call, env: Environment) -> Any:
        return self.frame.call(node, env)

    def ask(self, name: str, node: Call, env: Environment) -> Any:
        return self.frame.ask(name, node, env)


class _Loop:
    """A variable that is a loop of the `copy` list of `variables`."""

    __slots__ = ("loop",)

    def __init__(self, loop: dict[str, Any]) -> None:
        self.loop = loop


def _section(template: dict[str, Any], name: str) -> dict[str, Any]:
    section = template.get(name)
    return section if isinstance(section, dict) else {}


def _named(section: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    named: dict[str, tuple[str, Any]] = {}
    for key, item in section.items():
        if key == "copy" and is_copy(item):
            named.update((loop["name"].lower(), (loop["name"], _Loop(loop))) for loop in item)
        else:
            named[key.lower()] = (key, item)
    return named


def _functions(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    namespaces = template.get("functions")
    for space in namespaces if isinstance(namespaces, list) else []:
        members = space.get("members") if isinstance(space, dict) else None
        for name, member in members.items() if isinstance(members, dict) else ():
            if isinstance(member, dict):
                found[f"{space.get('namespace')}.{name}".lower()] = member
    return found


def _vault(reference: Any) -> tuple[str, ...]:
    vault = reference.get("keyVault") if isinstance(reference, dict) else None
    return (str(vault.get("id")),) if isinstance(vault, dict) else ()
