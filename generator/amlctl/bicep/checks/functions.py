"""Signatures of the functions and decorators of ``sys`` and ``az``: data, one line an overload.

``(a: string, b?: int, ...rest: any 2) -> string``: ``?`` optional, ``...`` any number of the last, with the least
number. Flags behind the result: inline (only where values are inlined), default (only as a parameter's default),
secure-parameter, direct, blind (arguments are not evaluated); ``=`` before a type: must be a compile-time constant.
Sources: Semantics/Namespaces/SystemNamespaceType.cs and AzNamespaceType.cs of the official compiler.
"""

from __future__ import annotations

from functools import cache

from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.types import Type
from amlctl.records import NamedTuple


class Parameter(NamedTuple):
    """One parameter of an overload; ``type`` may be the name of a lambda shape (LAMBDAS)."""

    name: str
    type: Type
    constant: bool = False
    path: bool = False


class Overload(NamedTuple):
    """One signature: parameters, how many must be there, the type of further ones."""

    name: str
    parameters: tuple[Parameter, ...]
    least: int
    rest: Parameter | None
    result: Type
    flags: frozenset[str]

    @property
    def most(self) -> int | None:
        """Give the greatest number of arguments; None: any number."""
        return None if self.rest else len(self.parameters)


SYS: dict[str, tuple[str, ...]] = {
    "any": ("(value: any) -> any",),
    "concat": ("(...arg: array 1) -> array", "(...arg: string|int|bool 1) -> string"),
    "cidrSubnet": ("(network: string, cidr: int, subnetIndex: int) -> string",),
    "cidrHost": ("(network: string, hostIndex: int) -> string",),
    "parseCidr": ("(network: string) -> parsedCidr",),
    "buildUri": ("(components: uri) -> string",),
    "parseUri": ("(baseUrl: string) -> uri",),
    "format": ("(formatString: string, ...arg: any 0) -> string",),
    "base64": ("(inputString: string) -> string",),
    "padLeft": ("(valueToPad: string|int, totalLength: int, paddingCharacter?: string) -> string",),
    "replace": ("(originalString: string, oldString: string, newString: string) -> string",),
    "toLower": ("(stringToChange: string) -> string",),
    "toUpper": ("(stringToChange: string) -> string",),
    "length": ("(arg: string|object) -> int", "(arg: array) -> int"),
    "split": ("(inputString: string, delimiter: string|array) -> string[]",),
    "join": ("(inputArray: string|int|bool[], delimiter: string) -> string",),
    "string": ("(valueToConvert: any) -> string",),
    "int": ("(valueToConvert: string|int) -> int",),
    "uniqueString": ("(...arg: string 1) -> string",),
    "guid": ("(...arg: string 1) -> string",),
    "trim": ("(stringToTrim: string) -> string",),
    "uri": ("(baseUri: string, relativeUri: string) -> string",),
    "substring": ("(stringToParse: string, startIndex: int, length?: int) -> string",),
    "take": (
        "(originalValue: array, numberToTake: int) -> array",
        "(originalValue: string, numberToTake: int) -> string",
    ),
    "skip": (
        "(originalValue: array, numberToSkip: int) -> array",
        "(originalValue: string, numberToSkip: int) -> string",
    ),
    "empty": ("(itemToTest: null|object|array|string) -> bool",),
    "contains": (
        "(object: object, propertyName: string) -> bool",
        "(array: array, itemToFind: any) -> bool",
        "(string: string, itemToFind: string) -> bool",
    ),
    "intersection": ("(...object: object 2) -> object", "(...array: array 2) -> array"),
    "union": ("(...object: object 2) -> object", "(...object: array 2) -> array"),
    "shallowMerge": ("(entries: object[]) -> object",),
    "first": ("(array: array) -> any", "(string: string) -> string"),
    "last": ("(array: array) -> any", "(string: string) -> string"),
    "indexOf": ("(stringToSearch: string, stringToFind: string) -> int", "(array: array, itemToFind: any) -> int"),
    "lastIndexOf": ("(stringToSearch: string, stringToFind: string) -> int", "(array: array, itemToFind: any) -> int"),
    "startsWith": ("(stringToSearch: string, stringToFind: string) -> bool",),
    "endsWith": ("(stringToSearch: string, stringToFind: string) -> bool",),
    "distinct": ("(array: array) -> array",),
    "like": ("(input: string, pattern: string) -> bool",),
    "min": ("(...int: int 1) -> int", "(intArray: int[]) -> int"),
    "max": ("(...int: int 1) -> int", "(intArray: int[]) -> int"),
    "range": ("(startIndex: int, count: int) -> int[]",),
    "base64ToString": ("(base64Value: string) -> string",),
    "base64ToJson": ("(base64Value: string) -> any",),
    "uriComponentToString": ("(uriEncodedString: string) -> string",),
    "uriComponent": ("(stringToEncode: string) -> string",),
    "dataUriToString": ("(dataUriToConvert: string) -> string",),
    "dataUri": ("(valueToConvert: any) -> string",),
    "array": ("(valueToConvert: any) -> array",),
    "bool": ("(value: any) -> bool",),
    "json": ("(json: string) -> any",),
    "dateTimeAdd": ("(base: string, duration: string, format?: string) -> string",),
    "dateTimeToEpoch": ("(dateTime?: string) -> int",),
    "dateTimeFromEpoch": ("(epochTime?: int) -> string",),
    "utcNow": ("(format?: string) -> string default",),
    "newGuid": ("() -> string default",),
    "loadTextContent": ("(filePath: path, encoding?: encoding) -> string",),
    "loadFileAsBase64": ("(filePath: path) -> string",),
    "loadJsonContent": ("(filePath: path, jsonPath?: string, encoding?: encoding) -> any",),
    "loadYamlContent": ("(filePath: path, pathFilter?: string, encoding?: encoding) -> any",),
    "loadDirectoryFileInfo": ("(directoryPath: path, searchPattern?: string) -> array",),
    "items": ("(object: object) -> array",),
    "objectKeys": ("(object: object) -> string[]",),
    "flatten": ("(array: array[]) -> array",),
    "filter": ("(array: array, predicate: lambda-filter) -> array",),
    "map": ("(array: array, predicate: lambda-map) -> array",),
    "mapValues": ("(object: object, predicate: lambda-values) -> object",),
    "sort": ("(array: array, predicate: lambda-sort) -> array",),
    "reduce": ("(array: array, initialValue: any, predicate: lambda-reduce) -> any",),
    "toObject": ("(array: array, keyPredicate: lambda-key, valuePredicate?: lambda-value) -> object",),
    "groupBy": ("(array: array, keyPredicate: lambda-key, valuePredicate?: lambda-value) -> object",),
    "nameof": ("(symbol: any) -> string blind",),
    "fail": ("(message: string) -> never",),
}

