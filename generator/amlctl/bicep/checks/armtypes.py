"""What a compiled template shows to a Bicep file: parameters and outputs of an ARM JSON module."""

from __future__ import annotations

from typing import Any

from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.modules import Interface, literal_type
from amlctl.bicep.checks.names import name as type_name
from amlctl.bicep.checks.types import Type

_SCOPES = {"tenant": 1, "managementGroup": 2, "subscription": 4}
_KINDS: dict[str, Type] = {
    "string": t.STRING,
    "securestring": t.SECURE_STRING,
    "int": t.INT,
    "bool": t.BOOL,
    "array": t.ARRAY,
    "object": t.OBJECT,
    "secureobject": t.OBJECT._replace(flags=t.SECURE),
}


def interface_of(template: Any) -> Interface:
    """Give the interface of a template; ValueError where it is none."""
    if not isinstance(template, dict) or "$schema" not in template:
        msg = "not an ARM template"
        raise ValueError(msg)
    schema = str(template["$schema"]).lower()
    scope = next((bit for word, bit in _SCOPES.items() if f"{word.lower()}deploymenttemplate" in schema), 8)
    definitions = _mapping(template.get("definitions"))
    parameters = {}
    for name, one in _mapping(template.get("parameters")).items():
        kind = _kind(one, definitions)
        required = "defaultValue" not in one and not _nullable(one, definitions)
        parameters[name] = t.Prop(kind if required else t.nullable(kind), t.WRITE_ONLY | required)
    outputs = {
        name: t.Prop(_kind(one, definitions), t.READ_ONLY) for name, one in _mapping(template.get("outputs")).items()
    }
    return Interface(scope, parameters, outputs, _exports(template, definitions), template=True)


def _mapping(value: Any) -> dict[str, Any]:
    return {key: one for key, one in value.items() if isinstance(one, dict)} if isinstance(value, dict) else {}


def _nullable(one: dict[str, Any], definitions: dict[str, Any], depth: int = 0) -> bool:
    if "nullable" in one:
        return one["nullable"] is True
    target = definitions.get(str(one.get("$ref", "")).rpartition("/")[2])
    return target is not None and depth < 20 and _nullable(target, definitions, depth + 1)


def _kind(one: dict[str, Any], definitions: dict[str, Any]) -> Type:
    reference = one.get("$ref")
    if isinstance(reference, str):
        target = definitions.get(reference.removeprefix("#/definitions/"))
        return t.ANY if target is None else t.Lazy(lambda: t.force(_kind(target, definitions)))
    found = _plain(one, definitions)
    return t.nullable(found) if one.get("nullable") is True else found


def _plain(one: dict[str, Any], definitions: dict[str, Any]) -> Type:
    kind = _KINDS.get(str(one.get("type", "")).lower(), t.ANY)
    allowed = one.get("allowedValues")
    if isinstance(allowed, list) and kind is not t.ANY:
        return _allowed(kind, allowed, one)
    if type(kind) is t.Str:
        return kind._replace(minimum=one.get("minLength"), maximum=one.get("maxLength"))
    if type(kind) is t.Integer:
        return kind._replace(minimum=one.get("minValue"), maximum=one.get("maxValue"))
    if type(kind) is t.Arr:
        return _array(one, definitions)
    return _object(one, definitions, kind.flags) if type(kind) is t.Obj else kind


def _allowed(kind: Type, allowed: list[Any], one: dict[str, Any]) -> Type:
    """A union of the values; of an array without arrays among them, what each of its items may be."""
    if type(kind) is t.Arr and not any(isinstance(value, list) for value in allowed):
        return t.Arr(t.union(literal_type(value) for value in allowed), one.get("minLength"), one.get("maxLength"))
    return t.union(literal_type(value) for value in allowed if value is not None)


def _array(one: dict[str, Any], definitions: dict[str, Any]) -> Type:
    prefix, items = one.get("prefixItems"), one.get("items")
    if isinstance(prefix, list):
        return t.Tup(tuple(_kind(item, definitions) if isinstance(item, dict) else t.ANY for item in prefix))
    item = _kind(items, definitions) if isinstance(items, dict) else t.ANY
    return t.Arr(item, one.get("minLength"), one.get("maxLength"))


def _object(one: dict[str, Any], definitions: dict[str, Any], flags: int) -> Type:
    tagged = one.get("discriminator")
    if isinstance(tagged, dict) and isinstance(tagged.get("propertyName"), str):
        branches = {
            value: _merged(one, _resolved(branch, definitions), definitions, flags)
            for value, branch in _mapping(tagged.get("mapping")).items()
        }
        return t.Disc(" | ".join(type_name(branch) for branch in branches.values()), tagged["propertyName"], branches)
    return _merged({}, one, definitions, flags)


def _resolved(one: dict[str, Any], definitions: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    target = definitions.get(str(one.get("$ref", "")).removeprefix("#/definitions/"))
    return one if target is None or depth > 20 else _resolved(target, definitions, depth + 1)


def _merged(base: dict[str, Any], one: dict[str, Any], definitions: dict[str, Any], flags: int) -> Type:
    """An object of the properties of two schemas; the second one's additional properties win."""
    sent = {**_mapping(base.get("properties")), **_mapping(one.get("properties"))}
    extra = one.get("additionalProperties", base.get("additionalProperties"))
    if not sent and extra is None and "properties" not in one:
        return t.OBJECT._replace(flags=flags)
    props = {
        name: t.Prop(_kind(prop, definitions), 0 if _nullable(prop, definitions) else t.REQUIRED)
        for name, prop in sent.items()
    }
    if isinstance(extra, dict):
        return t.Obj("object", props, t.Prop(_kind(extra, definitions)), flags)
    return t.Obj("object", props, None if extra is False else t.Prop(t.ANY, t.FALLBACK), flags)


def _exports(template: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Type]:
    found: dict[str, Type] = {}
    for name, one in definitions.items():
        if _mapping(one).get("metadata", {}).get("__bicep_export!"):
            found[name] = t.TypeType(_kind(one, definitions))
    metadata = template.get("metadata")
    variables = metadata.get("__bicep_exported_variables!") if isinstance(metadata, dict) else None
    for one in variables if isinstance(variables, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            found[one["name"]] = t.ANY
    found.update(_functions(template, definitions))
    return found


def _functions(template: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Type]:
    found: dict[str, Type] = {}
    spaces = template.get("functions")
    for space in spaces if isinstance(spaces, list) else ():
        for name, one in _mapping(space.get("members") if isinstance(space, dict) else None).items():
            given = [own for own in one.get("parameters", ()) if isinstance(own, dict)]
            parameters = tuple(f.Parameter(str(own.get("name")), _kind(own, definitions)) for own in given)
            result = _kind(one.get("output") or {}, definitions)
            found[name] = f.Overload(name, parameters, len(parameters), None, result, frozenset())
    return found
