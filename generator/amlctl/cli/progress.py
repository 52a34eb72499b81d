"""Progress of a deployment on stderr: a live table in a terminal, plain lines in a log, JSON lines for programs.

Modules (nested deployments) are not shown: who watches cares for resources. A module that fails is shown by what failed
in it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from amlctl.cli import console

if TYPE_CHECKING:
    from amlctl.app.deploy import Deployment, Event

MARKS = {"succeeded": "✓", "failed": "✗", "canceled": "✗"}
MODULE = "microsoft.resources/deployments"


class Progress:
    """Listens to a deployment and says nothing; the base of all others."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._start = time.monotonic()

    def expect(self, names: Mapping[str, str]) -> None:
        """Learn how the plan calls the resources, by lower-case id."""
        self._names |= names

    def __call__(self, event: Event) -> None:
        """Take one event; those of modules are passed over."""
        if event.type.lower() != MODULE:
            self.show(event)

    def show(self, event: Event) -> None:
        """Show one event of a resource."""

    def finished(self, deployment: Deployment) -> None:
        """Say that one stack is deployed: an answer, so it goes to stdout."""
        took = f"{len(deployment.resources)} resources in {deployment.seconds:.0f} s"
        tries = f", at try {deployment.tries}" if deployment.tries > 1 else ""
        console.answer(f"deployed  {deployment.name}  {took}{tries}")

    def name(self, event: Event) -> str:
        """The name that the plan has used."""
        return self._names.get(event.id.lower(), event.name)

    def elapsed(self) -> str:
        """The time since the start."""
        seconds = int(time.monotonic() - self._start)
        return f"{seconds // 60:02}:{seconds % 60:02}"


class Plain(Progress):
    """One line a state: the time of day, the time since the start, the state, the resource."""

    def show(self, event: Event) -> None:
        """Write the line."""
        clock = f"{time.strftime('%H:%M:%S')} +{self.elapsed()}"
        console.note(f"{clock}  {event.state.lower():<10} {kind(event)}  {self.name(event)}")


class JsonLines(Progress):
    """One JSON document a line, modules too."""

    def __call__(self, event: Event) -> None:
        """Write the line."""
        console.document(json.dumps(event._asdict(), ensure_ascii=False) + "\n", error_stream=True)


class Live(Progress):
    """A table that is drawn again and again; it never grows past the terminal."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console

        self._console = Console(stderr=True)
        self._events: dict[str, Event] = {}
        self._live: Any = None

    def start(self) -> None:
        """Begin a drawing: a new one for each stack, as one that goes on would erase what was printed in between."""
        from rich.live import Live as Drawing

        if self._live is None:
            self._live = Drawing(console=self._console, refresh_per_second=8, get_renderable=self._draw)
            self._live.start()

    def stop(self) -> None:
        """Draw the last state."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show(self, event: Event) -> None:
        """Take an event; drawing begins with the first one, as the plan is printed before it."""
        self._events.pop(event.id, None)
        self._events[event.id] = event
        self.start()

    def finished(self, deployment: Deployment) -> None:
        """End the drawing of this stack before its line is printed; the next stack begins a new one."""
        self.stop()
        for event in self._events.values():
            self._names.pop(event.id.lower(), None)
        self._events.clear()
        super().finished(deployment)

    def _draw(self) -> Any:
        from rich.table import Table

        running = [event for event in self._events.values() if event.state.lower() not in MARKS]
        ended = [event for event in self._events.values() if event.state.lower() in MARKS]
        height = max(6, self._console.height - 6)
        room = max(3, height - len(running))
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, width=24)
        table.add_column(no_wrap=True, max_width=max(16, self._console.width - 40))
        table.add_column(no_wrap=True, width=8, justify="right")
        for event in [*ended[-room:], *running[:height]]:
            mark = MARKS.get(event.state.lower(), "·")
            table.add_row(
                f"{mark} {event.type.rsplit('/', 1)[-1]}", console.harmless(self.name(event)), f"{event.seconds:.1f} s"
            )
        table.add_row(f"{self.elapsed()}", f"{len(ended)} of {max(len(self._names), len(self._events))} done", "")
        return table


@contextmanager
def listener(style: str) -> Iterator[Progress]:
    """Choose how progress is shown; ``auto`` is a table in a terminal and plain lines elsewhere."""
    if style == "auto":
        style = "tree" if sys.stderr.isatty() else "plain"
    if style != "tree":
        yield {"plain": Plain, "jsonl": JsonLines, "none": Progress}[style]()
        return
    live = Live()
    try:
        yield live
    finally:
        live.stop()


def kind(event: Event) -> str:
    """The last words of a type."""
    return event.type.split("/", 1)[-1]
