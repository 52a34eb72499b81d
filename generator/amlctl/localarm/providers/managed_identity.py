"""Microsoft.ManagedIdentity: user-assigned identities and federated credentials (observed: 2018-11-30, 2023-01-31)."""

from __future__ import annotations

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import Arrival, Body, Kind, Reply, location_of, resource
from amlctl.localarm.refusals import Refused, not_found

IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
_PUT = Reply(headers=(("Location", "{id}"),))


def lower_group(id: ResourceId) -> str:  # noqa: A002
    """The service writes ``/resourcegroups/`` in its ids."""
    return id.text.replace("/resourceGroups/", "/resourcegroups/")


def _fill(arrival: Arrival) -> Body:
    properties = {
        "tenantId": arrival.world.tenant_id,
        "principalId": arrival.guid("principal"),
        "clientId": arrival.guid("client"),
    }
    filled = resource(arrival, properties, id=lower_group(arrival.id), location=location_of(arrival))
    filled.setdefault("tags", {})
    return filled


def _fill_credential(arrival: Arrival) -> Body:
    return resource(arrival, dict(arrival.properties), id=lower_group(arrival.id))


def _missing(id: ResourceId) -> Refused:  # noqa: A002
    return not_found(f"Resource '{lower_group(id)}' was not found.")


KINDS = (
    Kind(IDENTITY, _fill, _PUT),
    Kind(f"{IDENTITY}/federatedIdentityCredentials", _fill_credential, _PUT, missing=_missing),
)
