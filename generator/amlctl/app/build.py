"""From an environment to a compiled template, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from amlctl.app.project import Project, load_all, templates
from amlctl.diagnostics import Finding, has_errors
from amlctl.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from amlctl.bicep import Compilation
    from amlctl.environment import Environment
    from amlctl.render import RenderedSet


class Built(NamedTuple):
    """An environment with its rendered Bicep and its compiled template."""

    environment: Environment
    rendered: RenderedSet
    compilation: Compilation

    @property
    def template(self) -> dict[str, Any]:
        """The ARM template."""
        template = self.compilation.template
        if template is None:
            message = "a template that was built holds no errors"
            raise AssertionError(message)
        return template

    @property
    def compiled(self) -> Mapping[str, bytes]:
        """The compiled files, by their path below infra/<env>."""
        return {"main.json": self.compilation.text.encode("utf-8")}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the environment and the compiler found."""
        return (*self.environment.findings, *self.compilation.findings)


def build(environment: Environment, sources: Mapping[str, str], *, trace: bool = False, check: bool = False) -> Built:
    """Render and compile one environment.

    ``trace`` for a plan, which names causes; ``check`` adds the compiler's type checks. Raises ConfigurationInvalid
    where the rendered Bicep has errors.
    """
    from amlctl.bicep import MemoryFiles, Options, compile  # noqa: A004  (the room's verb)
    from amlctl.render import render

    rendered = render(environment, sources)
    folder = f"infra/{environment.name}"
    files = {f"{folder}/{file.path}": file.text.encode("utf-8") for file in rendered.files}
    compilation = compile(
        MemoryFiles(files | dict(environment.files)), f"{folder}/main.bicep", Options(trace=trace, check=check)
    )
    built = Built(environment, rendered, compilation)
    if has_errors(compilation.findings):
        message = f"the Bicep rendered for {environment.name} has errors; fix the template in templates/"
        invalid = ConfigurationInvalid(message, *built.findings)
        invalid.texts.update({f"{folder}/{file.path}": file.text for file in rendered.files})
        raise invalid
    return built


def build_all(project: Project, wanted: Sequence[str], *, check: bool = False) -> list[Built]:
    """Build environments one after the other."""
    sources = templates(project)
    return [build(environment, sources, check=check) for environment in load_all(project, wanted)]
