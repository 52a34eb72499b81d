"""Checks between environments: global names made twice, and one resource described in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from amlctl.diagnostics import Finding, JsonPath, Place
from amlctl.environment.faults import fault
from amlctl.environment.naming import Name, noun
from amlctl.environment.values import Environment

_WORLD = ("world", "tenant")


class Neighbours:
    """All readable environments of a folder, by everything that two of them could both want to make."""

    def __init__(self, environments: Iterable[Environment]) -> None:
        self._groups: dict[tuple[str, str], list[Environment]] = {}
        self._names: dict[tuple[str, str], list[tuple[Environment, Name]]] = {}
        self._instances: dict[tuple[str, str], list[tuple[Environment, str, JsonPath]]] = {}
        for environment in environments:
            self._groups.setdefault(_group(environment), []).append(environment)
            for kind, name in made(environment):
                self._names.setdefault((kind, name.text.casefold()), []).append((environment, name))
            for instance, path in _instances(environment):
                key = (environment.settings.location, instance.casefold())
                self._instances.setdefault(key, []).append((environment, instance, path))

    def faults(self, one: Environment) -> Iterator[Finding]:
        """Give the faults between an environment and each other one."""
        for other in self._groups.get(_group(one), ()):
            if other.name != one.name:
                yield from _same_group(one, other)
        for kind, mine in made(one):
            for other, theirs in self._names.get((kind, mine.text.casefold()), ()):
                if other.name != one.name:
                    yield from _same_name(one, other, kind, mine, theirs)
        for instance, path in _instances(one):
            for other, _, there in self._instances.get((one.settings.location, instance.casefold()), ()):
                if other.name != one.name:
                    message = (
                        f"{one.name} and {other.name} both make the instance `{instance}` in {one.settings.location}"
                    )
                    yield fault(
                        "AML034", one.place(path), message, str(other.place(there)), "name one of them differently"
                    )


def _group(environment: Environment) -> tuple[str, str]:
    return environment.subscription_id, environment.names["resource_group"].text.casefold()


def _same_group(one: Environment, other: Environment) -> Iterator[Finding]:
    """Two environments that make the same resource group must agree on it."""
    mine, theirs = one.names["resource_group"], other.names["resource_group"]
    place, there = _places(one, other, mine, theirs)
    if mine.text != theirs.text:
        message = f"`{mine.text}` and `{theirs.text}` of {other.name} ({there}) are the same resource group to Azure"
        yield fault("AML035", place, message, "", "write both alike, or name one differently")
    if one.settings.location != other.settings.location:
        theirs_at = f"{other.settings.location} ({other.place(('location',))})"
        found = f"{one.name}: location {one.settings.location} · {other.name}: location {theirs_at}"
        message = f"resource group `{mine.text}` is described in two ways"
        yield fault("AML043", one.place(("location",)), message, found, "one location, or two groups")


def _same_name(one: Environment, other: Environment, kind: str, mine: Name, theirs: Name) -> Iterator[Finding]:
    """A name that is unique in the world, or in a group that both make, is made once."""
    same_group = _group(one) == _group(other)
    if mine.rule.unique in _WORLD or (mine.rule.unique == "resource group" and same_group):
        yield _twice(one, other, kind, mine, theirs, same_group)


def _instances(environment: Environment) -> Iterator[tuple[str, JsonPath]]:
    """Instance names are unique in a region of Azure, across workspaces."""
    return ((name.text, name.origin) for name in environment.instances.values())


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


def made(environment: Environment) -> Iterator[tuple[str, Name]]:
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
