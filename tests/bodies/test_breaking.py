"""A body that breaks while it is sent: its own error arrives, what was open is closed, and nothing is sent again."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import Any

import anyio
import httpcore
import httpx
import pytest

from restkit import ConfigError, ConnectError, DeadlineExceeded, Flow, NotFound, Proceed
from restkit.bodies.kinds import source_of
from restkit.flow.outgoing import Outgoing, is_callers, is_replayable
from tests.bodies.content import AWAITING, AsyncOnce, AsyncPieces
from tests.client.worlds import World
from tests.loopback import Loopback
from tests.wire.conftest import Speak

KINDS = [
    OSError,
    TimeoutError,
    KeyError,
    httpx.ReadError,
    httpx.ReadTimeout,
    httpcore.ReadError,
    httpcore.WriteTimeout,
    NotFound,
    partial(ConfigError, "is wrong", "correct it"),
]


def broken(error: Exception) -> Iterator[bytes]:
    """A body that breaks."""
    yield b"one"
    raise error


async def async_broken(error: Exception) -> AsyncIterator[bytes]:
    """Another, to be awaited."""
    yield b"one"
    raise error


def caught_from(world: World, client: Any, content: Any) -> BaseException:
    """What a call raises."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - it is looked at where this is called
        world(client.post("/echo", content=content))
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_callers_own_arrives_as_it_is(
    world: World, server: Loopback, kind: Callable[[str], Exception]
) -> None:
    """The same object, whatever its class: neither translated nor handled; and the connection ends."""
    client = world.client(base_url=server.url)
    error = kind("of another API")
    mark = vars(error).copy()

    caught = caught_from(world, client, broken(error))
    server.wait_until_left()

    assert (True, None, None, mark) == (caught is error, caught.__cause__, caught.__context__, vars(error))


@AWAITING
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_that_was_awaited_arrives_as_it_is(
    world: World, server: Loopback, kind: Callable[[str], Exception]
) -> None:
    """Likewise."""
    error = kind("of another API")
    caught = caught_from(world, world.client(base_url=server.url), async_broken(error))
    server.wait_until_left()

    assert error is caught


def test_an_error_of_a_factory_arrives_as_it_is(world: World, server: Loopback) -> None:
    """It is the caller's own code as well."""
    error = httpx.ReadError("of another client")

    def make() -> bytes:
        raise error

    assert error is caught_from(world, world.client(base_url=server.url), make)


def test_an_error_in_a_form_arrives_as_it_is(world: World, server: Loopback) -> None:
    """From whichever part."""
    error = httpx.ReadError("of another client")
    client = world.client(base_url=server.url)

    with pytest.raises(httpx.ReadError) as caught:
        world(client.post("/echo", files={"a": b"x", "b": broken(error)}))

    assert error is caught.value


