"""Ids, forgiving JSON, times and operation numbers of the local endpoint."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amlctl.localarm import ids, jsonc
from amlctl.localarm.records import operation_id
from amlctl.localarm.world import duration, stamp

G = "/subscriptions/s/resourceGroups/g"


@pytest.mark.parametrize(
    ("path", "kind", "name", "scope"),
    [
        ("/subscriptions/s/resourcegroups/g/providers/A.B/c/x", "A.B/c", "x", G),
        ("/subscriptions/s/providers/A.B/c/x", "A.B/c", "x", "/subscriptions/s"),
        ("/providers/Microsoft.Management/managementGroups/m", "Microsoft.Management/managementGroups", "m", ""),
        (f"{G}/providers/A.B/c/d/e/f", "A.B/c/e", "f", G),
        (f"{G}/providers/A.B/c/d/providers/C.D/e/f", "C.D/e", "f", f"{G}/providers/A.B/c/d"),
    ],
)
def test_an_id_is_split_at_its_last_provider(path: str, kind: str, name: str, scope: str) -> None:
    found = ids.parse(path)

    assert found is not None
    assert (found.type, found.name, found.scope) == (kind, name, scope)


def test_a_resource_may_be_named_providers() -> None:
    found = ids.parse("/subscriptions/s/resourceGroups/g/providers/A.B/c/providers")

    assert found is not None
    assert (found.type, found.name) == ("A.B/c", "providers")


def test_an_id_printed_and_split_again_is_the_same() -> None:
    text = "/subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/C.D/e/f/g/h"
    found = ids.parse(text)

    assert found is not None
    assert found.text == text
    assert ids.parse(found.text) == found


def test_a_collection_is_no_id_but_has_a_tail() -> None:
    path = "/subscriptions/s/resourceGroups/g/providers/A.B/c/d/e"

    assert ids.parse(path) is None
    assert ids.split(path)[1] == "e"  # type: ignore[index]


@pytest.mark.parametrize("path", ["/a/../b", "/a/%2e%2e/b", "/a/\x01", "/a/%ff"])
def test_a_path_that_climbs_or_is_unprintable_is_refused(path: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (UnicodeDecodeError is one too)
        ids.normalise(path)


def test_doubled_and_trailing_slashes_are_dropped() -> None:
    assert ids.normalise("//a//b%20c/") == "/a/b c"


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, template: {"b": 2}}',
        "{'a': 1, 'template': {b: 2}}",
        '{"a": 1, // note\n template: {/* "x": } */ "b": 2,},}',
    ],
)
def test_json_as_az_splices_it_is_read(text: str) -> None:
    """`az deployment … create` puts the raw template, comments and all, behind an unquoted key."""
    assert jsonc.loads(text) == {"a": 1, "template": {"b": 2}}


def test_comments_inside_texts_stay() -> None:
    value = {"url": "https://x/*y*/", "quote": 'a " // b', "break": "one\ntwo"}
    text = '{"url": "https://x/*y*/", "quote": "a \\" // b", "break": "one\ntwo", }'

    assert jsonc.loads(text) == value


@pytest.mark.parametrize("text", ["{", "[1, 2", '{"a" 1}', "{a b}", "[" * 5000, "{x:" * 100_000])
def test_what_is_no_json_is_refused_and_quickly(text: str) -> None:
    with pytest.raises(jsonc.NotJson):
        jsonc.loads(text)


def test_operations_are_numbered_by_their_time() -> None:
    """vector: recorded status address of 2026-04-09T17:27:06.0709060Z, to within 20 ms (observed.md section 5)."""
    number = int(operation_id(datetime(2026, 4, 9, 17, 27, 6, 70906, tzinfo=UTC)))

    assert abs(number - 8584258512593969770) < 200_000


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "PT0S"), (28.1562289, "PT28.1562289S"), (74.2498195, "PT1M14.2498195S"), (3600, "PT1H"), (-1, "PT0S")],
)
def test_durations_are_written_as_the_service_does(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_times_lose_their_trailing_zeros() -> None:
    assert stamp(datetime(2026, 4, 9, 17, 27, 30, 246600, tzinfo=UTC)) == "2026-04-09T17:27:30.2466Z"
    assert stamp(datetime(2026, 4, 9, 17, 27, 30, tzinfo=UTC)) == "2026-04-09T17:27:30Z"
