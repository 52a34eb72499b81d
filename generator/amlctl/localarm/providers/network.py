"""Microsoft.Network: networks, groups, endpoints, zones (observed: 2020-11-01, 2022-07-01, zones 2018-09-01)."""

from __future__ import annotations

from typing import Any

from amlctl.localarm.ids import ResourceId, parse
from amlctl.localarm.providers.kinds import (
    GONE,
    SYNC,
    Arrival,
    Body,
    Kind,
    Reply,
    location_of,
    resource,
    with_defaults,
)
from amlctl.localarm.world import World

_STATUS = "{sub}/providers/Microsoft.Network/locations/{location}/operations/{operation}"
_RESULT = "{sub}/providers/Microsoft.Network/locations/{location}/operationResults/{operation}"
_NOTED = (("Azure-AsyncNotification", "Enabled"),)
_PUT = Reply(state="Updating", status_at=_STATUS, headers=_NOTED)
_DELETE = Reply(new=202, body="empty", status_at=_STATUS, result_at=_RESULT, headers=_NOTED)
_DNS_PUT = Reply(
    new=202,
    same=202,
    state="Updating",
    body="object",
    status_at="{group}/providers/Microsoft.Network/privateDnsOperationStatuses/{operation}",
    result_at="{group}/providers/Microsoft.Network/privateDnsOperationResults/{operation}",
    poll=202,
)
_DNS_DELETE = _DNS_PUT._replace(body="empty", state="")
_SUBNET = {
    "delegations": [],
    "privateEndpointNetworkPolicies": "Disabled",
    "privateLinkServiceNetworkPolicies": "Enabled",
}
_RULE_LISTS: Body = {
    "sourcePortRanges": [],
    "destinationPortRanges": [],
    "sourceAddressPrefixes": [],
    "destinationAddressPrefixes": [],
}
_DEFAULT_RULES = (
    (
        "AllowVnetInBound",
        "Allow inbound traffic from all VMs in VNET",
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow",
        65000,
    ),
    (
        "AllowAzureLoadBalancerInBound",
        "Allow inbound traffic from azure load balancer",
        "AzureLoadBalancer",
        "*",
        "Allow",
        65001,
    ),
    ("DenyAllInBound", "Deny all inbound traffic", "*", "*", "Deny", 65500),
    (
        "AllowVnetOutBound",
        "Allow outbound traffic from all VMs to all VMs in VNET",
        "VirtualNetwork",
        "VirtualNetwork",
        "Allow",
        65000,
    ),
    ("AllowInternetOutBound", "Allow outbound traffic from all VMs to Internet", "*", "Internet", "Allow", 65001),
    ("DenyAllOutBound", "Deny all outbound traffic", "*", "*", "Deny", 65500),
)


def _etag(arrival: Arrival) -> str:
    return f'W/"{arrival.world.guid(arrival.id.key, arrival.world.time(), "etag")}"'


def _tracked(arrival: Arrival, properties: Body, **more: Any) -> Body:
    head = {"provisioningState": "Succeeded", "resourceGuid": arrival.guid("resource")}
    return resource(arrival, {**head, **properties, **head}, etag=_etag(arrival), location=location_of(arrival), **more)


def _part(arrival: Arrival, properties: Body) -> Body:
    return resource(arrival, {**properties, "provisioningState": "Succeeded"}, etag=_etag(arrival))


def _fill_network(arrival: Arrival) -> Body:
    defaults = {"subnets": [], "virtualNetworkPeerings": [], "enableDdosProtection": False}
    return _tracked(arrival, with_defaults(arrival.properties, defaults))


def _fill_subnet(arrival: Arrival) -> Body:
    return _part(arrival, with_defaults(arrival.properties, _SUBNET))


def _fill_peering(arrival: Arrival) -> Body:
    return _part(arrival, {"peeringState": "Initiated", **arrival.properties})


def _fill_group(arrival: Arrival) -> Body:
    properties = with_defaults(arrival.properties, {"securityRules": []})
    properties["defaultSecurityRules"] = [_default_rule(arrival, *rule) for rule in _DEFAULT_RULES]
    return _tracked(arrival, properties)


def _default_rule(arrival: Arrival, name: str, text: str, source: str, target: str, access: str, priority: int) -> Body:
    rule = arrival.id.child("defaultSecurityRules", name)
    properties = {
        "provisioningState": "Succeeded",
        "description": text,
        "protocol": "*",
        "sourcePortRange": "*",
        "destinationPortRange": "*",
        "sourceAddressPrefix": source,
        "destinationAddressPrefix": target,
        "access": access,
        "priority": priority,
        "direction": "Inbound" if name.endswith("InBound") else "Outbound",
        **_RULE_LISTS,
    }
    return {"name": name, "id": rule.text, "etag": _etag(arrival), "type": rule.type, "properties": properties}


