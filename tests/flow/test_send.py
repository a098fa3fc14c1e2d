"""Send: a response from the transport."""

from __future__ import annotations

import httpx
import pytest

from restkit.errors import ConfigError
from restkit.flow import Abandoned, Flow, Promise, Send, Sleep, Spawn, World, read, run
from restkit.flow.awaiting import arun
from restkit.flow.deadline import MomentPassed
from restkit.testing import Stepper, VirtualClock, answer, run_asyncio
from tests.flow.engines import Engine

URL = "http://api.test/users/7"


def get() -> httpx.Request:
    """A request without a body."""
    return httpx.Request("GET", URL)


def sends(request: httpx.Request, until: float | None = None, *, whole: bool = False) -> Flow[httpx.Response]:
    """A flow of one effect."""
    return (yield from Send(request, until, whole=whole))


def test_answers_the_transports_response(engine: Engine) -> None:
    """What the transport answers is what the flow gets, with its request."""
    engine.transport.script("GET", "/users/7", answer(201))
    request = get()

    response = engine.perform(sends(request))

    assert (201, request, False) == (response.status_code, response.request, response.is_closed)


def test_reads_the_whole_body(engine: Engine) -> None:
    """With `whole` the body is read within the effect."""
    engine.transport.script("GET", "/users/7", answer(text="hello"))

    response = engine.perform(sends(get(), whole=True))

    assert (b"hello", True) == (response.content, response.is_closed)


def test_leaves_a_streamed_body_unread(engine: Engine) -> None:
    """Without `whole` the body comes as it is read."""
    engine.transport.script("GET", "/users/7", answer(text="hello"))

    def flow() -> Flow[bytes]:
        response = yield from Send(get())
        assert not response.is_closed
        return (yield from read(response))

    assert b"hello" == engine.perform(flow())


def test_raises_the_transports_error_with_its_request(engine: Engine) -> None:
    """An error of the transport is raised in the flow, and knows the request."""
    engine.transport.script("GET", "/users/7", httpx.ConnectError("refused"))
    request = get()

    with pytest.raises(httpx.ConnectError, match="refused") as caught:
        _ = engine.perform(sends(request))

    assert request is caught.value.request


def test_closes_a_response_whose_body_breaks(engine: Engine) -> None:
    """A body that breaks off while it is read as a whole leaves no open response."""
    engine.transport.script("GET", "/users/7", answer(chunks=[b"a", httpx.ReadError("cut")]))

    with pytest.raises(httpx.ReadError, match="cut"):
        _ = engine.perform(sends(get(), whole=True))

    engine.transport.assert_all_over()


def test_is_refused_when_its_moment_has_passed(engine: Engine) -> None:
    """Nothing is sent after the moment it had to be over by."""
    with pytest.raises(httpx.ReadTimeout, match="has passed"):
        _ = engine.perform(sends(get(), engine.clock.now()))

    assert [] == engine.transport.requests


def test_streams_until_its_moment(engine: Engine) -> None:
    """A streamed body that is still coming when its moment has passed is a timeout, though it was sent in time."""
    engine.transport.script("GET", "/users/7", answer(chunks=[b"a", b"b"]))

    def flow() -> Flow[bytes]:
        response = yield from Send(get(), engine.clock.now() + 5.0)
        yield from Sleep(6.0)
        return (yield from read(response))

    with pytest.raises(httpx.ReadTimeout, match="still coming"):
        _ = engine.perform(flow())

    engine.transport.assert_all_over()


def test_streams_within_its_moment(engine: Engine) -> None:
    """A streamed body that comes before its moment is read as ever."""
    engine.transport.script("GET", "/users/7", answer(chunks=[b"a", b"b"]))

    def flow() -> Flow[bytes]:
        response = yield from Send(get(), engine.clock.now() + 5.0)
        return (yield from read(response))

    assert b"ab" == engine.perform(flow())


class Slow(httpx.AsyncBaseTransport):
    """A transport that answers after some seconds of the loop's time."""

    def __init__(self, clock: VirtualClock, seconds: float) -> None:
        self.clock, self.seconds = clock, seconds

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        await self.clock.asleep(self.seconds)
        return httpx.Response(200)


