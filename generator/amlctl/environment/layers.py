"""Layers of one environment, laid over each other: maps merge by key, everything else replaces as a whole.

Low to high: built-in defaults < profile < ``_defaults.yaml`` < the ``extends:`` chain < ``<env>.yaml``.
"""

from __future__ import annotations

from typing import NamedTuple

from amlctl.diagnostics import Finding, JsonPath
from amlctl.environment.faults import fault
from amlctl.environment.tree import Mapping, Node, Scalar


class Merged(NamedTuple):
    """The merged tree, what stood below each value (lowest first), and the faults met on the way."""

    tree: Mapping
    shadowed: dict[JsonPath, tuple[Node, ...]]
    findings: list[Finding]


def merge(layers: list[Mapping]) -> Merged:
    """Lay the layers over each other, the lowest first."""
    merged = Merged(Mapping({}, {}, layers[-1].place), {}, [])
    for layer in layers:
        _lay(merged.tree, layer, (), merged)
    return merged


def _lay(below: Mapping, above: Mapping, path: JsonPath, merged: Merged) -> None:
    for key, value in above.entries.items():
        here = (*path, key)
        key_place = above.keys.get(key, value.place)
        if removes(value):
            if key not in below.entries:
                message = f"`{key}` is removed, but nothing was inherited"
                merged.findings.append(fault("AML024", key_place, message, "absent: true", "remove these lines"))
            below.entries.pop(key, None)
            _forget(merged.shadowed, here)
            continue
        inherited = below.entries.get(key)
        below.keys[key] = key_place
        if isinstance(value, Mapping):
            if isinstance(inherited, Mapping):
                target = Mapping(inherited.entries, inherited.keys, value.place)
            else:
                target = Mapping({}, {}, value.place)
            below.entries[key] = target
            _lay(target, value, here, merged)
        else:
            if inherited is not None:
                merged.shadowed[here] = (*merged.shadowed.get(here, ()), inherited)
            below.entries[key] = value


def removes(node: Node) -> bool:
    """Tell whether a value is the word for removal: ``{absent: true}`` and nothing else."""
    if not isinstance(node, Mapping) or list(node.entries) != ["absent"]:
        return False
    flag = node.entries["absent"]
    return isinstance(flag, Scalar) and flag.plain and flag.text == "true"


def _forget(shadowed: dict[JsonPath, tuple[Node, ...]], path: JsonPath) -> None:
    for known in [known for known in shadowed if known[: len(path)] == path]:
        del shadowed[known]
