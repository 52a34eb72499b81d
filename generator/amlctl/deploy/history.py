"""What ARM's deployment history says of an environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from amlctl.deploy.names import RUN
from amlctl.deploy.values import Applied, History

if TYPE_CHECKING:
    from amlctl.azure import Arm

FINAL = frozenset({"succeeded", "failed", "canceled"})
DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?\Z")


def runs(arm: Arm, scope: str, environment: str) -> list[dict[str, Any]]:
    """List the deployments of an environment, the one that began last first."""
    found = [d for d in arm.deployments(scope) if _environment(d) == environment]
    return sorted(found, key=began, reverse=True)


def history(arm: Arm, scope: str, environment: str) -> History:
    """Read back the newest deployment and the last one that succeeded."""
    found = runs(arm, scope, environment)
    return History(str(found[0]["name"]) if found else "", _applied(arm, scope, found))


def _applied(arm: Arm, scope: str, found: list[dict[str, Any]]) -> Applied | None:
    run = next((run for run in found if state(run) == "succeeded"), None)
    template = arm.deployed_template(scope, run["name"]) if run else None
    return Applied(run["name"], template, _parameters(run)) if run and template else None


def state(deployment: dict[str, Any]) -> str:
    """The provisioning state in lower case."""
    return str(deployment.get("properties", {}).get("provisioningState", "")).lower()


def began(deployment: dict[str, Any]) -> float:
    """When a deployment began, in seconds: its last change minus its duration, which ARM counts from the PUT."""
    properties = deployment.get("properties", {})
    return instant(str(properties.get("timestamp", ""))) - seconds(str(properties.get("duration", "")))


def instant(text: str) -> float:
    """Read ARM's time: up to seven decimals, UTC; 0 where there is none."""
    from datetime import UTC, datetime

    head, _, fraction = text.rstrip("Z").partition(".")
    try:
        whole = datetime.strptime(head[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
    digits = re.match(r"\d*", fraction)
    return whole + (float("0." + digits.group()) if digits and digits.group() else 0.0)


def seconds(text: str) -> float:
    """Read an ISO 8601 duration of days and less; 0 where there is none."""
    found = DURATION.match(text)
    if not found:
        return 0.0
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def _environment(deployment: dict[str, Any]) -> str:
    found = RUN.match(str(deployment.get("name", "")))
    return found["environment"] if found else ""


def _parameters(run: dict[str, Any]) -> dict[str, Any]:
    """The parameters as they were evaluated; a secure one has no value, and is left out."""
    given = run["properties"].get("parameters") or {}
    return {name: {"value": entry["value"]} for name, entry in given.items() if "value" in entry}
