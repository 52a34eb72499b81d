"""The linter's rules about names that nothing uses, style and structure; those about secrets are in rules_security."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from amlctl.bicep import syntax as s
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.assign import assignable
from amlctl.bicep.checks.bind import Symbol, body_of, children, key_at
from amlctl.bicep.checks.checker import Checker
from amlctl.bicep.checks.functions import is_list
from amlctl.bicep.checks.infer import type_of
from amlctl.bicep.checks.modifiers import find_decorator
from amlctl.bicep.checks.resources import body_value, declared_resource, enclosing_resource, parent_symbol
from amlctl.bicep.checks.types import force
from amlctl.records import NamedTuple

Node = s.Node
_RESOURCE_TYPE = r"(?i:[a-z]+\.[a-z]+(/[a-z]+)+\Z)"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_HOSTS = ("azuredatalakeanalytics.net", "azuredatalakestore.net", "batch.core.windows.net", "core.windows.net",
          "database.windows.net", "datalake.azure.net", "gallery.azure.com", "graph.windows.net",
          "login.microsoftonline.com", "management.azure.com", "management.core.windows.net",
          "vault.azure.net")  # fmt: skip
_NO_HOSTS = ("schema.management.azure.com",)
LIMITS = {"parameters": 256, "variables": 512, "outputs": 64, "resources": 800, "asserts": 32}


class Fault(NamedTuple):
    """What a rule found: tokens, text; ``within`` are offsets from the first token's start where it is a part of it."""

    at: int
    end: int
    message: str
    within: tuple[int, int] | None = None


Check = Callable[[Checker, dict[str, Any]], Iterator[Fault]]


class Rule(NamedTuple):
    """A rule: official name, default level, what finds its faults."""

    name: str
    level: str
    check: Check


def each(node: Node) -> Iterator[Node]:
    """Give a node and all below it."""
    yield node
    for child in children(node):
        yield from each(child)


def used(c: Checker) -> set[int]:
    """Give the ids of the symbols that some name is bound to."""
    return {id(symbol) for symbol in c.binding.symbols.values() if symbol is not None}


def declared(c: Checker, *kinds: str) -> list[Symbol]:
    """Give the named declarations of the file of some kinds."""
    return [symbol for symbol in c.binding.file.declared if symbol.kind in kinds and symbol.name]


