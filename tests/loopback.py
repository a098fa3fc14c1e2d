"""A small real HTTP/1.1 server on 127.0.0.1, for what must be seen on a socket.

The first segment of a path names what the server does (`BEHAVIOURS`); any other path belongs to a JSON API with state:
`POST /users` makes an item, `GET /users/1` answers it, `GET /users/9` is a 404 with problem details. The server counts
its connections and keeps each request it received. It never sleeps: what is slow waits until the test releases it.
"""

from __future__ import annotations

import gzip
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self

import httpx
from attrs import frozen
from typing_extensions import override

from restkit.wire.tls import taken_over

LONG = 100_000
"""Bytes of a long body."""
PATIENCE = 20.0
"""Seconds after which a test that waits for the server has failed."""


def wrapped(context: ssl.SSLContext, line: socket.socket, *, shakes: bool = True) -> ssl.SSLSocket:
    """A server's end of TLS. Raises OSError for a client that has gone."""
    return taken_over(line, context, server_side=True, do_handshake_on_connect=shakes)


@frozen
class Received:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: httpx.Headers
    body: bytes
    connection: int
    """The connection it came over: 1 for the server's first."""


class Loopback:
    """The server: use it in a `with`; `url` is its address, without a slash at the end."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.items: dict[str, dict[str, Any]] = {}
        self.released = threading.Event()
        self._arrived = threading.Condition()
        self._sockets: set[socket.socket] = set()
        self._server = _Listener(self, tls)
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self.hang_up()

    def release(self) -> None:
        """Let everything that waits go on."""
        self.released.set()

    def hang_up(self) -> None:
        """End every connection that is open."""
        for each in list(self._sockets):
            shut(each)

    def wait_for(self, count: int) -> None:
        """Wait until that many requests have come."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, PATIENCE), f"{count} never came"

    @property
    def open_connections(self) -> int:
        """How many connections nobody has closed yet."""
        return len(self._sockets)

    def wait_until_left(self) -> None:
        """Wait until every client has closed its connections."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: not self._sockets, PATIENCE), f"{len(self._sockets)} stay open"

    def joined(self, connection: socket.socket) -> int:
        """A connection begins: its number."""
        with self._arrived:
            self.connections += 1
            self._sockets.add(connection)
            return self.connections

    def left(self, connection: socket.socket) -> None:
        """A connection is over."""
        with self._arrived:
            self._sockets.discard(connection)
            self._arrived.notify_all()

    def keep(self, received: Received) -> None:
        """Note a request."""
        with self._arrived:
            self.received.append(received)
            self._arrived.notify_all()


class _Listener(socketserver.ThreadingTCPServer):
    """Takes connections, and gives each a thread."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, owner: Loopback, tls: ssl.SSLContext | None) -> None:
        self.owner, self.tls = owner, tls
        super().__init__(("127.0.0.1", 0), Exchange)

    @override
    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is not None:
            request = wrapped(self.tls, request)
        try:
            super().finish_request(request, client_address)
        finally:
            request.close()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or shakes no hands, is what some tests are about."""


class Exchange(BaseHTTPRequestHandler):
    """One connection: reads requests and answers each as its path says."""

    protocol_version = "HTTP/1.1"
    server: _Listener
    disable_nagle_algorithm = True

    @override
    def setup(self) -> None:
        """Join the server."""
        super().setup()
        self.owner = self.server.owner
        self.number = self.owner.joined(self.connection)

    @override
    def finish(self) -> None:
        """Leave the server."""
        self.owner.left(self.connection)
        super().finish()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        """Any method: receive, keep, answer."""
        self.body = self._read_body()
        headers = httpx.Headers(self.headers.items())
        self.owner.keep(Received(self.command, self.path, headers, self.body, self.number))
        path = self.path.partition("?")[0].strip("/")
        BEHAVIOURS.get(path.partition("/")[0], api)(self, path)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - as http.server asks

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding") == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            _ = self.rfile.readline()
        _ = self.rfile.readline()

    def answer(self, status: int, body: bytes = b"", media_type: str = "application/json", **headers: str) -> None:
        """Send a whole answer; `_` in the name of a header is a dash."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if body:
            self.send_header("Content-Type", media_type)
        if status != httpx.codes.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            _ = self.wfile.write(body)

    def answer_json(self, value: object, status: int = 200, **headers: str) -> None:
        """Send a whole answer of JSON."""
        self.answer(status, json.dumps(value).encode(), **headers)

    def problem(self, status: int, title: str) -> None:
        """Send problem details (RFC 9457)."""
        body = json.dumps({"title": title, "status": status, "instance": self.path}).encode()
        self.answer(status, body, "application/problem+json", X_Request_Id=f"req-{self.number}")

    def raw(self, content: bytes) -> None:
        """Send these bytes, whatever they are, and hang up."""
        _ = self.wfile.write(content)
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection."""
        self.close_connection = True
        shut(self.connection)


def shut(connection: socket.socket) -> None:
    """Shut a connection down, if it is not yet."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def api(exchange: Exchange, path: str) -> None:
    """The JSON API with state: a path whose last segment is a number is an item, any other a collection."""
    items, method = exchange.owner.items, exchange.command
    if not path.rpartition("/")[2].isdigit():
        return collection(exchange, path)
    if path not in items:
        return exchange.problem(404, "There is nothing here")
    if method == "DELETE":
        del items[path]
        return exchange.answer(204)
    if method in {"PUT", "PATCH"}:
        fields = json.loads(exchange.body)
        items[path] = {**(items[path] if method == "PATCH" else {"id": items[path]["id"]}), **fields}
    return exchange.answer_json(items[path])


