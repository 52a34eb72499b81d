"""Checks of what may reach a platform and what its computes may call. Each takes an environment and gives findings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from amlctl.diagnostics import Finding, JsonPath
from amlctl.environment.finding import Check, fault_at
from amlctl.environment.models import Network
from amlctl.environment.outbound import PRESETS, covers, host_rules, taken_names
from amlctl.environment.packages import DOCKER, INDEX, MICROSOFT, Needed, of_conda, of_image
from amlctl.environment.values import Environment

_STORAGE = re.compile(r"\.(?:blob|file|queue|table|dfs|web)\.core\.[a-z.]+$", re.IGNORECASE)
_KINDS = ("preset", "fqdn", "service_tag", "private_endpoint")


def _address_list(environment: Environment) -> Iterator[Finding]:
    """The studio works with no address list on storage.

    how-to-enable-studio-virtual-network, "Firewall settings": a list of addresses on the account "isn't supported when
    using Azure Machine Learning studio".
    """
    settings = environment.settings
    if not settings.network.allow_ips:
        return
    for kind in ("storage", "data"):
        account = getattr(settings, kind)
        if account is not None and account.public_access:
            message = f"`{kind}` would be behind an address list, which the studio does not support"
            instead = (
                f"open the vault alone, `key_vault: {{allow_ips: […]}}` (roles protect `{kind}`), or close the account,"
                f" `{kind}: {{public_access: false}}`"
            )
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
        if rule.fqdn and _STORAGE.search(rule.fqdn):
            message = "Azure ML takes no FQDN rule for a storage account (how-to-managed-network, Limitations)"
            instead = "write `private_endpoint: <id of the account>` and `target: blob`"
            yield fault_at(environment, "AML056", (*path, "fqdn"), message, rule.fqdn, instead)
        if network.mode == "public":
            message = "outbound rules need the managed network"
            yield fault_at(environment, "AML056", path, message, "network.mode: public", "network.mode: managed")
        elif (rule.preset or rule.fqdn) and network.isolation != "approved_outbound":
            message = "a network that may call the internet takes no FQDN rules"
            instead = "remove it, or `network: {isolation: approved_outbound}`"
            yield fault_at(environment, "AML056", path, message, f"isolation: {network.isolation}", instead)
    for name, by in taken_names(network):
        message = f"the name of this rule is taken by {by}"
        yield fault_at(environment, "AML056", ("network", "outbound", name), message, "", "choose another name")


def _builds(environment: Environment) -> Iterator[Finding]:
    """Approved outbound needs a rule for each host that an image is built from (how-to-managed-network)."""
    network = environment.settings.network
    if network.mode != "managed" or network.isolation != "approved_outbound":
        return
    hosts = tuple(rule.host for rule in host_rules(network))
    for name, asset in environment.settings.assets.environments.items():
        path: JsonPath = ("assets", "environments", name)
        image = of_image(asset.image)
        if not covers(hosts, image.host) and not _has_endpoint(environment, image.host):
            message = "the image cannot be pulled: no outbound rule admits its registry"
            yield fault_at(environment, "AML057", (*path, "image"), message, image.host, _admit(image.host))
        if asset.conda is not None and asset.conda in environment.files:
            text = environment.files[asset.conda].decode("utf-8", "replace")
            missing = [one for one in of_conda(text) if not _admits(network, hosts, one.host)]
            yield from (_cannot_build(environment, (*path, "conda"), one) for one in missing)


def _cannot_build(environment: Environment, path: JsonPath, needed: Needed) -> Finding:
    if needed.host == INDEX:
        message = "the image cannot be built: it installs with pip, and no Python index is admitted"
        instead = "add `network: {python_index: <the host of your index>}`"
    else:
        message = f"the image cannot be built: no outbound rule admits {needed.host}"
        instead = _admit(needed.host)
    return fault_at(environment, "AML057", path, message, needed.what[:60], instead)


def _admits(network: Network, hosts: tuple[str, ...], host: str) -> bool:
    return network.python_index is not None if host == INDEX else covers(hosts, host)


def _admit(host: str) -> str:
    """Say which rule admits a host: a preset that has it, else one for the host alone."""
    if host == DOCKER:
        return 'import the image into the container registry, or admit "*.docker.io" and "*.docker.com"'
    preset = next((name for name, hosts in PRESETS.items() if covers(hosts, host)), None)
    rule = f"{preset}: {{preset: {preset}}}" if preset else f"packages: {{fqdn: {host}}}"
    return f"add `network: {{outbound: {{{rule}}}}}`"


def _has_endpoint(environment: Environment, host: str) -> bool:
    """Whether a registry needs no FQDN rule: Microsoft's, the workspace's own, or one with a private endpoint."""
    use = environment.used.get("registry")
    own = environment.stacks[use.stack].names["registry"] if use and use.stack in environment.stacks else None
    named = [own or environment.names["registry"]] if own or environment.settings.registry else []
    registries = {one.text.lower() for one in named}
    for rule in environment.settings.network.outbound.values():
        registries.add((rule.private_endpoint or "").rpartition("/")[2].lower())
    return host == MICROSOFT or host.partition(".")[0].lower() in registries


CHECKS: tuple[Check, ...] = (_address_list, _rules, _builds)
