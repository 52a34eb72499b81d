"""The endpoint as a background process: one a project folder, found by its port file, guarded by a file lock."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from amlctl.errors import AmlctlError
from amlctl.localarm.tokens import CLIENT_ID, SERVICE_CONNECTION, SUBSCRIPTION_ID, TENANT_ID, Tokens

IDLE_MINUTES = 15.0
START_SECONDS = 20.0
CREDENTIALS = re.compile(r"^(?:AZURE|ARM|AZURESUBSCRIPTION)_|TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY", re.IGNORECASE)
"""Variables that the endpoint is not given: nothing of a real sign-in may lie in a process that outlives us."""


class Endpoint(NamedTuple):
    """A running endpoint and what a client needs: `ca_file` is an absolute path, `token` lives until the next start."""

    url: str
    ca_file: str
    token: str
    tenant_id: str
    client_id: str
    client_secret: str
    subscription_id: str
    port: int

    @property
    def metadata_url(self) -> str:
        """The address of the cloud's metadata document: what ``cloud:`` of an environment file takes."""
        return f"{self.url}/metadata/endpoints?api-version=2022-09-01"


class EndpointFailed(AmlctlError):
    """The endpoint could not be started, or it does not stop."""


def state_home(home: Path | str | None = None) -> Path:
    """Give the folder of all state: `home`, ``$AMLCTL_HOME`` or ``~/.local/state/amlctl``.

    Raises EndpointFailed for a relative one, which would lie in the checkout, and where there is no home.
    """
    chosen = home or os.environ.get("AMLCTL_HOME")
    try:
        folder = Path(chosen).expanduser() if chosen else Path.home() / ".local" / "state" / "amlctl"
    except RuntimeError as error:
        raise _unusable(Path(str(chosen or "~")), str(error)) from error
    if not folder.is_absolute():
        raise _unusable(folder, "it is a relative path, and would lie in the project")
    return folder


