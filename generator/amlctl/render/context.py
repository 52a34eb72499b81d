"""Environment → what ``main.bicep.j2`` sees: the same values, plus what follows from them (who is shared, who gets
which role).

Jinja decides what exists; everything that takes thought is decided here, in Python.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from amlctl.diagnostics import JsonPath
from amlctl.environment.models import Cluster, Instance, Role
from amlctl.environment.naming import Name
from amlctl.environment.roles import ROLES
from amlctl.environment.values import Environment
from amlctl.render.leaves import Leaf, View, wrap
from amlctl.render.symbols import Symbols, camel

SHARED_TYPES = {
    "storage": "Microsoft.Storage/storageAccounts@2025-08-01",
    "key_vault": "Microsoft.KeyVault/vaults@2026-02-01",
    "registry": "Microsoft.ContainerRegistry/registries@2025-11-01",
    "logs": "Microsoft.OperationalInsights/workspaces@2025-07-01",
}
APPROVER = "Azure AI Enterprise Network Connection Approver"
SYMBOLS = {
    "storage": "storage",
    "key_vault": "keyVault",
    "registry": "registry",
    "logs": "logs",
    "insights": "insights",
}


class Grant(NamedTuple):
    """One role for one principal: the symbol of an identity's module, who deploys, or a value of the environment."""

    principal: str | Leaf
    kind: str
    role: str
    why: str | Leaf


def main_context(environment: Environment) -> dict[str, Any]:
    """Make the context of ``main.bicep.j2`` (one workspace, or a stack that others use)."""
    settings = environment.settings
    symbols = Symbols(SYMBOLS.values())
    resources = {kind: _resource(environment, kind) for kind in (*SYMBOLS,)}
    grants = _grants(environment)
    return {
        "name": environment.name,
        "settings": wrap(settings, ()),
        "names": View(**{kind: _name(name) for kind, name in environment.names.items()}),
        "description": _description(environment),
        "tags": tags(environment),
        "shared": [resource for resource in resources.values() if resource is not None and resource.shared],
        **resources,
        "audit": settings.diagnostics,
        "isolated": settings.network.mode == "managed",
        "isolation": _isolation(environment),
        "data_isolation": any(kind in environment.used for kind in ("storage", "key_vault", "registry")),
        "containers": _containers(environment),
        "clusters": clusters(environment, symbols),
        "instances": instances(environment, symbols),
        "jobs": any(isinstance(one, Cluster) and one.identity for one in settings.compute.values()),
        "datastores": _datastores(environment, symbols),
        "roles": _role_ids(grants),
        "grants": [
            _granted(environment, scope, some) for scope, some in grants.items() if some and scope != "workspace"
        ],
        "workspace_grants": _granted(environment, "workspace", grants["workspace"]),
    }


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
        subscription=_other_subscription(environment, stack, kind),
        stack=use.stack,
    )


def _other_subscription(environment: Environment, stack: Environment, kind: str) -> Leaf | None:
    """The subscription of a stack, where it is not the environment's own."""
    if stack.subscription_id == environment.subscription_id:
        return None
    return Leaf(stack.subscription_id, ("uses", kind))


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
        if store.account is None and store.type == "blob":
            found.setdefault(store.container, Leaf(store.container, ("datastores", name, "container")))
    return list(found.values())


def clusters(environment: Environment, symbols: Symbols) -> list[View]:
    """The clusters, each with the symbol of its module."""
    found = []
    for name, compute in environment.settings.compute.items():
        if isinstance(compute, Cluster):
            path: JsonPath = ("compute", name)
            priority = {"dedicated": "Dedicated", "low_priority": "LowPriority"}[compute.tier]
            found.append(
                View(
                    symbol=symbols.take(name, "Cluster"),
                    name=Leaf(name, path),
                    priority=Leaf(priority, (*path, "tier")),
                    settings=wrap(compute, path),
                )
            )
    return found


def instances(environment: Environment, symbols: Symbols) -> list[View]:
    """The instances, each with the symbol of its module."""
    found = []
    for name, compute in environment.settings.compute.items():
        if isinstance(compute, Instance):
            path: JsonPath = ("compute", name)
            script = None if compute.setup is None else Leaf(f"../../{compute.setup}", (*path, "setup"))
            mine = compute.owner == "me"
            found.append(
                View(
                    symbol=symbols.take(name, "Instance"),
                    name=Leaf(name, path),
                    mine=mine,
                    owner=None if mine or compute.owner is None else Leaf(compute.owner, (*path, "owner")),
                    script=script,
                    settings=wrap(compute, path),
                )
            )
    return found


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
                settings=wrap(store, path),
            )
        )
    return found


