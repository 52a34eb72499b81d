"""Names: whether one is free, what is soft-deleted, and purging it."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import uuid

from amlctl.localarm import longrunning
from amlctl.localarm.providers import key_vault, names
from amlctl.localarm.refusals import Refused, bad_request, not_found
from amlctl.localarm.wire import Request, Response, page
from amlctl.localarm.world import World

Groups = dict[str, str]
_STORAGE = "Microsoft.Storage/storageAccounts"
_REGISTRY = "Microsoft.ContainerRegistry/registries"
_HELP = "https://go.microsoft.com/fwlink/?linkid=2149745"


def storage_name(world: World, request: Request, found: Groups) -> Response:
    """POST checkNameAvailability of Microsoft.Storage."""
    name = str(request.json().get("name", ""))
    if not names.STORAGE.fullmatch(name):
        message = (
            f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in"
            " length and use numbers and lower-case letters only."
        )
        return _answer("AccountNameInvalid", message)
    taken = names.holder(world, _STORAGE, name)
    return _answer("AlreadyExists", f"The storage account named {name} is already taken.") if taken else _free()


def registry_name(world: World, request: Request, found: Groups) -> Response:
    """POST checkNameAvailability of Microsoft.ContainerRegistry."""
    name = str(request.json().get("name", ""))
    if not names.REGISTRY.fullmatch(name):
        return _answer("Invalid", "The registry name must be 5 to 50 alphanumeric characters.")
    taken = names.holder(world, _REGISTRY, name)
    return _answer("AlreadyExists", f"The registry {name.lower()} is already in use.") if taken else _free()


def vault_name(world: World, request: Request, found: Groups) -> Response:
    """POST checkNameAvailability of Microsoft.KeyVault: soft-deleted vaults keep their names."""
    name = str(request.json().get("name", ""))
    if not names.VAULT.fullmatch(name):
        return _answer("AccountNameInvalid", f"The vault name '{name}' is invalid.")
    living = names.holder(world, key_vault.VAULT, name)
    deleted = world.store.get("deleted", names.deleted_key(key_vault.VAULT, name))
    if living or deleted:
        return _answer("AlreadyExists", f"The vault name '{name}' is already in use (or soft-deleted). {_HELP}")
    return _free()


def _free() -> Response:
    return Response(200, {"nameAvailable": True})


def _answer(reason: str, message: str) -> Response:
    return Response(200, {"nameAvailable": False, "reason": reason, "message": message})


def deleted_vaults(world: World, request: Request, found: Groups) -> Response:
    """List the soft-deleted vaults of a subscription."""
    return key_vault.deleted_vaults(world, found["sub"])


def no_modules(world: World, request: Request, found: Groups) -> Response:
    """List managed HSMs, living or deleted: there are none."""
    return page([])


def deleted_vault(world: World, request: Request, found: Groups) -> Response:
    """GET of one soft-deleted vault."""
    return Response(200, _deleted(world, found["name"])["body"])


def _deleted(world: World, name: str) -> dict[str, dict[str, object]]:
    record = world.store.get("deleted", names.deleted_key(key_vault.VAULT, name))
    if record is None:
        message = (
            f"The specified deleted vault '{name}' does not exist. Ensure that the vault was indeed deleted and"
            f" that it is"
            f" in recoverable state. If soft delete was not enabled then the vault is permanently deleted."
            f" Follow this link"
            f" for more information: {_HELP}"
        )
        raise not_found(message, "DeletedVaultNotFound")
    return dict(record)


def purge_vault(world: World, request: Request, found: Groups) -> Response:
    """POST purge of a soft-deleted vault: 202; refused where it is protected."""
    record = _deleted(world, found["name"])
    properties = record["body"]["properties"]
    if isinstance(properties, dict) and properties.get("purgeProtectionEnabled"):
        message = f'Operation "DeletedVaultPurge" is not allowed on this vault: purge protection is enabled. {_HELP}'
        raise Refused(409, "MethodNotAllowed", message)
    world.store.delete("deleted", names.deleted_key(key_vault.VAULT, found["name"]))
    base = f"/subscriptions/{found['sub']}/providers/Microsoft.KeyVault/locations/{found['location']}"
    path = f"{base}/operationResults/{uuid.uuid4()}"
    longrunning.later(world, path, None)
    return Response(202, None, (("Location", request.url(path)), *longrunning.RETRY))


def set_quota(world: World, request: Request, found: Groups) -> Response:
    """POST ``/_lab/quota``: ``{location, name, limit}`` sets a limit of Azure ML's quota."""
    body = request.json()
    if not {"location", "name", "limit"} <= set(body):
        raise bad_request("location, name and limit are needed.")
    world.store.put("setting", f"quota/{body['location']}/{body['name']}".lower(), int(body["limit"]))
    return Response(200, body)
