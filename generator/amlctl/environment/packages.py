"""Which hosts an Azure ML environment is built from: the channels and pip lines of a conda file, and its base image.

Channels: conda's documentation, "Managing channels" (a name is a channel of conda.anaconda.org, ``defaults`` comes from
repo.anaconda.com, an address is itself). Options of pip lines: pip's documentation, "Requirements file format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from amlctl.environment.plain import load_plain

MICROSOFT = "mcr.microsoft.com"
"""Every managed network admits it: service tags MicrosoftContainerRegistry and AzureFrontDoor.FirstParty."""
DOCKER = "registry-1.docker.io"
INDEX = ""
"""Stands for the index that pip asks if a line names none."""
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*\+)?https?://[^\s'\"]+", re.IGNORECASE)
_FULL_INDEX = re.compile(r"(?:-i|--index-" r"url)[ =]")


class Needed(NamedTuple):
    """A host that a build calls, and what for."""

    host: str
    what: str


def of_conda(text: str) -> list[Needed]:
    """Give the hosts that a conda file is installed from, each once; ``INDEX`` is the usual index of pip.

    A text that is no YAML gives none.
    """
    try:
        document = load_plain(text)
    except ValueError:
        return []
    document = document if isinstance(document, dict) else {}
    found = [*_channels(document), *_pip(document)]
    return list({one.host: one for one in reversed(found)}.values())[::-1]


def of_image(image: str) -> Needed:
    """Give the registry that an image is pulled from: a name without one is an image of Docker Hub."""
    first, slash, _ = image.partition("/")
    named = slash and ("." in first or ":" in first)
    return Needed(first.partition(":")[0] if named else DOCKER, image)


def _channels(document: dict[str, Any]) -> Iterator[Needed]:
    listed = document.get("channels")
    names = [str(one) for one in listed] if isinstance(listed, list) else ["defaults"]
    texts = [entry for entry in _dependencies(document) if isinstance(entry, str)]
    for name in [*names, *(text.partition("::")[0] for text in texts if "::" in text)]:
        if name != "nodefaults":
            yield Needed(_host(name) or ("repo.anaconda.com" if name == "defaults" else "conda.anaconda.org"), name)


def _pip(document: dict[str, Any]) -> Iterator[Needed]:
    groups = [entry.get("pip") for entry in _dependencies(document) if isinstance(entry, dict)]
    lines = [str(line).strip() for group in groups if isinstance(group, list) for line in group]
    for line in lines:
        if host := _host(line):
            yield Needed(host, line)
    ordinary = [line for line in lines if not line.startswith("-") and not _ADDRESS.search(line)]
    if ordinary and not any(_FULL_INDEX.match(line) for line in lines):
        yield Needed(INDEX, ordinary[0])


def _dependencies(document: dict[str, Any]) -> list[Any]:
    found = document.get("dependencies")
    return found if isinstance(found, list) else []


def _host(text: str) -> str | None:
    """The host of the first address in a text; what stands before ``@`` in it may be a secret and is not shown."""
    found = _ADDRESS.search(text)
    return urlsplit(found[0].partition("+")[2] if "+http" in found[0].lower() else found[0]).hostname if found else None
