"""Where a deployment works: its target, the ids under it, and what `subscription()` and its siblings say."""

from __future__ import annotations

from typing import Any, TypeAlias

from amlctl.arm.engine import derived
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.tree import Access, Call, Expression, Text
from amlctl.arm.values import Context, ScopeKind, Unknown
from amlctl.records import NamedTuple

Name: TypeAlias = str | Unknown
_SCHEMAS: tuple[tuple[str, ScopeKind], ...] = (
    ("subscriptiondeploymenttemplate", "subscription"),
    ("managementgroupdeploymenttemplate", "managementGroup"),
    ("tenantdeploymenttemplate", "tenant"),
)
GROUP_TYPE = "microsoft.resources/resourcegroups"
DEPLOYMENT_TYPE = "microsoft.resources/deployments"
_MANAGEMENT = "/providers/Microsoft.Management/managementGroups/"

PUBLIC_CLOUD: dict[str, Any] = {
    "name": "AzureCloud",
    "gallery": "https://gallery.azure.com/",
    "graph": "https://graph.windows.net/",
    "portal": "https://portal.azure.com",
    "graphAudience": "https://graph.windows.net/",
    "activeDirectoryDataLake": "https://datalake.azure.net/",
    "batch": "https://batch.core.windows.net/",
    "media": "https://rest.media.azure.net",
    "sqlManagement": "https://management.core.windows.net:8443/",
    "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
    "resourceManager": "https://management.azure.com/",
    "authentication": {
        "loginEndpoint": "https://login.microsoftonline.com/",
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
    },
    "suffixes": {
        "acrLoginServer": ".azurecr.io",
        "azureDatalakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        "azureDatalakeStoreFileSystem": "azuredatalakestore.net",
        "azureFrontDoorEndpointSuffix": "azurefd.net",
        "keyvaultDns": ".vault.azure.net",
        "sqlServerHostname": ".database.windows.net",
        "storage": "core.windows.net",
    },
}


class Target(NamedTuple):
    """A scope that deployments go to; a part that is not known is an Unknown."""

    kind: ScopeKind
    subscription: Name = ""
    group: Name = ""
    management_group: Name = ""

    def base(self) -> Name:
        """The id that the ids of its resources start with; empty for the tenant."""
        if self.kind == "resourceGroup":
            return joined("/subscriptions/", self.subscription, "/resourceGroups/", self.group)
        if self.kind == "subscription":
            return joined("/subscriptions/", self.subscription)
        return joined(_MANAGEMENT, self.management_group) if self.kind == "managementGroup" else ""


def joined(*parts: Name) -> Name:
    """Join texts; when one is unknown the result is a `format` of it."""
    if all(type(part) is str for part in parts):
        return "".join(parts)  # type: ignore[arg-type]
    text = ""
    values: list[Unknown] = []
    for part in parts:
        if isinstance(part, str):
            text += part.replace("{", "{{").replace("}", "}}")
        else:
            text += f"{{{len(values)}}}"
            values.append(part)
    if text == "{0}":
        return values[0]
    return derived(Call("format", (Text(text), *(value.tree for value in values))), list(values))


def key_of(name: Name) -> str:
    """Give the text by which an id is looked up: ids have no case."""
    return (name.text if type(name) is Unknown else name).lower()


def placeholder(function: str, *keys: str, reason: str = "") -> Unknown:
    """A call of a scope function whose answer was not given."""
    tree: Expression = Call(function)
    for key in keys:
        tree = Access(tree, Text(key))
    return Unknown(tree, "context", reason or f"{function}() was not given")


def root_target(template: dict[str, Any], context: Context) -> Target:
    """Give the target of the root deployment; the template's schema decides where the context does not."""
    kind = context.scope or scope_of_schema(template)
    subscription = context.subscription_id or placeholder("subscription", "subscriptionId")
    group = context.resource_group or placeholder("resourceGroup", "name")
    management = context.management_group_id or placeholder("managementGroup", "name")
    if kind == "resourceGroup":
        return Target(kind, subscription, group)
    if kind == "subscription":
        return Target(kind, subscription)
    return Target(kind, "", "", management if kind == "managementGroup" else "")


def scope_of_schema(template: dict[str, Any]) -> ScopeKind:
    """Read the scope of a template from its `$schema`."""
    schema = str(template.get("$schema", "")).lower()
    return next((kind for word, kind in _SCHEMAS if word in schema), "resourceGroup")


def target_of_id(scope: str) -> Target | None:
    """Read a scope id (`/`, a management group, a subscription, a resource group); None for anything else."""
    parts = scope.strip("/").split("/")
    lower = [part.lower() for part in parts]
    if scope == "/":
        return Target("tenant")
    if lower[:1] == ["providers"]:
        parts, lower = parts[1:], lower[1:]
    if lower[:2] == ["microsoft.management", "managementgroups"] and len(parts) == 3:
        return Target("managementGroup", "", "", parts[2])
    if lower[0] == "subscriptions" and len(parts) == 2:
        return Target("subscription", parts[1])
    if lower[0] == "subscriptions" and len(parts) == 4 and lower[2] == "resourcegroups":
        return Target("resourceGroup", parts[1], parts[3])
    return None


