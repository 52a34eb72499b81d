"""Parameters: definitions, `$ref`, types, constraints, secure values, in ARM's words.

In: a definition (or type node) and a value. Out: the value, made secret where its type is secure, or EvaluationFailed.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from amlctl.arm.engine import find_key
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.functions.logical import same
from amlctl.arm.functions.signature import NAMES
from amlctl.arm.functions.texts import json_text, to_text
from amlctl.arm.tree import Call, Text
from amlctl.arm.values import Secret, Unknown

Node: TypeAlias = dict[str, Any]
TYPE_NAMES = {
    "string": "String",
    "int": "Int",
    "bool": "Bool",
    "array": "Array",
    "object": "Object",
    "securestring": "SecureString",
    "secureobject": "SecureObject",
}
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "securestring": (str,),
    "int": (int,),
    "bool": (bool,),
    "array": (list,),
    "object": (dict,),
    "secureobject": (dict,),
}
_WANTED = {
    "string": "String, Uri",
    "securestring": "String, Uri",
    "int": "Integer",
    "bool": "Boolean",
    "array": "Array",
}
_MAX_LEVEL = 100


def resolve(node: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Follow `$ref`s; what stands beside a `$ref` wins over what it names. Raises EvaluationFailed."""
    if not isinstance(node, dict):
        message = "The template definition is not valid: a type must be an object."
        raise EvaluationFailed(message)
    for _ in range(_MAX_LEVEL):
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return dict(node)
        name = reference.removeprefix("#/definitions/")
        target = definitions.get(name)
        if not isinstance(target, dict):
            message = f"The template definition '{reference}' is not found."
            raise EvaluationFailed(message)
        node = {**target, **{key: item for key, item in node.items() if key != "$ref"}}
    message = "The template definitions refer to each other in a circle."
    raise EvaluationFailed(message)


def type_of(node: Node) -> str:
    """Give the type word of a resolved node, in lower case."""
    kind = node.get("type")
    return kind.lower() if isinstance(kind, str) else "object" if "properties" in node else ""


def is_secure(node: Node) -> bool:
    """Tell whether a resolved node is a secure type."""
    return type_of(node).startswith("secure")


def check(name: str, node: Any, value: Any, definitions: dict[str, Any], level: int = 0) -> Any:
    """Check a value against a type node and mark secure parts of it. Raises EvaluationFailed with ARM's message."""
    if type(value) is Unknown or level > _MAX_LEVEL:
        return value
    node = resolve(node, definitions)
    kind = type_of(node)
    if type(value) is Secret:
        return Secret(check(name, node, value.value, definitions, level), value.tree)
    if value is None and node.get("nullable") is True:
        return None
    allowed = _PYTHON.get(kind)
    if kind and allowed is None:
        message = f"The template parameter type '{node.get('type')}' is not supported."
        raise EvaluationFailed(message)
    if allowed and type(value) not in allowed:
        raise _wrong_type(name, kind, value)
    if kind.startswith("secure"):
        _constrain(name, node, value)
        return value if level == 0 else Secret(value)
    _constrain(name, node, value)
    if type(value) is dict:
        return _check_object(name, node, value, definitions, level)
    return _check_array(name, node, value, definitions, level) if type(value) is list else value


def secured(name: str, node: Any, value: Any, definitions: dict[str, Any]) -> Any:
    """Check a value and hide it where its type is secure; the secret remembers the parameter's name."""
    checked = check(name, node, value, definitions)
    if type(checked) in (str, dict) and is_secure(resolve(node, definitions)):
        return Secret(checked, Call("parameters", (Text(name),)))
    return checked


def _wrong_type(name: str, kind: str, value: Any) -> EvaluationFailed:
    wanted, found = _WANTED.get(kind, "Object"), NAMES.get(type(value), "Unknown")
    message = (
        f"The provided value for the template parameter '{name}' is not valid. Expected a value of type '{wanted}', "
    )
    where = "Please see https://aka.ms/arm-create-parameter-file for usage details."
    return EvaluationFailed(f"{message}but received a value of type '{found}'. {where}")


