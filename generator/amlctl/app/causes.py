"""From a leaf of a resource back to the line of the YAML, by composing the three maps of origins.

Evaluate says which JSON paths of the template gave a leaf, compile which Bicep text each JSON path came from, render
which YAML value stands at that place of the Bicep text. Where no YAML value is behind it, the Bicep line is the cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from amlctl.diagnostics import JsonPath, Place

if TYPE_CHECKING:
    from amlctl.app.build import Built
    from amlctl.arm.values import Resource

Cause = Callable[["Resource", JsonPath], Place | None]
# Settings that every resource is made of: they say nothing of why this one is there.
GENERAL = frozenset({"naming", "location", "tags", "owner", "tier", "expires"})


def causes(built: Built) -> Cause:
    """Make the function that names the line behind a leaf of a resource of one environment, or behind the resource."""
    finder = Causes(built)
    return lambda resource, path: finder.leaf(resource, path) if path else finder.resource(resource)


class Causes:
    """Looks up places of one environment; Bicep files are indexed once."""

    def __init__(self, built: Built) -> None:
        self._environment, self._trace = built.environment, built.compilation.trace
        folder = f"infra/{built.environment.name}/"
        self._origins = {folder + file.path: file.origins for file in built.rendered.files}

    def leaf(self, resource: Resource, path: JsonPath) -> Place | None:
        """The line that a property was written in; the Bicep line where no YAML value is behind it."""
        bicep = [place for step in resource.origins.get(path, ()) if (place := self._bicep(step))]
        written = (place for _, place in self._yaml(bicep))
        return next(written, None) or (bicep[0] if bicep else self.resource(resource))

    def statement(self, resource: Resource) -> Place | None:
        """The Bicep line that declares a resource."""
        return self._bicep(resource.path)

    def resource(self, resource: Resource) -> Place | None:
        """The line because of which a resource is there: its own name, its principal, the module that it lies in."""
        named = list(self._yaml(self._places(resource, ("name",))))
        specific = (
            place
            for path, place in [
                *named,
                *self._yaml(self._places(resource, ("properties", "principalId"))),
                *self._around(resource),
            ]
            if path[0] not in GENERAL
        )
        found = next(specific, None) or self._section(resource)
        return found or next((place for _, place in named), None) or self._bicep(resource.path)

    def _section(self, resource: Resource) -> Place | None:
        """The part of the YAML that a resource belongs to, by the name in its id; else the workspace."""
        id_ = str(resource.id).lower()
        kinds = [
            kind for kind, name in self._environment.names.items() if f"/{name.rule.type}/{name.text}".lower() in id_
        ]
        places = self._environment.places
        written = [kind for kind in kinds if (kind,) in places and not places[kind,].file.startswith("built-in")]
        return self._environment.place((written[-1] if written else "workspace",))

    def _places(self, resource: Resource, path: JsonPath) -> Iterator[Place]:
        return (place for step in resource.origins.get(path, ()) if (place := self._bicep(step)))

    def _around(self, resource: Resource) -> Iterator[tuple[JsonPath, Place]]:
        """YAML values in the module statements around a resource, the innermost module first."""
        steps = [at for at, step in enumerate(resource.path) if step == "template"]
        modules = [resource.path[: at - 1] for at in reversed(steps)]
        return self._yaml(place for module in modules if (place := self._bicep(module)))

    def _yaml(self, places: Iterable[Place]) -> Iterator[tuple[JsonPath, Place]]:
        """The YAML values that were rendered inside Bicep places, but for the built-in ones, which have no line."""
        for place in places:
            for origin in self._origins.get(place.file, ()):
                if _inside(origin.line, origin.column, place):
                    found = self._environment.place(origin.path)
                    if found and not found.file.startswith("built-in"):
                        yield origin.path, found

    def _bicep(self, path: JsonPath) -> Place | None:
        """The Bicep place of a JSON path, or of the nearest one around it."""
        while path:
            place = self._trace.get(path)
            if place:
                return place
            path = path[:-1]
        return None


def _inside(line: int, column: int, place: Place) -> bool:
    end = (place.end_line, place.end_column) if place.end_line else (place.line, 1_000_000)
    return (place.line, place.column) <= (line, column) < end
