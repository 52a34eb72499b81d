"""Resource ids and paths: split, compared without case, spelled as ARM spells them."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

GROUP = re.compile(r"/subscriptions/([^/]+)/resourcegroups/([^/]+)(?=/|$)", re.IGNORECASE)
SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>\\]")
_FIXED = {"subscriptions": "subscriptions", "resourcegroups": "resourceGroups", "providers": "providers"}


class ResourceId(NamedTuple):
    """A resource id in parts: ``scope`` is what stands before its last ``/providers/`` ("" for the tenant)."""

    scope: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole id."""
        pairs = "".join(f"/{kind}/{name}" for kind, name in zip(self.types, self.names, strict=True))
        return f"{self.scope}/providers/{self.namespace}{pairs}"

    @property
    def key(self) -> str:
        """The id as the store knows it: lower case."""
        return self.text.lower()

    @property
    def type(self) -> str:
        """``Microsoft.Storage/storageAccounts/blobServices``."""
        return "/".join((self.namespace, *self.types))

    @property
    def name(self) -> str:
        """The last name."""
        return self.names[-1]

    @property
    def subscription(self) -> str:
        """The subscription's GUID, or ""."""
        match = SUBSCRIPTION.match(self.scope)
        return match.group(1) if match else ""

    @property
    def group(self) -> str:
        """The resource group's name, or ""."""
        match = GROUP.match(self.scope)
        return match.group(2) if match else ""

    @property
    def group_id(self) -> str:
        """The resource group's id, or ""."""
        match = GROUP.match(self.scope)
        return match.group(0) if match else ""

    @property
    def parent(self) -> ResourceId | None:
        """The resource that this one is a child of."""
        if len(self.types) == 1:
            return None
        return ResourceId(self.scope, self.namespace, self.types[:-1], self.names[:-1])

    def child(self, kind: str, name: str) -> ResourceId:
        """The id of a child."""
        return ResourceId(self.scope, self.namespace, (*self.types, kind), (*self.names, name))


def normalise(path: str) -> str:
    """Decode a path and drop doubled and trailing slashes; ValueError where a segment is ``..`` or unprintable."""
    parts = [part for part in unquote(path, errors="strict").split("/") if part]
    if any(part in ("..", ".") or _FORBIDDEN.search(part) for part in parts):
        raise ValueError(path)
    return "/" + "/".join(parts)


def parse(path: str) -> ResourceId | None:
    """Split a resource id; None where it does not name a resource (a collection, a group, a subscription)."""
    found = split(path)
    return found[0] if found and not found[1] else None


def split(path: str) -> tuple[ResourceId, str] | None:
    """Split a path into the resource id and the trailing segment: "" or a collection's or an action's name.

    A collection directly under a provider has an id without types and names.
    """
    parts = path.strip("/").split("/")
    at = _last_provider(parts)
    if at is None or len(parts) < at + 2:
        return None
    rest = parts[at + 2 :]
    tail = rest.pop() if len(rest) % 2 else ""
    found = ResourceId(spelled(parts[:at]), parts[at + 1], tuple(rest[::2]), tuple(rest[1::2]))
    return found, tail


def _last_provider(parts: list[str]) -> int | None:
    """Find the ``providers`` segment that starts the resource itself; a resource may be named ``providers`` too."""
    found: int | None = None
    at = 0
    while at < len(parts):
        if parts[at].lower() == "providers":
            found = at
        at += 2
    return found


def spelled(parts: list[str]) -> str:
    """Spell a scope's fixed words as ARM does: ``/subscriptions/…/resourceGroups/…``."""
    return "".join("/" + (_FIXED.get(part.lower(), part) if at % 2 == 0 else part) for at, part in enumerate(parts))


def canonical(path: str) -> str:
    """Spell the fixed words of a path as ARM does; types and names stay as they were written."""
    return spelled(path.strip("/").split("/")) if path.strip("/") else ""


def scope_kind(scope: str) -> str:
    """Say what a deployment scope is: ``resourceGroup``, ``subscription``, ``managementGroup`` or ``tenant``."""
    if GROUP.fullmatch(scope):
        return "resourceGroup"
    if SUBSCRIPTION.fullmatch(scope):
        return "subscription"
    return "managementGroup" if scope else "tenant"