AZ: dict[str, tuple[str, ...]] = {
    "tenant": ("() -> tenant",),
    "managementGroup": ("() -> managementGroup", "(name: string) -> managementGroup"),
    "subscription": ("() -> subscription", "(subscriptionId: string) -> subscription"),
    "resourceGroup": (
        "() -> resourceGroup",
        "(resourceGroupName: string) -> resourceGroup",
        "(subscriptionId: string, resourceGroupName: string) -> resourceGroup",
    ),
    "deployment": ("() -> deployment",),
    "deployer": ("() -> deployer",),
    "getSecret": (
        (
            "(subscriptionId: string, resourceGroupName: string, keyVaultName: string, secretName: string, "
            "secretVersion?: string) -> secure-string direct"
        ),
    ),
    "environment": ("() -> environment",),
    "resourceId": (
        "(resourceType: string, ...resourceName: string 1) -> string",
        "(subscriptionId: string, resourceType: string, ...resourceName: string 1) -> string",
        "(resourceGroupName: string, resourceType: string, ...resourceName: string 1) -> string",
        (
            "(subscriptionId: string, resourceGroupName: string, resourceType: string, ...resourceName: string 1)"
            " -> string"
        ),
    ),
    "subscriptionResourceId": (
        "(resourceType: string, ...resourceName: string 1) -> string",
        "(subscriptionId: string, resourceType: string, ...resourceName: string 1) -> string",
    ),
    "tenantResourceId": ("(resourceType: string, ...resourceName: string 1) -> string",),
    "extensionResourceId": ("(resourceId: string, resourceType: string, ...resourceName: string 1) -> string",),
    "managementGroupResourceId": (
        "(resourceType: string, ...resourceName: string 1) -> string",
        "(managementGroupId: string, resourceType: string, ...resourceName: string 1) -> string",
    ),
    "roleDefinitions": ("(roleName: string) -> roleDefinition",),
    "providers": (
        "(providerNamespace: string) -> provider",
        "(providerNamespace: string, resourceType: string) -> providerResource",
    ),
    "toLogicalZone": ("(subscriptionId: string, location: string, physicalZone: string) -> string inline",),
    "toLogicalZones": ("(subscriptionId: string, location: string, physicalZones: array) -> string[] inline",),
    "toPhysicalZone": ("(subscriptionId: string, location: string, logicalZone: string) -> string inline",),
    "toPhysicalZones": ("(subscriptionId: string, location: string, logicalZones: array) -> string[] inline",),
    "pickZones": (
        (
            "(providerNamespace: string, resourceType: string, location: string, numberOfZones?: int, offset?: int)"
            " -> array"
        ),
    ),
    "reference": ("(resourceNameOrIdentifier: string, apiVersion?: string, full?: string) -> object inline",),
}
LIST = "(resourceNameOrIdentifier: string, apiVersion: string, functionValues?: object) -> any inline"
RESOURCE_LIST = "(apiVersion?: string, functionValues?: object) -> any inline"
VAULT_METHOD = "(secretName: string, secretVersion?: string) -> secure-string secure-parameter"

