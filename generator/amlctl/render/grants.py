"""Who gets which role where: the environment's identities, the owners of instances, and the people of ``rbac:``.

What the identities need: azure-ai-docs, how-to-identity-based-service-authentication (workspace identity),
how-to-disable-local-auth-storage (jobs: blobs, files, tables and queues) and how-to-managed-network (approver).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from amlctl.diagnostics import JsonPath
from amlctl.environment.models import Cluster, Instance, Role
from amlctl.environment.roles import ROLES
from amlctl.environment.values import Environment
from amlctl.render.leaves import Leaf, View, value_of
from amlctl.render.symbols import Symbols, camel

APPROVER = "Azure AI Enterprise Network Connection Approver"
DEPLOYER = "deployer().objectId"
WORKSPACE, JOBS = "workspaceIdentity", "jobsIdentity"
BLOBS, FILES = "Storage Blob Data Contributor", "Storage File Data Privileged Contributor"
READER = "Storage Blob Data Reader"
SCIENTIST = "AzureML Data Scientist"
SCOPES = ("group", "storage", "data", "key_vault", "registry", "workspace")
DATA = "data/"
"""What the scope of a container in the account for data begins with."""
SYMBOLS = {
    "storage": "storage",
    "data": "data",
    "key_vault": "keyVault",
    "registry": "registry",
    "logs": "logs",
    "insights": "insights",
}
MODULES = {"data": "storage"}
"""Scopes whose module is that of another kind."""


class Grant(NamedTuple):
    """One role for one principal: the symbol of an identity's module, who deploys, or a value of the environment.

    ``kind`` is the principal's type; ``""`` if only ARM knows (who deploys may be a person or a pipeline).
    """

    principal: str | Leaf
    kind: str
    role: str
    why: str | Leaf


Grants = dict[str, list[Grant]]


def grants_of(environment: Environment) -> Grants:
    """List the roles of an environment by scope; ``data/<container>`` is a container of the account for data."""
    grants: Grants = {scope: [] for scope in SCOPES}
    if environment.settings.workspace is not None:
        _workspace(environment, grants)
        _jobs(environment, grants)
        _owners(environment, grants)
        _data(environment, grants)
    for name, entry in environment.settings.rbac.items():
        grants[entry.scope].append(written_grant(name, entry))
    return {scope: _once(listed) for scope, listed in grants.items()}


def _once(grants: list[Grant]) -> list[Grant]:
    """Azure takes a role for a principal once per scope."""
    found: dict[tuple[object, str], Grant] = {}
    for grant in grants:
        found.setdefault((value_of(grant.principal), grant.role), grant)
    return list(found.values())


def _service(who: str, role: str, why: str) -> Grant:
    return Grant(who, "ServicePrincipal", role, why)


def _workspace(environment: Environment, grants: Grants) -> None:
    isolated = environment.settings.network.mode == "managed"
    grants["group"].append(_service(WORKSPACE, "Contributor", "The workspace manages its resources"))
    grants["storage"].append(_service(WORKSPACE, BLOBS, "The workspace keeps artifacts there"))
    grants["storage"].append(_service(WORKSPACE, FILES, "The workspace keeps notebooks"))
    vault = _service(WORKSPACE, "Key Vault Administrator", "The workspace keeps connection secrets there")
    grants["key_vault"].append(vault)
    for kind in ("storage", "key_vault", "registry"):
        if kind in environment.used:
            why = "The workspace manages its part of a shared resource"
            grants[kind].append(_service(WORKSPACE, "Contributor", why))
    for scope in ("group", *environment.used) if isolated else ():
        if scope in SCOPES:
            grants[scope].append(_service(WORKSPACE, APPROVER, "The managed network makes private endpoints"))


def has_jobs(environment: Environment) -> bool:
    """Whether a cluster signs in with the identity for jobs."""
    return any(isinstance(one, Cluster) and one.identity for one in environment.settings.compute.values())


def _jobs(environment: Environment, grants: Grants) -> None:
    if not has_jobs(environment):
        return
    grants["storage"].append(_service(JOBS, BLOBS, "Jobs read and write data"))
    grants["storage"].append(_service(JOBS, FILES, "Jobs mount the file shares of the workspace"))
    grants["storage"].append(_service(JOBS, "Storage Queue Data Contributor", "Parallel and batch jobs hand out work"))
    grants["storage"].append(_service(JOBS, "Storage Table Data Contributor", "Parallel and batch jobs keep count"))
    if environment.settings.registry is not None or "registry" in environment.used:
        grants["registry"].append(_service(JOBS, "AcrPull", "Jobs pull their images"))
    grants["workspace"].append(_service(JOBS, SCIENTIST, "Jobs log metrics and register models"))


def _owner(name: str, instance: Instance) -> tuple[str | Leaf, str] | None:
    """The principal of an instance's owner, and its type."""
    if instance.owner is None:
        return None
    return (DEPLOYER, "") if instance.owner == "me" else (Leaf(instance.owner, ("compute", name, "owner")), "User")


