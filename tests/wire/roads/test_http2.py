"""HTTP/2 streams that are refused or reset, connections that go away: errors of the tree, and healthy ones after."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpcore
import httpx
import pytest
from h2.errors import ErrorCodes
from h2.events import StreamReset
from h2.exceptions import ProtocolError as Refused
from h2.exceptions import StreamClosedError

from restkit import ClientClosed, DeadlineExceeded, ProtocolError, ReadError
from restkit.flow import Clock, Limit, Promise
from restkit.flow.deadline import KEY, MomentPassed
from restkit.wire.exchange import Noting, is_anothers, is_spoilt, spoken
from restkit.wire.facts import Tally
from restkit.wire.incoming import Incoming
from tests.campaign.wire_script import Ask, Say, Script, Shake, SpeakTwo
from tests.campaign.wire_server import Server
from tests.campaign.wire_two import answered, going
from tests.client.worlds import World
from tests.wire.conftest import Wire, asked
from tests.wire.roads.two import Act, Two, TwoServer

BAD_FRAME = b"\x00\x00\x05\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
"""SETTINGS of five bytes, which is no multiple of six (RFC 9113, section 6.5)."""


@pytest.fixture
def two() -> Iterator[TwoServer]:
    """A server that speaks HTTP/2."""
    made = TwoServer()
    yield made
    made.close()


def reset(code: ErrorCodes) -> Act:
    """Reset the stream."""
    return lambda two, stream: two.h2.reset_stream(stream, code)


def cut(two: Two, stream: int) -> None:
    """Begin an answer, and reset it."""
    two.begin(stream)
    two.h2.send_data(stream, b"[1,")
    two.h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)


def spoil(two: Two, stream: int) -> None:
    """Begin an answer, and go on with what is no HTTP/2."""
    two.begin(stream)
    two.raw(BAD_FRAME)


def go_away(last: int) -> Act:
    """End the connection, having seen streams up to one."""
    return lambda two, _stream: two.h2.close_connection(ErrorCodes.NO_ERROR, last_stream_id=last)


FAILURES = {
    "refused": reset(ErrorCodes.REFUSED_STREAM),
    "internal error": reset(ErrorCodes.INTERNAL_ERROR),
    "gone away": go_away(0),
    "seen, and gone away": go_away(1),
    "no frame": lambda two, _stream: two.raw(BAD_FRAME),
    "cut": cut,
    "spoilt": spoil,
    "hung up": lambda two, _stream: two.line.close(),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_fails_is_the_servers_fault(world: World, two: TwoServer, trust: ssl.SSLContext, name: str) -> None:
    """An error of the tree, with httpx's class."""
    two.first = [FAILURES[name]]
    client = world.client(base_url=two.url, verify=trust, http2=True, retry=False)

    with pytest.raises((ProtocolError, ReadError)):
        _ = world(client.get("/"))


@pytest.mark.parametrize("name", FAILURES)
def test_healthy_after_what_fails(world: World, two: TwoServer, trust: ssl.SSLContext, name: str) -> None:
    """The next twenty calls are answered."""
    client = world.client(base_url=two.url, verify=trust, http2=True, retry=False)
    for _ in range(3):
        two.first = [FAILURES[name]]
        with pytest.raises((ProtocolError, ReadError)):
            _ = world(client.get("/"))

    assert [("HTTP/2", {})] * 20 == [
        (answer.http.http_version, answer.data) for answer in (world(client.get("/")) for _ in range(20))
    ]


def test_a_stream_that_was_not_seen_is_sent_again(world: World, two: TwoServer, trust: ssl.SSLContext) -> None:
    """Over another connection: a GOAWAY says so (RFC 9113, section 6.8)."""
    client = world.client(base_url=two.url, verify=trust, http2=True, retry=False)
    _ = world(client.get("/"))
    two.first = [go_away(1)]

    assert (200, 3) == (world(client.get("/")).status_code, two.streams)


