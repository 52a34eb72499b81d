"""How bytes leave this room: which certificates are trusted, which proxy is used, and to which hosts anything goes."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from azure.core.pipeline.transport import RequestsTransport

from amlctl.azure.clouds import origin
from amlctl.azure.fence import Elsewhere
from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError

if TYPE_CHECKING:
    from collections.abc import Iterable

AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Files of trusted certificates: requests reads the first two, OpenSSL and Go the third."""
CONNECT_SECONDS, READ_SECONDS = 10, 60
"""How long a connection may take, and how long one may stay silent."""


class OnlyTheseHosts(RequestsTransport):  # type: ignore[misc]  # its package is typed Any
    """A transport that reaches a few origins: whatever leads elsewhere ends here, before a byte of it is sent.

    Raises Elsewhere, and AmlctlError (AML608) if a variable names a file of certificates that is not there.
    """

    def __init__(self, allowed: Iterable[str], ca_file: str = "") -> None:
        self._allowed = frozenset(origin(one) for one in allowed)
        super().__init__(
            connection_verify=ca_file or trusted(),
            # A proxy of the environment must never see what is meant for this machine.
            use_env_settings=not (ca_file or all(on_this_machine(one) for one in self._allowed)),
            connection_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
        )

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request to one of the hosts."""
        asked = origin(request.url)
        if asked not in self._allowed:
            raise Elsewhere(f"sign-in or an answer leads to {asked}; nothing was sent there")
        return super().send(request, **options)


def trusted() -> str | bool:
    """Give the file of trusted certificates that a variable names, or True for the ones that come with Python."""
    for name in AUTHORITIES:
        path = os.environ.get(name)
        if path and not Path(path).exists():
            message = f"{name} names a file of certificates that is not there"
            raise AmlctlError(message, Finding("error", "AML608", message, None, path[:200], f"unset {name}"))
        if path:
            return path
    return True


def on_this_machine(url: str) -> bool:
    """Tell whether an address is this machine's own: loopback, or the link-local one that a host gives its guests."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local
