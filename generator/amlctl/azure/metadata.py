"""The metadata document of a cloud that is none of Microsoft's three: Azure Stack Hub, a sovereign cloud, an endpoint.

It is served without a token at ``/metadata/endpoints``. Versions from 2022 on answer one object, 2019-05-01 a list of
clouds (go-azure-sdk ``internal/metadata``, azure-cli ``core/cloud.py``). Azure Stack's 2015-01-01 does not say where
the resource manager is (it is the host that was asked), nor the suffixes, which follow from its name
(Microsoft's page "Connect to Azure Stack Hub": ``management.REGION.DOMAIN`` has storage at ``REGION.DOMAIN`` and vaults
at ``vault.REGION.DOMAIN``).

The environment file names the address, so the document is believed, as far as it can be checked: every address in it is
https, and it cannot claim a token that is meant for one of Microsoft's clouds.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

from amlctl.azure.clouds import KNOWN, Cloud, Document, origin, owner_of_login, same
from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError, ConfigurationInvalid

PATH = "/metadata/endpoints"
VERSION = "api-version=2022-09-01"
MOST_BYTES = 256 * 1024
CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 10, 15, 30
_AUDIENCE = re.compile(r"[A-Za-z0-9_.:/-]{3,300}")
"""What azure-identity takes in a scope (``validate_scope``)."""
_SUFFIX = re.compile(r"\.?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|")
_OLD = {"portal": "portalEndpoint", "graph": "graphEndpoint", "gallery": "galleryEndpoint"}
"""What the 2015-01-01 form calls the same."""
_ADDRESSES = ("resourceManager", "portal", "gallery", "graph", "graphAudience", "batch", "media", "sqlManagement")


def fetch(address: str) -> Cloud:
    """Read the document at an address and make the cloud of it; no token is sent.

    The address may be the document's or the resource manager's alone, as ``az cloud register`` takes it. Raises
    AmlctlError (AML609) if the document cannot be read, ConfigurationInvalid (AML610) if it cannot be used.
    """
    parts = urlsplit(address)
    url = f"{origin(address)}{parts.path if parts.path.strip('/') else PATH}?{parts.query or VERSION}"
    return read(_parsed(_bytes(url), url), url)._replace(name=address)


def read(served: object, url: str) -> Cloud:
    """Make a cloud of what was served at an address. Raises ConfigurationInvalid (AML610) that says what is missing."""
    document = _modern(_one(served, url), url)
    signing_in: Mapping[str, Any] = document["authentication"]
    login = str(signing_in["loginEndpoint"])
    for field, address in (("resourceManager", document["resourceManager"]), ("loginEndpoint", login)):
        _checked_address(field, address, url)
    audiences = _audiences(signing_in, document["resourceManager"], url)
    family = owner_of_login(login)
    return Cloud(
        url,
        origin(document["resourceManager"]),
        origin(login),
        audiences,
        document["suffixes"],
        str(document.get("portal", "")),
        document,
        family.logins if family else (origin(login),),
        family.issuers if family else (),
        signing_in.get("identityProvider") == "ADFS" or urlsplit(login).path.strip("/").lower() == "adfs",
    )


# ---- the bytes ------------------------------------------------------------------------------------------------


def _bytes(url: str) -> bytes:
    from azure.core.exceptions import AzureError
    from azure.core.pipeline import Pipeline
    from azure.core.pipeline.policies import RetryPolicy
    from azure.core.rest import HttpRequest

    from amlctl.azure.transport import OnlyTheseHosts

    until = time.monotonic() + ALL_SECONDS
    pipeline: Pipeline[Any, Any] = Pipeline(OnlyTheseHosts([url]), [RetryPolicy(retry_total=1, timeout=ALL_SECONDS)])
    try:
        with pipeline:
            options: dict[str, Any] = {"connection_timeout": CONNECT_SECONDS, "read_timeout": READ_SECONDS}
            answer = pipeline.run(HttpRequest("GET", url), stream=True, **options).http_response
            if answer.status_code != 200:
                _unread(url, f"the answer is {answer.status_code}")
            return _limited(answer.iter_bytes(), url, until)
    except AzureError as error:
        _unread(url, str(error.message or error).splitlines()[0])


def _limited(parts: Iterator[bytes], url: str, until: float) -> bytes:
    """Put the parts of an answer together, up to a size and a time that no such document needs."""
    found = b""
    for part in parts:
        found += part
        if len(found) > MOST_BYTES:
            _unread(url, f"the answer is larger than {MOST_BYTES // 1024} KiB")
        if time.monotonic() > until:
            _unread(url, f"the answer took longer than {ALL_SECONDS} seconds")
    return found


def _unread(url: str, reason: str) -> NoReturn:
    message = "the metadata document of the cloud cannot be read"
    instead = "check the address under `cloud:`, the network, and REQUESTS_CA_BUNDLE if its certificate is private"
    raise AmlctlError(message, Finding("error", "AML609", message, None, f"{url}: {reason[:200]}", instead))


def _parsed(data: bytes, url: str) -> object:
    try:
        return json.loads(data.decode("utf-8-sig"))  # Azure Stack sends a byte-order mark
    except (ValueError, RecursionError):
        _unusable(url, "it is not JSON", "write the address of a document such as …/metadata/endpoints under `cloud:`")


# ---- the document ---------------------------------------------------------------------------------------------


def _one(served: object, url: str) -> Document:
    """Take the cloud that was asked for out of an answer."""
    clouds = [one for one in (served if isinstance(served, list) else [served]) if isinstance(one, dict)]
    if not clouds:
        _unusable(url, "it is no object", "write the address of a document such as …/metadata/endpoints under `cloud:`")
    here = [one for one in clouds if origin(_text(one.get("resourceManager"))) == origin(url)]
    if len(clouds) > 1 and not here:
        names = ", ".join(_text(one.get("name")) or "?" for one in clouds)[:120]
        found = f"it describes {len(clouds)} clouds ({names}), and none of them has its resource manager at this host"
        _unusable(url, found, "write the address of the cloud's own resource manager under `cloud:`")
    return (here or clouds)[0]


def _modern(served: Document, url: str) -> Document:
    """Bring every form into that of 2022-09-01, and say what is missing."""
    document = {**{new: served[old] for new, old in _OLD.items() if old in served}, **served}
    if "resourceManager" not in document and any(old in served for old in _OLD.values()):
        document["resourceManager"] = origin(url)
    if not document.get("suffixes"):
        document["suffixes"] = _suffixes_of(_text(document.get("resourceManager")))
    signing_in = document.get("authentication")
    signing_in = document["authentication"] = signing_in if isinstance(signing_in, dict) else {}
    missing = [
        *(["resourceManager"] if not _text(document.get("resourceManager")) else []),
        *(["authentication.loginEndpoint"] if not _text(signing_in.get("loginEndpoint")) else []),
        *(["authentication.audiences"] if not signing_in.get("audiences") else []),
        *(["suffixes.storage"] if not _has_storage(document["suffixes"]) else []),
    ]
    if missing:
        _unusable(url, f"it lacks {', '.join(missing)}", f"ask with ?{VERSION}, or ask who runs the cloud")
    _check_texts(document, url)
    return document


def _suffixes_of(manager: str) -> dict[str, str]:
    """Derive the suffixes of an Azure Stack from the host of its resource manager; nothing for any other host."""
    first, _, rest = (urlsplit(manager).hostname or "").partition(".")
    if first not in ("management", "adminmanagement") or "." not in rest:
        return {}
    return {"storage": rest, "keyVaultDns": f"vault.{rest}"}


def _has_storage(suffixes: object) -> bool:
    return isinstance(suffixes, dict) and bool(_text(suffixes.get("storage")))


def _check_texts(document: Document, url: str) -> None:
    """Every address is https, every suffix a part of a host's name."""
    for key in _ADDRESSES:
        value = document.get(key, "https://")
        if value is not None and not _text(value).startswith("https://"):
            _unusable(url, f"{key} is not an https address: {str(value)[:80]}", "ask who runs the cloud")
    document["suffixes"] = {key: value for key, value in document["suffixes"].items() if value is not None}
    for key, value in document["suffixes"].items():
        if not isinstance(value, str) or not _SUFFIX.fullmatch(value):
            _unusable(
                url, f"suffixes.{key} is not the end of a host's name: {str(value)[:80]}", "ask who runs the cloud"
            )


