"""The environment file as typed values: what may stand there, with the texts that editors show.

Fields that depend on the tier have no default here; ``tiers.py`` fills them as the lowest layer, so that
``amlctl config explain`` can say where a value comes from.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from amlctl.environment.types import (
    AddressRange,
    Clock,
    Cloud,
    Day,
    Duration,
    Guid,
    Person,
    ProjectFile,
    PublicKey,
    Region,
    Repository,
    Size,
    Subscription,
    Switch,
    Text,
    TimeZone,
    as_word,
    matching,
    whole,
)

Tier: TypeAlias = Literal["dev", "test", "prod"]
TIERS: tuple[Tier, ...] = ("dev", "test", "prod")
Choice = BeforeValidator(as_word)

_SHORT = r"[a-z][a-z0-9-]{0,30}[a-z0-9]"
_ASSET = r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}"
_STEP = r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}"
Short = Annotated[
    str, BeforeValidator(matching(_SHORT, "a short name (lower-case letters, digits, dashes)", "data-team"))
]
AssetName = Annotated[
    str, BeforeValidator(matching(_ASSET, "an asset's name (letters, digits, dashes, underscores)", "sklearn"))
]
Container = Annotated[
    str,
    BeforeValidator(
        matching(
            r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}",
            "a container's name (3–63 of a–z 0–9, single dashes)",
            "raw-data",
        )
    ),
]
Host = Annotated[
    str,
    BeforeValidator(
        matching(
            r"(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){1,8}",
            "a host name",
            "packages.example.com",
        )
    ),
]
RuleName = Annotated[
    str,
    BeforeValidator(
        matching(r"[A-Za-z0-9][A-Za-z0-9_-]{2,32}", "a rule's name (3–33 letters, digits, - and _)", "packages")
    ),
]
PartName = Annotated[
    str,
    BeforeValidator(matching(r"[A-Za-z][A-Za-z0-9_]{1,63}", "a part of a resource (letters, digits, _)", "sqlServer")),
]
PortRanges = Annotated[
    str,
    BeforeValidator(matching(r"[0-9]{1,5}(?:-[0-9]{1,5})?(?:, ?[0-9]{1,5}(?:-[0-9]{1,5})?){0,9}", "ports", '"443"')),
]
ResourceIdText = Annotated[
    str,
    BeforeValidator(
        matching(
            r"/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[^/\s]{1,90}/providers/[A-Za-z.]{3,60}(?:/[^/\s]{1,128}){2,8}",
            "a resource id",
            "/subscriptions/…/providers/Microsoft.Sql/servers/sql1",
        )
    ),
]
PipelineName = Annotated[str, BeforeValidator(matching(_STEP, "a name in Azure DevOps", "ml-dev"))]
Branch = Annotated[str, BeforeValidator(matching(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,200}\*?", "a branch", "main"))]


class Model(BaseModel):
    """A part of the environment file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ResourceGroup(Model):
    """The resource group that holds the environment."""

    create: Switch = Field(True, description="false: the group exists, and the deployment has only its scope")


class Naming(Model):
    """How names are made."""

    workload: Annotated[
        str,
        BeforeValidator(
            matching(r"[a-z][a-z0-9]{1,15}", "a workload name (2–16 lower-case letters and digits)", "mlplat")
        ),
    ] = Field(description="what the platform is for; part of every name", examples=["mlplat"])
    instance: (
        Annotated[str, BeforeValidator(matching(r"[0-9]{1,3}", "an instance number in quotes", '"001"'))] | None
    ) = Field(None, description="a number at the end of every name, for a second set of resources")
    salt: (
        Annotated[
            str, BeforeValidator(matching(r"[a-z0-9]{3,8}", "a salt of 3–8 lower-case letters and digits", "k3x7q"))
        ]
        | None
    ) = Field(
        None,
        description="pins the letters that make global names unique (default: from a hash of subscription and names)",
    )
    overrides: dict[str, Text] = Field(
        {}, description="names given by hand, by kind of resource (see `amlctl config names`)"
    )


class Workspace(Model):
    """The Azure Machine Learning workspace."""

    display_name: Text | None = Field(None, description="the name shown in the studio")
    description: Text | None = Field(None, description="the text shown in the studio")
    public_access: Switch = Field(description="true: the studio and the API answer on the internet (W1)")
    hbi: Switch = Field(
        description="high business impact: less diagnostic data for Microsoft; cannot be changed later (W6)"
    )
    auth: Annotated[Literal["identity", "key"], Choice] = Field(
        "identity", description="how the default datastores sign in (W8)"
    )
    image_build: Text | None = Field(
        None, description="the cluster that builds images; needed where the registry is closed"
    )


