"""Answers: those without a body, ends that are none, other protocols, and what is told of them."""

from __future__ import annotations

import ssl
from typing import Any

import httpx
import pytest

from restkit import TruncatedBody
from restkit.wire.facts import KEY
from tests.campaign.wire_end import End
from tests.campaign.wire_script import (
    Ask,
    Await,
    Close,
    Farewell,
    HalfClose,
    Head,
    Mark,
    Reset,
    Say,
    Script,
    Shake,
    Stall,
    answer,
    chunked,
    raw,
)
from tests.campaign.wire_server import Server
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import HOST, SOON, Play, Road, get, url

SECOND: Script = (Ask(), Say(answer(b"second")))
NO_BODY = {
    "HEAD": ("HEAD", raw("Content-Length: 10")),
    "204": ("GET", raw(status="HTTP/1.1 204 No Content")),
    "304": ("GET", raw("Content-Length: 10", status="HTTP/1.1 304 Not Modified")),
    "nothing": ("GET", answer()),
}


@pytest.mark.parametrize(("method", "said"), NO_BODY.values(), ids=list(NO_BODY))
def test_an_answer_without_a_body(road: Road, play: Play, method: str, said: bytes) -> None:
    """Nothing is waited for, and the connection is kept."""
    server, transport = play((Ask(), Say(said), *SECOND)), road.transport()

    response = road.whole(transport, httpx.Request(method, url(server)))

    assert (b"", b"second", 1) == (response.content, road.body(transport, get(server)), server.seen.connections)


@pytest.mark.parametrize("cuts", [(), (10, 40, 60), tuple(range(1, 70))], ids=["whole", "in pieces", "byte by byte"])
def test_an_answer_in_chunks(road: Road, play: Play, cuts: tuple[int, ...]) -> None:
    """However it is cut."""
    said = raw("Transfer-Encoding: chunked") + chunked(b"one", b"two", b"three")
    server, transport = play((Ask(), Say(said, cuts), *SECOND)), road.transport()

    assert [b"onetwothree", b"second"] == [road.body(transport, get(server)) for _ in range(2)]


def test_what_is_told_of_an_answer(road: Road, play: Play) -> None:
    """Its version and reason, as they were said."""
    server, transport = play((Ask(), Say(raw(status="HTTP/1.0 201 So be it") + b"x"), Close())), road.transport()

    response = road.whole(transport, get(server))

    assert (201, b"HTTP/1.0", b"So be it", "HTTP/1.0", "So be it", b"x") == (
        response.status_code,
        response.extensions["http_version"],
        response.extensions["reason_phrase"],
        response.http_version,
        response.reason_phrase,
        response.content,
    )


def test_a_body_up_to_the_end(road: Road, play: Play) -> None:
    """Of the connection."""
    server, transport = play((Ask(), Say(raw() + b"one"), Mark(), Await(), Say(b"two"), Close())), road.transport()

    response = road.send(transport, get(server))
    server.told.set()

    assert b"onetwo" == road.read(response)


def test_a_body_that_is_large(road: Road, play: Play) -> None:
    """It is taken as it comes, more than once as much as usual."""
    server, transport = play((Ask(), Say(answer(b"x" * (4 << 20))), *SECOND)), road.transport()

    assert 4 << 20 == len(road.body(transport, get(server)))
    assert b"second" == road.body(transport, get(server))


def test_a_body_that_nobody_takes(road: Road, play: Play) -> None:
    """What has come is bounded: the server has to wait, until somebody reads."""
    server, transport = play((Ask(), Say(answer(b"x" * (32 << 20))), Mark(), *SECOND)), road.transport()

    response = road.send(transport, get(server))
    road.settle()
    waited = not server.marked.is_set()

    assert (True, 32 << 20) == (waited, len(road.read(response)))


