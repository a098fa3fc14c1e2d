"""Sending bodies: leave to go on, answers that come early, callers' code that takes its time."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest

from restkit import ClientClosed, WireTransport
from restkit.flow.deadline import MomentPassed
from restkit.wire.facts import KEY
from tests.campaign.wire_certificates import trusting
from tests.campaign.wire_script import (
    Ask,
    Close,
    HalfClose,
    Head,
    Mark,
    Say,
    Script,
    Shake,
    Stall,
    Step,
    Take,
    answer,
)
from tests.campaign.wire_server import Server
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import HOST, SOON, Play, Road, Watched, get, url
from tests.wire.direct.test_line import under
from tests.wire.direct.test_resending import streamed

BIG = 8 << 20
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECTS = {"Expect": "100-continue"}
SECOND: Script = (Ask(), Say(answer(b"second")))


def put(server: Server, content: Any, **headers: str) -> httpx.Request:
    """Ask a server whether it wants a body."""
    return httpx.Request("PUT", url(server), content=content, headers={**EXPECTS, **headers})


def told(road: Road, server: Server, *parts: bytes) -> httpx.Request:
    """Likewise, with a body that has to be read."""
    request = httpx.Request("PUT", url(server), **streamed(road, *parts))
    request.headers.update(EXPECTS)
    return request


CHUNKS = b"2\r\non\r\n2\r\nce\r\n0\r\n\r\n"


def test_leave_is_given(road: Road, play: Play) -> None:
    """Then the body follows, and the connection is kept."""
    server = play((Head(), Say(GO_ON), Take(4), Say(answer(b"thanks")), *SECOND))
    transport = road.transport()

    bodies = [road.body(transport, each) for each in (put(server, b"once"), get(server))]

    assert [b"thanks", b"second"] == bodies


def test_leave_is_given_to_a_stream(road: Road, play: Play) -> None:
    """Then its parts are read."""
    server = play((Head(), Say(GO_ON), Take(len(CHUNKS)), Say(answer(b"thanks")), *SECOND))
    transport = road.transport()

    bodies = [road.body(transport, each) for each in (told(road, server, b"on", b"ce"), get(server))]

    assert [b"thanks", b"second"] == bodies


@pytest.mark.parametrize("is_streamed", [False, True], ids=["in memory", "streamed"])
def test_an_answer_comes_instead(road: Road, play: Play, *, is_streamed: bool) -> None:
    """Nothing of the body is sent, and the connection is not used again."""
    server, transport = play((Head(), Say(answer(b"no", status="417 No")), HalfClose())), road.transport()
    request = told(road, server, b"once") if is_streamed else put(server, b"once")

    response = road.whole(transport, request)
    sent = response.extensions[KEY].bytes_sent

    assert (b"no", True) == (response.content, server.until_open(0, PATIENCE))
    assert (sent, b"/own") == (server.seen.size, road.body(transport, get(server, "/own")))


def test_leave_and_answer_come_at_once(road: Road, play: Play) -> None:
    """In the same segment: the answer is not waited for as if it were still to come."""
    server, transport = play((Head(), Say(GO_ON + answer(b"done")), Stall())), road.transport()

    response = road.whole(transport, put(server, b"once"))

    assert b"done" == response.content


def test_many_words_come_before(road: Road, play: Play) -> None:
    """Whatever they are, they are no answer."""
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    server, transport = play((Head(), Say(hint + GO_ON + hint), Take(4), Say(hint + answer(b"done")))), road.transport()

    assert b"done" == road.body(transport, put(server, b"once"))


def test_nothing_is_waited_for_without_a_body(road: Road, play: Play) -> None:
    """Leave is asked for, but there is nothing to send."""
    server, transport = play((Head(), Say(answer(b"done")))), road.transport()

    assert b"done" == road.body(transport, get(server, headers=EXPECTS))


def test_no_leave_and_a_server_that_hangs_up(road: Road, play: Play) -> None:
    """It has ended."""
    server, transport = play((Head(), Close())), road.transport()

    with pytest.raises(httpx.ReadError):
        _ = road.body(transport, put(server, b"once"))


REFUSED = answer(b"too much", "Connection: close", status="413 Content Too Large")
ENDS: dict[str, Step] = {"half closed": HalfClose(), "closed": Close(), "stalled": Stall()}
streams = pytest.mark.parametrize("is_streamed", [False, True], ids=["in memory", "streamed"])


def refused(road: Road, transport: WireTransport, server: Server, *, is_streamed: bool) -> httpx.Response:
    """The answer to a body of which only the beginning was read."""
    body = streamed(road, *[b"x" * 65536] * 128) if is_streamed else {"content": b"x" * BIG}
    return road.whole(transport, httpx.Request("PUT", url(server), **body))


@streams
@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_an_early_answer(road: Road, play: Play, end: Step, *, is_streamed: bool) -> None:
    """It is delivered, the rest of the body is not sent, and the next call is well."""
    server, transport = play((Head(), Take(1024), Say(REFUSED), end)), road.one()

    response = refused(road, transport, server, is_streamed=is_streamed)
    server.heal()

    assert (413, b"too much") == (response.status_code, response.content)
    assert (True, b"/own") == (response.extensions[KEY].bytes_sent < BIG, road.body(transport, get(server, "/own")))


@streams
def test_an_early_answer_over_tls(road: Road, play: Play, knows: ssl.SSLContext, *, is_streamed: bool) -> None:
    """Likewise."""
    server, transport = play((Shake(), Head(), Take(1024), Say(REFUSED), Stall()), tls=True), road.one(verify=knows)

    response = refused(road, transport, server, is_streamed=is_streamed)
    server.heal()

    assert (413, b"too much") == (response.status_code, response.content)
    assert (True, b"/own") == (response.extensions[KEY].bytes_sent < BIG, road.body(transport, get(server, "/own")))


def test_an_early_answer_closes(road: Road, play: Play) -> None:
    """Though its server would go on: the rest of the request is missing."""
    server = play((Head(), Take(1024), Say(answer(b"enough")), Stall()))
    transport = road.one()

    body = road.body(transport, httpx.Request("PUT", url(server), content=b"x" * BIG))

    assert (b"enough", b"/own") == (body, road.body(transport, get(server, "/own")))


def test_a_large_body_arrives(road: Road, play: Play) -> None:
    """In slices, each of which may have to wait; then the connection is kept."""
    server, transport = play(), road.transport()

    bodies = [road.body(transport, httpx.Request("PUT", url(server, "/a"), content=b"x" * 2_000_000)) for _ in "ab"]

    assert ([b"/a", b"/a"], True, 1) == (bodies, server.seen.size > 4_000_000, server.seen.connections)


def test_many_parts_arrive(road: Road, play: Play) -> None:
    """Empty ones among them."""
    server, transport = play(), road.transport()

    body = road.body(transport, httpx.Request("PUT", url(server, "/a"), **streamed(road, *[b"x" * 3000, b""] * 50)))

    assert (b"/a", True) == (body, server.seen.size > 150_000)


class Broken(Exception):
    """An error of the caller's own."""


