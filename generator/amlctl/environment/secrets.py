"""Finds texts that look like secrets; the value itself never reaches a message."""

from __future__ import annotations

import re

from amlctl.diagnostics import Finding, Place
from amlctl.environment.faults import fault
from amlctl.environment.tree import Listing, Mapping, Node

_LOOKS = re.compile(
    r"AccountKey=|SharedAccessKey=|[?&;]?\bsig=[A-Za-z0-9%+/]{16}|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.|"
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{30}|\b[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31}|://[^/\s:@]+:[^/\s@]+@"
)
_NAMED = re.compile(
    r"(?:^|_|-)(?:password|passwd|pwd|secret|client_?secret|api_?key|account_?key|token|connection_?string)$",
    re.IGNORECASE,
)

_KEY_AND_VALUE = re.compile(r"""([\w-]+)["']?\s*:\s*["']?[^\s"']{8}""")


def secrets(tree: Mapping) -> list[Finding]:
    """Find every text of a file that looks like a secret, and every key that is named like one."""
    found: list[Finding] = []
    _walk(tree, "", found)
    return found


def shows_secret(line: str) -> bool:
    """Tell whether a line of a file, read as text, holds what looks like a secret or what is named like one."""
    if _LOOKS.search(line):
        return True
    return any(_NAMED.search(key) for key in _KEY_AND_VALUE.findall(line))


def _walk(node: Node, key: str, found: list[Finding]) -> None:
    if isinstance(node, Mapping):
        for name, value in node.entries.items():
            if _LOOKS.search(name):
                found.append(_secret(node.keys[name]))
            _walk(value, name, found)
    elif isinstance(node, Listing):
        for item in node.items:
            _walk(item, key, found)
    elif _LOOKS.search(node.text) or (_NAMED.search(key) and len(node.text) >= 8):
        found.append(_secret(node.place))


def _secret(place: Place) -> Finding:
    message = f"looks like a secret at line {place.line} (value not shown)"
    return fault("AML022", place, message, "", "put it into Key Vault and change it: what stood in a file is known")
