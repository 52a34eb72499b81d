"""A .bicepparam file to a parameters file: values are evaluated while compiling, by the evaluator of room ``arm``.

Source: Emit/ParametersJsonWriter.cs, ParameterAssignmentEvaluator.cs, ExternalInputFunctionReferenceVisitor.cs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from amlctl.arm.expressions import evaluate_expression
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.parser import is_expression, parse_value
from amlctl.arm.tree import Access, Call, Expression, Integer, Text, print_expression, print_value
from amlctl.arm.values import Unknown
from amlctl.bicep import compiler as bicep_compiler
from amlctl.bicep import jsontext, modules, syntax
from amlctl.bicep.collector import uncollected
from amlctl.bicep.compiler import Compilation, Compiler, Options, place_of
from amlctl.bicep.external_inputs import INPUTS, Inputs, asks, member_of, mentions_base
from amlctl.bicep.lowering import Lowering
from amlctl.bicep.ordering import culture_key
from amlctl.bicep.source import Files, decode
from amlctl.bicep.symbols import INDEX, ITEM, Symbol
from amlctl.bicep.unit import Unit
from amlctl.bicep.values import Unsupported, as_call, literal_expression
from amlctl.diagnostics import Finding, Place, has_errors
from amlctl.records import NamedTuple

Node = syntax.Node
Json = dict[str, Any]

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
_MAX_EXTENDS = 50


class ParametersFile(NamedTuple):
    """What a .bicepparam file gave. ``parameters`` is None and ``text`` empty where an error forbids it."""

    parameters: Json | None
    text: str
    """The exact bytes of the parameters file, as text."""
    findings: tuple[Finding, ...]
    sources: tuple[str, ...]
    template: Compilation | None
    """The compiled file that it is for; None for ``using none``, a template or a template spec."""
    template_text: str
    """The text of the template, whatever it is; empty where there is none."""
    template_spec_id: str | None


class _Assigned(NamedTuple):
    """One parameter: its value's node, and the file it stands in; or a value that overrides it."""

    name: str
    file: File | None
    symbol: Symbol | None
    override: Any = None


