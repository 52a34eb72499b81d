"""Environments + templates → the pipelines of Azure DevOps, one plan and one deployment stage an environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from amlctl.diagnostics import JsonPath
from amlctl.environment.models import Pipeline, Tier
from amlctl.environment.values import Environment
from amlctl.render.leaves import Leaf, View, wrap
from amlctl.render.rendered import RenderedFile, RenderedSet
from amlctl.render.rendering import engine_of, render_file

FILES = ("deploy.yml", "pr.yml", "setup.yml")
WAIT_MINUTES = 100
"""How long a step waits for a deployment: the first managed network with a firewall takes over an hour."""
JOB_MINUTES = 240
"""When Azure DevOps ends the job: after both waits. Its default of 60 minutes is less than one."""
_ORDER: dict[Tier, int] = {"dev": 1, "test": 2, "prod": 3}


def render_pipelines(environments: Sequence[Environment], templates: Mapping[str, str]) -> RenderedSet:
    """Render ``pipelines/azure`` from the ``pipeline:`` blocks; an environment without one has no stage.

    Stacks that others use come first, then dev, test and prod. The paths of the origins begin with the environment's
    name. Raises ConfigurationInvalid with the template's line.
    """
    staged = [environment for environment in environments if environment.settings.pipeline is not None]
    if not staged:
        return RenderedSet("pipelines", ())
    context = _context(sorted(staged, key=_place))
    engine = engine_of(templates)
    files: list[RenderedFile] = [render_file(engine, f"pipelines/azure/{name}.j2", name, context) for name in FILES]
    return RenderedSet("pipelines", tuple(files))


def _place(environment: Environment) -> tuple[int, str]:
    stack = environment.settings.workspace is None
    return (0 if stack else _ORDER[environment.tier], environment.name)


def _context(environments: list[Environment]) -> dict[str, Any]:
    stages: list[View] = []
    after = "check"
    for environment in environments:
        assert environment.settings.pipeline is not None
        stage = _stage(environment, environment.settings.pipeline, after)
        after = f"deploy_{stage.symbol}"
        stages.append(stage)
    branches: dict[str, Leaf] = {}
    for environment in environments:
        assert environment.settings.pipeline is not None
        for index, branch in enumerate(environment.settings.pipeline.branches):
            branches.setdefault(branch, Leaf(branch, (environment.name, "pipeline", "branches", index)))
    minutes = View(wait=f"{WAIT_MINUTES}m", job=JOB_MINUTES)
    return {"stages": stages, "branches": list(branches.values()), "pool": stages[0].pool, "minutes": minutes}


def _stage(environment: Environment, pipeline: Pipeline, after: str) -> View:
    path: JsonPath = (environment.name, "pipeline")
    return View(
        name=environment.name,
        symbol=environment.name.replace("-", "_"),
        after=after,
        service_connection=Leaf(pipeline.service_connection, (*path, "service_connection")),
        environment=Leaf(pipeline.environment, (*path, "environment")),
        pool=wrap(pipeline.pool, (*path, "pool")),
        several=len(pipeline.branches) > 1,
        branches=[_branch(branch, (*path, "branches", index)) for index, branch in enumerate(pipeline.branches)],
    )


def _branch(branch: str, path: JsonPath) -> View:
    """A branch as the agent names it; with a star at the end, what its name begins with."""
    return View(text=Leaf("refs/heads/" + branch.removesuffix("*"), path), prefix=branch.endswith("*"))
