"""One writer per environment: the oldest living marker deployment wins, the others leave having written nothing else.

ARM itself lets two deployments run side by side. A marker is an empty deployment that is put again every few seconds
while its run lives, and whose tag says for how many seconds each time counts: a run that was killed frees the
environment within a minute. All times are ARM's own (the marker's timestamp), so clocks that differ do no harm.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from amlctl.deploy.history import FINAL, began, instant, state
from amlctl.deploy.names import MARKER, marker_name
from amlctl.deploy.values import Clock, Request
from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError, GuardForbids

if TYPE_CHECKING:
    from amlctl.azure import Arm

LEASE = 60
"""Seconds for which a marker counts after it was put."""
RENEWAL = 20.0
"""Seconds between two puts: two may be lost before the environment is free."""
LEASE_TAG, SINCE_TAG = "amlctl-lease", "amlctl-since"
EMPTY: dict[str, Any] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [],
}


@contextmanager
def only_writer(arm: Arm, request: Request, clock: Clock) -> Iterator[None]:
    """Hold the environment for the time of a run. Raises GuardForbids where another run holds it."""
    scope = arm_scope(request.scope)
    name = marker_name(request.environment, secrets.token_hex(6))
    put_marker(arm, scope, name, request)
    try:
        own = _settled(arm, scope, name, clock)
        _win(arm, scope, own, request.environment)
        with _kept(lambda: put_marker(arm, scope, name, request, since=began(own))):
            yield
    finally:
        with suppress(AmlctlError):  # it is void by itself in a minute; what ended the run must not be hidden
            arm.delete_deployment(scope, name)


def arm_scope(scope: str) -> str:
    """Markers lie in the subscription: the group of a first deployment does not exist yet."""
    return scope if "/resourcegroups/" in scope.lower() else "/".join(scope.split("/")[:3])


def put_marker(arm: Arm, scope: str, name: str, request: Request, since: float = 0.0) -> None:
    """Put a marker, or put it again: ``since`` keeps the time at which the run began, as ARM's timestamp moves on."""
    location = {} if "/resourcegroups/" in scope.lower() else {"location": request.location}
    tags = {LEASE_TAG: str(LEASE)} | ({SINCE_TAG: f"{since:.6f}"} if since else {})
    arm.begin_deployment(
        scope, name, location | {"properties": {"mode": "Incremental", "template": EMPTY}, "tags": tags}
    )


def _settled(arm: Arm, scope: str, name: str, clock: Clock) -> dict[str, Any]:
    """Wait until the own marker is listed: only then is it sure that whoever comes later sees it."""
    marker: dict[str, Any] = {"name": name}
    for _ in range(60):
        marker = arm.deployment(scope, name) or marker
        if state(marker) in FINAL:
            break
        clock.sleep(0.05 if arm.connection.local else 1.0)
    return marker


def _win(arm: Arm, scope: str, own: dict[str, Any], environment: str) -> None:
    """Look at all living markers. Raises GuardForbids where an older one is among them."""
    now = _put_at(own)
    markers = [d for d in arm.deployments(scope) if _living(d, environment, now)]
    holder = min(markers, key=_age, default=own)
    if holder["name"] != own["name"]:
        message = f"another run is writing to {environment}"
        instead = f"wait until it ends, or for {LEASE} s where it was killed; amlctl deploy -e {environment} --resume"
        raise GuardForbids(message, Finding("error", "AML401", message, found=holder["name"], instead=instead))


def _age(marker: dict[str, Any]) -> tuple[float, str]:
    since = str((marker.get("tags") or {}).get(SINCE_TAG, ""))
    try:
        return float(since), str(marker["name"])
    except ValueError:
        return began(marker), str(marker["name"])


def _living(deployment: dict[str, Any], environment: str, now: float) -> bool:
    found = MARKER.match(str(deployment.get("name", "")))
    lease = str((deployment.get("tags") or {}).get(LEASE_TAG, ""))
    return bool(
        found and found["environment"] == environment and lease.isdigit() and _put_at(deployment) + int(lease) > now
    )


def _put_at(marker: dict[str, Any]) -> float:
    return instant(str(marker.get("properties", {}).get("timestamp", "")))


@contextmanager
def _kept(renew: Callable[[], None]) -> Iterator[None]:
    """Put the marker again and again from a thread, as validation and long reads block the run itself."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(RENEWAL):
            with suppress(AmlctlError):  # the next one may get through, and the lease outlives two that do not
                renew()

    thread = threading.Thread(target=work, name="amlctl-marker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(RENEWAL)
