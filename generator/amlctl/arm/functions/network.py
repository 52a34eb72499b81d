"""Address ranges: `parseCidr`, `cidrSubnet`, `cidrHost`, for IPv4 and IPv6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlctl.arm.faults import wrong_value
from amlctl.arm.functions.signature import built_in

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network


def _network(function: str, text: str) -> IPv4Network | IPv6Network:
    from ipaddress import ip_network

    try:
        if "/" not in text:
            raise ValueError(text)
        return ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise wrong_value(function, f"expects a valid CIDR network. The provided value is '{text}'.") from error


@built_in("parseCidr", "s")
def _parse_cidr(text: str) -> dict[str, Any]:
    network = _network("parseCidr", text)
    result: dict[str, Any] = {"network": str(network.network_address), "netmask": str(network.netmask)}
    first, last = network[0], network[-1]
    if network.version == 4:
        result["broadcast"] = str(network.broadcast_address)
        if network.prefixlen < 31:
            first, last = network[1], network[-2]
    return {**result, "firstUsable": str(first), "lastUsable": str(last), "cidr": network.prefixlen}


@built_in("cidrSubnet", "s i i")
def _cidr_subnet(text: str, prefix: int, index: int) -> str:
    network = _network("cidrSubnet", text)
    most = 32 if network.version == 4 else 128
    if not network.prefixlen <= prefix <= most:
        raise wrong_value(
            "cidrSubnet", f"expects a prefix from {network.prefixlen} to {most}. The provided value is '{prefix}'."
        )
    if index < 0 or index >= 1 << (prefix - network.prefixlen):
        raise wrong_value("cidrSubnet", f"has no subnet of prefix '{prefix}' at index '{index}' in '{text}'.")
    start = int(network.network_address) + (index << (most - prefix))
    return f"{type(network.network_address)(start)}/{prefix}"


@built_in("cidrHost", "s i")
def _cidr_host(text: str, index: int) -> str:
    network = _network("cidrHost", text)
    last = network.max_prefixlen - 1  # networks of one or two addresses have no address to keep
    first = 1 if network.prefixlen < last else 0
    usable = network.num_addresses - first - (1 if first and network.version == 4 else 0)
    if index < 0 or index >= usable:
        raise wrong_value("cidrHost", f"has no host at index '{index}' in '{text}'.")
    return str(network[index + first])
