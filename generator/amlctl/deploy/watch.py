"""Watching a deployment: when to ask next, which resource came to which state, and why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlctl.deploy.history import FINAL, seconds, state
from amlctl.deploy.values import Clock, Listener, Progress
from amlctl.errors import AmlctlError, DeadlinePassed

if TYPE_CHECKING:
    from amlctl.azure import Arm

NESTED = "microsoft.resources/deployments"
LONGEST_WAIT = 15.0
UNREACHABLE = "AML603"
LAG = 120.0
"""Seconds after a PUT for which ARM may not show a deployment yet."""


def watch(arm: Arm, scope: str, name: str, listen: Listener, clock: Clock, timeout: float) -> dict[str, Any]:
    """Wait until a deployment is in a final state and return its document. Raises DeadlinePassed.

    While ARM cannot be reached the deployment goes on, so the question is asked again until the deadline.
    """
    start, seen = clock.now(), dict[str, str]()
    while True:
        deployment, unreachable = _look(arm, scope, name, listen, seen)
        if deployment and state(deployment) in FINAL and not unreachable:
            return deployment
        elapsed = clock.now() - start
        if not deployment and not unreachable and elapsed > LAG:
            raise DeadlinePassed(f"{name} is not in the deployment history; was it deleted? What it made is not known")
        if elapsed > timeout:
            why = f" ({unreachable})" if unreachable else ""
            raise DeadlinePassed(f"timed out after {int(timeout)} s{why}; {name} is still running")
        clock.sleep(_pause(elapsed, arm.connection.local))


def _look(arm: Arm, scope: str, name: str, listen: Listener, seen: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Read a deployment and report its operations; the second value says why ARM could not be reached."""
    try:
        deployment = arm.deployment(scope, name) or {}
        _report(arm, scope, name, listen, seen, 0)
    except AmlctlError as error:
        if not any(finding.code == UNREACHABLE for finding in error.findings):
            raise
        return {}, str(error)
    return deployment, ""


def causes(arm: Arm, scope: str, name: str, depth: int = 0) -> list[dict[str, Any]]:
    """Collect the errors of the operations that failed, nested deployments included, the innermost alone."""
    found: list[dict[str, Any]] = []
    for operation in arm.operations(scope, name):
        properties = operation.get("properties", {})
        if str(properties.get("provisioningState", "")).lower() != "failed":
            continue
        target = properties.get("targetResource") or {}
        inner = _inside(arm, target, depth)
        found += inner or [_error(properties, target)]
    return found


def _inside(arm: Arm, target: dict[str, Any], depth: int) -> list[dict[str, Any]]:
    if str(target.get("resourceType", "")).lower() != NESTED or depth > 8:
        return []
    scope, name = _split(str(target.get("id", "")))
    return causes(arm, scope, name, depth + 1)


def _error(properties: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    status = properties.get("statusMessage") or {}
    error = status.get("error") if isinstance(status, dict) else None
    return {**(error or {"code": "Unknown", "message": str(status)}), "target": target.get("id", "")}


def _report(arm: Arm, scope: str, name: str, listen: Listener, seen: dict[str, str], depth: int) -> None:
    """Tell the listener of every operation whose state is new; look into nested deployments that moved."""
    for operation in arm.operations(scope, name):
        progress = _progress(operation, depth)
        if progress is None or depth > 8:
            continue
        finished = seen.get(progress.id, "").lower() in FINAL
        if progress.type.lower() == NESTED and not finished:
            _report(arm, *_split(progress.id), listen, seen, depth + 1)
        if seen.get(progress.id) != progress.state:
            seen[progress.id] = progress.state
            listen(progress)


def _progress(operation: dict[str, Any], depth: int) -> Progress | None:
    properties = operation.get("properties", {})
    target = properties.get("targetResource") or {}
    if not target.get("id") or str(properties.get("provisioningOperation", "")).lower() == "read":
        return None
    elapsed = seconds(str(properties.get("duration", "")))
    id_, type_, name = (str(target.get(key, "")) for key in ("id", "resourceType", "resourceName"))
    return Progress(id_, type_, name, str(properties.get("provisioningState", "")), elapsed, depth)


def _split(deployment_id: str) -> tuple[str, str]:
    scope, _, name = deployment_id.rpartition("/providers/Microsoft.Resources/deployments/")
    return scope, name


def _pause(elapsed: float, local: bool) -> float:
    """A tenth of the time so far: few requests, and a lag that stays small beside the deployment itself."""
    return 0.05 if local else min(LONGEST_WAIT, max(1.0, elapsed / 10))
