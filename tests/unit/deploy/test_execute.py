"""The deployer against a fake of ARM."""

from __future__ import annotations

import itertools
import threading
from typing import Any, cast

import pytest
from tests.unit.deploy.fake_arm import FakeArm, run

from amlctl.azure import Arm
from amlctl.deploy import Clock, Progress, Request, digest, execute, history
from amlctl.deploy.history import instant, seconds
from amlctl.deploy.names import RUN, base36, run_name
from amlctl.errors import AzureRefused, DeadlinePassed, GuardForbids

SCOPE = "/subscriptions/11111111-1111-4111-8111-111111111111"
REQUEST = Request("dev", SCOPE, "westeurope", {"resources": []}, {})
DIGEST = digest(REQUEST.template, REQUEST.parameters)
OTHER_MARKER = "amlctl-dev-lock-000000000000"


def clock(step: float = 1.0) -> Clock:
    """A clock that moves by itself, and a sleep that costs nothing."""
    ticks = itertools.count(1_800_000_000.0, step)
    return Clock(lambda: next(ticks), lambda _: None)


def deploy(arm: FakeArm, listen: Any = lambda _: None, **options: Any) -> Any:
    """Run the deployer against the fake."""
    return execute(REQUEST, cast("Arm", arm), listen, clock=options.pop("clock", clock()), **options)


def test_a_deployment_is_validated_put_and_watched() -> None:
    """The marker comes first and goes last; the name carries the hash of what was sent."""
    arm = FakeArm()
    seen: list[Progress] = []

    deployed = deploy(arm, seen.append)

    assert [entry.split()[0] for entry in arm.sent] == ["put", "validate", "put", "delete"]
    assert RUN.match(deployed.name)["digest"] == DIGEST  # type: ignore[index]
    assert [p.state for p in seen] == ["Running", "Succeeded"]


def test_an_older_marker_wins() -> None:
    """Whoever finds an older living marker leaves, having written nothing but its own marker."""
    arm = FakeArm(run(OTHER_MARKER, stamp="2026-11-21T09:59:30Z", **{"amlctl-lease": "60"}))

    with pytest.raises(GuardForbids, match="another run"):
        deploy(arm)

    assert [entry.split()[0] for entry in arm.sent] == ["put", "delete"]
    assert list(arm.store) == [OTHER_MARKER]


def test_a_marker_past_its_deadline_is_void() -> None:
    """A run that was killed frees the environment by itself, a minute after it last said that it lives."""
    deployed = deploy(FakeArm(run(OTHER_MARKER, stamp="2026-11-21T09:58:59Z", **{"amlctl-lease": "60"})))

    assert deployed.name.startswith("amlctl-dev-")


def test_a_marker_that_was_put_again_stays_the_older_one() -> None:
    """ARM's timestamp moves on with each put, so the time of the first one is kept in a tag."""
    since = {"amlctl-lease": "60", "amlctl-since": f"{instant('2026-11-21T09:00:00Z'):.6f}"}
    arm = FakeArm(run(OTHER_MARKER, stamp="2026-11-21T10:00:40Z", **since))

    with pytest.raises(GuardForbids, match="another run"):
        deploy(arm)


