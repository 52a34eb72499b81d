"""Checks inside one environment that go over more than one value. Each takes the case and gives findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from amlctl.diagnostics import Finding, JsonPath, Level, Place
from amlctl.environment.faults import fault
from amlctl.environment.models import Cluster, Instance
from amlctl.environment.naming import BY_KIND, COMPUTE, COMPUTE_SAFE, DATASTORE, breaks
from amlctl.environment.roles import POWERFUL, ROLES
from amlctl.environment.values import Environment

Check = Callable[[Environment], Iterator[Finding]]
_TAG_TEXT = re.compile(r"[<>%&\\?/]")
_OWN_TAGS = 4
"""Tags that amlctl adds: environment, owner, expires, managed-by."""


def check(environment: Environment) -> list[Finding]:
    """Run every check."""
    return [finding for one in CHECKS for finding in one(environment)]


def _fault(
    environment: Environment,
    code: str,
    path: JsonPath,
    message: str,
    found: str = "",
    instead: str = "",
    level: Level = "error",
) -> Finding:
    place = environment.place(path) or Place(environment.file)
    return fault(code, place, message, found, instead, level)


def _names(environment: Environment) -> Iterator[Finding]:
    """Overridden names keep Azure's rule, and there is no override for something unknown."""
    for kind, text in environment.settings.naming.overrides.items():
        path = ("naming", "overrides", kind)
        rule = BY_KIND.get(kind)
        if rule is None:
            yield _fault(
                environment, "AML017", path, f"unknown kind of resource `{kind}`", "", f"one of {', '.join(BY_KIND)}"
            )
        elif words := breaks(rule, text):
            yield _fault(
                environment,
                rule.code,
                path,
                f"`{text[:100]}` cannot be the name of a {kind.replace('_', ' ')}",
                _reason(text, rule.most),
                words,
            )


def _computes(environment: Environment) -> Iterator[Finding]:
    """Compute names keep Azure's rule; long ones are warned about."""
    for name in environment.settings.compute:
        path = ("compute", name)
        if words := breaks(COMPUTE, name):
            yield _fault(
                environment,
                "AML031",
                path,
                f"`{name[:100]}` cannot be the name of a compute",
                _reason(name, COMPUTE.most),
                words,
            )
        elif len(name) > COMPUTE_SAFE:
            message = f"`{name}` is longer than {COMPUTE_SAFE} characters, which some clients refuse"
            yield _fault(
                environment,
                "AML031",
                path,
                message,
                f"{len(name)} characters; Azure takes {COMPUTE.most}",
                "a shorter name",
                "warning",
            )


def _reason(text: str, most: int) -> str:
    if len(text) > most:
        return f"{len(text)} characters"
    odd = sorted({character for character in text if not re.fullmatch(r"[A-Za-z0-9]", character)})
    return f"with {' '.join(ascii(character) for character in odd[:5])}" if odd else f"{len(text)} characters"


def _datastores(environment: Environment) -> Iterator[Finding]:
    """Datastores have legal names and an account that can hold them."""
    settings = environment.settings
    for name, store in settings.datastores.items():
        path = ("datastores", name)
        if words := breaks(DATASTORE, name):
            yield _fault(environment, "AML039", path, f"`{name[:100]}` cannot be the name of a datastore", "", words)
        if store.account is None and store.type == "adls":
            message = "the environment's own account has no hierarchical namespace (S22)"
            yield _fault(
                environment, "AML045", (*path, "type"), message, "type: adls", "name the `account:` that has one"
            )
        own = settings.storage
        if store.account is None and store.type == "file" and own is not None and not own.shared_key_access:
            message = "a file share is reached with the account's key, and keys are off"
            yield _fault(
                environment,
                "AML045",
                (*path, "type"),
                message,
                "storage.shared_key_access: false",
                "use type: blob, or turn keys on with an accepted S10",
            )
        if store.account is None and settings.storage is None and "storage" not in environment.used:
            yield _fault(environment, "AML045", path, "there is no storage account here", "", "name the `account:`")
        if store.resource_group is not None and store.account is None:
            yield _fault(
                environment,
                "AML045",
                (*path, "resource_group"),
                "resource_group goes with account",
                "",
                "name the `account:` too",
            )