def resource_id(base: Name, kind: str, name: Name) -> Name:
    """Give the id of a resource from its type and its name with slashes. Raises EvaluationFailed on a wrong count."""
    types = kind.split("/")
    if type(name) is Unknown:
        return _unknown_id(base, types, name)
    names = str(name).split("/")
    if len(types) != len(names) + 1:
        message = (
            f"The template resource '{name}' for type '{kind}' has incorrect segment lengths. A nested resource type "
            "must have identical number of segments as its resource name. A root resource type must have segment "
            "length one greater than its resource name. "
            "Please see https://aka.ms/arm-template/#resources for usage details."
        )
        raise EvaluationFailed(message)
    return _interleaved(base, types, names)


def _interleaved(base: Name, types: list[str], names: list[Any]) -> Name:
    kind = "/".join(types).lower()
    if kind == GROUP_TYPE and (type(base) is Unknown or str(base).lower().startswith("/subscriptions/")):
        return joined(_subscription_of(base), "/resourceGroups/", names[0])
    if kind == "microsoft.resources/subscriptions":
        return joined("/subscriptions/", names[0])
    if kind == "microsoft.management/managementgroups":
        base = ""
    parts: list[Name] = [base, "/providers/", types[0]]
    for one, two in zip(types[1:], names, strict=False):
        parts += ("/", one, "/", two)
    return joined(*parts)


def _subscription_of(base: Name) -> Name:
    return base if type(base) is Unknown else "/".join(str(base).split("/")[:3])


def _unknown_id(base: Name, types: list[str], name: Unknown) -> Name:
    """Split an unknown name like `format('{0}/x', …)` at its slashes, so that the id shows every known part."""
    tree = name.tree
    if len(types) == 2:
        return _interleaved(base, types, [name])
    if type(tree) is Call and tree.name == "format" and type(tree.arguments[0]) is Text:
        pieces = tree.arguments[0].value.split("/")
        if len(pieces) == len(types) - 1:
            names = [_piece(piece, tree.arguments[1:], name) for piece in pieces]
            return _interleaved(base, types, names)
    return derived(Call("resourceId", (Text("/".join(types)), tree)), [name])


def _piece(piece: str, values: tuple[Expression, ...], whole: Unknown) -> Name:
    if "{" not in piece:
        return piece
    if piece[:1] == "{" and piece[-1:] == "}" and piece[1:-1].isdigit() and int(piece[1:-1]) < len(values):
        value = values[int(piece[1:-1])]
        return value.value if type(value) is Text else whole._replace(tree=value)
    return whole._replace(tree=Call("format", (Text(piece), *values)))


# ---- what the scope functions say -----------------------------------------------------------------------------


def subscription_document(target: Target, context: Context) -> Any:
    """Answer `subscription()`."""
    if type(target.subscription) is Unknown:
        return placeholder("subscription", reason="the subscription was not given")
    own = str(target.subscription).lower() == (context.subscription_id or "").lower()
    name: Name = (context.subscription_name if own else None) or placeholder("subscription", "displayName")
    return {
        "id": f"/subscriptions/{target.subscription}",
        "subscriptionId": target.subscription,
        "tenantId": context.tenant_id or placeholder("tenant", "tenantId"),
        "displayName": name,
    }


def tenant_document(context: Context) -> Any:
    """Answer `tenant()`."""
    if context.tenant_id is None:
        return placeholder("tenant", reason="the tenant was not given")
    return {
        "countryCode": placeholder("tenant", "countryCode"),
        "displayName": placeholder("tenant", "displayName"),
        "id": f"/tenants/{context.tenant_id}",
        "tenantId": context.tenant_id,
    }


def group_document(target: Target, location: Any, tags: Any) -> Any:
    """Answer `resourceGroup()`."""
    if type(target.group) is Unknown and type(target.group.tree) is Access and location is None:
        return placeholder("resourceGroup", reason="the resource group was not given")
    return {
        "id": target.base(),
        "name": target.group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location or placeholder("resourceGroup", "location"),
        "tags": placeholder("resourceGroup", "tags") if tags is None else dict(tags),
        "managedBy": placeholder("resourceGroup", "managedBy"),
        "properties": {"provisioningState": "Succeeded"},
    }


def management_group_document(target: Target, context: Context) -> Any:
    """Answer `managementGroup()`."""
    if type(target.management_group) is Unknown or not target.management_group:
        return placeholder("managementGroup", reason="the management group was not given")
    tenant: Name = context.tenant_id or placeholder("tenant", "tenantId")
    return {
        "id": f"{_MANAGEMENT}{target.management_group}",
        "name": target.management_group,
        "type": "Microsoft.Management/managementGroups",
        "properties": {
            "displayName": placeholder("managementGroup", "properties", "displayName"),
            "tenantId": tenant,
            "details": placeholder("managementGroup", "properties", "details"),
        },
    }


def unknown_environment(reason: str) -> dict[str, Any]:
    """Answer `environment()` of a cloud whose addresses are not known: the same keys, each value an Unknown."""

    def unknown(value: Any, keys: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return {key: unknown(inner, (*keys, key)) for key, inner in value.items()}
        return placeholder("environment", *keys, reason=reason)

    return {key: unknown(value, (key,)) for key, value in PUBLIC_CLOUD.items()}


def deployer_document(context: Context) -> Any:
    """Answer `deployer()`."""
    deployer = context.deployer
    if deployer is None:
        return placeholder("deployer", reason="who deploys was not given")
    return {
        "objectId": deployer.object_id or placeholder("deployer", "objectId"),
        "tenantId": deployer.tenant_id or context.tenant_id or placeholder("deployer", "tenantId"),
        "userPrincipalName": deployer.user_principal_name or placeholder("deployer", "userPrincipalName"),
    }
