"""The HTTP server of the preview: read-only, for this machine's user, and never cached by browsers."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import socketserver
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

from kpigen.diagnostics.diagnostic import Diagnostic
from kpigen.site.preview.responses import EVENTS, Response, answer
from kpigen.site.preview.session import Session

#: As strict as on a real server, so that a page that needs more fails here first.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

#: After this many seconds without news, send the browser a message, to notice if it has left.
_HEARTBEAT = 10.0

#: Seconds after which an idle connection is closed.
_PATIENCE = 15.0


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves a preview. `tell` is called with each problem that appears only when a page is requested."""

    allow_reuse_address = os.name != "nt"  # on Windows this would let a second server take the same port
    daemon_threads = False  # `close` waits for them

    def __init__(self, session: Session, host: str, port: int, tell: Callable[[Diagnostic], None]) -> None:
        """Bind to the address. Raise OSError if it is unavailable."""
        self.session, self.host, self.tell = session, host, tell
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        self.address_family = family
        super().__init__(address, _Handler)  # type: ignore[arg-type]

    @property
    def address(self) -> str:
        """The URL for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_address[1]}/"

    def knows(self, host: str) -> bool:
        """Return True if a request's host is this server. Otherwise a foreign site may point its name here (DNS rebinding).

        A name must be `localhost` or the configured host. Addresses are safe, because they cannot be rebound.
        """
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
        except ValueError:
            return False
        if name in ("localhost", self.host.lower()):
            return True
        with contextlib.suppress(ValueError):
            asked = ipaddress.ip_address(name)
            return asked.is_loopback or not is_loopback(self.host)
        return False

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a separate thread, and remember the connection while it is open."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error: the browser has disconnected. Other errors are answered with status 500."""

    def close(self) -> None:
        """End all connections and wait for their threads. Call it after `serve_forever` has returned."""
        self.session.close()
        with self._lock:
            for request in self._open:
                with contextlib.suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
        self.server_close()


def is_loopback(host: str) -> bool:
    """Return True if a host name or address is reachable only from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def evidence_headers(name: str) -> dict[str, str]:
    """Return the headers for an evidence file: a browser saves it, and would run nothing of it if it did not.

    >>> evidence_headers("回访.csv")["Content-Disposition"]
    "attachment; filename*=UTF-8''%E5%9B%9E%E8%AE%BF.csv"
    """
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "kpigen", ""
    timeout = _PATIENCE

    def do_GET(self) -> None:  # the name is http.server's
        self._respond(with_body=True)

    def do_HEAD(self) -> None:  # the name is http.server's
        self._respond(with_body=False)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is http.server's
        """Log nothing: the terminal is for problems."""

    def _refuse(self) -> None:
        text = b"The preview can only be read.\n"
        self._send(Response(405, "text/plain; charset=utf-8", text), True, {"Allow": "GET, HEAD"})

    def _respond(self, with_body: bool) -> None:
        if not self.server.knows(self.headers.get("Host", "")):
            text = b"This preview is not meant for the name in the address; open it as it stands in the terminal.\n"
            self._send(Response(403, "text/plain; charset=utf-8", text), with_body)
        elif urlsplit(self.path).path == EVENTS and with_body:
            self._events()
        else:
            made = self._answer()
            if made.broken is not None:
                self.server.tell(made.broken)
            self._send(made, with_body)

    def _answer(self) -> Response:
        try:
            return answer(self.server.session, self.path)
        except Exception as error:  # if one page fails, the server must still serve the others
            text = f"This page cannot be shown: {type(error).__name__}: {error}\n"
            return Response(500, "text/plain; charset=utf-8", text.encode())

    def _send(self, made: Response, with_body: bool, more: dict[str, str] | None = None) -> None:
        self.send_response(made.status)
        self.send_header("Content-Type", made.type)
        self.send_header("Content-Length", str(len(made.body)))
        self._common_headers()
        if made.evidence:
            more = {**(more or {}), **evidence_headers(made.evidence)}
        elif made.type != "application/pdf":  # the browser's PDF viewer uses its own styles
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        if made.location:
            self.send_header("Location", made.location)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(made.body)

    def _common_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")

    def _events(self) -> None:
        """Send the browser the current number now and after each change, until either side ends."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self._common_headers()
        self.end_headers()
        seen: int | None = self.server.session.shown.number
        self.wfile.write(f"retry: 500\ndata: {seen}\n\n".encode())
        while seen is not None:
            number = self.server.session.wait(seen, _HEARTBEAT)
            if number is not None:
                self.wfile.write(f"data: {number}\n\n".encode() if number != seen else b":\n\n")
            seen = number