class File:
    """A parameters file with those that it extends."""

    def __init__(self, unit: Unit, base: File | None) -> None:
        self.unit, self.base = unit, base
        self.low = Lowering(unit)
        if base is not None:
            unit.extended = base.trees
        self._values: dict[str, Any] = {}
        self._busy: set[str] = set()

    # --- names ---

    @cached_property
    def assignments(self) -> dict[str, _Assigned]:
        """All parameters: the file's own, then those of its bases that it does not set."""
        found = {symbol.name: _Assigned(symbol.name, self, symbol) for symbol in self.unit.model.parameters}
        if self.base is not None:
            for name, assigned in self.base.assignments.items():
                found.setdefault(name, assigned)
        return found

    def chain(self) -> list[File]:
        """The file, and those that it extends."""
        return [self, *([] if self.base is None else self.base.chain())]

    def trees(self) -> dict[str, Expression]:
        """The file's parameters as expressions, for ``base`` of a file that extends it."""
        return {name: self._tree(one) for name, one in self.assignments.items()}

    def _tree(self, one: _Assigned) -> Expression:
        external = one.file.external(one.symbol) if one.file is not None and one.symbol is not None else None
        return literal_expression(self.parameter(one.name)) if external is None else external

    def external(self, symbol: Symbol) -> Expression | None:
        """Give a parameter's value as an expression where it asks for an external input, itself or by its base."""
        node = symbol.node.value
        if symbol in self.unit.inlined:
            return self.reduced(self.low.expression(node))
        if self.base is None or type(node) is syntax.For or not mentions_base(node):
            return None
        tree = self.reduced(self.low.expression(node))
        return tree if asks(tree) else None

    @cached_property
    def own_variables(self) -> dict[str, Symbol]:
        """The file's variables by name."""
        return {symbol.name: symbol for symbol in self.unit.model.variables}

    @cached_property
    def imported_variables(self) -> dict[str, tuple[Any, bool]]:
        """Imported variables by the name they are called by: value (or copy entry), whether it is a loop."""
        if not (self.unit.model.imports or self.unit.model.wildcards):
            return {}
        return {name: (value, is_loop) for name, value, is_loop in self.unit.closure.variables()}

    @cached_property
    def functions(self) -> dict[str, Json]:
        """Imported functions by their full name."""
        if not (self.unit.model.imports or self.unit.model.wildcards):
            return {}
        return {f"{namespace}.{name}": made for namespace, name, made in self.unit.closure.functions()}

    @cached_property
    def loaded(self) -> dict[str, Node]:
        """Load functions by the name of the variable that holds their result."""
        return dict(self.unit.model.load_calls.values())

    # --- values ---

    def variable(self, name: str) -> Any:
        """Evaluate a variable by its name in the template language."""
        return self._once(f"variable {name}", lambda: self._variable(name))

    def _variable(self, name: str) -> Any:
        symbol = self.own_variables.get(name)
        if symbol is not None:
            return self.value(symbol.node.value)
        if name in self.loaded:
            return self.unit.load(self.loaded[name])
        if name in self.imported_variables:
            value, is_loop = self.imported_variables[name]
            return self._copied(value) if is_loop else self.json(value, None)
        raise EvaluationFailed(f"Variable {name} not found")

    def parameter(self, name: str) -> Any:
        """Evaluate another parameter."""
        assigned = self.assignments.get(name)
        if assigned is None or assigned.file is None or assigned.symbol is None:
            raise EvaluationFailed(f"Parameter {name} not found")
        file, symbol = assigned.file, assigned.symbol
        return file._once(f"parameter {name}", lambda: file.value(symbol.node.value))

    def _once(self, key: str, make: Any) -> Any:
        if key not in self._values:
            if key in self._busy:
                raise EvaluationFailed(f"The {key} depends on itself")
            self._busy.add(key)
            try:
                self._values[key] = make()
            finally:
                self._busy.discard(key)
        return self._values[key]

    def value(self, node: Node) -> Any:
        """Evaluate a node to JSON."""
        while type(node) is syntax.Parens:
            node = node.inner
        if type(node) is syntax.For:
            return self._loop(node)
        return self.tree_value(self.low.expression(node))

    def _loop(self, node: syntax.For) -> list[Any]:
        source = self.value(node.source)
        if not isinstance(source, list):
            raise EvaluationFailed("For-expression source must be an array.")
        made = []
        for at, item in enumerate(source):
            replaced = {(node.at, ITEM): as_call(literal_expression(item)), (node.at, INDEX): Integer(at)}
            made.append(self.tree_value(Lowering(self.unit, replaced).expression(node.body)))
        return made

    def tree_value(self, tree: Expression, parameters: Mapping[str, Any] | None = None) -> Any:
        """Evaluate an expression; ``parameters`` are those of a function's body."""
        lookup = self.parameter if parameters is None else lambda name: parameters[name]
        found = evaluate_expression(tree, lookup, self.variable, self._call)
        if isinstance(found, Unknown):
            raise EvaluationFailed(f"The value of '{print_expression(tree)}' is not known while compiling")
        return found

    def _call(self, node: Call, evaluate: Any) -> Any:
        made = self.functions.get(node.name)
        if made is None:
            raise EvaluationFailed(f"Function {node.name} not found")
        names = [parameter["name"] for parameter in made["parameters"]]
        given = dict(zip(names, [evaluate(argument) for argument in node.arguments], strict=False))
        return self.json(made["output"]["value"], given)

    def json(self, value: Any, parameters: Mapping[str, Any] | None) -> Any:
        """Evaluate the expressions inside JSON."""
        if isinstance(value, dict):
            return {self.json(key, parameters): self.json(member, parameters) for key, member in value.items()}
        if isinstance(value, list):
            return [self.json(item, parameters) for item in value]
        if isinstance(value, str):
            if is_expression(value):
                return self.tree_value(parse_value(value), parameters)
            return value[1:] if value.startswith("[[") else value
        return value

    def _copied(self, entry: Json) -> list[Any]:
        """Evaluate a variable's copy loop."""
        count = self.json(entry["count"], None)
        return [self.json(_at_index(entry["input"], str(entry["name"]), at), None) for at in range(int(count))]

    # --- external inputs ---

    def reduced(self, tree: Expression) -> Expression:
        """Put values in the place of variables, parameters and user functions; what is external stays."""
        if type(tree) is Access:
            base, key = self.reduced(tree.base), self.reduced(tree.key)
            member = member_of(base, key)
            return Access(base, key) if member is None else member
        if type(tree) is not Call:
            return tree
        if tree.name in ("variables", "parameters") and type(tree.arguments[0]) is Text:
            look = self.variable if tree.name == "variables" else self.parameter
            return literal_expression(look(tree.arguments[0].value))
        if tree.name in INPUTS and INPUTS[tree.name] is not None:
            kind = Text(INPUTS[tree.name] or "")
            return Call("externalInput", (kind, *[self.reduced(argument) for argument in tree.arguments]))
        arguments = tuple(self.reduced(argument) for argument in tree.arguments)
        if "." in tree.name:
            return literal_expression(self.tree_value(Call(tree.name, arguments)))
        return Call(tree.name, arguments)


