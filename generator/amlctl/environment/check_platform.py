"""Checks of how the resources of an environment fit together. Each takes an environment and gives findings."""

from __future__ import annotations

from collections.abc import Iterator

from amlctl.diagnostics import Finding
from amlctl.environment.finding import Check, fault_at
from amlctl.environment.models import Cluster
from amlctl.environment.naming import noun
from amlctl.environment.values import Environment


def _uses(environment: Environment) -> Iterator[Finding]:
    """What is used exists in the stack, is of the same kind, and is not also made here."""
    settings = environment.settings
    for kind, text in settings.uses.items():
        path = ("uses", kind)
        use = environment.used.get(kind)
        if use is None:
            yield fault_at(
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
            yield fault_at(
                environment,
                "AML037",
                path,
                f"there is no stack `{use.stack}`",
                f"`{text}`",
                "write the name of a file in environments/",
            )
        elif use.kind != kind:
            yield fault_at(
                environment,
                "AML037",
                path,
                f"is a {noun(use.kind)}, expected a {noun(kind)}",
                f"`{text}`",
                f"write {use.stack}.{kind}",
            )
        elif getattr(stack.settings, kind) is None:
            yield fault_at(
                environment,
                "AML037",
                path,
                f"`{use.stack}` has no {noun(kind)}",
                f"`{text}`",
                f"add `{kind}:` to {stack.file}",
            )
        if getattr(settings, kind) is not None:
            yield fault_at(
                environment,
                "AML045",
                (kind,),
                f"`{kind}` is used from {text} and described here too",
                "",
                f"change it in environments/{use.stack}.yaml, or remove `uses.{kind}`",
            )


def _cloud(environment: Environment) -> Iterator[Finding]:
    """The embedded endpoint is in no cloud of Azure, and a stack that is used is in the same cloud."""
    cloud = environment.settings.cloud
    if environment.is_local and cloud != "public":
        message = "`subscription: local` means the embedded ARM endpoint, which is in no other cloud"
        instead = "write the id of a subscription of that cloud under `subscription:`, or remove `cloud:`"
        yield fault_at(environment, "AML069", ("cloud",), message, f"`cloud: {cloud}`", instead)
    for kind, use in environment.used.items():
        stack = environment.stacks.get(use.stack)
        if stack and stack.settings.cloud != cloud:
            message = f"`{use.stack}` is in another cloud ({stack.settings.cloud}): nothing there can be used from here"
            yield fault_at(environment, "AML069", ("uses", kind), message, f"`cloud: {cloud}`", "use one cloud in both")


def _reach(environment: Environment) -> Iterator[Finding]:
    """A user reaches every shared resource: a closed one needs the managed network."""
    if environment.settings.network.mode == "managed":
        return
    for kind in ("storage", "data", "key_vault", "registry") if environment.settings.workspace else ():
        own = getattr(environment.settings, kind)
        if own is not None and not own.public_access:
            message = f"the {noun(kind)} is closed to the internet, and there is no managed network here"
            found, instead = "network.mode: public", f"network.mode: managed, or {kind}.public_access: true"
            yield fault_at(environment, "AML044", ("network", "mode"), message, found, instead)
    for kind, use in environment.used.items():
        stack = environment.stacks.get(use.stack)
        resource = getattr(stack.settings, use.kind, None) if stack else None
        if stack and resource is not None and not getattr(resource, "public_access", True):
            closed = stack.place((use.kind, "public_access"))
            message = (
                f"`{use.stack}.{use.kind}` is closed to the internet ({closed}), and there is no managed network here"
            )
            yield fault_at(
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
                yield fault_at(
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
        yield fault_at(
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
            yield fault_at(
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
                yield fault_at(environment, "AML045", (section,), f"`{section}` needs a `workspace:`", "", "add one")
        if settings.insights:
            yield from _needs_logs(environment)
        return
    for kind in ("storage", "key_vault"):
        if getattr(settings, kind) is None and kind not in environment.used:
            yield fault_at(
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
        yield fault_at(
            environment,
            "AML045",
            ("insights",),
            "Application Insights and audit logs need `logs`",
            "",
            "add `logs: {}` or `uses: {logs: …}`",
        )


def _shared_own(environment: Environment) -> Iterator[Finding]:
    """Several workspaces over one account or vault are apart by name only (real-azure.md M9)."""
    if environment.settings.workspace is None:
        return
    for kind in ("storage", "key_vault"):
        if kind in environment.used:
            message = (
                f"every workspace that uses this {noun(kind)} can read what the others keep there: data isolation keeps"
                " names apart, and the roles of each identity hold for all of it"
            )
            instead = f"give each environment its own {noun(kind)}, and share data with `data:`"
            yield fault_at(environment, "AML058", ("uses", kind), message, "", instead, "info")


CHECKS: tuple[Check, ...] = (_uses, _cloud, _reach, _registry, _workspace, _shared_own)
