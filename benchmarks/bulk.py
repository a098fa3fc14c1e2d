"""A server of long bodies on the loopback address: `GET /long/N` sends the Nth part of 200 MB, `PUT` takes any.

A thread for each connection sends large parts and drops what it receives: how fast this is must not decide how fast a
client is, and nothing that calls the kernel from Python is faster.
"""

from __future__ import annotations

import re
import socket

from benchmarks.loopback import listen, response

PART = b"x" * 4_000_000
PARTS = 50
DOWNLOAD = PARTS * len(PART)
"""Bytes of the longest answer."""

PATH = "/long"

SHARE = re.compile(rb"GET /long/(\d+) ")
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
TAKEN = response(b"text/plain", b"taken")


def serve(connection: socket.socket) -> None:
    """Answer one request after the other until the client leaves."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = b""
    with connection:
        while received := connection.recv(65536):
            head += received
            before, end, rest = head.partition(b"\r\n\r\n")
            if not end:
                continue
            if asked := SHARE.match(before):
                give(connection, PARTS // int(asked[1]))
            else:
                take(connection, int(LENGTH.findall(before)[0]) - len(rest))
                connection.sendall(TAKEN)
            head = b""


def give(connection: socket.socket, parts: int) -> None:
    """Send so many parts as one answer."""
    connection.sendall(HEAD % (parts * len(PART)))
    for _ in range(parts):
        connection.sendall(PART)


def take(connection: socket.socket, left: int) -> None:
    """Receive so many bytes and drop them."""
    room = bytearray(1 << 20)
    while left > 0 and (received := connection.recv_into(room, min(left, len(room)))):
        left -= received


if __name__ == "__main__":
    listen(serve)
