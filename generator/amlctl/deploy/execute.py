"""Validate, then create, then watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from amlctl.azure.refusals import refused
from amlctl.deploy.history import FINAL, runs, seconds, state
from amlctl.deploy.names import RUN, run_name
from amlctl.deploy.one_writer import only_writer
from amlctl.deploy.values import Clock, Deployment, Listener, Request, digest
from amlctl.deploy.watch import causes, watch
from amlctl.diagnostics import Finding
from amlctl.errors import GuardForbids

if TYPE_CHECKING:
    from amlctl.azure import Arm

HOUR = 3600.0
REAL_CLOCK = Clock()


def execute(
    request: Request,
    arm: Arm,
    listen: Listener,
    *,
    newest: str | None = None,
    say: Callable[[str], None] = lambda _: None,
    clock: Clock = REAL_CLOCK,
    timeout: float = HOUR,
) -> Deployment:
    """Deploy and wait; a deployment of the same content that runs already is waited for instead, which ``say`` is told.

    ``newest`` is the deployment that was the newest one when the plan was made: what came since changes the plan.
    Raises GuardForbids (another run), AzureRefused (validation or a resource failed; findings are the root causes),
    DeadlinePassed (Azure goes on).
    """
    content = digest(request.template, request.parameters)
    running = _running(arm, request, content)
    if running:
        say(f"{running} is running already with the same content; waiting for it")
        return _finish(arm, request.scope, running, listen, clock, timeout)
    with only_writer(arm, request, clock):
        name = _running(arm, request, content) or _since(arm, request, content, newest)
        if not name:
            name = run_name(request.environment, content, clock.now())
            arm.validate(request.scope, name, request.body)
            arm.begin_deployment(request.scope, name, request.body)
        return _finish(arm, request.scope, name, listen, clock, timeout)


def adopt(
    arm: Arm, scope: str, environment: str, listen: Listener, *, clock: Clock = REAL_CLOCK, timeout: float = HOUR
) -> Deployment | None:
    """Wait for the deployment of an environment that is running, whoever started it; None where none runs."""
    run = next((run for run in runs(arm, scope, environment) if state(run) not in FINAL), None)
    return _finish(arm, scope, run["name"], listen, clock, timeout) if run else None


def _running(arm: Arm, request: Request, content: str) -> str:
    """Find a running deployment of the same content. Raises GuardForbids for one of other content."""
    for run in runs(arm, request.scope, request.environment):
        if state(run) in FINAL:
            continue
        if _content(run) == content:
            return str(run["name"])
        message = f"another deployment of {request.environment} is running"
        instead = f"wait for it: amlctl deploy -e {request.environment} --resume"
        raise GuardForbids(message, Finding("error", "AML402", message, found=run["name"], instead=instead))
    return ""


def _since(arm: Arm, request: Request, content: str, newest: str | None) -> str:
    """Find what another run has deployed since our plan was made: the same content is as good as our own.

    Raises GuardForbids for anything else: the plan that somebody saw is not what would happen now.
    """
    latest = next(iter(runs(arm, request.scope, request.environment)), None)
    if newest is None or latest is None or latest["name"] == newest:
        return ""
    if _content(latest) == content and state(latest) == "succeeded":
        return str(latest["name"])
    message = f"{request.environment} was deployed by another run since it was planned"
    instead = f"plan again: amlctl deploy -e {request.environment}"
    raise GuardForbids(message, Finding("error", "AML404", message, found=latest["name"], instead=instead))


def _content(run: dict[str, Any]) -> str:
    found = RUN.match(str(run.get("name", "")))
    return found["digest"] if found else ""


def _finish(arm: Arm, scope: str, name: str, listen: Listener, clock: Clock, timeout: float) -> Deployment:
    try:
        deployment = watch(arm, scope, name, listen, clock, timeout)
    except KeyboardInterrupt as stopped:
        stopped.add_note(f"{name} is still running")
        raise
    properties = deployment.get("properties", {})
    if state(deployment) != "succeeded":
        raise refused(_failure(arm, scope, name, properties))
    resources = tuple(str(item.get("id", "")) for item in properties.get("outputResources") or [])
    elapsed = seconds(str(properties.get("duration", "")))
    return Deployment(name, scope, properties.get("outputs") or {}, resources, elapsed)


def _failure(arm: Arm, scope: str, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    errors = causes(arm, scope, name)
    if errors:
        return {"code": "DeploymentFailed", "message": name, "details": errors}
    return properties.get("error") or {"code": str(properties.get("provisioningState")), "message": name}
