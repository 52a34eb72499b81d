"""Hosts that Azure documents for what people do in a workspace whose network admits approved hosts alone.

Source: azure-ai-docs, how-to-managed-network (050f182), the scenarios "Access public machine learning packages", "Use
Visual Studio Code desktop or web" and "Use HuggingFace models". The host of a Python index is never built in:
``network.python_index`` names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from amlctl.diagnostics import JsonPath
from amlctl.environment.models import Network, OutboundRule
from amlctl.hashes import unique_string

LONGEST_NAME = 33
"""Azure takes 3 to 33 characters as the name of a rule (bicep-types-az, workspaces/outboundRules 2025-12-01)."""
ENDPOINTS = {
    ("storage", "queue"): "storage-queue",
    ("storage", "table"): "storage-table",
    ("data", "blob"): "data-blob",
    ("key_vault", "vault"): "key-vault",
}
"""Names of the private endpoints that amlctl adds by itself, by resource and part of it."""
OWN_NAMES = frozenset({"python-index", *ENDPOINTS.values()})
"""Names that no entry of ``network.outbound`` may have."""
PRESETS: dict[str, tuple[str, ...]] = {
    "conda": ("anaconda.com", "*.anaconda.com", "*.anaconda.org"),
    "huggingface": (
        "docker.io",
        "*.docker.io",
        "*.docker.com",
        "production.cloudflare.docker.com",
        "cdn.auth0.com",
        "cdn-lfs.huggingface.co",
    ),
    "vscode": (
        "*.vscode.dev",
        "vscode.blob.core.windows.net",
        "*.gallerycdn.vsassets.io",
        "raw.githubusercontent.com",
        "*.vscode-unpkg.net",
        "*.vscode-cdn.net",
        "*.vscodeexperiments.azureedge.net",
        "default.exp-tas.com",
        "code.visualstudio.com",
        "update.code.visualstudio.com",
        "*.vo.msecnd.net",
        "marketplace.visualstudio.com",
        "vscode.download.prss.microsoft.com",
    ),
}


def covers(rules: tuple[str, ...], host: str) -> bool:
    """Tell whether one of some FQDN rules admits a host; ``*.x`` admits every host below x."""
    return any(host == rule or (rule.startswith("*.") and host.endswith(rule[1:])) for rule in rules)


class HostRule(NamedTuple):
    """One FQDN rule: its name in Azure, the host, and where the host was written."""

    name: str
    host: str
    path: JsonPath


def hosts_of(rule: OutboundRule) -> tuple[str, ...]:
    """Give the hosts that one entry of ``network.outbound`` admits."""
    return PRESETS[rule.preset] if rule.preset else (rule.fqdn,) if rule.fqdn else ()


def host_rules(network: Network) -> list[HostRule]:
    """Give the FQDN rules of a network with the names that they get in Azure, each host once."""
    found: dict[str, HostRule] = {}
    for name, rule in network.outbound.items():
        for host in hosts_of(rule):
            label = name if rule.fqdn else _label(name, host)
            path: JsonPath = ("network", "outbound", name, "fqdn" if rule.fqdn else "preset")
            found.setdefault(host.lower(), HostRule(label, host, path))
    if network.python_index:
        index = HostRule("python-index", network.python_index, ("network", "python_index"))
        found.setdefault(network.python_index.lower(), index)
    return list(found.values())


def taken_names(network: Network) -> Iterator[tuple[str, str]]:
    """Give the entries of ``network.outbound`` whose name in Azure is taken already, and by what."""
    taken = dict.fromkeys(OWN_NAMES, "amlctl")
    of_presets = [rule for rule in host_rules(network) if rule.path[-1] == "preset"]
    taken.update({rule.name.lower(): f"outbound.{rule.path[-2]}" for rule in of_presets})
    for name in network.outbound:
        if name.lower() in taken:
            yield name, taken[name.lower()]
        taken.setdefault(name.lower(), f"outbound.{name}")


def _label(name: str, host: str) -> str:
    """Name the rule for one host of a preset; what is too long is cut and gets five letters of a hash."""
    whole = f"{name}-{host.replace('*.', 'all-').replace('.', '-')}"
    if len(whole) <= LONGEST_NAME:
        return whole
    return f"{whole[: LONGEST_NAME - 6].rstrip('-_')}-{unique_string(name, host)[:5]}"
