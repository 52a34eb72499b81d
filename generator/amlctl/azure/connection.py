"""Where ARM is and who speaks to it."""

from __future__ import annotations

from typing import NamedTuple

PUBLIC_CLOUD = "https://management.azure.com"


class Connection(NamedTuple):
    """An ARM endpoint and the subscription that is meant.

    ``token`` is a bearer token that is handed in; without one the room signs in by itself. ``ca_file`` is the PEM file
    of a private certificate authority, needed by the local endpoint alone.
    """

    url: str
    subscription_id: str
    tenant_id: str = ""
    token: str = ""
    ca_file: str = ""

    @property
    def local(self) -> bool:
        """Whether this is the embedded local ARM endpoint and not Azure."""
        return bool(self.ca_file)


class Identity(NamedTuple):
    """Who is signed in, by the claims of the token: ``deployer()`` in a template."""

    object_id: str
    tenant_id: str
    name: str = ""
