"""The https server: sockets, limits and deadlines; everything else is in pipeline.py.

Loopback only. A client that is slow, silent, too big or too deep costs one thread until its deadline and nobody else
anything.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from amlctl.localarm import faults, pipeline
from amlctl.localarm.ids import normalise
from amlctl.localarm.refusals import Refused
from amlctl.localarm.wire import Request, Response, refusal
from amlctl.localarm.world import World

IDLE_SECONDS = 120.0
HEADER_SECONDS = 15.0
BODY_SECONDS = 60.0
MAX_CONNECTIONS = 600


class Endpoint(ThreadingHTTPServer):
    """The listening socket, one thread a connection, and the deadlines of those that read."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512
    allow_reuse_address = True

    def __init__(self, world: World, certificate: Path, port: int = 0) -> None:
        self.world = world
        self.last_request = time.monotonic()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.load_cert_chain(certificate)
        self._reading: dict[int, tuple[float, socket.socket]] = {}
        self._slots = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def url(self) -> str:
        """The endpoint's address."""
        return f"https://127.0.0.1:{self.server_address[1]}"

    def server_bind(self) -> None:
        """Bind without a name look-up."""
        import socketserver

        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection on a thread of its own, while there are fewer than the limit."""
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Shake hands on the connection's own thread, so that a silent client stops nobody."""
        try:
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            request.settimeout(HEADER_SECONDS)
            with self.deadline(request, HEADER_SECONDS):
                secured = self._context.wrap_socket(request, server_side=True)
        except (OSError, ValueError):
            self.shutdown_request(request)
            self._slots.release()
            return
        try:
            super().process_request_thread(secured, client_address)
        finally:
            self._slots.release()

    @contextlib.contextmanager
    def deadline(self, connection: socket.socket, seconds: float) -> Any:
        """Close a connection that is still reading when its time is up."""
        key = threading.get_ident()
        self._reading[key] = (time.monotonic() + seconds, connection)
        try:
            yield
        finally:
            self._reading.pop(key, None)

    def service_actions(self) -> None:
        """Close what reads for too long; called twice a second by the accepting thread."""
        now = time.monotonic()
        for until, connection in list(self._reading.values()):
            if now > until:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke."""


class Handler(BaseHTTPRequestHandler):
    """One connection: reads requests with limits, hands them to the pipeline, writes answers in one piece."""

    protocol_version = "HTTP/1.1"
    server: Endpoint
    timeout = IDLE_SECONDS

    def handle_one_request(self) -> None:
        """Read one request and answer it; anything wrong with the connection ends it."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            with self.server.deadline(self.connection, HEADER_SECONDS):
                if not self._parsed():
                    return
            with self.server.deadline(self.connection, BODY_SECONDS):
                request = self._request()
            if request is not None:
                self.server.last_request = time.monotonic()
                self._serve(request)
        except (OSError, ValueError, faults.Dropped):
            self.close_connection = True

    def _parsed(self) -> bool:
        if not self.raw_requestline:
            self.close_connection = True
            return False
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self._refuse(413, "RequestUriTooLong", "The request line is too long.")
            return False
        return self.parse_request()

    def _request(self) -> Request | None:
        """Build the request; None where it was refused already."""
        if "transfer-encoding" in self.headers:
            self._refuse(411, "LengthRequired", "A Content-Length is needed.")
            return None
        length = self.headers.get("content-length", "0")
        if not length.isdecimal():
            self._refuse(400, "InvalidContentLength", "The Content-Length is no number.")
            return None
        if int(length) > pipeline.MAX_BODY:
            message = f"The request content size exceeds the maximum size of {pipeline.MAX_BODY} bytes."
            self._refuse(413, "RequestContentTooLarge", message)
            return None
        parts = urlsplit("//host" + self.path if self.path.startswith("/") else self.path)
        try:
            path = normalise(parts.path)
        except ValueError:
            self._refuse(400, "InvalidRequestUri", "The path holds '..', a control character or bad escapes.")
            return None
        body = self.rfile.read(int(length))
        query = {key.lower(): value for key, value in parse_qsl(parts.query, keep_blank_values=True)}
        headers = {key.lower(): value for key, value in self.headers.items()}
        host = headers.get("host", "")
        base = f"https://{host if host.startswith('localhost:') else self.server.url.removeprefix('https://')}"
        return Request(self.command, path, query, headers, body, base)

    def _serve(self, request: Request) -> None:
        try:
            response = pipeline.answer(self.server.world, request)
        except faults.Cut as cut:
            self._write(cut.response, cut.size)
            self.close_connection = True
            return
        except faults.Dropped:
            raise
        except Exception as fault:  # noqa: BLE001  (one bad request must not end the endpoint; the client gets a 500)
            response = _internal(fault)
        self._write(response)

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Refuse a request that was not read whole; the connection ends with it."""
        self.close_connection = True
        self._write(refusal(Refused(status, code, message)))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what http.server itself refuses in ARM's shape."""
        self._refuse(int(code), "BadRequest", message or "The request could not be read.")

    def _write(self, response: Response, size: int | None = None) -> None:
        """Write an answer in one piece; `size` cuts the body short."""
        data = response.encoded()
        status = int(response.status)
        lines = [f"HTTP/1.1 {status} {self.responses.get(status, ('Status',))[0]}"]
        lines += [f"{key}: {value}" for key, value in response.headers]
        lines.append(f"Date: {self.date_time_string()}")
        if status != 204:
            lines += [f"Content-Type: {response.content_type}", f"Content-Length: {len(data)}"]
        if self.close_connection:
            lines.append("Connection: close")
        if self.command == "HEAD" or status == 204:
            data = b""
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        self.wfile.write(head + (data if size is None else data[:size]))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: the endpoint has no console."""


def _internal(fault: Exception) -> Response:
    """Answer a fault of ours; its kind is named, its text may hold what was sent and stays here."""
    import traceback

    last = traceback.extract_tb(fault.__traceback__)[-1]
    message = f"The local endpoint failed: {type(fault).__name__} in {Path(last.filename).name}:{last.lineno}."
    return Response(500, {"error": {"code": "InternalServerError", "message": message}})


def serve_until(endpoint: Endpoint, ended: Callable[[], bool]) -> None:
    """Serve until `ended` says so; asked every quarter of a second."""

    def watch() -> None:
        while not ended():
            time.sleep(0.05)
        endpoint.shutdown()

    threading.Thread(target=watch, daemon=True).start()
    endpoint.serve_forever(poll_interval=0.2)
