"""Parameters: types, constraints, references to definitions, secure parts, and ARM's words where they do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from amlctl.arm import Context, DesiredState, Secret, evaluate

HERE = Context(subscription_id="s", resource_group="g")
DEFINITIONS: dict[str, Any] = {
    "small": {"type": "int", "minValue": 1, "maxValue": 3},
    "disk": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 2},
            "size": {"$ref": "#/definitions/small", "nullable": True},
        },
        "additionalProperties": {"type": "bool"},
    },
    "sealed": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
    "pet": {
        "type": "object",
        "discriminator": {
            "propertyName": "kind",
            "mapping": {
                "cat": {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "int"}}}
            },
        },
    },
    "login": {"type": "object", "properties": {"user": {"type": "string"}, "word": {"type": "securestring"}}},
    "again": {"$ref": "#/definitions/again"},
}


def given(definition: dict[str, Any], *value: Any) -> DesiredState:
    """Evaluate a template with one parameter, given or not."""
    template = {"definitions": DEFINITIONS, "parameters": {"p": definition}, "resources": []}
    return evaluate(template, {"p": {"value": value[0], "reference": None}} if value else {}, HERE)


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 3}, "abc"),
        ({"type": "string", "allowedValues": ["Standard_LRS"]}, "standard_lrs"),
        ({"type": "array", "allowedValues": ["a", "b"]}, ["b"]),
        ({"type": "int", "minValue": 0}, 0),
        ({"type": "bool"}, False),
        ({"type": "string", "nullable": True}, None),
        ({"$ref": "#/definitions/disk"}, {"name": "os", "size": 2, "fast": True}),
        ({"$ref": "#/definitions/disk"}, {"NAME": "os"}),
        ({"$ref": "#/definitions/pet"}, {"kind": "cat", "lives": 9}),
        ({"type": "array", "items": {"$ref": "#/definitions/small"}}, [1, 3]),
        ({"type": "array", "prefixItems": [{"type": "int"}, {"type": "string"}], "items": False}, [1, "a"]),
    ],
)
def test_what_fits_is_taken(definition: dict[str, Any], value: Any) -> None:
    desired = given(definition, value)
    assert not desired.faults
    assert desired.parameters[0].value == value


@pytest.mark.parametrize(
    ("definition", "value", "message"),
    [
        ({"type": "string"}, 5, "Expected a value of type 'String, Uri', but received a value of type 'Integer'."),
        ({"type": "int"}, True, "Expected a value of type 'Integer', but received a value of type 'Boolean'."),
        ({"type": "string", "minLength": 4}, "abc", "Length of the value should be greater than or equal to '4'."),
        ({"type": "array", "maxLength": 1}, [1, 2], "Length of the value should be less than or equal to '1'."),
        ({"type": "int", "maxValue": 3}, 4, "The value should be less than or equal to '3'."),
        (
            {"type": "string", "allowedValues": ["a", "b"]},
            "c",
            "The value 'c' is not part of the allowed value(s): 'a,b'.",
        ),
        (
            {"type": "securestring", "allowedValues": ["a"]},
            "c",
            "The value '***' is not part of the allowed value(s): 'a'.",
        ),
        (
            {"$ref": "#/definitions/disk"},
            {"name": "o"},
            "template parameter 'p.name' is not valid. Length of the value",
        ),
        ({"$ref": "#/definitions/disk"}, {"name": "os", "size": 9}, "template parameter 'p.size' is not valid"),
        ({"$ref": "#/definitions/disk"}, {"name": "os", "x": 1}, "template parameter 'p.x' is not valid. Expected"),
        ({"$ref": "#/definitions/disk"}, {}, "The property 'name' is required, but was not provided."),
        ({"$ref": "#/definitions/sealed"}, {"a": "", "b": 1}, "The property 'b' is not allowed. Expected: 'a'."),
        (
            {"$ref": "#/definitions/pet"},
            {"kind": "dog"},
            "The discriminator 'kind' has the value \"dog\"; expected one of: 'cat'.",
        ),
        ({"$ref": "#/definitions/again"}, 1, "The template definitions refer to each other in a circle."),
        ({"$ref": "#/definitions/none"}, 1, "The template definition '#/definitions/none' is not found."),
        ({"type": "strange"}, 1, "The template parameter type 'strange' is not supported."),
        ({"type": "array", "items": {"type": "int"}}, [1, "a"], "template parameter 'p[1]' is not valid"),
    ],
)
def test_what_does_not_fit_is_refused(definition: dict[str, Any], value: Any, message: str) -> None:
    desired = given(definition, value)
    assert message in desired.faults[0].message
    assert desired.faults[0].path == ("parameters", "p")


def test_a_parameter_that_is_not_given() -> None:
    assert "The value for the template parameter 'p' is not provided." in given({"type": "string"}).faults[0].message
    assert given({"type": "string", "nullable": True}).parameters[0].value is None
    assert given({"type": "string", "defaultValue": "[toUpper('x')]"}).parameters[0].value == "X"
    assert given({"type": "string", "defaultValue": "d"}, None).parameters[0].value == "d"


def test_a_parameter_that_is_not_in_the_template() -> None:
    desired = evaluate(
        {"parameters": {"a": {"type": "int"}, "b": {"type": "int"}}, "resources": []}, {"c": {"value": 1}}, HERE
    )
    assert desired.faults[0].message.startswith(
        "The following parameters were supplied, but do not correspond to any parameters defined in the template: 'c'. "
        "The parameters defined in the template are: 'a, b'."
    )


def test_types_are_written_as_arm_writes_them_and_secure_parts_are_hidden() -> None:
    assert given({"type": "secureObject"}, {"a": 1}).parameters[0].type == "SecureObject"
    login = given({"$ref": "#/definitions/login"}, {"user": "u", "word": "w"}).parameters[0]
    assert (login.type, login.secure, login.given) == ("Object", False, True)
    assert login.value == {"user": "u", "word": Secret("w")}


def test_an_expression_in_a_given_value_is_text_but_a_given_expression_is_evaluated() -> None:
    assert given({"type": "string"}, "[toUpper('x')]").parameters[0].value == "[toUpper('x')]"
    template = {"parameters": {"p": {"type": "string"}}, "resources": []}
    assert evaluate(template, {"p": {"expression": "[toUpper('x')]"}}, HERE).parameters[0].value == "X"