def _fill_rule(arrival: Arrival) -> Body:
    return _part(arrival, with_defaults(arrival.properties, _RULE_LISTS))


def _fill_address(arrival: Arrival) -> Body:
    defaults: Body = {"publicIPAddressVersion": "IPv4", "idleTimeoutInMinutes": 4, "ipTags": []}
    if arrival.properties.get("publicIPAllocationMethod") == "Static":
        octets = bytes.fromhex(arrival.world.hex(arrival.id.key, arrival.born)[:6])
        defaults["ipAddress"] = "20." + ".".join(str(octet) for octet in octets)
    return _tracked(arrival, with_defaults(arrival.properties, defaults), sku=_sku(arrival))


def _fill_gateway(arrival: Arrival) -> Body:
    return _tracked(arrival, with_defaults(arrival.properties, {"idleTimeoutInMinutes": 4}), sku=_sku(arrival))


def _sku(arrival: Arrival) -> Body:
    return {"name": "Basic", "tier": "Regional", **(arrival.body.get("sku") or {})}


def _fill_endpoint(arrival: Arrival) -> Body:
    defaults = {"manualPrivateLinkServiceConnections": [], "customNetworkInterfaceName": "", "ipConfigurations": []}
    properties = with_defaults(arrival.properties, defaults)
    sent = properties.get("privateLinkServiceConnections") or []
    properties["privateLinkServiceConnections"] = [_connection(arrival, item) for item in sent]
    nic = properties["customNetworkInterfaceName"] or f"{arrival.id.name}.nic.{arrival.guid('nic')}"
    interface = arrival.id._replace(types=("networkInterfaces",), names=(nic,))
    properties["networkInterfaces"] = [{"id": interface.text}]
    properties["customDnsConfigs"] = [
        config for at, item in enumerate(sent) for config in _dns_configs(item.get("properties") or {}, 4 + at)
    ]
    return _tracked(arrival, properties)


def _connection(arrival: Arrival, sent: Body) -> Body:
    id = arrival.id.child("privateLinkServiceConnections", str(sent.get("name")))  # noqa: A001
    state = {"status": "Approved", "description": "Auto-Approved", "actionsRequired": "None"}
    properties = {
        "provisioningState": "Succeeded",
        **(sent.get("properties") or {}),
        "privateLinkServiceConnectionState": state,
    }
    return {"name": id.name, "id": id.text, "etag": _etag(arrival), "properties": properties, "type": id.type}


_ZONES = {
    "blob": "blob.core.windows.net",
    "file": "file.core.windows.net",
    "queue": "queue.core.windows.net",
    "table": "table.core.windows.net",
    "dfs": "dfs.core.windows.net",
    "web": "web.core.windows.net",
    "vault": "vault.azure.net",
    "registry": "azurecr.io",
    "amlworkspace": "workspace.api.azureml.ms",
    "amlregistry": "registry.api.azureml.ms",
}


def _dns_configs(connection: Body, last: int) -> list[Body]:
    target = parse(str(connection.get("privateLinkServiceId") or ""))
    if target is None:
        return []
    zones = [_ZONES.get(group, f"{group}.azure.net") for group in connection.get("groupIds") or []]
    return [{"fqdn": f"{target.name}.{zone}", "ipAddresses": [f"10.0.0.{last}"]} for zone in zones]


def _after_endpoint(arrival: Arrival, body: Body) -> None:
    """Show the connection on the target, as the target's service does."""
    for item in body["properties"]["privateLinkServiceConnections"]:
        _note(arrival, item)


def _note(arrival: Arrival, item: Body) -> None:
    store, key = arrival.world.store, str(item["properties"].get("privateLinkServiceId", "")).lower()
    record = store.get("resource", key)
    target = parse(key)
    if record is None or target is None or not isinstance(record["body"].get("properties"), dict):
        return
    name = f"{arrival.id.name}.{arrival.guid('connection')}"
    spelled = parse(record["body"]["id"]) or target
    entry = {
        "id": spelled.child("privateEndpointConnections", name).text,
        "name": name,
        "type": f"{spelled.type}/privateEndpointConnections",
        "properties": {
            "provisioningState": "Succeeded",
            "privateEndpoint": {"id": arrival.id.text},
            "privateLinkServiceConnectionState": item["properties"]["privateLinkServiceConnectionState"],
        },
    }
    listed = record["body"]["properties"].setdefault("privateEndpointConnections", []) or []
    others = [one for one in listed if one["properties"]["privateEndpoint"]["id"].lower() != arrival.id.key]
    record["body"]["properties"]["privateEndpointConnections"] = [*others, entry]
    store.put("resource", key, record)


