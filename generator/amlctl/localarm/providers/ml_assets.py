"""Datastores, asset versions, endpoints, schedules, jobs of Azure ML (UNVERIFIED but for what azure-ai-ml needs)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from typing import Any

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import (
    GONE,
    Arrival,
    Body,
    Kind,
    Reply,
    location_of,
    resource,
    system_data,
    with_defaults,
    without,
)
from amlctl.localarm.refusals import Refused, bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

W = "Microsoft.MachineLearningServices/workspaces"
R = "Microsoft.MachineLearningServices/registries"
_STATUS = "{sub}/providers/Microsoft.MachineLearningServices/locations/{location}/mfeOperationsStatus/{operation}"
_RESULT = "{sub}/providers/Microsoft.MachineLearningServices/locations/{location}/mfeOperationResults/{operation}"
_LRO = Reply(state="Creating", status_at=_STATUS, percent=True)
_LRO_DELETE = Reply(new=202, body="empty", status_at=_STATUS, result_at=_RESULT, percent=True)
_DATASTORES = {"azureblob", "azurefile", "azuredatalakegen1", "azuredatalakegen2", "onelake"}
_MUTABLE = ("description", "tags", "isArchived", "stage", "autoDeleteSetting")


def default_datastores(arrival: Arrival, workspace: Body) -> None:
    """Make the four datastores that the service makes; their containers carry the workspace's id.

    With ``enableDataIsolation`` the id stands in front: azure-ai-docs, how-to-identity-based-service-authentication,
    "Effects of enabling data isolation". UNVERIFIED for file shares, where the same rule is assumed.
    """
    from amlctl.localarm.providers.machine_learning import datastore_target

    account = datastore_target(workspace)
    if account is None:
        return
    guid = workspace["properties"]["workspaceId"]
    isolated = bool(workspace["properties"].get("enableDataIsolation"))
    code = "code" if isolated else f"code-{arrival.guid('working directory')}"
    for name, kind, field, base in (
        ("workspaceblobstore", "AzureBlob", "containerName", "azureml-blobstore"),
        ("workspaceartifactstore", "AzureBlob", "containerName", "azureml"),
        ("workspacefilestore", "AzureFile", "fileShareName", "azureml-filestore"),
        ("workspaceworkingdirectory", "AzureFile", "fileShareName", code),
    ):
        plain = f"{base}-{guid}" if base.endswith("store") else base
        target = f"{guid}-{base}" if isolated else plain
        sent = {"datastoreType": kind, "accountName": account.name, field: target}
        _put_default(arrival, workspace, account, name, sent)


def _put_default(arrival: Arrival, workspace: Body, account: ResourceId, name: str, sent: Body) -> None:
    by_identity = str(workspace["properties"].get("systemDatastoresAuthMode", "")).lower() == "identity"
    properties = {
        "description": None,
        "tags": None,
        "properties": None,
        "isDefault": name == "workspaceblobstore",
        "credentials": {
            "credentialsType": "None" if by_identity and sent["datastoreType"] == "AzureBlob" else "AccountKey"
        },
        "subscriptionId": account.subscription,
        "resourceGroup": account.group,
        **sent,
        "endpoint": "core.windows.net",
        "protocol": "https",
        "serviceDataAccessAuthIdentity": "None",
    }
    id = arrival.id.child("datastores", name)  # noqa: A001
    body = {
        "id": id.text,
        "name": name,
        "type": id.type,
        "properties": properties,
        "systemData": workspace["systemData"],
    }
    arrival.world.store.put("resource", id.key, {"body": body, "api": arrival.api_version, "born": arrival.born})


def _check_datastore(arrival: Arrival) -> None:
    kind = str(arrival.properties.get("datastoreType", "")).lower()
    if kind not in _DATASTORES:
        raise bad_request(
            f"The datastore type '{arrival.properties.get('datastoreType')}' is not supported.", "ValidationError"
        )
    if not isinstance(arrival.properties.get("credentials"), dict):
        raise bad_request("The credentials field is required.", "ValidationError")


def _fill_datastore(arrival: Arrival) -> Body:
    credentials = without(arrival.properties["credentials"], "secrets")
    defaults: Body = {
        "description": None,
        "tags": {},
        "properties": {},
        "subscriptionId": None,
        "resourceGroup": None,
        "endpoint": "core.windows.net",
        "protocol": "https",
        "serviceDataAccessAuthIdentity": "None",
    }
    properties = with_defaults(arrival.properties, defaults)
    properties |= {"credentials": credentials, "isDefault": bool(arrival.kept.get("isDefault", False))}
    return resource(arrival, properties, systemData=system_data(arrival))


def _datastore_secrets(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    """Give a key that looks like the account's: what was sent was never kept."""
    kind = body["properties"]["credentials"].get("credentialsType")
    if kind != "AccountKey":
        raise bad_request(f"The datastore has no secrets of its own ({kind}).", "UserError")
    return Response(200, {"secretsType": "AccountKey", "key": world.key(id.key, "datastore")})


