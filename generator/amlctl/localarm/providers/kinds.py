"""What a resource type is to the endpoint: how its bodies are filled, how its PUT and DELETE are answered."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.refusals import Refused
from amlctl.localarm.wire import Caller, Headers, Request, Response
from amlctl.localarm.world import World

Body: TypeAlias = dict[str, Any]


class Arrival(NamedTuple):
    """A PUT or a merged PATCH on its way into the store; `previous` is the stored body, `born` its first time."""

    id: ResourceId
    body: Body
    previous: Body | None
    api_version: str
    world: World
    caller: Caller
    born: str

    @property
    def properties(self) -> Body:
        """The request's properties, or {}."""
        found = self.body.get("properties")
        return found if isinstance(found, dict) else {}

    @property
    def kept(self) -> Body:
        """The stored properties, or {}."""
        found = (self.previous or {}).get("properties")
        return found if isinstance(found, dict) else {}

    def guid(self, purpose: str) -> str:
        """A GUID that stays with this resource for its life and differs in its next one."""
        return self.world.guid(self.id.key, self.born, purpose)


class Reply(NamedTuple):
    """How a write is answered. Addresses are templates: ``{sub} {group} {id} {location} {operation}``.

    `state` is shown while the work goes on; "" means that it is done at once. `body` is ``resource``, ``empty``,
    ``object`` (``{}``), ``echo`` (the request) or ``head`` (id, name, type). `result` is what the Location address
    gives in the end: ``empty``, ``status`` or ``resource``.
    """

    new: int = 201
    same: int = 200
    state: str = ""
    body: str = "resource"
    status_at: str = ""
    result_at: str = ""
    result: str = "empty"
    poll: int = 200
    percent: bool = False
    text: bool = False
    typed: bool = False
    headers: Headers = ()


SYNC = Reply()
SYNC_200 = Reply(new=200)
GONE = Reply(new=200, body="empty", text=True)
GONE_204 = Reply(new=204, body="empty", text=True)
GONE_WITH_BODY = Reply(new=200)

Fill: TypeAlias = Callable[[Arrival], Body]
Action: TypeAlias = Callable[[World, Request, ResourceId, Body], Response]


def nothing(arrival: Arrival, body: Body) -> None:
    """Do nothing after a write."""


def well(arrival: Arrival, body: Body) -> Refused | None:
    """End a write's work well."""
    return None


def as_stored(world: World, id: ResourceId, body: Body) -> Body:  # noqa: A002
    """Show a body as it is stored."""
    return body


def simply_gone(world: World, id: ResourceId, body: Body, query: Mapping[str, str]) -> None:  # noqa: A002
    """Leave nothing behind."""


class Kind(NamedTuple):
    """A resource type. `check` refuses, `after` makes what the service makes by itself, `removed` what it leaves."""

    type: str
    fill: Fill
    put: Reply = SYNC
    delete: Reply = GONE
    check: Callable[[Arrival], None] | None = None
    after: Callable[[Arrival, Body], None] = nothing
    view: Callable[[World, ResourceId, Body], Body] = as_stored
    removed: Callable[[World, ResourceId, Body, Mapping[str, str]], None] = simply_gone
    actions: Mapping[str, Action] = {}
    embeds: tuple[str, ...] = ()
    """Properties that are lists of children with a life of their own (``subnets``)."""
    listed: bool = True
    """Whether the type appears in resource lists."""
    gateway: bool = True
    """Whether ARM itself says 404; otherwise `missing` words it."""
    missing: Callable[[ResourceId], Exception] | None = None
    ends: Callable[[Arrival, Body], Refused | None] = well
    """What the work of a write that was accepted ends with: None, or the error with which the resource is Failed."""


_IGNORED = ("id", "name", "type", "apiVersion", "dependsOn", "scope", "systemData", "condition", "comments", "etag")