class OutboundRule(Model):
    """One rule of the managed network: exactly one of preset, fqdn, service_tag and private_endpoint."""

    preset: Annotated[Literal["conda", "huggingface", "vscode"], Choice] | None = Field(
        None, description="the hosts that Azure documents for a purpose"
    )
    fqdn: Host | None = Field(None, description="one host, or *.host; ports 80 and 443 only")
    service_tag: Text | None = Field(None, description="a service tag of Azure", examples=["AzureMonitor"])
    protocol: Annotated[Literal["TCP", "UDP", "ICMP", "*"], Choice] = Field("TCP", description="of the service tag")
    ports: PortRanges = Field("443", description="of the service tag", examples=["80, 443"])
    private_endpoint: ResourceIdText | None = Field(None, description="the id of a resource to make an endpoint to")
    target: PartName | None = Field(None, description="what of that resource, such as blob, vault or sqlServer")


class Network(Model):
    """What may reach the platform, and what it may reach."""

    mode: Annotated[Literal["managed", "public"], Choice] = Field(
        description="managed: Azure ML's own virtual network for all computes"
    )
    isolation: Annotated[Literal["internet_outbound", "approved_outbound"], Choice] = Field(
        description="what computes in the managed network may call (W4); can be tightened later, never loosened"
    )
    allow_ips: tuple[AddressRange, ...] = Field(
        (), description="public addresses that may reach what is open here; storage under the studio takes no list (S5)"
    )
    python_index: Host | None = Field(
        None, description="the host of the Python index that conda files and images install from; none is built in"
    )
    outbound: dict[RuleName, OutboundRule] = Field(
        {},
        description="what computes may call besides; FQDN rules bring an Azure Firewall, which is billed by the hour",
    )
    firewall_sku: Annotated[Literal["Standard", "Basic"], Choice] = Field(
        "Standard", description="of the Azure Firewall that FQDN rules bring; Basic is cheaper and takes less traffic"
    )


class Storage(Model):
    """A storage account: the workspace's own (`storage`), or one for data that workspaces read (`data`)."""

    sku: Annotated[
        Literal["Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_GZRS", "Standard_RAGRS", "Standard_RAGZRS"],
        Choice,
    ] = Field(description="how often and where data is kept (S14)")
    public_access: Switch = Field(
        description="true: reachable from the internet, by roles; false: by private endpoints alone (S7)"
    )
    shared_key_access: Switch = Field(
        description="true: account keys and SAS work; a workspace without them is in preview (S10)"
    )
    versioning: Switch = Field(description="keep older versions of blobs (S21)")
    soft_delete_days: Annotated[int, BeforeValidator(whole(1, 365))] = Field(
        description="how long deleted blobs and containers come back (S11, S12)"
    )
    share_soft_delete_days: Annotated[int, BeforeValidator(whole(1, 365))] = Field(
        description="how long deleted file shares come back (S13)"
    )
    containers: tuple[Container, ...] = Field((), description="blob containers to make, beside those of the datastores")
    lock: Switch = Field(description="a delete lock on the account (N6)")


class KeyVault(Model):
    """The key vault of the workspace; access is by roles only."""

    allow_ips: tuple[AddressRange, ...] = Field(
        (), description="public addresses that may reach the vault alone; without it those of `network.allow_ips` (K4)"
    )
    public_access: Switch = Field(description="true: reachable from `network.allow_ips` (K5)")
    soft_delete_days: Annotated[int, BeforeValidator(whole(7, 90))] = Field(
        description="how long a deleted vault comes back; cannot be changed later (K1)"
    )
    purge_protection: Switch = Field(
        description="nobody can purge it before that time; cannot be switched off again (K2)"
    )
    lock: Switch = Field(description="a delete lock on the vault (N6)")


class Registry(Model):
    """The container registry; the admin user is always off."""

    sku: Annotated[Literal["Basic", "Standard", "Premium"], Choice] = Field(
        description="a closed registry needs Premium (R3)"
    )
    public_access: Switch = Field(description="true: reachable from the internet (R4)")
    zone_redundancy: Switch = Field(description="kept in three zones; Premium, cannot be changed later (R6)")
    retention_days: Annotated[int, BeforeValidator(whole(0, 365))] = Field(
        description="how long untagged images stay; Premium (R7)"
    )
    arm_tokens: Switch = Field(description="true: tokens made for ARM may pull (R9)")
    lock: Switch = Field(description="a delete lock on the registry (N6)")


class Logs(Model):
    """The Log Analytics workspace."""

    retention_days: Annotated[int, BeforeValidator(whole(30, 730))] = Field(description="how long logs are kept (L4)")
    daily_cap_gb: Annotated[int, BeforeValidator(whole(1, 1000))] | None = Field(
        None, description="logs past it are lost that day (L4)"
    )


class Insights(Model):
    """Application Insights, on top of the logs."""

    local_auth: Switch = Field(description="true: senders may use the instrumentation key (L2)")


