"""Types of resources: bodies from the catalogue with what Bicep adds to them (TypeSystem/Providers/Az)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from amlctl import types as catalogue
from amlctl.bicep import syntax as s
from amlctl.bicep.checks import functions as f
from amlctl.bicep.checks import types as t
from amlctl.bicep.checks.bind import body_of
from amlctl.bicep.checks.checker import RESOURCE, TENANT, Checker
from amlctl.bicep.checks.types import Type

_TYPE = re.compile(r"[a-z0-9][a-z0-9.]*(/[a-z0-9-]+)+\Z", re.IGNORECASE | re.ASCII)
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-(preview|alpha|beta|rc|privatepreview))?\Z", re.IGNORECASE | re.ASCII)
_REFERENCE = re.compile(r"[^/@ ]+(/[^/@ ]+)*(@[A-Za-z0-9-]+)?\Z")
_BOTH = t.WARN | t.WARN_PROPERTY
_SOLID = frozenset(("location", "kind", "subscriptionId", "resourceGroup", "managedBy", "extendedLocation", "zones",
                    "placement", "plan", "sku", "identity", "managedByExtended", "tags", "asserts"))  # fmt: skip
_READABLE = frozenset(("id", "name", "type", "apiVersion"))
IDENTIFIERS = ("name", "scope", "parent")
_SPECIAL = t.WRITE_ONLY | t.DEPLOY_TIME | t.READABLE | t.NO_ANY | t.VARIANT | t.SYSTEM
DEPENDENCIES = t.Prop(t.Arr(t.Depends()), t.WRITE_ONLY | t.NO_ANY | t.SYSTEM)


def _open(*values: str) -> Type:
    return t.Union((*(t.StrLit(value) for value in values), t.STRING))


def _texts(*keys: str) -> dict[str, t.Prop]:
    return {key: t.Prop(t.STRING) for key in keys}


KNOWN: dict[str, Type] = {
    "location": t.STRING,
    "tags": f.TAGS,
    "asserts": t.Obj("ResourceAsserts", {}, t.Prop(t.BOOL, t.DEPLOY_TIME)),
    "properties": t.OBJECT,
    "sku": t.Obj("sku", {**_texts("name", "tier", "size", "family", "model"), "capacity": t.Prop(t.INT)}),
    "kind": t.STRING,
    "managedBy": t.STRING,
    "managedByExtended": t.STRINGS,
    "extendedLocation": t.Obj("extendedLocation", {
        "type": t.Prop(_open("NotSpecified", "EdgeZone", "CustomLocation", "ArcZone"), t.REQUIRED),
        "name": t.Prop(t.STRING),
    }),
    "zones": t.STRINGS,
    "placement": t.Obj("placement", {
        "zonePlacementPolicy": t.Prop(_open("NotSpecified", "Any", "None", "Auto"), t.REQUIRED),
        "includeZones": t.Prop(t.STRINGS), "excludeZones": t.Prop(t.STRINGS),
    }),
    "plan": t.OBJECT,
    "eTag": t.STRING,
    "scale": t.Obj("scale", {
        "capacity": t.Prop(t.INT, t.REQUIRED), "maximum": t.Prop(t.INT), "minimum": t.Prop(t.INT),
    }),
    "identity": t.Obj("identity", {
        **_texts("principalId", "tenantId"),
        "type": t.Prop(_open("NotSpecified", "SystemAssigned", "UserAssigned", "None", "Actor"), t.REQUIRED),
        "identityIds": t.Prop(t.STRINGS),
        "userAssignedIdentities": t.Prop(t.Obj("userAssignedIdentities", {}, t.Prop(
            t.Obj("userAssignedIdentityProperties", _texts("principalId", "clientId"))))),
        "delegatedResources": t.Prop(t.OBJECT),
    }),
}  # fmt: skip
"""Properties that Bicep knows of any resource (AzResourceTypeProvider.KnownTopLevelResourceProperties)."""


# ---- catalogue nodes to types --------------------------------------------------------------------------------------

_converted: dict[tuple[int, int, bool, bool], Type] = {}


def convert(provider: catalogue.Provider, number: int, body: bool = False, top: bool = False) -> Type:
    """Give the type of a catalogue node; ``body``, ``top``: it is a resource's body or lies right in it."""
    key = (id(provider), number, body, top)
    found = _converted.get(key)
    if found is None:
        found = _converted[key] = _convert(provider, provider.node(number), body, top)
    return found


