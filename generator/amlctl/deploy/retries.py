"""Deploying again by itself if all that failed is that a role has not spread yet.

A role assignment needs up to ten minutes until every part of Azure knows it (Azure RBAC, troubleshooting: "role
assignment changes are not being detected"). Until then a workspace whose identity got its roles a moment ago is refused
with AuthorizationFailed, a key vault answers ForbiddenByRbac (terraform-azurerm-avm-res-keyvault-vault#78), and a
principal made a moment ago is not found (PrincipalNotFound). The next run heals it, so it is made here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from amlctl.deploy.execute import REAL_CLOCK, execute
from amlctl.deploy.history import runs
from amlctl.deploy.values import Clock, Deployment, Listener, Request, digest
from amlctl.errors import AmlctlError, AzureRefused, NotSignedIn

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.diagnostics import Finding

SPREADING = ("authorizationfailed", "forbiddenbyrbac", "principalnotfound", "linkedauthorizationfailed")
PAUSES = (30.0, 60.0, 120.0, 180.0, 180.0)
"""Seconds between two tries: together somewhat less than ten minutes."""
LOCAL_PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)
Say = Callable[[str], None]


def execute_patiently(
    request: Request,
    arm: Arm,
    listen: Listener,
    say: Say,
    *,
    newest: str | None = None,
    clock: Clock = REAL_CLOCK,
    timeout: float = 3600.0,
) -> Deployment:
    """Deploy; while only roles that have not spread yet are missing, wait and try again. ``say`` is told of each try.

    Raises what ``execute`` raises; a permission that the deployer itself lacks is never waited for.
    """
    until, pauses = clock.now() + timeout, list(LOCAL_PAUSES if arm.connection.local else PAUSES)
    tries = 0
    while True:
        left = max(1.0, until - clock.now())
        try:
            deployed = execute(request, arm, listen, newest=newest, say=say, clock=clock, timeout=left)
        except (AzureRefused, NotSignedIn) as refused:
            if not pauses or not _spreading(refused, arm) or clock.now() + pauses[0] >= until:
                raise
            tries += 1
            pause = pauses.pop(0)
            say(f"{_causes(refused)}: a role has not spread yet; try {tries + 1} in {pause:g} s")
            clock.sleep(pause)
            newest = _own(arm, request) or newest
        else:
            return deployed._replace(tries=tries + 1)


def _spreading(refused: AmlctlError, arm: Arm) -> bool:
    """Whether every root cause is a role or a principal that Azure does not know everywhere yet."""
    own = arm.identity.object_id
    return bool(refused.findings) and all(
        any(word in f"{finding.code} {finding.message}".lower() for word in SPREADING) and not _names(finding, own)
        for finding in refused.findings
    )


def _names(finding: Finding, own: str) -> bool:
    return bool(own) and own.lower() in finding.message.lower()


def _causes(refused: AmlctlError) -> str:
    return ", ".join(dict.fromkeys(finding.code for finding in refused.findings))


def _own(arm: Arm, request: Request) -> str:
    """The name of the run that failed: it is the newest one now, and it is ours."""
    latest = next(iter(runs(arm, request.scope, request.environment)), None)
    content = digest(request.template, request.parameters)
    return str(latest["name"]) if latest and f"-{content}-" in str(latest["name"]) else ""
