"""What each tier means: the one place where a security property gets its value when no file says it.

Each row is a value of the environment file for dev, test and prod, with the rule behind it (the ids are those of
the rule table: W workspace, S storage, K key vault, R registry, L logs, M compute, N network). ``None`` means that
nothing is set.
"""

from __future__ import annotations

from typing import NamedTuple

from amlctl.diagnostics import Place
from amlctl.environment.models import Tier
from amlctl.environment.tree import Mapping, Node, Scalar


class Row(NamedTuple):
    """One value by tier, as it would be typed in YAML."""

    path: tuple[str, ...]
    dev: str | None
    test: str | None
    prod: str | None
    rule: str


TABLE: tuple[Row, ...] = (
    Row(("network", "mode"), "managed", "managed", "managed", "W4"),
    Row(("network", "isolation"), "internet_outbound", "approved_outbound", "approved_outbound", "W4"),
    Row(("diagnostics",), "false", "true", "true", "W9, S23, R10"),
    Row(("workspace", "public_access"), "true", "false", "false", "W1"),
    # In prod it must be chosen in the file: it cannot be changed after the workspace exists.
    Row(("workspace", "hbi"), "false", "false", None, "W6"),
    Row(("storage", "sku"), "Standard_LRS", "Standard_ZRS", "Standard_GZRS", "S14"),
    Row(("storage", "public_access"), "true", "false", "false", "S7"),
    # Azure documents a workspace whose storage takes no keys as a preview (how-to-disable-local-auth-storage), and two
    # of its pages contradict each other on instances over such an account: so dev and classes, which have instances,
    # keep the keys. test and prod have none and are keyless; `shared_key_access: true` goes back.
    Row(("storage", "shared_key_access"), "true", "false", "false", "S10"),
    Row(("storage", "versioning"), "false", "true", "true", "S21"),
    Row(("storage", "soft_delete_days"), "7", "14", "30", "S11, S12"),
    Row(("storage", "share_soft_delete_days"), "7", "7", "14", "S13"),
    Row(("storage", "lock"), "false", "true", "true", "N6"),
    Row(("key_vault", "public_access"), "true", "false", "false", "K5"),
    Row(("key_vault", "soft_delete_days"), "7", "90", "90", "K1"),
    Row(("key_vault", "purge_protection"), "false", "true", "true", "K2"),
    Row(("key_vault", "lock"), "false", "true", "true", "N6"),
    Row(("registry", "sku"), "Standard", "Premium", "Premium", "R3"),
    Row(("registry", "public_access"), "true", "false", "false", "R4"),
    Row(("registry", "zone_redundancy"), "false", "true", "true", "R6"),
    Row(("registry", "retention_days"), "7", "15", "15", "R7"),
    # "disabled" breaks pulls of Foundry agents (azure-ai-docs#759), and no page says that Azure ML works with it.
    Row(("registry", "arm_tokens"), "true", "true", "true", "R9"),
    Row(("registry", "lock"), "false", "true", "true", "N6"),
    Row(("logs", "retention_days"), "30", "90", "365", "L4"),
    Row(("logs", "daily_cap_gb"), "1", None, None, "L4"),
    Row(("insights", "local_auth"), "true", "true", "true", "L2"),
)
DATA: tuple[Row, ...] = (
    *(row._replace(path=("data", *row.path[1:])) for row in TABLE if row.path[0] == "storage"),
    Row(("data", "shared_key_access"), "false", "false", "false", "S10"),
)
"""The account for data: as the workspace's own, but never with keys: roles on its containers are all there is."""
IDLE = Row(("idle",), "30m", "60m", "60m", "M3")
"""The idle time of an instance."""


def built_in(tiers: dict[str, Tier], sections: frozenset[str], instances: list[str]) -> Mapping:
    """Make the lowest layer: the table's values for the sections that exist.

    ``tiers`` gives the tier of a section (``""``: of all others); ``instances`` names the computes of kind instance.
    """
    tree = _empty()
    for row in (*TABLE, *DATA):
        section = row.path[0]
        if len(row.path) == 1 or section in sections or section == "network":
            _set(tree, row.path, row, tiers.get(section, tiers[""]))
    for section in sections:
        tree.entries.setdefault(section, _empty())
    for name in instances:
        _set(tree, ("compute", name, "idle"), IDLE, tiers[""])
    return tree


def _set(tree: Mapping, path: tuple[str, ...], row: Row, tier: Tier) -> None:
    text: str | None = getattr(row, tier)
    if text is None:
        return
    place = Place(f"built-in defaults for {tier} ({row.rule})")
    entries: dict[str, Node] = tree.entries
    for key in path[:-1]:
        child = entries.setdefault(key, _empty())
        assert isinstance(child, Mapping)
        entries = child.entries
    entries[path[-1]] = Scalar(text, True, place)


def _empty() -> Mapping:
    return Mapping({}, {}, Place("built-in defaults"))


def strictest(tiers: list[Tier]) -> Tier:
    """Give the strictest of some tiers."""
    order: tuple[Tier, ...] = ("dev", "test", "prod")
    return max(tiers, key=order.index)
