"""A unit to its ARM template, key by key in the official order (Emit/TemplateWriter.cs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amlctl.arm.hashing import template_hash
from amlctl.arm.tree import Access, Call, Expression, Text, print_value
from amlctl.bicep import access, decorators, dependencies, scopes, syntax, types
from amlctl.bicep.lowering import Lowering
from amlctl.bicep.modules import ArmSource
from amlctl.bicep.symbols import ModuleSymbol, ResourceSymbol, Symbol, is_exported
from amlctl.bicep.unit import OWN_FUNCTIONS, Unit
from amlctl.bicep.values import Unsupported, as_call, as_value, literal_value

Node = syntax.Node
Json = dict[str, Any]

GENERATOR_VERSION = "0.46.1.1"
"""The official version whose output this is, and the number of our build."""

_EXPERIMENTAL_WARNING = (
    "This template uses ARM features that are experimental. Experimental features should be enabled for testing "
    "purposes only, as there are no guarantees about the quality or stability of these features. Do not enable these "
    "settings for any production usage, or your production environment may be subject to breaking."
)
_SCHEMAS = {
    scopes.TENANT: "2019-08-01/tenantDeploymentTemplate.json#",
    scopes.MANAGEMENT_GROUP: "2019-08-01/managementGroupDeploymentTemplate.json#",
    scopes.SUBSCRIPTION: "2018-05-01/subscriptionDeploymentTemplate.json#",
    scopes.RESOURCE_GROUP: "2019-04-01/deploymentTemplate.json#",
}
_RESOURCE_OMITS = frozenset(("name", "scope", "parent", "dependsOn"))
_MODULE_OMITS = frozenset(("name", "params", "extensionConfigs", "scope", "dependsOn"))


def emit(unit: Unit) -> Json:
    """Give the template of a file, its hash and the templates of its modules included."""
    template: Json = {
        "$schema": "https://schema.management.azure.com/schemas/"
        + _SCHEMAS.get(unit.target_scope, _SCHEMAS[scopes.RESOURCE_GROUP])
    }
    if unit.symbolic_names:
        template["languageVersion"] = "2.1-experimental" if unit.experimental_engine else "2.0"
    template["contentVersion"] = "1.0.0.0"
    generator: Json = {"name": "bicep", "version": GENERATOR_VERSION}
    template["metadata"] = _metadata(unit, generator)
    for name, make in _SECTIONS:
        section = make(unit)
        if section or name == "resources":
            template[name] = section
    generator["templateHash"] = template_hash(template)
    return template


def _has_imports(unit: Unit) -> bool:
    return bool(unit.model.imports or unit.model.wildcards)


def _metadata(unit: Unit, generator: Json) -> Json:
    made: Json = {}
    if unit.experimental_engine:
        made["_EXPERIMENTAL_WARNING"] = _EXPERIMENTAL_WARNING
        made["_EXPERIMENTAL_FEATURES_ENABLED"] = []
    made["_generator"] = generator
    exported = sorted((symbol for symbol in unit.model.variables if is_exported(symbol)), key=lambda s: s.name)
    if exported:
        made["__bicep_exported_variables!"] = [_exported_variable(unit, symbol) for symbol in exported]
    low = Lowering(unit)
    for symbol in unit.model.metadata:
        made[symbol.name] = low.value(symbol.node.value)
        if unit.places is not None:
            unit.note(made, symbol.name, symbol.node)
    return made


def _exported_variable(unit: Unit, symbol: Symbol) -> Json:
    made: Json = {"name": symbol.name}
    text = decorators.description(unit, symbol.node.decorators)
    if text is not None:
        made["description"] = text
    if symbol.node.type is not None and symbol not in unit.inlined:
        made["type"] = types.type_json(unit, symbol.node.type)
    return made


# --- definitions, functions, parameters, variables, outputs ----------------------------------------------------------


def _definitions(unit: Unit) -> Json:
    made: Json = {}
    for symbol in unit.model.types:
        node = symbol.node
        schema = types.type_json(unit, node.value, types.discriminator_of(node.decorators))
        made[symbol.name] = decorators.modified(unit, schema, node.decorators, exported=True)
        _note(unit, made, symbol)
    if _has_imports(unit):
        made.update(unit.closure.definitions())
    return made


def _functions(unit: Unit) -> list[Json]:
    namespaces: dict[str, Json] = {}
    for symbol in unit.model.functions:
        members = namespaces.setdefault(OWN_FUNCTIONS, {})
        members[symbol.name] = function_json(unit, symbol, exported=True)
        _note(unit, members, symbol)
    if _has_imports(unit):
        for namespace, name, made in unit.closure.functions():
            namespaces.setdefault(namespace, {})[name] = made
    return [{"namespace": namespace, "members": members} for namespace, members in namespaces.items()]


def function_json(unit: Unit, symbol: Symbol, *, exported: bool) -> Json:
    """Give the JSON of a user function."""
    node = symbol.node
    made: Json = {
        "parameters": [
            {**types.type_json(unit, parameter.type), "name": parameter.name.text} for parameter in node.parameters
        ],
        "output": {**types.type_json(unit, node.returns), "value": Lowering(unit).value(node.body)},
    }
    metadata: Json = {}
    text = decorators.description(unit, node.decorators)
    if text is not None:
        metadata["description"] = text
    if exported and is_exported(symbol):
        metadata["__bicep_export!"] = True
    if metadata:
        made["metadata"] = metadata
    return made


def _parameters(unit: Unit) -> Json:
    made: Json = {}
    low = Lowering(unit)
    for symbol in unit.model.parameters:
        node = symbol.node
        schema = types.type_json(unit, node.type, types.discriminator_of(node.decorators))
        if node.default is not None:
            schema["defaultValue"] = low.value(node.default)
            if unit.places is not None:
                unit.note(schema, "defaultValue", node.default)
        allowed = decorators.named(node.decorators).get("allowed")
        if allowed:
            schema["allowedValues"] = low.value(allowed[0])
        made[symbol.name] = decorators.modified(unit, schema, node.decorators)
        _note(unit, made, symbol)
    return made


def _variables(unit: Unit) -> Json:
    made: Json = {}
    copies: list[Json] = []
    low = Lowering(unit)
    loaded = sorted(unit.model.load_calls.values(), key=lambda entry: entry[0])
    for name, call in loaded:
        made[name] = literal_value(unit.load(call))
    for symbol in unit.model.variables:
        if symbol in unit.inlined:
            continue
        value = symbol.node.value
        while type(value) is syntax.Parens:
            value = value.inner
        if type(value) is syntax.For:
            copies.append(low.copy(symbol.name, value))
            if unit.places is not None:
                unit.note(copies, len(copies) - 1, symbol.node)
        else:
            made[symbol.name] = low.value(value)
            _note(unit, made, symbol)
    if _has_imports(unit):
        for name, value, is_loop in unit.closure.variables():
            if is_loop:
                copies.append(value)
            else:
                made[name] = value
    return {"copy": copies, **made} if copies else made


def _outputs(unit: Unit) -> Json:
    made: Json = {}
    low = Lowering(unit)
    for symbol in unit.model.outputs:
        node = symbol.node
        schema = types.type_json(unit, node.type, types.discriminator_of(node.decorators))
        schema = decorators.modified(unit, schema, node.decorators)
        value = node.value
        while type(value) is syntax.Parens:
            value = value.inner
        if type(value) is syntax.For:
            schema["copy"] = low.copy(None, value)
        else:
            schema["value"] = low.value(value)
            if unit.places is not None:
                unit.note(schema, "value", value)
        made[symbol.name] = schema
        _note(unit, made, symbol)
    return made


# --- resources -------------------------------------------------------------------------------------------------------


def _resources(unit: Unit) -> Any:
    symbolic: Json = {}
    plain: list[Json] = []
    for resource in unit.model.resources:
        if resource in unit.inlined or (resource.existing and not unit.symbolic_names):
            continue
        made = _resource(unit, resource)
        symbolic[resource.symbolic_name] = made
        plain.append(made)
        if unit.places is not None:
            _note_entry(unit, symbolic, plain, resource.symbolic_name, resource.node)
    for module in unit.model.modules:
        made = _module(unit, module)
        symbolic[module.name] = made
        plain.append(made)
        if unit.places is not None:
            _note_entry(unit, symbolic, plain, module.name, module.node)
    return symbolic if unit.symbolic_names else plain


def _note_entry(unit: Unit, symbolic: Json, plain: list[Json], name: str, node: Node) -> None:
    if unit.symbolic_names:
        unit.note(symbolic, name, node)
    else:
        unit.note(plain, len(plain) - 1, node)


def _copy(low: Lowering, symbol: ResourceSymbol | ModuleSymbol) -> Json | None:
    """``copy`` of a resource or a module: its own loop, or that of a resource that it stands in."""
    owner: Any = symbol
    while owner is not None and owner.loop is None:
        owner = owner.nested_in if isinstance(owner, ResourceSymbol) else None
    if owner is None:
        return None
    name = owner.symbolic_name if isinstance(owner, ResourceSymbol) else owner.name
    made: Json = {"name": name, "count": low.count(owner.loop)}
    size = decorators.batch_size(symbol.node.decorators)
    if size is not None:
        made["mode"] = "serial"
        made["batchSize"] = size
    return made


def _resource(unit: Unit, symbol: ResourceSymbol) -> Json:
    if symbol.body is None:
        raise Unsupported(symbol.node.name, f'The resource "{symbol.name}" has no body.', "BCP118")
    low = Lowering(unit)
    made: Json = {}
    copy = _copy(low, symbol)
    if copy is not None:
        made["copy"] = copy
    condition = access.joined_condition(low, symbol)
    if condition is not None:
        made["condition"] = _condition(low, symbol, condition)
    if symbol.existing:
        made["existing"] = True
    chosen = decorators.options(unit, symbol.node.decorators)
    if chosen:
        made["@options"] = chosen
    made["type"] = symbol.type
    if symbol.version is not None:
        made["apiVersion"] = symbol.version
    _resource_scope(unit, low, symbol, made)
    made["name"] = as_value(access.full_name(low, symbol))
    if unit.places is not None and symbol.value("name") is not None:
        unit.note(made, "name", symbol.value("name"))
    low.properties(_kept(symbol, _RESOURCE_OMITS), made)
    _finish(unit, low, symbol, made)
    return made


def _condition(low: Lowering, symbol: ResourceSymbol | ModuleSymbol, joined: Any) -> Any:
    """A condition as a value: literals stay literals where nothing is joined."""
    if isinstance(symbol, ModuleSymbol):
        return low.value(symbol.condition)
    chain = [at for at in _enclosing(symbol) if at.condition is not None and (at is symbol or at.loop is None)]
    return low.value(chain[0].condition) if len(chain) == 1 else as_value(joined)


def _enclosing(symbol: ResourceSymbol) -> list[ResourceSymbol]:
    found = [symbol]
    while found[-1].nested_in is not None:
        found.append(found[-1].nested_in)
    return found


def _kept(symbol: ResourceSymbol | ModuleSymbol, omitted: frozenset[str]) -> list[Node]:
    """The properties of a body that are emitted as they are."""
    assert symbol.body is not None
    return [item for item in symbol.body.items if type(item) is syntax.Property and item.name not in omitted]


def _finish(unit: Unit, low: Lowering, symbol: ResourceSymbol | ModuleSymbol, made: Json) -> None:
    """The last keys of a resource or a module: dependsOn and its description."""
    entries = dependencies.depends_on(low, symbol, unit.graph)
    if entries:
        made["dependsOn"] = entries
    text = decorators.description(unit, symbol.node.decorators)
    if text is not None:
        made["metadata"] = {"description": text}


def _resource_scope(unit: Unit, low: Lowering, symbol: ResourceSymbol, made: Json) -> None:
    chain = access.ancestors(low, symbol)
    outer = chain[0][1] if chain else low
    scope: scopes.Scope = symbol.scope
    if scope.resource is not None:
        target = scope.resource
        index = outer.expression(scope.index) if scope.index is not None else None
        target_low = access.replaced(low, target, index) if index is not None else low
        made["scope"] = print_value(access.resource_id(target_low, target))
        return
    _scope_keys(unit, outer, scope, made)


def _scope_keys(unit: Unit, low: Lowering, scope: scopes.Scope, made: Json) -> None:
    """``scope``, ``subscriptionId`` and ``resourceGroup`` of a resource or a module."""
    inner = low
    if scope.owner is not None and scope.index is not None:
        inner = access.replaced(low, scope.owner, low.expression(scope.index))
    if scope.kind == scopes.TENANT:
        if unit.target_scope != scopes.TENANT:
            made["scope"] = "/"
    elif scope.kind == scopes.MANAGEMENT_GROUP:
        if scope.management is not None:
            qualified = unit.target_scope not in (scopes.TENANT, scopes.MANAGEMENT_GROUP)
            made["scope"] = print_value(access.management_group_scope(inner, scope.management, qualified=qualified))
    elif scope.kind == scopes.SUBSCRIPTION:
        if scope.subscription is not None:
            made["subscriptionId"] = low.value(scope.subscription)
        elif unit.target_scope == scopes.RESOURCE_GROUP:
            made["subscriptionId"] = print_value(Access(Call("subscription"), Text("subscriptionId")))
    else:
        if scope.subscription is not None:
            made["subscriptionId"] = print_value(inner.expression(scope.subscription))
        if scope.group is not None:
            made["resourceGroup"] = print_value(inner.expression(scope.group))


# --- modules ---------------------------------------------------------------------------------------------------------


def _module(unit: Unit, symbol: ModuleSymbol) -> Json:
    if symbol.body is None:
        raise Unsupported(symbol.node.name, f'The module "{symbol.name}" has no body.', "BCP118")
    low = Lowering(unit)
    made: Json = {}
    copy = _copy(low, symbol)
    if copy is not None:
        made["copy"] = copy
    if symbol.condition is not None:
        made["condition"] = low.value(symbol.condition)
    made["type"] = access.DEPLOYMENTS
    made["apiVersion"] = access.DEPLOYMENTS_VERSION
    low.properties(_kept(symbol, _MODULE_OMITS), made)
    written = symbol.value("name")
    made["name"] = (
        low.value(written) if written is not None else as_value(access.module_name(access.Target(symbol, low)))
    )
    if unit.places is not None and written is not None:
        unit.note(made, "name", written)
    scope: scopes.Scope = symbol.scope
    _scope_keys(unit, low, scope, made)
    if scope.kind != scopes.RESOURCE_GROUP:
        function = "resourceGroup" if unit.target_scope == scopes.RESOURCE_GROUP else "deployment"
        made["location"] = f"[{function}().location]"
    properties: Json = {"expressionEvaluationOptions": {"scope": "inner"}, "mode": "Incremental"}
    made["properties"] = properties
    given = symbol.value("params")
    while type(given) in (syntax.Parens, syntax.NonNull):
        given = given[2]
    if type(given) is syntax.Object:
        properties["parameters"] = _module_parameters(low, given)
    source = unit.source(symbol.node.path)
    if isinstance(source, ArmSource):
        key = "template" if source.spec_id is None else "templateLink"
        properties[key] = source.template if source.spec_id is None else {"id": source.spec_id}
    else:
        properties["template"] = unit.compiler.template(source.path, source.unit, symbol.node.path)
    _finish(unit, low, symbol, made)
    return made


def _module_parameters(low: Lowering, given: syntax.Object) -> Json:
    made: Json = {}
    for item in given.items:
        if type(item) is not syntax.Property or item.name is None:
            raise Unsupported(item, "The names of a module's parameters must be known while compiling.", "BCP032")
        value = item.value
        while type(value) is syntax.Parens:
            value = value.inner
        key = print_value(Text(item.name))
        if key.lower() == "copy":
            key = f"[string('{key}')]"
        made[key] = {"copy": [_value_copy(low, value)]} if type(value) is syntax.For else _parameter(low, value)
        if low.unit.places is not None:
            low.unit.note(made, key, item)
            if isinstance(made[key], dict) and "value" in made[key]:
                low.unit.note(made[key], "value", value)
    return made


def _parameter(low: Lowering, node: Node) -> Any:
    """One parameter of a module: ``{value}``, a secret's reference, or an expression that chooses between such."""
    seen = low.seen_through(node)
    if type(seen) is syntax.Ternary:
        return print_value(_parameter_tree(low, seen))
    secret = access.secret_reference(low, seen)
    if secret is not None:
        vault, arguments = secret
        reference: Json = {"keyVault": {"id": as_value(vault)}, "secretName": low.value(arguments[0])}
        if len(arguments) > 1:
            reference["secretVersion"] = low.value(arguments[1])
        return {"reference": reference}
    return {"value": low.value(node)}


