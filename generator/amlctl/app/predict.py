"""``amlctl plan``: what a deployment of an environment, and of the stacks that it uses, would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from amlctl.app.build import Built, build
from amlctl.app.causes import Causes, causes
from amlctl.app.connect import cloud_of, connect, target
from amlctl.app.project import Project, load_all, stacks, templates
from amlctl.app.rehearsal import require_azure
from amlctl.arm import Context, Deployer, evaluate
from amlctl.deploy import Request, digest, history
from amlctl.diagnostics import Finding
from amlctl.errors import ConfigurationInvalid, PreflightBlocked, UsageWrong
from amlctl.plan import Plan, compare

if TYPE_CHECKING:
    from amlctl.arm.values import Answers, DesiredState, Resource
    from amlctl.azure import Arm
    from amlctl.deploy import Applied
    from amlctl.diagnostics import Place
    from amlctl.environment import Environment

LEFT_OUT = "unavailable"
"""The parameter of main.bicep that names the computes to leave out of a deployment."""
NOTHING_LEFT_OUT: Mapping[str, Sequence[str]] = {}


class Planned(NamedTuple):
    """One stack: what was built, what would be sent, and what that would do.

    ``arm`` is None for an offline plan; ``newest`` names the newest deployment when the plan was made.
    """

    built: Built
    request: Request
    plan: Plan
    arm: Arm | None
    newest: str | None = None

    @property
    def left_out(self) -> Sequence[str]:
        """The computes that this deployment leaves out."""
        value: Sequence[str] = (self.request.parameters.get(LEFT_OUT) or {}).get("value", ())
        return value

    @property
    def inputs(self) -> dict[str, str]:
        """What a saved plan is bound to."""
        return {f"template of {self.request.environment}": digest(self.request.template, self.request.parameters)}


def plan(
    project: Project,
    wanted: Sequence[str],
    *,
    offline: bool = False,
    uses: bool = True,
    rehearsal: bool = False,
    unavailable: Mapping[str, Sequence[str]] = NOTHING_LEFT_OUT,
) -> list[Planned]:
    """Plan environments after the stacks that they use, each stack once.

    ``offline`` reads nothing; ``unavailable`` names, by stack, computes to leave out. Without ``uses`` the used stacks
    are looked at and left out. Raises PreflightBlocked if one of them would change, GuardForbids for a local
    environment in a pipeline if no ``rehearsal`` is meant.
    """
    sources = templates(project)
    asked = load_all(project, wanted)
    if not offline:
        require_azure(asked, rehearsal=rehearsal)
    ordered = {stack.name: stack for environment in asked for stack in stacks(environment)}
    planned = [
        plan_one(
            project, build(stack, sources, trace=True), offline=offline, unavailable=unavailable.get(stack.name, ())
        )
        for stack in ordered.values()
    ]
    return planned if uses else _without_used(planned, [environment.name for environment in asked])


def _without_used(planned: list[Planned], asked: list[str]) -> list[Planned]:
    """Leave out the used stacks, which must have nothing to do: they are deployed under a consent of their own."""
    used = [one for one in planned if one.request.environment not in asked]
    differing = [one.request.environment for one in used if not one.plan.empty]
    if differing:
        message = f"{', '.join(asked)} uses {', '.join(differing)}, which would change"
        instead = "deploy it first, or leave --no-uses out"
        raise PreflightBlocked(message, Finding("error", "AML501", message, instead=instead))
    return [one for one in planned if one.request.environment in asked]


def plan_one(project: Project, built: Built, *, offline: bool = False, unavailable: Sequence[str] = ()) -> Planned:
    """Plan one stack. Raises UsageWrong if its template cannot leave computes out."""
    environment = built.environment
    request = request_of(built, unavailable)
    if offline:
        desired = evaluated(request, environment, None, None)
        return Planned(built, request, _plan(built, desired, None, None), None)
    arm = connect(project, environment)
    newest, applied = history(arm, request.scope, environment.name)
    return Planned(built, request, _with_live(built, request, arm, applied), arm, newest)


def request_of(built: Built, unavailable: Sequence[str]) -> Request:
    """Make what would be sent for an environment."""
    environment = built.environment
    parameters = _leaving_out(built, unavailable)
    return Request(environment.name, scope(environment), environment.settings.location, built.template, parameters)


def _leaving_out(built: Built, unavailable: Sequence[str]) -> dict[str, Any]:
    """The parameters of a deployment that leaves computes out; none if all are deployed."""
    if not unavailable:
        return {}
    if LEFT_OUT not in (built.template.get("parameters") or {}):
        message = (
            f"the template of {built.environment.name} has no parameter `{LEFT_OUT}`, so no compute can be left out"
        )
        raise UsageWrong(message)
    return {LEFT_OUT: {"value": sorted(unavailable)}}


def desired_of(planned: Planned) -> DesiredState:
    """Evaluate the template of a plan again, for whoever needs its resources."""
    return evaluated(planned.request, planned.built.environment, planned.arm, None)


def predict_offline(built: Built) -> DesiredState:
    """Evaluate a template without reading anything. Raises ConfigurationInvalid where ARM would refuse it."""
    return evaluated(request_of(built, ()), built.environment, None, None)


def scope(environment: Environment) -> str:
    """The scope of the deployment: the subscription, or the group where the user owns no more than that."""
    subscription = f"/subscriptions/{environment.subscription_id}"
    if environment.settings.resource_group.create:
        return subscription
    return f"{subscription}/resourceGroups/{environment.names['resource_group'].text}"


def places(planned: Planned) -> dict[str, tuple[Place | None, Place | None]]:
    """Name the YAML line and the Bicep line behind each resource of a stack, by lower-case id."""
    finder = Causes(planned.built)
    desired = desired_of(planned)
    return {str(one.id).lower(): (finder.resource(one), finder.statement(one)) for one in desired.resources}


def _with_live(built: Built, request: Request, arm: Arm, applied: Applied | None) -> Plan:
    """Evaluate, read what the result names, and evaluate again with what was read."""
    from amlctl.app.observe import Observed, observe

    environment = built.environment
    first = evaluated(request, environment, arm, None)
    before = None
    if applied:
        sent = request._replace(template=applied.template, parameters=applied.parameters)
        before = evaluated(sent, environment, arm, None)
    known = observe([*first.resources, *_existing(first), *(before.resources if before else ())], arm)
    desired = evaluated(request, environment, arm, known)
    if before and applied:
        before = evaluated(
            request._replace(template=applied.template, parameters=applied.parameters), environment, arm, known
        )
    late = [resource for resource in desired.resources if str(resource.id).lower() not in known.documents]
    known = Observed(known.documents | observe(late, arm).documents)
    return _plan(built, desired, before, known.documents)


def _existing(desired: DesiredState) -> list[Resource]:
    """Resources that the template only refers to, of every nested deployment."""
    found: list[Resource] = []
    queue = [desired.root]
    while queue:
        deployment = queue.pop()
        found += deployment.existing
        queue += deployment.children
    return found


def _plan(built: Built, desired: DesiredState, applied: DesiredState | None, live: Mapping[str, Any] | None) -> Plan:
    environment = built.environment
    return compare(
        desired,
        applied,
        live,
        causes(built),
        environment=environment.name,
        target=target(environment),
        compared_with=f"the {target(environment)}" if environment.is_local else target(environment),
    )


def evaluated(request: Request, environment: Environment, arm: Arm | None, answers: Answers | None) -> DesiredState:
    """Evaluate what would be sent. Raises ConfigurationInvalid if ARM would refuse it."""
    context = _context(request, environment, arm)
    desired = evaluate(dict(request.template), dict(request.parameters), context, answers)
    if desired.faults:
        first = desired.faults[0]
        raise ConfigurationInvalid(
            f"ARM would refuse the template of {environment.name}: {first.message}", *desired.findings
        )
    return desired


def _context(request: Request, environment: Environment, arm: Arm | None) -> Context:
    identity = arm.identity if arm else None
    deployer = Deployer(identity.object_id, identity.tenant_id, identity.name) if identity else None
    group = None if environment.settings.resource_group.create else environment.names["resource_group"].text
    return Context(
        tenant_id=(identity.tenant_id if identity else environment.tenant_id) or None,
        subscription_id=environment.subscription_id,
        resource_group=group,
        resource_group_location=request.location if group else None,
        location=None if group else request.location,
        deployment_name=f"amlctl-{environment.name}",
        scope="resourceGroup" if group else "subscription",
        deployer=deployer,
        environment=cloud_of(environment, arm),
    )
