"""One writer per environment: the oldest living marker deployment wins, the others leave having written nothing else.

ARM itself lets two deployments run side by side. A marker is an empty deployment whose tag says until when it counts,
so a run that died frees the environment by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from amlctl.deploy.history import FINAL, began, state
from amlctl.deploy.names import MARKER, marker_name
from amlctl.deploy.values import Clock, Request
from amlctl.diagnostics import Finding
from amlctl.errors import GuardForbids

if TYPE_CHECKING:
    from amlctl.azure import Arm

DEADLINE = "amlctl-deadline"
EMPTY: dict[str, Any] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [],
}


@contextmanager
def only_writer(arm: Arm, request: Request, clock: Clock, timeout: float) -> Iterator[None]:
    """Hold the environment for the time of a run. Raises GuardForbids where another run holds it."""
    scope = arm_scope(request.scope)
    name = marker_name(request.environment, secrets.token_hex(6))
    _put(arm, scope, name, request, clock.now() + timeout)
    try:
        _settle(arm, scope, name, clock)
        holder = _oldest(arm, scope, request.environment, clock.now())
        if holder != name:
            message = f"another run is writing to {request.environment}"
            raise GuardForbids(message, Finding("error", "AML401", message, found=holder, instead="wait until it ends"))
        yield
    finally:
        arm.delete_deployment(scope, name)


def arm_scope(scope: str) -> str:
    """Markers lie in the subscription: the group of a first deployment does not exist yet."""
    return scope if "/resourcegroups/" in scope.lower() else "/".join(scope.split("/")[:3])


def _put(arm: Arm, scope: str, name: str, request: Request, deadline: float) -> None:
    location = {} if "/resourcegroups/" in scope.lower() else {"location": request.location}
    body = {"properties": {"mode": "Incremental", "template": EMPTY}, "tags": {DEADLINE: str(int(deadline))}}
    arm.begin_deployment(scope, name, location | body)


def _settle(arm: Arm, scope: str, name: str, clock: Clock) -> None:
    """Wait until the own marker is listed: only then is it sure that whoever comes later sees it."""
    for _ in range(60):
        marker = arm.deployment(scope, name)
        if marker and state(marker) in FINAL:
            return
        clock.sleep(0.05 if arm.connection.local else 1.0)


def _oldest(arm: Arm, scope: str, environment: str, now: float) -> str:
    markers = [d for d in arm.deployments(scope) if _living(d, environment, now)]
    return min(markers, key=lambda marker: (began(marker), marker["name"]))["name"] if markers else ""


def _living(deployment: dict[str, Any], environment: str, now: float) -> bool:
    found = MARKER.match(str(deployment.get("name", "")))
    deadline = str((deployment.get("tags") or {}).get(DEADLINE, "0"))
    return bool(found and found["environment"] == environment and deadline.isdigit() and int(deadline) > now)
