"""Faults of this machine: no descriptors, no buffers, no threads left for a connection."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable

from restkit.errors import ResourceError
from tests.campaign.wire_row import BODIED, GET, POST, TARGET, Answer, Row
from tests.campaign.wire_script import Ask, Say, answer

HERE = "127.0.0.1"
FEW = (GET, POST)
OWN = TARGET.encode()


def none_left() -> OSError:
    """What the system says when it has no buffer."""
    return OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS))


def find_none(healed: bool) -> Iterable[str]:  # noqa: FBT001 - a phase, as a row's `find` is told
    """No address, for want of buffers."""
    if not healed:
        raise none_left()
    return [HERE]


def set_none(healed: bool) -> tuple[int, int, int]:  # noqa: FBT001 - likewise
    """No option, for want of buffers."""
    if not healed:
        raise none_left()
    return socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1


def lacking(name: str, **more: object) -> Row:
    """A call for which something is missing: nobody hears of it."""
    how: dict[str, object] = {"becomes": (ResourceError,), "connections": 0, "sends_nothing": True, **more}
    return Row(name=f"F69 {name}", methods=FEW, **how)  # type: ignore[arg-type]  # a row's own


def enough(name: str, **more: object) -> Row:
    """A call that goes on without."""
    how: dict[str, object] = {"becomes": Answer(OWN), "keeps": True, "exact": True, "methods": FEW, **more}
    return Row(name=f"F69 {name}", **how)  # type: ignore[arg-type]  # likewise


ROWS = (
    lacking("no descriptor left", starves="descriptors"),
    lacking("no descriptor left, TLS", starves="descriptors", tls=True),
    lacking("no descriptor left, HTTP/2", starves="descriptors", tls=True, http2=True),
    lacking("no descriptor left, tunnel", starves="descriptors", tls=True, proxy="http"),
    lacking("no descriptor left, SOCKS", starves="descriptors", tls=True, proxy="socks5"),
    lacking("no descriptor left, passed on", starves="descriptors", proxy="http"),
    enough("no descriptor needed", starves="descriptors", prior="read", scripts=((Ask(), Say(answer(b"first"))),)),
    lacking("no buffer for a name", host="localhost", find=find_none),
    lacking("no buffer for a name, HTTP/2", host="localhost", find=find_none, tls=True, http2=True),
    lacking("no buffer for a socket", option=set_none),
    lacking("no buffer for a socket, of two", option=set_none, host="localhost", find=lambda _: [HERE, "127.0.0.2"]),
    lacking("no buffer for a socket, TLS", option=set_none, tls=True),
    lacking("no thread left for a name", starves="threads", host="localhost", find=lambda _: [HERE]),
    lacking("no thread left for a name, TLS", starves="threads", host="localhost", find=lambda _: [HERE], tls=True),
    lacking(
        "no thread left for a name, HTTP/2",
        starves="threads",
        host="localhost",
        find=lambda _: [HERE],
        tls=True,
        http2=True,
    ),
    enough("no thread needed", starves="threads", methods=BODIED),
)
