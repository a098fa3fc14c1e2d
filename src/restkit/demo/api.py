"""Api: the lending library on a loopback socket, by the standard library's server."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any, ClassVar, Self, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from typing_extensions import override

from restkit.demo.door import REFUSED, Door
from restkit.demo.lending import Lending
from restkit.demo.routes import Question, Reply, answer
from restkit.demo.trouble import TROUBLES, Trouble, Troubles

POLL = 0.02
"""Seconds between the server's looks at whether it is to end."""
TOKENS = "/token"
"""Where tokens are given."""
LATE = 0.5
"""Seconds that a request may take from the client to our notes."""


class Api:
    """The embedded API: listens while it is used in a `with`, on a port of its choosing, and notes what it received.

    `troubles` are what becomes of its first answers, and `door` lets in whoever has a token; without one anybody may
    come.
    """

    def __init__(self, troubles: Troubles = TROUBLES, door: Door | None = None) -> None:
        self.door: Door | None = door
        self.received: list[str] = []
        """Each request, such as `GET /books/1`."""
        self._lending, self._trouble = Lending(), Trouble(troubles)
        self._lock = threading.Lock()
        self._noted = threading.Condition()
        self._ending = threading.Event()
        self._server = Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def note(self, request: str) -> str:
        """Note a request, and answer its id."""
        with self._noted:
            self.received.append(request)
            self._noted.notify_all()
            return f"request-{len(self.received)}"

    def received_since(self, mark: int, count: int) -> list[str]:
        """What has come after the first `mark` requests; waits a little for at least `count`."""
        with self._noted:
            _ = self._noted.wait_for(lambda: len(self.received) >= mark + count, LATE)
            return self.received[mark:]

    def answer(self, question: Question) -> Reply:
        """What the library answers."""
        with self._lock:
            return self._trouble.upon(question, answer(self._lending, question))

    def pause(self, seconds: float) -> None:
        """Let an answer take its time, or what is left of it when the API ends."""
        _ = self._ending.wait(seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Server(ThreadingTCPServer):
    """A thread for each connection. Not `HTTPServer`, which looks up the name of its address first."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], api: Api) -> None:
        self.api = api
        super().__init__(address, Connection)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a connection that broke is the client's to report."""


class Connection(BaseHTTPRequestHandler):
    """One connection, kept alive (HTTP/1.1)."""

    protocol_version = "HTTP/1.1"
    timeout: ClassVar[float | None] = 10.0
    wbufsize = -1
    disable_nagle_algorithm = True

    def answer(self) -> None:
        """Answer one request, of any method."""
        api = cast("Server", self.server).api  # what else would serve it
        request_id, reply = self._reply(api)
        api.pause(reply.pause)
        if reply.drops:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("X-Request-Id", request_id)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status == HTTPStatus.NO_CONTENT:
            self.end_headers()
        elif reply.lines is None:
            self._send_whole(reply.media_type, json.dumps(reply.body).encode())
        else:
            self._send_lines(reply.media_type, reply.lines)

    def _reply(self, api: Api) -> tuple[str, Reply]:
        """What is answered, and to which request. Those for tokens are not counted: nobody knows when they come."""
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        shown = self.headers.get("Authorization", "")
        if api.door is not None and self.path == TOKENS:
            return "token", api.door.token(shown)
        request_id = api.note(f"{self.command} {self.path}")
        number = 0 if api.door is None else api.door.number(shown)
        if number is None:
            return request_id, Reply(HTTPStatus.UNAUTHORIZED, {"title": "Unauthorized"}, headers=REFUSED)
        return request_id, api.answer(self._question(api, content, number))

    def _question(self, api: Api, content: bytes, token: int) -> Question:
        target = urlsplit(self.path)
        return Question(
            method=self.command,
            path=unquote(target.path),
            query=dict(parse_qsl(target.query)),
            body=json.loads(content or "{}"),
            desk=self.headers.get("X-Desk", ""),
            once=self.headers.get("Idempotency-Key", ""),
            token=token,
            lifetime=0.0 if api.door is None else api.door.lifetime,
        )

    def _send_whole(self, media_type: str, content: bytes) -> None:
        """A body with its length (RFC 9110, section 8.6)."""
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        _ = self.wfile.write(content)

    def _send_lines(self, media_type: str, lines: tuple[str, ...]) -> None:
        """A body in chunks, one for each line (RFC 9112, section 7.1)."""
        self.send_header("Content-Type", media_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in (*(f"{line}\n".encode() for line in lines), b""):
            _ = self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))
            self.wfile.flush()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Write no log: the demo shows what was received."""


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    setattr(Connection, f"do_{_method}", Connection.answer)
