"""Checks of names, tags and of what each compute and datastore says. Each takes an environment and gives findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from amlctl.diagnostics import Finding, JsonPath
from amlctl.environment.finding import Check, fault_at
from amlctl.environment.models import Cluster, Datastore, Instance, Storage
from amlctl.environment.naming import BY_KIND, COMPUTE, COMPUTE_SAFE, DATASTORE, NameRule, breaks, noun
from amlctl.environment.sizes import TODAY, retirement
from amlctl.environment.types import shown
from amlctl.environment.values import Environment

_TAG_TEXT = re.compile(r"[<>%&\\?/]")
_OWN_TAGS = 4
"""Tags that amlctl adds: environment, owner, expires, managed-by."""


def _names(environment: Environment) -> Iterator[Finding]:
    """Overridden names keep Azure's rule, and there is no override for something unknown."""
    for kind, text in environment.settings.naming.overrides.items():
        path = ("naming", "overrides", kind)
        rule = BY_KIND.get(kind)
        if rule is None:
            yield fault_at(
                environment, "AML017", path, f"unknown kind of resource `{kind}`", "", f"one of {', '.join(BY_KIND)}"
            )
        elif words := breaks(rule, text):
            yield fault_at(
                environment,
                rule.code,
                path,
                f"{shown(text)} cannot be the name of a {noun(kind)}",
                _reason(text, rule),
                words,
            )


def _reason(text: str, rule: NameRule) -> str:
    """Say what is odd about a name: its length, or a character that looks like another."""
    odd = [f"U+{ord(one):04X}" for one in text if not " " < one < "\x7f"]
    if odd:
        return f"with {', '.join(odd[:5])}"
    return "" if rule.least <= len(text) <= rule.most else f"{len(text)} characters"


def _computes(environment: Environment) -> Iterator[Finding]:
    """Compute names keep Azure's rule, an instance with its salt; long ones of clusters are warned about."""
    for key, compute in environment.settings.compute.items():
        path = ("compute", key)
        instance = isinstance(compute, Instance)
        names = [name.text for (of, _), name in environment.instances.items() if of == key] if instance else [key]
        if words := next((words for name in names if (words := breaks(COMPUTE, name))), None):
            message = f"{shown(key)} cannot be the name of a compute"
            yield fault_at(environment, "AML031", path, message, _reason(key, COMPUTE), words)
        elif len(key) > COMPUTE_SAFE and not instance:
            message = f"`{key}` is longer than {COMPUTE_SAFE} characters, which some clients refuse"
            found = f"{len(key)} characters; Azure takes {COMPUTE.most}"
            yield fault_at(environment, "AML031", path, message, found, "a shorter name", "warning")


def _datastores(environment: Environment) -> Iterator[Finding]:
    """Datastores have legal names and an account that can hold them."""
    own = _own_storage(environment)
    for name, store in environment.settings.datastores.items():
        path = ("datastores", name)
        if words := breaks(DATASTORE, name):
            yield fault_at(environment, "AML039", path, f"{shown(name)} cannot be the name of a datastore", "", words)
        if store.account is not None:
            if store.within == "data":
                yield fault_at(
                    environment, "AML045", (*path, "in"), "`in` and `account` exclude each other", "", "remove one"
                )
        elif store.within == "data":
            yield from _in_data(environment, path, store)
        else:
            yield from _in_own(environment, path, store, own)
        if store.resource_group is not None and store.account is None:
            message = "resource_group goes with account"
            yield fault_at(environment, "AML045", (*path, "resource_group"), message, "", "name the `account:` too")


def _in_own(environment: Environment, path: JsonPath, store: Datastore, own: Storage | None) -> Iterator[Finding]:
    """A datastore in the workspace's own account."""
    if store.type == "adls":
        message = "the environment's own account has no hierarchical namespace (S22)"
        instead = "name the `account:` that has one"
        yield fault_at(environment, "AML045", (*path, "type"), message, "type: adls", instead)
    if store.type == "file" and own is not None and not own.shared_key_access:
        message = "a file share is reached with the account's key, and keys are off"
        instead = "use type: blob, or turn keys on with an accepted S10"
        found = "storage.shared_key_access: false"
        yield fault_at(environment, "AML045", (*path, "type"), message, found, instead)
    if store.type == "blob" and environment.settings.storage is None and own is not None:
        yield from _container(environment, path, store.container, own, "storage")
    if own is None:
        yield fault_at(environment, "AML045", path, "there is no storage account here", "", "name the `account:`")


def _in_data(environment: Environment, path: JsonPath, store: Datastore) -> Iterator[Finding]:
    """A datastore in the account for data of a stack: a blob container that the stack makes."""
    use = environment.used.get("data")
    stack = environment.stacks.get(use.stack) if use else None
    if use is None:
        message = "`in: data` needs the account for data of a stack"
        yield fault_at(environment, "AML045", (*path, "in"), message, "", "add `uses: {data: shared.data}`")
    elif store.type != "blob":
        message = "the account for data holds blob containers"
        yield fault_at(environment, "AML045", (*path, "type"), message, f"type: {store.type}", "use type: blob")
    elif stack and stack.settings.data:
        yield from _container(environment, path, store.container, stack.settings.data, "data")