def _checked_address(field: str, address: str, url: str) -> None:
    """The two hosts that are given tokens and secrets: https, and nothing but a host, a port and a login's path."""
    try:
        parts = urlsplit(address)
        plain = parts.scheme == "https" and parts.hostname and not parts.username and (parts.port or 443) > 0
    except ValueError:
        plain = False
    extra = not plain or parts.query or parts.fragment or (field == "resourceManager" and parts.path.strip("/"))
    if not plain or extra:
        _unusable(url, f"{field} is not a plain https address: {address[:80]}", "ask who runs the cloud")


def _audiences(signing_in: Mapping[str, Any], manager: str, url: str) -> tuple[str, ...]:
    """What tokens are made for. One of Microsoft's clouds is served by its own resource manager alone."""
    listed = signing_in["audiences"]
    if not isinstance(listed, list) or not all(isinstance(one, str) and _AUDIENCE.fullmatch(one) for one in listed):
        _unusable(url, "authentication.audiences is no list of identifiers", "ask who runs the cloud")
    for audience in listed:
        owner = next((one for one in KNOWN.values() if same(audience, one.audiences)), None)
        if owner and origin(manager) != owner.resource_manager:
            found = f"it would send tokens for {audience} ({owner.title}) to {origin(manager)}"
            _unusable(url, found, "do not use this cloud; a token would be given away")
    return tuple(listed)


def _unusable(url: str, found: str, instead: str) -> NoReturn:
    message = "the metadata document of the cloud cannot be used"
    raise ConfigurationInvalid(message, Finding("error", "AML610", message, None, f"{url}: {found}", instead))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
