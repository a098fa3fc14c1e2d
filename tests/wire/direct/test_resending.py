"""A request that nobody can have seen is sent again over another connection; any other is not."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit.wire.facts import KEY
from tests.campaign.wire_end import End
from tests.campaign.wire_script import Ask, Await, Close, Head, Reset, Say, Script, Shake, Take, answer
from tests.campaign.wire_server import Server
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import Play, Road, get, url

FIRST: Script = (Ask(), Say(answer(b"first")))
RESET: Script = (*FIRST, Await(), Reset())
BIG = 8 << 20


def when_asked(*acts: Callable[[], object]) -> dict[str, Any]:
    """An extension with which something is done between taking a connection and writing to it, each time another."""
    left = list(acts)

    def trace(event: str, _: object) -> None:
        if event == "http11.send_request_headers.started" and left:
            _ = left.pop(0)()

    return {"trace": trace}


def reset(server: Server) -> None:
    """Have the server reset its first connection, and wait until it has."""
    server.told.set()
    with server.changed:
        assert server.changed.wait_for(lambda: server.seen.connections and not server.seen.open, PATIENCE)


def streamed(road: Road, *parts: bytes) -> dict[str, Any]:
    """A body that has to be read, and what says so."""
    return {"stream": road.parts(*parts), "headers": {"Host": "api.test", "Transfer-Encoding": "chunked"}}


def test_it_is_sent_again(road: Road, play: Play) -> None:
    """The connection is reset when it was just looked at: even what must not be sent twice gets its answer."""
    server, transport = play(RESET), road.one()
    _ = road.whole(transport, get(server))

    request = httpx.Request("POST", url(server, "/own"), content=b"once", extensions=when_asked(lambda: reset(server)))

    assert b"/own" == road.body(transport, request)
    assert (1, 2) == (server.seen.times("/own"), server.seen.connections)


def test_it_is_sent_again_over_tls(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """Likewise, except on asyncio, which takes what is written over TLS before it tells that this has failed."""
    server, transport = play((Shake(), *RESET), tls=True), road.one(verify=knows)
    _ = road.whole(transport, get(server))
    request = get(server, "/own", extensions=when_asked(lambda: reset(server)))

    if road.world.name == "asyncio":
        with pytest.raises((httpx.ReadError, httpx.WriteError)):
            _ = road.body(transport, request)
    else:
        assert b"/own" == road.body(transport, request)
    assert (road.world.name != "asyncio") == (server.seen.times("/own") == 1)


def test_a_streamed_one_is_sent_again(road: Road, play: Play) -> None:
    """Nothing of its body was read."""
    server, transport = play(RESET), road.one()
    _ = road.whole(transport, get(server))

    request = httpx.Request(
        "PUT",
        url(server, "/own"),
        extensions=when_asked(lambda: reset(server)),
        **streamed(road, b"on", b"ce"),
    )

    assert b"/own" == road.body(transport, request)


def test_a_new_connection_is_not_tried_again(road: Road, play: Play) -> None:
    """Its server does not want to be spoken to."""
    server, transport = play((Await(), Reset())), road.one()
    request = get(server, extensions=when_asked(lambda: reset(server)))

    with pytest.raises((httpx.WriteError, httpx.ReadError)):
        _ = road.whole(transport, request)

    assert (1, 0) == (server.seen.connections, request.extensions[KEY].bytes_sent)


def test_what_was_read_is_not_sent_again(road: Road, play: Play) -> None:
    """The server has had the request, and said nothing."""
    server, transport = play((*FIRST, Ask(), Close())), road.one()
    _ = road.whole(transport, get(server))
    request = get(server, "/own")

    with pytest.raises(httpx.ReadError):
        _ = road.whole(transport, request)

    assert (1, 1, True) == (server.seen.times("/own"), server.seen.connections, request.extensions[KEY].reused)


@pytest.mark.parametrize("is_streamed", [False, True], ids=["in memory", "streamed"])
def test_what_was_begun_is_not_sent_again(road: Road, play: Play, *, is_streamed: bool) -> None:
    """The server has had a part of the request."""
    server, transport = play((*FIRST, Head(), Take(1024), Reset())), road.one()
    _ = road.whole(transport, get(server))
    body = streamed(road, *[b"x" * 65536] * 128) if is_streamed else {"content": b"x" * BIG}

    with pytest.raises((httpx.WriteError, httpx.ReadError)):
        _ = road.whole(transport, httpx.Request("PUT", url(server, "/own"), **body))

    assert (1, 1) == (server.seen.times("/own"), server.seen.connections)


class Turn:
    """A step that waits for its own word."""

    def __init__(self) -> None:
        self.come = threading.Event()

    def __call__(self, _: End) -> None:
        """Wait."""
        assert self.come.wait(PATIENCE)


def test_one_after_the_other(road: Road, play: Play) -> None:
    """As long as nobody has seen it: each of the idle connections is reset when it was just looked at."""
    older, newer = Turn(), Turn()
    server = play(
        (Ask(), Say(answer(length=1)), Await(), Say(b"a"), newer, Reset()),
        (Ask(), Say(answer(b"second")), older, Reset()),
    )
    transport = road.transport(limits=httpx.Limits(max_connections=2))
    first = road.send(transport, get(server))
    _ = road.whole(transport, get(server))
    server.told.set()
    _ = road.read(first)

    def end(turn: Turn, left: int) -> None:
        turn.come.set()
        assert server.until_open(left, PATIENCE)

    request = get(server, "/own", extensions=when_asked(lambda: end(newer, 1), lambda: end(older, 0)))

    assert (b"/own", 3) == (road.body(transport, request), server.seen.connections)
