"""Checks of roles, classes and pipelines. Each takes an environment and gives findings."""

from __future__ import annotations

from collections.abc import Iterator

from amlctl.diagnostics import Finding
from amlctl.environment.finding import Check, fault_at
from amlctl.environment.models import Instance
from amlctl.environment.naming import noun
from amlctl.environment.roles import POWERFUL, ROLES
from amlctl.environment.values import Environment


def _roles(environment: Environment) -> Iterator[Finding]:
    """Roles are known, given to exactly one, and strong ones have a reason."""
    import difflib

    for name, entry in environment.settings.rbac.items():
        path = ("rbac", name)
        if entry.role not in ROLES:
            near = difflib.get_close_matches(entry.role, ROLES, 1)
            refused = entry.role == "Owner"
            message = "the Owner role cannot be assigned here" if refused else "is not a role that amlctl knows"
            yield fault_at(
                environment,
                "AML047",
                (*path, "role"),
                message,
                f"`{entry.role[:60]}`",
                f"did you mean `{near[0]}`?" if near and not refused else "a narrower built-in role",
            )
        if entry.role in POWERFUL and not entry.why:
            yield fault_at(
                environment,
                "AML018",
                path,
                f"`{'.'.join(path)}.why` is required for {entry.role}",
                "",
                "add the reason",
            )
        if sum(who is not None for who in (entry.who.group, entry.who.user, entry.who.app)) != 1:
            yield fault_at(
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
            yield fault_at(
                environment, "AML045", (*path, "scope"), f"there is no {noun(entry.scope)} here", "", "another scope"
            )
        if entry.scope == "workspace" and environment.settings.workspace is None:
            yield fault_at(environment, "AML045", (*path, "scope"), "there is no workspace here", "", "scope: group")


def _class(environment: Environment) -> Iterator[Finding]:
    """A class has people, and holds everything itself."""
    settings = environment.settings
    if settings.class_ is None:
        return
    if bool(settings.class_.people) == bool(settings.class_.roster):
        yield fault_at(
            environment,
            "AML045",
            ("class",),
            "a class has either `people:` or a `roster:` file",
            "",
            "write one of them",
        )
    for kind in ("storage", "key_vault", "data"):
        if kind in environment.used:
            yield fault_at(
                environment,
                "AML045",
                ("uses", kind),
                f"in a class each person has a {noun(kind)} of their own",
                "",
                "remove it",
            )
    if settings.workspace is None:
        yield fault_at(environment, "AML045", ("class",), "a class needs a `workspace:`", "", "add one")
    if settings.datastores:
        yield fault_at(
            environment,
            "AML045",
            ("datastores",),
            "a class has the four datastores of every workspace only",
            "",
            "remove it",
        )
    for name, entry in settings.rbac.items():
        if entry.scope != "group":
            message = "in a class roles hold in every person's resource group"
            yield fault_at(environment, "AML045", ("rbac", name), message, f"scope: {entry.scope}", "scope: group")
    if not settings.resource_group.create:
        yield fault_at(
            environment,
            "AML045",
            ("resource_group", "create"),
            "a class creates a resource group a person",
            "create: false",
            "remove it",
        )


def _me(environment: Environment) -> Iterator[Finding]:
    """A pipeline deploys as a service principal, so nothing there may belong to who deploys (design.md section 4)."""
    settings = environment.settings
    if settings.pipeline is None:
        return
    instead = "write the object id of the person, or deploy the environment by hand, without `pipeline:`"
    for name, compute in settings.compute.items():
        if isinstance(compute, Instance) and not settings.class_ and compute.owner in (None, "me"):
            path = ("compute", name, "owner") if compute.owner else ("compute", name)
            message = f"`{name}` would belong to the service principal of the pipeline, and nobody could open it"
            yield fault_at(environment, "AML050", path, message, f"owner: {compute.owner or '(none)'}", instead)
    for name, entry in settings.rbac.items():
        if entry.who.user == "me":
            message = f"`rbac.{name}` would be given to the service principal of the pipeline"
            yield fault_at(environment, "AML050", ("rbac", name, "who", "user"), message, "user: me", instead)


def _pipeline(environment: Environment) -> Iterator[Finding]:
    """A stage runs on exactly one kind of agents."""
    pipeline = environment.settings.pipeline
    if pipeline and (pipeline.pool.vm_image is None) == (pipeline.pool.name is None):
        yield fault_at(
            environment,
            "AML045",
            ("pipeline", "pool"),
            "a pool is either Microsoft-hosted or your own",
            "",
            "write one of vm_image, name",
        )


CHECKS: tuple[Check, ...] = (_roles, _class, _me, _pipeline)
