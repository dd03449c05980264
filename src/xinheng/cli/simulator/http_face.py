"""The simulator over HTTP; a time-out is a connection that ends without an answer."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from xinheng.cli.simulator.faces import HOST, Shared

LONGEST_BODY = 200_000_000


class Server(ThreadingHTTPServer):
    """The server, bound to loopback; the port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, shared: Shared, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.shared = shared

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server_port}/upper"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        """Tell the header of a dataset."""
        dataset = self.path.rpartition("/")[2]
        try:
            titles = self.server.shared.platform.template(dataset)
        except KeyError:
            self._say(404, b"{}")
            return
        self._say(200, json.dumps({"columns": titles}, ensure_ascii=False).encode())

    def do_POST(self) -> None:
        """Take a package, or tell what is held."""
        body = self._body()
        if self.path.endswith("/packages"):
            self._take(body)
        elif self.path.endswith("/states"):
            asked = _asked(body)
            self._say(200, self.server.shared.states(*asked))
        else:
            self._say(404, b"{}")

    def _take(self, body: bytes) -> None:
        answer = self.server.shared.deliver(
            body,
            package=self.headers.get("x-package", ""),
            dataset=self.headers.get("x-dataset", ""),
        )
        if answer is None:
            self.close_connection = True
            return
        self._say(200, answer)

    def _body(self) -> bytes:
        try:
            length = int(self.headers.get("content-length", "0"))
        except ValueError:
            length = 0
        return self.rfile.read(min(max(length, 0), LONGEST_BODY))

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: what is sent holds records."""


def _asked(body: bytes) -> tuple[str, list[str]]:
    try:
        said = json.loads(body)
        return str(said["dataset"]), [str(each) for each in said["keys"]]
    except (ValueError, KeyError, TypeError):
        return "", []
