"""Declarations of a compiled template, read back so that another template can have them under new names.

Source: Emit/CompileTimeImports/ArmDeclarationToExpressionConverter.cs. Types are printed again in the compiler's own
order of keys; expressions are parsed, renamed and printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.parser import is_expression, parse_value
from amlctl.arm.tree import Access, Call, Expression, Integer, Text, escape, print_value
from amlctl.bicep.modules import ArmSource
from amlctl.bicep.symbols import FUNCTION, TYPE, VARIABLE
from amlctl.bicep.values import literal_value

Json = dict[str, Any]

_OWN = "__bicep."
_EXPORT = "__bicep_export!"
_SECURE = {"securestring": "string", "secureobject": "object"}
_SPELLED = {"string": "string", "int": "int", "bool": "bool", "array": "array", "object": "object"}
_LIMITS = ("minLength", "maxLength", "minValue", "maxValue")


class ArmView:
    """A compiled template as another template sees it; ``rename`` gives new names by kind and old name."""

    def __init__(self, source: ArmSource, rename: Callable[[str, str], str]) -> None:
        self.source, self.rename = source, rename

    # --- finding ---

    def exports(self) -> list[str]:
        """Names that the template exports."""
        names = [name for name, schema in self.source.section("definitions").items() if _is_exported(schema)]
        names += [str(entry.get("name")) for entry in self._exported_variables()]
        names += [name.removeprefix(_OWN) for name, member in self._functions() if _is_exported(member)]
        return names

    def find(self, name: str) -> tuple[str, str] | None:
        """Find an export: its kind and its full name in the template."""
        definitions = self.source.section("definitions")
        if _is_exported(definitions.get(name)):
            return TYPE, name
        if any(entry.get("name") == name for entry in self._exported_variables()):
            return VARIABLE, name
        for full, member in self._functions():
            if _is_exported(member) and full in (name, _OWN + name):
                return FUNCTION, full
        return None

    def _exported_variables(self) -> list[Json]:
        found = self.source.section("metadata").get("__bicep_exported_variables!")
        return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []

    def _functions(self) -> Iterator[tuple[str, Json]]:
        for namespace in self.source.template.get("functions") or ():
            for name, member in namespace.get("members", {}).items():
                yield f"{namespace.get('namespace')}.{name}", member

    def references(self, kind: str, name: str) -> Iterator[tuple[str, str]]:
        """What the declaration of a type, a variable or a function refers to."""
        if kind == TYPE:
            yield from _type_references(self.schema(name))
        elif kind == VARIABLE:
            value, count = self._declaration(name)
            yield from _value_references(value)
            yield from _value_references(count)
        else:
            member = dict(self._functions()).get(name, {})
            for parameter in member.get("parameters", ()):
                yield from _type_references(parameter)
            output = member.get("output", {})
            yield from _value_references(output.get("value"))
            yield from _type_references(output)

    # --- types ---

    def schema(self, name: str) -> Json:
        """The definition of a name as it stands in the template."""
        found = self.source.section("definitions").get(name)
        return found if isinstance(found, dict) else self.source.definition(name)

    def schema_behind(self, reference: str) -> Any:
        """What a ``$ref`` leads to, as ``type_references.Schema`` with the new pointer."""
        from amlctl.bicep.type_references import Schema

        return Schema(self.source.definition(reference), ("definitions", self.rename(TYPE, type_name(reference))), self)

    def is_secure(self, schema: Json) -> bool:
        """Tell whether a type holds secrets."""
        return self.source._is_secure(schema, frozenset())

    def variants(self, schema: Json, name: str, reference: Json) -> Json:
        """The entries that a definition brings to a discriminated union."""
        if "discriminator" in schema:
            return self._mapping(schema["discriminator"])
        member = schema.get("properties", {}).get(name, {})
        while "$ref" in member:
            member = self.source.definition(member["$ref"])
        return {escape(str(value)): reference for value in member.get("allowedValues", ())[:1]}

    def definition(self, name: str) -> Json:
        """A definition in the compiler's own form, without ``@export``."""
        schema = self.schema(name)
        return self._modified(schema, self._type(schema))

    def _modified(self, schema: Json, made: Json) -> Json:
        """Add what decorators had said, in the order of decorators."""
        if str(schema.get("type", "")).lower() in _SECURE and made.get("type") in ("string", "object"):
            made["type"] = "securestring" if made["type"] == "string" else "secureObject"
        if schema.get("additionalProperties") is False:
            made["additionalProperties"] = False
        metadata = schema.get("metadata")
        if isinstance(metadata, dict):
            rest = {key: value for key, value in metadata.items() if key.lower() not in ("description", _EXPORT)}
            if rest:
                made["metadata"] = rest
        for limit in _LIMITS:
            if limit in schema:
                made[limit] = schema[limit]
        text = metadata.get("description") if isinstance(metadata, dict) else None
        if isinstance(text, str):
            made["metadata"] = {**made.get("metadata", {}), "description": text}
        return made

    def _type(self, schema: Json) -> Json:
        made = self._plain(schema)
        if isinstance(schema.get("nullable"), bool):
            made["nullable"] = schema["nullable"]
        return made

    def _plain(self, schema: Json) -> Json:
        written = str(schema.get("type", "")).lower()
        kind = _SPELLED.get(_SECURE.get(written, written))
        allowed = schema.get("allowedValues")
        if isinstance(allowed, list):
            return _allowed(kind, allowed)
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = type_name(reference)
            from amlctl.bicep.type_references import encode

            return {"$ref": f"#/definitions/{encode(self.rename(TYPE, name))}"}
        if kind == "array":
            return self._array(schema)
        if kind == "object":
            return self._object(schema)
        return {} if kind is None else {"type": kind}

    def _array(self, schema: Json) -> Json:
        if isinstance(schema.get("prefixItems"), list):
            items = [self._modified(item, self._type(item)) for item in schema["prefixItems"]]
            return {"type": "array", "prefixItems": items, "items": False}
        if isinstance(schema.get("items"), dict):
            item = self._type(schema["items"])
            if "allowedValues" in item and "nullable" not in item and item.get("type") != "array":
                return {"type": "array", "allowedValues": item["allowedValues"]}
            return {"type": "array", "items": item}
        return {"type": "array"}

    def _object(self, schema: Json) -> Json:
        if isinstance(schema.get("discriminator"), dict):
            discriminator = schema["discriminator"]
            name = discriminator.get("propertyName")
            return {"type": "object", "discriminator": {"propertyName": name, "mapping": self._mapping(discriminator)}}
        if schema.get("properties") is None and schema.get("additionalProperties") is None:
            return {"type": "object"}
        members = schema.get("properties") or {}
        made: Json = {
            "type": "object",
            "properties": {name: self._modified(member, self._type(member)) for name, member in members.items()},
        }
        if isinstance(schema.get("additionalProperties"), dict):
            rest = schema["additionalProperties"]
            made["additionalProperties"] = self._modified(rest, self._type(rest))
        return made

    def _mapping(self, discriminator: Json) -> Json:
        mapping = discriminator.get("mapping", {})
        return {value: self._type(mapping[value]) for value in sorted(mapping, key=lambda value: value.upper())}

    # --- variables and functions ---

    def _declaration(self, name: str) -> tuple[Any, Any]:
        """The value of a variable and, for a loop, its count."""
        variables = self.source.section("variables")
        if name in variables and name != "copy":
            return variables[name], None
        for entry in variables.get("copy") or ():
            if entry.get("name") == name:
                return entry.get("input"), entry.get("count")
        return None, None

    def variable(self, name: str) -> tuple[Any, bool]:
        """A variable's value (or copy entry) under the new names, and whether it is a loop."""
        value, count = self._declaration(name)
        if count is None:
            return self._value(value, None), False
        new = self.rename(VARIABLE, name)
        times = self._expression(parse_value(count), name) if isinstance(count, str) else Integer(count)
        entry = {
            "name": new,
            "count": print_value(Call("length", (Call("range", (Integer(0), times)),))),
            "input": self._value(value, name),
        }
        return entry, True

    def function(self, name: str) -> Json:
        """A function under the new names."""
        member = dict(self._functions()).get(name, {})
        parameters = [
            {**self._type(parameter), "name": parameter.get("name")} for parameter in member.get("parameters", ())
        ]
        output = member.get("output", {})
        made: Json = {
            "parameters": parameters,
            "output": {**self._type(output), "value": self._value(output.get("value"), None)},
        }
        text = member.get("metadata", {}).get("description")
        if isinstance(text, str):
            made["metadata"] = {"description": text}
        return made

    def _value(self, value: Any, loop: str | None) -> Any:
        if isinstance(value, dict):
            return {self._value(key, loop): self._value(member, loop) for key, member in value.items()}
        if isinstance(value, list):
            return [self._value(item, loop) for item in value]
        if isinstance(value, str) and is_expression(value):
            return print_value(self._expression(parse_value(value), loop))
        return literal_value(value) if isinstance(value, float) else value

    def _expression(self, node: Expression, loop: str | None) -> Expression:
        if isinstance(node, Access):
            return Access(self._expression(node.base, loop), self._expression(node.key, loop))
        if not isinstance(node, Call):
            return node
        arguments = tuple(self._expression(argument, loop) for argument in node.arguments)
        name = node.name.lower()
        first = arguments[0] if arguments else None
        if name == "variables" and isinstance(first, Text):
            return Call("variables", (Text(self.rename(VARIABLE, first.value)),))
        if name == "copyindex" and isinstance(first, Text) and loop is not None and first.value == loop:
            index = Call("copyIndex", (Text(self.rename(VARIABLE, loop)),))
            return Call("add", (index, arguments[1])) if len(arguments) > 1 else index
        if "." in node.name:
            new = self.rename(FUNCTION, node.name)
            return Call(new if "." in new else _OWN + new, arguments)
        return Call(node.name, arguments)