def _case(environment: Environment) -> Iterator[Finding]:
    """Names that differ only in letter case are the same to Azure."""
    settings = environment.settings
    groups: tuple[tuple[str, Iterable[str]], ...] = (
        ("compute", settings.compute),
        ("datastores", settings.datastores),
        ("tags", settings.tags),
    )
    for section, names in groups:
        seen: dict[str, str] = {}
        for name in names:
            first = seen.setdefault(name.casefold(), name)
            if first != name:
                yield _fault(
                    environment,
                    "AML035",
                    (section, name),
                    f"`{first}` and `{name}` are the same to Azure",
                    "",
                    "keep one of them",
                )


def _tags(environment: Environment) -> Iterator[Finding]:
    """Tags keep ARM's limits."""
    tags = environment.settings.tags
    if len(tags) > 50 - _OWN_TAGS:
        yield _fault(
            environment,
            "AML041",
            ("tags",),
            f"Azure takes 50 tags, {_OWN_TAGS} of them are set by amlctl",
            f"{len(tags)}",
            "remove some",
        )
    for key, value in tags.items():
        path = ("tags", key)
        if not 0 < len(key) <= 512 or _TAG_TEXT.search(key):
            yield _fault(
                environment,
                "AML041",
                path,
                "a tag's name has 1–512 characters without `<>%&\\?/`",
                f"`{key[:40]}`",
                "rename it",
            )
        if len(value) > 256:
            yield _fault(
                environment, "AML041", path, "a tag's value has at most 256 characters", f"{len(value)}", "shorten it"
            )
        if key.casefold().startswith(("microsoft", "azure", "windows")):
            yield _fault(
                environment,
                "AML041",
                path,
                "Azure keeps tags that start with microsoft, azure or windows for itself",
                f"`{key}`",
                "rename it",
            )


def _uses(environment: Environment) -> Iterator[Finding]:
    """What is used exists in the stack, is of the same kind, and is not also made here."""
    settings = environment.settings
    for kind, text in settings.uses.items():
        path = ("uses", kind)
        use = environment.used.get(kind)
        if use is None:
            yield _fault(
                environment,
                "AML037",
                path,
                "is to name a stack and its resource",
                f"`{text}`",
                f"write for example shared.{kind}",
            )
            continue
        stack = environment.stacks.get(use.stack)
        if stack is None:
            yield _fault(
                environment,
                "AML037",
                path,
                f"there is no stack `{use.stack}`",
                f"`{text}`",
                "write the name of a file in environments/",
            )
        elif use.kind != kind:
            yield _fault(
                environment,
                "AML037",
                path,
                f"is a {use.kind.replace('_', ' ')}, expected a {kind.replace('_', ' ')}",
                f"`{text}`",
                f"write {use.stack}.{kind}",
            )
        elif getattr(stack.settings, kind) is None:
            yield _fault(
                environment,
                "AML037",
                path,
                f"`{use.stack}` has no {kind.replace('_', ' ')}",
                f"`{text}`",
                f"add `{kind}:` to {stack.file}",
            )
        if getattr(settings, kind) is not None:
            yield _fault(
                environment,
                "AML045",
                (kind,),
                f"`{kind}` is used from {text} and described here too",
                "",
                f"change it in environments/{use.stack}.yaml, or remove `uses.{kind}`",
            )


def _reach(environment: Environment) -> Iterator[Finding]:
    """A user reaches every shared resource: a closed one needs the managed network."""
    if environment.settings.network.mode == "managed":
        return
    for kind, use in environment.used.items():
        stack = environment.stacks.get(use.stack)
        resource = getattr(stack.settings, use.kind, None) if stack else None
        if stack and resource is not None and not getattr(resource, "public_access", True):
            closed = stack.place((use.kind, "public_access"))
            message = f"`{use.stack}.{use.kind}` is closed to the internet ({closed}), and this environment has no managed network"
            yield _fault(
                environment, "AML044", ("uses", kind), message, "network.mode: public", "network.mode: managed"
            )


