"""Which handler answers which address: one table, then resources of any type."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

from amlctl.localarm import available, callers, documents, graph, groups, lab, listings, login, resources, subscriptions
from amlctl.localarm.ids import ResourceId, split
from amlctl.localarm.providers import authorization, quota
from amlctl.localarm.refusals import Refused, no_route
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World
from amlctl.types.roles import BUILT_IN

Handler: TypeAlias = Callable[[World, Request, dict[str, str]], Response]

_SUB = r"/subscriptions/(?P<sub>[^/]+)"
_GROUP = _SUB + r"/resourcegroups/(?P<group>[^/]+)"
_ML = _SUB + r"/providers/Microsoft\.MachineLearningServices/locations/(?P<location>[^/]+)"
_VAULTS = _SUB + r"/providers/Microsoft\.KeyVault"
_TAGS = r"(?P<scope>/.+)/providers/Microsoft\.Resources/tags/default"
_ROLES = r"(?P<scope>.*)/providers/Microsoft\.Authorization/"


class Route(NamedTuple):
    """One address: method, pattern over the path (without case), handler."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler


PUBLIC: tuple[tuple[str, str, Handler], ...] = (
    ("GET", r"/metadata/endpoints", documents.metadata),
    ("GET", r"/(?P<tenant>[^/]+)(?:/v2\.0)?/\.well-known/openid-configuration", documents.openid),
    ("POST", r"/(?P<tenant>[^/]+)/oauth2(?:/v2\.0)?/token", login.token),
    ("POST", r"(?:/[^/]+)*/_apis/distributedtask/hubs/build/plans/[^/]+/jobs/[^/]+/oidctoken", login.pipeline_token),
    ("GET", r"/(?P<tenant>[^/]+)/discovery(?:/v2\.0)?/keys", documents.keys),
)
"""Addresses that are answered without a token."""


def _roles(handler: Callable[[World, Request, str], Response]) -> Handler:
    return lambda world, request, found: handler(world, request, found["scope"])


def _definition(world: World, request: Request, found: dict[str, str]) -> Response:
    if found["guid"].lower() in BUILT_IN:
        return Response(200, authorization.definition(found["guid"].lower(), found["scope"]))
    return _resource(world, request)


