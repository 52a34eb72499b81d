"""What people must know of their compute instances, and the schedules that start and stop them.

A template's schedules are taken when an instance is created, and never again (quickstart-templates#11830,
bicep-types-az#2543). The only documented way to change them is ``updateSchedules``: azure-rest-api-specs#14360
added it to 2021-03-01-preview, #20699 took it out of 2022-10-01-preview again, and its permission is still in the
list of how-to-create-compute-instance. Not tested on Azure: a refusal is a failed step that says what to do by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from amlctl.bootstrap.attempts import attempt
from amlctl.bootstrap.values import API, Platform, Step

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.environment import Environment
    from amlctl.environment.models import Instance, Schedule

SCHEDULES_API = "2021-03-01-preview"
"""The only version of Microsoft.MachineLearningServices whose specification has ``updateSchedules``."""
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def instances(environment: Environment, platform: Platform, arm: Arm) -> Iterator[Step]:
    """Look at every instance of the YAML: its schedule is changed if it differs, its sign-in is reported."""
    for key, compute in environment.settings.compute.items():
        if compute.kind == "instance":
            yield from _look(environment.instances[key, platform.person].text, compute, platform, arm)


def _look(name: str, compute: Instance, platform: Platform, arm: Arm) -> Iterator[Step]:
    label, resource_id = f"instance {name}", f"{platform.id}/computes/{name}"
    found = attempt(label, lambda: arm.read(resource_id, API))
    if isinstance(found, Step):
        yield found
    elif found is None:
        yield Step(label, "skipped", "it was not deployed")
    else:
        yield from _compare(name, compute, found, resource_id, arm)


def _compare(name: str, compute: Instance, found: dict[str, Any], resource_id: str, arm: Arm) -> Iterator[Step]:
    properties = (found.get("properties") or {}).get("properties") or {}
    if properties.get("enableSSO") is False and properties.get("personalComputeInstanceSettings"):
        yield Step(
            f"instance {name}", "read", f"its owner turns single sign-on on: studio > Compute > {name} > Details"
        )
    if compute.schedule:
        yield _schedule(name, compute.schedule, properties, resource_id, arm)


def _schedule(name: str, schedule: Schedule, properties: dict[str, Any], resource_id: str, arm: Arm) -> Step:
    label, wanted = f"schedule {name}", wanted_schedules(schedule)
    detail = ", ".join(f"{entry['action'].lower()} {entry['cron']['expression']}" for entry in wanted)
    if _same(wanted, (properties.get("schedules") or {}).get("computeStartStop") or []):
        return Step(label, "unchanged", detail)
    by_hand = f"change it in the studio: Compute > {name} > Schedules"
    body = {"computeStartStop": wanted}
    done = attempt(label, lambda: arm.call(resource_id, "updateSchedules", SCHEDULES_API, body), by_hand)
    return done or Step(label, "updated", detail)


def wanted_schedules(schedule: Schedule) -> list[dict[str, Any]]:
    """Make the entries of ``computeStartStop`` for a schedule of the YAML."""
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
