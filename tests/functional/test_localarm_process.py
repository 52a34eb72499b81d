"""The endpoint as a process: it starts fast, survives a kill, lets no stranger in, and ends by itself."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amlctl import localarm
from amlctl.environment import naming
from amlctl.localarm import Endpoint, process, tokens

VERSION = "?api-version=2024-11-01"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder with a state home of its own."""
    monkeypatch.setenv("AMLCTL_HOME", str(tmp_path / "home"))
    root = tmp_path / "project"
    root.mkdir()
    yield root
    localarm.stop(root)


def call(endpoint: Endpoint, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """One request; the headers given stand over the usual ones."""
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    connection = http.client.HTTPSConnection("127.0.0.1", endpoint.port, context=context, timeout=10)
    try:
        sent = {"Authorization": f"Bearer {endpoint.token}", **headers}
        connection.request(method, path, None if body is None else json.dumps(body).encode(), sent)
        response = connection.getresponse()
        data = response.read()
        return response.status, json.loads(data) if data else None
    finally:
        connection.close()


def group(endpoint: Endpoint, name: str) -> str:
    """The path of a group."""
    return f"/subscriptions/{endpoint.subscription_id}/resourceGroups/{name}{VERSION}"


def test_it_starts_once_and_stops(project: Path) -> None:
    """Starting is well under a second; a second start finds the first; nothing is written into the project."""
    started = time.monotonic()
    first = localarm.start(project)
    took = time.monotonic() - started

    assert took < 3
    assert localarm.start(project) == first == localarm.running(project)
    assert call(first, "PUT", group(first, "rg1"), {"location": "westeurope"})[0] == 201
    assert localarm.writes(project) == 1
    assert localarm.stop(project)
    assert localarm.running(project) is None
    assert not localarm.stop(project)
    assert list(project.iterdir()) == []


def test_ten_starters_get_one_endpoint(project: Path) -> None:
    found: list[Endpoint] = []
    threads = [threading.Thread(target=lambda: found.append(localarm.start(project))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(found) == 10
    assert len({(one.port, one.token) for one in found}) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_killed_endpoint_comes_back_with_every_acknowledged_write(project: Path) -> None:
    """A few rounds here; the README tells of 500."""
    names: list[str] = []
    for turn in range(4):
        endpoint = localarm.start(project)
        name = f"rg{turn}"
        assert call(endpoint, "PUT", group(endpoint, name), {"location": "westeurope"})[0] == 201
        names.append(name)
        described = json.loads((process.folder_of(project) / "endpoint.json").read_text())
        os.kill(described["pid"], signal.SIGKILL)
    endpoint = localarm.start(project)
    listed = call(endpoint, "GET", f"/subscriptions/{endpoint.subscription_id}/resourcegroups{VERSION}")[1]

    assert [one["name"] for one in listed["value"]] == names


def test_reset_forgets_everything_but_who_it_is(project: Path) -> None:
    first = localarm.start(project)
    call(first, "PUT", group(first, "rg1"), {"location": "westeurope"})
    localarm.reset(project)
    second = localarm.start(project)

    assert call(second, "GET", group(second, "rg1"))[0] == 404
    assert Path(second.ca_file).read_bytes()
    assert second.client_secret == first.client_secret
    assert second.token != first.token
    assert call(second, "GET", group(second, "rg1"), Authorization=f"Bearer {first.token}")[0] == 401


def test_only_the_owner_can_read_its_files(project: Path) -> None:
    localarm.start(project)
    folder = process.folder_of(project)

    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "seed", folder / "server.pem"))


def raw(endpoint: Endpoint, data: bytes, wait: float = 10) -> bytes:
    """Send bytes over TLS and read what comes back until the end."""
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    with (
        socket.create_connection(("127.0.0.1", endpoint.port), timeout=wait) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
    ):
        secured.sendall(data)
        found = b""
        try:
            while chunk := secured.recv(65536):
                found += chunk
        except OSError:
            pass
        return found


def request(endpoint: Endpoint, line: str, *headers: str) -> bytes:
    """A request as bytes, with host and token."""
    lines = [line, f"Host: 127.0.0.1:{endpoint.port}", f"Authorization: Bearer {endpoint.token}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode()


def test_hostile_clients_are_refused_and_disturb_nobody(project: Path) -> None:
    """Fault 58: each gets its status, and a silent or slow one costs nobody else a moment."""
    endpoint = localarm.start(project)
    good = group(endpoint, "rg1")
    silent = socket.create_connection(("127.0.0.1", endpoint.port))
    slow = socket.create_connection(("127.0.0.1", endpoint.port))
    slow.sendall(b"\x16\x03\x01")
    attacks = {
        b"413": request(endpoint, f"PUT {good} HTTP/1.1", "Content-Length: 1073741824"),
        b"411": request(endpoint, f"PUT {good} HTTP/1.1", "Transfer-Encoding: chunked"),
        b"400": request(endpoint, "GET /subscriptions/../etc/passwd?api-version=2024-11-01 HTTP/1.1"),
        b"400 ": request(endpoint, "GET /subscriptions/%2e%2e/x?api-version=2024-11-01 HTTP/1.1"),
        b"400  ": request(endpoint, f"PUT {good} HTTP/1.1", "Content-Length: -1"),
        b"431": request(endpoint, f"GET {good} HTTP/1.1", *(f"X-{n}: y" for n in range(500))),
        b"401": request(endpoint, f"GET {good} HTTP/1.1").replace(b"Bearer ", b"Bearer x"),
        b"421": request(endpoint, f"GET {good} HTTP/1.1").replace(b"Host: 127.0.0.1", b"Host: evil.example"),
    }
    try:
        for status, data in attacks.items():
            answer = raw(endpoint, data)
            assert answer[9:12] == status.strip(), (status, answer[:80])
        assert raw(endpoint, b"GARBAGE\r\n\r\n")[9:12] == b"400"
        assert raw(endpoint, b"G" * 70_000 + b"\r\n\r\n")[9:12] in (b"413", b"414", b"")
        deep = call(endpoint, "PUT", good, None, **{"Content-Length": "0"})
        assert deep[0] == 400
        started = time.monotonic()
        assert call(endpoint, "PUT", good, {"location": "westeurope"})[0] == 201
        assert time.monotonic() - started < 2
    finally:
        silent.close()
        slow.close()


def test_it_ends_when_nobody_asks(tmp_path: Path) -> None:
    """The process ends by itself after a time without a request."""
    folder = tmp_path / "state"
    folder.mkdir()
    code: list[int] = []
    thread = threading.Thread(target=lambda: code.append(_serve(folder)))
    thread.start()
    thread.join(10)

    assert code == [0]
    assert not (folder / "endpoint.json").exists()


def _serve(folder: Path) -> int:
    """Serve with an idle time of a tenth of a second, on a thread (where signals cannot be caught)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "signal", lambda *_: None)
        return process.serve(folder, idle_minutes=0.1 / 60)


def test_local_means_the_same_ids_everywhere() -> None:
    """The names of an environment are derived from the subscription id that the endpoint answers for."""
    assert (tokens.SUBSCRIPTION_ID, tokens.TENANT_ID) == (naming.LOCAL_SUBSCRIPTION, naming.LOCAL_TENANT)


def test_the_variables_of_a_foreign_client(project: Path) -> None:
    """Those of clients.md section 2; az wants another metadata document than azure-ai-ml."""
    endpoint = localarm.start(project)
    plain, az = (dict(localarm.environment_variables(endpoint, az=flag)) for flag in (False, True))

    assert plain["ARM_URL"] == endpoint.url
    assert Path(plain["ARM_CA"]).is_absolute()
    assert plain["ARM_CLOUD_METADATA_URL"].startswith(endpoint.url)
    assert az["ARM_CLOUD_METADATA_URL"] == ""
    assert az["AZURE_CORE_INSTANCE_DISCOVERY"] == "false"


def test_az_gets_a_folder_of_its_own_and_no_secret_on_its_command_line(project: Path) -> None:
    """The user's own cloud and sign-in are left alone, and a list of processes shows nothing."""
    endpoint = localarm.start(project)
    variables = dict(localarm.environment_variables(endpoint, az=True))
    lines = localarm.az_commands(endpoint)
    folder = Path(endpoint.ca_file).parent

    assert Path(variables["AZURE_CONFIG_DIR"]) == folder / "az"
    assert not any(endpoint.client_secret in line for line in lines)
    assert f"@{folder / 'az-secret'}" in " ".join(lines)
    assert (folder / "az-secret").read_text(encoding="ascii") == endpoint.client_secret
    assert os.name == "nt" or (folder / "az-secret").stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("home", ["relative", "/dev/null/x", "~nobody-of-that-name/x"])
def test_a_home_that_cannot_be_used_is_named(home: str, tmp_path: Path) -> None:
    """Row 79 of the bad inputs: it says which folder, and nothing is written anywhere else."""
    with pytest.raises(localarm.EndpointFailed, match="AMLCTL_HOME"):
        localarm.start(tmp_path, home)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_the_endpoint_is_given_nothing_of_a_real_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It outlives the command that starts it, and shows no secret to a list of processes either."""
    for name in ("AMLCTL_ACCESS_TOKEN", "AZURE_CLIENT_SECRET", "SYSTEM_ACCESSTOKEN", "MY_PASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    endpoint = localarm.start(tmp_path, tmp_path / "home")
    try:
        described = json.loads((Path(endpoint.ca_file).parent / "endpoint.json").read_text(encoding="utf-8"))
        process_folder = Path("/proc") / str(described["pid"])
        seen = (process_folder / "environ").read_bytes() + (process_folder / "cmdline").read_bytes()
    finally:
        localarm.stop(tmp_path, tmp_path / "home")

    assert b"hunter2" not in seen
    assert endpoint.token.encode() not in seen
    assert endpoint.client_secret.encode() not in seen
