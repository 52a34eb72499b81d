"""Environment + templates → RenderedSet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from amlctl.diagnostics import Finding, Place
from amlctl.environment.values import Environment
from amlctl.errors import ConfigurationInvalid
from amlctl.render.context import main_context
from amlctl.render.engine import Engine
from amlctl.render.faults import fault
from amlctl.render.marks import FORBIDDEN
from amlctl.render.rendered import RenderedFile, RenderedSet

ENDING = ".j2"
_MODULE = re.compile(r"^(?:  )*module [A-Za-z_][A-Za-z0-9_]* '([^'\\\n]+)' = ", re.MULTILINE)
_SAFE = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*\.(?:bicep|yml)")
MAX_TEMPLATE = 1 << 20


def render(environment: Environment, templates: Mapping[str, str]) -> RenderedSet:
    """Render one environment: ``main.bicep`` and every module that it leads to.

    ``templates`` maps names such as ``main.bicep.j2`` and ``modules/storage.bicep.j2`` to their text.
    Raises ConfigurationInvalid with the template's line.
    """
    engine = engine_of(templates)
    if environment.people:
        from amlctl.render.classes import class_context

        main = render_file(engine, "class.bicep.j2", "main.bicep", class_context(environment))
    else:
        main = render_file(engine, "main.bicep.j2", "main.bicep", main_context(environment))
    files = {main.path: main}
    waiting = _modules(main)
    while waiting:
        path = waiting.pop()
        if path not in files:
            files[path], further = _module(engine, path)
            waiting += further
    check_paths(files)
    return RenderedSet(environment.name, tuple(files[path] for path in sorted(files)))


def read_templates(folder: Path) -> dict[str, str]:
    """Read all templates of a folder: name (with forward slashes) → text.

    Raises ConfigurationInvalid for a link that leads out of the folder, or text that no template may hold.
    """
    templates: dict[str, str] = {}
    findings: list[Finding] = []
    root = folder.resolve()
    for path in sorted(folder.rglob(f"*{ENDING}")):
        name = path.relative_to(folder).as_posix()
        if not path.resolve().is_relative_to(root):
            place = Place(f"templates/{name}")
            findings.append(fault("AML158", place, "is a link that leads out of templates/", "", "copy the file"))
            continue
        templates[name] = _text(path, name, findings)
    if findings or not templates:
        nothing = fault("AML158", None, f"there is no template in {folder.name}/", "", "restore the folder from git")
        findings = findings or [nothing]
        raise ConfigurationInvalid("the templates cannot be read", *findings)
    return templates


def _text(path: Path, name: str, findings: list[Finding]) -> str:
    place = Place(f"templates/{name}")
    if path.stat().st_size > MAX_TEMPLATE:
        findings.append(fault("AML150", place, "is larger than 1 MiB", "", "split it"))
        return ""
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        findings.append(fault("AML150", place, "is not UTF-8 text", f"byte {error.start}", "save it as UTF-8"))
        return ""
    if FORBIDDEN.search(text):
        findings.append(fault("AML150", place, "holds a control character", "", "remove it"))
    return text


def engine_of(templates: Mapping[str, str]) -> Engine:
    """Give the engine of a set of templates."""
    return _engine(tuple(sorted(templates.items())))


@lru_cache(maxsize=4)
def _engine(templates: tuple[tuple[str, str], ...]) -> Engine:
    """Keep the engine of a set of templates: they are compiled once a process."""
    return Engine(dict(templates))


def _module(engine: Engine, path: str) -> tuple[RenderedFile, list[str]]:
    """Render a module, once for all environments (it sees no value of theirs), and name the modules that it uses."""
    if path not in engine.modules:
        file = render_file(engine, path + ENDING, path, {})
        engine.modules[path] = (file, _modules(file))
    return engine.modules[path]


def render_file(engine: Engine, template: str, path: str, context: Mapping[str, Any]) -> RenderedFile:
    """Render one template to one file, with its origins."""
    marked, marks = engine.render(template, path, context)
    text, origins = marks.strip(marked)
    return RenderedFile(path, text, origins)


def _modules(file: RenderedFile) -> list[str]:
    """Find the local modules that a rendered file names, as paths inside the folder."""
    folder = file.path.rpartition("/")[0]
    return [f"{folder}/{name}" if folder else name for name in _MODULE.findall(file.text)]


def check_paths(files: Mapping[str, object]) -> None:
    """Refuse a rendered file outside its folder, and two that only letter case keeps apart."""
    seen: dict[str, str] = {}
    for path in files:
        if not _SAFE.fullmatch(path):
            message = "a rendered file may not lie there"
            finding = fault("AML160", None, message, f"`{path[:80]}`", "lower-case names inside the folder")
            raise ConfigurationInvalid(f"{path[:80]!a} cannot be rendered", finding)
        first = seen.setdefault(path.casefold(), path)
        if first != path:
            message = f"`{first}` and `{path}` are the same file on some machines"
            finding = fault("AML160", None, message, "", "rename one")
            raise ConfigurationInvalid(f"{path!a} cannot be rendered", finding)
