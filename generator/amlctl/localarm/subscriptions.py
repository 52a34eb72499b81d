"""Subscriptions, locations and resource providers: any subscription id exists, every provider is registered."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from functools import cache
from typing import Any

from amlctl.localarm import longrunning
from amlctl.localarm.providers.index import kinds
from amlctl.localarm.tokens import SUBSCRIPTION_ID, TENANT_ID
from amlctl.localarm.wire import Request, Response, page
from amlctl.localarm.world import World

Groups = dict[str, str]
LOCATIONS = (
    ("eastus", "East US"),
    ("eastus2", "East US 2"),
    ("southcentralus", "South Central US"),
    ("westus2", "West US 2"),
    ("westus3", "West US 3"),
    ("australiaeast", "Australia East"),
    ("southeastasia", "Southeast Asia"),
    ("northeurope", "North Europe"),
    ("swedencentral", "Sweden Central"),
    ("uksouth", "UK South"),
    ("westeurope", "West Europe"),
    ("centralus", "Central US"),
    ("southafricanorth", "South Africa North"),
    ("centralindia", "Central India"),
    ("eastasia", "East Asia"),
    ("japaneast", "Japan East"),
    ("koreacentral", "Korea Central"),
    ("canadacentral", "Canada Central"),
    ("francecentral", "France Central"),
    ("germanywestcentral", "Germany West Central"),
    ("italynorth", "Italy North"),
    ("norwayeast", "Norway East"),
    ("polandcentral", "Poland Central"),
    ("spaincentral", "Spain Central"),
    ("switzerlandnorth", "Switzerland North"),
    ("uaenorth", "UAE North"),
    ("brazilsouth", "Brazil South"),
    ("israelcentral", "Israel Central"),
    ("qatarcentral", "Qatar Central"),
    ("northcentralus", "North Central US"),
    ("westus", "West US"),
    ("japanwest", "Japan West"),
    ("canadaeast", "Canada East"),
    ("westcentralus", "West Central US"),
    ("ukwest", "UK West"),
)
_OTHER = {
    "Microsoft.Resources": ("resourceGroups", "deployments", "deploymentStacks", "tags", "deploymentScripts"),
    "Microsoft.Compute": ("virtualMachines", "disks"),
    "Microsoft.ContainerService": ("managedClusters",),
    "Microsoft.KubernetesConfiguration": ("extensions",),
    "Microsoft.Notebooks": ("NotebookProxies",),
    "Microsoft.PolicyInsights": ("policyStates",),
    "Microsoft.Consumption": ("budgets",),
    "Microsoft.DocumentDB": ("databaseAccounts",),
    "Microsoft.Search": ("searchServices",),
    "Microsoft.Databricks": ("workspaces", "accessConnectors"),
    "Microsoft.Synapse": ("workspaces",),
    "Microsoft.Sql": ("servers",),
    "Microsoft.Web": ("sites", "serverfarms"),
    "Microsoft.App": ("containerApps", "managedEnvironments"),
    "Microsoft.CognitiveServices": ("accounts",),
}


def subscription(guid: str) -> dict[str, Any]:
    """Give a subscription: every id exists."""
    return {
        "id": f"/subscriptions/{guid}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": guid,
        "tenantId": TENANT_ID,
        "displayName": "amlctl local",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def listing(world: World, request: Request, found: Groups) -> Response:
    """List the local subscription and every one that was used."""
    used = {key.split("/")[2] for key in world.store.keys("group", "/subscriptions/")}
    return page([subscription(guid) for guid in (SUBSCRIPTION_ID, *sorted(used - {SUBSCRIPTION_ID}))])


def get(world: World, request: Request, found: Groups) -> Response:
    """GET of a subscription."""
    return Response(200, subscription(found["sub"]))


def locations(world: World, request: Request, found: Groups) -> Response:
    """List the regions."""
    return page(
        [
            {
                "id": f"/subscriptions/{found['sub']}/locations/{name}",
                "name": name,
                "type": "Region",
                "displayName": text,
                "regionalDisplayName": text,
                "metadata": {
                    "regionType": "Physical",
                    "regionCategory": "Recommended",
                    "geography": text,
                    "geographyGroup": "",
                    "longitude": "0",
                    "latitude": "0",
                    "physicalLocation": text,
                    "pairedRegion": [],
                },
            }
            for name, text in LOCATIONS
        ]
    )


@cache
def _namespaces() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for kind in kinds().values():
        namespace, _, name = kind.type.partition("/")
        found.setdefault(namespace, []).append(name)
    known = {namespace: tuple(names) for namespace, names in found.items()}
    return dict(sorted({**known, **_OTHER}.items()))


_VERSIONS = {
    "microsoft.machinelearningservices": ["2025-12-01", "2024-04-01", "2023-04-01", "2020-08-01"],
    "microsoft.storage": ["2025-08-01", "2023-01-01", "2021-04-01"],
    "microsoft.keyvault": ["2026-02-01", "2023-07-01", "2021-04-01-preview"],
    "microsoft.containerregistry": ["2025-11-01", "2023-07-01", "2021-09-01"],
    "microsoft.insights": ["2020-02-02"],
    "microsoft.operationalinsights": ["2025-07-01", "2021-06-01"],
    "microsoft.managedidentity": ["2024-11-30", "2023-01-31", "2018-11-30"],
    "microsoft.authorization": ["2022-04-01", "2020-08-01-preview"],
    "microsoft.network": ["2025-05-01", "2022-07-01", "2020-11-01"],
    "microsoft.resources": ["2025-04-01", "2024-11-01", "2021-04-01"],
}


def _provider(world: World, guid: str, namespace: str) -> dict[str, Any]:
    spelled = next((name for name in _namespaces() if name.lower() == namespace.lower()), namespace)
    state = world.store.get("setting", f"provider/{guid}/{namespace}".lower()) or "Registered"
    versions = _VERSIONS.get(namespace.lower(), ["2024-01-01"])
    types = [
        {
            "resourceType": name,
            "locations": [text for _, text in LOCATIONS],
            "apiVersions": versions,
            "defaultApiVersion": versions[0],
            "capabilities": "SupportsTags, SupportsLocation",
        }
        for name in _namespaces().get(spelled, ())
    ]
    return {
        "id": f"/subscriptions/{guid}/providers/{spelled}",
        "namespace": spelled,
        "resourceTypes": types,
        "registrationState": state,
        "registrationPolicy": "RegistrationRequired",
    }


def providers(world: World, request: Request, found: Groups) -> Response:
    """List the providers."""
    return page([_provider(world, found["sub"], namespace) for namespace in _namespaces()])


def provider(world: World, request: Request, found: Groups) -> Response:
    """GET of one provider."""
    return Response(200, _provider(world, found["sub"], found["namespace"]))


def register(world: World, request: Request, found: Groups) -> Response:
    """Register a provider: at once."""
    return _set(world, found, "Registered")


def unregister(world: World, request: Request, found: Groups) -> Response:
    """Unregister a provider: writes to it are refused until it is registered again."""
    return _set(world, found, "NotRegistered")


def _set(world: World, found: Groups, state: str) -> Response:
    world.store.put("setting", f"provider/{found['sub']}/{found['namespace']}".lower(), state)
    return Response(200, _provider(world, found["sub"], found["namespace"]), longrunning.RETRY)
