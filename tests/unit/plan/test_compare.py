"""Three-way comparison: what is shown, what is hidden, what is said to be unknown."""

from __future__ import annotations

from typing import Any

import pytest

from amlctl.arm.tree import Access, Call, Text
from amlctl.arm.values import Deployment, DesiredState, Resource, Unknown
from amlctl.diagnostics import Place
from amlctl.errors import PlanStale
from amlctl.plan import ABSENT, Binding, Plan, compare, document, load, markdown, save, text

ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/one"
KIND = "Microsoft.Storage/storageAccounts"
LATER = Unknown(Access(Call("reference", (Text("x"),)), Text("id")), "reference", "known after x is there")


def state(body: dict[str, Any], id_: str = ID) -> DesiredState:
    """A desired state of one resource."""
    root = Deployment("", "", "subscription", "", None, {}, "", "", (), (), (), (), (), [], [])
    return DesiredState(root, (Resource(id_, KIND, "one", "2025-08-01", "", body),), (), ())


def planned(wanted: dict[str, Any], applied: dict[str, Any] | None, live: dict[str, Any] | None) -> Plan:
    """Plan one resource."""
    before = state(applied) if applied is not None else None
    return compare(state(wanted), before, {ID.lower(): live}, environment="dev", target="here", compared_with="there")


def verdicts(plan: Plan) -> list[str]:
    """The verdicts of all leaves."""
    return [leaf.verdict for change in plan.changes for leaf in change.leaves]


def test_without_a_reading_nothing_is_called_unchanged() -> None:
    """An offline plan says put: created or changed."""
    plan = compare(state({"kind": "StorageV2"}))

    assert [change.action for change in plan.changes] == ["put"]
    assert not plan.empty


def test_a_resource_that_is_not_there_is_created() -> None:
    """None in the reading means: it does not exist."""
    assert planned({"kind": "StorageV2"}, None, None).count("create") == 1


def test_equal_is_unchanged_and_server_defaults_are_not_looked_at() -> None:
    """Only keys that the template mentions are compared."""
    plan = planned({"kind": "StorageV2"}, None, {"kind": "StorageV2", "properties": {"creationTime": "now"}})

    assert plan.empty
    assert text([plan]).endswith("nothing to change.")


@pytest.mark.parametrize(
    ("wanted", "applied", "live", "expected"),
    [
        ("b", "a", "a", ["change"]),
        ("a", "a", "b", ["drift"]),
        ("c", "a", "b", ["both"]),
        ("b", None, "a", ["change"]),
        ("a", "b", "a", []),
    ],
)
def test_three_ways(wanted: str, applied: str | None, live: str, expected: list[str]) -> None:
    """The table of verdicts: desired against applied, applied against live."""
    plan = planned({"x": wanted}, {"x": applied} if applied else None, {"x": live})

    assert verdicts(plan) == expected


def test_casing_of_ids_and_locations_is_hidden_and_counted() -> None:
    """The service writes provider names and regions its own way."""
    plan = planned(
        {"location": "westeurope", "kind": "StorageV2"}, None, {"location": "West Europe", "kind": "storagev2"}
    )

    assert plan.empty
    assert plan.hidden == 2


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ({"ipRules": [{"value": "203.0.113.7"}]}, {"ipRules": [{"value": "203.0.113.7/32"}]}, True),
        ({"ipRules": [{"value": "203.0.113.7"}]}, {"ipRules": [{"value": "203.0.113.8/32"}]}, False),
        ({"idleTimeBeforeShutdown": "PT15M"}, {"idleTimeBeforeShutdown": "PT900S"}, True),
        ({"idleTimeBeforeShutdown": "PT1H"}, {"idleTimeBeforeShutdown": "PT90M"}, False),
        ({"vmSize": "Standard_NC4as_T4_v3"}, {"vmSize": "STANDARD_NC4AS_T4_V3"}, True),
    ],
)
def test_another_spelling_of_the_service_is_no_change(
    wanted: dict[str, Any], found: dict[str, Any], same: bool
) -> None:
    """real-azure.md m1, issue 9's table: neither a change nor "changed outside"."""
    applied = {"properties": wanted}
    plan = planned(applied, applied, {"properties": found})
    assert (plan.empty and not verdicts(plan)) is same