def test_a_body_over_tls_with_a_length(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """That ends without a word is whole, if its length has come (F11)."""
    server, transport = play((Shake(), Ask(), Say(answer(b"whole")), Close()), tls=True), road.transport(verify=knows)

    assert b"whole" == road.body(transport, get(server))


def test_a_body_over_tls_with_a_length_that_is_cut(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """Short of its length."""
    server = play((Shake(), Ask(), Say(answer(b"begun", length=10)), Close()), tls=True)

    with pytest.raises(TruncatedBody):
        _ = road.body(road.transport(verify=knows), get(server))


@pytest.mark.parametrize("said", [raw(), raw("Connection: close")], ids=["unsaid", "said"])
def test_a_body_over_tls_without_a_length_that_is_cut(
    road: Road, play: Play, knows: ssl.SSLContext, said: bytes
) -> None:
    """Nobody knows whether it is whole (F12)."""
    server = play((Shake(), Ask(), Say(said + b"begun"), Close()), tls=True)

    with pytest.raises(TruncatedBody):
        _ = road.body(road.transport(verify=knows), get(server))


def test_a_body_over_tls_without_a_length(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """That ends as TLS wants it is whole."""
    server = play((Shake(), Ask(), Say(raw() + b"whole"), Farewell()), tls=True)

    assert b"whole" == road.body(road.transport(verify=knows), get(server))


def test_a_head_over_tls_that_is_cut(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """It is no answer."""
    server = play((Shake(), Ask(), Say(b"HTTP/1.1 200"), Close()), tls=True)

    with pytest.raises(httpx.ReadError):
        _ = road.body(road.transport(verify=knows), get(server))


def test_a_body_that_is_reset(road: Road, play: Play) -> None:
    """What is known of it stands in its response."""
    server, transport = play((Ask(), Say(answer(b"begun", length=10)), Await(), Reset())), road.transport()
    response = road.send(transport, get(server))
    server.told.set()

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        _ = road.read(response)

    assert 40 < response.extensions[KEY].bytes_received < 60


def test_facts_are_replaced_at_the_end(road: Road, play: Play) -> None:
    """They are those of the head until then; those of a response that is left early are its last."""
    server, transport = play((Ask(), Say(answer(length=4)), Await(), Say(b"body"), Stall())), road.transport()
    response = road.send(transport, get(server))
    before = response.extensions[KEY].bytes_received
    server.told.set()
    _ = road.read(response)

    assert 4 == response.extensions[KEY].bytes_received - before


def test_a_response_that_is_left_early(road: Road, play: Play) -> None:
    """Its connection is closed; reading on finds nothing."""
    server, transport = play((Ask(), Say(answer(b"one", length=10)), Stall())), road.transport()
    response = road.send(transport, get(server))
    stream: Any = response.stream
    road.leave(response)
    road.leave(response)

    assert (True, []) == (server.until_open(0, PATIENCE), list(road.world.items(stream)))


def test_plain_http_where_tls_was_expected(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """It is said."""
    server = play((Say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Close()))

    with pytest.raises(httpx.TransportError, match=r"TLS|http"):
        _ = road.body(road.transport(verify=knows), httpx.Request("GET", url(server).replace("http:", "https:")))


def test_tls_where_plain_http_was_expected(road: Road, play: Play) -> None:
    """It is said."""
    server = play((Say(b"\x15\x03\x01\x00\x02\x02\x16"), Close()))

    with pytest.raises(httpx.TransportError, match=r"TLS|https"):
        _ = road.body(road.transport(), get(server))


UPGRADE = {"Connection": "Upgrade", "Upgrade": "echo"}
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"


def echo(end: End) -> None:
    """Speak another protocol."""
    while data := end.line.recv(65536):
        end.line.sendall(data)


def switched(road: Road, play: Play, *then: Any, said: bytes = SWITCHED) -> tuple[httpx.Response, Any, Server]:
    """A response behind which there is another protocol, its stream, and the server."""
    server, transport = play((Head(), Say(said), *(then or (echo,)))), road.one()
    response = road.send(transport, get(server, headers=UPGRADE))
    return response, response.extensions["network_stream"], server


def test_another_protocol(road: Road, play: Play) -> None:
    """What came with the answer is its beginning; then it is spoken in both directions, until it is closed."""
    response, stream, server = switched(road, play, said=SWITCHED + b"hello")

    begun = road.world(stream.read(3)) + road.world(stream.read(100))
    road.world(stream.write(b"ping", timeout=PATIENCE))
    echoed = road.world(stream.read(100, timeout=PATIENCE))
    road.leave(response)

    assert (101, b"hello", b"ping", True) == (response.status_code, begun, echoed, server.until_open(0, PATIENCE))


def test_another_protocol_has_much_to_say(road: Road, play: Play) -> None:
    """Each waits for the other."""
    response, stream, _ = switched(road, play)
    much, found = b"x" * (1 << 19), b""

    road.world(stream.write(much))
    while len(found) < len(much):
        found += road.world(stream.read(65536))

    road.leave(response)

    assert much == found


def test_another_protocol_ends(road: Road, play: Play) -> None:
    """That is an empty read."""
    response, stream, _ = switched(road, play, Close())

    assert (101, b"") == (response.status_code, road.world(stream.read(100)))


def test_another_protocol_is_ended(road: Road, play: Play) -> None:
    """By its stream."""
    response, stream, server = switched(road, play)
    road.world(stream.aclose() if road.awaits else stream.close())

    assert (101, True) == (response.status_code, server.until_open(0, PATIENCE))


def test_the_timeouts_of_another_protocol(road: Road, play: Play) -> None:
    """Nothing is said, and nothing is taken."""
    response, stream, server = switched(road, play, Stall())

    with pytest.raises(httpx.ReadTimeout):
        road.world(stream.read(100, timeout=SOON))
    with pytest.raises(httpx.WriteTimeout):
        write_on(road, stream)
    server.heal()
    road.leave(response)


def write_on(road: Road, stream: Any) -> None:
    """Write until that has to wait."""
    for _ in range(200):
        road.world(stream.write(b"x" * (1 << 20), timeout=SOON))


def test_reading_the_answer_that_switches(road: Road, play: Play) -> None:
    """It has no body; with that its connection is over."""
    response, _, server = switched(road, play)

    assert (b"", True) == (road.read(response), server.until_open(0, PATIENCE))


def test_a_protocol_that_nobody_asked_for(road: Road, play: Play) -> None:
    """It is refused."""
    server = play((Head(), Say(SWITCHED), echo))

    with pytest.raises(httpx.RemoteProtocolError):
        _ = road.body(road.transport(), get(server))


def test_a_connection_that_speaks_http(road: Road, play: Play) -> None:
    """Its stream tells, but neither reads nor writes."""
    server, transport = play((Ask(), Say(answer(length=3)), Await(), Say(b"end"))), road.transport()
    response = road.send(transport, get(server))
    stream = response.extensions["network_stream"]

    for act in (lambda: stream.read(1), lambda: stream.write(b"x")):
        with pytest.raises(httpx.LocalProtocolError):
            road.world(act())
    server.told.set()

    assert b"end" == road.read(response)


def test_what_a_connection_tells(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """By httpcore's names."""
    server, transport = play(tls=True), road.transport(verify=knows)
    response = road.whole(transport, get(server))
    told = response.extensions["network_stream"].get_extra_info

    assert ((HOST, server.port), HOST, False, None) == (
        told("server_addr"),
        told("client_addr")[0],
        told("is_readable"),
        told("something else"),
    )
    assert (True, True) == (told("socket").fileno() > 0, told("ssl_object").version().startswith("TLS"))


def test_what_a_connection_without_tls_tells(road: Road, play: Play) -> None:
    """There is none."""
    response = road.whole(road.transport(), get(play()))

    assert response.extensions["network_stream"].get_extra_info("ssl_object") is None


class Told:
    """A function that notes what it is told; and whether it is awaited."""

    def __init__(self, road: Road) -> None:
        self.names: list[str] = []
        self.infos: list[dict[str, Any]] = []
        self.extensions = {"trace": self.atrace if road.awaits else self.trace}

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """Note it."""
        self.names.append(name)
        self.infos.append(info)

    async def atrace(self, name: str, info: dict[str, Any]) -> None:
        """Note it, awaited."""
        self.trace(name, info)


STEPS = ("send_request_headers", "send_request_body", "receive_response_headers", "receive_response_body")


def test_what_is_traced(road: Road, play: Play, knows: ssl.SSLContext) -> None:
    """The events of httpcore, in its order."""
    server, told = play(tls=True), Told(road)

    _ = road.whole(road.transport(verify=knows), get(server, extensions=told.extensions))

    connecting = [
        f"connection.{step}.{when}" for step in ("connect_tcp", "start_tls") for when in ("started", "complete")
    ]
    exchange = [f"http11.{step}.{when}" for step in STEPS for when in ("started", "complete")]
    assert connecting + exchange == [name for at, name in enumerate(told.names) if name not in told.names[:at]]


def test_a_failure_is_traced(road: Road, play: Play) -> None:
    """With its error."""
    server, told = play((Ask(), Close())), Told(road)

    with pytest.raises(httpx.ReadError) as caught:
        _ = road.whole(road.transport(), get(server, extensions=told.extensions))

    assert ("http11.receive_response_headers.failed", caught.value) == (told.names[-1], told.infos[-1]["exception"])


def test_a_half_closed_answer(road: Road, play: Play) -> None:
    """What has come is all."""
    server, transport = play((Ask(), Say(raw() + b"all"), HalfClose())), road.transport()

    assert b"all" == road.body(transport, get(server))