def _parameter_tree(low: Lowering, node: Node) -> Call:
    """The same inside an expression."""
    seen = low.seen_through(node)
    if type(seen) is syntax.Ternary:
        branches = (_parameter_tree(low, seen.then), _parameter_tree(low, seen.other))
        return Call("if", (low.expression(seen.test), *branches))
    secret = access.secret_reference(low, seen)
    if secret is None:
        return Call("createObject", (Text("value"), low.expression(node)))
    vault, arguments = secret
    parts: list[Expression] = [
        Text("keyVault"),
        Call("createObject", (Text("id"), vault)),
        Text("secretName"),
        low.expression(arguments[0]),
    ]
    if len(arguments) > 1:
        parts += (Text("secretVersion"), low.expression(arguments[1]))
    return Call("createObject", (Text("reference"), Call("createObject", tuple(parts))))


def _value_copy(low: Lowering, loop: syntax.For) -> Json:
    """A loop as a parameter: its copy is called ``value`` whatever the parameter's name is."""
    expression = low.expression(loop.body)
    seen = low.seen_through(loop.body)
    if type(seen) is syntax.String:
        made: Any = print_value(expression)
    else:
        made = print_value(_renamed_copy(as_call(expression)))
    return {"name": "value", "count": low.count(loop), "input": made}


def _renamed_copy(node: Any) -> Any:
    if type(node) is Call:
        if node.name == "copyIndex" and len(node.arguments) == 1 and type(node.arguments[0]) is Text:
            return Call("copyIndex", (Text("value"),))
        return Call(node.name, tuple(_renamed_copy(argument) for argument in node.arguments))
    if type(node) is Access:
        return Access(_renamed_copy(node.base), _renamed_copy(node.key))
    return node


def _note(unit: Unit, container: Json, symbol: Symbol) -> None:
    if unit.places is not None:
        unit.note(container, symbol.name, symbol.node)


_SECTIONS: tuple[tuple[str, Callable[[Unit], Any]], ...] = (
    ("definitions", _definitions),
    ("functions", _functions),
    ("parameters", _parameters),
    ("variables", _variables),
    ("resources", _resources),
    ("outputs", _outputs),
)
