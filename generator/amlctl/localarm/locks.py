"""Management locks: what lies under one cannot be deleted, or not even written."""

from __future__ import annotations

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.refusals import conflict
from amlctl.localarm.world import World

_LOCKS = "/providers/microsoft.authorization/locks/"


def check_lock(world: World, id: ResourceId, action: str) -> None:  # noqa: A002
    """Refuse an action (``write`` or ``delete``) on a resource that a lock above it forbids."""
    if id.type.lower() != "microsoft.authorization/locks":
        check_scopes(world, id.text, _above(id), action)


def check_group(world: World, group_id: str) -> None:
    """Refuse to delete a group that a lock at it, above it or in it forbids."""
    inside = [key.partition(_LOCKS)[0] for key in world.store.keys("resource", group_id.lower() + "/") if _LOCKS in key]
    subscription = group_id.lower().partition("/resourcegroups/")[0]
    check_scopes(world, group_id, [*dict.fromkeys([subscription, group_id.lower(), *inside])], "delete")


def check_scopes(world: World, text: str, scopes: list[str], action: str) -> None:
    """Refuse an action when one of the scopes has a lock that forbids it."""
    for scope in scopes:
        for _, record in world.store.scan("resource", scope + _LOCKS):
            level = str(record["body"]["properties"].get("level", "")).lower()
            if level == "readonly" or (level == "cannotdelete" and action == "delete"):
                message = (
                    f"The scope '{text}' cannot perform {action} operation because following scope(s) are locked:"
                    f" '{scope}'. Please remove the lock and try again."
                )
                raise conflict("ScopeLocked", message)


def _above(id: ResourceId) -> list[str]:  # noqa: A002
    """Give a resource's own scope and every scope above it, in lower case."""
    scopes = []
    current: ResourceId | None = id
    while current is not None:
        scopes.append(current.key)
        current = current.parent
    if id.group:
        scopes.append(id.group_id.lower())
    if id.subscription:
        scopes.append(f"/subscriptions/{id.subscription}".lower())
    return scopes
