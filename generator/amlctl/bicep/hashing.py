"""``metadata._generator.templateHash``: ARM's hash over a template in the engine's order of keys.

The recipe was derived from compiled files (public templates with their hashes); the 64-bit hash is ``uniqueString``'s.
"""

from __future__ import annotations

from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import Any

from amlctl.hashes import murmur64

_ORDERS = {
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
        "namespace": "namespace members",
        "function": "parameters output metadata",
        "function parameter": "name $ref items type",
        "function output": "$ref type value",
        "copy": "name count mode batchSize input",
        "discriminator": "propertyName mapping",
    }.items()
}


def template_hash(template: dict[str, Any]) -> str:
    """Compute the hash of a template whose ``_generator`` has none yet; nested templates keep their own."""
    ordered = _ordered("template", template)
    for section, kind in (("definitions", "node"), ("parameters", "parameter"), ("outputs", "output")):
        if section in ordered:
            ordered[section] = {name: _typed(kind, node) for name, node in ordered[section].items()}
    if "functions" in ordered:
        ordered["functions"] = [_namespace(namespace) for namespace in ordered["functions"]]
    resources = ordered["resources"]
    if isinstance(resources, list):
        ordered["resources"] = [_resource(resource) for resource in resources]
    else:
        ordered["resources"] = {name: _resource(resource) for name, resource in resources.items()} or []
    return str(murmur64(_upper(_compact(ordered)).encode("utf-8", "surrogatepass")))


def _ordered(kind: str, node: dict[str, Any]) -> dict[str, Any]:
    ranks = _ORDERS[kind]
    return {key: node[key] for key in sorted(node, key=lambda key: ranks.get(key, 99))}


def _resource(resource: dict[str, Any]) -> dict[str, Any]:
    ordered = _ordered("resource", resource)
    if isinstance(ordered.get("copy"), dict):
        ordered["copy"] = _ordered("copy", ordered["copy"])
    return ordered


def _typed(kind: str, node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    ordered = _ordered(kind, node)
    if isinstance(ordered.get("properties"), dict):
        ordered["properties"] = {name: _typed("node", member) for name, member in ordered["properties"].items()}
    for key in ("items", "additionalProperties"):
        if key in ordered:
            ordered[key] = _typed("node", ordered[key])
    if isinstance(ordered.get("prefixItems"), list):
        ordered["prefixItems"] = [_typed("node", item) for item in ordered["prefixItems"]]
    if isinstance(ordered.get("discriminator"), dict):
        discriminator = _ordered("discriminator", ordered["discriminator"])
        mapping = discriminator.get("mapping", {})
        discriminator["mapping"] = {value: _typed("node", member) for value, member in mapping.items()}
        ordered["discriminator"] = discriminator
    if isinstance(ordered.get("copy"), dict):
        ordered["copy"] = _ordered("copy", ordered["copy"])
    return ordered


def _namespace(namespace: dict[str, Any]) -> dict[str, Any]:
    ordered = _ordered("namespace", namespace)
    ordered["members"] = {name: _function(member) for name, member in ordered["members"].items()}
    return ordered


def _function(function: dict[str, Any]) -> dict[str, Any]:
    ordered = _ordered("function", function)
    ordered["parameters"] = [_typed("function parameter", parameter) for parameter in ordered["parameters"]]
    ordered["output"] = _typed("function output", ordered["output"])
    return ordered


def _compact(value: Any) -> str:
    """Serialise without spaces; non-ASCII as is but for the three characters that Newtonsoft escapes."""
    encoder = c_make_encoder(None, _refuse, encode_basestring, None, ":", ",", False, False, True)
    text = "".join(encoder(value, 0))
    for character in "\x85\u2028\u2029":
        if character in text:
            text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _refuse(value: object) -> Any:
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def _upper(text: str) -> str:
    """Upper-case character by character, only where the result is one character."""
    if text.isascii():
        return text.upper()
    table = {ord(character): upper for character in set(text) if len(upper := character.upper()) == 1}
    return text.translate(table)