def _owners(environment: Environment, grants: Grants) -> None:
    """An owner works on the storage of the workspace from the instance, which mounts it when it is made."""
    for name, compute in environment.settings.compute.items():
        owner = _owner(name, compute) if isinstance(compute, Instance) else None
        if owner:
            grants["storage"] += [Grant(*owner, role, f"Owns the instance {name}") for role in (BLOBS, FILES)]


def _data(environment: Environment, grants: Grants) -> None:
    """Who reads the containers of the account for data: the workspace, its jobs, and the people who work there."""
    for name, store in environment.settings.datastores.items():
        if store.within != "data":
            continue
        role, listed = (BLOBS if store.write else READER), grants.setdefault(DATA + store.container, [])
        listed.append(_service(WORKSPACE, READER, f"The studio shows {name}"))
        if has_jobs(environment):
            listed.append(_service(JOBS, role, f"Jobs use {name}"))
        listed += [grant._replace(role=role, why=f"Uses {name}") for grant in _people(environment)]


def _people(environment: Environment) -> Iterator[Grant]:
    """Those who work in the workspace: data scientists by role, and owners of instances."""
    for name, entry in environment.settings.rbac.items():
        if entry.role == SCIENTIST:
            yield written_grant(name, entry)
    for name, compute in environment.settings.compute.items():
        owner = _owner(name, compute) if isinstance(compute, Instance) else None
        if owner:
            yield Grant(*owner, "", "")


def written_grant(name: str, entry: Role) -> Grant:
    """Make the grant of one entry of ``rbac:``."""
    path: JsonPath = ("rbac", name)
    why: str | Leaf = Leaf(entry.why, (*path, "why")) if entry.why else f"rbac.{name}"
    for kind, field in (("Group", "group"), ("User", "user"), ("ServicePrincipal", "app")):
        value = getattr(entry.who, field)
        if value == "me":
            return Grant(DEPLOYER, "", entry.role, why)
        if value is not None:
            return Grant(Leaf(value, (*path, "who", field)), kind, entry.role, why)
    raise AssertionError(name)


def targets(environment: Environment, grants: Grants, symbols: Symbols) -> list[View]:
    """Make what ``main.bicep.j2`` shows of each scope that has grants, but for the workspace's."""
    return [
        target(environment, scope, listed, symbols)
        for scope, listed in grants.items()
        if listed and scope != "workspace"
    ]


def target(environment: Environment, scope: str, grants: list[Grant], symbols: Symbols) -> View:
    """One module that gives the roles of one scope."""
    kind, _, container = scope.partition("/")
    used = environment.used.get(kind)
    stack = environment.stacks[used.stack] if used else None
    symbol = SYMBOLS.get(kind, kind)
    module = "container" if container else MODULES.get(kind, kind)
    return View(
        symbol=symbols.take(f"{kind} {container}", "Roles") if container else f"{symbol}Roles",
        module=f"{module}_roles",
        scope=kind,
        container=Leaf(container, _container_path(environment, container)) if container else None,
        group=Leaf(stack.names["resource_group"].text, ("uses", kind)) if stack else None,
        subscription=other_subscription(environment, stack, kind) if stack else None,
        name_parameter="accountName" if container else f"{SYMBOLS.get(module, module)}Name",
        name=f"{symbol}.name" if stack else f"{symbol}.outputs.name",
        grants=granted_views(grants),
    )


def _container_path(environment: Environment, container: str) -> JsonPath:
    stores = environment.settings.datastores.items()
    name = next(name for name, store in stores if store.within == "data" and store.container == container)
    return ("datastores", name, "container")


def other_subscription(environment: Environment, stack: Environment, kind: str) -> Leaf | None:
    """The subscription of a stack, if it is not the environment's own."""
    if stack.subscription_id == environment.subscription_id:
        return None
    return Leaf(stack.subscription_id, ("uses", kind))


def granted_views(grants: list[Grant]) -> list[View]:
    """Make what ``partials/grants.j2`` shows of some grants."""
    return [
        View(
            written=isinstance(grant.principal, Leaf),
            mine=grant.principal == DEPLOYER,
            principal=grant.principal,
            kind=grant.kind or None,
            role=camel(grant.role),
            why=grant.why,
        )
        for grant in grants
    ]


def role_ids(grants: Grants) -> list[View]:
    """List the roles that some grants give, by symbol."""
    used = sorted({grant.role for listed in grants.values() for grant in listed})
    return [View(symbol=camel(role), id=ROLES[role]) for role in used]
