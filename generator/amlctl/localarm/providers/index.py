"""All resource types that the endpoint knows, by lower-case name."""

from __future__ import annotations

from functools import cache

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import Kind, fill_plain


@cache
def kinds() -> dict[str, Kind]:
    """Give the known types."""
    from amlctl.localarm.providers import (
        apps,
        authorization,
        container_registry,
        insights,
        key_vault,
        log_analytics,
        machine_learning,
        managed_identity,
        ml_assets,
        ml_compute,
        network,
        storage,
    )

    rooms = (
        storage,
        key_vault,
        container_registry,
        insights,
        log_analytics,
        managed_identity,
        authorization,
        network,
        machine_learning,
        ml_compute,
        ml_assets,
        apps,
    )
    return {kind.type.lower(): kind for room in rooms for kind in room.KINDS}


def kind_of(id: ResourceId) -> Kind:  # noqa: A002
    """Give the type of a resource; one that is not known is kept as it is sent."""
    return kinds().get(id.type.lower()) or Kind(id.type, fill_plain)


def known(id: ResourceId) -> bool:  # noqa: A002
    """Say whether the type has rules of its own here."""
    return id.type.lower() in kinds()


def respelled(id: ResourceId) -> ResourceId:  # noqa: A002
    """Spell provider and types of a known type as Azure does."""
    kind = kinds().get(id.type.lower())
    if kind is None:
        return id
    namespace, *types = kind.type.split("/")
    return id._replace(namespace=namespace, types=tuple(types))
