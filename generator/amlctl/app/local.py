"""``amlctl local``: the loopback ARM endpoint of a project."""

from __future__ import annotations

from amlctl.app.project import Project


def start(project: Project) -> str:
    """Start the endpoint where it does not run; the address is returned."""
    from amlctl import localarm

    return localarm.start(project.root).url


def stop(project: Project) -> bool:
    """Stop the endpoint; what was deployed to it is kept. Tells whether one was running."""
    from amlctl import localarm

    return localarm.stop(project.root)


def reset(project: Project) -> None:
    """Stop the endpoint and forget everything that was deployed to it."""
    from amlctl import localarm

    localarm.reset(project.root)


def variables(project: Project, *, az: bool = False) -> list[tuple[str, str]]:
    """List the environment variables for other Azure clients; an empty value means: unset it."""
    from amlctl import localarm

    return localarm.environment_variables(localarm.start(project.root), az=az)


def az_lines(project: Project) -> list[str]:
    """List the commands that sign the Azure CLI in to the endpoint."""
    from amlctl import localarm

    return localarm.az_commands(localarm.start(project.root))