def _grants(environment: Environment) -> dict[str, list[Grant]]:
    """Who gets which role where: the environment's identities first, then the people of ``rbac:``."""
    grants: dict[str, list[Grant]] = {scope: [] for scope in ("group", "storage", "key_vault", "registry", "workspace")}
    if environment.settings.workspace is not None:
        _identity_grants(environment, grants)
    for name, entry in environment.settings.rbac.items():
        grants[entry.scope].append(written_grant(name, entry))
    return grants


def _identity_grants(environment: Environment, grants: dict[str, list[Grant]]) -> None:
    settings = environment.settings
    isolated = settings.network.mode == "managed"

    def give(scope: str, who: str, role: str, why: str) -> None:
        grants[scope].append(Grant(who, "ServicePrincipal", role, why))

    give("group", "workspaceIdentity", "Contributor", "The workspace manages its resources")
    if isolated:
        give("group", "workspaceIdentity", APPROVER, "The managed network makes private endpoints")
    give("storage", "workspaceIdentity", "Storage Blob Data Contributor", "The workspace keeps artifacts there")
    give("storage", "workspaceIdentity", "Storage File Data Privileged Contributor", "The workspace keeps notebooks")
    give("key_vault", "workspaceIdentity", "Key Vault Administrator", "The workspace keeps connection secrets there")
    for kind in ("storage", "key_vault", "registry"):
        if kind in environment.used:
            give(kind, "workspaceIdentity", "Contributor", "The workspace manages its part of a shared resource")
            if isolated:
                give(kind, "workspaceIdentity", APPROVER, "The managed network makes private endpoints")
    if any(isinstance(one, Cluster) and one.identity for one in settings.compute.values()):
        give("storage", "jobsIdentity", "Storage Blob Data Contributor", "Jobs read and write data")
        if settings.registry is not None or "registry" in environment.used:
            give("registry", "jobsIdentity", "AcrPull", "Jobs pull their images")
        give("workspace", "jobsIdentity", "AzureML Data Scientist", "Jobs log metrics and register models")


def written_grant(name: str, entry: Role) -> Grant:
    """Make the grant of one entry of ``rbac:``."""
    path: JsonPath = ("rbac", name)
    why: str | Leaf = Leaf(entry.why, (*path, "why")) if entry.why else f"rbac.{name}"
    for kind, field in (("Group", "group"), ("User", "user"), ("ServicePrincipal", "app")):
        value = getattr(entry.who, field)
        if value == "me":
            return Grant("deployer().objectId", kind, entry.role, why)
        if value is not None:
            return Grant(Leaf(value, (*path, "who", field)), kind, entry.role, why)
    raise AssertionError(name)


def _granted(environment: Environment, scope: str, grants: list[Grant]) -> View:
    resource = environment.used.get(scope)
    stack = environment.stacks[resource.stack] if resource else None
    symbol = SYMBOLS.get(scope, scope)
    return View(
        symbol=f"{symbol}Roles",
        module=f"{scope}_roles",
        scope=scope,
        target=symbol,
        group=Leaf(stack.names["resource_group"].text, ("uses", scope)) if stack else None,
        subscription=_other_subscription(environment, stack, scope) if stack else None,
        name_parameter=f"{symbol}Name",
        name=f"{symbol}.name" if stack else f"{symbol}.outputs.name",
        grants=granted_views(grants),
    )


def granted_views(grants: list[Grant]) -> list[View]:
    """Make what ``partials/grants.j2`` shows of some grants."""
    return [
        View(
            written=isinstance(grant.principal, Leaf),
            mine=grant.principal == "deployer().objectId",
            principal=grant.principal,
            kind=grant.kind,
            role=camel(grant.role),
            why=grant.why,
        )
        for grant in grants
    ]


def _role_ids(grants: dict[str, list[Grant]]) -> list[View]:
    used = sorted({grant.role for listed in grants.values() for grant in listed})
    return [View(symbol=camel(role), id=ROLES[role]) for role in used]
