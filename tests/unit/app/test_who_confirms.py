"""Who confirms a deployment: design.md section 4, without any ARM."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from amlctl.app.consent import Consent, rehearses, require
from amlctl.app.predict import _without_used
from amlctl.errors import Declined, GuardForbids, PreflightBlocked


def planned(
    name: str = "dev", *, tier: str = "dev", local: bool = False, actions: tuple[str, ...] = ("create",)
) -> Any:
    """A plan of one stack, as far as the question needs it; ``tier`` is the strictest of its users."""
    changes = [SimpleNamespace(action=action, name=f"x{at}") for at, action in enumerate(actions)]
    environment = SimpleNamespace(name=name, tier=tier, tiers={"": tier}, is_local=local)
    return SimpleNamespace(
        request=SimpleNamespace(environment=name),
        built=SimpleNamespace(environment=environment),
        plan=SimpleNamespace(empty=all(action == "none" for action in actions), changes=changes, environment=name),
    )


def never(_: Any) -> bool:
    """Nobody may be asked."""
    message = "asked"
    raise AssertionError(message)


def consent(ask: Any = never, ask_shared: Any = never, **options: Any) -> Consent:
    """What was said on the command line."""
    return Consent(ask, ask_shared, **options)


def test_a_local_environment_is_never_asked_about() -> None:
    """Whatever its tier."""
    require([planned("shared", local=True), planned("prod", tier="prod", local=True)], consent())


def test_nothing_to_change_needs_no_yes() -> None:
    """Also in prod."""
    require([planned("prod", tier="prod", actions=("none",))], consent())


def test_azure_asks_unless_told() -> None:
    """A no changes nothing: exit 8."""
    require([planned()], consent(lambda _: True, terminal=True))
    require([planned()], consent(yes=True))
    with pytest.raises(Declined, match="nothing was changed"):
        require([planned()], consent(lambda _: False, terminal=True))


def test_the_tier_of_the_environment_that_was_asked_for_decides() -> None:
    """The first ``deploy -e dev`` creates a stack of tier prod, and the same yes is enough (real-azure.md B1)."""
    require([planned("shared", tier="prod"), planned()], consent(yes=True))


@pytest.mark.parametrize(
    ("options", "kind"), [({"yes": True}, GuardForbids), ({"terminal": True}, GuardForbids), ({}, Declined)]
)
def test_prod_on_azure_needs_a_saved_plan(options: dict[str, bool], kind: type[Exception]) -> None:
    """Exit 4 with the two commands to run; 8 if nothing was said and nobody is there."""
    with pytest.raises(kind, match="saved plan only") as forbidden:
        require([planned("prod", tier="prod")], consent(**options))

    assert "amlctl plan -e prod --out prod.plan" in forbidden.value.findings[0].instead  # type: ignore[attr-defined]
    require([planned("prod", tier="prod")], consent(saved=True))


@pytest.mark.parametrize("action", ["update", "unknown", "put"])
def test_a_change_in_a_stack_that_prod_uses_is_named(action: str) -> None:
    """Not by ``--yes``, and not by a saved plan alone: exit 4 with what to type."""
    plans = [planned("shared", tier="prod", actions=("create", action)), planned()]

    for options in ({"yes": True}, {"saved": True}, {}):
        with pytest.raises(GuardForbids, match="which prod uses") as forbidden:
            require(plans, consent(**options))
        assert "--allow-shared shared" in forbidden.value.findings[0].instead
    require(plans, consent(yes=True, allow_shared=("shared",)))


def test_a_terminal_asks_for_the_stack_apart_from_the_whole() -> None:
    """Two questions; a no to either changes nothing."""
    plans = [planned("shared", tier="prod", actions=("update",)), planned()]

    require(plans, consent(lambda _: True, lambda _: True, terminal=True))
    with pytest.raises(Declined, match="declined the change of shared"):
        require(plans, consent(never, lambda _: False, terminal=True))


def test_a_stack_that_prod_does_not_use_needs_no_name() -> None:
    require([planned("lab", tier="test", actions=("update",)), planned()], consent(yes=True))


def test_a_used_stack_is_left_alone_if_it_was_said() -> None:
    """``--no-uses``: exit 5 if it would change; else the plan holds the environment alone."""
    assert _without_used([planned("shared", actions=("none",)), planned()], ["dev"])[0].request.environment == "dev"
    with pytest.raises(PreflightBlocked, match="dev uses shared"):
        _without_used([planned("shared"), planned()], ["dev"])


def test_a_local_prod_says_what_azure_would_want() -> None:
    """Otherwise a rehearsal proves the wrong thing (newcomers U21)."""
    prod = [planned("prod", tier="prod", local=True)]

    assert "saved plan only" in rehearses(prod, saved=False)
    assert rehearses(prod, saved=True) == ""
    assert rehearses([planned(local=True)], saved=False) == ""