def resource(arrival: Arrival, properties: Body | None = None, **more: Any) -> Body:
    """Build a resource: id, name, type, what was sent beside them, a filled identity, and the properties."""
    sent = {key: value for key, value in arrival.body.items() if key not in _IGNORED and key != "properties"}
    if isinstance(sent.get("location"), str):
        sent["location"] = short_location(sent["location"])
    if sent.get("tags") is None and "tags" in sent:
        sent["tags"] = {}
    if isinstance(sent.get("identity"), dict):
        sent["identity"] = identity(arrival, sent["identity"])
    body: Body = {"id": arrival.id.text, "name": arrival.id.name, "type": arrival.id.type, **sent, **more}
    if properties is not None:
        body["properties"] = properties
    return body


def fill_plain(arrival: Arrival) -> Body:
    """Keep a type that is not known: what was sent, and ``provisioningState``. UNVERIFIED for every such type."""
    if "properties" not in arrival.body:
        return resource(arrival)
    if not isinstance(arrival.body["properties"], dict):
        return resource(arrival, arrival.body["properties"])
    return resource(arrival, {**arrival.properties, "provisioningState": "Succeeded"})


def fill_bare(arrival: Arrival) -> Body:
    """Keep what was sent; the type has no provisioningState."""
    return resource(arrival, dict(arrival.properties))


def identity(arrival: Arrival, sent: Body) -> Body:
    """Fill a resource's identity: principal and tenant of the system's, principal and client of the users' ones."""
    kind = str(sent.get("type", "None"))
    if kind.lower() == "none":
        return {"type": "None"}
    filled: Body = {"type": kind}
    if "systemassigned" in kind.lower():
        filled["principalId"] = arrival.guid("principal")
        filled["tenantId"] = arrival.world.tenant_id
    users = sent.get("userAssignedIdentities")
    if isinstance(users, dict):
        filled["userAssignedIdentities"] = {
            key: _user(arrival.world, key) for key, value in users.items() if value is not None
        }
    return filled


def _user(world: World, id: str) -> Body:  # noqa: A002
    record = world.store.get("resource", id.lower())
    properties = (record or {}).get("body", {}).get("properties", {})
    return {
        "principalId": properties.get("principalId", world.guid(id.lower(), "principal")),
        "clientId": properties.get("clientId", world.guid(id.lower(), "client")),
    }


def with_defaults(value: Body, defaults: Body) -> Body:
    """Add what is missing or null, at every level of objects (observed: null tags come back as {}, null filters go)."""
    merged = dict(value)
    for key, default in defaults.items():
        if merged.get(key) is None:
            merged[key] = default
        elif isinstance(default, dict) and isinstance(merged[key], dict):
            merged[key] = with_defaults(merged[key], default)
    return merged


def without(value: Body, *keys: str) -> Body:
    """Drop keys, compared without case."""
    dropped = {key.lower() for key in keys}
    return {key: item for key, item in value.items() if key.lower() not in dropped}


def system_data(arrival: Arrival) -> Body:
    """Say who made and changed a resource, and when; the maker stays."""
    earlier = (arrival.previous or {}).get("systemData") or {}
    now = arrival.world.time()
    return {
        "createdAt": earlier.get("createdAt", now),
        "createdBy": earlier.get("createdBy", arrival.caller.name),
        "createdByType": "User",
        "lastModifiedAt": now,
        "lastModifiedBy": arrival.caller.name,
        "lastModifiedByType": "User",
    }


def short_location(location: str) -> str:
    """Spell a location as ARM stores it: ``East US 2`` → ``eastus2``."""
    return location.replace(" ", "").lower()


def location_of(arrival: Arrival) -> str:
    """The location of a resource, or of the parent or the group that it lives in."""
    found = arrival.body.get("location") or (arrival.previous or {}).get("location")
    if isinstance(found, str) and found:
        return short_location(found)
    return place(arrival.world, arrival.id)


def place(world: World, id: ResourceId) -> str:  # noqa: A002
    """The location of the nearest resource above, or of the group."""
    above = id.parent
    while above is not None:
        record = world.store.get("resource", above.key)
        if record and record["body"].get("location"):
            return str(record["body"]["location"])
        above = above.parent
    group = world.store.get("group", id.group_id.lower())
    return str(group["body"]["location"]) if group else "global"