def _convert(provider: catalogue.Provider, node: Any, body: bool, top: bool) -> Type:
    flags = (0 if body else t.WARN_PROPERTY) | (0 if body or top else t.WARN)
    return _CONVERTERS[type(node)](provider, node, flags, body, top)


def _lazy(provider: catalogue.Provider, number: int, top: bool = False) -> t.Lazy:
    return t.Lazy(lambda: convert(provider, number, False, top))


def _properties(provider: catalogue.Provider, found: dict[str, Any], top: bool) -> dict[str, t.Prop]:
    return {name: t.Prop(_lazy(provider, one.type, top), _flags(one.flags)) for name, one in found.items()}


@cache
def _flags(bits: int) -> int:
    flags = 0
    for bit, flag in _FLAGS:
        if bits & bit:
            flags |= flag
    return flags if bits & 3 else flags | t.IMPLICIT_NULL


_FLAGS = (
    (catalogue.Flag.REQUIRED, t.REQUIRED),
    (catalogue.Flag.READ_ONLY, t.READ_ONLY),
    (catalogue.Flag.WRITE_ONLY, t.WRITE_ONLY),
    (catalogue.Flag.DEPLOY_TIME_CONSTANT, t.DEPLOY_TIME),
)


def _object(provider: catalogue.Provider, node: Any, flags: int, body: bool, _: bool) -> Type:
    extra = None if node.additional is None else t.Prop(_lazy(provider, node.additional, body))
    secret = t.SECURE if node.secret else 0
    return t.Obj(node.name, _properties(provider, node.properties, body), extra, flags | secret)


def _discriminated(provider: catalogue.Provider, node: Any, flags: int, body: bool, _: bool) -> Type:
    base = node.base

    def branch(number: int, value: str) -> Type:
        own = provider.node(number)
        assert isinstance(own, catalogue.Object)
        joined = {**own.properties, **{name: one for name, one in base.items() if name not in own.properties}}
        extra = None if own.additional is None else t.Prop(_lazy(provider, own.additional, body))
        return t.Obj(value, _properties(provider, joined, body), extra, flags)

    branches = {value: _deferred(branch, number, value) for value, number in node.branches.items()}
    return t.Disc(node.name, node.discriminator, branches, flags)


def _deferred(make: Callable[..., Type], *arguments: Any) -> t.Lazy:
    return t.Lazy(lambda: make(*arguments))


def _enum(_: object, node: Any, flags: int, *__: object) -> Type:
    members = tuple(t.StrLit(value, flags) for value in node.values)
    made = (*members, t.Str(flags=flags)) if node.open else members
    return made[0] if len(made) == 1 else t.Union(made)


_CONVERTERS: dict[type, Callable[..., Type]] = {
    catalogue.String: lambda _, node, flags, *__: t.Str(
        node.minimum, node.maximum, flags | (t.SECURE if node.secret else 0), node.pattern
    ),
    catalogue.Int: lambda _, node, flags, *__: t.Integer(node.minimum, node.maximum, flags),
    catalogue.Bool: lambda _, __, flags, *___: t.Boolean(flags),
    catalogue.Any_: lambda *_: t.ANY,
    catalogue.Null: lambda *_: t.NULL,
    catalogue.Const: lambda _, node, flags, *__: t.StrLit(node.value, flags),
    catalogue.Enum: _enum,
    catalogue.Array: lambda provider, node, _, body, __: t.Arr(
        _lazy(provider, node.item), node.minimum, node.maximum, t.WARN_PROPERTY | (0 if body else t.WARN)
    ),
    catalogue.Union_: lambda provider, node, _, body, top: t.union(
        convert(provider, member, body, top) for member in node.members
    ),
    catalogue.Object: _object,
    catalogue.Discriminated: _discriminated,
}


# ---- bodies as Bicep has them --------------------------------------------------------------------------------------

_bodies: dict[tuple[str, str, bool, bool, bool], t.Res] = {}


def resource_type(name: str, version: str, existing: bool, nested: bool, has_parent: bool) -> t.Res | None:
    """Give the type of a resource, None where name or version cannot be one.

    A version that the catalogue does not have is described by the nearest older one, all mismatches being warnings;
    a type that it does not have by what Bicep knows of any resource.
    """
    key = (name.lower(), version.lower(), existing, nested, has_parent)
    if key not in _bodies:
        found = catalogue.find(name, version)
        if found is None and not (_TYPE.match(name) and _VERSION.match(version)):
            return None
        if found is not None and not found.exact and not _VERSION.match(version):
            return None
        _bodies[key] = _resource(name, version, found, existing, nested, has_parent)
    return _bodies[key]