@pytest.fixture
def leaving() -> Iterator[Server]:
    """A server that goes away when the second request has come, at which it has not looked."""
    opens: Script = (Shake(protocol="h2"), SpeakTwo())
    with Server((*opens, Ask(), Say(answered(b"{}")), Ask(), Say(going(1))), tls=True, opens=opens) as server:
        yield server


def once(world: World) -> Iterator[bytes] | AsyncIterator[bytes]:
    """A body that can be read only once."""

    def parts() -> Iterator[bytes]:
        yield b"once"

    async def awaited() -> AsyncIterator[bytes]:
        """A part."""
        yield b"once"

    return awaited() if world.awaits else parts()


@pytest.mark.parametrize("body", [{"content": b"again"}, {"files": {"file": b"again"}}], ids=["bytes", "a form"])
def test_a_body_is_sent_again(wire: Wire, leaving: Server, trust: ssl.SSLContext, body: dict[str, Any]) -> None:
    """If it can be."""
    stock, url = wire.stock(verify=trust, http2=True), leaving.at("127.0.0.1")
    _ = wire.whole(stock, asked(url))

    assert (b"/body", 2) == (
        wire.whole(stock, asked(f"{url}/body", method="POST", **body)).content,
        leaving.seen.times("/body"),
    )


def test_a_body_that_comes_once_is_not_its_callers_fault(world: World, leaving: Server, trust: ssl.SSLContext) -> None:
    """It cannot be sent again."""
    client = world.client(base_url=leaving.at("127.0.0.1"), verify=trust, http2=True)
    _ = world(client.get("/"))

    with pytest.raises(ProtocolError, match="without looking at the request"):
        _ = world(client.post("/", content=once(world)))


def test_a_body_of_httpx_that_comes_once(wire: Wire, leaving: Server, trust: ssl.SSLContext) -> None:
    """Likewise, at the transport; the connection over which that was found out goes on."""
    stock, url = wire.stock(verify=trust, http2=True), leaving.at("127.0.0.1")
    _ = wire.whole(stock, asked(url))
    with pytest.raises(httpx.RemoteProtocolError, match="without looking at the request"):
        _ = wire.send(stock, asked(url, method="POST", content=once(wire.world)))

    assert (b"/next", 2) == (wire.whole(stock, asked(f"{url}/next")).content, leaving.seen.connections)


@pytest.mark.parametrize("name", ["no frame", "gone away", "spoilt"])
def test_a_connection_that_failed_is_ended(wire: Wire, two: TwoServer, trust: ssl.SSLContext, name: str) -> None:
    """At once, and not when the pool happens to look at it."""
    two.first = [FAILURES[name]]
    with pytest.raises(httpx.RemoteProtocolError):
        _ = wire.whole(wire.stock(verify=trust, http2=True), asked(two.url))

    assert two.has_been_left()


def test_a_connection_on_which_nothing_came_is_ended(wire: Wire, two: TwoServer, trust: ssl.SSLContext) -> None:
    """Likewise."""
    two.first = [Two.begin]
    request = asked(two.url, extensions={"timeout": {"read": 0.05}})
    with pytest.raises(httpx.ReadTimeout):
        _ = wire.whole(wire.stock(verify=trust, http2=True), request)

    assert two.has_been_left()


@pytest.mark.parametrize("name", ["refused", "internal error", "cut"])
def test_a_connection_outlives_its_streams(wire: Wire, two: TwoServer, trust: ssl.SSLContext, name: str) -> None:
    """One that was reset ends no other."""
    stock = wire.stock(verify=trust, http2=True)
    two.first = [FAILURES[name]]
    with pytest.raises(httpx.RemoteProtocolError):
        _ = wire.whole(stock, asked(two.url))

    assert (200, 1) == (wire.whole(stock, asked(two.url)).status_code, two.connections)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpcore.ReadTimeout("late"), True),
        (httpcore.RemoteProtocolError("<ConnectionTerminated>"), True),
        (httpcore.RemoteProtocolError(StreamReset(stream_id=1)), False),
        (httpcore.LocalProtocolError(StreamClosedError(1)), False),
        (httpcore.LocalProtocolError(Refused("a bad header of ours")), False),
        (httpcore.PoolTimeout("late"), False),
        (LookupError("a mistake"), False),
    ],
    ids=str,
)
def test_what_ends_a_connection(error: Exception, expected: bool) -> None:  # noqa: FBT001 - a column
    """What befalls the connection, and not one stream, nor the request before it was sent."""
    assert expected == is_spoilt(error, Tally())


