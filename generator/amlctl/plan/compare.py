"""Three-way comparison over the keys that the template mentions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from amlctl.arm.values import DesiredState, Resource, Secret, Unknown
from amlctl.diagnostics import JsonPath, Place
from amlctl.plan.labels import identities, label
from amlctl.plan.noise import same
from amlctl.plan.values import ABSENT, Action, Causes, Change, LeafChange, Live, Plan, Verdict


class _Known(NamedTuple):
    """A resource with what was applied last and what is there now."""

    resource: Resource
    applied: Mapping[str, Any] | None
    live: Mapping[str, Any]


def compare(
    desired: DesiredState,
    applied: DesiredState | None = None,
    live: Live | None = None,
    causes: Causes = lambda _resource, _path: None,
    *,
    environment: str = "",
    target: str = "",
    compared_with: str = "",
) -> Plan:
    """Compare what is desired with what was applied last and what is there now.

    ``live`` holds every resource that could be read, by its lower-case id; None means that nothing was read, and every
    resource is then ``put``: created or changed, which of the two is not known.
    """
    before = {str(resource.id).lower(): resource.body for resource in applied.resources} if applied else {}
    names = identities(live)
    changes = [_change(resource, before, live, causes, names) for resource in desired.resources]
    changes += _orphans(desired, applied, live, names)
    return Plan(environment, target, tuple(changes), compared_with if live is not None else "", desired.findings)


def _change(
    resource: Resource, before: Mapping[str, Any], live: Live | None, causes: Causes, names: Mapping[str, str]
) -> Change:
    cause, shown = causes(resource, ()), label(resource, names)
    if live is None:
        return _named("put", resource, shown, cause)
    if isinstance(resource.id, Unknown) or isinstance(resource.name, Unknown):
        return _named("create" if _behind_new(resource.id, live) else "unknown", resource, shown, cause)
    key = resource.id.lower()
    if key not in live or isinstance(resource.condition, Unknown):
        return _named("unknown", resource, shown, cause)
    document = live[key]
    if document is None:
        return _named("create", resource, shown, cause)
    return _update(_Known(resource, before.get(key), document), shown, cause, causes)


def _behind_new(id_: str | Unknown, live: Live) -> bool:
    """Whether an id is unknown because of a resource that does not exist yet: then what it names is new, too."""
    if not isinstance(id_, Unknown):
        return False
    needed = [one.lower() for one in id_.depends_on]
    return any(one in live and live[one] is None for one in needed)


def _update(known: _Known, shown: str, cause: Place | None, causes: Causes) -> Change:
    leaves, hidden = [], 0
    for path, value in _leaves(known.resource.body):
        verdict = _verdict(known, path, value)
        if verdict == "hidden":
            hidden += 1
        elif verdict:
            before = _at(known.live, path)
            leaves.append(LeafChange(path, before, value, verdict, causes(known.resource, path)))  # type: ignore[arg-type]
    if not leaves:
        return _named("none", known.resource, shown, cause, hidden=hidden)
    action: Action = "unknown" if all(leaf.verdict == "unknown" for leaf in leaves) else "update"
    return _named(action, known.resource, shown, cause, tuple(leaves), hidden)


def _verdict(known: _Known, path: JsonPath, wanted: Any) -> Verdict | str:
    """Say what a leaf is: "" equal, "hidden" a difference of the service's own making, else the verdict to show."""
    found = _at(known.live, path)
    last = _at(known.applied, path) if known.applied is not None else ABSENT
    ours_same = known.applied is not None and _equal(last, wanted)
    if wanted is None and last in (ABSENT, None):
        return ""  # null says nothing: the service decides
    if isinstance(wanted, Secret):
        return "hidden" if ours_same or found is ABSENT else "unknown"
    if isinstance(wanted, Unknown):
        if isinstance(found, Unknown) and _equal(found, wanted):
            return ""  # two templates are compared, and say the same
        return "hidden" if ours_same else "unknown"
    if found is not ABSENT and same(known.resource.type, path, wanted, found):
        return "" if _equal(wanted, found) else "hidden"
    if found is ABSENT and (ours_same or _empty(wanted)):
        return "hidden"  # the service took it and does not give it back
    if ours_same:
        return "drift"
    untouched = known.applied is None or found is ABSENT or same(known.resource.type, path, last, found)
    return "change" if untouched else "both"


def _orphans(
    desired: DesiredState, applied: DesiredState | None, live: Live | None, names: Mapping[str, str]
) -> Iterator[Change]:
    if applied is None or live is None:
        return
    wanted = {str(resource.id).lower() for resource in desired.resources}
    for resource in applied.resources:
        key = str(resource.id).lower()
        if key not in wanted and live.get(key) is not None:
            yield _named("orphan", resource, label(resource, names), None)


def _leaves(value: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, Any]]:
    """Walk maps and lists down to their leaves; an empty one is a leaf."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif type(value) is list and value and _identified(value):
        for at, item in enumerate(value):
            yield from _leaves(item, (*path, at))
    else:
        yield path, value


def _identified(items: list[Any]) -> bool:
    """Whether a list's items are compared one by one: maps are, plain values are compared as a whole."""
    return all(isinstance(item, dict) for item in items)


def _at(document: Any, path: JsonPath) -> Any:
    """Find a value by its path; keys are looked up without case, as ARM does."""
    for step in path:
        if isinstance(document, Mapping) and isinstance(step, str):
            document = _member(document, step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return ABSENT
        if document is ABSENT:
            return ABSENT
    return document


def _member(document: Mapping[str, Any], key: str) -> Any:
    if key in document:
        return document[key]
    folded = key.lower()
    return next((value for name, value in document.items() if name.lower() == folded), ABSENT)


def _equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _empty(value: Any) -> bool:
    """Nothing said: the service may leave such a key out."""
    return value is None or value in ({}, [], "")


def _named(
    action: Action,
    resource: Resource,
    shown: str,
    cause: Place | None,
    leaves: tuple[LeafChange, ...] = (),
    hidden: int = 0,
) -> Change:
    id_ = resource.id.text if isinstance(resource.id, Unknown) else resource.id
    return Change(action, id_, resource.type, shown, leaves, cause, hidden)
