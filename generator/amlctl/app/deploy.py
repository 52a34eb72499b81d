"""``amlctl deploy``: plan, confirm, deploy the used stacks first, then the environment, then bootstrap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from amlctl.app.bootstrap import bootstrap
from amlctl.app.failure import Watcher, explained
from amlctl.app.forms import fits
from amlctl.app.predict import Planned, plan, plan_one, scope
from amlctl.app.preflight import Looked, left_out, look, refusal
from amlctl.app.project import Project, load, stacks
from amlctl.app.render import stale
from amlctl.deploy import Deployment, Listener, adopt, execute
from amlctl.deploy import Progress as Event
from amlctl.diagnostics import Finding
from amlctl.errors import AzureRefused, DeadlinePassed, Declined, GuardForbids, NotSignedIn, PreflightBlocked

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.bootstrap import Report

Confirm = Callable[[Sequence[Planned]], bool]
HOUR = 3600.0

__all__ = ["Confirm", "Deployment", "Done", "Event", "Voice", "Wishes", "deploy"]


class Done(NamedTuple):
    """What a run did: the deployments that were made, and what bootstrap came to."""

    planned: tuple[Planned, ...]
    deployments: tuple[Deployment, ...]
    reports: tuple[Report, ...]


class Voice(NamedTuple):
    """Whoever is told and asked: the plan, for a yes, each resource, each stack when it is there, each workspace."""

    show: Callable[[Sequence[Planned]], None]
    confirm: Confirm
    listen: Listener
    deployed: Callable[[Deployment], None]
    nothing: Callable[[], None]
    found: Callable[[Sequence[Finding]], None]
    bootstrapped: Callable[[Report], None]


class Wishes(NamedTuple):
    """How a deployment is run; none of it changes what is deployed."""

    yes: bool = False
    saved_plan: str | None = None
    uses: bool = True
    bootstrap: bool = True
    resume: bool = False
    timeout: float = HOUR
    skip_unavailable: bool = False
    register: bool = False


def deploy(project: Project, name: str, voice: Voice, wishes: Wishes) -> Done:
    """Deploy an environment and the stacks that it uses.

    Raises GuardForbids where infra/ is stale, where prod has no saved plan or another run is writing; PreflightBlocked
    where a used stack differs and may not be deployed; Declined where nobody says yes; and what the deployer raises.
    """
    with _going_on(name):
        resumed = _resume(project, name, voice, wishes) if wishes.resume else []
    planned = plan(project, [name])
    _fresh(project, planned)
    planned, looked = _preflight(project, name, planned, wishes)
    voice.show(planned)
    voice.found(looked.findings)
    stopped = refusal(looked)
    if stopped:
        raise stopped
    _allowed(planned, name, voice.confirm, wishes)
    with _going_on(name):
        deployments = [*resumed, *_execute(project, planned, voice, wishes)]
    if not deployments:
        voice.nothing()
    reports: list[Report] = []
    for report in bootstrap(project, [name]) if wishes.bootstrap else ():
        reports.append(report)
        voice.bootstrapped(report)
    return Done(tuple(planned), tuple(deployments), tuple(reports))


@contextmanager
def _going_on(name: str) -> Iterator[None]:
    """Say how to wait for a deployment that goes on without us."""
    try:
        yield
    except (DeadlinePassed, KeyboardInterrupt) as stopped:
        if isinstance(stopped, DeadlinePassed) or getattr(stopped, "__notes__", None):
            stopped.add_note(f"wait for it: amlctl deploy -e {name} --resume")
        raise


def _resume(project: Project, name: str, voice: Voice, wishes: Wishes) -> list[Deployment]:
    """Wait for what runs already, of the used stacks and of the environment."""
    from amlctl.app.connect import connect

    found: list[Deployment] = []
    for stack in stacks(load(project, name)):
        arm = connect(project, stack)
        running = adopt(arm, scope(stack), stack.name, voice.listen, timeout=wishes.timeout)
        if running:
            found.append(running)
            voice.deployed(running)
    return found


def _preflight(project: Project, name: str, planned: list[Planned], wishes: Wishes) -> tuple[list[Planned], Looked]:
    """Look for what would stop the deployment; with ``skip_unavailable`` plan again without those computes."""
    looked = look(planned, register=wishes.register)
    if not (looked.unavailable and wishes.skip_unavailable):
        return planned, looked
    planned = plan(project, [name], unavailable=looked.unavailable)
    again = look(planned)
    return planned, again._replace(findings=(*left_out(looked), *again.findings))


def _fresh(project: Project, planned: Sequence[Planned]) -> None:
    """What is reviewed is what is deployed: the committed files are what would be rendered now."""
    found = [finding for one in planned for finding in stale(project, one.built)]
    if found:
        message = "infra/ is not what the environments render"
        raise GuardForbids(f"{message}; run: amlctl render", *found)


def _allowed(planned: Sequence[Planned], name: str, confirm: Confirm, wishes: Wishes) -> None:
    """Who confirms: design.md section 4. A local environment is never asked about."""
    differing = [one for one in planned if not one.plan.empty]
    others = [one.request.environment for one in differing if one.request.environment != name]
    if others and not wishes.uses:
        message = f"{name} uses {', '.join(others)}, which would change"
        raise PreflightBlocked(
            message, Finding("error", "AML501", message, instead="deploy it first, or leave --no-uses out")
        )
    if wishes.saved_plan is not None:
        fits(planned, wishes.saved_plan)
    elif differing and not all(one.built.environment.is_local for one in differing):
        _confirmed(planned, differing, confirm, wishes)


def _confirmed(planned: Sequence[Planned], differing: Sequence[Planned], confirm: Confirm, wishes: Wishes) -> None:
    strict = [one.request.environment for one in differing if one.built.environment.tier == "prod"]
    if strict:
        name = planned[-1].request.environment
        message = f"{', '.join(strict)} is of tier prod, which is deployed from a saved plan only"
        instead = f"amlctl plan -e {name} --out {name}.plan, then amlctl deploy -e {name} --plan {name}.plan"
        raise GuardForbids(message, Finding("error", "AML403", message, instead=instead))
    if not wishes.yes and not confirm(planned):
        message = "declined; nothing was changed"
        raise Declined(message)


def _execute(project: Project, planned: Sequence[Planned], voice: Voice, wishes: Wishes) -> list[Deployment]:
    """Deploy what differs.

    In order; a stack after one that was deployed is planned again, as its answers are known now.
    """
    done: list[Deployment] = []
    until = time.monotonic() + wishes.timeout
    for one in planned:
        current = plan_one(project, one.built, unavailable=one.left_out) if done else one
        if not current.plan.empty and current.arm is not None:
            done.append(_one(current, current.arm, voice.listen, max(1.0, until - time.monotonic())))
            voice.deployed(done[-1])
    return done


def _one(current: Planned, arm: Arm, listen: Listener, timeout: float) -> Deployment:
    """Deploy one stack; where ARM refuses, the lines behind it are named."""
    watcher = Watcher(listen)
    try:
        return execute(current.request, arm, watcher, newest=current.newest, timeout=timeout)
    except (AzureRefused, NotSignedIn) as refused:
        raise explained(current, refused, watcher.states) from refused
