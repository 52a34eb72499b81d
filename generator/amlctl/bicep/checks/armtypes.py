"""What a compiled template shows to a Bicep file: parameters and outputs of an ARM JSON module."""

from __future__ import annotations

from typing import Any

from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.modules import Interface
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
    kind = _KINDS.get(str(one.get("type", "")).lower(), t.ANY)
    allowed = one.get("allowedValues")
    if isinstance(allowed, list) and type(kind) is t.Str and all(isinstance(value, str) for value in allowed):
        return t.union(t.StrLit(value) for value in allowed)
    if type(kind) is t.Str:
        return kind._replace(minimum=one.get("minLength"), maximum=one.get("maxLength"))
    if type(kind) is t.Arr and isinstance(one.get("items"), dict):
        return t.Arr(_kind(one["items"], definitions), one.get("minLength"), one.get("maxLength"))
    if type(kind) is t.Obj and isinstance(one.get("properties"), dict):
        return _object(one, definitions)
    return kind


def _object(one: dict[str, Any], definitions: dict[str, Any]) -> Type:
    props = {
        name: t.Prop(_kind(prop, definitions), 0 if _nullable(prop, definitions) else t.REQUIRED)
        for name, prop in _mapping(one["properties"]).items()
    }
    extra = one.get("additionalProperties")
    if isinstance(extra, dict):
        return t.Obj("object", props, t.Prop(_kind(extra, definitions)))
    return t.Obj("object", props, None if extra is False else t.Prop(t.ANY, t.FALLBACK))


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
