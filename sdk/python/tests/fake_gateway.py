"""A gateway that answers what a test tells it, over real sockets."""

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LISTED = {"capabilities": [{"name": "process.run", "description": None, "executable": True}]}


class FakeGateway:
    """`answers` is asked with method, params and headers, and gives a `Reply` or a result."""

    def __init__(self, answers: Callable, port: int = 0):
        self.answers = answers
        self.calls: list[tuple[str, dict]] = []
        self.headers: list[dict[str, str]] = []
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.gateway = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._server.cut_all()
        self._thread.join()

    def reply(self, body: bytes, headers: dict[str, str]) -> "Reply":
        call = json.loads(body)
        self.calls.append((call["method"], call["params"]))
        self.headers.append(headers)
        given = LISTED if call["method"] == "capabilities.list" else self.answers(call["method"], call["params"])
        return given if isinstance(given, Reply) else Reply.result(given)


class Reply:
    """What is written to the socket; `cut` closes it instead."""

    def __init__(self, status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None, cut: bool = False):
        self.status, self.body, self.headers, self.cut = status, body, headers or {}, cut

    @classmethod
    def result(cls, value) -> "Reply":
        return cls(body=json.dumps({"jsonrpc": "2.0", "id": 1, "result": value}).encode())

    @classmethod
    def error(cls, code: int, kind: str, status: int = 200, **data) -> "Reply":
        error = {"code": code, "message": "a sentence", "data": {"kind": kind, **data}}
        return cls(status, json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *arguments):
        self._sockets: list[socket.socket] = []
        super().__init__(*arguments)

    def process_request(self, request, client_address):
        self._sockets.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        # Clients that are cut off, or hang up, are what the tests are about.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def cut_all(self):
        for each in self._sockets:
            _cut(each)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.gateway.reply(body, {**headers, ":path": self.path})
        if reply.cut:
            self.close_connection = True
            _cut(self.connection)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_):
        pass


def _cut(connection: socket.socket):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