def test_a_marker_is_put_again_while_the_run_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while validation blocks the run; afterwards nothing is put any more."""
    monkeypatch.setattr("amlctl.deploy.one_writer.RENEWAL", 0.01)
    arm = FakeArm()
    again = threading.Event()
    begin = arm.begin_deployment

    def watched(scope: str, name: str, body: dict[str, Any]) -> None:
        begin(scope, name, body)
        if "amlctl-since" in body["tags"]:
            again.set()

    monkeypatch.setattr(arm, "begin_deployment", watched)
    monkeypatch.setattr(arm, "validate", lambda *_: again.wait(10))

    deploy(arm)

    assert again.is_set()
    assert not any(name.startswith("amlctl-dev-lock-") for name in arm.store)


def test_what_another_run_deployed_meanwhile_is_not_deployed_again() -> None:
    """The same content since the plan was made: its deployment is ours. Other content: plan again."""
    same, other = run_name("dev", DIGEST, 1_700_000_000), run_name("dev", "0123456789", 1_700_000_000)

    assert deploy(FakeArm(run(same)), newest="").name == same
    assert deploy(FakeArm(run(same)), newest=same).name != same
    with pytest.raises(GuardForbids, match="since it was planned"):
        deploy(FakeArm(run(other)), newest="")
    with pytest.raises(GuardForbids, match="since it was planned"):
        deploy(FakeArm(run(same, "Failed")), newest="")


def test_interrupted_says_what_goes_on() -> None:
    """Azure goes on: the exception carries the name."""
    arm = FakeArm()

    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        deploy(arm, interrupt)

    assert "is still running" in stopped.value.__notes__[0]
    assert not any(name.startswith("amlctl-dev-lock-") for name in arm.store)


def test_a_running_deployment_of_the_same_content_is_adopted() -> None:
    """A second run never puts what is on its way already."""
    name = run_name("dev", DIGEST, 1_800_000_000)
    arm = FakeArm(run(name, "Running"))

    assert deploy(arm).name == name
    assert not any(entry.startswith("validate") for entry in arm.sent)


def test_a_running_deployment_of_other_content_forbids() -> None:
    """Two deployments of one environment never run side by side."""
    with pytest.raises(GuardForbids, match="another deployment of dev"):
        deploy(FakeArm(run(run_name("dev", "0123456789", 1_800_000_000), "Running")))


def test_a_failure_is_led_back_to_its_cause() -> None:
    """The cause is JSON text inside a message inside a detail."""
    arm = FakeArm()
    inner = '{"error": {"code": "ClusterCoreQuotaReached", "message": "needs 6 cores, 0 left"}}'
    arm.failing = {
        "code": "ResourceDeploymentFailure",
        "message": "x",
        "details": [{"code": "Conflict", "message": inner}],
    }

    with pytest.raises(AzureRefused) as refused:
        deploy(arm)

    assert [finding.code for finding in refused.value.findings] == ["ClusterCoreQuotaReached"]


def test_our_deadline_does_not_stop_azure() -> None:
    """After the deadline nothing is cancelled; the message says how to go on."""
    arm = FakeArm(reads_until_done=10_000)
    arm_clock = clock(step=30.0)

    with pytest.raises(DeadlinePassed, match="is still running"):
        deploy(arm, clock=arm_clock, timeout=600)


def test_the_last_success_is_what_was_applied() -> None:
    """A later failure does not hide it, and other environments do not count."""
    arm = FakeArm(
        run("amlctl-dev-aaaaaaaaaa-1", stamp="2026-11-20T00:00:00Z"),
        run("amlctl-dev-bbbbbbbbbb-2", "Failed", stamp="2026-11-21T00:00:00Z"),
        run("amlctl-prod-cccccccccc-3", stamp="2026-11-22T00:00:00Z"),
    )

    newest, applied = history(arm, SCOPE, "dev")  # type: ignore[arg-type]

    assert newest == "amlctl-dev-bbbbbbbbbb-2"
    assert applied is not None
    assert applied.name == "amlctl-dev-aaaaaaaaaa-1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PT28.1562289S", 28.1562289), ("PT1M14.2498195S", 74.2498195), ("PT0S", 0.0), ("P1DT2H", 93_600.0), ("", 0.0)],
)
def test_durations_are_read(text: str, expected: float) -> None:
    """ARM's durations, as recorded deployments show them."""
    assert seconds(text) == pytest.approx(expected)


def test_times_are_read_to_seven_decimals() -> None:
    """Trailing zeros are cut by ARM."""
    assert instant("2026-04-09T17:27:06.246602Z") == pytest.approx(1775755626.246602)
    assert instant("") == 0.0


def test_base_36_counts_with_digits_and_letters() -> None:
    """Zero has a digit too."""
    assert (base36(0), base36(35), base36(36)) == ("0", "z", "10")
