"""The graph of a deployment: explicit and implicit dependencies, circles, and an order to work in."""

from __future__ import annotations

from typing import Any

from amlctl.arm.engine import evaluate_json, uncover
from amlctl.arm.faults import EvaluationFailed
from amlctl.arm.frame import Frame
from amlctl.arm.instances import Instance
from amlctl.arm.questions import find
from amlctl.arm.scopes import key_of
from amlctl.arm.values import Unknown


def explicit(instance: Instance) -> list[Instance]:
    """Give the live resources that `dependsOn` (and nesting) names; `existing` ones are looked through."""
    found: dict[int, Instance] = {}
    todo = list(_named(instance))
    if instance.parent is not None:
        todo.append(instance.parent)
    seen: set[int] = set()
    while todo:
        target = todo.pop(0)
        if id(target) in seen or target.condition is False:
            continue
        seen.add(id(target))
        if target.existing:
            todo = _named(target) + todo
        elif target is not instance:
            found[id(target)] = target
    return list(found.values())


def _named(instance: Instance) -> list[Instance]:
    section = instance.definition.get("dependsOn")
    if section is None:
        return []
    frame = instance.frame
    try:
        entries = uncover(evaluate_json(section, instance.env))
        if type(entries) is Unknown:
            return []
        if type(entries) is not list:
            message = "The template resource dependsOn is not valid: it must be an array."
            raise EvaluationFailed(message)
        return [target for entry in entries for target in _resolve(frame, entry)]
    except EvaluationFailed as error:
        frame.run.fault(error, (*instance.path, "dependsOn"))
        return []


def _resolve(frame: Frame, entry: Any) -> list[Instance]:
    if type(entry) is Unknown:
        return find(frame, entry.text)
    if type(entry) is not str:
        message = "The template resource dependsOn is not valid: every entry must be a string."
        raise EvaluationFailed(message)
    lower = entry.lower()
    if lower in frame.by_symbol:
        return frame.by_symbol[lower]
    found = find(frame, entry)
    if not found and not _open_ids(frame):
        message = f"The resource '{entry}' is not defined in the template."
        raise EvaluationFailed(f"{message} Please see https://aka.ms/arm-template for usage details.")
    return found


def _open_ids(frame: Frame) -> bool:
    return any(type(instance.id) is Unknown for instance in frame.instances)


def graph(frame: Frame) -> list[list[int]]:
    """Give for every live resource the indexes of those it needs, explicit ones and by reference."""
    live = living(frame)
    places = {id(instance): at for at, instance in enumerate(live)}
    edges: list[list[int]] = []
    for instance in live:
        needed = [places[id(target)] for target in frame.explicit[id(instance)] if id(target) in places]
        for wanted, _ in instance.references:
            target = frame.by_id.get(wanted.lower())
            needed += _through(target, places) if target is not None and target is not instance else []
        edges.append(list(dict.fromkeys(needed)))
    _batches(live, edges)
    return edges


def _batches(live: list[Instance], edges: list[list[int]]) -> None:
    """A serial loop works batch by batch: each of its resources waits for all of the batch before."""
    loops: dict[int, list[int]] = {}
    for at, instance in enumerate(live):
        loop = instance.definition.get("copy")
        if type(instance.copy_index) is int and loop and str(loop.get("mode")).lower() == "serial":
            loops.setdefault(id(instance.definition), []).append(at)
    for places in loops.values():
        size = live[places[0]].definition["copy"].get("batchSize", 1)
        size = size if type(size) is int and size > 0 else 1
        for number, at in enumerate(places):
            start = number // size * size
            edges[at] += [one for one in places[max(start - size, 0) : start] if one not in edges[at]]


def _through(target: Instance, places: dict[int, int]) -> list[int]:
    if id(target) in places:
        return [places[id(target)]]
    return [places[id(one)] for one in explicit(target) if id(one) in places] if target.existing else []


def living(frame: Frame) -> list[Instance]:
    """The resources that are deployed: not `existing`, not switched off."""
    return [instance for instance in frame.instances if not instance.existing and instance.condition is not False]


def order(frame: Frame, edges: list[list[int]]) -> tuple[int, ...]:
    """Sort so that each comes after what it needs, template order first. A circle is a fault; its members come last."""
    waiting = [len(needed) for needed in edges]
    users: list[list[int]] = [[] for _ in edges]
    for at, needed in enumerate(edges):
        for one in needed:
            users[one].append(at)
    ready = [at for at, count in enumerate(waiting) if not count]
    done: list[int] = []
    for at in ready:
        done.append(at)
        for user in users[at]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    if len(done) < len(edges):
        left = sorted(set(range(len(edges))) - set(done))
        _circle(frame, edges, left)
        done += left
    return tuple(done)


def _circle(frame: Frame, edges: list[list[int]], left: list[int]) -> None:
    rest, seen, at = set(left), [left[0]], left[0]
    while True:
        at = next(one for one in edges[at] if one in rest)
        if at in seen:
            break
        seen.append(at)
    instance = living(frame)[at]
    shown = instance.id if type(instance.id) is str else key_of(instance.id)
    message = f"Circular dependency detected on resource: '{shown}'."
    error = EvaluationFailed(f"{message} Please see https://aka.ms/arm-template/#resources for usage details.")
    frame.run.fault(error, instance.path)


def documents(frame: Frame) -> list[dict[str, Any]]:
    """Give the `dependencies` of ARM's answer: explicit edges first, then references with their API version."""
    result: list[dict[str, Any]] = []
    for instance in living(frame):
        edges = [_named_document(target) for target in frame.explicit[id(instance)]]
        edges += [_reference_document(frame, wanted, version) for wanted, version in dict.fromkeys(instance.references)]
        if edges:
            result.append({"dependsOn": edges, **_named_document(instance)})
    return result


def _named_document(instance: Instance) -> dict[str, Any]:
    return {"id": _text(instance.id), "resourceType": instance.type, "resourceName": _text(instance.name)}


def _text(value: Any) -> str:
    return value.text if type(value) is Unknown else str(value)


def _reference_document(frame: Frame, wanted: str, version: str) -> dict[str, Any]:
    target = frame.by_id.get(wanted.lower())
    if target is not None:
        return {**_named_document(target), "apiVersion": version}
    kind, name = type_and_name(wanted)
    return {"id": wanted, "resourceType": kind, "resourceName": name, "apiVersion": version}


def type_and_name(text: str) -> tuple[str, str]:
    """Read type and name back from an id."""
    parts = text.split("/providers/")[-1].split("/")
    if "/providers/" not in text:
        return (
            ("Microsoft.Resources/resourceGroups", parts[-1])
            if len(parts) > 3
            else ("Microsoft.Resources/subscriptions", parts[-1])
        )
    return "/".join([parts[0], *parts[1::2]]), "/".join(parts[2::2])