def test_a_deadline_holds_over_http2(world: World, two: TwoServer, trust: ssl.SSLContext) -> None:
    """Also for a body that never ends."""
    two.first = [Two.begin]
    client = world.client(base_url=two.url, verify=trust, http2=True, deadline=0.3)

    with pytest.raises(DeadlineExceeded):
        _ = world(client.get("/"))


def limit(until: float | None = None, *, called_off: bool = False) -> Limit:
    """A call's limit."""
    stop: Promise[None] = Promise()
    if called_off:
        _ = stop.keep(None)
    return Limit(until, Clock(), stop)


@pytest.mark.parametrize(
    ("error", "limit", "expected"),
    [
        (MomentPassed("over", 5.0), limit(5.0), False),
        (MomentPassed("over", 5.0), limit(6.0), True),
        (MomentPassed("over", 5.0), limit(), True),
        (ReadError("why"), limit(), False),
    ],
)
def test_whose_limit_it_was(error: Exception, limit: Limit, expected: bool) -> None:  # noqa: FBT001 - a column
    """A moment is known by when it is."""
    assert expected == is_anothers(error, limit)


@pytest.mark.parametrize("error", [ClientClosed("closed"), MomentPassed("over", 5.0)])
def test_anothers_limit_is_no_limit_of_ours(error: Exception) -> None:
    """A call whose time is over ends the connection; whoever shares it is told that, and not that its own is over."""
    request = httpx.Request("GET", "https://a.test", extensions={KEY: limit(6.0)})

    with pytest.raises(httpx.ReadError, match="given up for another call"), Noting(request, Tally()):
        raise error


def test_anothers_limit_ends_no_body_as_ours() -> None:
    """Nor does it while a body is read."""

    def parts() -> Iterator[bytes]:
        yield b"["
        raise ClientClosed("closed")

    with pytest.raises(httpx.ReadError, match="given up for another call"):
        _ = list(Incoming(parts(), Tally(), limit()))


def test_what_is_not_the_wires_passes() -> None:
    """A mistake of somebody's is not dressed up."""

    def parts() -> Iterator[bytes]:
        yield b"["
        raise LookupError("a mistake")

    with pytest.raises(LookupError, match="a mistake"):
        _ = list(Incoming(parts(), Tally()))


async def test_what_is_not_the_wires_passes_awaiting() -> None:
    """Nor in the other world."""

    async def parts() -> AsyncIterator[bytes]:
        """Break off."""
        yield b"["
        raise LookupError("a mistake")

    with pytest.raises(LookupError, match="a mistake"):
        _ = [each async for each in Incoming(parts(), Tally())]


def test_our_own_limit_stays_what_it_is() -> None:
    """A call that was called off is told so."""
    request = httpx.Request("GET", "https://a.test", extensions={KEY: limit(called_off=True)})

    with pytest.raises(ClientClosed), Noting(request, Tally()):
        raise ClientClosed("closed")


def test_a_header_that_cannot_be_sent_is_our_fault(wire: Wire, two: TwoServer, trust: ssl.SSLContext) -> None:
    """And not the server's (RFC 9113, section 8.2.2)."""
    with pytest.raises(httpx.LocalProtocolError):
        _ = wire.send(wire.stock(verify=trust, http2=True), asked(f"{two.url}/", headers={"TE": "gzip"}))


def test_a_connection_that_was_ended_meanwhile_is_the_servers() -> None:
    """h2 refuses to send on it, which is no fault of the request."""
    said = "Invalid input ConnectionInputs.SEND_HEADERS in state ConnectionState.CLOSED"

    assert httpx.RemoteProtocolError is type(spoken(httpcore.LocalProtocolError(Refused(said)), Tally()))
