"""The store: documents, ranges, transactions, and what is left after a reopening."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlctl.localarm.store import Store


def test_a_document_comes_back_as_a_fresh_copy() -> None:
    store = Store(":memory:")
    store.put("resource", "/a", {"x": [1]})
    store.get("resource", "/a")["x"].append(2)  # type: ignore[index]

    assert store.get("resource", "/a") == {"x": [1]}
    assert store.get("group", "/a") is None


def test_a_range_holds_what_starts_with_its_prefix_alone() -> None:
    store = Store(":memory:")
    for key in ("/g/a", "/g/b", "/g2/a", "/f"):
        store.put("resource", key, key)

    assert store.keys("resource", "/g/") == ["/g/a", "/g/b"]
    store.delete_under("resource", "/g/")
    assert store.keys("resource") == ["/f", "/g2/a"]


def test_a_transaction_that_fails_leaves_nothing() -> None:
    store = Store(":memory:")

    def write() -> None:
        with store.transaction():
            store.put("resource", "/a", 1)
            with store.transaction():
                store.put("resource", "/b", 1)
            raise KeyError

    with pytest.raises(KeyError):
        write()

    assert store.keys("resource") == []


def test_what_was_written_is_there_after_a_reopening(tmp_path: Path) -> None:
    """Without a close in between, as after a kill."""
    first = Store(tmp_path / "state.db")
    first.put("resource", "/a", 1)

    assert Store(tmp_path / "state.db").get("resource", "/a") == 1
    first.close()
