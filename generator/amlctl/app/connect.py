"""Which ARM an environment speaks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amlctl.app.project import Project
from amlctl.errors import NotSignedIn

if TYPE_CHECKING:
    from amlctl.azure import Arm, Connection
    from amlctl.environment import Environment


def connect(project: Project, environment: Environment) -> Arm:
    """Sign in to the ARM of an environment; the local endpoint is started where it does not run.

    Raises NotSignedIn where the subscription cannot be seen by who is signed in.
    """
    from amlctl.azure import PUBLIC_CLOUD, Connection
    from amlctl.azure import connect as sign_in

    if environment.is_local:
        return sign_in(_local(project, environment))
    connection = Connection(PUBLIC_CLOUD, environment.subscription_id, environment.tenant_id or "")
    arm = sign_in(connection)
    if arm.subscription() is None:
        raise NotSignedIn(
            f"{arm.identity.name or 'this identity'} cannot see subscription {environment.subscription_id}"
        )
    return arm


def target(environment: Environment) -> str:
    """Say in a word where an environment lives."""
    return "local ARM endpoint" if environment.is_local else f"Azure subscription {environment.subscription_id}"


def _local(project: Project, environment: Environment) -> Connection:
    from amlctl import localarm
    from amlctl.azure import Connection

    endpoint = localarm.start(project.root)
    return Connection(endpoint.url, environment.subscription_id, "", endpoint.token, str(endpoint.ca_file))
