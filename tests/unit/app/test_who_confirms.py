"""Who confirms a deployment: design.md section 4, without any ARM."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from amlctl.app.deploy import Wishes, _allowed
from amlctl.errors import Declined, GuardForbids, PreflightBlocked


def planned(name: str = "dev", *, tier: str = "dev", local: bool = False, empty: bool = False) -> Any:
    """A plan of one stack, as far as the question needs it."""
    return SimpleNamespace(
        request=SimpleNamespace(environment=name),
        built=SimpleNamespace(environment=SimpleNamespace(tier=tier, is_local=local)),
        plan=SimpleNamespace(empty=empty),
    )


def never(_: Any) -> bool:
    """Nobody may be asked."""
    message = "asked"
    raise AssertionError(message)


def test_a_local_environment_is_never_asked_about() -> None:
    """Whatever its tier."""
    _allowed([planned(local=True), planned("prod", tier="prod", local=True)], "prod", never, Wishes())


def test_nothing_to_change_needs_no_yes() -> None:
    """Also in prod."""
    _allowed([planned("prod", tier="prod", empty=True)], "prod", never, Wishes())


def test_azure_asks_unless_told() -> None:
    """A no changes nothing: exit 8."""
    _allowed([planned()], "dev", lambda _: True, Wishes())
    _allowed([planned()], "dev", never, Wishes(yes=True))
    with pytest.raises(Declined, match="nothing was changed"):
        _allowed([planned()], "dev", lambda _: False, Wishes())


@pytest.mark.parametrize("yes", [False, True])
def test_prod_on_azure_needs_a_saved_plan(yes: bool) -> None:
    """Row 72: exit 4, and the two commands to run; also where only a used stack is of tier prod."""
    with pytest.raises(GuardForbids, match="saved plan only") as forbidden:
        _allowed([planned("shared", tier="prod"), planned()], "dev", never, Wishes(yes=yes))

    assert "amlctl plan -e dev --out dev.plan" in forbidden.value.findings[0].instead


def test_a_used_stack_is_left_alone_where_it_was_said() -> None:
    """``--no-uses``: exit 5 where it would change, and nothing where it would not."""
    _allowed([planned("shared", empty=True), planned()], "dev", never, Wishes(yes=True, uses=False))
    with pytest.raises(PreflightBlocked, match="dev uses shared"):
        _allowed([planned("shared"), planned()], "dev", never, Wishes(yes=True, uses=False))
