"""Preflight against a fake of ARM: what would stop a deployment is found before the first write."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from amlctl.azure import Arm
from amlctl.diagnostics import Finding, Place
from amlctl.errors import AzureRefused
from amlctl.preflight import Compute, Verdict, Wanted, check
from amlctl.preflight.permissions import allowed, missing
from amlctl.preflight.quota import room_of

SUBSCRIPTION = "/subscriptions/s"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
GPU = Compute("gpu-cluster", "STANDARD_NC4as_T4_v3", "westeurope", most=2, cause=Place("environments/dev.yaml", 24))
CPU = Compute("cpu-cluster", "STANDARD_D4ds_v5", "westeurope", most=5)
ALL = [{"actions": ["*"], "notActions": []}]
CONTRIBUTOR = [
    {
        "actions": ["*"],
        "notActions": ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
    }
]


class FakeArm:
    """The questions that preflight asks; ``limits`` are the cores of a family."""

    def __init__(self, **limits: int) -> None:
        self.limits = {"TotalDedicatedCores": 100, "TotalLowPriorityCores": 10, "standardDDSv5Family": 50, **limits}
        self.held: dict[str, list[dict[str, Any]] | None] = {SUBSCRIPTION: ALL}
        self.states: dict[str, str] = {}
        self.registered: list[str] = []
        self.identity = SimpleNamespace(name="ci@x", object_id="1")
        self.connection = SimpleNamespace(local=True)

    def vm_sizes(self, location: str) -> list[dict[str, Any]]:
        """Two sizes."""
        return [
            {"name": "Standard_NC4as_T4_v3", "family": "Standard NCASv3_T4 Family", "vCPUs": 4},
            {"name": "Standard_D4ds_v5", "family": "standardDDSv5Family", "vCPUs": 4},
        ]

    def usages(self, location: str) -> list[dict[str, Any]]:
        """Every limit that was given, four cores used of each."""
        return [
            {"id": f"/x/usages/{name}", "name": {"value": name}, "currentValue": min(4, limit), "limit": limit}
            for name, limit in self.limits.items()
        ]

    def permissions(self, scope: str) -> list[dict[str, Any]] | None:
        """What the caller may do."""
        return self.held.get(scope)

    def provider_state(self, namespace: str) -> str:
        """Registered, or what was said."""
        return "Registered" if namespace in self.registered else self.states.get(namespace, "Registered")

    def register_provider(self, namespace: str) -> None:
        """Register at once."""
        self.registered.append(namespace)


def run(arm: FakeArm, *computes: Compute, register: bool = False, **more: Any) -> Verdict:
    """Check some computes."""
    return check(Wanted("dev", "s", computes, **more), cast("Arm", arm), register=register, sleep=lambda _: None)


def codes(verdict: Verdict) -> list[tuple[str, str]]:
    """Level and code of each finding."""
    return [(finding.level, finding.code) for finding in verdict.findings]


def test_a_family_that_cannot_hold_one_node_stops_the_run() -> None:
    """NC families start at zero cores, and ARM refuses the cluster although it has no node (real-azure.md B3)."""
    verdict = run(FakeArm(**{"Standard NCASv3_T4 Family": 0}), CPU, GPU)

    assert verdict.unavailable == ("gpu-cluster",)
    [found] = [finding for finding in verdict.findings if finding.level == "error"]
    assert found.code == "AML510"
    assert found.place == GPU.cause
    assert "limit 0, 0 used" in found.found
    assert "needs 4 cores" in found.found
    assert "--skip-unavailable" in found.instead
    assert found.link.startswith("https://learn.microsoft.com/")


def test_a_family_with_room_is_no_finding() -> None:
    assert run(FakeArm(), CPU).findings == ()


def test_a_cluster_needs_the_limit_and_an_instance_needs_free_cores() -> None:
    """A cluster without nodes waits for cores, an instance starts at once."""
    arm = FakeArm(standardDDSv5Family=4)

    assert run(arm, CPU._replace(most=1)).unavailable == ()
    assert run(arm, CPU._replace(cluster=False)).unavailable == ("cpu-cluster",)


def test_low_priority_has_a_pool_of_its_own() -> None:
    assert run(FakeArm(TotalLowPriorityCores=0), CPU._replace(low_priority=True)).unavailable == ("cpu-cluster",)
    assert run(FakeArm(TotalLowPriorityCores=0), CPU).unavailable == ()


def test_more_nodes_than_the_limit_is_a_warning() -> None:
    """It deploys, and never grows that far (newcomers U10)."""
    assert codes(run(FakeArm(standardDDSv5Family=8), CPU)) == [("warning", "AML512")]


def test_a_size_that_the_region_does_not_offer_stops_the_run() -> None:
    verdict = run(FakeArm(), CPU._replace(size="STANDARD_NC6"))

    assert codes(verdict) == [("error", "AML511")]
    assert verdict.unavailable == ("cpu-cluster",)


def test_a_family_without_an_entry_is_a_warning() -> None:
    arm = FakeArm()
    del arm.limits["standardDDSv5Family"]

    assert codes(run(arm, CPU)) == [("warning", "AML513")]


@pytest.mark.parametrize(
    "name",
    [
        {"value": "standardDFamily"},
        {"value": "x", "localizedValue": "Standard D Family Cluster Dedicated vCPUs"},
        {"value": "Standard D Family Cluster Dedicated vCPUs"},
    ],
)
def test_usages_are_found_by_either_name(name: dict[str, str]) -> None:
    """Usages - List, 2025-06-01; the entry of a workspace never hides the subscription's (real-azure.md m6)."""
    other = {"id": "/s/workspaces/w/usages/x", "name": name, "limit": 1, "currentValue": 1}
    own = {"id": "/s/usages/x", "name": name, "limit": 24, "currentValue": 4}

    room = room_of("standardDFamily", [other, own])

    assert room is not None
    assert (room.used, room.limit) == (4, 24)