def folder_of(project: Path | str, home: Path | str | None = None) -> Path:
    """Give the endpoint's folder of a project; it is made, and only its owner can read it.

    Raises EndpointFailed where it cannot be made.
    """
    path = str(Path(project).resolve())
    name = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    folder = state_home(home).resolve() / "local" / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        note = folder / "project.txt"
        if not note.exists():
            note.write_text(path + "\n", encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from error
    return folder


def _unusable(folder: Path, reason: str) -> EndpointFailed:
    instead = "let AMLCTL_HOME name a folder that you can write to"
    return EndpointFailed(f"the folder of the local endpoint cannot be used: {folder}: {reason}; {instead}")


def start(project: Path | str, home: Path | str | None = None) -> Endpoint:
    """Start the endpoint of a project, or find the one that runs; returns when it answers.

    Raises EndpointFailed when it does not come up within 20 seconds.
    """
    folder = folder_of(project, home)
    found = _awaited(folder, time.monotonic() + START_SECONDS)
    if found is not None:
        return found
    log = folder / "log.txt"
    said = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
    raise EndpointFailed(f"the local ARM endpoint did not start within {START_SECONDS:.0f} s: {said.strip() or folder}")


def _awaited(folder: Path, deadline: float) -> Endpoint | None:
    """Wait for an endpoint that answers, and spawn one whenever none is on its way."""
    child = None
    try:
        while time.monotonic() < deadline:
            found = _running(folder)
            if found is not None and _asked(found, "GET", "/_lab/requests?count=true") is not None:
                return found
            if child is None or child.poll() is not None:
                child = _spawn(folder)
            time.sleep(0.01)
    finally:
        if child is not None and child.returncode is None:
            child.returncode = 0  # it is meant to outlive us: Popen must not warn that it still runs
    return None


def running(project: Path | str, home: Path | str | None = None) -> Endpoint | None:
    """Give the endpoint of a project when one runs."""
    return _running(folder_of(project, home))


def stop(project: Path | str, home: Path | str | None = None) -> bool:
    """Stop the endpoint of a project; says whether one ran. Running deployments go on with the next start."""
    folder = folder_of(project, home)
    found = _running(folder)
    if found is None:
        return False
    _asked(found, "POST", "/_lab/stop")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with _lock(folder) as held:
            if held:
                return True
        time.sleep(0.02)
    raise EndpointFailed(f"the local ARM endpoint at {found.url} does not stop")


def writes(project: Path | str, home: Path | str | None = None) -> int:
    """Say how many requests that change something the running endpoint has taken since its start; 0 when none runs."""
    found = running(project, home)
    answer = _asked(found, "GET", "/_lab/requests?count=true") if found else None
    return int(answer["writes"]) if answer else 0


def reset(project: Path | str, home: Path | str | None = None) -> None:
    """Stop the endpoint and forget everything it held; certificate and identity stay."""
    stop(project, home)
    folder = folder_of(project, home)
    with _lock(folder) as held:
        if not held:
            raise EndpointFailed("the local ARM endpoint was started again while it was being reset")
        for name in ("state.db", "state.db-wal", "state.db-shm", "endpoint.json"):
            (folder / name).unlink(missing_ok=True)


def environment_variables(endpoint: Endpoint, az: bool = False) -> list[tuple[str, str]]:
    """Give the variables for other Azure clients, in order; an empty value means that the variable is to be unset.

    With `az`, ``ARM_CLOUD_METADATA_URL`` is unset: az wants another form of the document than azure-ai-ml.
    """
    metadata = "" if az else f"{endpoint.url}/metadata/endpoints?api-version=2022-09-01"
    return [
        ("ARM_URL", endpoint.url),
        ("ARM_CA", endpoint.ca_file),
        ("ARM_TOKEN", endpoint.token),
        ("AZURE_TENANT_ID", endpoint.tenant_id),
        ("AZURE_CLIENT_ID", endpoint.client_id),
        ("AZURE_CLIENT_SECRET", endpoint.client_secret),
        ("AZURE_SUBSCRIPTION_ID", endpoint.subscription_id),
        ("REQUESTS_CA_BUNDLE", endpoint.ca_file),
        ("SSL_CERT_FILE", endpoint.ca_file),
        ("NO_PROXY", "127.0.0.1,localhost"),
        ("ARM_CLOUD_METADATA_URL", metadata),
        *(_az_variables(endpoint) if az else ()),
    ]


def pipeline_variables(endpoint: Endpoint) -> list[tuple[str, str]]:
    """Give what AzureCLI@2 sets in a job of Azure Pipelines for a service connection with workload identity federation.

    The endpoint plays Azure DevOps, too: it issues the assertion that its own login takes.
    """
    plan = "10ca1000-0000-4000-8000-0000000000ee"
    request_uri = f"{endpoint.url}/_apis/distributedtask/hubs/build/plans/{plan}/jobs/{plan}/oidctoken"
    return [
        ("TF_BUILD", "True"),
        ("AZURESUBSCRIPTION_TENANT_ID", endpoint.tenant_id),
        ("AZURESUBSCRIPTION_CLIENT_ID", endpoint.client_id),
        ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", SERVICE_CONNECTION),
        ("SYSTEM_ACCESSTOKEN", _tokens(endpoint).system_access_token),
        ("SYSTEM_OIDCREQUESTURI", request_uri),
        ("REQUESTS_CA_BUNDLE", endpoint.ca_file),
    ]


def federated_variables(endpoint: Endpoint, token_file: Path) -> list[tuple[str, str]]:
    """Write an assertion of a workload's issuer to a file, and give what WorkloadIdentityCredential reads."""
    from amlctl.localarm.certificate import write_private

    assertion = _tokens(endpoint).assertion(f"{endpoint.url}/workload", "workload", time.time())
    write_private(token_file, assertion.encode())
    return [
        ("AZURE_FEDERATED_TOKEN_FILE", str(token_file)),
        ("AZURE_CLIENT_ID", endpoint.client_id),
        ("AZURE_TENANT_ID", endpoint.tenant_id),
        ("REQUESTS_CA_BUNDLE", endpoint.ca_file),
    ]


def _tokens(endpoint: Endpoint) -> Tokens:
    return Tokens(seed_of(Path(endpoint.ca_file).parent), "")


def _az_variables(endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """Give az a folder of its own, so that neither its cloud nor its sign-in gets mixed with the user's.

    Extensions (``az ml``) are still taken from where the user has them.
    """
    usual = Path(os.environ.get("AZURE_CONFIG_DIR") or Path.home() / ".azure")
    extensions = os.environ.get("AZURE_EXTENSION_DIR") or str(usual / "cliextensions")
    return (
        ("AZURE_CORE_INSTANCE_DISCOVERY", "false"),
        ("AZURE_CONFIG_DIR", str(Path(endpoint.ca_file).parent / "az")),
        ("AZURE_EXTENSION_DIR", extensions),
    )


def az_commands(endpoint: Endpoint) -> list[str]:
    """Give the az lines that sign az in to this endpoint; what an earlier start of it registered is replaced.

    The secret comes from a file that only its owner can read: no list of processes shows it.
    """
    from amlctl.localarm.certificate import write_private

    secret = Path(endpoint.ca_file).parent / "az-secret"
    write_private(secret, endpoint.client_secret.encode())
    who = f"-u {endpoint.client_id} -p {shlex.quote(f'@{secret}')} -t {endpoint.tenant_id}"
    return [
        "az cloud set -n AzureCloud --only-show-errors",
        "az cloud unregister -n AmlctlLocal --only-show-errors 2>/dev/null || true",
        f"az cloud register -n AmlctlLocal --endpoint-resource-manager {endpoint.url}",
        "az cloud set -n AmlctlLocal --only-show-errors",
        f"az login --service-principal {who} --output none",
        f"az account set -s {endpoint.subscription_id}",
    ]


def serve(folder: Path | str, *, idle_minutes: float = IDLE_MINUTES, port: int = 0) -> int:
    """Serve a folder in the foreground until a stop, a signal or idleness; 1 when another one already does."""
    folder = Path(folder)
    with _lock(folder) as held:
        if not held:
            return 1
        (folder / "endpoint.json").unlink(missing_ok=True)
        _serve(folder, idle_minutes, port)
    return 0


def _serve(folder: Path, idle_minutes: float, port: int) -> None:
    import signal

    from amlctl.localarm import server
    from amlctl.localarm.certificate import ensure, write_private
    from amlctl.localarm.opening import open_world

    ca_file, certificate = ensure(folder)
    world = open_world(folder / "state.db", seed_of(folder))
    endpoint = server.Endpoint(world, certificate, port)
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: world.closing.set())
    described = describe(endpoint.url, ca_file, world)
    write_private(folder / "endpoint.json", json.dumps({**described._asdict(), "pid": os.getpid()}).encode())

    def ended() -> bool:
        idle = time.monotonic() - endpoint.last_request > idle_minutes * 60 and not world.busy
        return world.closing.is_set() or idle

    try:
        server.serve_until(endpoint, ended)
    finally:
        world.closing.set()
        (folder / "endpoint.json").unlink(missing_ok=True)
        endpoint.server_close()
        world.store.close()


def describe(url: str, ca_file: Path, world: Any) -> Endpoint:
    """Describe an endpoint for its clients."""
    token = world.tokens.of_start(url, world.clock())
    port = int(url.rpartition(":")[2])
    secret = world.tokens.client_secret
    return Endpoint(url, str(ca_file.resolve()), token, TENANT_ID, CLIENT_ID, secret, SUBSCRIPTION_ID, port)


def seed_of(folder: Path) -> str:
    """Give the folder's secret, made on first use."""
    from amlctl.localarm.certificate import write_private

    path = folder / "seed"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii")
    write_private(path, secrets.token_hex(32).encode())
    return path.read_text(encoding="ascii")


def _running(folder: Path) -> Endpoint | None:
    try:
        described = json.loads((folder / "endpoint.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    with _lock(folder) as held:
        if held:
            return None
    described.pop("pid", None)
    return Endpoint(**described)


def _spawn(folder: Path) -> subprocess.Popen[bytes]:
    package_root = str(Path(__file__).resolve().parents[2])
    environment = {
        **{name: value for name, value in os.environ.items() if not CREDENTIALS.search(name)},
        "PYTHONPATH": os.pathsep.join(filter(None, [package_root, os.environ.get("PYTHONPATH")])),
    }
    detached: dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        detached = {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  (our own module and folder)
            [sys.executable, "-m", "amlctl.localarm", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=str(folder),
            env=environment,
            **detached,
        )


def _asked(endpoint: Endpoint, method: str, path: str) -> dict[str, Any] | None:
    """Ask the endpoint itself for something; None when it does not answer (any more)."""
    import http.client
    import ssl

    context = ssl.create_default_context(cafile=endpoint.ca_file)
    connection = http.client.HTTPSConnection("127.0.0.1", endpoint.port, context=context, timeout=10)
    with contextlib.suppress(OSError, ValueError, http.client.HTTPException), contextlib.closing(connection):
        connection.request(method, path, headers={"Authorization": f"Bearer {endpoint.token}"})
        response = connection.getresponse()
        found = json.loads(response.read())
        return dict(found) if response.status == 200 else None
    return None


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Try to hold the folder's lock; gives whether it is held. The system frees it when the process ends."""
    with (folder / "lock").open("a+b") as file:
        held = _try_lock(file)
        try:
            yield held
        finally:
            if held:
                _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