def type_name(reference: str) -> str:
    """The name by which a ``$ref`` is known: a definition's own name, the whole pointer for any other part."""
    name = reference.removeprefix("#/definitions/")
    return reference if "/" in name else name


def _is_exported(part: Any) -> bool:
    metadata = part.get("metadata") if isinstance(part, dict) else None
    return isinstance(metadata, dict) and metadata.get(_EXPORT) is True


def _allowed(kind: str | None, allowed: list[Any]) -> Json:
    """A union of literals, sorted as the compiler sorts."""
    from amlctl.bicep.types import spelled

    by_spelling = {spelled(value): value for value in allowed}
    values = [by_spelling[key] for key in sorted(by_spelling, key=lambda key: key.encode("utf-16-be"))]
    made: Json = {} if kind is None else {"type": kind}
    made["allowedValues"] = values
    return made


def _type_references(schema: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield TYPE, type_name(reference)
    parts = [schema.get("additionalProperties"), schema.get("items"), *(schema.get("prefixItems") or ())]
    parts += (schema.get("properties") or {}).values()
    parts += ((schema.get("discriminator") or {}).get("mapping") or {}).values()
    for part in parts:
        yield from _type_references(part)


def _value_references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _value_references(key)
            yield from _value_references(member)
    elif isinstance(value, list):
        for item in value:
            yield from _value_references(item)
    elif isinstance(value, str) and is_expression(value):
        try:
            yield from _expression_references(parse_value(value))
        except EvaluationFailed:
            return


def _expression_references(node: Expression) -> Iterator[tuple[str, str]]:
    if isinstance(node, Access):
        yield from _expression_references(node.base)
        yield from _expression_references(node.key)
    elif isinstance(node, Call):
        if node.name.lower() == "variables" and node.arguments and isinstance(node.arguments[0], Text):
            yield VARIABLE, node.arguments[0].value
        if "." in node.name:
            yield FUNCTION, node.name
        for argument in node.arguments:
            yield from _expression_references(argument)
