"""The loopback ARM endpoint: https on 127.0.0.1, real clients, state that survives a kill.

In: requests of real Azure clients (the SDKs, az, azure-ai-ml, our own deployer) and a folder of state under
``$AMLCTL_HOME``. Out: what Azure Resource Manager would answer, as recorded traffic shows it. It never listens on
anything but the loopback, answers nobody without a token of its own, and writes nothing into a checkout.

    start(project, home=None) -> Endpoint     starts a background process if none runs; returns when it answers
    running(project, home=None) -> Endpoint | None
    stop(project, home=None) -> bool          reset(project, home=None) -> None
    writes(project, home=None) -> int         changing requests since the start
    serve(folder) -> int                      the foreground, what ``python -m amlctl.localarm FOLDER`` runs
    environment_variables(endpoint, az=False) -> [(name, value)]; an empty value means: unset
    pipeline_variables(endpoint) -> [(name, value)]     what a job of Azure Pipelines has for its service connection
    federated_variables(endpoint, file) -> [(name, value)]     what a workload with a token file has
    az_commands(endpoint) -> [line]           the lines that sign az in
    in_process(folder, clock=…, pace=…)       context manager (Endpoint, World): a server on a thread, for tests
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amlctl.localarm.opening import in_process as in_process
    from amlctl.localarm.process import (
        Endpoint as Endpoint,
    )
    from amlctl.localarm.process import (
        EndpointFailed as EndpointFailed,
    )
    from amlctl.localarm.process import (
        az_commands as az_commands,
    )
    from amlctl.localarm.process import (
        environment_variables as environment_variables,
    )
    from amlctl.localarm.process import (
        federated_variables as federated_variables,
    )
    from amlctl.localarm.process import (
        pipeline_variables as pipeline_variables,
    )
    from amlctl.localarm.process import (
        reset as reset,
    )
    from amlctl.localarm.process import (
        running as running,
    )
    from amlctl.localarm.process import (
        serve as serve,
    )
    from amlctl.localarm.process import (
        start as start,
    )
    from amlctl.localarm.process import (
        stop as stop,
    )
    from amlctl.localarm.process import (
        writes as writes,
    )

_PROCESS = (
    "Endpoint",
    "EndpointFailed",
    "az_commands",
    "environment_variables",
    "federated_variables",
    "pipeline_variables",
    "reset",
    "running",
    "serve",
    "start",
    "stop",
    "writes",
)


def __getattr__(name: str) -> Any:
    """Load a verb when it is asked for."""
    if name in _PROCESS:
        from amlctl.localarm import process

        return getattr(process, name)
    if name == "in_process":
        from amlctl.localarm import opening

        return opening.in_process
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
