"""``amlctl deploy``: plan, confirm, deploy the used stacks first, then the environment, then bootstrap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from amlctl.app.bootstrap import bootstrap
from amlctl.app.consent import Consent, rehearses, require
from amlctl.app.failure import Watcher, explained
from amlctl.app.forms import check_saved_plan
from amlctl.app.predict import Planned, plan, plan_one, scope
from amlctl.app.preflight import Looked, left_out, look, refusal
from amlctl.app.project import Project, load, stacks
from amlctl.app.render import stale
from amlctl.deploy import Deployment, Listener, adopt, execute_patiently
from amlctl.deploy import Progress as Event
from amlctl.diagnostics import Finding
from amlctl.errors import AzureRefused, DeadlinePassed, GuardForbids, NotSignedIn

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
    """Who is told and asked: plan, a yes for all, a yes for a shared stack, notes, resources, stacks, workspaces."""

    show: Callable[[Sequence[Planned]], None]
    confirm: Confirm
    confirm_shared: Callable[[Planned], bool]
    say: Callable[[str], None]
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
    terminal: bool = False
    allow_shared: tuple[str, ...] = ()
    rehearsal: bool = False
    skip_unavailable: bool = False
    register: bool = False


def deploy(project: Project, name: str, voice: Voice, wishes: Wishes) -> Done:
    """Deploy an environment and the stacks that it uses.

    Raises GuardForbids (infra/ is out of date, prod without a saved plan, a shared change that nobody named, another
    run), PreflightBlocked (quota, or a used stack with ``--no-uses``), Declined (no yes), and what the deployer raises.
    """
    with _with_resume_hint(name):
        resumed = _resume(project, name, voice, wishes) if wishes.resume else []
    planned = plan(project, [name], uses=wishes.uses, rehearsal=wishes.rehearsal)
    _require_fresh_infra(project, planned)
    planned, looked = _preflight(project, name, planned, wishes)
    voice.show(planned)
    voice.found(looked.findings)
    stopped = refusal(looked)
    if stopped:
        raise stopped
    late = bool(resumed) and all(one.plan.empty for one in planned)  # what was planned is what was waited for
    if wishes.saved_plan is not None and not late:
        check_saved_plan(planned, wishes.saved_plan)
    require(planned, _consent(voice, wishes))
    if said := rehearses(planned, wishes.saved_plan is not None):
        voice.say(said)
    with _with_resume_hint(name):
        deployments = [*resumed, *_execute(project, planned, voice, wishes)]
    if not deployments:
        voice.nothing()
    reports: list[Report] = []
    for report in bootstrap(project, [name], rehearsal=wishes.rehearsal) if wishes.bootstrap else ():
        reports.append(report)
        voice.bootstrapped(report)
    return Done(tuple(planned), tuple(deployments), tuple(reports))


@contextmanager
def _with_resume_hint(name: str) -> Iterator[None]:
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
    planned = plan(project, [name], uses=wishes.uses, rehearsal=wishes.rehearsal, unavailable=looked.unavailable)
    again = look(planned)
    return planned, again._replace(findings=(*left_out(looked), *again.findings))


def _require_fresh_infra(project: Project, planned: Sequence[Planned]) -> None:
    """What is reviewed is what is deployed: the committed files are what would be rendered now."""
    found = [finding for one in planned for finding in stale(project, one.built)]
    if found:
        message = "infra/ is not what the environments render"
        raise GuardForbids(f"{message}; run: amlctl render", *found)


def _consent(voice: Voice, wishes: Wishes) -> Consent:
    return Consent(
        voice.confirm,
        voice.confirm_shared,
        wishes.terminal,
        wishes.yes,
        wishes.saved_plan is not None,
        wishes.allow_shared,
    )


def _execute(project: Project, planned: Sequence[Planned], voice: Voice, wishes: Wishes) -> list[Deployment]:
    """Deploy what differs.

    In order; a stack after one that was deployed is planned again, as its answers are known now.
    """
    done: list[Deployment] = []
    until = time.monotonic() + wishes.timeout
    for one in planned:
        current = plan_one(project, one.built, unavailable=one.left_out) if done else one
        if not current.plan.empty and current.arm is not None:
            done.append(_deploy_stack(current, current.arm, voice, max(1.0, until - time.monotonic())))
            voice.deployed(done[-1])
    return done


def _deploy_stack(current: Planned, arm: Arm, voice: Voice, timeout: float) -> Deployment:
    """Deploy one stack; if ARM refuses, the lines behind it are named."""
    watcher = Watcher(voice.listen)
    try:
        return execute_patiently(current.request, arm, watcher, voice.say, newest=current.newest, timeout=timeout)
    except (AzureRefused, NotSignedIn) as refused:
        raise explained(current, refused, watcher.states) from refused
