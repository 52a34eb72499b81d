"""ARM's hashes: `uniqueString`, `guid`, `templateHash`, and the name rule of outputs on the wire.

Sources: reference vectors of public ports and of Azure/bicep's tests (tests/cases/arm/hashes.json names each).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from amlctl.hashes import murmur64, unique_string

_GUID_NAMESPACE = bytes.fromhex("11fb06fb712d4ddd98c7e71bbd588830")

__all__ = ["camel_case", "guid", "murmur64", "template_hash", "unique_string"]


def guid(*texts: str) -> str:
    """Give ARM's `guid` of the texts: a UUID of version 5 in ARM's own namespace."""
    from hashlib import sha1

    digest = bytearray(
        sha1(_GUID_NAMESPACE + "-".join(texts).encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:16]
    )
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def camel_case(name: str) -> str:
    """Spell an output's name as the service writes it: leading capitals lower, but the last of them stays.

    `NewNSG` → `newNSG`, `STRING` → `string`, `AZURE_ID` → `azurE_ID` (Newtonsoft's CamelCase of dictionary keys).
    """
    letters = list(name)
    for at, letter in enumerate(letters):
        if not letter.isupper() or (at == 1 and not letter.isupper()):
            break
        if at and at + 1 < len(letters) and not letters[at + 1].isupper():
            break
        letters[at] = letter.lower()
    return "".join(letters)


# The order in which the deployment engine's typed objects write their properties.
_ORDERS: dict[str, dict[str, int]] = {
    kind: {name: at for at, name in enumerate(names.split())}
    for kind, names in {
        "template": "$schema languageVersion contentVersion definitions imports extensions parameters variables "
        "functions resources outputs metadata asserts",
        "resource": "import extension type apiVersion name existing location extendedLocation dependsOn tags sku zones "
        "kind identity plan properties subscriptionId scope metadata resourceGroup copy condition",
        "parameter": "$ref defaultValue allowedValues minLength maxLength minValue maxValue items prefixItems "
        "properties additionalProperties discriminator nullable type metadata",
        "output": "copy $ref nullable items properties additionalProperties type value metadata",
        "node": "$ref type metadata allowedValues nullable minLength maxLength minValue maxValue prefixItems items "
        "discriminator properties additionalProperties",
        "function parameter": "name $ref items type",
        "function output": "$ref type value",
        "function": "parameters output metadata",
        "namespace": "namespace members",
        "copy": "name count mode batchSize input",
        "discriminator": "propertyName mapping",
    }.items()
}


def template_hash(template: dict[str, Any]) -> str:
    """Give the decimal hash that ARM and the compiler give a template; its own `templateHash` is left out of account.

    Nested templates count with their own hash, as they stand.
    """
    shaped = {
        key: _SECTIONS[key](value) if key in _SECTIONS else value for key, value in _without_hash(template).items()
    }
    ordered = _ordered("template", shaped)
    text = json.dumps(ordered, separators=(",", ":"), ensure_ascii=False, check_circular=False)
    for separator in "\x85\u2028\u2029":
        if separator in text:
            text = text.replace(separator, f"\\u{ord(separator):04x}")
    return str(murmur64(_upper(text).encode("utf-8", "surrogatepass")))


def _upper(text: str) -> str:
    """Upper-case character by character, only where the result is one character."""
    if text.isascii():
        return text.upper()
    table = {ord(character): upper for character in set(text) if len(upper := character.upper()) == 1}
    return text.translate(table)


def _without_hash(template: dict[str, Any]) -> dict[str, Any]:
    metadata = template.get("metadata")
    generator = metadata.get("_generator") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(generator, dict) or "templateHash" not in generator:
        return template
    kept = {key: value for key, value in generator.items() if key != "templateHash"}
    return {**template, "metadata": {**metadata, "_generator": kept}}


def _ordered(kind: str, node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    order = _ORDERS[kind]
    return {key: node[key] for key in sorted(node, key=lambda name: order.get(name, 99))}


def _each(value: Any, shape: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else value


def _type_node(node: Any) -> Any:
    return _typed("node", node)


def _typed(kind: str, node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    shaped = {key: _MEMBERS[key](value) if key in _MEMBERS else value for key, value in node.items()}
    return _ordered(kind, shaped)


def _discriminator(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    mapping = _each(node.get("mapping", {}), _type_node)
    return _ordered("discriminator", {**node, "mapping": mapping})


def _function(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    shaped = dict(node)
    if "parameters" in node:
        shaped["parameters"] = _each(node["parameters"], lambda item: _typed("function parameter", item))
    if "output" in node:
        shaped["output"] = _typed("function output", node["output"])
    return _ordered("function", shaped)


def _namespace(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    return _ordered("namespace", {**node, "members": _each(node.get("members", {}), _function)})


def _resource(node: Any) -> Any:
    if isinstance(node, dict) and "copy" in node:
        node = {**node, "copy": _ordered("copy", node["copy"])}
    return _ordered("resource", node)


def _resources(section: Any) -> Any:
    return _each(section, _resource) or []


_MEMBERS: dict[str, Callable[[Any], Any]] = {
    "properties": lambda value: _each(value, _type_node) if isinstance(value, dict) else value,
    "items": _type_node,
    "additionalProperties": _type_node,
    "prefixItems": lambda value: _each(value, _type_node) if isinstance(value, list) else value,
    "discriminator": _discriminator,
    "copy": lambda value: _ordered("copy", value),
}
_SECTIONS: dict[str, Callable[[Any], Any]] = {
    "definitions": lambda value: _each(value, _type_node),
    "parameters": lambda value: _each(value, lambda node: _typed("parameter", node)),
    "outputs": lambda value: _each(value, lambda node: _typed("output", node)),
    "functions": lambda value: _each(value, _namespace),
    "resources": _resources,
}
