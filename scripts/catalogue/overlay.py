"""Make versions that the package lacks: a known version's type file with the facts of overlay.json applied to it.

A step is ``{provider, versions, base, types, source, objects}``: each of ``types`` gets each of ``versions``, made from
the type file of its version ``base``. ``objects`` is ``name -> {property: type}`` (null takes the property away), for
every object of that name; a name that the file lacks is a new object. ``branches`` of a discriminated object likewise
by value. A type is a word (string, int, bool, any), ``#Name``, or ``{kind, flags, ...}`` with the fields of _KINDS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Elements = list[dict[str, Any]]
FLAGS = {"required": 1, "read-only": 2, "write-only": 4, "constant": 8, "identifier": 16}


class _File:
    """A type file that is being changed."""

    def __init__(self, elements: Elements) -> None:
        self.elements = elements
        self.named: dict[str, list[int]] = {}
        for at, element in enumerate(elements):
            if element["$type"] in ("ObjectType", "DiscriminatedObjectType"):
                self.named.setdefault(element["name"], []).append(at)

    def add(self, element: dict[str, Any]) -> dict[str, str]:
        """Append an element and give the reference to it."""
        self.elements.append(element)
        return {"$ref": f"#/{len(self.elements) - 1}"}

    def type(self, written: Any) -> dict[str, str]:
        """Give the reference to a type as the overlay writes it."""
        if isinstance(written, str) and written.startswith("#"):
            return {"$ref": f"#/{self.named[written[1:]][0]}"}
        if isinstance(written, str):
            written = {"kind": written}
        return self.add(_KINDS[written["kind"]](self, written)) if "ref" not in written else self.type(written["ref"])

    def property(self, written: Any) -> dict[str, Any]:
        """Give a property as a type file writes it."""
        words = written.get("flags", ()) if isinstance(written, dict) else ()
        return {"type": self.type(written), "flags": sum(FLAGS[word] for word in words)}


def _limits(written: dict[str, Any], low: str, high: str) -> dict[str, Any]:
    named = {low: written.get("minimum"), high: written.get("maximum")}
    return {name: value for name, value in named.items() if value is not None}


def _string(_: _File, written: dict[str, Any]) -> dict[str, Any]:
    rest = {name: written[key] for key, name in (("pattern", "pattern"), ("secret", "sensitive")) if key in written}
    return {"$type": "StringType", **_limits(written, "minLength", "maxLength"), **rest}


def _enum(file: _File, written: dict[str, Any]) -> dict[str, Any]:
    members = [file.add({"$type": "StringLiteralType", "value": value}) for value in written["values"]]
    if written.get("open"):
        members.append(file.add({"$type": "StringType"}))
    return {"$type": "UnionType", "elements": members}


def _array(file: _File, written: dict[str, Any]) -> dict[str, Any]:
    return {
        "$type": "ArrayType",
        "itemType": file.type(written["items"]),
        **_limits(written, "minLength", "maxLength"),
    }


def _object(file: _File, written: dict[str, Any]) -> dict[str, Any]:
    own = {name: file.property(value) for name, value in written.get("properties", {}).items()}
    extra = {"additionalProperties": file.type(written["others"])} if "others" in written else {}
    return {"$type": "ObjectType", "name": written.get("name", "object"), "properties": own, **extra}


_KINDS: dict[str, Callable[[_File, dict[str, Any]], dict[str, Any]]] = {
    "string": _string,
    "int": lambda _, written: {"$type": "IntegerType", **_limits(written, "minValue", "maxValue")},
    "bool": lambda *_: {"$type": "BooleanType"},
    "any": lambda *_: {"$type": "AnyType"},
    "const": lambda _, written: {"$type": "StringLiteralType", "value": written["value"]},
    "enum": _enum,
    "array": _array,
    "object": _object,
}


def apply_step(elements: Elements, step: dict[str, Any]) -> None:
    """Change a copy of the base version's type file as the step says."""
    file = _File(elements)
    changes = step.get("objects", {})
    for name in changes:
        if name not in file.named:
            file.add({"$type": "ObjectType", "name": name, "properties": {}})
            file.named[name] = [len(elements) - 1]
    for name, change in changes.items():
        for at in file.named[name]:
            _change(file, elements[at], change)
    for name, change in step.get("branches", {}).items():
        for at in file.named[name]:
            branches = elements[at]["elements"]
            branches.update({value: file.type(written) for value, written in change.items() if written})
            for value in [value for value, written in change.items() if not written]:
                branches.pop(value, None)


def _change(file: _File, element: dict[str, Any], change: dict[str, Any]) -> None:
    properties = element["properties" if element["$type"] == "ObjectType" else "baseProperties"]
    for name, written in change.items():
        if written is None:
            properties.pop(name, None)
        else:
            properties[name] = file.property(written)
