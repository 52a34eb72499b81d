"""Who says yes to a deployment (design.md section 4, "Who confirms?").

A local environment is never asked about. On Azure the tier of the environment that was asked for decides: a prompt in a
terminal, without one ``--yes`` (dev and test) or ``--plan FILE``; prod is deployed from a saved plan only. The same yes
creates what is missing in a used stack; a change there, if prod uses the stack, must be named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from amlctl.diagnostics import Finding
from amlctl.errors import Declined, GuardForbids

if TYPE_CHECKING:
    from amlctl.app.predict import Planned

UNCHANGED = ("create", "none", "orphan")


class Consent(NamedTuple):
    """What was said on the command line, and how a person is asked; ``terminal`` tells whether one can be."""

    ask: Callable[[Sequence[Planned]], bool]
    ask_shared: Callable[[Planned], bool]
    terminal: bool = False
    yes: bool = False
    saved: bool = False
    allow_shared: tuple[str, ...] = ()


def require(planned: Sequence[Planned], consent: Consent) -> None:
    """Ask for what needs a yes; the last of ``planned`` is the environment that was asked for.

    Raises GuardForbids (prod without a saved plan, or a shared change that nobody named), Declined (a no, or nobody
    there to ask).
    """
    differing = [one for one in planned if not one.plan.empty]
    asked = planned[-1]
    used = [one for one in differing if one is not asked]
    if not differing or asked.built.environment.is_local:
        return
    for one in used:
        _shared(one, consent)
    if consent.saved:
        return
    if asked.built.environment.tier == "prod":
        raise _needs_plan(asked, consent)
    if not consent.yes and not consent.ask(planned):
        message = "declined; nothing was changed"
        raise Declined(message)


def rehearses(planned: Sequence[Planned], saved: bool) -> str:
    """What a deployment of a local environment of tier prod skips; empty if it skips nothing."""
    environment = planned[-1].built.environment
    if not environment.is_local or environment.tier != "prod" or saved:
        return ""
    return f"{environment.name} is local: on Azure it is deployed from a saved plan only"


def _shared(one: Planned, consent: Consent) -> None:
    """A change in a stack that prod uses is named: by the option, or by a prompt of its own."""
    changed = [change for change in one.plan.changes if change.action not in UNCHANGED]
    if not changed or not _used_by_prod(one) or _name(one) in consent.allow_shared:
        return
    if consent.terminal and not consent.saved:
        if consent.ask_shared(one):
            return
        message = f"declined the change of {_name(one)}; nothing was changed"
        raise Declined(message)
    message = f"the stack {_name(one)}, which prod uses, would change: {', '.join(c.name for c in changed[:5])}"
    instead = f"say that it is meant: --allow-shared {_name(one)}"
    raise GuardForbids(message, Finding("error", "AML406", message, instead=instead))


def _used_by_prod(one: Planned) -> bool:
    """Whether the stack, or one of its resources, is as strict as prod: an environment of tier prod uses it."""
    return "prod" in one.built.environment.tiers.values()


def _needs_plan(asked: Planned, consent: Consent) -> GuardForbids | Declined:
    name = _name(asked)
    message = f"{name} is of tier prod, which is deployed from a saved plan only"
    instead = f"amlctl plan -e {name} --out {name}.plan, then amlctl deploy -e {name} --plan {name}.plan"
    finding = Finding("error", "AML403", message, instead=instead)
    kind = GuardForbids if consent.yes or consent.terminal else Declined
    return kind(message, finding)


def _name(one: Planned) -> str:
    return str(one.request.environment)
