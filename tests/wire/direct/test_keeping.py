"""Connections that are kept: which one is used again, which is noticed to be dead, and for how long one is kept."""

from __future__ import annotations

import contextlib
import ssl

import httpx
import pytest

from restkit import WireTransport
from restkit.wire.facts import KEY
from tests.campaign.wire_end import End
from tests.campaign.wire_script import Ask, Await, Close, Mark, Reset, Say, Script, Shake, Stall, Step, answer
from tests.campaign.wire_server import Server
from tests.loopback import PATIENCE, Loopback
from tests.wire.direct.conftest import Play, Road, get, url

FIRST: Script = (Ask(), Say(answer(b"first")))
SECOND: Script = (Ask(), Say(answer(b"second")))


def test_it_is_used_again(road: Road, play: Play) -> None:
    """As often as there is something to ask."""
    server, transport = play(), road.transport()

    bodies = [road.body(transport, get(server, f"/{at}")) for at in range(3)]

    assert ([b"/0", b"/1", b"/2"], 1) == (bodies, server.seen.connections)


@pytest.mark.parametrize("status", ["421 Misdirected Request", "425 Too Early"])
def test_an_answer_that_wants_another_connection(road: Road, play: Play, status: str) -> None:
    """Has one: over the same one the next request would be refused as well."""
    refused = (Ask(), Say(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()), Stall())
    server, transport = play(refused, SECOND), road.transport()

    bodies = [road.body(transport, get(server)) for _ in range(2)]

    assert ([b"", b"second"], 2) == (bodies, server.seen.connections)


def test_its_facts(road: Road, play: Play) -> None:
    """It is known to be used again, and where it leads to."""
    server, transport = play(), road.transport()

    first, second = (road.whole(transport, get(server)).extensions[KEY] for _ in range(2))

    assert (False, True, ("127.0.0.1", server.port)) == (first.reused, second.reused, second.remote)


LATE: Script = (Ask(), Say(answer(length=1)), Await(), Say(b"a"))
"""An answer whose body comes when the server is told."""


def two(road: Road, server: Server, transport: WireTransport) -> None:
    """Have two connections to a server idle: that which was opened first was given back last."""
    first = road.send(transport, get(server))
    _ = road.whole(transport, get(server))
    server.told.set()
    _ = road.read(first)


def test_the_newest_is_used(road: Road, play: Play) -> None:
    """Of two that were given back, the one that was given back last."""
    server, transport = play((*LATE, *SECOND), (*FIRST, Stall())), road.transport()
    two(road, server, transport)

    assert b"second" == road.body(transport, get(server))


@pytest.mark.parametrize("end", [Close(), Reset()], ids=["closed", "reset"])
def test_one_that_has_ended_is_noticed(road: Road, play: Play, end: Step) -> None:
    """Before anything is sent over it: even what must not be sent twice gets its answer."""
    server, transport = play((*FIRST, Await(), end)), road.transport()
    _ = road.whole(transport, get(server))
    server.told.set()
    assert server.until_open(0, PATIENCE)

    response = road.whole(transport, httpx.Request("POST", url(server, "/again"), content=b"once"))

    assert (b"/again", False, 2) == (response.content, response.extensions[KEY].reused, server.seen.connections)


@pytest.mark.parametrize("said", [answer(b"stray"), b"x"], ids=["an answer", "a byte"])
def test_one_that_says_too_much_is_noticed(road: Road, play: Play, said: bytes) -> None:
    """What nobody asked for is nobody's answer."""
    server, transport = play((*FIRST, Await(), Say(said), Mark(), *SECOND)), road.transport()
    _ = road.whole(transport, get(server))
    server.told.set()
    assert server.marked.wait(PATIENCE)

    assert b"/own" == road.body(transport, get(server, "/own"))


def test_one_that_says_too_much_at_once(road: Road, play: Play) -> None:
    """Behind an answer, in the same segment."""
    server, transport = play((Ask(), Say(answer(b"first") + answer(b"stray")), *SECOND)), road.transport()

    bodies = [road.body(transport, get(server, "/own")) for _ in range(2)]

    assert [b"first", b"/own"] == bodies


