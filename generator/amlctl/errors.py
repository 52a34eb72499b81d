"""The one family of exceptions that leaves a room, each with its exit code. Imports findings only.

AmlctlError (1)
├── ConfigurationInvalid (3)   an input file is wrong
├── GuardForbids (4)           a guard, a policy or another run forbids it
├── PreflightBlocked (5)       what is known to break was found before the first write
├── NotSignedIn (6)            no credential, no permission, the wrong tenant or subscription
├── AzureRefused (7)           ARM refused, or a resource failed
├── Declined (8)               somebody said no, or nobody could be asked
├── DeadlinePassed (9)         our deadline passed, Azure goes on
├── PlanStale (10)             a saved plan no longer fits
├── UsageWrong (64)            the command line is wrong
└── OurBug (70)                an invariant of ours does not hold
"""

from __future__ import annotations

from typing import ClassVar

from amlctl.diagnostics import Finding


class AmlctlError(Exception):
    """A room cannot hand over its value; the findings say why."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *findings: Finding) -> None:
        super().__init__(message)
        self.findings = findings
        self.texts: dict[str, str] = {}
        """Texts of files that the findings speak of and that lie on no disk, by name."""


class ConfigurationInvalid(AmlctlError):
    """An environment file, a template or an option of a file is wrong."""

    exit_code = 3


class GuardForbids(AmlctlError):
    """A guard, a policy or another run on the same environment forbids the action."""

    exit_code = 4


class PreflightBlocked(AmlctlError):
    """Something that is known to break the deployment was found before the first write."""

    exit_code = 5


class NotSignedIn(AmlctlError):
    """There is no credential, it lacks a permission, or it is for another tenant or subscription."""

    exit_code = 6


class AzureRefused(AmlctlError):
    """ARM refused a request or a resource failed; findings lead to the root cause."""

    exit_code = 7


class Declined(AmlctlError):
    """The person said no, or a prompt was needed and there is no terminal."""

    exit_code = 8


class DeadlinePassed(AmlctlError):
    """Our deadline passed or the outcome is not known yet; Azure goes on."""

    exit_code = 9


class PlanStale(AmlctlError):
    """A saved plan was changed, or what it was made for has changed."""

    exit_code = 10


class UsageWrong(AmlctlError):
    """The command line does not say what can be done."""

    exit_code = 64


class OurBug(AmlctlError):
    """An invariant of ours does not hold; the user did nothing wrong."""

    exit_code = 70