def _unused(kind: str, word: str) -> Check:
    def check(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
        there = used(c)
        for symbol in declared(c, kind):
            if id(symbol) not in there and not _is_exported(c, symbol):
                text = f'{word} "{symbol.name}" is declared but never used.'
                yield Fault(symbol.name_at, symbol.name_at + 1, text)

    return check


def _is_exported(c: Checker, symbol: Symbol) -> bool:
    decorators = getattr(symbol.node, "decorators", ())
    return bool(decorators) and symbol.kind != "param" and find_decorator(c, symbol.node, "export") is not None


def _unused_imports(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    there = used(c)
    for symbol in declared(c, "import", "wildcard"):
        if id(symbol) not in there:
            yield Fault(symbol.name_at, symbol.name_at + 1, f'Import "{symbol.name}" is declared but never used.')


def _unused_existing(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    there = used(c)
    for symbol in declared(c, "resource"):
        body = body_of(symbol.node)
        nested = body is not None and any(type(item) is s.Resource for item in body.items)
        if symbol.node.existing and id(symbol) not in there and not nested:
            text = f'Existing resource "{symbol.name}" is declared but never used.'
            yield Fault(symbol.name_at, symbol.name_at + 1, text)


# ---- style ---------------------------------------------------------------------------------------------------------


def _prefer_interpolation(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in _calls(c, "concat"):
        if len(node.arguments) > 1 and not c.has_parse_error(node):
            found = type_of(c, node)
            if found is not t.ANY and found is not t.ERROR and assignable(found, t.STRING):
                yield Fault(node.at, node.end, "Use string interpolation instead of the concat function.")


def _calls(c: Checker, name: str) -> Iterator[Node]:
    for node in c.every(s.FunctionCall):
        if node.name == name and c.symbol(node) is None:
            yield node
    for node in c.every(s.InstanceCall):
        if node.name == name and type(node.base) is s.Variable and node.base.name == "sys":
            yield node


def _prefer_unquoted(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    text = "Property names that are valid identifiers should be declared and read without quotes."
    for node in c.every(s.Property):
        if node.name is not None and _is_quoted(c, key_at(node)[0]) and _IDENTIFIER.match(node.name):
            yield Fault(*key_at(node), text)
    for node in c.every(s.ArrayAccess):
        if type(node.index) is s.String and _IDENTIFIER.match(node.index.value):
            yield Fault(node.base.end, node.end, text)


def _is_quoted(c: Checker, at: int) -> bool:
    return bool(c.tokens.texts[at].startswith("'"))


def _simplify_interpolation(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Interpolated):
        parent = c.parent(node)
        if type(parent) not in (s.Property, s.VariableDeclaration, s.Output, s.Parameter) or any(node.texts):
            continue
        if len(node.values) == 1 and getattr(parent, "key", None) is not node:
            found = type_of(c, node.values[0])
            if type(found) in (t.Str, t.StrLit):
                yield Fault(node.at, node.end, "Remove unnecessary string interpolation.")


def _simplify_json_null(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in _calls(c, "json"):
        argument = node.arguments[0] if len(node.arguments) == 1 else None
        if type(argument) is s.String and argument.value.strip() == "null":
            yield Fault(node.at, node.end, "Write null instead of json('null').")


def _no_explicit_any(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.TypeName):
        if node.name == "any" and c.symbol(node) is None:
            yield Fault(node.at, node.end, 'Avoid the type "any": it switches off type checking.')


def _user_types(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.TypeName):
        if node.name in ("object", "array") and c.symbol(node) is None:
            yield Fault(node.at, node.end, "Use user-defined types instead of 'object' or 'array'.")


def _conflicting_metadata(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for kind in (s.Parameter, s.Output, s.TypeDeclaration, s.TypeMember, s.TypeItem):
        for node in c.every(kind):
            metadata = find_decorator(c, node, "metadata") if node.decorators else None
            value = metadata.expression.arguments[0] if metadata is not None and metadata.expression.arguments else None
            if type(value) is not s.Object or find_decorator(c, node, "description") is None:
                continue
            for item in value.items:
                if type(item) is s.Property and item.name == "description":
                    yield Fault(*key_at(item), 'The metadata "description" conflicts with the @description decorator.')


# ---- structure -----------------------------------------------------------------------------------------------------


def _no_deployments(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Resource):
        found = declared_resource(c, node)
        if type(found) is t.Res and found.name.lower() == "microsoft.resources/deployments":
            text = f'Resource "{node.name.text}" of type "{found.name}" should be declared as a Bicep module.'
            yield Fault(node.type.at, node.type.end, text)


def _parent_property(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    resources = [(node, declared_resource(c, node)) for node in c.every(s.Resource)]
    by_type: dict[str, list[s.Resource]] = {}
    for node, found in resources:
        if type(found) is t.Res:
            by_type.setdefault(found.name.lower(), []).append(node)
    for node, found in resources:
        name = body_value(node, "name")
        if type(found) is not t.Res or type(name) not in (s.String, s.Interpolated):
            continue
        if enclosing_resource(c, node) is not None or parent_symbol(c, node) is not None:
            continue
        for parent in by_type.get(found.name.lower().rpartition("/")[0], ()):
            if type(parent.value) is not s.For and _continues(c, body_value(parent, "name"), name, parent):
                text = f'Resource "{node.name.text}" has its parent as part of its name. Use the parent property.'
                yield Fault(name.at, name.end, text)
                break


def _continues(c: Checker, parent: Node, child: Node, resource: s.Resource) -> bool:
    """Tell whether a child's name is its parent's name, a slash and more."""
    own = c.tree.source(child)
    if type(child) is s.Interpolated and not child.texts[0] and child.texts[1].startswith("/"):
        first = c.tree.source(child.values[0])
        if first == f"{resource.name.text}.name" or (parent is not None and first == c.tree.source(parent)):
            return True
    if type(parent) not in (s.String, s.Interpolated):
        return False
    return own.startswith(c.tree.source(parent)[:-1] + "/")


def _unnecessary_depends_on(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    read: dict[int, list[Symbol]] = {}
    for node in (*c.every(s.Resource), *c.every(s.Module)):
        value = body_value(node, "dependsOn")
        own = c.binding.targets.get(id(node))
        if type(value) is not s.Array or own is None:
            continue
        inferred = _inferred(c, node, read)
        seen: set[int] = set()
        for item in value.items:
            symbol = c.symbol(item) if type(item) in (s.Variable, s.ResourceAccess) else None
            if symbol is None or symbol.kind not in ("resource", "module") or symbol.is_collection:
                continue
            if id(symbol) in inferred or id(symbol) in seen:
                yield Fault(item.at, item.end, f'Remove unnecessary dependsOn entry "{symbol.name}".')
            seen.add(id(symbol))


def _inferred(c: Checker, node: Node, read: dict[int, list[Symbol]]) -> set[int]:
    """Give the resources that a declaration needs by what it reads, directly or through others."""
    found: set[int] = set()
    todo = [node]
    seen: set[int] = set()
    while todo:
        current = todo.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if id(current) not in read:
            _note_reads(c, current, read.setdefault(id(current), []))
        for symbol in read[id(current)]:
            if symbol.kind in ("resource", "module") and not getattr(symbol.node, "existing", False):
                found.add(id(symbol))
            if symbol.kind in ("resource", "module", "var") and symbol.cycle is None:
                todo.append(symbol.node)
        outer = enclosing_resource(c, current) if type(current) is s.Resource else None
        if outer is not None:
            own = c.binding.targets.get(id(outer))
            if own is not None and not outer.existing:
                found.add(id(own))
            todo.append(outer)
    return found


def _note_reads(c: Checker, node: Node, found: list[Symbol]) -> None:
    if type(node) is s.Property and node.name == "dependsOn":
        return
    if type(node) in (s.Variable, s.ResourceAccess):
        symbol = c.symbol(node)
        if symbol is not None:
            found.append(symbol)
    for child in children(node):
        if type(child) is not s.Resource:
            _note_reads(c, child, found)


def _symbol_reference(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.FunctionCall):
        if c.symbol(node) is not None or not (node.name == "reference" or node.name.startswith("list")):
            continue
        first = node.arguments[0] if node.arguments else None
        if type(first) is not s.PropertyAccess or first.name not in ("id", "name"):
            continue
        symbol = c.symbol(first.base) if type(first.base) in (s.Variable, s.ResourceAccess) else None
        if symbol is not None and symbol.kind == "resource" and len(node.arguments) < 4:
            yield Fault(node.at, node.end, "Use a resource reference instead of invoking the function "
                                           f'"{node.name}".')  # fmt: skip


def _stable_identifiers(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Resource):
        for key in ("name", "scope", "parent"):
            value = body_value(node, key)
            name = _unstable(c, value, set()) if value is not None else None
            if name is not None:
                text = f'The "{key}" of "{node.name.text}" changes with each deployment: it uses the function "{name}".'
                yield Fault(value.at, value.end, text)


def _unstable(c: Checker, node: Node, seen: set[int]) -> str | None:
    for inner in each(node):
        if type(inner) is s.FunctionCall and inner.name in ("newGuid", "utcNow") and c.symbol(inner) is None:
            return str(inner.name)
        if type(inner) is s.InstanceCall and inner.name in ("newGuid", "utcNow"):
            return str(inner.name)
        symbol = c.symbol(inner) if type(inner) is s.Variable else None
        if symbol is None or id(symbol) in seen or symbol.kind not in ("param", "var"):
            continue
        seen.add(id(symbol))
        value = symbol.node.default if symbol.kind == "param" else symbol.node.value
        found = _unstable(c, value, seen) if value is not None else None
        if found is not None:
            return found
    return None


def _stable_image(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Resource):
        value: Node = body_of(node)
        for key in ("properties", "storageProfile", "imageReference"):
            value = _value(value, key)
        symbol = c.symbol(value) if type(value) is s.Variable else None
        if symbol is not None and symbol.kind == "var":
            value = symbol.node.value
        for key in ("offer", "sku", "version"):
            text = _value(value, key)
            if type(text) is s.String and "preview" in text.value.lower():
                yield Fault(text.at, text.end, f'Virtual machines should not use preview images: "{key}".')


def _value(node: Node, key: str) -> Node:
    items = node.items if type(node) is s.Object else ()
    return next((item.value for item in items if type(item) is s.Property and item.name == key), None)


def _hosts(c: Checker, settings: dict[str, Any]) -> Iterator[Fault]:
    hosts = [str(host) for host in settings.get("disallowedhosts", settings.get("disallowedHosts", _HOSTS))]
    text = c.tree.text.lower()
    if text.isascii() and not any(host.lower() in text for host in hosts):
        return
    fine = [str(host) for host in settings.get("excludedhosts", settings.get("excludedHosts", _NO_HOSTS))]
    pattern = re.compile(
        r"(?<![^\W_])(?:" + "|".join(map(re.escape, sorted(hosts, key=len, reverse=True))) + r")(?![^\W_])",
        re.IGNORECASE,
    )
    seen: set[int] = set()
    for node in (*c.every(s.String), *c.every(s.Interpolated)):
        for at in range(node.at, node.end):
            text = c.tokens.texts[at]
            if "." not in text or at in seen or _is_description(c, node):
                continue
            seen.add(at)
            for match in pattern.finditer(text):
                if not _is_excluded(text, match.start(), match.end(), fine):
                    message = "Environment URLs should not be hardcoded. Use the environment() function. Found: "
                    yield Fault(at, at + 1, f'{message}"{match.group(0)}"', match.span())


def _is_excluded(text: str, start: int, end: int, fine: list[str]) -> bool:
    lowered = text.lower()
    for host in fine:
        found = lowered.find(host.lower())
        if 0 <= found < end and found + len(host) > start:
            return True
    return False


def _is_description(c: Checker, node: Node) -> bool:
    parent = c.parent(node)
    while parent is not None and type(parent) is not s.Decorator:
        if type(parent) is s.Resource and parent.type is node:
            return True
        parent = c.parent(parent)
    return parent is not None and getattr(parent.expression, "name", "") in ("description", "metadata")


def _too_many(word: str, *kinds: str) -> Check:
    def check(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
        there = [symbol for symbol in c.binding.file.declared if symbol.kind in kinds]
        limit = LIMITS[word]
        if len(there) > limit:
            yield Fault(0, 0, f"Too many {word}. The number of {word} is limited to {limit}.")

    return check


def _safe_access(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Ternary):
        test, then = node.test, node.then
        if type(test) is not s.FunctionCall or test.name != "contains" or len(test.arguments) != 2:
            continue
        base, key = test.arguments
        if type(then) not in (s.PropertyAccess, s.ArrayAccess) or c.tree.source(then.base) != c.tree.source(base):
            continue
        same = (
            type(key) is s.String and key.value == then.name
            if type(then) is s.PropertyAccess
            else c.tree.source(then.index) == c.tree.source(key)
        )
        if same:
            yield Fault(node.at, node.end, "The syntax can be simplified by using the safe access (.?) operator.")


def _recognized_type(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    from amlctl import types as catalogue

    for node in (*c.every(s.FunctionCall), *c.every(s.InstanceCall)):
        if not node.arguments or not (node.name == "reference" or is_list(node.name)):
            continue
        if c.symbol(node) if type(node) is s.FunctionCall else getattr(node.base, "name", "") != "az":
            continue
        first = node.arguments[0]
        if type(first) in (s.FunctionCall, s.InstanceCall):
            written = [_literal(c, one) for one in first.arguments] if first.name == "resourceId" else []
        else:
            written = [_literal(c, first)]
        name = next((one for one in written if one is not None and re.match(_RESOURCE_TYPE, one)), None)
        if name is not None and not catalogue.versions(name) and type_of(c, node) is not t.ERROR:
            yield Fault(node.at, node.end, f'Resource type "{name}" is not recognized in function "{node.name}".')


def _locations(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Resource):
        value = body_value(node, "location")
        if type(value) is s.String and value.value.lower() != "global":
            text = f'A resource location should not be a hard-coded text. Found: "{value.value}".'
            yield Fault(value.at, value.end, text)


def _location_expressions(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.PropertyAccess):
        base = node.base
        if node.name != "location" or type(base) not in (s.FunctionCall, s.InstanceCall) or base.arguments:
            continue
        if type(base) is s.InstanceCall and not (type(base.base) is s.Variable and base.base.name == "az"):
            continue
        parent = c.parent(node)
        while parent is not None and type(parent) is not s.Parameter:
            parent = c.parent(parent)
        if base.name in ("resourceGroup", "deployment") and parent is None:
            text = f"'{base.name}().location' should only be used as the default value of a parameter."
            yield Fault(node.at, node.end, text)


def _literal(c: Checker, node: Node) -> str | None:
    found = force(type_of(c, node))
    return found.value if type(found) is t.StrLit else None


def _admin_name(c: Checker, _: dict[str, Any]) -> Iterator[Fault]:
    for node in c.every(s.Property):
        if not isinstance(node.name, str) or node.name.lower() != "adminusername":
            continue
        outer = c.parent(node)
        while outer is not None and type(outer) is not s.Resource:
            outer = c.parent(outer)
        found = _literal(c, node.value) if outer is not None else None
        if found is not None:
            text = f'Property "adminUserName" should not use a literal value. Found: "{found}".'
            yield Fault(node.value.at, node.value.end, text)


@cache
def rules() -> tuple[Rule, ...]:
    """Give all rules, by name of their area."""
    from amlctl.bicep.checks.rules_security import SECURITY

    return (
        Rule("adminusername-should-not-be-literal", "warning", _admin_name),
        Rule("max-asserts", "error", _too_many("asserts", "assert")),
        Rule("max-outputs", "error", _too_many("outputs", "output")),
        Rule("max-params", "error", _too_many("parameters", "param")),
        Rule("max-resources", "error", _too_many("resources", "resource")),
        Rule("max-variables", "error", _too_many("variables", "var")),
        Rule("no-conflicting-metadata", "warning", _conflicting_metadata),
        Rule("no-deployments-resources", "warning", _no_deployments),
        Rule("no-explicit-any", "warning", _no_explicit_any),
        Rule("no-hardcoded-env-urls", "warning", _hosts),
        Rule("no-hardcoded-location", "off", _locations),
        Rule("no-loc-expr-outside-params", "off", _location_expressions),
        Rule("no-unnecessary-dependson", "warning", _unnecessary_depends_on),
        Rule("no-unused-existing-resources", "warning", _unused_existing),
        Rule("no-unused-imports", "warning", _unused_imports),
        Rule("no-unused-params", "warning", _unused("param", "Parameter")),
        Rule("no-unused-types", "warning", _unused("type", "Type")),
        Rule("no-unused-vars", "warning", _unused("var", "Variable")),
        Rule("prefer-interpolation", "warning", _prefer_interpolation),
        Rule("prefer-unquoted-property-names", "warning", _prefer_unquoted),
        Rule("simplify-interpolation", "warning", _simplify_interpolation),
        Rule("simplify-json-null", "warning", _simplify_json_null),
        Rule("use-parent-property", "warning", _parent_property),
        Rule("use-recognized-resource-type", "warning", _recognized_type),
        Rule("use-resource-symbol-reference", "warning", _symbol_reference),
        Rule("use-safe-access", "warning", _safe_access),
        Rule("use-stable-resource-identifiers", "warning", _stable_identifiers),
        Rule("use-stable-vm-image", "warning", _stable_image),
        Rule("use-user-defined-types", "off", _user_types),
        *(Rule(*row) for row in SECURITY),
    )
