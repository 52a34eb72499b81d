"""``amlctl deploy``: plan, confirm, deploy the used stacks first, then the environment, then bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from amlctl.app.bootstrap import bootstrap
from amlctl.app.forms import fits
from amlctl.app.predict import Planned, plan, plan_one, scope
from amlctl.app.project import Project, load
from amlctl.app.render import stale
from amlctl.deploy import Deployment, Listener, adopt, execute
from amlctl.deploy import Progress as Event
from amlctl.diagnostics import Finding
from amlctl.errors import Declined, GuardForbids, PreflightBlocked

if TYPE_CHECKING:
    from amlctl.bootstrap import Report

Confirm = Callable[[Sequence[Planned]], bool]
HOUR = 3600.0

__all__ = ["Confirm", "Done", "Event", "Wishes", "deploy"]


class Done(NamedTuple):
    """What a run did: the deployments that were made, and what bootstrap came to."""

    planned: tuple[Planned, ...]
    deployments: tuple[Deployment, ...]
    reports: tuple[Report, ...]


class Wishes(NamedTuple):
    """How a deployment is run; none of it changes what is deployed."""

    yes: bool = False
    saved_plan: str | None = None
    uses: bool = True
    bootstrap: bool = True
    resume: bool = False
    timeout: float = HOUR


def deploy(
    project: Project,
    name: str,
    confirm: Confirm,
    show: Callable[[Sequence[Planned]], None],
    listen: Listener,
    wishes: Wishes,
) -> Done:
    """Deploy an environment and the stacks that it uses.

    Raises GuardForbids where infra/ is stale, where prod has no saved plan or another run is writing; PreflightBlocked
    where a used stack differs and may not be deployed; Declined where nobody says yes; and what the deployer raises.
    """
    resumed = _resume(project, name, listen, wishes) if wishes.resume else ()
    planned = plan(project, [name])
    _fresh(project, planned)
    show(planned)
    _allowed(planned, name, confirm, wishes)
    deployments = [*resumed, *_execute(project, planned, listen, wishes)]
    reports = bootstrap(project, [name]) if wishes.bootstrap else []
    return Done(tuple(planned), tuple(deployments), tuple(reports))


def _resume(project: Project, name: str, listen: Listener, wishes: Wishes) -> tuple[Deployment, ...]:
    from amlctl.app.connect import connect

    environment = load(project, name)
    found = adopt(connect(project, environment), scope(environment), name, listen, timeout=wishes.timeout)
    return (found,) if found else ()


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
    if any(one.built.environment.tier == "prod" for one in differing):
        message = "prod is deployed from a saved plan only"
        instead = "amlctl plan -e ENV --out FILE, then amlctl deploy -e ENV --plan FILE"
        raise GuardForbids(message, Finding("error", "AML403", message, instead=instead))
    if not wishes.yes and not confirm(planned):
        message = "declined; nothing was changed"
        raise Declined(message)


def _execute(project: Project, planned: Sequence[Planned], listen: Listener, wishes: Wishes) -> list[Deployment]:
    """Deploy what differs.

    In order; a stack after one that was deployed is planned again, as its answers are known now.
    """
    done: list[Deployment] = []
    for one in planned:
        current = plan_one(project, one.built) if done else one
        if not current.plan.empty and current.arm is not None:
            done.append(execute(current.request, current.arm, listen, timeout=wishes.timeout))
    return done
