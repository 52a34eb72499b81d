"""What the endpoint remembers: JSON documents by kind and key in one SQLite file, written through before an answer."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
create table if not exists documents (
  kind text not null, key text not null, value text not null, primary key (kind, key)
) without rowid
"""


class Store:
    """Documents in one SQLite file; every write is on the disk when the call (or its transaction) returns.

    Keys are compared as they are: callers give them in lower case. Safe for many threads: one connection, one lock.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        self._connection.execute("pragma journal_mode=wal")
        self._connection.execute("pragma synchronous=full")
        self._connection.execute(_SCHEMA)

    def get(self, kind: str, key: str) -> Any | None:
        """Give a fresh copy of a document, or None."""
        with self._lock:
            row = self._connection.execute(
                "select value from documents where kind = ? and key = ?", (kind, key)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, key: str, value: Any) -> None:
        """Write a document."""
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        with self._lock:
            self._connection.execute("insert or replace into documents values (?, ?, ?)", (kind, key, text))

    def delete(self, kind: str, key: str) -> bool:
        """Forget a document; say whether there was one."""
        with self._lock:
            return (
                self._connection.execute("delete from documents where kind = ? and key = ?", (kind, key)).rowcount > 0
            )

    def delete_under(self, kind: str, prefix: str) -> None:
        """Forget every document whose key starts with a text."""
        with self._lock:
            self._connection.execute(
                "delete from documents where kind = ? and key >= ? and key < ?", (kind, prefix, _after(prefix))
            )

    def scan(self, kind: str, prefix: str = "") -> list[tuple[str, Any]]:
        """Give the documents of a kind whose key starts with a text, sorted by key."""
        with self._lock:
            rows = self._connection.execute(
                "select key, value from documents where kind = ? and key >= ? and key < ? order by key",
                (kind, prefix, _after(prefix)),
            ).fetchall()
        return [(key, json.loads(value)) for key, value in rows]

    def keys(self, kind: str, prefix: str = "") -> list[str]:
        """Give the keys of a kind that start with a text, sorted."""
        with self._lock:
            rows = self._connection.execute(
                "select key from documents where kind = ? and key >= ? and key < ? order by key",
                (kind, prefix, _after(prefix)),
            ).fetchall()
        return [row[0] for row in rows]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes inside one write: all of them or, when an exception leaves it, none."""
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("rollback")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("commit")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _after(prefix: str) -> str:
    """Give the first key behind all keys that start with a prefix."""
    return prefix + "\U0010ffff"
