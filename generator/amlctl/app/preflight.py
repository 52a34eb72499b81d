"""Before the first write: what is known to break the deployment of the planned stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from amlctl.app.build import build
from amlctl.app.predict import desired_of, predict_offline, scope
from amlctl.app.project import Project, templates
from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError, NotSignedIn, PreflightBlocked

if TYPE_CHECKING:
    from amlctl.app.predict import Planned
    from amlctl.azure import Arm
    from amlctl.environment import Environment

PERMISSION = "AML515"


class Looked(NamedTuple):
    """What preflight found; ``unavailable`` names, by stack, the computes that the subscription cannot hold."""

    findings: tuple[Finding, ...]
    unavailable: Mapping[str, tuple[str, ...]]


def look(planned: Sequence[Planned], *, register: bool = False) -> Looked:
    """Check the stacks that would change; a stack with nothing to do is not asked about."""
    from amlctl.preflight import check, wanted

    findings: dict[Finding, None] = {}
    unavailable: dict[str, tuple[str, ...]] = {}
    for one in planned:
        if one.arm is not None and not one.plan.empty:
            verdict = check(wanted(desired_of(one), one.plan, one.request.scope), one.arm, register=register)
            findings.update(dict.fromkeys(verdict.findings))
            if verdict.unavailable:
                unavailable[one.request.environment] = verdict.unavailable
    return Looked(tuple(findings), unavailable)


def look_offline(project: Project, environment: Environment, arm: Arm) -> tuple[Finding, ...]:
    """Check what a first deployment of an environment would need, whatever is deployed already."""
    from amlctl.plan import compare
    from amlctl.preflight import check, wanted

    desired = predict_offline(build(environment, templates(project)))
    return check(wanted(desired, compare(desired, environment=environment.name), scope(environment)), arm).findings


def refusal(looked: Looked) -> AmlctlError | None:
    """Give the exception for what stops the run: exit 6 for missing permissions alone, else exit 5."""
    errors = [finding for finding in looked.findings if finding.level == "error"]
    if not errors:
        return None
    kind = NotSignedIn if all(finding.code == PERMISSION for finding in errors) else PreflightBlocked
    return kind("preflight found what would stop the deployment; nothing was changed", *errors)


def left_out(looked: Looked) -> list[Finding]:
    """Say which computes are left out of this deployment."""
    return [
        Finding(
            "warning",
            "AML518",
            f"`{name}` is left out of {stack}",
            instead="deploy without --skip-unavailable when the reason is gone",
        )
        for stack, names in looked.unavailable.items()
        for name in names
    ]