def _registry(environment: Environment) -> Iterator[Finding]:
    """A closed registry needs Premium, and a cluster that builds the images."""
    own = environment.settings.registry
    if own and own.sku != "Premium":
        for path, wrong in (
            (("registry", "public_access"), not own.public_access),
            (("registry", "zone_redundancy"), own.zone_redundancy),
        ):
            if wrong:
                yield _fault(
                    environment,
                    "AML045",
                    path,
                    f"`{path[1]}` of this value needs a Premium registry",
                    f"sku: {own.sku}",
                    "sku: Premium",
                )
    workspace = environment.settings.workspace
    use = environment.used.get("registry")
    stack = environment.stacks.get(use.stack) if use else None
    registry = own or (stack.settings.registry if stack else None)
    if workspace and registry and not registry.public_access and workspace.image_build is None:
        yield _fault(
            environment,
            "AML045",
            ("workspace",),
            "a closed registry cannot build images by itself",
            "",
            "name a cluster: `workspace: {image_build: cpu-cluster}`",
        )
    if workspace and workspace.image_build is not None:
        compute = environment.settings.compute.get(workspace.image_build)
        if not isinstance(compute, Cluster):
            there = [name for name, one in environment.settings.compute.items() if isinstance(one, Cluster)]
            yield _fault(
                environment,
                "AML045",
                ("workspace", "image_build"),
                f"there is no cluster `{workspace.image_build}`",
                "",
                f"one of {', '.join(there) or 'compute: (none yet)'}",
            )


def _workspace(environment: Environment) -> Iterator[Finding]:
    """What only a workspace can hold needs one; what a workspace needs is there."""
    settings = environment.settings
    if settings.workspace is None:
        for section in ("compute", "datastores"):
            if getattr(settings, section):
                yield _fault(environment, "AML045", (section,), f"`{section}` needs a `workspace:`", "", "add one")
        if settings.insights:
            yield from _needs_logs(environment)
        return
    for kind in ("storage", "key_vault"):
        if getattr(settings, kind) is None and kind not in environment.used:
            yield _fault(
                environment,
                "AML045",
                ("workspace",),
                f"a workspace needs `{kind}`",
                "",
                f"remove the `absent:`, or add `uses: {{{kind}: …}}`",
            )
    yield from _needs_logs(environment)


def _needs_logs(environment: Environment) -> Iterator[Finding]:
    settings = environment.settings
    if (
        settings.logs is None
        and "logs" not in environment.used
        and (settings.insights or settings.diagnostics or settings.key_vault)
    ):
        yield _fault(
            environment,
            "AML045",
            ("insights",),
            "Application Insights and audit logs need `logs`",
            "",
            "add `logs: {}` or `uses: {logs: …}`",
        )


def _clusters(environment: Environment) -> Iterator[Finding]:
    """Clusters have room to grow and stand where the network lets them."""
    for name, compute in environment.settings.compute.items():
        path = ("compute", name)
        if not isinstance(compute, Cluster):
            continue
        if compute.min_nodes > compute.max_nodes:
            yield _fault(
                environment,
                "AML045",
                (*path, "min_nodes"),
                "min_nodes is larger than max_nodes",
                f"{compute.min_nodes} > {compute.max_nodes}",
                "swap them",
            )
        if (
            compute.location
            and compute.location != environment.settings.location
            and environment.settings.network.mode == "managed"
        ):
            yield _fault(
                environment,
                "AML045",
                (*path, "location"),
                "with a managed network computes stand in the workspace's region",
                f"`{compute.location}`",
                "remove it, or network.mode: public",
            )


def _instances(environment: Environment) -> Iterator[Finding]:
    """Instances have one owner, and repositories have a script that clones them."""
    settings = environment.settings
    for name, compute in settings.compute.items():
        path = ("compute", name)
        if not isinstance(compute, Instance):
            continue
        if not 900 <= _seconds(compute.idle) <= 259_200:
            yield _fault(environment, "AML010", (*path, "idle"), "an instance's idle time is 15 minutes to 3 days", "", "15m to 3d")
        if compute.repos and compute.setup is None:
            yield _fault(
                environment,
                "AML045",
                (*path, "repos"),
                "repositories are cloned by the setup script",
                "",
                "add `setup: scripts/compute_instance_setup.sh`",
            )
        if settings.class_ and compute.owner:
            yield _fault(
                environment,
                "AML045",
                (*path, "owner"),
                "in a class each person owns an instance",
                f"`{compute.owner}`",
                "remove it",
            )


