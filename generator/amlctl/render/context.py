"""Environment → what ``main.bicep.j2`` sees: the same values, plus what follows from them (who is shared, who gets
which role).

Jinja decides what exists; everything that takes thought is decided here, in Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from amlctl.diagnostics import JsonPath
from amlctl.environment.models import Cluster, Instance, OutboundRule
from amlctl.environment.naming import Name
from amlctl.environment.outbound import ENDPOINTS, host_rules
from amlctl.environment.values import Environment
from amlctl.render.grants import SYMBOLS, grants_of, has_jobs, other_subscription, role_ids, target, targets
from amlctl.render.leaves import Leaf, View, wrap
from amlctl.render.symbols import Symbols

SHARED_TYPES = {
    "storage": "Microsoft.Storage/storageAccounts@2025-08-01",
    "data": "Microsoft.Storage/storageAccounts@2025-08-01",
    "key_vault": "Microsoft.KeyVault/vaults@2026-02-01",
    "registry": "Microsoft.ContainerRegistry/registries@2025-11-01",
    "logs": "Microsoft.OperationalInsights/workspaces@2025-07-01",
}
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def main_context(environment: Environment) -> dict[str, Any]:
    """Make the context of ``main.bicep.j2`` (one workspace, or a stack that others use)."""
    settings = environment.settings
    symbols = Symbols(SYMBOLS.values())
    resources = {kind: _resource(environment, kind) for kind in (*SYMBOLS,)}
    grants = grants_of(environment)
    computes = [*clusters(environment, symbols), *instances(environment, symbols)]
    return {
        "name": environment.name,
        "file": environment.file,
        "settings": wrap(settings, ()),
        "names": View(**{kind: _name(name) for kind, name in environment.names.items()}),
        "description": _description(environment),
        "tags": tags(environment),
        "shared": [resource for resource in resources.values() if resource is not None and resource.shared],
        **resources,
        "audit": settings.diagnostics,
        "vault_addresses": _vault_addresses(environment),
        "isolated": settings.network.mode == "managed",
        "isolation": _isolation(environment),
        "data_isolation": any(kind in environment.used for kind in ("storage", "key_vault", "registry")),
        "containers": _containers(environment),
        "clusters": [one for one in computes if one.kind == "cluster"],
        "instances": [one for one in computes if one.kind == "instance"],
        "first": computes[0].symbol if computes else None,
        "outbound": (rules := outbound(environment, resources)),
        "firewall": any(rule.type == "FQDN" for rule in rules),
        "jobs": has_jobs(environment),
        "datastores": _datastores(environment, symbols),
        "roles": role_ids(grants),
        "grants": targets(environment, grants, symbols),
        "workspace_grants": target(environment, "workspace", grants["workspace"], symbols),
    }


def _vault_addresses(environment: Environment) -> list[Leaf]:
    """The addresses that may reach the key vault: its own list, or that of the network."""
    vault = environment.settings.key_vault
    own = vault.allow_ips if vault else ()
    addresses, path = (own, ("key_vault",)) if own else (environment.settings.network.allow_ips, ("network",))
    return [Leaf(address, (*path, "allow_ips", index)) for index, address in enumerate(addresses)]


def _name(name: Name) -> Leaf:
    return Leaf(name.text, name.origin)


def _description(environment: Environment) -> Leaf | str:
    if environment.settings.description is None:
        return f"The environment {environment.name}"
    return Leaf(environment.settings.description, ("description",))


def tags(environment: Environment) -> list[View]:
    """The tags of every resource: ours first, then those of the file, which may not be ours."""
    settings = environment.settings
    own: list[tuple[Any, Any]] = [("environment", environment.name), ("managed-by", "amlctl")]
    if settings.owner is not None:
        own.append(("owner", Leaf(settings.owner, ("owner",))))
    if settings.expires is not None:
        own.append(("expires", Leaf(settings.expires, ("expires",))))
    written = {name.casefold() for name in settings.tags}
    own = [(key, value) for key, value in own if key not in written]
    own += [(Leaf(key, ("tags", key)), Leaf(value, ("tags", key))) for key, value in settings.tags.items()]
    return [View(key=key, value=value) for key, value in own]


def _resource(environment: Environment, kind: str) -> View | None:
    """One of the resources around a workspace: made here, used from another stack, or not there."""
    use = environment.used.get(kind)
    symbol = SYMBOLS[kind]
    if use is None:
        if getattr(environment.settings, kind) is None:
            return None
        return View(shared=False, symbol=symbol, id=f"{symbol}.outputs.id", name=f"{symbol}.outputs.name")
    stack = environment.stacks[use.stack]
    return View(
        shared=True,
        symbol=symbol,
        id=f"{symbol}.id",
        name=f"{symbol}.name",
        type=SHARED_TYPES[kind],
        text=Leaf(stack.names[use.kind].text, ("uses", kind)),
        group=Leaf(stack.names["resource_group"].text, ("uses", kind)),
        subscription=other_subscription(environment, stack, kind),
        stack=use.stack,
    )


def _isolation(environment: Environment) -> Leaf:
    network = environment.settings.network
    if network.mode == "public":
        return Leaf("Disabled", ("network", "mode"))
    words = {"internet_outbound": "AllowInternetOutbound", "approved_outbound": "AllowOnlyApprovedOutbound"}
    return Leaf(words[network.isolation], ("network", "isolation"))


def _containers(environment: Environment) -> list[Leaf]:
    """The containers that the environment's own account gets, each once."""
    found: dict[str, Leaf] = {}
    storage = environment.settings.storage
    for index, container in enumerate(storage.containers if storage else ()):
        found.setdefault(container, Leaf(container, ("storage", "containers", index)))
    for name, store in environment.settings.datastores.items():
        if store.account is None and store.type == "blob" and store.within == "own":
            found.setdefault(store.container, Leaf(store.container, ("datastores", name, "container")))
    return list(found.values())


