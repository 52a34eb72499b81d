"""What a failed deployment leaves: the resource, its root cause, the lines behind it, what is done and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from amlctl.azure.refusals import target_of
from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError

if TYPE_CHECKING:
    from amlctl.app.predict import Planned
    from amlctl.deploy import Listener, Progress
    from amlctl.diagnostics import Place

SHOWN = 8


class Watcher:
    """Passes events on, and remembers the last state of every resource."""

    def __init__(self, listen: Listener) -> None:
        self.states: dict[str, str] = {}
        self._listen = listen

    def __call__(self, event: Progress) -> None:
        """Take one event."""
        self.states[event.id.lower()] = event.state.lower()
        self._listen(event)


def explained(planned: Planned, error: AmlctlError, states: dict[str, str]) -> AmlctlError:
    """Lead a refusal of ARM back to the lines of the project; the exception keeps its kind, and so its exit code."""
    from amlctl.app.predict import places

    lines = places(planned)
    names = {change.id.lower(): change.name for change in planned.plan.changes}
    findings = [_led_back(finding, names, lines) for finding in error.findings]
    return type(error)("\n".join(_summary(planned, states)), *findings)


def _led_back(finding: Finding, names: dict[str, str], lines: dict[str, tuple[Place | None, Place | None]]) -> Finding:
    target = target_of(finding)
    if not target:
        return finding
    written, declared = lines.get(target.lower(), (None, None))
    name = names.get(target.lower()) or target.rsplit("/", 1)[-1]
    found = f"declared in {declared.file}:{declared.line}, {target}" if declared else target
    return finding._replace(place=written or declared, message=f"{name}: {finding.message}", found=found)


def _summary(planned: Planned, states: dict[str, str]) -> Iterator[str]:
    """Say what came of each resource, and what the next run does."""
    environment = planned.request.environment
    if not states:
        yield f"ARM refuses the deployment of {environment}; nothing of it was written"
        yield f"  next: fix the cause, then run amlctl deploy -e {environment}"
        return
    # The id of an assignment for an identity that did not exist yet is not known, so nothing can be said of it.
    wanted = [one for one in planned.plan.changes if one.action != "orphan" and not one.id.startswith("[")]
    named = {word: [c.name for c in wanted if _word(states.get(c.id.lower(), "")) == word] for word in WORDS}
    yield f"the deployment of {environment} failed; what is done stays"
    for word, names in named.items():
        if names:
            yield f"  {word:<9} {len(names):>3}  {_listed(names)}"
    yield f"  next: fix the cause, then run amlctl deploy -e {environment}: it goes on with what is not done"


WORDS = ("done", "failed", "cut off", "not begun")


def _word(state: str) -> str:
    return {"succeeded": "done", "failed": "failed", "canceled": "cut off", "": "not begun"}.get(state, "cut off")


def _listed(names: list[str]) -> str:
    more = f", and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