def _constrain(name: str, node: Node, value: Any) -> None:
    allowed = node.get("allowedValues")
    if isinstance(allowed, list) and not _is_allowed(value, allowed):
        shown = ",".join(to_text(item) for item in allowed)
        given = "***" if type_of(node).startswith("secure") else to_text(value)
        raise _refused(name, f"The value '{given}' is not part of the allowed value(s): '{shown}'.")
    if type(value) in (str, list):
        _between(name, "Length of the value", len(value), node.get("minLength"), node.get("maxLength"))
    elif type(value) is int:
        _between(name, "The value", value, node.get("minValue"), node.get("maxValue"))


def _is_allowed(value: Any, allowed: list[Any]) -> bool:
    if type(value) is list and not any(type(item) is list for item in allowed):
        return all(type(item) is Unknown or _is_allowed(item, allowed) for item in value)
    if type(value) is str:
        return any(type(item) is str and item.lower() == value.lower() for item in allowed)
    return any(same(value, item) for item in allowed)


def _between(name: str, what: str, found: int, least: Any, most: Any) -> None:
    if type(least) is int and found < least:
        raise _refused(name, f"{what} should be greater than or equal to '{least}'.")
    if type(most) is int and found > most:
        raise _refused(name, f"{what} should be less than or equal to '{most}'.")


def _refused(name: str, why: str) -> EvaluationFailed:
    message = f"The provided value for the template parameter '{name}' is not valid. {why}"
    return EvaluationFailed(f"{message} Please see https://aka.ms/arm-create-parameter-file for usage details.")


def _check_array(name: str, node: Node, value: list[Any], definitions: dict[str, Any], level: int) -> list[Any]:
    prefix, items = node.get("prefixItems"), node.get("items")
    if not isinstance(prefix, list) and not isinstance(items, dict):
        return value
    checked = list(value)
    for at, item in enumerate(value):
        own = prefix[at] if isinstance(prefix, list) and at < len(prefix) else items
        if isinstance(own, dict):
            checked[at] = check(f"{name}[{at}]", own, item, definitions, level + 1)
        elif own is False:
            raise _refused(name, "It has too many items.")
    return checked


def _check_object(
    name: str, node: Node, value: dict[str, Any], definitions: dict[str, Any], level: int
) -> dict[str, Any]:
    node = _discriminated(name, node, value, definitions)
    properties = node.get("properties")
    rest = node.get("additionalProperties")
    if not isinstance(properties, dict):
        properties = {}
    checked = dict(value)
    known: set[str] = set()
    for key, own in properties.items():
        found = find_key(value, key)
        if found is None:
            _require(name, key, own, definitions)
            continue
        known.add(found)
        checked[found] = check(f"{name}.{key}", own, value[found], definitions, level + 1)
    for key in value.keys() - known:
        if isinstance(rest, dict):
            checked[key] = check(f"{name}.{key}", rest, value[key], definitions, level + 1)
        elif rest is False:
            raise _refused(name, f"The property '{key}' is not allowed. Expected: '{', '.join(properties)}'.")
    return checked


def _require(name: str, key: str, own: Any, definitions: dict[str, Any]) -> None:
    if resolve(own, definitions).get("nullable") is not True:
        raise _refused(name, f"The property '{key}' is required, but was not provided.")


def _discriminated(name: str, node: Node, value: dict[str, Any], definitions: dict[str, Any]) -> Node:
    discriminator = node.get("discriminator")
    if not isinstance(discriminator, dict):
        return node
    key = str(discriminator.get("propertyName"))
    mapping = discriminator.get("mapping")
    found = find_key(value, key)
    chosen = value.get(found) if found else None
    if type(chosen) is Unknown:
        return {}
    variant = mapping.get(chosen) if isinstance(mapping, dict) and type(chosen) is str else None
    if not isinstance(variant, dict):
        words = ",".join(mapping) if isinstance(mapping, dict) else ""
        raise _refused(
            name, f"The discriminator '{key}' has the value {json_text(chosen)}; expected one of: '{words}'."
        )
    variant = resolve(variant, definitions)
    properties = {**(node.get("properties") or {}), **(variant.get("properties") or {})}
    return {**node, **variant, "properties": properties}
