"""``plan --against REF``: what a deployment would change compared with what another commit renders. Nothing is read.

The template of the other commit is its committed ``infra/<env>/main.json``. It stands for what is deployed, as the
target branch of a pull request does; git is asked for it, and for nothing else.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from amlctl.app.build import Built, build
from amlctl.app.causes import causes
from amlctl.app.predict import Planned, evaluated, request_of
from amlctl.app.project import Project, load_all, stacks, templates
from amlctl.arm.values import Resource, Unknown
from amlctl.diagnostics import Finding
from amlctl.errors import UsageWrong
from amlctl.plan import compare

if TYPE_CHECKING:
    from amlctl.arm.values import DesiredState

REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/@^~{}-]{0,200}")
SECONDS = 60


def plan_against(project: Project, wanted: Sequence[str], ref: str) -> list[Planned]:
    """Plan environments against a commit. Raises UsageWrong if there is no git, or no such commit."""
    commit = _commit(project, ref)
    sources = templates(project)
    ordered = {stack.name: stack for environment in load_all(project, wanted) for stack in stacks(environment)}
    return [_one(project, build(stack, sources, trace=True), commit, ref) for stack in ordered.values()]


def left_behind(project: Project, ref: str) -> list[Finding]:
    """Name environments that the commit has rendered and that are gone: what they deployed stays in Azure."""
    from amlctl.app.project import names

    listed = _git(project, "ls-tree", "-d", "--name-only", _commit(project, ref), "infra/")
    there = {line.rpartition("/")[2] for line in listed.splitlines()}
    return [
        Finding(
            "warning",
            "AML408",
            f"the environment {name} is gone; what it deployed stays until it is deleted",
            None,
            f"infra/{name} at {ref}",
        )
        for name in sorted(there - set(names(project, ())))
    ]


def _one(project: Project, built: Built, commit: str, ref: str) -> Planned:
    request = request_of(built, ())
    desired = _named(evaluated(request, built.environment, None, None))
    before = _before(project, built, commit)
    live = {str(one.id).lower(): _document(one) for one in before.resources} if before else {}
    documents: dict[str, Any] = {str(one.id).lower(): None for one in desired.resources} | live
    plan = compare(
        desired,
        before,
        documents,
        causes(built),
        environment=built.environment.name,
        target="not signed in",
        compared_with=f"what {ref} renders",
    )
    return Planned(built, request, plan, None)


def _before(project: Project, built: Built, commit: str) -> DesiredState | None:
    """What the commit's template evaluates to; None if it has none."""
    path = f"infra/{built.environment.name}/main.json"
    if not _git(project, "ls-tree", "--name-only", commit, path).strip():
        return None
    try:
        template = json.loads(_git(project, "show", f"{commit}:{path}"))
    except ValueError as error:
        raise UsageWrong(f"{path} of {commit[:12]} is no template: {error}") from error
    return _named(evaluated(request_of(built, ())._replace(template=template), built.environment, None, None))


def _document(resource: Resource) -> dict[str, Any]:
    return {"name": resource.name, **resource.body}


def _named(desired: DesiredState) -> DesiredState:
    """Give a resource whose id only ARM can know the text of its expression for an id: equal texts are equal ids."""
    return desired._replace(resources=tuple(map(_with_text, desired.resources)))


def _with_text(resource: Resource) -> Resource:
    if not isinstance(resource.id, Unknown):
        return resource
    text = resource.id.text.replace("/", "|")
    name = resource.name.text if isinstance(resource.name, Unknown) else resource.name
    return resource._replace(id=f"{resource.scope}/providers/{resource.type}/{text}", name=name)


def _commit(project: Project, ref: str) -> str:
    if not REF.fullmatch(ref):
        raise UsageWrong(f"--against takes a branch, tag or commit, not {ref[:60]!a}")
    return _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", ref=ref).strip()


def _git(project: Project, *arguments: str, ref: str = "") -> str:
    """Ask git one question. Raises UsageWrong with what is wrong: no git, no repository, no such commit."""
    command = ["git", "-C", str(project.root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except FileNotFoundError as error:
        message = "--against needs git, which is not installed"
        raise UsageWrong(message) from error
    except subprocess.TimeoutExpired as error:
        raise UsageWrong(f"--against: git did not answer within {SECONDS} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else f"there is no commit {ref}; fetch it first"
        raise UsageWrong(f"--against: {why}")
    return done.stdout.decode("utf-8", "replace")