def _seconds(duration: str) -> int:
    """Give the seconds of a duration of one unit: PT30M → 1800."""
    return int(duration[2:-1]) * {"S": 1, "M": 60, "H": 3600}[duration[-1]]


def _roles(environment: Environment) -> Iterator[Finding]:
    """Roles are known, given to exactly one, and strong ones have a reason."""
    import difflib

    for name, entry in environment.settings.rbac.items():
        path = ("rbac", name)
        if entry.role not in ROLES:
            near = difflib.get_close_matches(entry.role, ROLES, 1)
            refused = entry.role == "Owner"
            message = "Owner is never given to somebody here (N5)" if refused else "is not a role that amlctl knows"
            yield _fault(
                environment,
                "AML047",
                (*path, "role"),
                message,
                f"`{entry.role[:60]}`",
                f"did you mean `{near[0]}`?" if near and not refused else "a narrower built-in role",
            )
        if entry.role in POWERFUL and not entry.why:
            yield _fault(
                environment,
                "AML018",
                path,
                f"`{'.'.join(path)}.why` is required for {entry.role}",
                "",
                "add the reason",
            )
        if sum(who is not None for who in (entry.who.group, entry.who.user, entry.who.app)) != 1:
            yield _fault(
                environment,
                "AML045",
                (*path, "who"),
                "a role is given to exactly one",
                "",
                "write one of group, user, app",
            )
        if (
            entry.scope not in ("group", "workspace")
            and getattr(environment.settings, entry.scope) is None
            and entry.scope not in environment.used
        ):
            yield _fault(
                environment,
                "AML045",
                (*path, "scope"),
                f"there is no {entry.scope.replace('_', ' ')} here",
                "",
                "another scope",
            )
        if entry.scope == "workspace" and environment.settings.workspace is None:
            yield _fault(environment, "AML045", (*path, "scope"), "there is no workspace here", "", "scope: group")


def _class(environment: Environment) -> Iterator[Finding]:
    """A class has people, and holds everything itself."""
    settings = environment.settings
    if settings.class_ is None:
        return
    if bool(settings.class_.people) == bool(settings.class_.roster):
        yield _fault(
            environment,
            "AML045",
            ("class",),
            "a class has either `people:` or a `roster:` file",
            "",
            "write one of them",
        )
    for kind in ("storage", "key_vault"):
        if kind in environment.used:
            yield _fault(
                environment,
                "AML045",
                ("uses", kind),
                f"in a class each person has a {kind.replace('_', ' ')} of their own",
                "",
                "remove it",
            )
    if settings.workspace is None:
        yield _fault(environment, "AML045", ("class",), "a class needs a `workspace:`", "", "add one")
    if settings.datastores:
        yield _fault(environment, "AML045", ("datastores",), "a class has the four datastores of every workspace only", "", "remove it")
    for name, entry in settings.rbac.items():
        if entry.scope != "group":
            message = "in a class roles hold in every person's resource group"
            yield _fault(environment, "AML045", ("rbac", name), message, f"scope: {entry.scope}", "scope: group")
    longest = max(environment.people, key=len, default="")
    for name, compute in settings.compute.items():
        if isinstance(compute, Instance) and (words := breaks(COMPUTE, f"{name}-{longest}")):
            message = f"`{name}-{longest}` cannot be the name of an instance"
            yield _fault(environment, "AML031", ("compute", name), message, f"{len(name) + 1 + len(longest)} characters", words)
    if not settings.resource_group.create:
        yield _fault(
            environment,
            "AML045",
            ("resource_group", "create"),
            "a class creates a resource group a person",
            "create: false",
            "remove it",
        )


def _pipeline(environment: Environment) -> Iterator[Finding]:
    """A stage runs on exactly one kind of agents."""
    pipeline = environment.settings.pipeline
    if pipeline and (pipeline.pool.vm_image is None) == (pipeline.pool.name is None):
        yield _fault(
            environment,
            "AML045",
            ("pipeline", "pool"),
            "a pool is either Microsoft-hosted or your own",
            "",
            "write one of vm_image, name",
        )


CHECKS: tuple[Check, ...] = (
    _names, _computes, _datastores, _case, _tags, _uses, _reach, _registry, _workspace, _clusters, _instances, _roles, _class, _pipeline,
)  # fmt: skip
