"""Microsoft.Storage: accounts, services, containers, shares (observed: 2021-04-01, 2023-01-01)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from typing import Any

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers import names
from amlctl.localarm.providers.kinds import (
    GONE,
    GONE_204,
    SYNC,
    SYNC_200,
    Arrival,
    Body,
    Kind,
    Reply,
    fill_bare,
    location_of,
    resource,
    with_defaults,
)
from amlctl.localarm.refusals import Refused, bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

_RESULT = "{sub}/providers/Microsoft.Storage/locations/{location}/asyncoperations/{operation}?monitor=true"
_ACCOUNT_PUT = Reply(new=202, same=200, state="Creating", body="empty", result_at=_RESULT, result="resource", text=True)
_SERVICE_PUT = Reply(new=200, body="echo")
_BLOB_ONLY = ("dfs", "blob", "table")
_ALL = ("dfs", "web", "blob", "queue", "table", "file")


def _check_account(arrival: Arrival) -> None:
    name = arrival.id.name
    if not names.STORAGE.fullmatch(name):
        message = (
            f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in"
            " length and use numbers and lower-case letters only."
        )
        raise bad_request(message, "AccountNameInvalid")
    if arrival.previous is None and names.holder(arrival.world, "Microsoft.Storage/storageAccounts", name):
        message = f"The storage account named {name} is already taken."
        raise Refused(409, "StorageAccountAlreadyTaken", message)
    if not isinstance(arrival.body.get("sku"), dict) or not arrival.body["sku"].get("name"):
        raise bad_request("The sku field is required.", "InvalidRequestPropertyValue")


def _fill_account(arrival: Arrival) -> Body:
    sku = arrival.body["sku"]
    kind = arrival.body.get("kind", "StorageV2")
    properties = with_defaults(arrival.properties, _defaults(arrival, kind))
    properties |= _read_only(arrival, kind)
    filled = resource(
        arrival,
        properties,
        sku={"name": sku["name"], "tier": str(sku["name"]).partition("_")[0]},
        kind=kind,
        location=location_of(arrival),
    )
    filled.setdefault("tags", {})
    return filled


def _defaults(arrival: Arrival, kind: str) -> Body:
    now = arrival.world.time()
    service = {"keyType": "Account", "enabled": True, "lastEnabledTime": now}
    acls: Body = {"bypass": "AzureServices", "virtualNetworkRules": [], "ipRules": [], "defaultAction": "Allow"}
    defaults: Body = {
        "networkAcls": acls,
        "supportsHttpsTrafficOnly": True,
        "encryption": {"services": {"file": service, "blob": service}, "keySource": "Microsoft.Storage"},
        "minimumTlsVersion": "TLS1_2",
        "allowCrossTenantReplication": False,
        "allowBlobPublicAccess": False,
    }
    if arrival.api_version >= "2023":
        acls["ipv6Rules"] = []
    if kind in ("StorageV2", "BlobStorage"):
        defaults["accessTier"] = "Hot"
    return defaults


def _read_only(arrival: Arrival, kind: str) -> Body:
    name, born, location = arrival.id.name, arrival.born, location_of(arrival)
    hosts = _BLOB_ONLY if kind == "BlobStorage" else _ALL
    suffix = "core.windows.net"
    endpoints = {host: f"https://{name}.{'z5.web' if host == 'web' else host}.{suffix}/" for host in hosts}
    return {
        "keyCreationTime": {"key1": born, "key2": born},
        "privateEndpointConnections": arrival.kept.get("privateEndpointConnections", []),
        "provisioningState": "Succeeded",
        "creationTime": born,
        "primaryEndpoints": endpoints,
        "primaryLocation": location,
        "statusOfPrimary": "available",
    }


def _list_keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    born = body["properties"]["creationTime"]
    keys = [
        {"creationTime": born, "keyName": name, "value": world.key(id.key, born, name), "permissions": "FULL"}
        for name in ("key1", "key2")
    ]
    return Response(200, {"keys": keys})


def _list_sas(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    token = f"sv=2022-11-02&sig={world.hex(id.key, 'sas')}"
    name = "serviceSasToken" if "service" in request.path.rpartition("/")[2].lower() else "accountSasToken"
    return Response(200, {name: token})


def _service(defaults: Body, *, sku: bool) -> Any:
    def fill(arrival: Arrival) -> Body:
        filled = resource(arrival, with_defaults(arrival.properties, defaults))
        account = arrival.world.store.get("resource", arrival.id.parent.key) if arrival.id.parent else None
        if sku and account:
            filled["sku"] = account["body"]["sku"]
        return filled

    return fill


def _fill_container(arrival: Arrival) -> Body:
    defaults = {
        "publicAccess": "None",
        "defaultEncryptionScope": "$account-encryption-key",
        "denyEncryptionScopeOverride": False,
    }
    read_only = {
        "deleted": False,
        "remainingRetentionDays": 0,
        "leaseStatus": "Unlocked",
        "leaseState": "Available",
        "lastModifiedTime": arrival.world.seconds(),
        "legalHold": {"hasLegalHold": False, "tags": []},
        "hasImmutabilityPolicy": False,
        "hasLegalHold": False,
    }
    etag = f'"0x{arrival.world.hex(arrival.id.key, arrival.world.time())[:15].upper()}"'
    return resource(arrival, {**with_defaults(arrival.properties, defaults), **read_only}, etag=etag)


def _fill_share(arrival: Arrival) -> Body:
    defaults = {"accessTier": "TransactionOptimized", "shareQuota": 102400, "signedIdentifiers": []}
    now = arrival.world.seconds()
    read_only = {
        "leaseStatus": "unlocked",
        "leaseState": "available",
        "accessTierChangeTime": arrival.kept.get("accessTierChangeTime", now),
        "lastModifiedTime": now,
    }
    etag = f'"0x{arrival.world.hex(arrival.id.key, arrival.world.time())[:15].upper()}"'
    return resource(arrival, {**with_defaults(arrival.properties, defaults), **read_only}, etag=etag)


def _fill_policy(arrival: Arrival) -> Body:
    properties = {**_floats(_no_nulls(arrival.properties)), "lastModifiedTime": arrival.world.seconds()}
    return resource(arrival, properties, name="DefaultManagementPolicy")


def _floats(value: Any) -> Any:
    """Write whole numbers as the management policies' serialiser does: ``30.0``."""
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _no_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _no_nulls(item) for key, item in value.items() if item is not None}
    return [_no_nulls(item) for item in value] if isinstance(value, list) else value


