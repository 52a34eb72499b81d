"""Check a resource's body, as it would be PUT, against its type. Leaves that are not known yet are taken as right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from amlctl.diagnostics import JsonPath, Level
from amlctl.records import NamedTuple
from amlctl.types.names import nearest
from amlctl.types.nodes import (
    Array,
    Bool,
    Const,
    Discriminated,
    Enum,
    Flag,
    Int,
    Node,
    Object,
    Property,
    String,
    Union_,
)
from amlctl.types.reader import Provider, TypeVersion, find

DEPTH = 64  # deeper bodies are not looked at; ARM refuses them

_NOT_IN_BODY = {"id", "type", "apiVersion", "name", "scope", "dependsOn", "condition", "copy", "comments"}
_SCOPES = {1: "tenant", 2: "management group", 4: "subscription", 8: "resource group", 16: "extension of a resource"}
_WORDS = {bool: "a boolean", int: "a whole number", float: "a number", str: "a text", list: "a list", dict: "an object"}


class BodyFinding(NamedTuple):
    """One fault of a body: the official code where there is one, the place in the body, found and instead."""

    level: Level
    code: str
    message: str
    path: JsonPath
    found: str = ""
    instead: str = ""


class _Check(NamedTuple):
    provider: Provider
    is_unknown: Callable[[object], bool]
    findings: list[BodyFinding]
    level: Level


def _never(_: object) -> bool:
    return False


def check_body(
    name: str,
    version: str,
    body: Any,
    *,
    scope: int = 0,
    is_unknown: Callable[[object], bool] | None = None,
) -> list[BodyFinding]:
    """Give the faults of a body (a dict without id, type, name and apiVersion), in the order of its keys.

    ``scope`` is the ``Scope`` bit where the resource stands, 0 where it is not to be checked. ``is_unknown`` tells
    which leaves have no value yet. Where the version is not in the catalogue all faults are warnings, and the first
    finding names the older version that they were checked against.
    """
    found = find(name, version)
    if found is None:
        message = f'the resource type "{name}@{version}" is not in the catalogue: its body is not checked'
        return [BodyFinding("warning", "BCP081", message, ())]
    check = _Check(found.provider, is_unknown or _never, [], "error" if found.exact else "warning")
    if not found.exact:
        message = f'version {version} of "{found.name}" is not in the catalogue: checked against {found.version}'
        check.findings.append(BodyFinding("warning", "BCP081", message, ()))
    _check_scope(check, found, scope)
    if not check.is_unknown(body):
        _check_node(check, _without_name(found.node()), body, (), 0)
    return check.findings


def _without_name(node: Object | Discriminated) -> Object | Discriminated:
    """Leave out what is not part of a body; they are known by other means."""
    if type(node) is Object:
        return node._replace(properties={k: v for k, v in node.properties.items() if k not in _NOT_IN_BODY})
    assert type(node) is Discriminated
    return node._replace(base={k: v for k, v in node.base.items() if k not in _NOT_IN_BODY})


def _check_scope(check: _Check, found: TypeVersion, scope: int) -> None:
    if not scope or found.writable & scope:
        return
    if not found.writable:
        _add(check, "BCP245", f'"{found.name}" can be read, not deployed', (), "", "")
        return
    allowed = ", ".join(word for bit, word in _SCOPES.items() if found.writable & bit)
    message = f'"{found.name}" cannot be deployed at this scope'
    _add(check, "BCP135", message, (), _SCOPES.get(scope, str(scope)), f"allowed: {allowed}")


def _add(check: _Check, code: str, message: str, path: JsonPath, found: str, instead: str) -> None:
    check.findings.append(BodyFinding(check.level, code, message, path, found, instead))


def _check_node(check: _Check, node: Node, value: Any, path: JsonPath, depth: int) -> None:
    if check.is_unknown(value) or depth > DEPTH:
        return
    handler = _HANDLERS.get(type(node))
    if handler:
        handler(check, node, value, path, depth)


def _kind(check: _Check, wanted: str, value: object, path: JsonPath) -> None:
    found = "null" if value is None else _WORDS.get(type(value), type(value).__name__)
    _add(check, "BCP036", f"{wanted} is expected", path, f"found {found}", "")


def _check_string(check: _Check, node: String, value: object, path: JsonPath, _: int) -> None:
    if not isinstance(value, str):
        _kind(check, "a text", value, path)
        return
    if node.minimum is not None and len(value) < node.minimum:
        _add(check, "BCP332", f"the text is shorter than {node.minimum} characters", path, f"found {len(value)}", "")
    if node.maximum is not None and len(value) > node.maximum:
        _add(check, "BCP332", f"the text is longer than {node.maximum} characters", path, f"found {len(value)}", "")


def _check_int(check: _Check, node: Int, value: object, path: JsonPath, _: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        _kind(check, "a whole number", value, path)
        return
    if node.minimum is not None and value < node.minimum:
        _add(check, "BCP327", f"the number is below {node.minimum}", path, f"found {value}", "")
    if node.maximum is not None and value > node.maximum:
        _add(check, "BCP328", f"the number is above {node.maximum}", path, f"found {value}", "")


def _check_bool(check: _Check, _: Node, value: object, path: JsonPath, __: int) -> None:
    if not isinstance(value, bool):
        _kind(check, "a boolean", value, path)


def _check_const(check: _Check, node: Const, value: object, path: JsonPath, _: int) -> None:
    if not isinstance(value, str):
        _kind(check, "a text", value, path)
    elif value.lower() != node.value.lower():
        _add(check, "BCP036", "the value is not allowed", path, f'found "{value}"', f'write "{node.value}"')


def _check_enum(check: _Check, node: Enum, value: object, path: JsonPath, _: int) -> None:
    """A closed enum takes its values in any case, as ARM does; an open one only warns of another case."""
    if not isinstance(value, str):
        _kind(check, "a text", value, path)
        return
    if node.open or value.lower() in {one.lower() for one in node.values}:
        return
    near = nearest(value, node.values)
    allowed = ", ".join(node.values[:20])
    _add(check, "BCP036", "the value is not allowed", path, f'found "{value}"',
         f'did you mean "{near}"?' if near else f"allowed: {allowed}")  # fmt: skip


def _check_array(check: _Check, node: Array, value: object, path: JsonPath, depth: int) -> None:
    if not isinstance(value, list):
        _kind(check, "a list", value, path)
        return
    if node.minimum is not None and len(value) < node.minimum:
        _add(check, "BCP332", f"the list has fewer than {node.minimum} items", path, f"found {len(value)}", "")
    if node.maximum is not None and len(value) > node.maximum:
        _add(check, "BCP332", f"the list has more than {node.maximum} items", path, f"found {len(value)}", "")
    item = check.provider.node(node.item)
    for at, one in enumerate(value):
        _check_node(check, item, one, (*path, at), depth + 1)


def _check_union(check: _Check, node: Union_, value: object, path: JsonPath, depth: int) -> None:
    """Right if one member fits; else the faults of the member with the fewest."""
    best: list[BodyFinding] | None = None
    for member in node.members:
        trial = check._replace(findings=[])
        _check_node(trial, check.provider.node(member), value, path, depth + 1)
        if best is None or len(trial.findings) < len(best):
            best = trial.findings
    check.findings.extend(best or [])


def _check_object(check: _Check, node: Object, value: object, path: JsonPath, depth: int) -> None:
    if not isinstance(value, Mapping):
        _kind(check, "an object", value, path)
        return
    _check_properties(check, node.properties, node.additional, value, path, depth)


def _check_properties(
    check: _Check,
    properties: Mapping[str, Property],
    additional: int | None,
    value: Mapping[str, Any],
    path: JsonPath,
    depth: int,
) -> None:
    folded = {name.lower(): name for name in properties}
    seen = set()
    for key, one in value.items():
        name = key if key in properties else folded.get(key.lower())
        if name is not None:
            seen.add(name)
            _check_property(check, properties[name], one, (*path, key), depth)
        elif additional is not None:
            _check_node(check, check.provider.node(additional), one, (*path, key), depth + 1)
        elif path or key not in _NOT_IN_BODY:
            _unknown(check, key, properties, path)
    for name, found in properties.items():
        if found.required and not found.read_only and name not in seen:
            _add(check, "BCP035", f'the property "{name}" is missing', path, "", f'add "{name}"')


def _check_property(check: _Check, found: Property, value: object, path: JsonPath, depth: int) -> None:
    if found.flags & Flag.READ_ONLY:
        _add(check, "BCP073", f'the property "{path[-1]}" is read-only', path, "", "leave it out")
    elif value is not None or found.required:
        _check_node(check, check.provider.node(found.type), value, path, depth + 1)


def _unknown(check: _Check, key: str, properties: Mapping[str, Property], path: JsonPath) -> None:
    writable = [name for name, found in properties.items() if not found.read_only]
    near = nearest(key, writable)
    instead = f'did you mean "{near}"?' if near else f"allowed: {', '.join(writable[:20])}"
    _add(check, "BCP089" if near else "BCP037", f'the property "{key}" is not known', (*path, key), "", instead)


def _check_discriminated(check: _Check, node: Discriminated, value: object, path: JsonPath, depth: int) -> None:
    if not isinstance(value, Mapping):
        _kind(check, "an object", value, path)
        return
    key = next((k for k in value if k.lower() == node.discriminator.lower()), None)
    if key is None:
        if not (not path and node.discriminator in _NOT_IN_BODY):
            instead = f"one of: {', '.join(node.branches)}"
            _add(check, "BCP078", f'the property "{node.discriminator}" is missing', path, "", instead)
        return
    chosen = value[key]
    if check.is_unknown(chosen):
        return
    number = next((n for text, n in node.branches.items() if text.lower() == str(chosen).lower()), None)
    if number is None:
        near = nearest(str(chosen), node.branches)
        instead = f'did you mean "{near}"?' if near else f"allowed: {', '.join(node.branches)}"
        _add(check, "BCP036", "the value is not allowed", (*path, key), f'found "{chosen}"', instead)
        return
    branch = check.provider.node(number)
    assert type(branch) is Object
    _check_properties(check, {**node.base, **branch.properties}, branch.additional, value, path, depth)


_HANDLERS: dict[type, Callable[..., None]] = {
    String: _check_string,
    Int: _check_int,
    Bool: _check_bool,
    Const: _check_const,
    Enum: _check_enum,
    Array: _check_array,
    Union_: _check_union,
    Object: _check_object,
    Discriminated: _check_discriminated,
}