class ClusterSsh(Model):
    """SSH onto the nodes of a cluster, with a key only."""

    user: Short = Field(description="the administrator's name")
    public_key: PublicKey = Field(description="the public key")


class InstanceSsh(Model):
    """SSH onto an instance, with a key only."""

    public_key: PublicKey | None = Field(
        None, description="the public key; left out for an instance of somebody else, who sets it up in the studio"
    )


class Cluster(Model):
    """A cluster that grows with its jobs and shrinks to `min_nodes`."""

    kind: Literal["cluster"]
    size: Size = Field(description="the VM size of every node")
    tier: Annotated[Literal["dedicated", "low_priority", "spot"], Choice] = Field(
        "dedicated", description="low_priority or spot: Spot nodes, at a price that changes, and may be evicted"
    )
    min_nodes: Annotated[int, BeforeValidator(whole(0, 65000))] = Field(
        0, description="nodes that always run and cost (M4)"
    )
    max_nodes: Annotated[int, BeforeValidator(whole(1, 65000))] = Field(description="the most nodes it may have")
    idle: Duration = Field("PT15M", description="how long a node waits for the next job")
    location: Region | None = Field(None, description="a region of its own; not with a managed network")
    identity: Switch = Field(True, description="jobs sign in with the environment's compute identity")
    purpose: Text | None = Field(None, description="what it is for; shown in the studio")
    ssh: ClusterSsh | None = None


class Schedule(Model):
    """When an instance starts and stops by itself; set at creation, later changes are made by `amlctl bootstrap`."""

    start: Clock | None = Field(None, description='time of day in quotes, "08:30"')
    stop: Clock = Field(description='time of day in quotes, "18:00"')
    days: tuple[
        Annotated[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], Choice], ...
    ] = Field(("monday", "tuesday", "wednesday", "thursday", "friday"), description="weekdays")
    timezone: TimeZone = Field(
        "UTC", description="a Windows time zone name, as Azure wants it", examples=["W. Europe Standard Time"]
    )


class Instance(Model):
    """A workstation in the cloud for one person."""

    kind: Literal["instance"]
    size: Size = Field(description="the VM size")
    owner: Person | None = Field(
        None, description="`me` (who deploys) or a user's object id; in a class each person gets one"
    )
    idle: Duration = Field(description="stops after so long without work, 15m to 3d; taken at creation only (M3)")
    setup: ProjectFile | None = Field(None, description="a script of the project that runs once, at creation")
    repos: tuple[Repository, ...] = Field((), description="git repositories that the setup script clones")
    schedule: Schedule | None = None
    purpose: Text | None = Field(None, description="what it is for; shown in the studio")
    ssh: InstanceSsh | None = None


Compute: TypeAlias = Annotated[Cluster | Instance, Field(discriminator="kind")]


class Datastore(Model):
    """A name in the workspace for data in a storage account."""

    type: Annotated[Literal["blob", "adls", "file"], Choice] = Field(
        description="blob container, Data Lake Gen2 file system or file share"
    )
    account: (
        Annotated[str, BeforeValidator(matching(r"[a-z0-9]{3,24}", "a storage account's name", "stcustomerdata"))]
        | None
    ) = Field(None, description="an account that exists; without it the environment's own")
    resource_group: Text | None = Field(None, description="the group of `account`; without it the environment's own")
    within: Annotated[Literal["own", "data"], Choice] = Field(
        "own", alias="in", description="`data`: the account for data that `uses.data` names"
    )
    container: Container = Field(description="container, file system or share")
    write: Switch = Field(False, description="with `in: data`: jobs and people may write there too")
    description: Text | None = None


class Principal(Model):
    """Exactly one of the three: whom a role is given."""

    group: Guid | None = Field(None, description="object id of an Entra group")
    user: Person | None = Field(None, description="`me` (who deploys) or a user's object id")
    app: Guid | None = Field(None, description="object id of a service principal or managed identity")


class Role(Model):
    """A role for somebody."""

    who: Principal
    role: Text = Field(description="a built-in role by its name", examples=["AzureML Data Scientist"])
    scope: Annotated[Literal["group", "workspace", "storage", "key_vault", "registry"], Choice] = Field(
        "workspace", description="where it holds"
    )
    why: Text | None = Field(None, description="the reason; required for roles that can change everything")


class AssetEnvironment(Model):
    """An Azure ML environment: what a job runs in. Its version is made from its content."""

    image: Annotated[
        str,
        BeforeValidator(
            matching(
                r"[a-z0-9][A-Za-z0-9./_:@-]{1,300}", "an image", "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04"
            )
        ),
    ] = Field(description="the container image")
    conda: ProjectFile | None = Field(None, description="a conda file of the project")
    description: Text | None = None


