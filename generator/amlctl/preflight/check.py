"""All checks at once: every question to ARM is asked in parallel, and a question that fails is said, not fatal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError
from amlctl.preflight import permissions
from amlctl.preflight.quota import Region, judge
from amlctl.preflight.values import Taken, Verdict, Wanted

if TYPE_CHECKING:
    from amlctl.azure import Arm

ASKERS = 8
REGISTERING_SECONDS = 300.0
Answer = TypeVar("Answer")


class _Answers(NamedTuple):
    """What ARM said; a question that it refused is the finding that says so."""

    regions: Mapping[str, Region | Finding]
    permissions: Mapping[str, list[dict[str, Any]] | Finding | None]
    providers: Mapping[str, str | Finding]


def check(wanted: Wanted, arm: Arm, *, register: bool = False, sleep: Callable[[float], None] = time.sleep) -> Verdict:
    """Look at quota, sizes, providers and the deployer's permissions. ``register`` registers what is not yet."""
    answers = _ask(wanted, arm)
    blocked = {}
    findings: list[Finding] = []
    for compute, finding in _quota(wanted, answers.regions):
        findings.append(finding)
        if finding.level == "error":
            blocked[compute] = True
    for taken in wanted.taken:
        blocked[taken.name] = True
        findings.append(_overwritten(taken))
    findings += _permissions(wanted, answers.permissions, arm)
    findings += _providers(wanted, answers, arm, register, sleep)
    findings += [one for one in answers.regions.values() if isinstance(one, Finding)]
    return Verdict(tuple(dict.fromkeys(findings)), tuple(blocked))


def _overwritten(taken: Taken) -> Finding:
    """Compute - Create Or Update: "overwrites a compute if it exists. This is a nonrecoverable operation"."""
    message = f"the instance `{taken.name}` belongs to somebody else; Azure would overwrite it, and its disk is lost"
    instead = f"write `owner: {taken.owner}`, delete the instance first, or keep it as it is: --skip-unavailable"
    return Finding("error", "AML519", message, taken.cause, f"owner {taken.owner}", instead)


def _ask(wanted: Wanted, arm: Arm) -> _Answers:
    with ThreadPoolExecutor(ASKERS) as pool:
        locations = sorted({compute.location for compute in wanted.computes})
        regions = {place: pool.submit(_region, place, arm) for place in locations}
        scopes = {
            scope: pool.submit(_asked, "permissions", partial(arm.permissions, scope)) for scope in wanted.actions
        }
        names = sorted(wanted.namespaces | wanted.others)
        providers = {name: pool.submit(_asked, "providers", partial(arm.provider_state, name)) for name in names}
        return _Answers(
            {name: future.result() for name, future in regions.items()},
            {name: future.result() for name, future in scopes.items()},
            {name: future.result() for name, future in providers.items()},
        )


def _region(location: str, arm: Arm) -> Region | Finding:
    def ask() -> Region:
        sizes = {str(size.get("name")).lower(): size for size in arm.vm_sizes(location)}
        return Region(location, sizes, arm.usages(location))

    return _asked(f"the quota of {location}", ask)


def _asked(what: str, call: Callable[[], Answer]) -> Answer | Finding:
    try:
        return call()
    except AmlctlError as error:
        return Finding("warning", "AML516", f"{what} could not be read before the deployment", None, str(error))


def _quota(wanted: Wanted, regions: Mapping[str, Region | Finding]) -> Iterator[tuple[str, Finding]]:
    known = {name: region for name, region in regions.items() if isinstance(region, Region)}
    computes = [compute for compute in wanted.computes if compute.location in known]
    for compute, finding in judge(computes, known):
        yield compute.name, finding


def _permissions(
    wanted: Wanted, answers: Mapping[str, list[dict[str, Any]] | Finding | None], arm: Arm
) -> Iterator[Finding]:
    """A group that does not exist yet has the permissions of its subscription."""
    above = answers.get(f"/subscriptions/{wanted.subscription_id}")
    who = arm.identity.name or arm.identity.object_id or "who deploys"
    for scope, needed in wanted.actions.items():
        held = answers[scope]
        held = above if held is None else held
        if isinstance(held, Finding):
            yield held
        elif held is None:
            yield Finding("warning", "AML516", f"the permissions at {scope} could not be read before the deployment")
        else:
            yield from permissions.findings(scope, permissions.missing(needed, held), who)


def _providers(
    wanted: Wanted, answers: _Answers, arm: Arm, register: bool, sleep: Callable[[float], None]
) -> Iterator[Finding]:
    """Providers that are not registered: ARM registers those of the template itself, if the deployer may."""
    states = answers.providers
    yield from dict.fromkeys(one for one in states.values() if isinstance(one, Finding))
    missing = [name for name, state in states.items() if isinstance(state, str) and state.lower() != "registered"]
    held = answers.permissions.get(f"/subscriptions/{wanted.subscription_id}")
    for name in missing:
        if register:
            yield from _register(name, arm, sleep)
        elif name in wanted.others or not _may_register(name, held):
            yield _unregistered(name, wanted.subscription_id)


def _may_register(name: str, held: list[dict[str, Any]] | Finding | None) -> bool:
    return not isinstance(held, list) or permissions.allowed(f"{name}/register/action", held)


def _unregistered(name: str, subscription: str) -> Finding:
    message = f"the resource provider {name} is not registered in subscription {subscription}"
    return Finding("error", "AML514", message, instead=f"--register, or: az provider register --namespace {name}")


def _register(name: str, arm: Arm, sleep: Callable[[float], None]) -> Iterator[Finding]:
    """Register a provider and wait for it; it takes a minute or two."""
    arm.register_provider(name)
    waited = 0.0
    while arm.provider_state(name).lower() != "registered":
        if waited >= REGISTERING_SECONDS:
            message = f"the resource provider {name} is still not registered after {waited:.0f} s"
            yield Finding("error", "AML514", message, instead="wait for it, then run again")
            return
        pause = 0.1 if arm.connection.local else 5.0
        sleep(pause)
        waited += pause
    yield Finding("info", "AML517", f"registered the resource provider {name}")