def _at_index(value: Any, name: str, index: int) -> Any:
    """Put a number in the place of a loop's ``copyIndex``."""
    if isinstance(value, dict):
        return {_at_index(key, name, index): _at_index(member, name, index) for key, member in value.items()}
    if isinstance(value, list):
        return [_at_index(item, name, index) for item in value]
    if isinstance(value, str) and is_expression(value):
        return print_value(_indexed(parse_value(value), name, index))
    return value


def _indexed(tree: Expression, name: str, index: int) -> Expression:
    if type(tree) is Access:
        return Access(_indexed(tree.base, name, index), _indexed(tree.key, name, index))
    if type(tree) is not Call:
        return tree
    arguments = tree.arguments
    if tree.name.lower() == "copyindex" and arguments and arguments[0] == Text(name):
        return Integer(index) if len(arguments) == 1 else Call("add", (Integer(index), arguments[1]))
    return Call(tree.name, tuple(_indexed(argument, name, index) for argument in arguments))


# --- the file --------------------------------------------------------------------------------------------------------


@uncollected
def build_params(
    files: Files,
    path: str,
    *,
    overrides: Mapping[str, Any] | None = None,
    bicep_file: str | None = None,
    options: Options | None = None,
) -> ParametersFile:
    """Compile a .bicepparam file. Never raises for what the file holds: faults are findings.

    ``overrides`` are values by parameter name that win; ``bicep_file`` takes the place of what ``using`` names.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))
    builder = _Builder(files, path, dict(overrides or {}), bicep_file, options or Options())
    try:
        return builder.build()
    except Unsupported as fault:
        builder.add("error", fault.code, fault.message, builder.place(fault.node))
        return builder.failed()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, AssertionError, RecursionError) as error:
        builder.add("error", "AML399", f"This file cannot be compiled: {type(error).__name__}: {error}", None)
        return builder.failed()


class _Builder:
    def __init__(self, files: Files, path: str, overrides: Json, bicep_file: str | None, options: Options) -> None:
        self.files, self.path, self.overrides, self.bicep_file = files, path, overrides, bicep_file
        self.options = options
        self.compiler = Compiler(files, options)
        self.findings: list[Finding] = []
        self.compilation: Compilation | None = None
        self.tree: syntax.Tree | None = None
        self.template_text = ""
        self.spec_id: str | None = None
        self.target: tuple[str, Any] | None = None
        """The file that the parameters are for, and its template where it is one."""

    def add(self, level: Any, code: str, message: str, place: Place | None) -> None:
        self.findings.append(Finding(level, code, message, place or Place(self.path)))

    def place(self, node: Node) -> Place | None:
        """The place of a node of the file itself."""
        return place_of(self.tree, node) if self.tree is not None else None

    def failed(self) -> ParametersFile:
        findings = tuple(dict.fromkeys([*self.compiler.findings, *self.findings]))
        sources = tuple(
            dict.fromkeys([*self.compiler.read_paths, *(self.compilation.sources if self.compilation else ())])
        )
        return ParametersFile(None, "", findings, sources, self.compilation, self.template_text, self.spec_id)

    def build(self) -> ParametersFile:
        file = self._open(self.path, 0)
        if file is None:
            return self.failed()
        declared = self._using(file)
        if has_errors(self.compiler.findings) or has_errors(self.findings):
            return self.failed()
        made = self._write(file, declared)
        if self.options.check:
            self._check(file)
        result = self.failed()
        if made is None or has_errors(result.findings):
            return result
        return result._replace(parameters=made, text=jsontext.dumps(made))

    def _open(self, path: str, depth: int) -> File | None:
        try:
            text = decode(self.compiler.read(path))
        except OSError as error:
            self.add("error", "BCP091", f"An error occurred reading file. {error}", Place(path))
            return None
        unit = self.compiler.make_unit(path, text)
        self.tree = self.tree or unit.model.tree
        base = None
        extends = [node for node in unit.model.tree.statements if type(node) is syntax.Extends]
        if extends and depth < _MAX_EXTENDS and type(extends[0].path) is syntax.String:
            from amlctl.bicep.source import beside

            base = self._open(beside(path, extends[0].path.value), depth + 1)
        return File(unit, base)

    def _using(self, file: File) -> dict[str, bool] | None:
        """What the file is for: names of the parameters, True where a value must be given; None for ``none``."""
        using = file.unit.model.using
        if using is None:
            self.add("error", "BCP261", "A using declaration must be present in this parameters file.", None)
            return None
        if using.path is None and self.bicep_file is None:
            return None
        try:
            if self.bicep_file is not None:
                source = modules.load(self.compiler, self.bicep_file, using)
            else:
                source = modules.find(self.compiler, self.path, using.path)
        except Unsupported as fault:
            self.findings.append(self.compiler.finding(file.unit, fault))
            return None
        if isinstance(source, modules.ArmSource):
            self.spec_id = source.spec_id
            self.target = source.path, source.template
            self.template_text = jsontext.dumps(source.template)
            return {name: _is_required(schema) for name, schema in source.section("parameters").items()}
        self.target = source.path, None
        self.compilation = bicep_compiler.compile(self.files, source.path, self.options)
        self.template_text = self.compilation.text
        self.findings += self.compilation.findings
        if self.compilation.template is None:
            return None
        return {
            name: _is_required(self._behind(schema))
            for name, schema in self.compilation.template.get("parameters", {}).items()
        }

    def _behind(self, schema: Json) -> Json:
        """Follow a parameter's ``$ref`` for what it says of null."""
        assert self.compilation is not None
        assert self.compilation.template is not None
        target = schema.get("$ref", "").removeprefix("#/definitions/")
        found = self.compilation.template.get("definitions", {}).get(target, {})
        return {**found, **schema} if isinstance(found, dict) else schema

    def _write(self, file: File, declared: dict[str, bool] | None) -> Json | None:
        parameters: Json = {}
        try:
            inputs = Inputs(file)
        except EvaluationFailed as error:
            self.add("error", "BCP338", f"Failed to evaluate function: {error}", None)
            return None
        assigned = dict(file.assignments)
        for name, value in self.overrides.items():
            assigned[name] = _Assigned(name, None, None, value)
        self._compare(file, declared, assigned)
        for name, one in assigned.items():
            if declared is not None and name not in declared:
                continue
            parameters[name] = self._parameter(one, inputs)
        made: Json = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "parameters": parameters}
        if inputs.definitions:
            names = sorted(inputs.definitions, key=culture_key)
            made["externalInputDefinitions"] = {name: inputs.definitions[name] for name in names}
        using = file.unit.model.using
        if using is not None and using.config is not None:
            tree = inputs.rewritten(file.reduced(file.low.expression(using.config)))
            made["usingConfig"] = {"expression": print_value(tree)}
        return made

    def _check(self, file: File) -> None:
        """Hold the values against the types of the parameters, each in the file that it stands in."""
        from amlctl.bicep.checks.assignments import check_assignments, interface_of_target

        target = None if self.target is None else interface_of_target(self.files, *self.target)
        if target is None:
            return
        counted = [one for name, one in file.assignments.items() if name not in self.overrides]
        for part in file.chain():
            own = [one.symbol.node for one in counted if one.file is part and one.symbol is not None]
            self.findings += check_assignments(part.unit.model.tree, self.files, own, target)

    def _compare(self, file: File, declared: dict[str, bool] | None, assigned: dict[str, _Assigned]) -> None:
        """Say which parameters are missing and which ones the template does not have."""
        if declared is None:
            return
        missing = [name for name, required in declared.items() if required and name not in assigned]
        if missing:
            names = ", ".join(f'"{name}"' for name in missing)
            self.add(
                "error",
                "BCP258",
                "The following parameters are declared in the Bicep file but are missing an assignment in the params "
                f"file: {names}.",
                place_of(file.unit.model.tree, file.unit.model.using),
            )
        for name, one in assigned.items():
            if name not in declared and one.file is file and one.symbol is not None:
                self.add(
                    "error",
                    "BCP259",
                    f'The parameter "{name}" is assigned in the params file without being declared in the Bicep file.',
                    place_of(file.unit.model.tree, one.symbol.node),
                )

    def _parameter(self, one: _Assigned, inputs: Inputs) -> Json:
        if one.file is None or one.symbol is None:
            return {"value": one.override}
        file, node = one.file, one.symbol.node.value
        try:
            secret = _secret(file, node, inputs)
            if secret is not None:
                return {"reference": secret}
            external = file.external(one.symbol)
            if external is not None:
                return {"expression": f"[{print_expression(inputs.rewritten(external))}]"}
            return {"value": file.parameter(one.name)}
        except (EvaluationFailed, Unsupported) as error:
            place = place_of(file.unit.model.tree, getattr(error, "node", node))
            if isinstance(error, Unsupported):
                self.add("error", error.code, error.message, place)
            else:
                self.add("error", "BCP338", f'Failed to evaluate parameter "{one.name}": {error}', place)
            return {}


