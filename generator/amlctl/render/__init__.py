"""Environment → RenderedSet: Bicep that people review, and where each value of the environment stands in it.

Comes in: an ``Environment`` and the texts of the templates. Goes out: files, the same bytes on every machine, with
their origins; ``write`` replaces ``infra/<env>`` as a whole, ``check`` compares. This room knows no Bicep compiler
and no Azure; it never decides whether a value is right (``environment`` did) and prints no value but as a literal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amlctl.render.pipelines import render_pipelines
    from amlctl.render.rendered import Origin, RenderedFile, RenderedSet
    from amlctl.render.rendering import read_templates, render
    from amlctl.render.writer import check, remove, sweep, write

__all__ = [
    "Origin",
    "RenderedFile",
    "RenderedSet",
    "check",
    "read_templates",
    "remove",
    "render",
    "render_pipelines",
    "sweep",
    "write",
]

_HOMES = {
    "Origin": "rendered",
    "RenderedFile": "rendered",
    "RenderedSet": "rendered",
    "check": "writer",
    "read_templates": "rendering",
    "remove": "writer",
    "render": "rendering",
    "render_pipelines": "pipelines",
    "sweep": "writer",
    "write": "writer",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: Jinja costs time at the start."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
