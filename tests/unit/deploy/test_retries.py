"""A role that has not spread yet is waited for; everything else is not."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.unit.deploy.fake_arm import FakeArm

from amlctl.azure import Arm
from amlctl.deploy import Clock, Deployment, Request, execute_patiently
from amlctl.deploy.names import RUN
from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError, AzureRefused, DeadlinePassed, NotSignedIn

SCOPE = "/subscriptions/11111111-1111-4111-8111-111111111111"
REQUEST = Request("dev", SCOPE, "westeurope", {"resources": []}, {})
SPREADING = {"code": "AuthorizationFailed", "message": "The client 'id-mlplat-dev' does not have authorization"}


class Spreading(FakeArm):
    """ARM, where the first deployments fail."""

    def __init__(self, *errors: dict[str, Any], reads_until_done: int = 2) -> None:
        super().__init__(reads_until_done=reads_until_done)
        self.errors = list(errors)
        self.identity = SimpleNamespace(object_id="deployer-id")
        self.failing = self.errors[0] if self.errors else None

    def begin_deployment(self, scope: str, name: str, body: dict[str, Any]) -> None:
        """Each deployment fails with the next error; markers always work."""
        if RUN.match(name):
            self.failing = self.errors.pop(0) if self.errors else None
        super().begin_deployment(scope, name, body)


def patiently(arm: FakeArm, **options: Any) -> tuple[Deployment, list[str]]:
    """Deploy, and give what was said."""
    ticks, said = itertools.count(1_800_000_000.0), list[str]()
    clock = Clock(lambda: next(ticks), lambda _: None)
    deployed = execute_patiently(REQUEST, cast("Arm", arm), lambda _: None, said.append, clock=clock, **options)
    return deployed, said


@pytest.mark.parametrize(
    "error",
    [
        SPREADING,
        {"code": "PrincipalNotFound", "message": "Principal 1 does not exist in the directory"},
        {"code": "Forbidden", "message": "Caller is not authorized. Inner error: ForbiddenByRbac"},
    ],
)
def test_a_role_that_has_not_spread_is_waited_for(error: dict[str, str]) -> None:
    """Twice refused, then done; each try is said, and each has a name of its own (real-azure.md M5)."""
    arm = Spreading(error, error)

    deployed, said = patiently(arm)

    runs = [entry for entry in arm.sent if entry.startswith("put amlctl-dev-") and "-lock-" not in entry]
    assert deployed.tries == len(runs) == len(set(runs)) == 3
    assert [line.partition(":")[0] for line in said] == [error["code"]] * 2
    assert "try 3" in said[1]


def test_the_deployer_is_not_waited_for() -> None:
    """Nobody grants it a role while it waits: exit 6 at once."""
    own = {**SPREADING, "message": "The client 'x' with object id 'deployer-id' does not have authorization"}

    with pytest.raises(NotSignedIn):
        patiently(Spreading(own, own))


def test_any_other_cause_ends_the_run() -> None:
    with pytest.raises(AzureRefused):
        patiently(Spreading({"code": "QuotaExceeded", "message": "no"}))


def test_it_waits_no_longer_than_the_deadline() -> None:
    """``--timeout`` bounds all tries together."""
    with pytest.raises((NotSignedIn, DeadlinePassed)):
        patiently(Spreading(*[SPREADING] * 99), timeout=40.0)


class Away(FakeArm):
    """ARM that cannot be reached for some reads."""

    def __init__(self, away: int) -> None:
        super().__init__()
        self.away, self.identity = away, SimpleNamespace(object_id="")

    def deployment(self, scope: str, name: str) -> dict[str, Any] | None:
        """No answer at first."""
        if RUN.match(name) and self.away:
            self.away -= 1
            raise AmlctlError("the endpoint cannot be reached", Finding("error", "AML603", "no route"))
        return super().deployment(scope, name)


def test_a_connection_that_breaks_is_no_end() -> None:
    """The deployment goes on meanwhile (real-azure.md m7)."""
    assert patiently(Away(5))[0].name.startswith("amlctl-dev-")
    with pytest.raises(DeadlinePassed, match=r"cannot be reached.*still running"):
        patiently(Away(10_000), timeout=30.0)
