"""Faults on purpose: rules that are consulted at one place, before and after a request is handled.

A rule: ``{"match": {"method", "path" (regular expression), "nth"}, "do": {...}, "times": 1}``. ``do`` is one of
``{"status", "body", "headers", "retry_after"}`` (answered in the place of the handler), ``{"delay": seconds}``,
``{"cut": bytes}`` (the answer ends early), ``{"reset": true}`` (the connection is dropped, before the handler),
``{"lose": true}`` (the handler runs, the answer is lost), ``{"twice": true}`` (the handler runs twice).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

from amlctl.localarm.refusals import bad_request
from amlctl.localarm.wire import Request, Response


class Dropped(Exception):
    """The connection is to be dropped without an answer."""


class Cut(Exception):
    """The answer is to end early: it carries the response and how many bytes of the body go out."""

    def __init__(self, response: Response, size: int) -> None:
        super().__init__(size)
        self.response, self.size = response, size


class Rule(NamedTuple):
    """One rule with its counters: `seen` matching requests, `left` times it still acts."""

    method: str
    path: re.Pattern[str]
    nth: int
    do: Mapping[str, Any]
    counters: dict[str, int]


class Faults:
    """The rules of one endpoint, in the order in which they were given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, sent: Mapping[str, Any]) -> None:
        """Take a rule; Refused where it makes no sense."""
        match, do = sent.get("match") or {}, sent.get("do")
        if not isinstance(do, dict) or not do:
            raise bad_request("A fault needs `do`.", "InvalidFault")
        try:
            path = re.compile(str(match.get("path", "")), re.IGNORECASE)
        except re.error as fault:
            raise bad_request(f"match.path is no regular expression: {fault}.", "InvalidFault") from None
        counters = {"seen": 0, "left": int(sent.get("times", 1))}
        rule = Rule(str(match.get("method", "")).upper(), path, int(match.get("nth", 1)), do, counters)
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._rules.clear()

    def find(self, request: Request) -> Mapping[str, Any] | None:
        """Give what is to be done to a request, or None; counts it."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.method in ("", request.method) and rule.path.search(request.path) and self._acts(rule):
                    return rule.do
        return None

    @staticmethod
    def _acts(rule: Rule) -> bool:
        rule.counters["seen"] += 1
        if rule.counters["seen"] < rule.nth or rule.counters["left"] == 0:
            return False
        rule.counters["left"] -= 1
        return True

    def shown(self) -> list[dict[str, Any]]:
        """Show the rules with their counters."""
        with self._lock:
            return [
                {"method": rule.method, "path": rule.path.pattern, "nth": rule.nth, "do": rule.do, **rule.counters}
                for rule in self._rules
            ]


def answer_of(do: Mapping[str, Any]) -> Response:
    """Build the answer that stands in the place of the handler's."""
    headers = tuple((str(key), str(value)) for key, value in (do.get("headers") or {}).items())
    if "retry_after" in do:
        headers = (*headers, ("Retry-After", str(do["retry_after"])))
    status = int(do["status"])
    body = do.get("body", {"error": {"code": f"Injected{status}", "message": "A fault was injected here."}})
    return Response(status, body, headers)