def test_casing_of_tags_is_a_change() -> None:
    """A real change of casing was once missed by Azure's what-if (arm-template-whatif#292)."""
    assert verdicts(planned({"tags": {"a": "X"}}, None, {"tags": {"a": "x"}})) == ["change"]


def test_what_the_service_never_returns_is_no_change_when_it_was_applied() -> None:
    """Write-only properties do not shout on every run."""
    assert planned({"properties": {"createMode": "default"}}, {"properties": {"createMode": "default"}}, {}).empty


def test_a_new_property_is_a_change_from_absent() -> None:
    """Absent is not null."""
    plan = planned({"kind": "StorageV2"}, {}, {})

    assert plan.changes[0].leaves[0].before is ABSENT


def test_an_unknown_value_is_said_to_be_unknown() -> None:
    """Never "no change"; but the same expression as last time counts as unchanged."""
    assert planned({"x": LATER}, None, {"x": "1"}).count("unknown") == 1
    assert planned({"x": LATER}, {"x": LATER}, {"x": "1"}).empty


def test_order_of_plain_lists_does_not_matter_and_a_missing_item_does() -> None:
    """Lists are sets where their items are plain values."""
    assert planned({"zones": ["1", "2"]}, None, {"zones": ["2", "1"]}).empty
    assert verdicts(planned({"zones": ["1"]}, None, {"zones": ["1", "2"]})) == ["change"]


def test_what_left_the_template_is_an_orphan() -> None:
    """It stays, and the plan says so."""
    gone = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/two"
    live = {ID.lower(): {"kind": "a"}, gone.lower(): {"kind": "a"}}

    plan = compare(state({"kind": "a"}), state({"kind": "a"}, gone), live, compared_with="there")

    assert plan.count("orphan") == 1


def test_every_form_names_the_cause() -> None:
    """Text, JSON and Markdown lead to the line in the YAML."""
    place = Place("environments/dev.yaml", 12, 5)
    plan = compare(
        state({"x": 1}), None, {ID.lower(): {"x": 2}}, lambda *_: place, environment="dev", compared_with="t"
    )

    assert "environments/dev.yaml:12" in text([plan])
    assert document([plan])["plans"][0]["changes"][0]["properties"][0]["cause"] == "environments/dev.yaml:12:5"
    assert "environments/dev.yaml:12:5" in markdown([plan])


def test_a_cause_that_does_not_fit_stands_below() -> None:
    """80 columns are enough: no line of a plan is longer but for a name that is."""
    place = Place("environments/dev.yaml", 12, 5)
    plan = compare(state({"x": 1}), None, {ID.lower(): None}, lambda *_: place, environment="dev", compared_with="t")

    assert text([plan], 80).splitlines()[1] == "  + create  storageAccounts  one  environments/dev.yaml:12"
    assert text([plan], 40).splitlines()[1:3] == [
        "  + create  storageAccounts  one",
        "              environments/dev.yaml:12",
    ]


def test_a_saved_plan_fits_only_what_it_was_made_for() -> None:
    """Another input, another effect or one changed byte: stale."""
    plan = planned({"x": 1}, None, {"x": 2})
    made = Binding({"template": "abc"}, "1.0", 1_800_000_000)
    saved = save([plan], made)

    load(saved, [plan], made)
    load(saved, [plan], made._replace(made=made.made + 23 * 3600))
    other = planned({"x": 1}, None, {"x": 3})
    for text_, plans, now, why in (
        (saved.replace('"x"', '"y"'), [plan], made, "changed after"),
        (saved, [plan], made._replace(inputs={"template": "abd"}), "another template"),
        (saved, [plan], made._replace(tool="1.1"), "made by amlctl 1.0"),
        (saved, [plan], made._replace(made=made.made + 25 * 3600), "24 hours"),
        (saved, [plan], made._replace(made=made.made - 3600), "24 hours"),
        (saved, [other], made, "no longer the ones"),
        (saved, [plan._replace(environment="prod")], made, "is for dev, not prod"),
        ("{}", [plan], made, "not a saved plan"),
        ("[" * 100_000, [plan], made, "not a saved plan"),
        ("\ufffd", [plan], made, "not a saved plan"),
    ):
        with pytest.raises(PlanStale, match=why):
            load(text_, plans, now)
