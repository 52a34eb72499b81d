"""Many runs at once on one environment, and one that was killed: exactly one writes, and nobody waits for the dead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from amlctl import localarm
from amlctl.azure import Arm, Connection, connect
from amlctl.deploy import Request, execute
from amlctl.deploy.names import MARKER, RUN
from amlctl.deploy.one_writer import put_marker
from amlctl.errors import GuardForbids

TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [
        {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2025-04-01", "name": "rg-x", "location": "westus"}
    ],
}
STARTS = 8


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """An endpoint of this module's own."""
    with localarm.in_process(tmp_path_factory.mktemp("endpoint")) as (endpoint, _):
        yield Connection(endpoint.url, endpoint.subscription_id, "", endpoint.token, endpoint.ca_file)


def request(connection: Connection, environment: str) -> Request:
    """What every run wants to deploy."""
    return Request(environment, f"/subscriptions/{connection.subscription_id}", "westus", TEMPLATE, {})


def attempt(connection: Connection, environment: str) -> str:
    """One run with a client of its own; says what came of it."""
    try:
        wanted = request(connection, environment)
        return execute(wanted, connect(connection), lambda _: None, newest="").name
    except GuardForbids as forbidden:
        return forbidden.findings[0].code


def left(arm: Arm, connection: Connection, environment: str) -> Counter[str]:
    """How many deployments and markers of an environment ARM holds."""
    names = [d["name"] for d in arm.deployments(f"/subscriptions/{connection.subscription_id}")]
    found = [match for name in names for match in (RUN.match(name), MARKER.match(name)) if match]
    return Counter("run" if m.re is RUN else "marker" for m in found if m["environment"] == environment)


@pytest.mark.parametrize("round_", range(3))
def test_of_many_starts_exactly_one_writes(round_: int, connection: Connection) -> None:
    """The others leave with AML401, or wait for the one deployment that runs; no marker is left."""
    environment = f"many{round_}"

    with ThreadPoolExecutor(STARTS) as pool:
        came = list(pool.map(lambda _: attempt(connection, environment), range(STARTS)))

    assert left(connect(connection), connection, environment) == {"run": 1}
    assert len({name for name in came if RUN.match(name)}) == 1
    assert {name for name in came if not RUN.match(name)} <= {"AML401"}


def test_a_killed_run_is_in_nobodys_way_for_long(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its marker forbids at first, and is void when its lease has run out."""
    arm, wanted = connect(connection), request(connection, "dead")
    put_marker(arm, wanted.scope, "amlctl-dead-lock-0123456789ab", wanted)

    assert attempt(connection, "dead") == "AML401"

    monkeypatch.setattr("amlctl.deploy.one_writer.LEASE", 0)
    put_marker(arm, wanted.scope, "amlctl-dead-lock-0123456789ab", wanted)
    assert RUN.match(attempt(connection, "dead"))