def _own_storage(environment: Environment) -> Storage | None:
    """The account of the workspace: the environment's own, or that of the stack it uses."""
    use = environment.used.get("storage")
    stack = environment.stacks.get(use.stack) if use else None
    return stack.settings.storage if stack else environment.settings.storage


def _container(
    environment: Environment, path: JsonPath, container: str, storage: Storage, kind: str
) -> Iterator[Finding]:
    """A container in a shared account is made by its stack."""
    if container not in storage.containers:
        stack = environment.used[kind].stack
        message = f"the {noun(kind)} of `{stack}` has no container `{container}`"
        instead = f"add it in environments/{stack}.yaml: `{kind}: {{containers: [{container}]}}`"
        yield fault_at(environment, "AML045", (*path, "container"), message, "", instead)


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
                yield fault_at(
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
        yield fault_at(
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
            yield fault_at(
                environment,
                "AML041",
                path,
                "a tag's name has 1–512 characters without `<>%&\\?/`",
                f"`{key[:40]}`",
                "rename it",
            )
        if len(value) > 256:
            yield fault_at(
                environment, "AML041", path, "a tag's value has at most 256 characters", f"{len(value)}", "shorten it"
            )
        if key.casefold().startswith(("microsoft", "azure", "windows")):
            yield fault_at(
                environment,
                "AML041",
                path,
                "tags that start with microsoft, azure or windows are reserved",
                f"`{key}`",
                "rename it",
            )


def _clusters(environment: Environment) -> Iterator[Finding]:
    """Clusters have room to grow and stand where the network lets them."""
    for name, compute in environment.settings.compute.items():
        path = ("compute", name)
        if not isinstance(compute, Cluster):
            continue
        if compute.min_nodes > compute.max_nodes:
            yield fault_at(
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
            yield fault_at(
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
            yield fault_at(
                environment,
                "AML010",
                (*path, "idle"),
                "an instance's idle time is 15 minutes to 3 days",
                "",
                "15m to 3d",
            )
        if compute.repos and compute.setup is None:
            yield fault_at(
                environment,
                "AML045",
                (*path, "repos"),
                "repositories are cloned by the setup script",
                "",
                "add `setup: scripts/compute_instance_setup.sh`",
            )
        if settings.class_ and compute.owner:
            message = "in a class each person owns an instance"
            yield fault_at(environment, "AML045", (*path, "owner"), message, f"`{compute.owner}`", "remove it")
        yield from _instance_details(environment, path, compute)


def _instance_details(environment: Environment, path: JsonPath, compute: Instance) -> Iterator[Finding]:
    """What Azure refuses for an instance, or only takes in part."""
    others = environment.settings.class_ is not None or compute.owner not in (None, "me")
    if others and compute.ssh and compute.ssh.public_key:
        message = "Azure takes no SSH key for an instance that is made for somebody else (azure-docs#109642)"
        instead = "write `ssh: {}`: the owner sets the key in the studio"
        yield fault_at(environment, "AML051", (*path, "ssh"), message, "", instead)
    if compute.schedule and compute.schedule.start == compute.schedule.stop:
        message = "the instance would start and stop at the same time"
        yield fault_at(environment, "AML053", (*path, "schedule"), message, compute.schedule.stop, "change one of them")
    own = _own_storage(environment)
    if own is not None and not own.shared_key_access:
        message = (
            "an instance may fail to mount a storage account without keys: how-to-create-compute-instance asks for"
            " them, how-to-disable-local-auth-storage lists instances as supported (preview)"
        )
        instead = "storage.shared_key_access: true, or try it first"
        found = "storage.shared_key_access: false"
        yield fault_at(environment, "AML049", path, message, found, instead, "warning")


def _sizes(environment: Environment) -> Iterator[Finding]:
    """A size that Azure has retired cannot be made; one that goes is said with its day."""
    for name, compute in environment.settings.compute.items():
        gone = retirement(compute.size)
        if gone is None:
            continue
        path, instead = ("compute", name, "size"), f"use {gone.instead}"
        if gone.day <= TODAY:
            message = f"Azure retired {compute.size} on {gone.day}"
            yield fault_at(environment, "AML054", path, message, "", instead)
        else:
            message = f"Azure retires {compute.size} on {gone.day}; new subscriptions may not get it"
            yield fault_at(environment, "AML055", path, message, "", instead, "warning")


def _seconds(duration: str) -> int:
    """Give the seconds of a duration of one unit: PT30M → 1800."""
    return int(duration[2:-1]) * {"S": 1, "M": 60, "H": 3600}[duration[-1]]


CHECKS: tuple[Check, ...] = (_names, _computes, _datastores, _case, _tags, _clusters, _instances, _sizes)
