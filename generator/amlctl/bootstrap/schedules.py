"""Start and stop schedules of compute instances.

A template's schedules are taken at creation only (quickstart-templates#11830, bicep-types-az#2543); afterwards the
action ``updateSchedules`` is the way, which 2022-10-01-preview defines. Not confirmed against Azure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from amlctl.bootstrap.values import API, Platform, Step

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.environment import Environment
    from amlctl.environment.models import Schedule

ACTION_API = "2022-10-01-preview"
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def schedules(environment: Environment, platform: Platform, arm: Arm) -> Iterator[Step]:
    """Bring the schedules of every instance to what the YAML says."""
    for name, compute in environment.settings.compute.items():
        if compute.kind == "instance" and compute.schedule:
            # In a class everybody has an instance of their own, because its name is unique in a region.
            yield _reconcile(f"{name}-{platform.person}" if platform.person else name, compute.schedule, platform, arm)


def _reconcile(name: str, schedule: Schedule, platform: Platform, arm: Arm) -> Step:
    label, resource_id = f"schedule {name}", f"{platform.id}/computes/{name}"
    found = arm.read(resource_id, API)
    if found is None:
        return Step(label, "failed", f"there is no compute {name}")
    wanted = _wanted(schedule)
    detail = ", ".join(f"{entry['action'].lower()} {entry['cron']['expression']}" for entry in wanted)
    properties = found.get("properties", {}).get("properties") or {}
    if _same(wanted, (properties.get("schedules") or {}).get("computeStartStop") or []):
        return Step(label, "unchanged", detail)
    arm.call(resource_id, "updateSchedules", ACTION_API, {"computeStartStop": wanted})
    return Step(label, "updated", detail)


def _wanted(schedule: Schedule) -> list[dict[str, Any]]:
    times = [("Start", schedule.start), ("Stop", schedule.stop)]
    return [_entry(action, time, schedule) for action, time in times if time]


def _entry(action: str, time: str, schedule: Schedule) -> dict[str, Any]:
    hour, minute = (int(part) for part in time.split(":"))
    days = ",".join(str(number) for number in sorted(DAYS.index(day) for day in schedule.days))
    cron = {"expression": f"{minute} {hour} * * {days}", "timeZone": schedule.timezone}
    return {"action": action, "status": "Enabled", "triggerType": "Cron", "cron": cron}


def _same(wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> bool:
    return sorted(map(_key, wanted)) == sorted(map(_key, found))


def _key(entry: dict[str, Any]) -> tuple[str, str, str]:
    cron = entry.get("cron") or {}
    return str(entry.get("action")), str(cron.get("expression")), str(cron.get("timeZone"))