def clusters(environment: Environment, symbols: Symbols) -> list[View]:
    """The clusters, each with the symbol of its module."""
    found = []
    for name, compute in environment.settings.compute.items():
        if isinstance(compute, Cluster):
            path: JsonPath = ("compute", name)
            priority = "Dedicated" if compute.tier == "dedicated" else "LowPriority"
            found.append(
                View(
                    kind="cluster",
                    symbol=symbols.take(name, "Cluster"),
                    name=Leaf(name, path),
                    priority=Leaf(priority, (*path, "tier")),
                    settings=wrap(compute, path),
                )
            )
    return found


def instances(environment: Environment, symbols: Symbols) -> list[View]:
    """The instances, each with the symbol of its module; in a class ``key`` is what the person's row is asked by."""
    found = []
    for key, compute in environment.settings.compute.items():
        if isinstance(compute, Instance):
            path: JsonPath = ("compute", key)
            name = environment.instances.get((key, ""))
            mine = compute.owner == "me"
            found.append(
                View(
                    kind="instance",
                    symbol=symbols.take(key, "Instance"),
                    key=Leaf(key, path),
                    name=Leaf(name.text, name.origin) if name else None,
                    mine=mine,
                    owner=None if mine or compute.owner is None else Leaf(compute.owner, (*path, "owner")),
                    # Azure switches it off if there is a setup script or the instance is made for another, and the
                    # creator cannot switch it on (how-to-create-compute-instance, "Create on behalf of").
                    sso=compute.setup is None and not environment.people and (mine or compute.owner is None),
                    script=None if compute.setup is None else Leaf(f"../../{compute.setup}", (*path, "setup")),
                    schedules=_schedules(compute, (*path, "schedule")),
                    settings=wrap(compute, path),
                )
            )
    return found


def _schedules(instance: Instance, path: JsonPath) -> list[View]:
    """The entries of ``computeStartStop``: a start and a stop, by cron."""
    schedule = instance.schedule
    if schedule is None:
        return []
    days = ",".join(str(number) for number in sorted(DAYS.index(day) for day in schedule.days))
    entries = []
    for action, field in (("Start", "start"), ("Stop", "stop")):
        time = getattr(schedule, field)
        if time is not None:
            hour, minute = (int(part) for part in time.split(":"))
            cron = Leaf(f"{minute} {hour} * * {days}", (*path, field))
            entries.append(View(action=action, cron=cron, zone=Leaf(schedule.timezone, (*path, "timezone"))))
    return entries


def outbound(environment: Environment, resources: Mapping[str, View | None]) -> list[View]:
    """The outbound rules of the managed network, each with the name that it has in Azure."""
    network = environment.settings.network
    if environment.settings.workspace is None or network.mode != "managed":
        return []
    hosts = host_rules(network) if network.isolation == "approved_outbound" else []
    found = [rule for name, one in network.outbound.items() for rule in _written_rules(name, one)]
    found += [View(name=rule.name, type="FQDN", host=Leaf(rule.host, rule.path)) for rule in hosts]
    return found + _endpoints(environment, resources)


def _written_rules(name: str, rule: OutboundRule) -> Iterator[View]:
    path: JsonPath = ("network", "outbound", name)
    if rule.private_endpoint:
        target = Leaf(rule.target or "", (*path, "target"))
        yield View(name=name, type="PrivateEndpoint", id=Leaf(rule.private_endpoint, path), target=target, symbol=None)
    elif rule.service_tag:
        yield View(name=name, type="ServiceTag", settings=wrap(rule, path))


def _endpoints(environment: Environment, resources: Mapping[str, View | None]) -> list[View]:
    """Endpoints that computes need and the service does not make by itself (how-to-managed-network).

    "List of required rules": it makes those to blobs and files of the workspace's storage, to its vault and registry,
    if they are closed or the isolation is approved outbound. "Use batch endpoints or ParallelRunStep": queues and
    tables are ours, and so is the account for data. A vault that is open to an address list alone admits no compute
    (how-to-secure-workspace-vnet, "Secure Azure Key Vault").
    """
    if environment.people:  # modules/person.bicep makes those of each person
        return []
    approved = environment.settings.network.isolation == "approved_outbound"
    wanted = {
        "storage": ("queue", "table") if approved or not _public(environment, "storage") else (),
        "data": ("blob",) if approved or not _public(environment, "data") else (),
        "key_vault": ("vault",) if _public(environment, "key_vault") and not approved else (),
    }
    return [
        View(name=ENDPOINTS[kind, part], type="PrivateEndpoint", id=None, target=part, symbol=resource.id)
        for kind, parts in wanted.items()
        for part in parts
        if (resource := resources[kind]) is not None
    ]


def _public(environment: Environment, kind: str) -> bool:
    """Whether a resource around the workspace, its own or one of a stack, answers on the internet."""
    use = environment.used.get(kind)
    holder = environment.stacks[use.stack].settings if use else environment.settings
    resource = getattr(holder, use.kind if use else kind)
    return resource is not None and bool(resource.public_access)


def _datastores(environment: Environment, symbols: Symbols) -> list[View]:
    found = []
    for name, store in environment.settings.datastores.items():
        path: JsonPath = ("datastores", name)
        found.append(
            View(
                symbol=symbols.take(name, "Datastore"),
                name=Leaf(name, path),
                module=f"datastore_{store.type}",
                own=store.account is None,
                holder="data" if store.within == "data" else "storage",
                settings=wrap(store, path),
            )
        )
    return found
