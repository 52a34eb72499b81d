"""What this room hands over: one environment, merged, checked and named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from amlctl.diagnostics import Finding, JsonPath, Place

if TYPE_CHECKING:
    from amlctl.environment.models import Settings, Tier
    from amlctl.environment.naming import Name
    from amlctl.environment.tree import Mapping as Tree
    from amlctl.environment.tree import Node


class Use(NamedTuple):
    """One resource of another stack that an environment uses: ``registry`` of the stack ``shared``."""

    kind: str
    stack: str


class Environment(NamedTuple):
    """One environment: everything that the following rooms need to know about it.

    ``places`` says where each value of ``settings`` was written (a path without a place is a built-in default),
    ``shadowed`` what stood below it in lower layers, the lowest first. ``names`` holds the derived names by kind of
    resource, ``person_names`` the same for each person of a class, ``instances`` the names of compute instances by key
    and person (``""`` outside a class). ``tiers`` is the effective tier of each kind of resource (a shared one takes
    the strictest tier of its users). ``stacks`` are the environments that this one uses, ``files`` the project files
    that it names (setup scripts, conda files), by their path in the project.
    """

    name: str
    file: str
    project: Path
    tier: Tier
    settings: Settings
    tree: Tree
    places: Mapping[JsonPath, Place]
    shadowed: Mapping[JsonPath, tuple[Node, ...]]
    names: Mapping[str, Name]
    person_names: Mapping[str, Mapping[str, Name]]
    instances: Mapping[tuple[str, str], Name]
    people: Mapping[str, str]
    subscription_id: str
    tenant_id: str | None
    tiers: Mapping[str, Tier]
    uses: tuple[str, ...]
    used: Mapping[str, Use]
    stacks: Mapping[str, Environment]
    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]

    @property
    def is_local(self) -> bool:
        """Tell whether the environment lives in the embedded ARM endpoint."""
        return self.settings.subscription == "local"

    @property
    def overrides(self) -> Mapping[JsonPath, tuple[Place, ...]]:
        """Give the places that each value won over, lowest layer first."""
        return {path: tuple(node.place for node in nodes) for path, nodes in self.shadowed.items()}

    def place(self, path: JsonPath) -> Place | None:
        """Give the place of a value, or of the nearest map around it that was written down."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path)