def test_a_layer_knows_whose_error_it_is(world: World, server: Loopback) -> None:
    """So that it does not send the request again."""
    said: list[bool] = []

    def note(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        try:
            return (yield from proceed(request))
        except httpx.ReadError as error:
            said.extend([is_callers(error, request), is_callers(httpx.ReadError(""), request)])
            raise

    client = world.client(base_url=server.url, layers=[note])
    caught_from(world, client, broken(httpx.ReadError("of another client")))

    assert [True, False] == said


def test_an_interruption_passes(world: World, server: Loopback) -> None:
    """Ctrl-C is nobody's error."""
    if world.awaits:
        caught = caught_from(world, world.client(base_url=server.url), broken(RuntimeError("asked to stop")))
        expected: type[BaseException] = RuntimeError
    else:

        def interrupted() -> Iterator[bytes]:
            yield b"one"
            raise KeyboardInterrupt

        caught = caught_from(world, world.client(base_url=server.url), interrupted())
        expected = KeyboardInterrupt

    assert expected is type(caught)


class Held:
    """A body that waits within itself until nobody wants it any more, and notes its end."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            yield b"one"
            self.begun.set()
            await anyio.sleep_forever()
        finally:
            self.ended.set()


@AWAITING
def test_what_is_awaited_is_closed_when_the_deadline_passes(world: World, server: Loopback) -> None:
    """While it waits itself."""
    body = Held()
    caught = caught_from(world, world.client(base_url=server.url, deadline=0.5), body)

    assert (DeadlineExceeded, True) == (type(caught), body.ended.is_set())


async def cancelled_when(begun: threading.Event, answer: Any) -> None:
    """Begin a call, and cancel it when its body has begun."""
    async with anyio.create_task_group() as group:

        async def perform() -> None:
            """Wait for it."""
            await answer

        group.start_soon(perform)
        await anyio.to_thread.run_sync(begun.wait)
        group.cancel_scope.cancel()


@AWAITING
def test_what_is_awaited_is_closed_when_the_call_is_cancelled(world: World, server: Loopback) -> None:
    """While it waits itself."""
    body = Held()
    world(cancelled_when(body.begun, world.client(base_url=server.url).post("/echo", content=body)))
    server.wait_until_left()

    assert body.ended.is_set()


class Flood:
    """A body without an end, which notes its own."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.is_closed = False

    def __aiter__(self) -> Flood:
        return self

    async def __anext__(self) -> bytes:
        self.begun.set()
        return b"x" * 1_000_000

    async def aclose(self) -> None:
        """Note the end."""
        self.is_closed = True


@AWAITING
def test_what_is_awaited_is_closed_when_it_waits_for_the_wire(world: World, speak: Speak) -> None:
    """It is suspended in the middle, since the server takes nothing."""
    body = Flood()
    taken = threading.Event()
    client = world.client(base_url=speak(lambda _: taken.wait(20)), deadline=0.5)
    caught = caught_from(world, client, body)
    taken.set()

    assert (DeadlineExceeded, True) == (type(caught), body.is_closed)


def reset(connection: socket.socket) -> None:
    """Take something, and reset the connection."""
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_generator_is_closed_when_the_wire_breaks(world: World, speak: Speak) -> None:
    """It is suspended in the middle, when the server goes."""
    ended: list[bool] = []

    def flood() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 1_000_000
        finally:
            ended.append(True)

    caught = caught_from(world, world.client(base_url=speak(reset)), flood())

    assert ([True], True) == (ended, isinstance(caught, httpx.TransportError))


def test_a_generator_that_will_not_end_stops_nothing(world: World, speak: Speak) -> None:
    """What it raises when it is closed is of interest to nobody."""

    def stubborn() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 1_000_000
        finally:
            raise ValueError("not yet")

    caught = caught_from(world, world.client(base_url=speak(reset)), stubborn())

    assert isinstance(caught, httpx.TransportError)


class Lost(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that finds nobody."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Fail before the body."""
        raise httpx.ConnectError("nobody", request=request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Likewise."""
        return self.handle_request(request)


def test_a_body_that_was_not_begun_can_be_sent_again(world: World) -> None:
    """The connection failed before."""
    said: list[bool] = []

    def note(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        try:
            return (yield from proceed(request))
        finally:
            said.append(is_replayable(request))

    client = world.client(base_url="https://api.test", transport=Lost(), layers=[note])
    caught = caught_from(world, client, iter([b"x"]))

    assert (ConnectError, [True]) == (type(caught), said)


class Hasty(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that has its answer after the first piece."""

    def __init__(self, *, whole: bool = True) -> None:
        self._whole = whole

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Take a piece."""
        stream: Any = request.stream
        self.taken = iter(stream)
        next(self.taken)
        return httpx.Response(200, content=b"enough" if self._whole else iter([b"enough"]))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Likewise."""
        stream: Any = request.stream
        self.taken = aiter(stream)
        await anext(self.taken)
        return httpx.Response(200, content=b"enough" if self._whole else AsyncPieces())


@AWAITING
def test_what_is_awaited_is_closed_after_an_early_answer(world: World) -> None:
    """The rest is not asked for any more."""
    body = AsyncOnce()
    world(world.client(base_url="https://api.test", transport=Hasty()).post("/", content=body))

    assert body.is_closed


def test_a_generator_is_closed_after_an_early_answer(world: World) -> None:
    """The rest is not asked for any more."""
    ended: list[bool] = []

    def flood() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            ended.append(True)

    world(world.client(base_url="https://api.test", transport=Hasty()).post("/", content=flood()))

    assert [True] == ended


def test_a_body_goes_on_while_its_answer_is_streamed(world: World) -> None:
    """Both directions may be open; the body ends with its transport."""
    ended: list[bool] = []
    transport = Hasty(whole=False)

    def flood() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            ended.append(True)

    client = world.client(base_url="https://api.test", transport=transport)
    with world.open(client.stream(client.post.op("/", content=flood()))):
        rest = list(world.items(transport.taken))

    assert ([b"two"], [True]) == (rest, ended)


async def never() -> httpx.Response:
    """An answer that does not come."""
    await Forever()
    raise AssertionError


class Forever:
    """Something to wait for in vain."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def test_a_lost_loop_leaves_a_body_as_it_is() -> None:
    """Nothing can be awaited any more."""
    source: Any = source_of("content", [b"x"])
    sending = Outgoing(source).aattempt(httpx.Request("POST", "https://api.test"), never)
    sending.send(None)
    sending.close()

    assert None is sending.cr_frame
