"""Texts of the diagnostics that come from reading a file; codes and meaning are the official compiler's."""

from __future__ import annotations

_TYPES = '"array", "bool", "int", "object", "string"'

PARSING = {
    "AML301": "The text is nested more than {0} levels deep here. Move the inner part into a variable.",
    "BCP007": "This declaration type is not recognized. Specify a metadata, parameter, variable, resource, or output "
    "declaration.",
    "BCP008": 'Expected the "=" token, or a newline at this location.',
    "BCP009": "Expected a literal value, an array, an object, a parenthesized expression, or a function call at this "
    "location.",
    "BCP010": "Expected a valid 64-bit signed integer.",
    "BCP012": 'Expected the "{0}" keyword at this location.',
    "BCP013": "Expected a parameter identifier at this location.",
    "BCP015": "Expected a variable identifier at this location.",
    "BCP016": "Expected an output identifier at this location.",
    "BCP017": "Expected a resource identifier at this location.",
    "BCP018": 'Expected the "{0}" character at this location.',
    "BCP019": "Expected a new line character at this location.",
    "BCP020": "Expected a function or property name at this location.",
    "BCP022": "Expected a property name at this location.",
    "BCP032": "The value must be a compile-time constant.",
    "BCP064": "Found unexpected tokens in interpolated expression.",
    "BCP068": 'Expected a resource type string. Specify a valid resource type of format "<type-name>@<apiVersion>".',
    "BCP087": "Array and object literals are not allowed here.",
    "BCP096": "Expected a module identifier at this location.",
    "BCP097": "Expected a module path string. This should be a relative path to another bicep file, e.g. "
    "'myModule.bicep' or '../parent/myModule.bicep'",
    "BCP117": "An empty indexer is not allowed. Specify a valid expression.",
    "BCP118": 'Expected the "{{" character, the "[" character, or the "if" keyword at this location.',
    "BCP123": "Expected a namespace or decorator name at this location.",
    "BCP162": 'Expected a loop item variable identifier or "(" at this location.',
    "BCP167": 'Expected the "{{" character or the "if" keyword at this location.',
    "BCP201": "Expected an extension specification string. This should either be a relative path, or a valid OCI "
    "artifact specification.",
    "BCP202": "Expected an extension alias name at this location.",
    "BCP236": "Expected a new line or comma character at this location.",
    "BCP237": "Expected a comma character at this location.",
    "BCP238": "Unexpected new line character after a comma.",
    "BCP243": "Parentheses must contain exactly one expression.",
    "BCP249": "Expected loop variable block to consist of exactly 2 elements (item variable and index variable), but "
    "found {0}.",
    "BCP257": "Expected a Bicep file path string. This should be a relative path to another bicep file, e.g. "
    "'myModule.bicep' or '../parent/myModule.bicep'",
    "BCP266": "Expected a metadata identifier at this location.",
    "BCP279": "Expected a type at this location. Please specify a valid type expression or one of the following types: "
    f"{_TYPES}.",
    "BCP300": "Expected a type literal at this location. Please specify a concrete value or a reference to a literal "
    "type.",
    "BCP305": 'Expected the "with" keyword, "as" keyword, or a new line character at this location.',
    "BCP317": "Expected an identifier, a string, or an asterisk at this location.",
    "BCP322": "The `.?` (safe dereference) operator may not be used on instance function invocations.",
    "BCP325": "Expected a type identifier at this location.",
    "BCP337": "This declaration type is not valid for a Bicep Parameters file. Supported declarations: "
    '"using", "extends", "param", "var", "type".',
    "BCP344": "Expected an assert identifier at this location.",
    "BCP346": "Expected a test identifier at this location.",
    "BCP347": "Expected a test path string at this location.",
    "BCP354": "Expected left brace ('{{') or asterisk ('*') character at this location.",
    "BCP355": "Expected the name of an exported symbol at this location.",
    "BCP356": "Expected a valid namespace identifier at this location.",
    "BCP375": "An import list item that identifies its target with a quoted string must include an 'as <alias>' "
    "clause.",
    "BCP404": 'The "extends" declaration is missing a bicepparam file path reference',
    "BCP436": 'Expected the "with" keyword or a new line character at this location.',
}