def _resource(
    name: str, version: str, found: catalogue.TypeVersion | None, existing: bool, nested: bool, has_parent: bool
) -> t.Res:
    if found is None:
        scopes, reading = 31, 0
        body: Type = t.Obj(f"{name}@{version}", _generic(name, version))
    else:
        name = found.name
        scopes, reading = found.writable | found.readable, found.readable & ~found.writable
        body = _convert(found.provider, found.node(), True, False)
        body = body if found.exact else _loose(body)
    methods = _methods(name, found)
    adjust = _Adjust(name, scopes, existing, nested, methods)
    if type(body) is t.Disc:
        body = _discriminated_body(body, adjust, existing, name, has_parent)
    else:
        body = adjust(_plain_name(body, name, has_parent) if found is not None else body)
    return t.Res(name, version, body, scopes, reading, found is not None and found.exact)


def _loose(body: Type) -> Type:
    return body._replace(flags=body.flags | _BOTH)


def _generic(name: str, version: str) -> dict[str, t.Prop]:
    fixed = t.READ_ONLY | t.DEPLOY_TIME | t.SYSTEM
    return {
        "id": t.Prop(t.STRING, fixed),
        "name": t.Prop(t.STRING, t.REQUIRED | t.DEPLOY_TIME | t.VARIANT | t.SYSTEM),
        "type": t.Prop(t.StrLit(name), fixed),
        "apiVersion": t.Prop(t.StrLit(version), fixed),
        **{key: t.Prop(kind) for key, kind in KNOWN.items()},
    }


def _plain_name(body: t.Obj, name: str, has_parent: bool) -> t.Obj:
    """A child that is declared at the top has a name with slashes: its type's own limits do not hold."""
    if name.count("/") == 1 or has_parent or "name" not in body.props:
        return body
    own = body.props["name"]
    return body._replace(props={**body.props, "name": t.Prop(t.STRING, own.flags | t.SYSTEM)})


def _discriminated_body(body: t.Disc, adjust: _Adjust, existing: bool, name: str, has_parent: bool) -> Type:
    by_name = body.key == "name"
    if (by_name and name.count("/") > 1 and not has_parent) or (not by_name and existing):
        branches = [t.force(branch) for branch in body.branches.values()]
        names = {key for branch in branches for key in branch.props}
        own = {key: prop for key, prop in _generic(name, "").items() if key in names}
        return adjust(t.Obj(body.name, own))
    return body._replace(branches={value: _deferred(lambda one: adjust(t.force(one)), branch)
                                   for value, branch in body.branches.items()})  # fmt: skip


class _Adjust:
    """Adds to a body what Bicep knows and the types do not say (SetBicepResourceProperties)."""

    __slots__ = ("existing", "methods", "name", "nested", "scopes")

    def __init__(self, name: str, scopes: int, existing: bool, nested: bool, methods: tuple[Any, ...]) -> None:
        self.name, self.scopes, self.existing, self.nested, self.methods = name, scopes, existing, nested, methods

    def __call__(self, body: t.Obj) -> t.Obj:
        props = dict(body.props)
        props.setdefault("asserts", t.Prop(KNOWN["asserts"]))
        props["dependsOn"] = DEPENDENCIES
        scopes = self.scopes if self.existing else self.scopes & (RESOURCE | TENANT)
        if scopes:
            props["scope"] = t.Prop(t.ScopeTarget(scopes), _SPECIAL)
        self._flag(props)
        if self.name.count("/") > 1 and not self.nested:
            props["parent"] = t.Prop(t.Parent(self.name), _SPECIAL)
        if self.name.lower() == "microsoft.resources/deployments":
            for key in ("resourceGroup", "subscriptionId"):
                props[key] = t.Prop(t.STRING, t.DEPLOY_TIME | t.SYSTEM)
        for key, kind in KNOWN.items():
            if key not in props:
                props[key] = t.Prop(kind, t.FALLBACK)
        if self.existing:
            props = {key: _read_only(key, prop) for key, prop in props.items()}
        return body._replace(props=props, methods=self.methods)

    def _flag(self, props: dict[str, t.Prop]) -> None:
        if not self.existing:
            for key in _SOLID & props.keys():
                props[key] = t.Prop(props[key].type, props[key].flags | t.DEPLOY_TIME)
        for key in _READABLE & props.keys():
            props[key] = t.Prop(props[key].type, props[key].flags | t.READABLE)
        if "name" in props:
            props["name"] = t.Prop(props["name"].type, props["name"].flags | t.VARIANT | t.SYSTEM)