PLAIN: tuple[tuple[str, str, Handler], ...] = (
    ("POST", r"/_lab/faults", lab.add_faults),
    ("GET", r"/_lab/faults", lab.show_faults),
    ("DELETE", r"/_lab/faults", lab.clear_faults),
    ("GET", r"/_lab/requests", lab.show_requests),
    ("POST", r"/_lab/stop", lab.stop),
    ("POST", r"/_lab/quota", available.set_quota),
    ("POST", r"/_lab/settings", lab.settings),
    ("POST", r"/_lab/roles", callers.set_roles),
    ("GET", r"/v1\.0/servicePrincipals", graph.principals),
    ("GET", r"/v1\.0/(?:users|groups|applications|directoryObjects)", graph.nobody),
    ("POST", r"/v1\.0/directoryObjects/getByIds", graph.by_ids),
    ("GET", r"/subscriptions", subscriptions.listing),
    ("GET", r"/tenants", documents.tenants),
    ("GET", _SUB, subscriptions.get),
    ("GET", _SUB + r"/locations", subscriptions.locations),
    ("GET", _SUB + r"/providers", subscriptions.providers),
    ("GET", _SUB + r"/providers/(?P<namespace>[^/]+)", subscriptions.provider),
    ("POST", _SUB + r"/providers/(?P<namespace>[^/]+)/register", subscriptions.register),
    ("POST", _SUB + r"/providers/(?P<namespace>[^/]+)/unregister", subscriptions.unregister),
    ("GET", _SUB + r"/resourcegroups", groups.listing),
    ("PUT", _GROUP, groups.put),
    ("GET", _GROUP, groups.get),
    ("HEAD", _GROUP, groups.head),
    ("PATCH", _GROUP, groups.patch),
    ("DELETE", _GROUP, groups.delete),
    ("POST", _GROUP + r"/exportTemplate", groups.export),
    ("GET", _GROUP + r"/resources", listings.of_group),
    ("GET", _SUB + r"/resources", listings.of_subscription),
    ("GET", _TAGS, listings.get_tags),
    ("PUT", _TAGS, listings.put_tags),
    ("PATCH", _TAGS, listings.patch_tags),
    ("DELETE", _TAGS, listings.delete_tags),
    ("GET", _ML + r"/usages", quota.usages),
    ("GET", _ML + r"/quotas", quota.quotas),
    ("POST", _ML + r"/updateQuotas", quota.update_quotas),
    ("GET", _ML + r"/vmSizes", quota.vm_sizes),
    ("GET", r"/.+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+/usages", quota.workspace_usages),
    ("GET", _SUB + r"/providers/Microsoft\.Compute/locations/[^/]+/usages", quota.compute_usages),
    ("GET", _SUB + r"/providers/Microsoft\.Compute/skus", quota.compute_skus),
    (
        "POST",
        _SUB + r"/providers/Microsoft\.Storage(?:/locations/[^/]+)?/checkNameAvailability",
        available.storage_name,
    ),
    ("POST", _SUB + r"/providers/Microsoft\.ContainerRegistry/checkNameAvailability", available.registry_name),
    ("POST", _VAULTS + r"/checkNameAvailability", available.vault_name),
    ("GET", _VAULTS + r"/deletedVaults", available.deleted_vaults),
    ("GET", _VAULTS + r"/(?:deletedManagedHSMs|managedHSMs)", available.no_modules),
    ("GET", _GROUP + r"/providers/Microsoft\.KeyVault/managedHSMs", available.no_modules),
    ("GET", _VAULTS + r"/locations/(?P<location>[^/]+)/deletedVaults/(?P<name>[^/]+)", available.deleted_vault),
    ("POST", _VAULTS + r"/locations/(?P<location>[^/]+)/deletedVaults/(?P<name>[^/]+)/purge", available.purge_vault),
    ("GET", _ROLES + r"permissions", _roles(callers.permissions)),
    ("GET", _ROLES + r"roleAssignments", _roles(authorization.list_assignments)),
    ("GET", _ROLES + r"roleDefinitions", _roles(authorization.list_definitions)),
    ("GET", _ROLES + r"roleDefinitions/(?P<guid>[^/]+)", _definition),
)


@cache
def _compiled(public: bool) -> tuple[Route, ...]:
    if public:
        table: tuple[tuple[str, str, Handler], ...] = PUBLIC
    else:
        from amlctl.localarm import deployments, stacks

        table = (*deployments.ROUTES, *stacks.ROUTES, *PLAIN)
    return tuple(Route(method, re.compile(pattern, re.IGNORECASE), handler) for method, pattern, handler in table)


def find(request: Request, *, public: bool = False) -> tuple[Handler, dict[str, str]] | None:
    """Find the handler of an address and what its pattern matched."""
    for route in _compiled(public):
        if route.method == request.method and (match := route.pattern.fullmatch(request.path)):
            return route.handler, {key: value or "" for key, value in match.groupdict().items()}
    return None


def dispatch(world: World, request: Request) -> Response:
    """Answer a request that is allowed in; Refused where ARM would refuse."""
    found = find(request)
    if found is not None:
        return found[0](world, request, found[1])
    return _resource(world, request)


_ONE = {
    "GET": resources.get,
    "HEAD": resources.head,
    "PUT": resources.put,
    "PATCH": resources.patch,
    "DELETE": resources.delete,
}


def _resource(world: World, request: Request) -> Response:
    found = split(request.path)
    if found is None:
        raise no_route(request.method, request.path)
    id, tail = found  # noqa: A001
    if not tail and id.types:
        handler = _ONE.get(request.method)
        if handler is None:
            raise Refused(405, "MethodNotAllowed", f"The method {request.method} is not allowed here.")
        return handler(world, request, id)
    if request.method == "POST" and id.types:
        return resources.act(world, request, id, tail)
    if request.method == "GET" and tail:
        return _collection(world, request, id, tail)
    raise no_route(request.method, request.path)


def _collection(world: World, request: Request, id: ResourceId, tail: str) -> Response:  # noqa: A002
    from amlctl.localarm.providers.index import kind_of

    if id.types and tail.lower() in kind_of(id).actions:
        return resources.act(world, request, id, tail)
    return resources.collection(world, request, id, tail)
