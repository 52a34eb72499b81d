"""Microsoft.MachineLearningServices: workspaces, connections, registries (observed: 2024-04-01)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from amlctl.localarm.ids import ResourceId, parse
from amlctl.localarm.providers import ml_endings, ml_network, names
from amlctl.localarm.providers.kinds import (
    SYNC_200,
    Arrival,
    Body,
    Kind,
    Reply,
    fill_bare,
    location_of,
    resource,
    system_data,
    with_defaults,
    without,
)
from amlctl.localarm.refusals import bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
REGISTRY = "Microsoft.MachineLearningServices/registries"
_AT = "{sub}/providers/Microsoft.MachineLearningServices/locations/{location}/"
WORKSPACE_PUT = Reply(
    new=202,
    same=202,
    state="Creating",
    body="empty",
    status_at=_AT + "workspaceOperationsStatus/{operation}",
    result_at=_AT + "workspaceOperationsStatus/{operation}",
    result="resource",
    percent=True,
    typed=True,
)
WORKSPACE_DELETE = WORKSPACE_PUT._replace(result="empty", state="")
_REGISTRY_PUT = WORKSPACE_PUT._replace(
    state="",
    status_at=_AT + "registryOperationsStatus/{operation}",
    result_at=_AT + "registryOperationsStatus/{operation}",
)
_KINDS = ("Default", "Hub", "Project", "FeatureStore")


def _check_workspace(arrival: Arrival) -> None:
    if not names.WORKSPACE.fullmatch(arrival.id.name):
        message = (
            f"The workspace name '{arrival.id.name}' is invalid: 3 to 33 letters, digits, '-' or '_', a letter or digit"
            " first."
        )
        raise bad_request(message, "ValidationError")
    deleted = arrival.world.store.get("deleted", names.deleted_key(WORKSPACE, arrival.id.text))
    if arrival.previous is None and deleted:
        raise bad_request("Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete")
    if arrival.previous is None and not arrival.body.get("location"):
        raise bad_request("The location property is required for this definition.", "LocationRequired")
    if arrival.previous is None and not arrival.body.get("identity"):
        raise bad_request("Missing identity: a workspace needs a managed identity.", "ValidationError")
    if str(arrival.body.get("kind") or "Default").lower() == "default" and not arrival.properties.get("storageAccount"):
        raise bad_request("Missing dependent resources in workspace json", "ValidationError", target="workspace")
    for fixed in ("storageAccount", "keyVault"):
        _check_fixed(arrival, fixed)
    ml_network.check_ratchet(arrival)
    ml_network.check_rules(arrival)


def _check_fixed(arrival: Arrival, name: str) -> None:
    before, now = arrival.kept.get(name), arrival.properties.get(name)
    if before and now and str(before).lower() != str(now).lower():
        raise bad_request(f"Changing the {name} of an existing workspace is not supported.", "ValidationError")


def _fill_workspace(arrival: Arrival) -> Body:
    location, guid = location_of(arrival), arrival.guid("workspace")
    properties = with_defaults(
        without(arrival.properties, "allowPublicAccessWhenBehindVnet", "provisionNetworkNow"),
        _workspace_defaults(arrival),
    )
    if arrival.properties.get("allowPublicAccessWhenBehindVnet"):
        properties["allowPublicAccessWhenBehindVnet"] = True
    if properties.get("keyVault"):
        properties["keyVault"] = str(properties["keyVault"]).replace("/Microsoft.KeyVault/", "/Microsoft.Keyvault/")
    properties["managedNetwork"] = ml_network.filled(arrival, properties["managedNetwork"])
    properties |= _workspace_read_only(arrival, location, guid)
    sku = arrival.body.get("sku") or {"name": "Basic"}
    basic = str(sku.get("name", "")).lower().startswith("standard_") or not sku.get("tier")
    filled = resource(
        arrival,
        properties,
        etag=None,
        location=location,
        kind=arrival.body.get("kind") or "Default",
        sku={"name": "Basic", "tier": "Basic"} if basic else sku,
        systemData=system_data(arrival),
    )
    filled.setdefault("tags", {})
    return filled


def _workspace_defaults(arrival: Arrival) -> Body:
    kind = str(arrival.body.get("kind") or "Default").lower()
    return {
        "friendlyName": "",
        "description": "",
        "applicationInsights": None,
        "hbiWorkspace": False,
        "imageBuildCompute": None,
        "managedNetwork": {"isolationMode": "Disabled", "enableNetworkMonitor": False, "enableFirewallLog": False},
        "allowRoleAssignmentOnRG": True,
        "v1LegacyMode": False,
        "softDeleteEnabled": False,
        "publicNetworkAccess": "Enabled",
        "ipAllowlist": [],
        "networkAcls": {"defaultAction": "Allow", "bypass": "", "ipRules": [], "resourceAccessRules": []},
        "serverlessComputeSettings": None,
        "EnableSoftwareBillOfMaterials": False,
        "enableDataIsolation": kind in ("hub", "project"),
    }


def _workspace_read_only(arrival: Arrival, location: str, guid: str) -> Body:
    world, name = arrival.world, arrival.id.name
    notebook = {
        "resourceId": arrival.guid("notebook").replace("-", ""),
        "fqdn": f"ml-{name[:15].lower()}-{location}-{guid}.{location}.notebooks.azure.net",
        "isPrivateLinkEnabled": False,
        "notebookPreparationError": None,
    }
    return {
        "tenantId": world.tenant_id,
        "provisioningState": "Succeeded",
        "creationTime": arrival.born,
        "notebookInfo": notebook,
        "storageHnsEnabled": False,
        "workspaceId": guid,
        "linkedModelInventoryArmId": None,
        "privateLinkCount": len(arrival.kept.get("privateEndpointConnections") or []),
        "discoveryUrl": f"https://{location}.api.azureml.ms/discovery",
        "mlFlowTrackingUri": f"azureml://{location}.api.azureml.ms/mlflow/v1.0{arrival.id.text}",
        "sdkTelemetryAppInsightsKey": world.guid("telemetry", location),
        "sasGetterUri": "",
    }


def _after_workspace(arrival: Arrival, body: Body) -> None:
    """Make the four default datastores, once."""
    from amlctl.localarm.providers.ml_assets import default_datastores

    ml_network.keep_rules(arrival, body)
    made = arrival.kept.get("provisioningState") == "Succeeded"
    if not made and body["properties"].get("storageAccount"):
        default_datastores(arrival, body)


def _removed_workspace(world: World, id: ResourceId, body: Body, query: Mapping[str, str]) -> None:  # noqa: A002
    """Keep the name for 14 days, unless it was purged."""
    if str(query.get("forcetopurge", "")).lower() == "true" or str(body.get("kind")).lower() in ("hub", "project"):
        return
    purge = (world.now() + timedelta(days=14)).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {"id": id.text, "name": id.name, "scheduledPurgeDate": purge, "location": body["location"]}
    world.store.put("deleted", names.deleted_key(WORKSPACE, id.text), {"body": document})


def _list_keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    properties = body["properties"]
    storage = str(properties.get("storageAccount") or "")
    account = world.store.get("resource", storage.lower())
    born = account["body"]["properties"]["creationTime"] if account else ""
    insights = world.store.get("resource", str(properties.get("applicationInsights") or "").lower())
    return Response(
        200,
        {
            "userStorageKey": world.key(storage.lower(), born, "key1") if storage else None,
            "userStorageArmId": storage or None,
            "userStorageResourceId": storage or None,
            "appInsightsInstrumentationKey": insights["body"]["properties"]["InstrumentationKey"] if insights else None,
            "containerRegistryCredentials": None,
            "notebookAccessKeys": _notebook_pair(world, id, body),
        },
    )


def _notebook_pair(world: World, id: ResourceId, body: Body) -> Body:  # noqa: A002
    born = body["properties"]["creationTime"]
    return {name: world.key(id.key, born, name) for name in ("primaryAccessKey", "secondaryAccessKey")}


def _notebook_keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return Response(200, _notebook_pair(world, id, body))


def _notebook_token(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    info = body["properties"]["notebookInfo"]
    token = {
        "notebookResourceId": info["resourceId"],
        "hostName": info["fqdn"],
        "publicDns": info["fqdn"],
        "accessToken": world.key(id.key, "notebook token"),
        "tokenType": "Bearer",
        "expiresIn": 3600,
        "refreshToken": "",
        "scope": "aznb_identity",
    }
    return Response(200, token)


def _storage_keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    keys = _list_keys(world, request, id, body).body
    return Response(200, {"userStorageKey": keys["userStorageKey"]})


def _notebook_info(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return Response(200, body["properties"]["notebookInfo"])


def _resync(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return Response(200)


def _diagnose(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    results = ("userDefinedRouteResults", "networkSecurityRuleResults", "resourceLockResults", "dnsResolutionResults")
    more = (
        "storageAccountResults",
        "keyVaultResults",
        "containerRegistryResults",
        "applicationInsightsResults",
        "otherResults",
    )
    value: Any = {name: [] for name in (*results, *more)}
    return Response(200, {"value": value})


def _fill_connection(arrival: Arrival) -> Body:
    workspace = arrival.id.parent
    defaults: Body = {
        "group": "Azure",
        "expiryTime": None,
        "useWorkspaceManagedIdentity": False,
        "isSharedToAll": False,
        "sharedUserList": [],
        "peRequirement": "NotRequired",
        "peStatus": "NotApplicable",
        "error": None,
        "isDefault": True,
        "metadata": {},
    }
    properties = with_defaults(without(arrival.properties, "value", "valueFormat", "credentials"), defaults)
    properties["createdByWorkspaceArmId"] = workspace.text if workspace else None
    return resource(arrival, properties, tags=None, location=None, systemData=system_data(arrival))


def _connection_secrets(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    """Show the connection; its secrets were never kept."""
    return Response(200, body)


def _fill_registry(arrival: Arrival) -> Body:
    location, name = location_of(arrival), arrival.id.name
    group = f"/subscriptions/{arrival.id.subscription}/resourceGroups/azureml-rg-{name}_{arrival.guid('group')}"
    sent = arrival.properties
    properties = {
        **with_defaults(sent, {"publicNetworkAccess": "Enabled"}),
        "regionDetails": [_region(arrival, item, group) for item in sent.get("regionDetails") or []],
        "intellectualPropertyPublisher": sent.get("intellectualPropertyPublisher"),
        "discoveryUrl": f"https://{location}.api.azureml.ms/registrymanagement/v1.0/registries/{name}/discovery",
        "managedResourceGroup": {"resourceId": group},
        "mlFlowRegistryUri": f"azureml://{location}.api.azureml.ms/mlflow/v1.0{arrival.id.text}",
        "privateEndpointConnections": arrival.kept.get("privateEndpointConnections", []),
        "managedResourceGroupSettings": sent.get("managedResourceGroupSettings"),
    }
    filled = resource(arrival, properties, location=location, systemData=None)
    filled.pop("sku", None)
    filled.setdefault("tags", {})
    return filled


def _region(arrival: Arrival, sent: Body, group: str) -> Body:
    """Replace the names asked for: the service makes its own storage and registry for each region."""
    place = str(sent.get("location", ""))
    short = arrival.world.hex(arrival.id.key, arrival.born, place)[:11]
    details: Body = {"location": place}
    for item in (sent.get("storageAccountDetails") or [])[:1]:
        asked = item.get("systemCreatedStorageAccount") or {}
        storage = {
            "storageAccountName": short,
            "storageAccountType": asked.get("storageAccountType", "Standard_LRS"),
            "storageAccountHnsEnabled": bool(asked.get("storageAccountHnsEnabled", False)),
            "armResourceId": {"resourceId": f"{group}/providers/Microsoft.Storage/storageAccounts/{short}"},
        }
        details["storageAccountDetails"] = [{"userCreatedStorageAccount": None, "systemCreatedStorageAccount": storage}]
    for item in (sent.get("acrDetails") or [])[:1]:
        asked = item.get("systemCreatedAcrAccount") or {}
        registry = {
            "acrAccountName": f"a{short[:10]}",
            "acrAccountSku": asked.get("acrAccountSku", "Premium"),
            "armResourceId": {"resourceId": f"{group}/providers/Microsoft.ContainerRegistry/registries/a{short[:10]}"},
        }
        details["acrDetails"] = [{"userCreatedAcrAccount": None, "systemCreatedAcrAccount": registry}]
    return details


def _view_workspace(world: World, id: ResourceId, body: Body) -> Body:  # noqa: A002
    """Count the private endpoints that point here."""
    connections = body["properties"].get("privateEndpointConnections") or []
    return {**body, "properties": {**body["properties"], "privateLinkCount": len(connections)}}


def datastore_target(workspace: Body) -> ResourceId | None:
    """Give the storage account behind a workspace's default datastores."""
    return parse(str(workspace["properties"].get("storageAccount") or ""))


KINDS = (
    Kind(
        WORKSPACE,
        _fill_workspace,
        WORKSPACE_PUT,
        WORKSPACE_DELETE,
        _check_workspace,
        _after_workspace,
        _view_workspace,
        _removed_workspace,
        {
            "listkeys": _list_keys,
            "listnotebookkeys": _notebook_keys,
            "listnotebookaccesstoken": _notebook_token,
            "liststorageaccountkeys": _storage_keys,
            "preparenotebook": _notebook_info,
            "resynckeys": _resync,
            "diagnose": _diagnose,
            "provisionmanagednetwork": ml_network.provision,
        },
        ends=ml_endings.of_workspace,
    ),
    Kind(f"{WORKSPACE}/connections", _fill_connection, SYNC_200, actions={"listsecrets": _connection_secrets}),
    Kind(f"{WORKSPACE}/privateEndpointConnections", fill_bare, SYNC_200),
    Kind(f"{WORKSPACE}/outboundRules", fill_bare, SYNC_200),
    Kind(REGISTRY, _fill_registry, _REGISTRY_PUT, _REGISTRY_PUT._replace(result="empty")),
)
