"""The values of a deployment."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias


class Request(NamedTuple):
    """What is deployed, and at which scope: ``/subscriptions/{id}``, or that with ``/resourceGroups/{name}``."""

    environment: str
    scope: str
    location: str
    template: Mapping[str, Any]
    parameters: Mapping[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """The body of the PUT; a location stands beside it at subscription scope alone."""
        properties = {"mode": "Incremental", "template": self.template, "parameters": self.parameters}
        return ({} if "/resourcegroups/" in self.scope.lower() else {"location": self.location}) | {
            "properties": properties,
            "tags": {"amlctl-environment": self.environment},
        }


class Applied(NamedTuple):
    """The last deployment that succeeded: its name, and what was sent."""

    name: str
    template: Mapping[str, Any]
    parameters: Mapping[str, Any]


class History(NamedTuple):
    """What ARM remembers: the name of the newest deployment (``""`` for none), and the last one that succeeded."""

    newest: str
    applied: Applied | None


class Progress(NamedTuple):
    """One resource of a running deployment came to a new state; ``seconds`` since it began, ``depth`` of nesting."""

    id: str
    type: str
    name: str
    state: str
    seconds: float
    depth: int = 0


class Deployment(NamedTuple):
    """A deployment that succeeded, and at which try."""

    name: str
    scope: str
    outputs: Mapping[str, Any]
    resources: tuple[str, ...]
    seconds: float
    tries: int = 1


class Clock(NamedTuple):
    """The time and the waiting, so that tests need neither."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


Listener: TypeAlias = Callable[[Progress], None]


def digest(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Hash what is sent: 10 hexadecimal digits, part of the deployment's name."""
    text = json.dumps([template, parameters], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:10]
