"""Pipeline: layers as a transport for plain httpx clients, on a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from restkit.context import Context
from restkit.flow import Flow, Sleep
from restkit.layers.cookies import Cookies
from restkit.layers.idempotency import Idempotency
from restkit.pipeline import Pipeline, Proceed
from restkit.testing import ScriptedTransport, VirtualClock, answer, run_asyncio
from tests.loopback import Loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A real server."""
    with Loopback() as listening:
        yield listening


class Tag:
    """A layer that notes its turn."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Note the way down and the way up."""
        self.log.append(f"{self.name} down")
        response = yield from proceed(request)
        self.log.append(f"{self.name} up")
        return response


def again(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Send twice, with time between."""
    _ = yield from proceed(httpx.Request(request.method, request.url, extensions=request.extensions))
    yield from Sleep(1.0)
    return (yield from proceed(request))


def test_in_a_plain_blocking_client(server: Loopback) -> None:
    """`httpx.Client` takes layers, the first outermost, over a pool of connections."""
    log: list[str] = []
    with httpx.Client(transport=Pipeline([Tag("a", log), Tag("b", log)])) as client:
        bodies = [client.get(f"{server.url}/echo").status_code for _ in range(2)]

    assert ([200, 200], 1) == (bodies, server.connections)
    assert ["a down", "b down", "b up", "a up"] * 2 == log


async def test_in_a_plain_awaiting_client(server: Loopback) -> None:
    """`httpx.AsyncClient` takes the same layers."""
    log: list[str] = []
    async with httpx.AsyncClient(transport=Pipeline([Tag("a", log), Tag("b", log)])) as client:
        bodies = [(await client.get(f"{server.url}/echo")).status_code for _ in range(2)]

    assert ([200, 200], 1) == (bodies, server.connections)
    assert ["a down", "b down", "b up", "a up"] * 2 == log


def test_streams_through(server: Loopback) -> None:
    """A streamed response passes the layers unread, and its time is known at its end."""
    with (
        httpx.Client(transport=Pipeline()) as client,
        client.stream("GET", f"{server.url}/echo") as response,
    ):
        assert not response.is_stream_consumed
        assert response.read()
        assert response.elapsed.total_seconds() > 0.0


def test_the_request_stays_the_callers() -> None:
    """Afterwards the request's extensions are what they were."""
    pipeline = Pipeline([again], ScriptedTransport([answer(503), answer(200)]), clock=VirtualClock())
    request = httpx.Request("GET", "http://api.test/", extensions={"mine": 1})

    response = pipeline.handle_request(request)

    assert (200, {"mine": 1}) == (response.status_code, request.extensions)
    response.close()


def test_a_request_that_is_sent_twice_has_nothing_of_the_first_time() -> None:
    """No idempotency key, by which a server would take the second write for the first, and no cookie."""
    scripted = ScriptedTransport([answer(200, headers={"Set-Cookie": "a=1"})] * 2)
    pipeline = Pipeline([Idempotency(), Cookies()], scripted)
    request = httpx.Request("POST", "http://api.test/", headers={"X-Mine": "1"})
    before = request.headers.multi_items()
    for _ in range(2):
        pipeline.handle_request(request).close()

    assert before == request.headers.multi_items()


def test_the_history_is_kept() -> None:
    """Every attempt is noted, in the time of the pipeline's clock."""
    clock = VirtualClock()
    pipeline = Pipeline([again], ScriptedTransport([answer(503), answer(200)]), clock=clock)
    request = httpx.Request("GET", "http://api.test/")

    async def main() -> httpx.Response:
        """What runs on the loop."""
        return await pipeline.handle_async_request(request)

    response = run_asyncio(main, clock)
    context: Context = response.extensions["restkit"]

    assert [(1, 503, 0.0), (2, 200, 1.0)] == [(each.number, each.status, each.started) for each in context.history]


def test_an_attempt_has_its_own_limit() -> None:
    """With `attempt_timeout` an attempt is over by then, or by the deadline if that is earlier."""
    clock, seen = VirtualClock(), list[object]()

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"]["read"])
        raise httpx.ReadTimeout("slow")

    def until(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        Context.of(request).deadline = clock.now() + 2.0
        return (yield from proceed(request))

    for layers in ([], [until]):
        pipeline = Pipeline(layers, ScriptedTransport({("GET", "/"): note}), clock=clock, attempt_timeout=5.0)
        with pytest.raises(httpx.ReadTimeout):
            _ = pipeline.handle_request(httpx.Request("GET", "http://api.test/"))

    assert [5.0, 2.0] == seen


def test_a_failed_attempt_is_noted() -> None:
    """An attempt that raised stands in the history by the name of its error."""
    clock, contexts = VirtualClock(), list[Context]()

    def notes(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        contexts.append(Context.of(request))
        return (yield from proceed(request))

    pipeline = Pipeline([notes], ScriptedTransport([httpx.ConnectError("refused")]), clock=clock)
    with pytest.raises(httpx.ConnectError):
        _ = pipeline.handle_request(httpx.Request("GET", "http://api.test/"))

    assert ["ConnectError"] == [each.error for each in contexts[0].history]
