"""The folder ``environments/``: which files there are, and the layers of each. The only module here that reads
files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from amlctl.diagnostics import Finding, Place
from amlctl.environment.faults import fault
from amlctl.environment.layers import Merged, merge
from amlctl.environment.loader import parse
from amlctl.environment.text import MAX_BYTES
from amlctl.environment.tree import Mapping, at, word
from amlctl.environment.values import Use

NAME = re.compile(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,15}")
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "all", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
FOLDER = "environments"


class Draft(NamedTuple):
    """An environment before its built-in defaults are known: its own layers, merged."""

    name: str
    file: str
    layers: list[Mapping]
    tree: Mapping
    findings: list[Finding]


class Folder:
    """Reads each file once."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.path = project / FOLDER
        self._parsed: dict[str, tuple[Mapping | None, list[Finding]]] = {}
        self._drafts: dict[str, Draft] = {}
        self._names: list[str] | None = None
        self._users: dict[str, dict[str, list[str]]] | None = None

    def names(self) -> list[str]:
        """Give the names of the environments in the folder, sorted; files that start with ``_`` are layers only."""
        if self._names is None:
            files = self.path.glob("*.yaml") if self.path.is_dir() else ()
            self._names = sorted(file.stem for file in files if not file.name.startswith(("_", ".")))
        return self._names

    def draft(self, name: str) -> Draft:
        """Read an environment and everything it builds on."""
        if name not in self._drafts:
            self._drafts[name] = self._draft(name)
        return self._drafts[name]

    def _draft(self, name: str) -> Draft:
        findings: list[Finding] = []
        chain = self._chain(name, findings)
        layers = ([] if "_defaults" in chain else self._layer("_defaults", findings)) + [
            layer for file in reversed(chain) for layer in self._layer(file, findings)
        ]
        tree = merge(layers).tree if layers else Mapping({}, {}, Place(_file(name)))
        profile = word(tree, "profile")
        if profile in ("workshop", "team", "enterprise"):
            shipped = Path(__file__).parent / "profiles" / f"{profile}.yaml"
            layer, faults = parse(shipped.read_bytes(), f"profile {profile}")
            assert layer is not None, faults
            layers = [layer, *layers]
            tree = merge(layers).tree
        return Draft(name, _file(name), layers, tree, findings)

    def _chain(self, name: str, findings: list[Finding]) -> list[str]:
        """Follow ``extends:`` from a file to the last one that it builds on."""
        chain = [name]
        while tree := self._parse(chain[-1])[0]:
            extends = word(tree, "extends")
            if extends is None:
                break
            place = (at(tree, ("extends",)) or tree).place
            base = extends.removesuffix(".yaml")
            if base in chain:
                loop = " → ".join([*chain[chain.index(base) :], base])
                findings.append(fault("AML020", place, f"`extends` forms a cycle: {loop}", "", "remove one of them"))
                break
            if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", base):
                findings.append(
                    fault(
                        "AML020",
                        place,
                        "extends leads out of environments/",
                        f"`{extends}`",
                        "write the name of a file there",
                    )
                )
                break
            if not self._inside(base):
                findings.append(
                    fault("AML020", place, f"environments/{base}.yaml does not exist", "", self._near(base))
                )
                break
            chain.append(base)
        return chain

    def _inside(self, name: str) -> bool:
        file = self.path / f"{name}.yaml"
        return file.is_file() and file.resolve().parent == self.path.resolve()

    def _near(self, base: str) -> str:
        import difflib

        there = [file.stem for file in self.path.glob("*.yaml")]
        near = difflib.get_close_matches(base, there, 1)
        return f"did you mean `{near[0]}`?" if near else "create it or remove the line"

    def _layer(self, name: str, findings: list[Finding]) -> list[Mapping]:
        tree, faults = self._parse(name)
        findings.extend(faults)
        return [tree] if tree else []

    def _parse(self, name: str) -> tuple[Mapping | None, list[Finding]]:
        if name not in self._parsed:
            file = self.path / f"{name}.yaml"
            if name == "_defaults" and not file.exists():
                self._parsed[name] = (None, [])
            else:
                self._parsed[name] = self._read(file)
        return self._parsed[name]

    def _read(self, file: Path) -> tuple[Mapping | None, list[Finding]]:
        """Read a file, one byte past the limit at most; one that is no file, or leads out of the folder, is refused."""
        shown = _file(file.stem)
        if not file.is_file() or file.resolve().parent != self.path.resolve():
            message = "is not a file of environments/"
            return None, [fault("AML046", Place(shown), message, _kind(file), "replace it with a regular file")]
        with file.open("rb") as stream:
            return parse(stream.read(MAX_BYTES + 1), shown)

    def users(self, stack: str) -> dict[str, list[str]]:
        """Give, for each kind of resource of a stack, the environments that use it."""
        if self._users is None:
            self._users = {}
            for name in self.names():
                for use in uses(self.draft(name).tree).values():
                    if use.stack != name:
                        self._users.setdefault(use.stack, {}).setdefault(use.kind, []).append(name)
        return self._users.get(stack, {})


def uses(tree: Mapping) -> dict[str, Use]:
    """Read ``uses:`` of a merged tree; entries of a wrong form are left to the checks."""
    section = at(tree, ("uses",))
    found = {}
    for kind in section.entries if isinstance(section, Mapping) else ():
        stack, dot, resource = (word(tree, "uses", kind) or "").partition(".")
        if dot:
            found[kind] = Use(resource, stack)
    return found


def with_defaults(draft: Draft, built_in: Mapping) -> Merged:
    """Lay an environment's own layers over the built-in defaults."""
    return merge([built_in, *draft.layers])


def _file(name: str) -> str:
    return f"{FOLDER}/{name}.yaml"


def _kind(file: Path) -> str:
    return "a link" if file.is_symlink() else "a folder" if file.is_dir() else "no file"
