"""From a leaf of a resource back to the line of the YAML, by composing the three maps of origins.

Evaluate says which JSON paths of the template gave a leaf, compile which Bicep text each JSON path came from, render
which YAML value stands at that place of the Bicep text. Where no YAML value is behind it, the Bicep line is the cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from amlctl.diagnostics import JsonPath, Place

if TYPE_CHECKING:
    from amlctl.app.build import Built
    from amlctl.arm.values import Resource
    from amlctl.render import Origin, RenderedSet

Cause = Callable[["Resource", JsonPath], Place | None]


def causes(built: Built) -> Cause:
    """Make the function that names the line behind a leaf of a resource of one environment."""
    trace = built.compilation.trace

    def cause(resource: Resource, path: JsonPath) -> Place | None:
        steps = [resource.path] if not path else [*resource.origins.get(path, ()), resource.path]
        places = [place for step in steps for place in [_traced(trace, step)] if place]
        return next(_written(built, places), None) or (places[0] if places else None)

    return cause


def _written(built: Built, places: list[Place]) -> Iterator[Place]:
    """The YAML places behind Bicep places, in order."""
    for place in places:
        origin = _origin(built.rendered, place)
        found = built.environment.place(origin.path) if origin else None
        if found:
            yield found


def _traced(trace: object, path: JsonPath) -> Place | None:
    """The Bicep place of a JSON path, or of the nearest one around it."""
    while path:
        place: Place | None = trace.get(path)  # type: ignore[attr-defined]
        if place:
            return place
        path = path[:-1]
    return None


def _origin(rendered: RenderedSet, place: Place) -> Origin | None:
    """The YAML value that was rendered at a place of a Bicep text: the first one inside it."""
    file = place.file.split("/", 2)[2] if place.file.count("/") >= 2 else place.file
    for candidate in rendered.files:
        if candidate.path == file:
            return next((origin for origin in candidate.origins if _inside(origin, place)), None)
    return None


def _inside(origin: Origin, place: Place) -> bool:
    end_line = place.end_line or place.line
    if not place.line <= origin.line <= end_line:
        return False
    after = origin.line > place.line or origin.column >= place.column
    before = origin.line < end_line or not place.end_line or origin.column < place.end_column
    return after and before
