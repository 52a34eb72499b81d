"""``amlctl plan``: what a deployment of an environment, and of the stacks that it uses, would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from amlctl.app.build import Built, build
from amlctl.app.causes import Causes, causes
from amlctl.app.connect import cloud_of, connect, target
from amlctl.app.project import Project, load_all, stacks, templates
from amlctl.arm import Context, Deployer, evaluate
from amlctl.deploy import Request, digest, history
from amlctl.errors import ConfigurationInvalid
from amlctl.plan import Plan, compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amlctl.arm.values import Answers, DesiredState, Resource
    from amlctl.azure import Arm
    from amlctl.deploy import Applied
    from amlctl.diagnostics import Place
    from amlctl.environment import Environment


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
    def inputs(self) -> dict[str, str]:
        """What a saved plan is bound to."""
        return {f"template of {self.request.environment}": digest(self.request.template, self.request.parameters)}


def plan(project: Project, wanted: Sequence[str], *, offline: bool = False) -> list[Planned]:
    """Plan environments after the stacks that they use, each stack once. ``offline`` reads nothing."""
    sources = templates(project)
    ordered = {stack.name: stack for environment in load_all(project, wanted) for stack in stacks(environment)}
    return [plan_one(project, build(stack, sources, trace=True), offline=offline) for stack in ordered.values()]


def plan_one(project: Project, built: Built, *, offline: bool = False) -> Planned:
    """Plan one stack."""
    environment = built.environment
    request = Request(environment.name, scope(environment), environment.settings.location, built.template, {})
    if offline:
        desired = _evaluate(request, environment, None, None)
        return Planned(built, request, _plan(built, desired, None, None), None)
    arm = connect(project, environment)
    newest, applied = history(arm, request.scope, environment.name)
    return Planned(built, request, _with_live(built, request, arm, applied), arm, newest)


def predict_offline(built: Built) -> DesiredState:
    """Evaluate a template without reading anything. Raises ConfigurationInvalid where ARM would refuse it."""
    environment = built.environment
    request = Request(environment.name, scope(environment), environment.settings.location, built.template, {})
    return _evaluate(request, environment, None, None)


def scope(environment: Environment) -> str:
    """The scope of the deployment: the subscription, or the group where the user owns no more than that."""
    subscription = f"/subscriptions/{environment.subscription_id}"
    if environment.settings.resource_group.create:
        return subscription
    return f"{subscription}/resourceGroups/{environment.names['resource_group'].text}"


def places(planned: Planned) -> dict[str, tuple[Place | None, Place | None]]:
    """Name the YAML line and the Bicep line behind each resource of a stack, by lower-case id."""
    finder = Causes(planned.built)
    desired = _evaluate(planned.request, planned.built.environment, planned.arm, None)
    return {str(one.id).lower(): (finder.resource(one), finder.statement(one)) for one in desired.resources}


def _with_live(built: Built, request: Request, arm: Arm, applied: Applied | None) -> Plan:
    """Evaluate, read what the result names, and evaluate again with what was read."""
    from amlctl.app.observe import Observed, observe

    environment = built.environment
    first = _evaluate(request, environment, arm, None)
    before = None
    if applied:
        sent = request._replace(template=applied.template, parameters=applied.parameters)
        before = _evaluate(sent, environment, arm, None)
    known = observe([*first.resources, *_existing(first), *(before.resources if before else ())], arm)
    desired = _evaluate(request, environment, arm, known)
    if before and applied:
        before = _evaluate(
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


def _evaluate(request: Request, environment: Environment, arm: Arm | None, answers: Answers | None) -> DesiredState:
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
