"""Questions about loaded environments, answered as values for the command line: origins, explanations, differences,
names."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from amlctl.diagnostics import JsonPath, Place
from amlctl.environment.across import made
from amlctl.environment.tree import Node, Scalar
from amlctl.environment.validation import dotted
from amlctl.environment.values import Environment
from amlctl.errors import UsageWrong


class Explanation(NamedTuple):
    """One value: what it is, where it was written (None: a default of the model), and what it won over, nearest
    first."""

    key: str
    value: object
    place: Place | None
    overrode: tuple[tuple[str, Place], ...]


class Difference(NamedTuple):
    """One key whose values differ; None stands for a value that is not there."""

    key: str
    left: object
    right: object
    left_place: Place | None
    right_place: Place | None


class NameLine(NamedTuple):
    """One derived name with the rule it keeps."""

    kind: str
    type: str
    name: str
    length: int
    least: int
    most: int
    words: str
    unique: str
    source: str
    place: Place | None


def origins(environment: Environment) -> tuple[Explanation, ...]:
    """Explain every value of an environment, in the order of the model."""
    return tuple(_explanation(environment, path, value) for path, value in leaves(environment))


def explain(environment: Environment, key: str) -> tuple[Explanation, ...]:
    """Explain the value at a key such as ``workspace.public_access``, or every value below it.

    Raises UsageWrong with the near name where there is no such key.
    """
    everything = origins(environment)
    found = tuple(line for line in everything if line.key == key or line.key.startswith(f"{key}."))
    if not found:
        near = difflib.get_close_matches(key, [line.key for line in everything], 1)
        hint = f"did you mean `{near[0]}`?" if near else "`amlctl config show` lists all keys"
        raise UsageWrong(f"{environment.name} has no `{key}`; {hint}")
    return found


def difference(left: Environment, right: Environment) -> tuple[Difference, ...]:
    """Compare two environments key by key; equal values are left out."""
    one, other = dict(leaves(left)), dict(leaves(right))
    paths = [*one, *(path for path in other if path not in one)]
    return tuple(
        Difference(dotted(path), one.get(path), other.get(path), left.places.get(path), right.places.get(path))
        for path in paths
        if one.get(path) != other.get(path)
    )


def name_lines(environment: Environment) -> tuple[NameLine, ...]:
    """List the names of everything that an environment makes: its own resources, its instances, those of a class."""
    named = [environment.names["resource_group"], *(name for _, name in made(environment))]
    named += [names["resource_group"] for names in environment.person_names.values()]
    named += environment.instances.values()
    return tuple(
        NameLine(
            rule.kind,
            rule.type,
            text,
            len(text),
            rule.least,
            rule.most,
            rule.words,
            rule.unique,
            rule.source,
            environment.place(origin),
        )
        for text, rule, origin in named
    )


def leaves(environment: Environment) -> Iterator[tuple[JsonPath, object]]:
    """Give every single value of the settings with its path; what is not set is left out."""
    return _leaves(environment.settings, ())


def _leaves(value: object, path: JsonPath) -> Iterator[tuple[JsonPath, object]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _leaves(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, tuple):
        if value:
            yield path, value
    elif value is not None:
        yield path, value


def _explanation(environment: Environment, path: JsonPath, value: object) -> Explanation:
    shadowed = environment.shadowed.get(path, ())
    overrode = tuple((_typed(node), node.place) for node in reversed(shadowed))
    return Explanation(dotted(path), value, environment.places.get(path), overrode)


def _typed(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else "…"