async def breaks() -> AsyncIterator[bytes]:
    """Give a part, then fail."""
    yield b"x"
    raise Broken


async def test_a_body_that_fails(anyio_backend: str, play: Play) -> None:
    """Its error is the call's, and the connection is not used again."""
    server = play((Head(), Stall()))
    async with WireTransport(limits=httpx.Limits(max_connections=1)) as transport:
        with pytest.raises(Broken):
            _ = await transport.handle_async_request(httpx.Request("PUT", url(server), content=breaks()))
        response = await transport.handle_async_request(get(server, "/own"))
        body = await response.aread()

    assert (True, b"/own") == (anyio_backend in ("asyncio", "trio"), body)


def test_a_body_that_fails_blocking(play: Play) -> None:
    """Likewise."""
    server = play((Head(), Stall()))

    def fails() -> Any:
        yield b"x"
        raise Broken

    with WireTransport(limits=httpx.Limits(max_connections=1)) as transport:
        with pytest.raises(Broken):
            _ = transport.handle_request(httpx.Request("PUT", url(server), content=fails()))
        body = transport.handle_request(get(server, "/own")).read()

    assert b"/own" == body


class Hangs:
    """A body whose second part never comes."""

    def __init__(self) -> None:
        self.waits = anyio.Event()
        self.is_closed = False

    async def __call__(self) -> AsyncIterator[bytes]:
        """Give the first part, and wait."""
        try:
            yield b"x"
            self.waits.set()
            await anyio.sleep_forever()
        finally:
            self.is_closed = True