def _read_only(key: str, prop: t.Prop) -> t.Prop:
    if key in IDENTIFIERS or key == "dependsOn":
        return prop
    return t.Prop(prop.type, (prop.flags | t.READ_ONLY) & ~t.REQUIRED)


def _methods(name: str, found: catalogue.TypeVersion | None) -> tuple[f.Overload, ...]:
    methods: list[f.Overload] = []
    if found is not None:
        for function, (output, given) in found.functions.items():
            result = t.ANY if output is None else convert(found.provider, output)
            methods.append(f.Overload(function, (), 0, None, result, frozenset(("inline",))))
            if given is not None:
                parameters = (f.Parameter("apiVersion", t.StrLit(found.version)),
                              f.Parameter("params", convert(found.provider, given)))  # fmt: skip
                methods.append(f.Overload(function, parameters, 2, None, result, frozenset(("inline",))))
    if name.lower() == "microsoft.keyvault/vaults":
        methods.append(f.parse_signature("getSecret", f.VAULT_METHOD))
    return tuple(methods)


# ---- declarations --------------------------------------------------------------------------------------------------


def declared_resource(c: Checker, node: s.Resource) -> Type:
    """Give the type of a resource declaration (of one item of a loop); the error type where it is not valid."""
    key = id(node)
    if key not in c.type_memo:
        c.type_memo[key] = t.ERROR
        c.type_memo[key] = _declared(c, node)
    return c.type_memo[key]


def _declared(c: Checker, node: s.Resource) -> Type:
    written = node.type
    if type(written) is s.Skipped:
        return t.ERROR
    if type(written) is not s.String:
        return c.error("BCP047" if type(written) is s.Interpolated else "BCP029", written)
    outer = enclosing_resource(c, node)
    return from_string(c, written, written.value, node.existing, outer, has_parent(c, node, outer))


def from_string(
    c: Checker, at: s.Node, text: str, existing: bool, outer: s.Resource | None = None, parented: bool = False
) -> Type:
    """Give the type that ``Type@version`` names; ``outer`` is the resource around a nested one."""
    scheme, colon, rest = text.partition(":")
    if colon and scheme:
        if scheme not in ("az", "sys"):
            return c.error("BCP208", at, scheme)
        text = rest
        if scheme == "sys":
            return c.error("BCP209", at, text, "sys")
    if not _REFERENCE.match(text):
        return _not_azure(c, at, text)
    name, _, version = text.partition("@")
    if outer is not None:
        parent = declared_resource(c, outer)
        if type(parent) is not t.Res:
            return c.error("BCP157", at)
        if parent.body is t.ANY:
            return parent
        if "/" in name:
            return c.error("BCP156", at, text)
        name, version = f"{parent.name}/{name}", version or parent.version
    found = resource_type(name, version, existing, outer is not None, parented or outer is not None)
    return _not_azure(c, at, text) if found is None else found


def _not_azure(c: Checker, at: s.Node, text: str) -> Type:
    """Refuse what is no type of Azure; with an extension declared it may be one of its types, which are not known."""
    extended = any(type(statement) is s.Extension for statement in c.tree.statements)
    return t.Res(text, "", t.ANY) if extended else c.error("BCP029", at)


def enclosing_resource(c: Checker, node: s.Node) -> s.Resource | None:
    """Give the resource in whose body a resource is declared."""
    parent = c.parent(node)
    while parent is not None and type(parent) is not s.Resource:
        parent = c.parent(parent)
    return parent


def has_parent(c: Checker, node: s.Resource, outer: s.Resource | None) -> bool:
    """Tell whether a resource has a parent, around it or by its ``parent`` property."""
    return outer is not None or parent_symbol(c, node) is not None


def parent_symbol(c: Checker, node: s.Resource) -> Any:
    """Give the symbol that the ``parent`` property names, indexes looked through; None where there is none."""
    value = body_value(node, "parent")
    if type(value) is s.ArrayAccess:
        value = value.base
    symbol = c.symbol(value) if value is not None else None
    return symbol if symbol is not None and symbol.kind == "resource" else None


def body_value(node: s.Node, key: str) -> s.Node:
    """Give the value of a property of the body of a resource or module, None where it is not there."""
    body = body_of(node)
    if body is not None:
        for item in body.items:
            if type(item) is s.Property and item.name == key:
                return item.value
    return None
