"""Microsoft.App and Microsoft.Web: the host names that templates ask for (UNVERIFIED)."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import (
    GONE,
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
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

_STATUS = "{sub}/providers/Microsoft.App/locations/{location}/{word}OperationStatuses/{operation}"
_APP_PUT = Reply(state="InProgress", status_at=_STATUS.replace("{word}", "containerapp"))
_ENVIRONMENT_PUT = Reply(state="Waiting", status_at=_STATUS.replace("{word}", "managedEnvironment"))
_APP_DELETE = Reply(new=202, body="empty", status_at=_STATUS.replace("{word}", "containerapp"))
_WORDS = ("calm", "bright", "quiet", "green", "happy", "brave", "gentle", "wise")
_THINGS = ("river", "meadow", "harbor", "field", "island", "forest", "stone", "cloud")


def _fill_environment(arrival: Arrival) -> Body:
    location, digits = location_of(arrival), arrival.guid("domain")
    domain = f"{_WORDS[int(digits[0], 16) % 8]}{_THINGS[int(digits[1], 16) % 8]}-{digits[:8]}"
    properties = {
        **arrival.properties,
        "provisioningState": "Succeeded",
        "defaultDomain": f"{domain}.{location}.azurecontainerapps.io",
        "staticIp": "20." + ".".join(str(octet) for octet in bytes.fromhex(digits[2:8])),
    }
    return resource(arrival, properties, location=location, systemData=system_data(arrival))


def _domain(arrival: Arrival) -> str:
    sent = arrival.properties
    id = str(sent.get("managedEnvironmentId") or sent.get("environmentId") or "").lower()  # noqa: A001
    record = arrival.world.store.get("resource", id)
    return str(record["body"]["properties"]["defaultDomain"]) if record else "local.azurecontainerapps.io"


def _fill_app(arrival: Arrival) -> Body:
    name, domain, environment = arrival.id.name, _domain(arrival), arrival.properties.get("managedEnvironmentId")
    revision = f"{name}--{arrival.world.hex(arrival.id.key, arrival.world.time())[:7]}"
    properties = {
        **arrival.properties,
        "provisioningState": "Succeeded",
        "runningStatus": "Running",
        "environmentId": environment or arrival.properties.get("environmentId"),
        "latestRevisionName": revision,
        "latestReadyRevisionName": revision,
        "latestRevisionFqdn": f"{revision}.{domain}",
        "customDomainVerificationId": arrival.world.hex(arrival.id.subscription).upper(),
        "outboundIpAddresses": [],
    }
    configuration = arrival.properties.get("configuration")
    if isinstance(configuration, dict) and isinstance(configuration.get("ingress"), dict):
        inner = "" if configuration["ingress"].get("external", False) else "internal."
        ingress = {**configuration["ingress"], "fqdn": f"{name}.{inner}{domain}"}
        properties["configuration"] = {**configuration, "ingress": ingress}
    return resource(arrival, properties, location=location_of(arrival), systemData=system_data(arrival))


def _fill_plan(arrival: Arrival) -> Body:
    properties = {"reserved": False, **arrival.properties, "provisioningState": "Succeeded", "status": "Ready"}
    return resource(arrival, properties, location=location_of(arrival))


def _fill_site(arrival: Arrival) -> Body:
    host = f"{'-'.join(arrival.id.names).lower()}.azurewebsites.net"
    properties = {
        "enabled": True,
        "httpsOnly": False,
        "publicNetworkAccess": "Enabled",
        **arrival.properties,
        "name": arrival.id.name,
        "state": "Running",
        "hostNames": [host],
        "enabledHostNames": [host, host.replace(".azurewebsites", ".scm.azurewebsites")],
        "defaultHostName": host,
        "repositorySiteName": arrival.id.name,
        "outboundIpAddresses": "20.0.0.1",
        "possibleOutboundIpAddresses": "20.0.0.1",
        "customDomainVerificationId": arrival.world.hex(arrival.id.subscription).upper(),
        "provisioningState": "Succeeded",
    }
    return resource(arrival, properties, location=location_of(arrival))


def _fill_config(arrival: Arrival) -> Body:
    """Keep the settings of an app as they were sent."""
    return with_defaults(resource(arrival, dict(arrival.properties)), {"location": location_of(arrival)})


def _config_list(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return Response(200, body)


def _host_keys(world: World, request: Request, id: ResourceId, body: Body) -> Response:  # noqa: A002
    return Response(
        200, {"masterKey": world.key(id.key, "master"), "functionKeys": {"default": world.key(id.key, "default")}}
    )


KINDS = (
    Kind("Microsoft.App/managedEnvironments", _fill_environment, _ENVIRONMENT_PUT, _APP_DELETE),
    Kind("Microsoft.App/managedEnvironments/dotNetComponents", fill_bare),
    Kind("Microsoft.App/containerApps", _fill_app, _APP_PUT, _APP_DELETE),
    Kind("Microsoft.Web/serverfarms", _fill_plan, SYNC_200, GONE),
    Kind("Microsoft.Web/sites", _fill_site, SYNC_200, GONE),
    Kind("Microsoft.Web/sites/slots", _fill_site, SYNC_200, GONE),
    Kind("Microsoft.Web/sites/config", _fill_config, SYNC_200, GONE, actions={"list": _config_list}),
    Kind("Microsoft.Web/sites/host", fill_bare, SYNC_200, GONE, actions={"listkeys": _host_keys}),
)
