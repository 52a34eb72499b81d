"""References to resources and modules as expressions: ids, names, ``reference()``, outputs, ``list*()``.

Source: Emit/ExpressionConverter.cs (ConvertResourcePropertyAccess and below), Emit/ScopeHelper.cs (ids).
"""

from __future__ import annotations

from amlctl.arm.tree import Access, Call, Expression, Integer, Text
from amlctl.bicep import scopes, syntax
from amlctl.bicep.lowering import SAFE_FUNCTIONS, Lowering, Replacements
from amlctl.bicep.symbols import INDEX, ITEM, MODULE, VARIABLE, ModuleSymbol, ResourceSymbol, Symbol
from amlctl.bicep.values import NULL, Unsupported, as_call
from amlctl.records import NamedTuple

Node = syntax.Node

DEPLOYMENTS = "Microsoft.Resources/deployments"
DEPLOYMENTS_VERSION = "2025-04-01"
_GROUPS = "Microsoft.Management/managementGroups"
_SECURE_OUTPUTS = "listOutputsWithSecureValues"


class Target(NamedTuple):
    """A resource or a module that an expression refers to; ``element`` says which one of a collection.

    ``low`` lowers the target's own declaration as seen from here: its loop's variables are replaced by the element.
    """

    symbol: ResourceSymbol | ModuleSymbol
    low: Lowering
    element: Expression | None = None

    @property
    def whole_collection(self) -> bool:
        """Whether a collection is meant as a whole."""
        return self.symbol.collection and self.element is None


def element(low: Lowering, symbol: ResourceSymbol | ModuleSymbol, index: Node) -> Target:
    """Make the target ``collection[index]``."""
    at = low.expression(index)
    return Target(symbol, replaced(low, symbol, at), at)


def replaced(low: Lowering, symbol: Symbol, index: Expression) -> Lowering:
    """Lower a collection's declaration for one element: item and index of its loop are replaced."""
    loop = symbol.node.value
    if type(loop) is not syntax.For:
        return low
    if isinstance(symbol, ModuleSymbol) and "name" not in symbol.properties:
        return Lowering(low.unit)
    replacements: Replacements = dict(low.replacements)
    replacements[loop.at, ITEM] = Access(as_call(low.expression(loop.source)), index)
    replacements[loop.at, INDEX] = index
    return Lowering(low.unit, replacements)


def target_of(low: Lowering, node: Node) -> Target | None:
    """Give the resource or module that a node is, None for any other value."""
    model = low.unit.model
    while True:
        kind = type(node)
        if kind in (syntax.Parens, syntax.NonNull):
            node = node[2]
        elif kind is syntax.Variable:
            symbol = model.bound.get(node.at)
            if isinstance(symbol, ResourceSymbol | ModuleSymbol):
                return Target(symbol, low)
            if symbol is None or symbol.kind != VARIABLE:
                return None
            resource = scopes.lookup_resource(model, node)
            if resource is not None:
                return Target(resource, low)
            if symbol not in low.unit.inlined:
                return None
            node = symbol.node.value
        elif kind is syntax.ResourceAccess:
            nested = model.symbol_of(node)
            return Target(nested, low) if isinstance(nested, ResourceSymbol) else None
        elif kind is syntax.ArrayAccess:
            return _element_target(low, node)
        elif low.is_any(node):
            node = node.arguments[0]
        else:
            return None


def _element_target(low: Lowering, node: syntax.ArrayAccess) -> Target | None:
    base = node.base
    if type(base) not in (syntax.Variable, syntax.ResourceAccess):
        return None
    symbol: Symbol | None = scopes.lookup_resource(low.unit.model, base) or low.unit.model.symbol_of(base)
    if isinstance(symbol, ResourceSymbol | ModuleSymbol) and symbol.collection:
        return element(low, symbol, node.index)
    return None


# --- accesses ------------------------------------------------------------------------------------------------------


def property_of(low: Lowering, node: syntax.PropertyAccess) -> Expression:
    """Lower ``base.name``, whatever the base is."""
    base = node.base
    if type(base) is syntax.ArrayAccess:
        resource = scopes.lookup_resource(low.unit.model, base.base)
        if resource is not None:
            return resource_property(element(low, resource, base.index), node.name, node.safe)
    if type(base) is syntax.PropertyAccess and base.name == "outputs":
        module = _is_module(low, base.base)
        if module is not None:
            return _output(low, node, base, module)
    return named_property(low, node, node.name)


def named_property(low: Lowering, node: Node, name: str) -> Expression:
    """Lower an access by a fixed name."""
    target = target_of(low, node.base)
    if target is None:
        return low.accessed(node, low.expression(node.base), Text(name))
    if isinstance(target.symbol, ModuleSymbol):
        return module_property(target, name, node.safe, None)
    return resource_property(target, name, node.safe)