def collection(exchange: Exchange, path: str) -> None:
    """List the items of a collection, or add one."""
    items = exchange.owner.items
    if exchange.command == "POST":
        number = 1 + sum(each.rpartition("/")[0] == path for each in items)
        made = items[f"{path}/{number}"] = {"id": number, **json.loads(exchange.body or b"{}")}
        return exchange.answer_json(made, 201)
    return exchange.answer_json([item for each, item in items.items() if each.rpartition("/")[0] == path])


def echo(exchange: Exchange, _: str) -> None:
    """Answer what was received."""
    said = {"method": exchange.command, "target": exchange.path, "body": exchange.body.decode("latin-1")}
    exchange.answer_json({**said, "headers": {name.lower(): value for name, value in exchange.headers.items()}})


def status(exchange: Exchange, path: str) -> None:
    """Answer with the status that the path names."""
    exchange.problem(int(path.rpartition("/")[2]), "As you wished")


def slow(exchange: Exchange, _: str) -> None:
    """Answer nothing until the test releases it."""
    _ = exchange.owner.released.wait(PATIENCE)
    exchange.answer_json({"slow": True})


def reset(exchange: Exchange, _: str) -> None:
    """Reset the connection instead of an answer."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.close_connection = True
    exchange.rfile.close()
    exchange.connection.close()


def hang_up(exchange: Exchange, _: str) -> None:
    """End the connection instead of an answer."""
    exchange.hang_up()


def truncated(exchange: Exchange, _: str) -> None:
    """Promise a hundred bytes and send ten."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n" + b"x" * 10)


def chunked(exchange: Exchange, _: str) -> None:
    """Three lines, each in a chunk of its own."""
    exchange.send_response(200)
    exchange.send_header("Transfer-Encoding", "chunked")
    exchange.send_header("Content-Type", "text/plain")
    exchange.end_headers()
    for chunk in (b"one\n", b"two\n", b"three\n", b""):
        _ = exchange.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))


def half_chunk(exchange: Exchange, _: str) -> None:
    """A whole chunk, and half of another."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n4\r\ntw")


def drip(exchange: Exchange, _: str) -> None:
    """A first line at once, and a second one when the test releases it."""
    exchange.send_response(200)
    exchange.send_header("Content-Length", "8")
    exchange.end_headers()
    _ = exchange.wfile.write(b"one\n")
    _ = exchange.owner.released.wait(PATIENCE)
    _ = exchange.wfile.write(b"two\n")


def garbage(exchange: Exchange, _: str) -> None:
    """No HTTP."""
    exchange.raw(b"what is this?\r\n\r\n")


def redirect(exchange: Exchange, _: str) -> None:
    """Somewhere else."""
    exchange.answer(302, Location="/elsewhere?token=hidden")


def zipped(exchange: Exchange, _: str) -> None:
    """A body in gzip."""
    exchange.answer(200, gzip.compress(b'{"zipped": true}'), Content_Encoding="gzip")


def long(exchange: Exchange, _: str) -> None:
    """Answer 100,000 zeros."""
    exchange.answer(200, bytes(LONG), "application/octet-stream")


def once(exchange: Exchange, path: str) -> None:
    """The first time what the path names next, then what comes after that, and an echo at last."""
    times = sum(each.target == exchange.path for each in exchange.owner.received)
    name = [*path.split("/")[1:], *["echo"] * times][times - 1]
    BEHAVIOURS[name](exchange, name)


def busy(exchange: Exchange, _: str) -> None:
    """Ask the client to come back at once."""
    exchange.answer(429, Retry_After="0")


def down(exchange: Exchange, _: str) -> None:
    """Be out of order."""
    exchange.problem(503, "Out of order")


def swollen(exchange: Exchange, _: str) -> None:
    """Answer 100,000 zeros in gzip, which are few then."""
    exchange.answer(200, gzip.compress(bytes(LONG)), "application/octet-stream", Content_Encoding="gzip")


def not_zipped(exchange: Exchange, _: str) -> None:
    """A body that is not in gzip as it says."""
    exchange.answer(200, b'{"zipped": false}', Content_Encoding="gzip")


BEHAVIOURS: dict[str, Callable[[Exchange, str], None]] = {
    "echo": echo,
    "status": status,
    "slow": slow,
    "reset": reset,
    "hang-up": hang_up,
    "truncated": truncated,
    "chunked": chunked,
    "half-chunk": half_chunk,
    "drip": drip,
    "garbage": garbage,
    "redirect": redirect,
    "zipped": zipped,
    "not-zipped": not_zipped,
    "long": long,
    "swollen": swollen,
    "once": once,
    "busy": busy,
    "down": down,
}