def test_one_over_tls_that_was_torn_is_noticed(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """Without a word of TLS."""
    server, transport = play((Shake(), *FIRST, Await(), Close()), tls=True), road.transport(verify=knows)
    _ = road.whole(transport, get(server))
    server.told.set()
    assert server.until_open(0, PATIENCE)

    assert b"/own" == road.body(transport, get(server, "/own"))


def part(end: End) -> None:
    """Say the word that ends TLS, and wait for none."""
    end.line.settimeout(0)
    with contextlib.suppress(ssl.SSLWantReadError):
        _ = end.line.unwrap()


def test_one_over_tls_that_has_ended_is_noticed(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """With the word of TLS, though it is not closed."""
    server, transport = play((Shake(), *FIRST, Await(), part, Mark(), Stall()), tls=True), road.transport(verify=knows)
    _ = road.whole(transport, get(server))
    server.told.set()
    assert server.marked.wait(PATIENCE)

    assert b"/own" == road.body(transport, get(server, "/own"))


def test_one_over_tls_that_says_too_much_is_noticed(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """It is read to see whether TLS talks to itself, and it does not."""
    server, transport = (
        play((Shake(), *FIRST, Await(), Say(b"x"), Mark(), *SECOND), tls=True),
        road.transport(verify=knows),
    )
    _ = road.whole(transport, get(server))
    server.told.set()
    assert server.marked.wait(PATIENCE)

    assert b"/own" == road.body(transport, get(server, "/own"))


def test_tickets_are_no_news(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """What TLS 1.3 says to itself behind the handshake leaves a connection as it is."""
    server, transport = play(tls=True), road.transport(verify=knows)

    bodies = [road.body(transport, get(server, f"/{at}")) for at in range(3)]

    assert ([b"/0", b"/1", b"/2"], 1) == (bodies, server.seen.connections)


CLOSES = {
    "Connection: close": answer(b"first", "Connection: close"),
    "Connection: Close among others": answer(b"first", "Connection: foo, Close"),
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
    "no more of them": answer(b"first", "Keep-Alive: timeout=5, max=0"),
    "no time": answer(b"first", "Keep-Alive: timeout=0"),
    "hardly any time": answer(b"first", "keep-alive: max=3, timeout = 1"),
}


@pytest.mark.parametrize("said", CLOSES.values(), ids=list(CLOSES))
def test_one_that_is_not_used_again(road: Road, play: Play, said: bytes) -> None:
    """Its server says so, or does not promise to wait for longer than a request may be under way."""
    server, transport = play((Ask(), Say(said), Stall())), road.transport()

    bodies = [road.body(transport, get(server, "/own")) for _ in range(2)]

    assert [b"first", b"/own"] == bodies


KEEPS = {
    "a minute": "Keep-Alive: timeout=60, max=100",
    "so many": "Keep-Alive: max=10",
    "something else": "Keep-Alive: xtimeout=0, maximum=0",
    "longer name": "X-Keep-Alive: timeout=0",
}


@pytest.mark.parametrize("field", KEEPS.values(), ids=list(KEEPS))
def test_one_that_is_used_again(road: Road, play: Play, field: str) -> None:
    """Its server waits for long enough, or says nothing of the kind."""
    server, transport = play((Ask(), Say(answer(b"first", field)), *SECOND)), road.transport()

    bodies = [road.body(transport, get(server)) for _ in range(2)]

    assert [b"first", b"second"] == bodies


def test_a_request_that_closes(road: Road, play: Play) -> None:
    """The connection is not used again, whatever the server says."""
    server, transport = play((*FIRST, *SECOND)), road.transport()

    _ = road.whole(transport, get(server, headers={"Connection": "close"}))

    assert b"/own" == road.body(transport, get(server, "/own"))


def test_one_that_is_idle_for_too_long(road: Road, play: Play) -> None:
    """It is closed when its time is over; here at once."""
    server = play()
    transport = road.transport(limits=httpx.Limits(keepalive_expiry=0.0))

    bodies = [road.body(transport, get(server, f"/{at}")) for at in range(2)]

    assert ([b"/0", b"/1"], 2) == (bodies, server.seen.connections)


def test_none_is_kept(road: Road, play: Play) -> None:
    """Where none may be idle."""
    server = play()
    transport = road.transport(limits=httpx.Limits(max_keepalive_connections=0))

    _ = [road.body(transport, get(server)) for _ in range(2)]

    assert (2, True) == (server.seen.connections, server.until_open(0, PATIENCE))


def test_the_oldest_makes_way(road: Road, play: Play) -> None:
    """Of more that are idle than may be, the one that was so for the longest."""
    servers = [play() for _ in range(3)]
    transport = road.transport(limits=httpx.Limits(max_keepalive_connections=2))

    for each in servers:
        _ = road.whole(transport, get(each))

    assert servers[0].until_open(0, PATIENCE)
    assert [b"/", b"/"] == [road.body(transport, get(each)) for each in servers[1:]]
    assert [1, 1] == [each.seen.connections for each in servers[1:]]


def test_another_origin_makes_way(road: Road, play: Play) -> None:
    """Where there are no more places, an idle connection of another server is closed; of the same name it is not."""
    one, other = play(), play()
    transport = road.transport(limits=httpx.Limits(max_connections=2))
    for each in (one, other, one):
        _ = road.whole(transport, get(each))
    third = play()

    _ = road.whole(transport, get(third))

    assert (True, 1) == (other.until_open(0, PATIENCE), one.seen.open)


def test_the_older_of_two_makes_way(road: Road, play: Play) -> None:
    """And the newer one is still there."""
    server, other = play((*LATE, *SECOND), (*FIRST, Stall())), play()
    transport = road.transport(limits=httpx.Limits(max_connections=2))
    two(road, server, transport)

    _ = road.whole(transport, get(other))

    assert b"second" == road.body(transport, get(server))


def test_without_bounds(road: Road, play: Play) -> None:
    """No limit is no limit."""
    server = play()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=None)
    transport = road.transport(limits=limits)

    assert [b"/", b"/"] == [road.body(transport, get(server)) for _ in range(2)]
    assert 1 == server.seen.connections


def test_tls_names_are_kept_apart(road: Road, secure: Loopback, trust: ssl.SSLContext) -> None:
    """What was verified for one name is not used for another."""
    transport = road.transport(verify=trust)

    for name in ("127.0.0.1", "localhost", "127.0.0.1"):
        extensions = {"sni_hostname": name}
        _ = road.whole(transport, httpx.Request("GET", f"{secure.url}/echo", extensions=extensions))

    assert 2 == secure.connections


def test_closed_and_used_again(road: Road, play: Play) -> None:
    """A transport that was closed has nothing open, and opens a connection when it is needed."""
    server, transport = play(), road.transport()
    _ = road.whole(transport, get(server))
    before = transport.is_open
    road.close(transport)

    assert (True, False, True) == (before, transport.is_open, server.until_open(0, PATIENCE))
    assert b"/again" == road.body(transport, get(server, "/again"))