def element_of(low: Lowering, node: syntax.ArrayAccess) -> Expression:
    """Lower ``base[index]``: an element of a collection, a property by its name, or an item of a value."""
    target = _element_target(low, node)
    if target is not None:
        return whole(target)
    if type(node.index) is syntax.String:
        return named_property(low, node, node.index.value)
    return low.accessed(node, low.expression(node.base), low.expression(node.index), node.from_end)


def whole(target: Target) -> Expression:
    """Lower a resource or module that is used as a value itself."""
    if isinstance(target.symbol, ModuleSymbol):
        return module_reference(target)
    return reference(target, full=True)


def _is_module(low: Lowering, node: Node) -> ModuleSymbol | None:
    """Give the module that a node is, or one that it may be (``(c ? a : b)``); an element, not a whole collection."""
    kind = type(node)
    if kind in (syntax.Parens, syntax.NonNull):
        return _is_module(low, node[2])
    if kind is syntax.Ternary:
        return _is_module(low, node.then) or _is_module(low, node.other)
    if kind is syntax.Variable:
        symbol = low.unit.model.bound.get(node.at)
        if symbol is not None and symbol.kind == VARIABLE and symbol in low.unit.inlined:
            return _is_module(low, symbol.node.value)
        return symbol if isinstance(symbol, ModuleSymbol) and not symbol.collection else None
    if kind is syntax.ArrayAccess and type(node.base) is syntax.Variable:
        symbol = low.unit.model.bound.get(node.base.at)
        return symbol if isinstance(symbol, ModuleSymbol) and symbol.collection else None
    return None


# --- resources -----------------------------------------------------------------------------------------------------


def resource_property(target: Target, name: str, safe: bool) -> Expression:
    """Lower ``resource.name``."""
    symbol, low = target.symbol, target.low
    assert isinstance(symbol, ResourceSymbol)
    if name == "id":
        return _guarded(target, resource_id(low, symbol), safe)
    if name == "name":
        value = symbol.value("name")
        return _guarded(target, low.expression(value), safe) if value is not None else Text("")
    if name == "type":
        return Text(symbol.type)
    if name == "apiVersion":
        return Text(symbol.version or "")
    if name == "properties" and not safe:
        return reference(target, full=False)
    found = reference(target, full=True)
    if safe:
        return Call("tryGet", (_guarded(target, found, safe), Text(name)))
    return Access(as_call(found), Text(name))


def _guarded(target: Target, expression: Expression, safe: bool) -> Expression:
    """Wrap a safe access in the resource's condition."""
    assert isinstance(target.symbol, ResourceSymbol)
    condition = joined_condition(target.low, target.symbol) if safe else None
    return expression if condition is None else Call("if", (condition, expression, NULL))


def joined_condition(low: Lowering, symbol: ResourceSymbol) -> Expression | None:
    """Join the conditions of the resources that enclose a resource and its own."""
    chain: list[Node] = []
    at: ResourceSymbol | None = symbol
    while at is not None:
        if at.condition is not None and (at is symbol or at.loop is None):
            chain.append(at.condition)
        at = at.nested_in
    joined: Expression | None = None
    for node in reversed(chain):
        condition = low.expression(node)
        joined = condition if joined is None else Call("and", (joined, condition))
    return joined


def reference(target: Target, *, full: bool) -> Expression:
    """Lower to ``reference(…)`` or, for a whole collection, ``references(…)``."""
    symbol, low = target.symbol, target.low
    assert isinstance(symbol, ResourceSymbol)
    symbolic = low.unit.symbolic_names
    where: Expression
    if symbolic:
        where = symbolic_reference(symbol.symbolic_name, target.element)
    else:
        where = Text(symbol.symbolic_name) if target.whole_collection else resource_id(low, symbol)
    if target.whole_collection:
        return Call("references", (where, Text("full")) if full else (where,))
    if full:
        return Call("reference", (where, Text(symbol.version or ""), Text("full")))
    return Call("reference", (where,) if symbolic else (where, Text(symbol.version or "")))


def symbolic_reference(name: str, index: Expression | None) -> Expression:
    """The symbolic name, or ``format('name[{0}]', index)``."""
    return Text(name) if index is None else Call("format", (Text(f"{name}[{{0}}]"), index))