# Bits of the target scopes at which an overload of an az function is there: tenant 1, management group 2,
# subscription 4, resource group 8; by name and number of arguments.
AT_SCOPES = {
    ("managementGroup", 0): 2,
    ("subscription", 0): 12,
    ("resourceGroup", 0): 8,
    ("resourceGroup", 1): 12,
}

BANNED = {
    "variables": "BCP060", "parameters": "BCP061", "if": "BCP100", "createArray": "BCP101", "createObject": "BCP102",
    "add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "less": "<", "lessOrEquals": "<=", "greater": ">",
    "greaterOrEquals": ">=", "equals": "==", "not": "!", "and": "&&", "or": "||", "coalesce": "??",
}  # fmt: skip
"""Functions of ARM that Bicep says otherwise: a code of their own, or the operator to write (BCP069)."""


class Decorator(NamedTuple):
    """A decorator: what it may stand on, its signature, the type that its target must have."""

    targets: frozenset[str]
    signature: str
    attach: Type = t.ANY


_TYPED = frozenset(("param", "output", "type"))
_EVERYTHING = frozenset(("param", "var", "func", "resource", "module", "output", "extension", "metadata", "type"))
_TEXT_OR_LIST = t.Union((t.STRING, t.ARRAY))
DECORATORS: dict[str, Decorator] = {
    "description": Decorator(_EVERYTHING, "(text: =string) -> any"),
    "secure": Decorator(_TYPED, "() -> any", t.Union((t.STRING, t.OBJECT))),
    "allowed": Decorator(frozenset(("param",)), "(values: =array) -> any"),
    "minValue": Decorator(_TYPED, "(value: =int) -> any", t.INT),
    "maxValue": Decorator(_TYPED, "(value: =int) -> any", t.INT),
    "minLength": Decorator(_TYPED, "(length: =int) -> any", _TEXT_OR_LIST),
    "maxLength": Decorator(_TYPED, "(length: =int) -> any", _TEXT_OR_LIST),
    "metadata": Decorator(_TYPED, "(object: =object) -> any"),
    "batchSize": Decorator(frozenset(("resource", "module")), "(batchSize: int) -> any"),
    "retryOn": Decorator(frozenset(("resource",)), "(exceptionCodes: =string[], retryCount?: =count) -> any"),
    "onlyIfNotExists": Decorator(frozenset(("resource",)), "() -> any"),
    "nullIfNotFound": Decorator(frozenset(("resource",)), "() -> any"),
    "sealed": Decorator(_TYPED, "() -> any", t.OBJECT),
    "discriminator": Decorator(_TYPED, "(value: =string) -> any", t.OBJECT),
    "export": Decorator(frozenset(("type", "var", "func")), "() -> any"),
}


