"""Bodies, and what happens when they are over."""

from __future__ import annotations

import gc

import httpx
import pytest

from restkit.flow import Body, Flow, Send, Sleep, close, read, when_over
from restkit.testing import ScriptedBody, answer
from tests.flow.engines import Engine


class Ends(list[str]):
    """What a listener was told."""

    def __call__(self, error: BaseException | None) -> None:
        """Note it."""
        self.append(type(error).__name__)


def streams(ends: Ends, *, listeners: int = 1) -> Flow[httpx.Response]:
    """Send, and listen for the body's end."""
    response = yield from Send(httpx.Request("GET", "http://api.test/"))
    for _ in range(listeners):
        when_over(response, ends)
    assert [] == ends
    return response


def test_read_to_its_end(engine: Engine) -> None:
    """Reading tells each listener once, and closing afterwards tells nobody."""
    engine.transport.script("GET", "/", answer(chunks=[b"a", b"b"]))
    ends = Ends()

    def flow() -> Flow[bytes]:
        response = yield from streams(ends, listeners=2)
        body = yield from read(response)
        yield from close(response)
        return body

    assert (b"ab", ["NoneType", "NoneType"]) == (engine.perform(flow()), ends)


def test_closed_early(engine: Engine) -> None:
    """Closing before the body is read is an end without an error."""
    engine.transport.script("GET", "/", answer(chunks=[b"a", b"b"]))
    ends = Ends()

    def flow() -> Flow[None]:
        response = yield from streams(ends)
        yield from close(response)
        yield from close(response)

    engine.perform(flow())

    assert ["NoneType"] == ends


def test_broken(engine: Engine) -> None:
    """A body that breaks off tells why, once."""
    engine.transport.script("GET", "/", answer(chunks=[b"a", httpx.ReadError("cut")]))
    ends = Ends()

    def flow() -> Flow[None]:
        response = yield from streams(ends)
        try:
            _ = yield from read(response)
        except httpx.ReadError:
            yield from close(response)

    engine.perform(flow())

    assert ["ReadError"] == ends


def test_forgotten(engine: Engine) -> None:
    """A response that nobody reads or closes tells of it when it is collected."""
    engine.transport.script("GET", "/", answer(chunks=[b"a"]))
    ends = Ends()

    response = engine.perform(streams(ends))
    engine.transport.responses.clear()
    del response
    _ = gc.collect()

    assert ["ResourceWarning"] == ends


def test_over_already(engine: Engine) -> None:
    """A response that was read within its attempt is over at once."""
    engine.transport.script("GET", "/", answer(text="hello"))
    ends = Ends()

    def flow() -> Flow[None]:
        response = yield from Send(httpx.Request("GET", "http://api.test/"), whole=True)
        when_over(response, ends)

    engine.perform(flow())

    assert ["NoneType"] == ends


def test_cut_by_the_engine(engine: Engine) -> None:
    """A run that fails closes its response, and that is the body's end."""
    engine.transport.script("GET", "/", answer(chunks=[b"a"]))
    ends = Ends()

    def flow() -> Flow[None]:
        _ = yield from streams(ends)
        yield from Sleep(1.0)
        raise LookupError

    with pytest.raises(LookupError):
        engine.perform(flow())

    assert ["NoneType"] == ends


def test_left_in_the_middle() -> None:
    """Whoever leaves a loop over the chunks is told nothing until the response is closed."""
    response, ends = httpx.Response(200, stream=ScriptedBody([b"a", b"b"])), Ends()
    when_over(response, ends)
    chunks = iter(response.stream)  # type: ignore[arg-type]
    assert b"a" == next(chunks)

    chunks.close()  # type: ignore[attr-defined]
    assert [] == ends
    response.close()

    assert ["NoneType"] == ends


async def test_left_in_the_middle_awaiting() -> None:
    """The same holds for `async for`."""
    response, ends = httpx.Response(200, stream=ScriptedBody([b"a", b"b"])), Ends()
    when_over(response, ends)
    chunks = aiter(response.stream)  # type: ignore[arg-type]
    assert b"a" == await anext(chunks)

    await chunks.aclose()  # type: ignore[attr-defined]
    assert [] == ends
    await response.aclose()

    assert ["NoneType"] == ends


def test_a_chunk_that_comes_too_late(awaiting: Engine) -> None:
    """A body whose next chunk does not come before its moment is cut then."""

    class Dripping(ScriptedBody):
        """A body that stalls."""

        async def __aiter__(self):  # type: ignore[no-untyped-def] # noqa: ANN204
            yield b"a"
            await awaiting.clock.asleep(60.0)
            yield b"b"

    def flow() -> Flow[bytes]:
        response = yield from Send(httpx.Request("GET", "http://api.test/"), awaiting.clock.now() + 5.0)
        return (yield from read(response))

    awaiting.transport = Passing(Dripping([]))  # type: ignore[assignment]
    with pytest.raises(httpx.ReadTimeout, match="still coming"):
        _ = awaiting.perform(flow())

    assert 1_005.0 == awaiting.clock.now()


class Passing(httpx.AsyncBaseTransport):
    """A transport that answers with a given body."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self.body = body

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        return httpx.Response(200, stream=self.body)


def test_a_listener_that_raises_does_not_keep_the_end_from_the_others() -> None:
    """All of them are told, then the first error is raised."""
    told: list[str] = []

    def breaks(_: BaseException | None) -> None:
        told.append("breaks")
        raise LookupError(len(told))

    body = Body(httpx.ByteStream(b""))
    for ended in (breaks, breaks, lambda _: told.append("told")):
        body.listen(ended)
    with pytest.raises(LookupError, match="1"):
        body.close()

    assert ["breaks", "breaks", "told"] == told