def _fill_table(arrival: Arrival) -> Body:
    return resource(arrival, {"signedIdentifiers": [], **arrival.properties, "tableName": arrival.id.name})


def _fill_queue(arrival: Arrival) -> Body:
    return resource(arrival, {"metadata": {}, **arrival.properties})


_ACCOUNT = "Microsoft.Storage/storageAccounts"
_BLOB = {"cors": {"corsRules": []}, "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": False}}
_FILE = {
    "protocolSettings": {"smb": {}},
    "cors": {"corsRules": []},
    "shareDeleteRetentionPolicy": {"enabled": True, "days": 7},
}
_QUEUE = {
    "logging": {
        "version": "1.0",
        "delete": False,
        "read": False,
        "write": False,
        "retentionPolicy": {"enabled": False},
    },
    "cors": {"corsRules": []},
}

KINDS = (
    Kind(
        _ACCOUNT,
        _fill_account,
        _ACCOUNT_PUT,
        GONE,
        _check_account,
        actions={
            "listkeys": _list_keys,
            "regeneratekey": _list_keys,
            "listaccountsas": _list_sas,
            "listservicesas": _list_sas,
        },
    ),
    Kind(f"{_ACCOUNT}/blobServices", _service(_BLOB, sku=True), _SERVICE_PUT),
    Kind(f"{_ACCOUNT}/fileServices", _service(_FILE, sku=True), _SERVICE_PUT),
    Kind(f"{_ACCOUNT}/queueServices", _service(_QUEUE, sku=False), _SERVICE_PUT),
    Kind(f"{_ACCOUNT}/tableServices", _service({"cors": {"corsRules": []}}, sku=False), _SERVICE_PUT),
    Kind(f"{_ACCOUNT}/blobServices/containers", _fill_container, Reply(body="head")),
    Kind(f"{_ACCOUNT}/fileServices/shares", _fill_share, SYNC),
    Kind(f"{_ACCOUNT}/queueServices/queues", _fill_queue, SYNC_200),
    Kind(f"{_ACCOUNT}/tableServices/tables", _fill_table, SYNC_200, GONE_204),
    Kind(f"{_ACCOUNT}/managementPolicies", _fill_policy, SYNC_200),
    Kind(f"{_ACCOUNT}/privateEndpointConnections", fill_bare, SYNC_200),
)