def _check_version(arrival: Arrival) -> None:
    """Refuse other content under a version that exists: asset versions are immutable."""
    if arrival.previous is None:
        return
    sent = without(arrival.properties, *_MUTABLE)
    kept = arrival.kept
    changed = sorted(key for key, value in sent.items() if key in kept and not _same(kept[key], value))
    added = sorted(key for key, value in sent.items() if key not in kept and value not in (None, {}, []))
    if changed or added:
        what = arrival.id.types[-2].removesuffix("s")
        message = (
            f"A {what} with this name and version already exists: {arrival.id.names[-2]}:{arrival.id.name}. It"
            f" cannot be"
            f" changed ({', '.join(changed + added)}); create a new version."
        )
        raise Refused(409, "Conflict", message)


def _same(kept: Any, sent: Any) -> bool:
    if isinstance(kept, dict) and isinstance(sent, dict):
        return all(_same(kept.get(key), value) for key, value in sent.items())
    return bool(kept == sent) or (sent in (None, {}, []) and kept in (None, {}, []))


_VERSION_DEFAULTS: dict[str, Body] = {
    "environments": {"environmentType": "UserCreated", "osType": "Linux", "autoRebuild": "Disabled", "stage": None},
    "models": {"flavors": {}, "modelType": "custom_model", "jobName": None, "stage": None},
    "data": {"stage": None},
    "components": {"componentSpec": {}},
    "codes": {},
}


def _fill_version(arrival: Arrival) -> Body:
    common: Body = {"description": None, "tags": {}, "properties": {}, "isAnonymous": False, "isArchived": False}
    sent = {key: value for key, value in arrival.properties.items() if not (key == "flavors" and value is None)}
    if arrival.previous is not None:
        sent = {**arrival.kept, **sent}
    properties = with_defaults(sent, {**common, **_VERSION_DEFAULTS.get(arrival.id.types[-2], {})})
    properties["provisioningState"] = "Succeeded"
    return resource(arrival, properties, systemData=system_data(arrival))


def _after_version(arrival: Arrival, body: Body) -> None:
    """Make or refresh the container of the versions."""
    container = arrival.id.parent
    if container is None:
        return
    store = arrival.world.store
    record = store.get("resource", container.key)
    properties: Body = (record or {}).get("body", {}).get("properties") or {
        "description": None,
        "tags": {},
        "properties": {},
        "isArchived": False,
    }
    properties |= {"latestVersion": arrival.id.name, "nextVersion": _next(arrival.id.name)}
    shown = {
        "id": container.text,
        "name": container.name,
        "type": container.type,
        "properties": properties,
        "systemData": body["systemData"],
    }
    store.put("resource", container.key, {"body": shown, "api": arrival.api_version, "born": arrival.born})


def _next(version: str) -> str | None:
    return str(int(version) + 1) if version.isdecimal() else None


def _fill_container(arrival: Arrival) -> Body:
    common: Body = {"description": None, "tags": {}, "properties": {}, "isArchived": False}
    latest = {key: arrival.kept.get(key) for key in ("latestVersion", "nextVersion")}
    return resource(arrival, {**with_defaults(arrival.properties, common), **latest}, systemData=system_data(arrival))


