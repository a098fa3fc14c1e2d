"""A keep-alive server on the loopback address, in a process of its own and as small as one can be.

`/users/N` answers the same twelve fields for every N, `/big` four million bytes. A thread for each connection receives
and sends, nothing else: what the server costs must not stand in the way of what the client costs.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from benchmarks.answer import BODY

BIG = 4_000_000
"""Bytes of the large answer."""


def response(kind: bytes, body: bytes) -> bytes:
    """Spell a whole HTTP/1.1 answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body)


SMALL_ANSWER = response(b"application/json", BODY)
BIG_ANSWER = response(b"application/octet-stream", b"x" * BIG)


def serve(connection: socket.socket) -> None:
    """Answer one request after the other until the client leaves; clients do not send ahead."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = b""
    with connection:
        while received := connection.recv(65536):
            head += received
            if head.endswith(b"\r\n\r\n"):
                connection.sendall(BIG_ANSWER if head.startswith(b"GET /big ") else SMALL_ANSWER)
                head = b""


def listen(serve: Callable[[socket.socket], object]) -> None:
    """Print the port, and serve for ever, a thread for each connection."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        _ = sys.stdout.write(f"{listener.getsockname()[1]}\n")
        _ = sys.stdout.flush()
        while True:
            connection, _address = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


@contextmanager
def loopback(server: str = "loopback", *arguments: str) -> Generator[str]:
    """Run this server, or another one of this package, in a process of its own and give its address."""
    command = [sys.executable, "-m", f"benchmarks.{server}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


if __name__ == "__main__":
    listen(serve)
