"""Progress of a deployment on stderr: a live tree in a terminal, plain lines in a log, JSON lines for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from amlctl.cli import console

if TYPE_CHECKING:
    from amlctl.app.deploy import Event

MARKS = {"succeeded": "✓", "failed": "✗", "canceled": "✗"}


class Progress(Protocol):
    """Listens to a deployment."""

    def __call__(self, event: Event) -> None:
        """Take one event."""


@contextmanager
def listener(style: str) -> Iterator[Progress]:
    """Choose how progress is shown; ``auto`` is a tree in a terminal and plain lines elsewhere."""
    if style == "auto":
        style = "tree" if sys.stderr.isatty() else "plain"
    if style == "tree":
        with Tree() as tree:
            yield tree
    else:
        yield {"plain": plain(), "jsonl": jsonl, "none": nothing}[style]


def plain() -> Progress:
    """One line a state: time, time since the start, state, name."""
    start = time.monotonic()

    def show(event: Event) -> None:
        elapsed = int(time.monotonic() - start)
        clock = f"{time.strftime('%H:%M:%S')} +{elapsed // 60:02}:{elapsed % 60:02}"
        console.note(f"{clock}  {'  ' * event.depth}{event.state.lower():<10} {kind(event)}  {event.name}")

    return show


def jsonl(event: Event) -> None:
    """One JSON document a line."""
    console.note(json.dumps(event._asdict(), ensure_ascii=False))


def nothing(event: Event) -> None:
    """Say nothing."""


def kind(event: Event) -> str:
    """The last words of a type; a nested deployment is a module."""
    return "module" if event.type.lower() == "microsoft.resources/deployments" else event.type.split("/", 1)[-1]


class Tree:
    """A live tree of resources with their times, drawn by rich."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self._events: dict[str, Event] = {}
        self._live = Live(console=Console(stderr=True), refresh_per_second=8, get_renderable=self._draw)

    def __enter__(self) -> Tree:
        """Leave drawing until the first event: the plan is printed before it."""
        return self

    def __exit__(self, *error: object) -> None:
        """Draw the last state."""
        if self._live.is_started:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Take an event and draw."""
        self._events[event.id] = event
        if not self._live.is_started:
            self._live.start()

    def _draw(self) -> Any:
        from rich.table import Table

        table = Table.grid(padding=(0, 2))
        for event in self._events.values():
            mark = MARKS.get(event.state.lower(), "·")
            name = console.harmless(f"{'  ' * event.depth}{mark} {event.name}")
            table.add_row(name, kind(event), event.state.lower(), f"{event.seconds:.1f} s")
        return table