def test_cuts_an_awaited_transport_at_its_moment(awaiting: Engine) -> None:
    """An asynchronous transport that is not done at the moment is cancelled, and the flow gets a timeout."""
    awaiting.transport = Slow(awaiting.clock, 9.0)

    with pytest.raises(httpx.ReadTimeout, match="has passed"):
        _ = awaiting.perform(sends(get(), awaiting.clock.now() + 2.0))

    assert 1_002.0 == awaiting.clock.now()


def test_is_equal_by_what_it_asks() -> None:
    """Two effects that ask the same are equal, and have the same hash and repr."""
    request = get()
    same, other = Send(request, 5.0), Send(request)

    assert (True, False, True) == (Send(request, 5.0) == same, other == same, hash(Send(request, 5.0)) == hash(same))
    assert f"Send({request!r}, 5.0, False, None)" == repr(same)
    assert Sleep(1.0) != Send(request)


def test_gives_the_transport_what_is_left() -> None:
    """A blocking transport is told the seconds that are left as its timeouts."""
    clock = VirtualClock()
    seen: list[object] = []

    class Noting(httpx.BaseTransport):
        """A transport that notes its timeouts."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            """Answer."""
            seen.append(request.extensions["timeout"])
            return httpx.Response(200)

    request = httpx.Request("GET", URL, extensions={"timeout": {"connect": 2.0, "read": 30.0}})
    _ = run(sends(request, clock.now() + 5.0), World(Noting(), clock))

    assert [{"connect": 2.0, "read": 5.0, "write": 5.0, "pool": 5.0}] == seen


def test_needs_a_blocking_transport_to_block() -> None:
    """A blocking world without a blocking transport says so."""
    with pytest.raises(ConfigError, match="cannot block"):
        _ = run(sends(get()), World(httpx.AsyncHTTPTransport()))


def test_needs_an_awaiting_transport_to_await() -> None:
    """An awaiting world without an awaiting transport says so."""
    clock = VirtualClock()
    with pytest.raises(ConfigError, match="cannot be awaited"):
        _ = run_asyncio(lambda: arun(sends(get()), World(httpx.HTTPTransport(), clock)), clock)


def test_a_stopped_world_sends_nothing(awaiting: Engine) -> None:
    """A run that was called off before it sends is abandoned, and nothing is sent."""
    awaiting.stop = Promise()
    _ = awaiting.stop.keep()
    with pytest.raises(Abandoned):
        _ = awaiting.perform(sends(get()))

    assert [] == awaiting.transport.requests


def test_a_run_that_is_called_off_while_it_sends(awaiting: Engine) -> None:
    """An asynchronous transport is cancelled when the run is called off."""
    awaiting.stop, awaiting.transport = Promise(), Slow(awaiting.clock, 9.0)  # type: ignore[assignment]

    def stops() -> Flow[None]:
        yield from Sleep(2.0)
        _ = awaiting.stop.keep()

    def flow() -> Flow[httpx.Response]:
        _ = yield from Spawn(stops())
        return (yield from Send(get()))

    with pytest.raises(Abandoned):
        _ = awaiting.perform(flow())

    assert 1_002.0 == awaiting.clock.now()


def test_can_be_stepped_by_hand() -> None:
    """A flow that sends is tested without any transport."""
    request, response = get(), answer(200)
    steps = Stepper(sends(request))
    assert Send(request) == steps.effect

    steps.answer(response)

    assert response is steps.returned


@pytest.mark.parametrize("error", [httpx.PoolTimeout("full"), httpx.RemoteProtocolError("cut")])
def test_whatever_comes_with_the_moment(engine: Engine, error: Exception) -> None:
    """A transport that gives up just then, in whatever step, has been given up: the cause tells which it was."""

    class Late(httpx.BaseTransport, httpx.AsyncBaseTransport):
        """One that takes its time."""

        def handle_request(self, _: httpx.Request) -> httpx.Response:
            """Give up."""
            engine.clock.sleep(2.0)
            raise error

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            """Give up."""
            return self.handle_request(request)

    engine.transport = Late()  # type: ignore[assignment]
    with pytest.raises(MomentPassed) as caught:
        _ = engine.perform(sends(get(), engine.clock.now() + 2.0))

    assert error is caught.value.__cause__


def test_a_timeout_before_the_moment_is_its_own(engine: Engine) -> None:
    """It is the transport's."""
    engine.transport.script("GET", "/users/7", httpx.PoolTimeout("full"))

    with pytest.raises(httpx.PoolTimeout, match="full"):
        _ = engine.perform(sends(get(), engine.clock.now() + 2.0))
