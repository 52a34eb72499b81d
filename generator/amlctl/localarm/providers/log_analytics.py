"""Microsoft.OperationalInsights: workspaces (observed: 2021-06-01, 2025-07-01)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from datetime import timedelta

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import Arrival, Body, Kind, Reply, location_of, resource, with_defaults
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

WORKSPACE = "Microsoft.OperationalInsights/workspaces"
_STATUS = "{sub}/providers/Microsoft.OperationalInsights/locations/{location}/operationstatuses/{operation}"
_PUT = Reply(new=201, same=200, state="Creating")
_OLD_SKUS = {"standalone", "free", "standard", "premium", "pernode"}


def _fill(arrival: Arrival) -> Body:
    world, now = arrival.world, arrival.world.time()
    sku = str((arrival.properties.get("sku") or {}).get("name", "PerGB2018"))
    reset = (world.now() + timedelta(days=1)).strftime("%Y-%m-%dT11:00:00Z")
    defaults = {
        "retentionInDays": 30,
        "features": {"legacy": 0, "searchVersion": 1, "enableLogAccessUsingOnlyResourcePermissions": True},
        "workspaceCapping": {"dailyQuotaGb": -1.0},
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Enabled",
    }
    properties = with_defaults(arrival.properties, defaults)
    properties["workspaceCapping"] |= {"quotaNextResetTime": reset, "dataIngestionStatus": "RespectQuota"}
    properties |= {
        "customerId": arrival.guid("customer"),
        "provisioningState": "Succeeded",
        "sku": {"name": "PerGB2018" if sku.lower() in _OLD_SKUS else sku, "lastSkuUpdate": arrival.born},
        "createdDate": arrival.born,
        "modifiedDate": now,
    }
    etag = f'"{world.hex(arrival.id.key, now)[:8]}-0000-0200-0000-{world.hex(now)[:8]}0000"'
    return resource(arrival, properties, location=location_of(arrival), etag=etag, **_spelled(arrival))


def _spelled(arrival: Arrival) -> dict[str, str]:
    """Until 2021 the service wrote its ids in lower case."""
    if arrival.api_version >= "2022":
        return {}
    lower = arrival.id._replace(
        scope=arrival.id.scope.replace("/resourceGroups/", "/resourcegroups/"),
        namespace="microsoft.operationalinsights",
    )
    return {"id": lower.text}


def _shared_keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    born = body["properties"]["createdDate"]
    return Response(
        200,
        {
            "primarySharedKey": world.key(id.key, born, "primary"),
            "secondarySharedKey": world.key(id.key, born, "secondary"),
        },
    )


KINDS = (Kind(WORKSPACE, _fill, _PUT, actions={"sharedkeys": _shared_keys, "listkeys": _shared_keys}),)
