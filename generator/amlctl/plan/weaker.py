"""Which change of a property makes a resource less protected: one table, each row a property and its order.

The rows follow the tier table (rules S, K, R, L, W, N); what is not in the table is no matter of protection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from amlctl.arm.values import DesiredState, Resource, Unknown
from amlctl.plan.labels import label

LOCK = "microsoft.authorization/locks"
ORDERS: dict[str, tuple[Any, ...]] = {
    "publicNetworkAccess": ("Enabled", "Disabled"),
    "defaultAction": ("Allow", "Deny"),
    "allowSharedKeyAccess": (True, False),
    "allowBlobPublicAccess": (True, False),
    "adminUserEnabled": (True, False),
    "anonymousPullEnabled": (True, False),
    "enablePurgeProtection": (None, True),
    "enableRbacAuthorization": (False, True),
    "isVersioningEnabled": (False, True),
    "supportsHttpsTrafficOnly": (False, True),
    "minimumTlsVersion": ("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"),
    "zoneRedundancy": ("Disabled", "Enabled"),
    "isolationMode": ("Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"),
    "name": (
        "Standard_LRS",
        "Standard_ZRS",
        "Standard_GRS",
        "Standard_RAGRS",
        "Standard_GZRS",
        "Standard_RAGZRS",
    ),
}
"""The values of a property, the weakest first. ``name`` is that of a SKU."""
NUMBERS = frozenset({"days", "softDeleteRetentionInDays", "retentionInDays"})
"""Properties of which less is weaker: how long what was deleted, or a log, is kept."""


class Weaker(NamedTuple):
    """One property, or a lock, that would protect less: the resource, the property, before and after."""

    name: str
    path: str
    before: Any
    after: Any


def loosening(before: DesiredState, after: DesiredState) -> Iterator[Weaker]:
    """Compare two evaluated templates and give what the second protects less; resources only in one are no matter."""
    now = {str(one.id).lower(): one for one in after.resources}
    for resource in before.resources:
        other = now.get(str(resource.id).lower())
        if other is not None:
            yield from _compare(resource, resource.body, other.body, "")
        elif resource.type.lower() == LOCK:
            yield Weaker(label(resource, {}), "the lock", "is there", "is removed")


def _compare(resource: Resource, before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Weaker]:
    for key, value in before.items():
        other = after.get(key)
        here = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _compare(resource, value, other if isinstance(other, dict) else {}, here)
        elif not isinstance(value, Unknown) and not isinstance(other, Unknown) and _is_weaker(here, value, other):
            yield Weaker(label(resource, {}), here, value, other)


def _is_weaker(path: str, before: Any, after: Any) -> bool:
    key = path.rpartition(".")[2]
    if key in NUMBERS:
        return isinstance(before, int) and (not isinstance(after, int) or after < before)
    if key == "name" and path != "sku.name":
        return False
    order = ORDERS.get(key, ())
    return before in order and (after not in order or order.index(after) < order.index(before))
