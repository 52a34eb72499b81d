"""Checks of what may reach a platform and what its computes may call. Each takes an environment and gives findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amlctl.diagnostics import Finding, JsonPath
from amlctl.environment.finding import Check, fault_at
from amlctl.environment.models import OutboundRule
from amlctl.environment.outbound import CONDA_HOSTS, PRESETS, covers
from amlctl.environment.plain import load_plain
from amlctl.environment.values import Environment

_KINDS = ("preset", "fqdn", "service_tag", "private_endpoint")


def _address_list(environment: Environment) -> Iterator[Finding]:
    """The studio works with no address list on storage.

    how-to-enable-studio-virtual-network: "Firewall settings", which "is not supported when using … studio".
    """
    settings = environment.settings
    if not settings.network.allow_ips:
        return
    for kind in ("storage", "data"):
        account = getattr(settings, kind)
        if account is not None and account.public_access:
            message = f"`{kind}` would be behind an address list, which the studio does not support"
            instead = f"remove it (roles protect `{kind}`), or close the account: `{kind}: {{public_access: false}}`"
            yield fault_at(environment, "AML048", ("network", "allow_ips"), message, "", instead)


def _rules(environment: Environment) -> Iterator[Finding]:
    """A rule is of one kind, and fits the isolation of the network."""
    network = environment.settings.network
    for name, rule in network.outbound.items():
        path: JsonPath = ("network", "outbound", name)
        kinds = [kind for kind in _KINDS if getattr(rule, kind) is not None]
        if len(kinds) != 1:
            message = "a rule is exactly one of preset, fqdn, service_tag and private_endpoint"
            yield fault_at(environment, "AML056", path, message, ", ".join(kinds), "write one of them")
        elif rule.private_endpoint and not rule.target:
            message = "a private endpoint needs the part of the resource that it leads to"
            yield fault_at(environment, "AML056", path, message, "", "add `target: blob`, `vault`, `sqlServer`…")
        if network.mode == "public":
            message = "outbound rules need the managed network"
            yield fault_at(environment, "AML056", path, message, "network.mode: public", "network.mode: managed")
        elif (rule.preset or rule.fqdn) and network.isolation != "approved_outbound":
            message = "a network that may call the internet takes no FQDN rules"
            instead = "remove it, or `network: {isolation: approved_outbound}`"
            yield fault_at(environment, "AML056", path, message, f"isolation: {network.isolation}", instead)


def _conda(environment: Environment) -> Iterator[Finding]:
    """Approved outbound with a conda file needs rules for the hosts that the image is built from (real-azure.md B7)."""
    network = environment.settings.network
    if network.mode != "managed" or network.isolation != "approved_outbound":
        return
    hosts = approved_hosts(environment)
    for name, asset in environment.settings.assets.environments.items():
        if asset.conda is None or asset.conda not in environment.files:
            continue
        path = ("assets", "environments", name, "conda")
        channels, pip = _contents(environment.files[asset.conda].decode("utf-8", "replace"))
        missing = [host for host in CONDA_HOSTS if channels and not covers(hosts, host)]
        if missing:
            message = "the image cannot be built: no outbound rule admits the hosts of its conda channels"
            instead = "add `network: {outbound: {conda: {preset: conda}}}`"
            yield fault_at(environment, "AML057", path, message, ", ".join(missing), instead)
        if pip and not network.python_index:
            message = "the image cannot be built: it installs with pip, and no Python index is admitted"
            instead = "add `network: {python_index: <the host of your index>}`"
            yield fault_at(environment, "AML057", path, message, "pip:", instead)


def approved_hosts(environment: Environment) -> tuple[str, ...]:
    """Every FQDN that computes may call."""
    network = environment.settings.network
    found = [host for rule in network.outbound.values() for host in hosts_of(rule)]
    return (*found, *([network.python_index] if network.python_index else []))


def hosts_of(rule: OutboundRule) -> tuple[str, ...]:
    """The hosts that one rule admits."""
    return PRESETS[rule.preset] if rule.preset else (rule.fqdn,) if rule.fqdn else ()


def _contents(text: str) -> tuple[list[Any], bool]:
    """The channels of a conda file, and whether it installs with pip."""
    try:
        document = load_plain(text)
    except ValueError:
        return [], False
    document = document if isinstance(document, dict) else {}
    dependencies = document.get("dependencies")
    entries = dependencies if isinstance(dependencies, list) else []
    pip = any(isinstance(entry, dict) and entry.get("pip") for entry in entries)
    return [*(document.get("channels") or ["defaults"])], pip


CHECKS: tuple[Check, ...] = (_address_list, _rules, _conda)
