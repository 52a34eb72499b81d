"""Whether who deploys may do what the deployment does.

Source: Authorization, Permissions - List For Resource Group, 2022-04-01: the effective permissions of the caller; an
action is allowed by an entry that lists it in ``actions`` and not in ``notActions``.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from amlctl.diagnostics import Finding

LOCKS = "microsoft.authorization/locks/write"
ROLES = "microsoft.authorization/roleassignments/write"
Permissions = Sequence[Mapping[str, Any]]


def missing(needed: Iterable[str], permissions: Permissions) -> list[str]:
    """List the actions that no entry allows, sorted."""
    return sorted(action for action in needed if not allowed(action, permissions))


def allowed(action: str, permissions: Permissions) -> bool:
    """Tell whether an action is allowed; a star stands for any characters, letter case does not count."""
    return any(
        _matches(action, entry.get("actions")) and not _matches(action, entry.get("notActions"))
        for entry in permissions
    )


def findings(scope: str, lacking: Sequence[str], who: str) -> Iterator[Finding]:
    """Say what is missing at a scope, one finding for each role that would give it."""
    for role in dict.fromkeys(map(role_for, lacking)):
        actions = [action for action in lacking if role_for(action) == role]
        message = f"{who} may not deploy to {scope}"
        found = f"missing: {', '.join(actions[:4])}{', …' if len(actions) > 4 else ''}"
        yield Finding("error", "AML515", message, None, found, f"assign {role} at this scope")


def role_for(action: str) -> str:
    """Name the built-in roles that hold an action, the narrowest first."""
    if action.lower() == ROLES:
        return "Role Based Access Control Administrator, User Access Administrator or Owner"
    return "User Access Administrator or Owner" if action.lower() == LOCKS else "Contributor"


def _matches(action: str, patterns: object) -> bool:
    listed = patterns if isinstance(patterns, list) else []
    return any(fnmatch.fnmatchcase(action.lower(), str(one).lower()) for one in listed)
