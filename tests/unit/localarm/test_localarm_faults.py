"""Faults on purpose, Graph, and what a client may ask of the endpoint itself."""

from __future__ import annotations

from typing import Any

import pytest
from tests.localarm_world import GROUP, STORAGE, SUB, Lab, storage

from amlctl.localarm import faults


def rule(lab: Lab, do: dict[str, Any], **match: Any) -> None:
    """Add a rule."""
    assert lab.call("POST", "/_lab/faults", {"match": match, "do": do}).status == 200


def test_a_lost_answer_is_lost_after_the_work_was_done(lab: Lab) -> None:
    rule(lab, {"lose": True}, method="PUT", path="/resourcegroups/rg2$")
    with pytest.raises(faults.Dropped):
        lab.call("PUT", f"{SUB}/resourceGroups/rg2", {"location": "westeurope"})

    assert lab.call("HEAD", f"{SUB}/resourceGroups/rg2").status == 204


def test_a_reset_comes_before_the_work(lab: Lab) -> None:
    rule(lab, {"reset": True}, method="PUT", path="/resourcegroups/rg2$")
    with pytest.raises(faults.Dropped):
        lab.call("PUT", f"{SUB}/resourceGroups/rg2", {"location": "westeurope"})

    assert lab.call("HEAD", f"{SUB}/resourceGroups/rg2").status == 404


def test_a_cut_answer_carries_its_size(lab: Lab) -> None:
    rule(lab, {"cut": 5}, method="GET", path="rg1")
    with pytest.raises(faults.Cut) as cut:
        lab.call("GET", GROUP)

    assert (cut.value.size, cut.value.response.status) == (5, 200)


def test_twice_does_the_work_twice(lab: Lab) -> None:
    """The second PUT of a new account meets the first."""
    rule(lab, {"twice": True}, method="PUT", path="/st1$")

    assert lab.call("PUT", f"{STORAGE}/st1", storage()).status == 200


def test_a_delay_moves_the_clock(lab: Lab) -> None:
    before = lab.clock.now
    rule(lab, {"delay": 30}, path="rg1")

    assert lab.call("GET", GROUP).status == 200
    assert lab.clock.now - before == 30


@pytest.mark.parametrize("sent", [{}, {"do": {}}, {"do": {"status": 500}, "match": {"path": "("}}])
def test_a_rule_that_makes_no_sense_is_refused(lab: Lab, sent: dict[str, Any]) -> None:
    assert lab.call("POST", "/_lab/faults", sent).status == 400
    assert lab.call("GET", "/_lab/faults").body == {"rules": []}


def test_rules_can_be_taken_back(lab: Lab) -> None:
    rule(lab, {"status": 500}, path="")
    lab.call("DELETE", "/_lab/faults")

    assert lab.call("GET", GROUP).status == 200


def test_the_log_says_what_came_in_but_not_what_it_held(lab: Lab) -> None:
    before = lab.call("GET", "/_lab/requests", count="true").body["writes"]
    lab.call("PUT", f"{STORAGE}/st1", storage(secret="canary"))
    lab.call("POST", f"{STORAGE}/st1/listKeys")
    log = lab.call("GET", "/_lab/requests").body

    assert log["writes"] == before + 1
    assert [one["method"] for one in log["value"][-2:]] == ["PUT", "POST"]
    assert "canary" not in str(log)


def test_account_keys_are_derived_and_never_stored(lab: Lab) -> None:
    """The same key for the life of an account, another one for its next life."""

    def key() -> str:
        lab.call("PUT", f"{STORAGE}/st1", storage())
        return str(lab.call("POST", f"{STORAGE}/st1/listKeys").body["keys"][0]["value"])

    first, again = key(), key()
    assert first not in str(lab.world.store.scan("resource"))
    lab.call("DELETE", f"{STORAGE}/st1")
    lab.clock.now += 1
    assert first == again != key()


def test_graph_knows_the_endpoint_itself(lab: Lab) -> None:
    """What `az role assignment list` asks for names (no api-version)."""
    found = lab.call("POST", "/v1.0/directoryObjects/getByIds", {"ids": ["x"]}, version="")

    assert (found.status, found.body) == (200, {"value": []})
    assert len(lab.call("GET", "/v1.0/servicePrincipals", version="").body["value"]) == 1