class Assets(Model):
    """What `amlctl bootstrap` puts into the workspace."""

    environments: dict[AssetName, AssetEnvironment] = Field({}, description="Azure ML environments by name")


class Pool(Model):
    """The agents that run the stage."""

    vm_image: PipelineName | None = Field(None, description="a Microsoft-hosted image")
    name: PipelineName | None = Field(None, description="a pool of your own")


class Pipeline(Model):
    """The stage of the environment in Azure DevOps; approvals sit on `environment` there."""

    service_connection: PipelineName = Field(description="a service connection with workload identity federation")
    environment: PipelineName = Field(
        description="the Azure DevOps environment, which holds approvals and the exclusive lock"
    )
    branches: tuple[Branch, ...] = Field(("main",), description="branches whose commits are deployed")
    pool: Pool = Field(Pool.model_construct(vm_image="ubuntu-24.04"), description="agents")


class Guards(Model):
    """What may be deleted or replaced without asking again."""

    allow_delete: tuple[Text, ...] = Field((), description="resource ids that may be deleted")
    allow_replace: tuple[Text, ...] = Field((), description="resource ids that may be replaced")


class Acceptance(Model):
    """A finding that is accepted, with reason and end."""

    why: Text = Field(description="the reason")
    until: Day = Field(description="the last day, in quotes")


class Deploy(Model):
    """How the deployment is carried out."""

    mode: Annotated[Literal["incremental"], Choice] = Field(
        "incremental", description="nothing is deleted that the template does not name"
    )


class Participant(Model):
    """One person of a class."""

    object_id: Guid = Field(description="the person's object id in Entra")


PersonName = Annotated[
    str,
    BeforeValidator(
        matching(r"[a-z][a-z0-9]{1,11}", "a person's short name (2–12 lower-case letters and digits)", "ada")
    ),
]


class Class(Model):
    """A class: one resource group, workspace and instance a person."""

    people: dict[PersonName, Participant] = Field({}, description="the people by short name")
    roster: ProjectFile | None = Field(
        None, description="a CSV file with the columns name and object_id instead of `people`"
    )


class Settings(Model):
    """One environment, merged from all its layers."""

    tier: Annotated[Tier, Choice] = Field(
        description="how strict the rules are; from the file's name where it is dev, test or prod"
    )
    version: Annotated[int, BeforeValidator(whole(1, 1))] = Field(1, description="version of this file's form")
    extends: Text | None = Field(None, description="another file of environments/ to build on, without .yaml")
    profile: Annotated[Literal["workshop", "team", "enterprise"], Choice] | None = Field(
        None, description="a ready set of values"
    )
    owner: Text | None = Field(None, description="who answers for it; becomes a tag")
    description: Text | None = Field(None, description="what it is for; the first line of main.bicep")
    expires: Day | None = Field(None, description="the day it may be torn down, in quotes; becomes a tag")
    subscription: Subscription = Field(description="a subscription id, or `local` for the embedded ARM endpoint")
    cloud: Cloud = Field(
        "public",
        description="which Azure: `public`, `usgov`, `china`, or the https address of a cloud's metadata document",
    )
    tenant: Guid | None = Field(None, description="the tenant that the subscription must belong to")
    location: Region = Field(description="the Azure region")
    resource_group: ResourceGroup = ResourceGroup.model_construct()
    naming: Naming
    tags: dict[str, Text] = Field({}, description="tags of every resource")
    uses: dict[Annotated[Literal["storage", "data", "key_vault", "registry", "logs"], Choice], Text] = Field(
        {}, description="resources of another stack", examples=[{"registry": "shared.registry"}]
    )
    network: Network
    workspace: Workspace | None = Field(None, description="without it the file describes a stack that others use")
    storage: Storage | None = None
    data: Storage | None = Field(None, description="an account for data that workspaces read through roles")
    key_vault: KeyVault | None = None
    registry: Registry | None = None
    logs: Logs | None = None
    insights: Insights | None = None
    diagnostics: Switch = Field(
        description="send the audit logs of every resource to `logs` (W9, S23, R10); a key vault always does (K6)"
    )
    compute: dict[str, Compute] = Field({}, description="computes by name")
    datastores: dict[str, Datastore] = Field(
        {}, description="datastores by name, beside the four that every workspace has"
    )
    rbac: dict[Short, Role] = Field({}, description="roles by a name of your choice")
    assets: Assets = Assets.model_construct()
    class_: Class | None = Field(None, alias="class", description="a class instead of one workspace")
    pipeline: Pipeline | None = Field(None, description="the stage in Azure DevOps")
    guards: Guards = Guards.model_construct()
    accept: dict[str, Acceptance] = Field({}, description="accepted findings by their code")
    deploy: Deploy = Deploy.model_construct()