def _is_required(schema: Any) -> bool:
    return isinstance(schema, dict) and "defaultValue" not in schema and schema.get("nullable") is not True


def _secret(file: File, node: Node, inputs: Inputs) -> Json | None:
    """``az.getSecret(subscription, group, vault, secret[, version])`` as a reference."""
    while type(node) is syntax.Parens:
        node = node.inner
    if type(node) not in (syntax.FunctionCall, syntax.InstanceCall) or node.name != "getSecret":
        return None
    if node.at in file.unit.model.bound or len(node.arguments) < 4:
        return None
    subscription, group, vault, *rest = (file.reduced(file.low.expression(argument)) for argument in node.arguments)
    if all(type(part) is Text for part in (subscription, group, vault, *rest)):
        scope = f"/subscriptions/{_text(subscription)}/resourceGroups/{_text(group)}"
        identity: Expression = Text(f"{scope}/providers/Microsoft.KeyVault/vaults/{_text(vault)}")
    else:
        parts = (subscription, group, Text("Microsoft.KeyVault"), Text("vaults"), vault)
        identity = Call("resourceId", parts)
    made: Json = {"keyVault": {"id": print_value(inputs.rewritten(identity))}}
    made["secretName"] = print_value(inputs.rewritten(rest[0]))
    if len(rest) > 1:
        made["secretVersion"] = print_value(inputs.rewritten(rest[1]))
    return made


def _text(tree: Expression) -> str:
    return tree.value if type(tree) is Text else ""
