"""What holds across files: values of a parameters file, modules given as JSON, decorators with their namespace.

Expected codes: witness, the official compiler's source at 9beb0fee60 (DiagnosticBuilder.cs, ArmTemplateTypeLoader.cs,
TypeAssignmentVisitor.GetSymbolForDecorator) and its sample Invalid_MismatchedTypes; the inputs are issue 9's.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from amlctl.bicep import MemoryFiles, Options, build_params, compile  # noqa: A004

UNION = {
    "type": "object",
    "discriminator": {
        "propertyName": "type",
        "mapping": {"a": {"$ref": "#/definitions/A"}, "b": {"$ref": "#/definitions/B"}},
    },
}


def branch(tag: str, kind: str) -> dict[str, Any]:
    """One object of the union."""
    return {
        "type": "object",
        "properties": {"type": {"type": "string", "allowedValues": [tag]}, "value": {"type": kind}},
    }


TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "languageVersion": "2.0",
    "contentVersion": "1.0.0.0",
    "definitions": {"A": branch("a", "string"), "B": branch("b", "int"), "U": UNION},
    "parameters": {
        "list": {"type": "array", "items": {"$ref": "#/definitions/U"}, "defaultValue": []},
        "inline": {"type": "array", "items": UNION, "maxLength": 2, "defaultValue": []},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "int"}], "defaultValue": ["a", 1]},
        "count": {"type": "int", "minValue": 1, "maxValue": 9, "defaultValue": 1},
        "one": {"type": "int", "allowedValues": [1, 2], "defaultValue": 1},
        "some": {"type": "array", "allowedValues": ["x", "y"], "defaultValue": []},
        "closed": {"type": "object", "properties": {}, "additionalProperties": False, "defaultValue": {}},
    },
    "resources": {},
}


def found(findings: Any) -> list[tuple[str, int, str]]:
    """File, line and code of the errors and warnings."""
    return [(one.place.file, one.place.line, one.code) for one in findings if one.code.startswith("BCP")]


def params(text: str, bicep: str = "", **more: str) -> list[tuple[str, int, str]]:
    """What is wrong with a parameters file."""
    files = MemoryFiles({"main.bicep": bicep, "y.json": json.dumps(TEMPLATE), "main.bicepparam": text, **more})
    return found(build_params(files, "main.bicepparam", options=Options(check=True)).findings)


@pytest.mark.parametrize(
    ("declared", "value", "code"),
    [
        ("@minLength(3)\nparam p string", "'st'", "BCP333"),
        ("@maxLength(3)\nparam p string", "'long'", "BCP332"),
        ("@minLength(2)\nparam p array", "[1]", "BCP333"),
        ("@minValue(3)\nparam p int", "2", "BCP328"),
        ("@maxValue(3)\nparam p int", "4", "BCP327"),
        ("@allowed(['a', 'b'])\nparam p string", "'c'", "BCP033"),
        ("param p string", "5", "BCP033"),
        ("param p { a: { b: int } }", "{ a: { b: 'x' } }", "BCP036"),
        ("@sealed()\nparam p { a: int }", "{ a: 1, c: 2 }", "BCP037"),
    ],
)
def test_what_a_parameter_asks_holds_in_the_parameters_file(declared: str, value: str, code: str) -> None:
    assert params(f"using 'main.bicep'\nparam p = {value}\n", declared + "\n") == [("main.bicepparam", 2, code)]


def test_what_fits_or_is_not_known_is_no_fault() -> None:
    text = "using 'main.bicep'\nvar v = 'abcd'\nparam p = toUpper(v)\nparam q = p\nparam r = null\n"
    assert params(text, "@minLength(3)\nparam p string\n@maxLength(4)\nparam q string\nparam r string?\n") == []


def test_a_value_of_an_extended_file_is_a_fault_there_unless_it_is_set_again() -> None:
    base = "using none\nparam p = 'st'\n"
    text = "using 'main.bicep'\nextends 'base.bicepparam'\n"
    bicep = "@minLength(3)\nparam p string\n"
    assert params(text, bicep, **{"base.bicepparam": base}) == [("base.bicepparam", 2, "BCP333")]
    assert params(text + "param p = 'long'\n", bicep, **{"base.bicepparam": base}) == []


WRONG = [
    ("list", "[{ type: 'a', value: 5 }]", "BCP036"),
    ("list", "[{ type: 'c' }]", "BCP088"),
    ("list", "[{ value: 5 }]", "BCP078"),
    ("inline", "[{ type: 'b', value: 'x' }]", "BCP036"),
    ("inline", "[{ type: 'b', value: 1 }, { type: 'b', value: 1 }, { type: 'b', value: 1 }]", "BCP332"),
    ("pair", "['a', 'b']", "BCP034"),
    ("count", "10", "BCP327"),
    ("some", "['z']", "BCP034"),
    ("closed", "{ x: 1 }", "BCP037"),
]


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_types_of_a_json_module_are_those_of_a_bicep_module(name: str, value: str, code: str) -> None:
    """bicep#12331; once as a module, once as what a parameters file is for."""
    module = f"module m 'y.json' = {{\n  params: {{\n    {name}: {value}\n  }}\n}}\n"
    files = MemoryFiles({"main.bicep": module, "y.json": json.dumps(TEMPLATE)})
    assert (3, code) in [one[1:] for one in found(compile(files, "main.bicep", Options(check=True)).findings)]
    assert (2, code) in [one[1:] for one in params(f"using 'y.json'\nparam {name} = {value}\n")]


def test_right_values_of_a_json_module_are_no_fault() -> None:
    lines = ["list: [{ type: 'a', value: 'x' }, { type: 'b', value: 1 }]", "pair: ['a', 2]", "count: 9", "some: ['x']"]
    module = "module m 'y.json' = {\n  params: {\n" + "\n".join(lines) + "\n  }\n}\n"
    files = MemoryFiles({"main.bicep": module, "y.json": json.dumps(TEMPLATE)})
    assert found(compile(files, "main.bicep", Options(check=True)).findings) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("type t = {\n  @sys.allowed(['a'])\n  p: string\n}\noutput o t = { p: 'z' }\n", []),
        ("type t = [\n  @sys.allowed(['a'])\n  string\n]\noutput o t = ['z']\n", []),
        ("type t = {\n  @allowed(['a'])\n  p: string\n}\noutput o t = { p: 'z' }\n", ["BCP297"]),
        ("@sys.allowed(['a'])\ntype t = string\noutput o t = 'z'\n", ["BCP297"]),
        ("@sys.minLength(1)\nvar v = 'x'\noutput o string = v\n", ["BCP126"]),
        ("@sys.description('d')\n@sys.minLength(1)\noutput o string = 'x'\n", []),
        ("type t = {\n  @sys.minLength(3)\n  p: string\n}\noutput o t = { p: 'z' }\n", ["BCP333"]),
    ],
)
def test_decorators_with_their_namespace(text: str, codes: list[str]) -> None:
    """On a part of a type the official compiler lets any of them stand; `allowed` says nothing there."""
    compiled = compile(MemoryFiles({"main.bicep": text}), "main.bicep", Options(check=True))
    assert [one.code for one in compiled.findings if one.level == "error"] == codes
    assert "allowedValues" not in compiled.text
