"""The front door: a file to its template, with the findings and the places of everything that went into it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from amlctl.bicep.binder import bind
from amlctl.bicep.collector import uncollected
from amlctl.bicep.config import Configuration, find_configuration
from amlctl.bicep.parser import parse
from amlctl.bicep.scopes import resolve_resources
from amlctl.bicep.source import Files, decode
from amlctl.bicep.syntax import Node, ParseResult, Tree
from amlctl.bicep.unit import Unit, refuse_experimental
from amlctl.bicep.values import Unsupported
from amlctl.diagnostics import Finding, JsonPath, Place, has_errors
from amlctl.records import NamedTuple

if TYPE_CHECKING:
    from amlctl.bicep.modules import Source

Json = dict[str, Any]
_ROOM = 5000
"""Frames that deep (but allowed) nesting may need; Python's own default is too small for it."""


MAX_INLINED = 100_000
"""Values that may be written in the place of names in one compilation."""


class Options(NamedTuple):
    """How to compile. ``symbolic`` turns every file symbolic, as if each configuration said so.

    ``check`` adds the findings of ``checks`` (types, limits, linter) on every Bicep file that takes part; its errors
    forbid the template as any others do. Without it only what stands in the way of compiling is found.
    """

    symbolic: bool = False
    trace: bool = False
    check: bool = False


class Compilation(NamedTuple):
    """What compiling a file gave. ``template`` is None and ``text`` empty where an error forbids it."""

    template: Json | None
    text: str
    """The exact bytes of main.json, as text."""
    findings: tuple[Finding, ...]
    sources: tuple[str, ...]
    """Paths of the files that were read."""
    trace: Mapping[JsonPath, Place]
    """The place in Bicep behind each path of the template; empty unless asked for."""


class Compiler:
    """Compiles files that refer to one another; each is read, parsed and bound once."""

    def __init__(self, files: Files, options: Options) -> None:
        self.files = files
        self.symbolic, self.tracing = options.symbolic, options.trace
        self.sources: dict[str, Source] = {}
        self.configurations: dict[str, Configuration] = {}
        self.findings: list[Finding] = []
        self.read_paths: dict[str, None] = {}
        self.units: dict[str, Unit] = {}
        self.parsed: dict[str, ParseResult] = {}
        self._templates: dict[str, Json] = {}
        self._path: list[str] = []
        self._inlined = 0

    def read(self, path: str) -> bytes:
        """Read a file and remember that it was read."""
        self.read_paths[path] = None
        return self.files.read(path)

    def make_unit(self, path: str, text: str) -> Unit:
        """Parse and bind a file; what is wrong with it goes to the findings."""
        result = parse(text, path)
        self.findings += result.findings
        self.parsed[path] = result
        model = bind(result.tree)
        resolve_resources(model)
        configuration = find_configuration(self.files, path, self.configurations)
        unit = self.units[path] = Unit(self, model, configuration)
        return unit

    def enter(self, path: str, node: Node) -> None:
        """Begin to follow a module; a module that leads back to itself is an Unsupported."""
        if path in self._path:
            if len(self._path) == 1 or self._path[-1] == path:
                raise Unsupported(node, "This module references itself, which is not allowed.", "BCP094")
            cycle = '" -> "'.join([*self._path[self._path.index(path) :], path])
            raise Unsupported(node, f'The file is involved in a cycle ("{cycle}").', "BCP095")
        self._path.append(path)

    def count_inlining(self, node: Node) -> None:
        """Count a value that is put in the place of a name; values inside values may double without end."""
        self._inlined += 1
        if self._inlined > MAX_INLINED:
            message = f"More than {MAX_INLINED} values that are only known at run time would be written out here."
            raise Unsupported(node, message, "AML304")

    def leave(self) -> None:
        """End what ``enter`` began."""
        self._path.pop()

    def template(self, path: str, unit: Unit, node: Node) -> Json:
        """Give the template of a file, compiled once."""
        found = self._templates.get(path)
        if found is None:
            if self.parsed[path].findings:
                raise Unsupported(node, "The referenced module has errors.", "BCP104")
            self.enter(path, node)
            try:
                found = self._templates[path] = self._emit(unit)
            finally:
                self.leave()
        return found

    def _emit(self, unit: Unit) -> Json:
        from amlctl.bicep.emitter import emit

        refuse_experimental(unit)
        try:
            return emit(unit)
        except Unsupported as fault:
            self.findings.append(self.finding(unit, fault))
            return {}

    def finding(self, unit: Unit, fault: Unsupported) -> Finding:
        """Turn what cannot be compiled into a finding at its place."""
        return Finding("error", fault.code, fault.message, place_of(fault.tree or unit.model.tree, fault.node))


def place_of(tree: Tree, node: Node) -> Place | None:
    """The place of a node; None where it has none."""
    try:
        return tree.place(node)
    except (AttributeError, IndexError, TypeError):
        return None


@uncollected
def compile(files: Files, path: str, options: Options | None = None) -> Compilation:  # noqa: A001
    """Compile a .bicep file. Never raises for what the file holds: faults are findings."""
    options = options or Options()
    compiler = Compiler(files, options)
    try:
        text = decode(compiler.read(path))
    except OSError as error:
        fault = Finding("error", "BCP091", f"An error occurred reading file. {error}", Place(path))
        return Compilation(None, "", (fault,), (path,), {})
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _ROOM))
    unit = compiler.make_unit(path, text)
    from amlctl.bicep.modules import BicepSource

    compiler.sources[path] = BicepSource(path, unit)
    template = None if has_errors(compiler.findings) else _lower(compiler, unit)
    findings = tuple(dict.fromkeys(_checked(compiler) if options.check else compiler.findings))
    sources = tuple(compiler.read_paths)
    if has_errors(findings) or template is None:
        return Compilation(None, "", findings, sources, {})
    from amlctl.bicep.jsontext import dumps

    trace: Mapping[JsonPath, Place] = {}
    if options.trace:
        from amlctl.bicep.trace import trace_template

        trace = trace_template(compiler, template)
    return Compilation(template, dumps(template), findings, sources, trace)


def _lower(compiler: Compiler, unit: Unit) -> Json | None:
    """Give the template of the file that was asked for; None where a finding says why there is none."""
    path = unit.model.file
    try:
        return compiler.template(path, unit, None)
    except Unsupported as fault:
        compiler.findings.append(compiler.finding(unit, fault))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, AssertionError, RecursionError) as error:
        if not has_errors(compiler.findings):
            compiler.findings.append(_internal(path, error))
    return None


def _checked(compiler: Compiler) -> list[Finding]:
    """All findings with those of the checks; where these find an error in a file, they say it better than we did."""
    from amlctl.bicep.checks import check
    from amlctl.bicep.checks.modules import Session

    session = Session(compiler.files, compiler.parsed, compiler.configurations)
    found: list[Finding] = []
    for path, result in list(compiler.parsed.items()):
        found += check(result, compiler.files, path, session)
    explained = {finding.place.file for finding in found if finding.level == "error" and finding.place}
    parsing = {finding for result in compiler.parsed.values() for finding in result.findings}
    ours = [
        finding
        for finding in compiler.findings
        if finding in parsing or finding.place is None or finding.place.file not in explained
    ]
    return [*ours, *found]


def _internal(path: str, error: Exception) -> Finding:
    """The finding for a fault of ours: the file was not understood, and nothing is guessed."""
    kind = type(error).__name__
    return Finding("error", "AML399", f"This file cannot be compiled: {kind}: {error}", Place(path))