def _object(name: str, **properties: Type) -> t.Obj:
    return t.Obj(name, {key: t.Prop(value) for key, value in properties.items()})


def _texts(name: str, *keys: str) -> t.Obj:
    return t.Obj(name, {key: t.Prop(t.STRING) for key in keys})


TAGS = t.Obj("Tags", {}, t.Prop(t.STRING))
_SUMMARY = _texts("summaryProperties", "id", "name", "type")
_DETAILS = t.Obj(
    "detailsProperties",
    {**_texts("", "version", "updatedTime", "updatedBy").props, "parent": t.Prop(_SUMMARY)},
)
_GROUP_PROPERTIES = t.Obj("properties", {**_texts("", "tenantId", "displayName").props, "details": t.Prop(_DETAILS)})
_PROVIDER_RESOURCE = _object("ProviderResource", resourceType=t.STRING, locations=t.STRINGS, apiVersions=t.STRINGS)
SCOPE_BODIES: dict[int, t.Obj] = {
    1: _texts("tenant", "tenantId", "country", "countryCode", "displayName"),
    2: t.Obj("managementGroup", {**_texts("", "id", "name", "type").props, "properties": t.Prop(_GROUP_PROPERTIES)}),
    4: _texts("subscription", "id", "subscriptionId", "tenantId", "displayName"),
    8: t.Obj(
        "resourceGroup",
        {
            **_texts("", "id", "name", "type", "location", "managedBy").props,
            "tags": t.Prop(TAGS),
            "properties": t.Prop(_texts("properties", "provisioningState")),
        },
    ),
}
_WORDS: dict[str, Type] = {
    "any": t.ANY,
    "null": t.NULL,
    "never": t.NEVER,
    "string": t.STRING,
    "path": t.STRING,
    "int": t.INT,
    "count": t.Integer(1),
    "bool": t.BOOL,
    "array": t.ARRAY,
    "object": t.OBJECT,
    "encoding": t.Union(tuple(t.StrLit(text) for text in ("us-ascii", "iso-8859-1", "utf-8", "utf-16BE", "utf-16"))),
    "secure-string": t.SECURE_STRING,
    "uri": t.Obj(
        "parseUri",
        {
            "scheme": t.Prop(t.STRING, t.REQUIRED),
            "host": t.Prop(t.STRING, t.REQUIRED),
            "port": t.Prop(t.INT),
            "path": t.Prop(t.STRING),
            "query": t.Prop(t.STRING),
        },
    ),
    "parsedCidr": t.Obj(
        "parseCidr",
        {
            **_texts("", "network", "netmask", "broadcast", "firstUsable", "lastUsable").props,
            "cidr": t.Prop(t.Integer(0, 255)),
        },
    ),
    "roleDefinition": _texts("roleDefinition", "id", "roleDefinitionId"),
    "provider": _object("Provider", namespace=t.STRING, resourceTypes=t.Arr(_PROVIDER_RESOURCE)),
    "providerResource": _PROVIDER_RESOURCE,
    "deployer": _texts("deployer", "objectId", "tenantId", "userPrincipalName"),
    "deployment": t.Obj(
        "deployment",
        {
            "name": t.Prop(t.STRING),
            "properties": t.Prop(
                _object(
                    "properties",
                    template=_texts("templateProperties", "contentVersion"),
                    templateLink=_texts("templateLinkProperties", "id", "uri"),
                )
            ),
        },
    ),
    "environment": t.Obj(
        "environment",
        {
            **_texts(
                "",
                "activeDirectoryDataLake",
                "batch",
                "gallery",
                "graph",
                "graphAudience",
                "media",
                "name",
                "portal",
                "resourceManager",
                "sqlManagement",
                "vmImageAliasDoc",
            ).props,
            "authentication": t.Prop(
                t.Obj(
                    "authenticationProperties",
                    {
                        "audiences": t.Prop(t.STRINGS),
                        **_texts("", "identityProvider", "loginEndpoint", "tenant").props,
                    },
                )
            ),
            "suffixes": t.Prop(
                _texts(
                    "suffixesProperties",
                    "acrLoginServer",
                    "azureDatalakeAnalyticsCatalogAndJob",
                    "azureDatalakeStoreFileSystem",
                    "azureFrontDoorEndpointSuffix",
                    "keyvaultDns",
                    "sqlServerHostname",
                    "storage",
                )
            ),
        },
    ),
}
_WORDS.update({word: t.ScopeRef(bit, (), SCOPE_BODIES[bit]) for bit, word in
               ((1, "tenant"), (2, "managementGroup"), (4, "subscription"), (8, "resourceGroup"))})  # fmt: skip


