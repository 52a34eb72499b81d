"""Findings as lines and as SARIF; differences of snapshots as text."""

from __future__ import annotations

import json

from amlctl.diagnostics import Finding, Place
from amlctl.standin.differences import describe
from amlctl.standin.reports import line, lines, sarif
from amlctl.standin.snapshots import Taken

NAME = Finding(
    "error", "BCP057", 'The name "x" does not exist in the current context.', Place("/a b/main.bicep", 3, 5, 3, 6)
)
UNUSED = Finding("warning", "no-unused-params", "Parameter is never used.", Place("/m.bicep", 1, 7, 1, 9))
OWN = Finding("error", "AML302", "It cannot be compiled", Place("/m.bicep", 2, 1), "found", "instead")


def test_lines_have_the_official_form() -> None:
    """vector: bicep-cli page: PATH(LINE,COL) : Level CODE: message [link]."""
    assert line(NAME) == (
        '/a b/main.bicep(3,5) : Error BCP057: The name "x" does not exist in the current context. '
        "[https://aka.ms/bicep/core-diagnostics#BCP057]"
    )
    assert line(UNUSED).endswith(
        ": Parameter is never used. [https://aka.ms/bicep/linter-diagnostics#no-unused-params]"
    )
    assert line(OWN) == "/m.bicep(2,1) : Error AML302: It cannot be compiled; found; instead"
    assert lines([NAME, OWN]).count("\n") == 2
    assert line(Finding("info", "AML1", "Text")) == "Info AML1: Text"


def test_sarif_names_rule_level_and_place() -> None:
    """A warning has no level of its own (it is SARIF's default); paths become addresses."""
    run = json.loads(sarif([NAME, UNUSED]))["runs"][0]
    first, second = run["results"]
    assert (first["ruleId"], first["level"]) == ("BCP057", "error")
    assert "level" not in second
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "file:///a%20b/main.bicep"
    assert place["region"] == {"startLine": 3, "charOffset": 5}
    assert run["tool"]["driver"]["name"] == "bicep"


def _resource(name: str, **body: object) -> dict[str, object]:
    scope = "/subscriptions/s/resourceGroups/g"
    return {"id": f"{scope}/providers/Microsoft.X/things/{name}", "type": "Microsoft.X/things", "name": name, **body}


def test_equal_snapshots_have_no_differences() -> None:
    """The order of the resources does not count, nor the case of their ids."""
    one, two = _resource("a"), _resource("b")
    assert describe([one, two], [two, one]) == ""


def test_differences_name_scope_resource_and_property() -> None:
    """New, gone and changed resources stand below their scope, changes with path and both values."""
    before = [_resource("a", properties={"sku": "S", "tags": ["x", "y"]}), _resource("gone")]
    after = [_resource("a", properties={"sku": "P", "tags": ["x"], "more": {"k": 1}}), _resource("new")]
    text = describe(before, after)
    assert "Scope: /subscriptions/s/resourceGroups/g" in text
    for part in ("- Microsoft.X/things/gone", "+ Microsoft.X/things/new", "~ Microsoft.X/things/a"):
        assert f"  {part}\n" in text
    assert '~ properties.sku: "S" => "P"' in text
    assert '- properties.tags[1]: "y"' in text
    assert "+ properties.more:" in text


def test_a_snapshot_that_failed_has_no_text() -> None:
    """A snapshot says by its text whether the file could be compiled."""
    assert Taken(None, (NAME,)).text is None