def _fill_endpoint(arrival: Arrival) -> Body:
    online = arrival.id.types[-1] == "onlineEndpoints"
    location, name = location_of(arrival), arrival.id.name
    host = f"https://{name}.{location}.inference.ml.azure.com"
    defaults: Body = {"description": None, "authMode": "Key" if online else "AADToken", "properties": {}}
    defaults |= {"traffic": {}, "mirrorTraffic": {}, "publicNetworkAccess": "Enabled"} if online else {"defaults": None}
    properties = {
        **with_defaults(without(arrival.properties, "keys"), defaults),
        "scoringUri": f"{host}/score" if online else f"{host}/jobs",
        "swaggerUri": f"{host}/swagger.json",
        "provisioningState": "Succeeded",
    }
    filled = resource(arrival, properties, location=location, systemData=system_data(arrival))
    filled.setdefault("tags", {})
    filled.setdefault("kind", None)
    return filled


def _check_traffic(arrival: Arrival) -> None:
    """Refuse traffic to a deployment that does not exist."""
    for name in arrival.properties.get("traffic") or {}:
        deployment = arrival.id.child("deployments", name)
        if arrival.world.store.get("resource", deployment.key) is None:
            raise bad_request(f"Traffic is given to the deployment '{name}', which does not exist.", "BadArgument")


def _fill_deployment(arrival: Arrival) -> Body:
    online = "onlineEndpoints" in arrival.id.types
    defaults: Body = {"description": None, "properties": {}, "environmentVariables": {}}
    if online:
        defaults |= {
            "endpointComputeType": "Managed",
            "scaleSettings": {"scaleType": "Default"},
            "appInsightsEnabled": False,
        }
    properties = {**with_defaults(arrival.properties, defaults), "provisioningState": "Succeeded"}
    sku = arrival.body.get("sku") or ({"name": "Default", "capacity": 1} if online else None)
    filled = resource(arrival, properties, location=location_of(arrival), systemData=system_data(arrival))
    if sku:
        filled["sku"] = sku
    filled.setdefault("tags", {})
    return filled


def _endpoint_keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return Response(200, {name: world.key(id.key, name) for name in ("primaryKey", "secondaryKey")})


def _endpoint_token(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    now = int(world.clock())
    token = {
        "accessToken": world.key(id.key, "token"),
        "expiryTimeUtc": now + 3600,
        "refreshAfterTimeUtc": now + 1800,
        "tokenType": "Bearer",
    }
    return Response(200, token)


def _fill_other(arrival: Arrival) -> Body:
    properties = {**arrival.properties, "provisioningState": "Succeeded"}
    return resource(arrival, properties, systemData=system_data(arrival))


def _fill_job(arrival: Arrival) -> Body:
    properties = {"services": {}, **arrival.properties, "status": arrival.kept.get("status", "NotStarted")}
    return resource(arrival, properties, systemData=system_data(arrival))


def _assets() -> list[Kind]:
    found = []
    for above in (W, R):
        put = Reply() if above == W else _LRO
        for asset in ("environments", "models", "data", "components", "codes"):
            found.append(Kind(f"{above}/{asset}", _fill_container, listed=False))
            found.append(
                Kind(
                    f"{above}/{asset}/versions",
                    _fill_version,
                    put,
                    check=_check_version,
                    after=_after_version,
                    listed=False,
                )
            )
    return found


KINDS = (
    Kind(
        f"{W}/datastores", _fill_datastore, Reply(), GONE, _check_datastore, actions={"listsecrets": _datastore_secrets}
    ),
    *_assets(),
    Kind(
        f"{W}/onlineEndpoints",
        _fill_endpoint,
        _LRO,
        _LRO_DELETE,
        _check_traffic,
        actions={"listkeys": _endpoint_keys, "token": _endpoint_token},
    ),
    Kind(f"{W}/onlineEndpoints/deployments", _fill_deployment, _LRO, _LRO_DELETE),
    Kind(f"{W}/batchEndpoints", _fill_endpoint, _LRO, _LRO_DELETE, actions={"listkeys": _endpoint_keys}),
    Kind(f"{W}/batchEndpoints/deployments", _fill_deployment, _LRO, _LRO_DELETE),
    Kind(f"{W}/schedules", _fill_other, _LRO, _LRO_DELETE),
    Kind(f"{W}/jobs", _fill_job),
)
