"""The places at which a call may have to wait: what waits for what, and how a test knows that it does."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpx
from attrs import field, frozen

from restkit import WireTransport
from tests.campaign.wire_script import Ask, Await, Head, Mark, Say, Shake, Stall, answer, raw
from tests.campaign.wire_server import Server
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import HOST, Play, Road, get, url

BIG = 8 << 20
"""Bytes that no socket takes at once."""


@frozen
class Waiting:
    """A call that waits, or will: a transport with a single connection, a request, and when it has come that far."""

    transport: WireTransport
    url: str
    more: dict[str, Any]
    """What the request has besides."""
    has_come: Callable[[], object]
    """Waits until the call has come that far; the stop that it listens to tells that it has come to connecting."""
    well: Server
    """A server that answers; once what the call waits for is over, the transport can be used."""
    let_go: Callable[[], object] = field(default=bool)
    """Ends what the call waits for, if that is not the call's own."""

    def request(self, **extensions: Any) -> httpx.Request:
        """The request, with extensions."""
        more = {"method": "GET", **self.more}
        return httpx.Request(url=self.url, extensions=extensions, **more)


Place = Callable[[Road, Play, str], Waiting]


def in_line(road: Road, play: Play, _: str) -> Waiting:
    """For a connection."""
    server, transport = play((Ask(), Say(answer(length=1)), Await(), Say(b"a"))), road.one()
    taken = road.send(transport, get(server))

    def let_go() -> None:
        server.told.set()
        _ = road.read(taken)

    return Waiting(transport, url(server), {}, bool, server, let_go)


def for_a_name(road: Road, play: Play, _: str) -> Waiting:
    """For the addresses of a name."""
    begun, over = threading.Event(), threading.Event()

    def resolve(_host: str, _port: int) -> Iterable[str]:
        begun.set()
        assert over.wait(PATIENCE)
        return [HOST]

    server = play()
    transport = road.one(resolver=resolve)
    return Waiting(transport, server.at("api.test"), {}, lambda: begun.wait(PATIENCE), server, over.set)


def for_a_connection(road: Road, play: Play, hole: str) -> Waiting:
    """For somebody who never takes it."""
    return Waiting(road.one(), hole, {}, bool, play())


def for_hands(road: Road, play: Play, _: str) -> Waiting:
    """For a server that shakes none."""
    server, transport = play((read_a_little, Mark(), Stall()), tls=True), road.one(verify=known())
    return Waiting(transport, url(server), {}, lambda: server.marked.wait(PATIENCE), server, server.heal)


def read_a_little(end: Any) -> None:
    """Read what a client says first."""
    _ = end.line.recv(65536)


def to_write(road: Road, play: Play, _: str) -> Waiting:
    """For a server that reads no more."""
    server = play((Head(), Mark(), Stall()))
    more = {"method": "PUT", "content": b"x" * BIG}
    return Waiting(road.one(), url(server), more, lambda: server.marked.wait(PATIENCE), server, server.heal)


def to_write_over_tls(road: Road, play: Play, _: str) -> Waiting:
    """Likewise, over TLS."""
    server = play((Shake(), Head(), Mark(), Stall()), tls=True)
    more = {"method": "PUT", "content": b"x" * BIG}
    return Waiting(
        road.one(verify=known()), url(server), more, lambda: server.marked.wait(PATIENCE), server, server.heal
    )


def to_write_parts(road: Road, play: Play, _: str) -> Waiting:
    """Likewise, with a body that has to be read."""
    server = play((Head(), Mark(), Stall()))
    more = {
        "method": "PUT",
        "stream": road.parts(*[b"x" * 65536] * 128),
        "headers": {"Host": "api.test", "Transfer-Encoding": "chunked"},
    }
    return Waiting(road.one(), url(server), more, lambda: server.marked.wait(PATIENCE), server, server.heal)


def for_leave(road: Road, play: Play, _: str) -> Waiting:
    """To be told to go on."""
    server = play((Head(), Mark(), Stall()))
    more = {"method": "PUT", "content": b"x", "headers": {"Expect": "100-continue"}}
    return Waiting(road.one(), url(server), more, lambda: server.marked.wait(PATIENCE), server, server.heal)


def for_a_head(road: Road, play: Play, _: str) -> Waiting:
    """For an answer."""
    server = play((Ask(), Mark(), Stall()))
    return Waiting(road.one(), url(server), {}, lambda: server.marked.wait(PATIENCE), server, server.heal)


def for_a_head_over_tls(road: Road, play: Play, _: str) -> Waiting:
    """Likewise, over TLS."""
    server = play((Shake(), Ask(), Mark(), Stall()), tls=True)
    return Waiting(road.one(verify=known()), url(server), {}, lambda: server.marked.wait(PATIENCE), server, server.heal)


def for_a_body(road: Road, play: Play, _: str) -> Waiting:
    """For the rest of an answer."""
    server = play((Ask(), Say(answer(b"begun", length=10)), Mark(), Stall()))
    return Waiting(road.one(), url(server), {}, lambda: server.marked.wait(PATIENCE), server, server.heal)


def for_an_end(road: Road, play: Play, _: str) -> Waiting:
    """For the end of a body, which is that of its connection: being cut is no such end."""
    server = play((Ask(), Say(raw() + b"begun"), Mark(), Stall()))
    return Waiting(road.one(), url(server), {}, lambda: server.marked.wait(PATIENCE), server, server.heal)


def known() -> ssl.SSLContext:
    """What knows these servers."""
    from tests.campaign.wire_certificates import trusting

    return trusting()


CONNECTING: tuple[Place, ...] = (for_a_name, for_a_connection, for_hands)
WRITING: tuple[Place, ...] = (to_write, to_write_over_tls, to_write_parts)
READING: tuple[Place, ...] = (for_leave, for_a_head, for_a_head_over_tls, for_a_body, for_an_end)
EVERY: tuple[Place, ...] = (in_line, *CONNECTING, *WRITING, *READING)
