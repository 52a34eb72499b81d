"""The little of Microsoft Graph that az asks for: who somebody is. Only the endpoint's own principal is known."""

# ruff: noqa: ARG001  (a handler's arguments are those of its table)

from __future__ import annotations

import re
from typing import Any

from amlctl.localarm.tokens import CLIENT_ID, OBJECT_ID, TENANT_ID, USER_NAME
from amlctl.localarm.wire import Request, Response
from amlctl.localarm.world import World

Groups = dict[str, str]
_QUOTED = re.compile(r"'([^']*)'")


def _principal() -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": OBJECT_ID,
        "appId": CLIENT_ID,
        "appOwnerOrganizationId": TENANT_ID,
        "displayName": USER_NAME,
        "servicePrincipalNames": [CLIENT_ID],
        "servicePrincipalType": "Application",
    }


def principals(world: World, request: Request, found: Groups) -> Response:
    """List service principals; a filter that names the endpoint's own one finds it."""
    wanted = {text.lower() for text in _QUOTED.findall(request.query.get("$filter", ""))}
    names = {OBJECT_ID, CLIENT_ID, USER_NAME}
    return Response(200, {"value": [_principal()] if not wanted or wanted & names else []})


def nobody(world: World, request: Request, found: Groups) -> Response:
    """List users, groups or applications: there are none."""
    return Response(200, {"value": []})


def by_ids(world: World, request: Request, found: Groups) -> Response:
    """Give the objects of the ids that are asked for: the endpoint's own principal, if it is among them."""
    ids = {str(one).lower() for one in request.json().get("ids") or []}
    return Response(200, {"value": [_principal()] if OBJECT_ID in ids else []})