def _fill_zone_group(arrival: Arrival) -> Body:
    configs = [_zone_config(arrival, item) for item in arrival.properties.get("privateDnsZoneConfigs") or []]
    return _part(arrival, {"privateDnsZoneConfigs": configs})


def _zone_config(arrival: Arrival, sent: Body) -> Body:
    id = arrival.id.child("privateDnsZoneConfigs", str(sent.get("name")))  # noqa: A001
    zone_id = str((sent.get("properties") or {}).get("privateDnsZoneId", ""))
    zone = zone_id.rpartition("/")[2]
    record = {
        "recordType": "A",
        "recordSetName": _target_name(arrival),
        "fqdn": f"{_target_name(arrival)}.{zone}",
        "ttl": 10,
        "provisioningState": "Succeeded",
        "ipAddresses": ["10.0.0.4"],
    }
    properties = {"provisioningState": "Succeeded", "privateDnsZoneId": zone_id, "recordSets": [record]}
    return {"name": id.name, "id": id.text, "etag": _etag(arrival), "type": id.type, "properties": properties}


def _target_name(arrival: Arrival) -> str:
    above = arrival.id.parent
    record = arrival.world.store.get("resource", above.key) if above else None
    connections = record["body"]["properties"]["privateLinkServiceConnections"] if record else []
    if not connections:
        return "endpoint"
    return str(connections[0]["properties"].get("privateLinkServiceId", "")).rpartition("/")[2]


def _fill_zone(arrival: Arrival) -> Body:
    properties = {
        "maxNumberOfRecordSets": 25000,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
        "numberOfRecordSets": 1,
        "numberOfVirtualNetworkLinks": 0,
        "numberOfVirtualNetworkLinksWithRegistration": 0,
        "provisioningState": "Succeeded",
    }
    etag = arrival.world.guid(arrival.id.key, arrival.world.time(), "etag")
    return resource(arrival, properties, etag=etag, location="global")


def _view_zone(world: World, id: ResourceId, body: Body) -> Body:  # noqa: A002
    """Count links and records of the zone."""
    inside = world.store.keys("resource", id.key + "/")
    links = [key for key in inside if "/virtualnetworklinks/" in key]
    properties = {
        **body["properties"],
        "numberOfVirtualNetworkLinks": len(links),
        "numberOfRecordSets": 1 + len(inside) - len(links),
    }
    return {**body, "properties": properties}


def _fill_link(arrival: Arrival) -> Body:
    properties = {
        "registrationEnabled": False,
        **arrival.properties,
        "provisioningState": "Succeeded",
        "virtualNetworkLinkState": "Completed",
    }
    return resource(arrival, properties, etag=_etag(arrival).removeprefix("W/"), location="global")


def _fill_record(arrival: Arrival) -> Body:
    zone = arrival.id.names[0]
    properties = {"fqdn": f"{arrival.id.name}.{zone}.", **arrival.properties, "isAutoRegistered": False}
    return resource(arrival, properties, etag=arrival.world.guid(arrival.id.key, arrival.world.time(), "etag"))


_N = "Microsoft.Network"
KINDS = (
    Kind(f"{_N}/virtualNetworks", _fill_network, _PUT, _DELETE, embeds=("subnets", "virtualNetworkPeerings")),
    Kind(f"{_N}/virtualNetworks/subnets", _fill_subnet, _PUT, _DELETE),
    Kind(f"{_N}/virtualNetworks/virtualNetworkPeerings", _fill_peering, _PUT, _DELETE),
    Kind(f"{_N}/networkSecurityGroups", _fill_group, _PUT, _DELETE, embeds=("securityRules",)),
    Kind(f"{_N}/networkSecurityGroups/securityRules", _fill_rule, _PUT, _DELETE),
    Kind(f"{_N}/publicIPAddresses", _fill_address, _PUT, _DELETE),
    Kind(f"{_N}/natGateways", _fill_gateway, _PUT, _DELETE),
    Kind(f"{_N}/privateEndpoints", _fill_endpoint, _PUT, _DELETE, after=_after_endpoint),
    Kind(f"{_N}/privateEndpoints/privateDnsZoneGroups", _fill_zone_group, _PUT, _DELETE),
    Kind(f"{_N}/privateDnsZones", _fill_zone, _DNS_PUT, _DNS_DELETE, view=_view_zone),
    Kind(f"{_N}/privateDnsZones/virtualNetworkLinks", _fill_link, _DNS_PUT, _DNS_DELETE),
    Kind(f"{_N}/privateDnsZones/CNAME", _fill_record, SYNC, GONE),
    Kind(f"{_N}/privateDnsZones/A", _fill_record, SYNC, GONE),
)
