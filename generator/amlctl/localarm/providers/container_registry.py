"""Microsoft.ContainerRegistry: registries and replications (observed: 2021-09-01 Basic, 2023-07-01 Premium)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

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
)
from amlctl.localarm.refusals import Refused, bad_request
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

REGISTRY = "Microsoft.ContainerRegistry/registries"
_REPLICATION = Reply(state="Creating", status_at="{id}/operationStatuses/replications-{operation}")


def _check(arrival: Arrival) -> None:
    name = arrival.id.name
    if not names.REGISTRY.fullmatch(name):
        message = (
            f"The registry name '{name}' is invalid. It may contain alpha numeric characters only and must be between 5"
            " and 50 characters."
        )
        raise bad_request(message, "InvalidRegistryName")
    if arrival.previous is None and names.holder(arrival.world, REGISTRY, name):
        message = (
            f"The registry DNS name {name.lower()}.azurecr.io is already in use. You can check if the name is already"
            " claimed using following API:"
            " https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability"
        )
        raise Refused(409, "AlreadyInUse", message)
    if not (arrival.body.get("sku") or {}).get("name"):
        raise bad_request("The sku is missing or has no name.", "InvalidParameter")


def _fill(arrival: Arrival) -> Body:
    sku = str(arrival.body["sku"]["name"])
    properties = with_defaults(arrival.properties, _defaults(arrival, premium=sku == "Premium"))
    retention = properties["policies"]["retentionPolicy"]
    retention["lastUpdatedTime"] = arrival.world.time()
    properties |= {
        "loginServer": f"{arrival.id.name.lower()}.azurecr.io",
        "creationDate": arrival.born,
        "provisioningState": "Succeeded",
        "privateEndpointConnections": arrival.kept.get("privateEndpointConnections", []),
    }
    filled = resource(
        arrival,
        properties,
        sku={"name": sku, "tier": sku},
        location=location_of(arrival),
        systemData=system_data(arrival),
    )
    filled.setdefault("tags", {})
    return filled


def _defaults(arrival: Arrival, *, premium: bool) -> Body:
    modern = arrival.api_version >= "2023"
    policies: Body = {
        "quarantinePolicy": {"status": "disabled"},
        "trustPolicy": {"type": "Notary", "status": "disabled"},
        "retentionPolicy": {"days": 7, "status": "disabled"},
        "exportPolicy": {"status": "enabled"},
    }
    defaults: Body = {
        "adminUserEnabled": False,
        "policies": policies,
        "encryption": {"status": "disabled"},
        "dataEndpointEnabled": False,
        "dataEndpointHostNames": [],
        "publicNetworkAccess": "Enabled",
        "networkRuleBypassOptions": "AzureServices",
        "zoneRedundancy": "Disabled",
    }
    if modern:
        policies["azureADAuthenticationAsArmPolicy"] = {"status": "enabled"}
        defaults["anonymousPullEnabled"] = False
    if premium:
        defaults["networkRuleSet"] = {"defaultAction": "Allow", "ipRules": []}
    return defaults


def _fill_replication(arrival: Arrival) -> Body:
    status = {"timestamp": arrival.world.time()}
    properties = {**arrival.properties, "provisioningState": "Succeeded", "status": status}
    filled = resource(arrival, properties, location=location_of(arrival), systemData=system_data(arrival))
    filled.setdefault("tags", {})
    return filled


def _credentials(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    if not body["properties"].get("adminUserEnabled"):
        message = f"The operation cannot be completed because admin user is disabled for the registry {id.name}."
        raise bad_request(message, "AdminUserDisabled")
    born = body["properties"]["creationDate"]
    passwords = [{"name": name, "value": world.key(id.key, born, name)} for name in ("password", "password2")]
    return Response(200, {"username": id.name, "passwords": passwords})


def _usages(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    limit = {"Basic": 10, "Standard": 100, "Premium": 500}.get(body["sku"]["name"], 10) * 1024**3
    return Response(200, {"value": [{"name": "Size", "limit": limit, "currentValue": 0, "unit": "Bytes"}]})


KINDS = (
    Kind(
        REGISTRY,
        _fill,
        SYNC_200,
        check=_check,
        actions={"listcredentials": _credentials, "regeneratecredential": _credentials, "listusages": _usages},
    ),
    Kind(f"{REGISTRY}/replications", _fill_replication, _REPLICATION),
    Kind(f"{REGISTRY}/privateEndpointConnections", fill_bare),
)
