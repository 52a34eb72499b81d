"""Deployment names: ``amlctl-<env>-<10 hex of template and parameters>-<start, base 36>``, fresh each time.

A name that is busy can stay busy for days (Azure/bicep-deploy#328, CanadaPubSecALZ#380), so none is used twice.
"""

from __future__ import annotations

import re

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
RUN = re.compile(r"amlctl-(?P<environment>[a-z][a-z0-9-]*)-(?P<digest>[0-9a-f]{10})-(?P<start>[0-9a-z]+)\Z")
MARKER = re.compile(r"amlctl-(?P<environment>[a-z][a-z0-9-]*)-lock-(?P<nonce>[0-9a-f]{12})\Z")


def run_name(environment: str, digest: str, start: float) -> str:
    """Name a deployment; ``start`` in seconds, written in milliseconds."""
    return f"amlctl-{environment}-{digest}-{base36(int(start * 1000))}"


def marker_name(environment: str, nonce: str) -> str:
    """Name the empty deployment that says: somebody writes here."""
    return f"amlctl-{environment}-lock-{nonce}"


def base36(number: int) -> str:
    """Write a whole number in base 36."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"
