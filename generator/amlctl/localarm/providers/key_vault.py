"""Microsoft.KeyVault: vaults, their soft delete, secrets without values (observed: 2021-04-01-preview, 2023-07-01)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers import names
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
from amlctl.localarm.refusals import Refused, bad_request
from amlctl.localarm.wire import Response
from amlctl.localarm.world import World

VAULT = "Microsoft.KeyVault/vaults"
_PUT = Reply(new=200, same=200, state="RegisteringDns")


def _check(arrival: Arrival) -> None:
    name = arrival.id.name
    if not names.VAULT.fullmatch(name):
        message = (
            f"The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name"
            " must begin with a letter, end with a letter or digit, and not contain consecutive hyphens."
        )
        raise bad_request(message, "VaultNameNotValid")
    for required in ("sku", "tenantId"):
        if not arrival.properties.get(required):
            raise bad_request(f"The parameter {required} is not specified.", "BadRequest")
    if arrival.previous is None:
        _check_name(arrival, name)


def _check_name(arrival: Arrival, name: str) -> None:
    if names.holder(arrival.world, VAULT, name):
        message = (
            f"The vault name '{name}' is already in use. Vault names are globally unique so it is possible that"
            f" the name"
            " is already taken. If you are sure that the vault name was not taken then it is possible that a vault with"
            " the same name was recently deleted but not purged after being placed in a recoverable state. If the vault"
            " is in a recoverable state then the vault will need to be purged before reusing the name. For more"
            " information about VaultAlreadyExists, soft delete and purging a vault follow this link"
            " https://go.microsoft.com/fwlink/?linkid=2147740."
        )
        raise Refused(409, "VaultAlreadyExists", message)
    deleted = arrival.world.store.get("deleted", names.deleted_key(VAULT, name))
    recovers = str(arrival.properties.get("createMode", "")).lower() == "recover"
    if deleted and not recovers:
        message = (
            f"A vault with the same name already exists in deleted state. You need to either recover or purge existing"
            f" key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on"
            f" soft delete. Vault name: {name}"
        )
        raise Refused(409, "ConflictError", message)
    if recovers and not deleted:
        raise bad_request(f"There is no soft deleted vault '{name}' to recover.", "SoftDeletedVaultDoesNotExist")


def _fill(arrival: Arrival) -> Body:
    properties = without(arrival.properties, "createMode", "enableSoftDelete", "vaultUri", "hsmPoolResourceId")
    properties.setdefault("accessPolicies", [])
    properties |= {
        "enabledForDeployment": bool(properties.get("enabledForDeployment", False)),
        "enableSoftDelete": True,
        "vaultUri": f"https://{arrival.id.name.lower()}.vault.azure.net/",
        "provisioningState": "Succeeded",
    }
    if arrival.api_version >= "2023":
        properties = with_defaults(properties, {"softDeleteRetentionInDays": 90, "publicNetworkAccess": "Enabled"})
    filled = resource(arrival, properties, location=location_of(arrival), systemData=system_data(arrival))
    filled.setdefault("tags", {})
    return filled


def _after(arrival: Arrival, body: Body) -> None:
    arrival.world.store.delete("deleted", names.deleted_key(VAULT, arrival.id.name))


def _removed(world: World, id: ResourceId, body: Body, query: Mapping[str, str]) -> None:  # noqa: A002
    now = world.now()
    days = int(body["properties"].get("softDeleteRetentionInDays", 90))
    location = body["location"]
    properties = {
        "vaultId": id.text,
        "location": location,
        "tags": body.get("tags", {}),
        "deletionDate": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "scheduledPurgeDate": (now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if body["properties"].get("enablePurgeProtection"):
        properties["purgeProtectionEnabled"] = True
    listed = (
        f"/subscriptions/{id.subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{id.name}"
    )
    document = {"id": listed, "name": id.name, "type": "Microsoft.KeyVault/deletedVaults", "properties": properties}
    world.store.put("deleted", names.deleted_key(VAULT, id.name), {"body": document, "vault": body})


def _fill_secret(arrival: Arrival) -> Body:
    """Keep everything of a secret but its value."""
    name, vault = arrival.id.name, arrival.id.names[0].lower()
    properties = without(arrival.properties, "value")
    uri = f"https://{vault}.vault.azure.net/secrets/{name}"
    version = arrival.world.hex(arrival.id.key, arrival.world.time())[:32]
    properties |= {"secretUri": uri, "secretUriWithVersion": f"{uri}/{version}"}
    properties["attributes"] = {"enabled": True, **(properties.get("attributes") or {})}
    return resource(arrival, properties, location=location_of(arrival))


def _fill_key(arrival: Arrival) -> Body:
    name, vault = arrival.id.name, arrival.id.names[0].lower()
    uri = f"https://{vault}.vault.azure.net/keys/{name}"
    version = arrival.world.hex(arrival.id.key, arrival.born)[:32]
    properties = {**arrival.properties, "keyUri": uri, "keyUriWithVersion": f"{uri}/{version}"}
    return resource(arrival, properties, location=location_of(arrival))


def deleted_vaults(world: World, subscription: str) -> Response:
    """List the soft-deleted vaults of a subscription."""
    prefix = f"/subscriptions/{subscription}/".lower()
    documents = [value["body"] for key, value in world.store.scan("deleted", VAULT.lower() + "|")]
    return Response(200, {"value": [item for item in documents if item["id"].lower().startswith(prefix)]})


KINDS = (
    Kind(VAULT, _fill, _PUT, check=_check, after=_after, removed=_removed),
    Kind(f"{VAULT}/secrets", _fill_secret),
    Kind(f"{VAULT}/keys", _fill_key),
    Kind(f"{VAULT}/accessPolicies", fill_bare, SYNC_200),
    Kind(f"{VAULT}/privateEndpointConnections", fill_bare, SYNC_200),
)
