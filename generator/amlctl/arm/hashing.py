"""ARM's hashes: `uniqueString`, `guid`, `templateHash`, and the name rule of outputs on the wire.

Sources: reference vectors of public ports and of Azure/bicep's tests (tests/cases/arm/hashes.json names each).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from sys import byteorder
from typing import Any

_MASK = 0xFFFFFFFF
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_GUID_NAMESPACE = bytes.fromhex("11fb06fb712d4ddd98c7e71bbd588830")
_C1, _C2 = 0x239B961B, 0xAB0E9789


def _scramble(word: int, first: int, bits: int, second: int) -> int:
    word = word * first & _MASK
    return ((word << bits | word >> (32 - bits)) & _MASK) * second & _MASK


def _finish(lane: int) -> int:
    lane = (lane ^ lane >> 16) * 0x85EBCA6B & _MASK
    lane = (lane ^ lane >> 13) * 0xC2B2AE35 & _MASK
    return lane ^ lane >> 16


def murmur64(data: bytes) -> int:
    """Hash bytes as ARM does: two 32-bit lanes of a Murmur relative, seed 0. Written out, as templates are long."""
    one = two = 0
    size = len(data)
    whole = size & ~7
    words = iter(memoryview(data)[:whole].cast("I") if byteorder == "little" else _words(data[:whole]))
    for low, high in zip(words, words, strict=True):
        k1 = low * 0x239B961B & _MASK
        one ^= ((k1 << 15 | k1 >> 17) & _MASK) * 0xAB0E9789 & _MASK
        one = (((one << 19 | one >> 13) & _MASK) * 5 + two * 5 + 0x561CCD1B) & _MASK
        k2 = high * 0xAB0E9789 & _MASK
        two ^= ((k2 << 17 | k2 >> 15) & _MASK) * 0x239B961B & _MASK
        two = (((two << 13 | two >> 19) & _MASK) * 5 + one * 5 + 0x0BCAA747) & _MASK
    if whole < size:
        one ^= _scramble(int.from_bytes(data[whole : whole + 4], "little"), _C1, 15, _C2)
    if whole + 4 < size:
        two ^= _scramble(int.from_bytes(data[whole + 4 :], "little"), _C2, 17, _C1)
    return _close(one ^ size, two ^ size)


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]


def _close(one: int, two: int) -> int:
    one = (one + two) & _MASK
    two = (two + one) & _MASK
    one, two = _finish(one), _finish(two)
    one = (one + two) & _MASK
    two = (two + one) & _MASK
    return two << 32 | one


def unique_string(*texts: str) -> str:
    """Give ARM's `uniqueString` of the texts: 13 letters of a-z2-7."""
    value = murmur64("-".join(texts).encode("utf-8", "surrogatepass"))
    return "".join(_LETTERS[(value << 5 * at >> 59) & 31] for at in range(13))


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
    text = json.dumps(_ordered("template", shaped), separators=(",", ":"), ensure_ascii=False)
    for separator in "\x85\u2028\u2029":
        if separator in text:
            text = text.replace(separator, f"\\u{ord(separator):04x}")
    return str(murmur64(_upper(text).encode("utf-8", "surrogatepass")))


def _upper(text: str) -> str:
    upper = text.upper()
    if len(upper) == len(text):
        return upper
    return "".join(big if len(big := letter.upper()) == 1 else letter for letter in text)


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
