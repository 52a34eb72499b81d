"""Which ARM an environment speaks to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amlctl.app.project import Project
from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError, NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amlctl.azure import Arm, Connection
    from amlctl.environment import Environment

PLACES = {"AML601": "tenant", "AML609": "cloud", "AML610": "cloud"}
"""The key that a fault of the room `azure`, which knows no files, speaks of."""


def connect(project: Project, environment: Environment) -> Arm:
    """Sign in to the ARM of an environment; the local endpoint is started if it does not run.

    Raises NotSignedIn if the subscription cannot be seen by who is signed in, or belongs to another tenant; what
    ``azure.cloud`` raises if the cloud's metadata document cannot be used.
    """
    from amlctl.azure import Connection, cloud
    from amlctl.azure import connect as sign_in

    if environment.is_local:
        return sign_in(_local(project, environment))
    try:
        there = cloud(environment.settings.cloud)
        arm = sign_in(Connection.to(there, environment.subscription_id, environment.tenant_id or ""))
    except AmlctlError as error:
        raise type(error)(str(error), *(_placed(one, environment) for one in error.findings)) from error
    _own_subscription(arm, environment)
    return arm


def target(environment: Environment) -> str:
    """Say in a few words where an environment lives."""
    if environment.is_local:
        return "local ARM endpoint"
    from amlctl import azure

    cloud = environment.settings.cloud
    if cloud == "public":
        return f"Azure subscription {environment.subscription_id}"
    named = f"cloud {urlsplit(cloud).netloc}" if cloud.startswith("https:") else azure.cloud(cloud).title
    return f"{named}, subscription {environment.subscription_id}"


def cloud_of(environment: Environment, arm: Arm | None) -> Mapping[str, Any] | None:
    """Give what ``environment()`` answers in a template; None means: as in Azure's public cloud.

    Without a sign-in nothing is read, so a cloud that is named by an address is not known yet.
    """
    name = environment.settings.cloud
    if environment.is_local or name == "public":
        return None
    from amlctl.arm import unknown_environment
    from amlctl.azure import cloud

    if arm is not None:
        return arm.connection.cloud.environment()
    if name.startswith("https:"):
        return unknown_environment(f"what {name} says of the cloud was not read")
    return cloud(name).environment()


def _placed(finding: Finding, environment: Environment) -> Finding:
    """Lead a fault of sign-in to the line of the environment file that it speaks of."""
    key = PLACES.get(finding.code)
    return finding._replace(place=environment.place((key,))) if key and finding.place is None else finding


def _own_subscription(arm: Arm, environment: Environment) -> None:
    """Compare the subscription with the environment file before anything else is asked."""
    document = arm.subscription()
    who = arm.identity.name or "this identity"
    if document is None:
        message = f"{who} cannot see subscription {environment.subscription_id}"
        found = f"signed in to tenant {arm.identity.tenant_id}" if arm.identity.tenant_id else ""
        instead = "give it a role there (Reader at least), sign in as somebody who has one, or correct `subscription:`"
        place = environment.place(("subscription",))
        raise NotSignedIn(message, Finding("error", "AML611", message, place, found, instead))
    owner, wanted = str(document.get("tenantId") or ""), environment.tenant_id or ""
    if owner and wanted and owner.lower() != wanted.lower():
        message = f"subscription {environment.subscription_id} belongs to tenant {owner}"
        place = environment.place(("tenant",))
        raise NotSignedIn(
            message, Finding("error", "AML601", message, place, f"tenant: {wanted}", "correct one of the two ids")
        )


def _local(project: Project, environment: Environment) -> Connection:
    from amlctl import localarm
    from amlctl.azure import Connection

    endpoint = localarm.start(project.root)
    return Connection(endpoint.url, environment.subscription_id, "", endpoint.token, str(endpoint.ca_file))