def ancestors(low: Lowering, symbol: ResourceSymbol) -> list[tuple[ResourceSymbol, Lowering]]:
    """The ancestors of a resource, the oldest first, each with what lowers its declaration as seen from here."""
    found: list[tuple[ResourceSymbol, Lowering]] = []
    at = symbol
    while at.parent is not None and len(found) < 50:
        if at.parent_index is not None:
            index = low.expression(at.parent_index)
            outer = replaced(low, at.parent, index)
            scope = at.parent.ancestors()[0].scope if at.parent.ancestors() else at.parent.scope
            if scope is not None and scope.resource is not None and scope.resource.collection:
                outer = replaced(outer, scope.resource, index)
            low = outer
        at = at.parent
        found.append((at, low))
    found.reverse()
    return found


def name_segments(low: Lowering, symbol: ResourceSymbol) -> list[Expression]:
    """One expression for each segment of a resource's name."""
    segments = symbol.type.count("/")
    own = _own_name(low, symbol)
    chain = ancestors(low, symbol)
    if not chain:
        return [own] if segments <= 1 else _split(own, segments)
    first = segments - len(chain)
    names: list[Expression] = []
    for position, (ancestor, outer) in enumerate(chain):
        name = _own_name(outer, ancestor)
        names += _split(name, first) if position == 0 and first > 1 else [name]
    return [*names, own]


def _own_name(low: Lowering, symbol: ResourceSymbol) -> Expression:
    value = symbol.value("name")
    if value is None:
        raise Unsupported(symbol.node.name, f'The resource "{symbol.name}" has no name.', "BCP035")
    return low.expression(value)


def _split(name: Expression, count: int) -> list[Expression]:
    return [Access(Call("split", (name, Text("/"))), Integer(at)) for at in range(count)]


def full_name(low: Lowering, symbol: ResourceSymbol) -> Expression:
    """The name with those of all ancestors: ``format('{0}/{1}', …)``."""
    if symbol.parent is None:
        return _own_name(low, symbol)
    segments = name_segments(low, symbol)
    return Call("format", (Text("/".join(f"{{{at}}}" for at in range(len(segments)))), *segments))


def resource_id(low: Lowering, symbol: ResourceSymbol) -> Expression:
    """The full id of a resource."""
    chain = ancestors(low, symbol)
    scope_low = chain[0][1] if chain else low
    return scoped_id(scope_low, symbol.scope, symbol.type, name_segments(low, symbol))


def module_id(target: Target) -> Expression:
    """The full id of a module's deployment."""
    return scoped_id(target.low, target.symbol.scope, DEPLOYMENTS, [module_name(target)])


def scoped_id(low: Lowering, scope: scopes.Scope, kind: str, names: list[Expression]) -> Expression:
    """An id out of a scope, a type and the segments of a name."""
    if scope.kind == scopes.TENANT:
        return Call("tenantResourceId", (Text(kind), *names))
    if scope.kind == scopes.SUBSCRIPTION:
        prefix = () if scope.subscription is None else (low.expression(scope.subscription),)
        return Call("subscriptionResourceId", (*prefix, Text(kind), *names))
    outer: Expression
    if scope.kind == scopes.RESOURCE_GROUP:
        if scope.group is None:
            return Call("resourceId", (Text(kind), *names))
        outer = _group_id(low, scope)
    elif scope.kind == scopes.MANAGEMENT_GROUP:
        if scope.management is not None:
            outer = Call("tenantResourceId", (Text(_GROUPS), low.expression(scope.management)))
        else:
            outer = Access(Call("managementGroup"), Text("id"))
    else:
        assert scope.resource is not None
        outer = resource_id(low, scope.resource)
    return Call("extensionResourceId", (outer, Text(kind), *names))


def _group_id(low: Lowering, scope: scopes.Scope) -> Expression:
    if scope.subscription is None:
        subscription: Expression = Access(Call("subscription"), Text("subscriptionId"))
    else:
        subscription = low.expression(scope.subscription)
    pattern = Text("/subscriptions/{0}/resourceGroups/{1}")
    return Call("format", (pattern, subscription, low.expression(scope.group)))


def management_group_scope(low: Lowering, name: Node, *, qualified: bool) -> Expression:
    """The ``scope`` of a deployment into a management group."""
    value = low.expression(name)
    if qualified:
        return Call("tenantResourceId", (Text(_GROUPS), value))
    return Call("format", (Text(f"{_GROUPS}/{{0}}"), value))


def method(low: Lowering, node: syntax.InstanceCall) -> Expression:
    """Lower ``resource.listX(…)``."""
    target = _method_target(low, node.base)
    if target is None:
        raise Unsupported(node, f'The function "{node.name}" cannot be called on this value.', "BCP067")
    if not node.name.lower().startswith("list"):
        raise Unsupported(
            node, f'The function "{node.name}" is only allowed as the value of a module parameter.', "BCP180"
        )
    symbol = target.symbol
    assert isinstance(symbol, ResourceSymbol)
    where: Expression
    if low.unit.symbolic_names and symbol not in low.unit.inlined:
        where = symbolic_reference(symbol.symbolic_name, target.element)
    else:
        where = resource_id(target.low, symbol)
    rest = low.arguments(node.arguments) if node.arguments else (Text(symbol.version or ""),)
    return Call(node.name, (where, *rest))