def parse_type(text: str) -> Type:
    """Give the type that a signature writes: a word, ``word[]``, words with ``|`` (``a|b[]`` is an array of both)."""
    if text.startswith("lambda-"):
        return text
    if text.endswith("[]"):
        return t.Arr(parse_type(text[:-2]))
    words = [_WORDS[word] for word in text.split("|")]
    return words[0] if len(words) == 1 else t.Union(tuple(words))


@cache
def parse_signature(name: str, text: str) -> Overload:
    """Give the overload that a line of the tables describes; each line is read once."""
    inside, _, after = text.partition(") -> ")
    result, *flags = after.split()
    parameters: list[Parameter] = []
    least, rest = 0, None
    for part in inside[1:].split(", ") if len(inside) > 1 else ():
        label, _, kind = part.partition(": ")
        if label.startswith("..."):
            kind, _, count = kind.partition(" ")
            rest = Parameter(label[3:], parse_type(kind))
            least += int(count)
            continue
        constant = kind.startswith("=")
        parameter = Parameter(label.rstrip("?"), parse_type(kind.lstrip("=")), constant, kind == "path")
        parameters.append(parameter)
        least += not label.endswith("?")
    return Overload(name, tuple(parameters), least, rest, parse_type(result), frozenset(flags))


_parsed: dict[tuple[str, str], tuple[Overload, ...]] = {}


def overloads(space: str, name: str) -> tuple[Overload, ...]:
    """Give the overloads of a function of ``sys`` or ``az`` in their order; empty where there is none."""
    key = space, name
    if key not in _parsed:
        lines = (SYS if space == "sys" else AZ).get(name, ())
        if not lines and space == "az" and is_list(name):
            lines = (LIST,)
        _parsed[key] = tuple(parse_signature(name, line) for line in lines)
    return _parsed[key]


def is_list(name: str) -> bool:
    """Tell whether a name is one of the ``list*`` functions."""
    return name.startswith("list") and (len(name) == 4 or name.isalpha())


def is_known(space: str, name: str) -> bool:
    """Tell whether a namespace has a function of that name."""
    return name in (SYS if space == "sys" else AZ) or (space == "az" and is_list(name))
