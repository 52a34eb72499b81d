"""Checks between environments: global names made twice, and one resource described in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from amlctl.diagnostics import Finding, JsonPath, Place
from amlctl.environment.faults import fault
from amlctl.environment.naming import Name, noun
from amlctl.environment.values import Environment

_WORLD = ("world", "tenant")


def check_together(one: Environment, others: Iterable[Environment]) -> Iterator[Finding]:
    """Compare an environment with each other one that can be read."""
    for other in others:
        if other.name != one.name:
            yield from _same_group(one, other)
            yield from _same_names(one, other)
            yield from _same_instances(one, other)


def _same_group(one: Environment, other: Environment) -> Iterator[Finding]:
    """Two environments that make the same resource group must agree on it."""
    mine, theirs = one.names["resource_group"], other.names["resource_group"]
    if one.subscription_id != other.subscription_id or mine.text.casefold() != theirs.text.casefold():
        return
    place, there = _places(one, other, mine, theirs)
    if mine.text != theirs.text:
        message = f"`{mine.text}` and `{theirs.text}` of {other.name} ({there}) are the same resource group to Azure"
        yield fault("AML035", place, message, "", "write both alike, or name one differently")
    if one.settings.location != other.settings.location:
        theirs_at = f"{other.settings.location} ({other.place(('location',))})"
        found = f"{one.name}: location {one.settings.location} · {other.name}: location {theirs_at}"
        yield fault(
            "AML043",
            one.place(("location",)),
            f"resource group `{mine.text}` is described in two ways",
            found,
            "one location, or two groups",
        )


def _same_names(one: Environment, other: Environment) -> Iterator[Finding]:
    same_group = (
        one.subscription_id == other.subscription_id
        and one.names["resource_group"].text.casefold() == other.names["resource_group"].text.casefold()
    )
    theirs = list(_made(other))
    for kind, mine in _made(one):
        for other_kind, name in theirs:
            if kind != other_kind or mine.text.casefold() != name.text.casefold():
                continue
            if mine.rule.unique in _WORLD or (mine.rule.unique == "resource group" and same_group):
                yield _twice(one, other, kind, mine, name, same_group)


def _same_instances(one: Environment, other: Environment) -> Iterator[Finding]:
    """Instance names are unique in a region of Azure, across workspaces."""
    if one.settings.location != other.settings.location:
        return
    theirs = {name.casefold(): path for name, path in _instances(other)}
    for name, path in _instances(one):
        there = theirs.get(name.casefold())
        if there is not None:
            message = f"{one.name} and {other.name} both make the instance `{name}` in {one.settings.location}"
            yield fault("AML034", one.place(path), message, str(other.place(there)), "name one of them differently")


def _instances(environment: Environment) -> Iterator[tuple[str, JsonPath]]:
    for name, compute in environment.settings.compute.items():
        if compute.kind == "instance":
            for person in environment.people or ("",):
                yield (f"{name}-{person}" if person else name), ("compute", name)


def _twice(one: Environment, other: Environment, kind: str, mine: Name, theirs: Name, same_group: bool) -> Finding:
    """The fault for a name that two environments make."""
    place, there = _places(one, other, mine, theirs)
    if mine.text != theirs.text:
        return fault(
            "AML035",
            place,
            f"`{mine.text}` and `{theirs.text}` of {other.name} ({there}) are the same {noun(kind)} to Azure",
            "",
            "name one of them differently",
        )
    differences = _differences(one, other, kind) if same_group else []
    if differences:
        return fault(
            "AML043",
            place,
            f"{noun(kind)} `{mine.text}` is described in two ways",
            " · ".join([*differences, str(there)]),
            "describe it once in a stack and name it under `uses:`",
        )
    message = f"{one.name} and {other.name} both make the {noun(kind)} `{mine.text}`"
    return fault("AML034", place, message, f"{there}", "name one of them differently, or share it: `uses:`")


def _differences(one: Environment, other: Environment, kind: str) -> list[str]:
    mine, theirs = getattr(one.settings, kind, None), getattr(other.settings, kind, None)
    if mine is None or theirs is None:
        return []
    pairs = ((name, getattr(mine, name), getattr(theirs, name)) for name in type(mine).model_fields)
    return [f"{name}: {one.name} {a}, {other.name} {b}" for name, a, b in pairs if a != b]


def _made(environment: Environment) -> Iterator[tuple[str, Name]]:
    """Give the names of the resources that an environment itself makes."""
    for kind, name in environment.names.items():
        if kind != "resource_group" and not (environment.people and kind in PER_PERSON) and _exists(environment, kind):
            yield kind, name
    for names in environment.person_names.values():
        yield from (
            (kind, name) for kind, name in names.items() if kind != "resource_group" and _exists(environment, kind)
        )


PER_PERSON = frozenset({"workspace", "storage", "key_vault", "insights", "identity", "compute_identity"})
"""What each person of a class has alone."""


def _exists(environment: Environment, kind: str) -> bool:
    if kind in ("identity", "compute_identity"):
        return environment.settings.workspace is not None
    return getattr(environment.settings, kind, None) is not None


def _places(one: Environment, other: Environment, mine: Name, theirs: Name) -> tuple[Place, Place]:
    return one.place(mine.origin) or Place(one.file), other.place(theirs.origin) or Place(other.file)