def test_missing_permissions_name_the_role_that_has_them() -> None:
    """A Contributor writes no role assignment and no lock (real-azure.md M13)."""
    arm = FakeArm()
    arm.held = {SUBSCRIPTION: CONTRIBUTOR, GROUP: None}
    needed = frozenset({"Microsoft.Authorization/roleAssignments/write", "Microsoft.Storage/storageAccounts/write"})

    [found] = run(arm, actions={SUBSCRIPTION: frozenset({"x/write"}), GROUP: needed}).findings

    assert (found.level, found.code) == ("error", "AML515")
    assert "roleAssignments/write" in found.found
    assert "storageAccounts" not in found.found
    assert "User Access Administrator" in found.instead


def test_actions_match_as_azure_matches_them() -> None:
    """Stars, letter case, and what ``notActions`` takes away again."""
    assert allowed("Microsoft.Storage/storageAccounts/write", CONTRIBUTOR)
    assert not allowed("microsoft.authorization/LOCKS/write", CONTRIBUTOR)
    assert allowed("microsoft.authorization/locks/write", [*CONTRIBUTOR, {"actions": ["Microsoft.Authorization/*"]}])
    assert missing(["a/read", "b/write"], [{"actions": ["*/read"]}]) == ["b/write"]


def test_a_question_that_arm_refuses_is_said_and_is_no_end() -> None:
    arm = FakeArm()

    def refuse(_: str) -> list[dict[str, Any]]:
        raise AzureRefused("AuthorizationFailed: no")

    arm.usages = refuse  # type: ignore[method-assign,assignment]

    assert codes(run(arm, CPU)) == [("warning", "AML516")]


def test_the_managed_network_needs_a_provider_that_no_template_registers() -> None:
    """Microsoft.Network is in no resource of ours, so ARM does not register it (real-azure.md M14)."""
    arm = FakeArm()
    arm.states = {"Microsoft.Network": "NotRegistered", "Microsoft.Storage": "NotRegistered"}
    names = {"namespaces": frozenset({"Microsoft.Storage"}), "others": frozenset({"Microsoft.Network"})}
    wanted: dict[str, Any] = {**names, "actions": {SUBSCRIPTION: frozenset()}}

    [found] = run(arm, **wanted).findings
    done = run(arm, register=True, **wanted)

    assert (found.code, "Microsoft.Network" in found.message) == ("AML514", True)
    assert arm.registered == ["Microsoft.Network", "Microsoft.Storage"]
    assert {finding.level for finding in done.findings} == {"info"}


def test_arm_registers_what_the_template_names_if_the_deployer_may() -> None:
    arm = FakeArm()
    arm.states = {"Microsoft.Storage": "NotRegistered"}
    arm.held = {SUBSCRIPTION: [{"actions": ["Microsoft.Storage/storageAccounts/*"]}]}

    found: tuple[Finding, ...] = run(
        arm, actions={SUBSCRIPTION: frozenset()}, namespaces=frozenset({"Microsoft.Storage"})
    ).findings

    assert [finding.code for finding in found] == ["AML514"]