def _method_target(low: Lowering, base: Node) -> Target | None:
    node = base
    while type(node) in (syntax.Parens, syntax.NonNull):
        node = node[2]
    index: Node = None
    if type(node) is syntax.ArrayAccess:
        index, node = node.index, node.base
        while type(node) in (syntax.Parens, syntax.NonNull):
            node = node[2]
    resource = scopes.lookup_resource(low.unit.model, node)
    if resource is not None:
        return element(low, resource, index) if index is not None else Target(resource, low)
    symbol = low.unit.model.symbol_of(node)
    if index is None and symbol is not None and symbol.kind == VARIABLE:
        return _method_target(low, symbol.node.value)
    return None


def secret_reference(low: Lowering, node: Node) -> tuple[Expression, tuple[Node, ...]] | None:
    """For ``vault.getSecret(…)``: the vault's id and the call's arguments."""
    if type(node) is not syntax.InstanceCall or node.name != "getSecret":
        return None
    target = _method_target(low, node.base)
    if target is None or not isinstance(target.symbol, ResourceSymbol):
        return None
    return resource_id(target.low, target.symbol), node.arguments


# --- modules -------------------------------------------------------------------------------------------------------


def module_name(target: Target) -> Expression:
    """The name of a module's deployment: the written one, or one made of its symbol."""
    symbol = target.symbol
    written = symbol.value("name")
    if written is not None:
        return target.low.expression(written)
    unique = Call("uniqueString", (Text(symbol.name), Access(Call("deployment"), Text("name"))))
    if symbol.collection:
        index = target.element or Call("copyIndex")
        return Call("format", (Text(f"{symbol.name[:46]}-{{0}}-{{1}}"), index, unique))
    return Call("format", (Text(f"{symbol.name[:50]}-{{0}}"), unique))


def module_reference(target: Target) -> Expression:
    """Lower to ``reference(…)`` of a module."""
    function = "references" if target.whole_collection else "reference"
    if target.low.unit.symbolic_names:
        return Call(function, (symbolic_reference(target.symbol.name, target.element),))
    if target.whole_collection:
        return Call(function, (Text(target.symbol.name),))
    return Call(function, (module_id(target), Text(DEPLOYMENTS_VERSION)))


def module_property(target: Target, name: str, safe: bool, secure: bool | None) -> Expression:
    """Lower ``module.name`` and ``module.outputs``."""
    low, symbol = target.low, target.symbol
    assert isinstance(symbol, ModuleSymbol)

    def guarded(expression: Expression) -> Expression:
        if not safe or symbol.condition is None:
            return expression
        return Call("if", (low.expression(symbol.condition), expression, NULL))

    if name == "name":
        return guarded(module_name(target))
    if name != "outputs":
        raise Unsupported(symbol.node.name, f'A module has no property "{name}".', "BCP053")
    if secure is None:
        secure = bool(low.unit.secure_outputs(symbol))
    if secure:
        symbolic = low.unit.symbolic_names
        where = symbolic_reference(symbol.name, target.element) if symbolic else module_id(target)
        return guarded(Call(_SECURE_OUTPUTS, (where, Text(DEPLOYMENTS_VERSION))))
    base = module_reference(target)
    if safe:
        return Call("tryGet", (guarded(base), Text("outputs")))
    return Access(base, Text("outputs"))


def _output(
    low: Lowering, node: syntax.PropertyAccess, outputs: syntax.PropertyAccess, module: ModuleSymbol
) -> Expression:
    """Lower ``module.outputs.name``."""
    tail: tuple[Expression, ...] = (Text(node.name),)
    target = target_of(low, outputs.base)
    if target is not None and target.symbol.kind == MODULE:
        secure = node.name in low.unit.secure_outputs(module)
        base = module_property(target, "outputs", outputs.safe, secure)
        if not secure:
            tail = (*tail, Text("value"))
    else:
        base = low.expression(outputs)
        tail = (*tail, Text("value"))
    base = as_call(base)
    if node.safe:
        for key in tail:
            base = Call("tryGet", (base, key))
        return base
    if type(base) is Call and base.name in SAFE_FUNCTIONS:
        return Call(base.name, (*base.arguments, *tail))
    if type(base) is Call and base.name == "if" and base.arguments[-1] == NULL:
        return Call("tryGet", (base, *tail))
    for key in tail:
        base = Access(base, key)
    return base
