"""The project folder, its environments and its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from amlctl.diagnostics import Finding
from amlctl.errors import ConfigurationInvalid, UsageWrong

if TYPE_CHECKING:
    from amlctl.environment import Environment


class Project(NamedTuple):
    """A folder that holds ``environments/`` and ``templates/``."""

    root: Path

    @property
    def infra(self) -> Path:
        """Where rendered files are committed."""
        return self.root / "infra"


def find(start: Path) -> Project:
    """Find the project that a folder lies in. Raises ConfigurationInvalid where there is none."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "environments").is_dir() and (folder / "templates").is_dir():
            return Project(folder)
    message = f"there is no amlctl project in {start} or above it"
    raise ConfigurationInvalid(message, Finding("error", "AML410", message, instead="use -C DIR"))


def names(project: Project, wanted: Sequence[str]) -> list[str]:
    """Name the environments that are meant: all for ``all`` or none, else those named, in order and once.

    Raises UsageWrong for a name that no file of environments/ has, ConfigurationInvalid for one that none could have.
    """
    from amlctl.environment import name_fault
    from amlctl.environment import names as known

    there = known(project.root)
    if not wanted or "all" in wanted:
        return there
    for name in wanted:
        if fault := name_fault(name):
            raise ConfigurationInvalid(f"{name[:60]!a} cannot be the name of an environment", fault)
        if name not in there:
            raise UsageWrong(f'there is no environment "{name}"{_near(name, there)}; there are {", ".join(there)}')
    return list(dict.fromkeys(wanted))


def load(project: Project, name: str) -> Environment:
    """Load one environment. Raises ConfigurationInvalid with every fault of its files."""
    from amlctl.environment import load as load_environment

    return load_environment(project.root, name)


def load_all(project: Project, wanted: Sequence[str]) -> list[Environment]:
    """Load environments. Raises ConfigurationInvalid with the faults of all of them."""
    from amlctl.environment import load_many

    return load_many(project.root, names(project, wanted))


def templates(project: Project) -> Mapping[str, str]:
    """Read every template, by its path below templates/. Raises ConfigurationInvalid for one that cannot be used."""
    from amlctl.render import read_templates

    return read_templates(project.root / "templates")


def stacks(environment: Environment) -> list[Environment]:
    """List an environment after the stacks that it uses, each once: the order of deployment."""
    ordered: dict[str, Environment] = {}
    for used in environment.stacks.values():
        ordered |= {stack.name: stack for stack in stacks(used)}
    return list((ordered | {environment.name: environment}).values())


def _near(name: str, there: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, there, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