async def test_a_body_that_hangs(anyio_backend: str, play: Play) -> None:
    """It is held to the call's moment, and closed."""
    server, hangs = play((Head(), Stall())), Hangs()
    async with WireTransport() as transport:
        request = httpx.Request("PUT", url(server), content=hangs(), extensions=under(SOON))
        with pytest.raises(MomentPassed):
            _ = await transport.handle_async_request(request)

    assert (True, True) == (hangs.is_closed, anyio_backend in ("asyncio", "trio"))


async def test_a_body_that_hangs_is_called_off(play: Play) -> None:
    """By whoever closes the client."""
    server, hangs, stop = play((Head(), Stall())), Hangs(), Watched()
    errors: list[Exception] = []

    async def call(transport: WireTransport) -> None:
        """Send it."""
        request = httpx.Request("PUT", url(server), content=hangs(), extensions=under(stop=stop))
        try:
            _ = await transport.handle_async_request(request)
        except ClientClosed as error:
            errors.append(error)

    async with WireTransport() as transport, anyio.create_task_group() as group:
        _ = group.start_soon(call, transport)
        await hangs.waits.wait()
        _ = stop.keep()

    assert (1, True) == (len(errors), hangs.is_closed)


async def test_a_body_that_was_called_off(play: Play) -> None:
    """Between two of its parts."""
    server, stop = play((Head(), Stall())), Watched()

    class Keeps(httpx.AsyncByteStream):
        """A body in which the call is called off."""

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"x"
            _ = stop.keep()
            yield b"y"

    async with WireTransport() as transport:
        headers = {"Host": HOST, "Transfer-Encoding": "chunked"}
        request = httpx.Request("PUT", url(server), stream=Keeps(), headers=headers, extensions=under(stop=stop))
        with pytest.raises(ClientClosed):
            _ = await transport.handle_async_request(request)

    assert server.until_open(0, PATIENCE)


async def test_other_tasks_have_their_turn_while_a_body_is_sent(play: Play) -> None:
    """Though no part of it has to be waited for."""
    server, done, count = play(), anyio.Event(), 0

    async def others() -> None:
        """Count the turns."""
        nonlocal count
        while not done.is_set():
            count += 1
            await anyio.lowlevel.checkpoint()

    async def small() -> AsyncIterator[bytes]:
        """Many small parts, none of which waits."""
        for _ in range(200):
            yield b"x"

    async with WireTransport() as transport, anyio.create_task_group() as group:
        _ = await (await transport.handle_async_request(get(server))).aread()
        _ = group.start_soon(others)
        before = count
        _ = await transport.handle_async_request(httpx.Request("PUT", url(server), content=small()))
        done.set()

    assert count - before >= 6  # of the 12 that there are; trio may begin with the other one


async def test_other_tasks_have_their_turn_while_a_body_is_read(play: Play) -> None:
    """Though all of it has come; over TLS nobody knows before looking."""
    body = b"x" * 600_000
    server = play((Shake(), Ask(), Say(answer(body)), Mark(), Stall()), tls=True)
    count, parts, done = 0, 0, anyio.Event()

    async def others() -> None:
        """Count the turns."""
        nonlocal count
        while not done.is_set():
            count += 1
            await anyio.lowlevel.checkpoint()

    async with WireTransport(trusting()) as transport, anyio.create_task_group() as group:
        response = await transport.handle_async_request(get(server))
        _ = server.marked.wait(PATIENCE)
        _ = group.start_soon(others)
        async for _ in response.aiter_raw():
            parts += 1
        done.set()
        server.heal()

    assert (True, True) == (parts > 0, count > 0)
