"""Where ARM is and who speaks to it."""

from __future__ import annotations

from typing import NamedTuple

from amlctl.azure.clouds import PUBLIC, Cloud

PUBLIC_CLOUD = PUBLIC.resource_manager


class Connection(NamedTuple):
    """An ARM endpoint and the subscription that is meant.

    ``url`` is the resource manager of ``cloud``, or the local endpoint. ``token`` is a bearer token that is handed in;
    without one the room signs in by itself. ``ca_file`` is the PEM file of a private certificate authority, and says
    that this is the local endpoint: it is given its own token, and no other.
    """

    url: str
    subscription_id: str
    tenant_id: str = ""
    token: str = ""
    ca_file: str = ""
    cloud: Cloud = PUBLIC

    @classmethod
    def to(cls, cloud: Cloud, subscription_id: str, tenant_id: str = "") -> Connection:
        """Make the connection to a subscription of a cloud."""
        return cls(cloud.resource_manager, subscription_id, tenant_id, cloud=cloud)

    @property
    def local(self) -> bool:
        """Whether this is the embedded local ARM endpoint and not Azure."""
        return bool(self.ca_file)

    @property
    def scope(self) -> str:
        """What a credential is asked for."""
        return f"{self.url}/.default" if self.local else self.cloud.scope


class Identity(NamedTuple):
    """Who is signed in, by the claims of the token: ``deployer()`` in a template."""

    object_id: str
    tenant_id: str
    name: str = ""
