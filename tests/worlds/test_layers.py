"""Layers of ten lines, one for each effect a layer needs."""

from __future__ import annotations

import httpx

from restkit.flow import Ask, Flow, Open, Promise, Race, Send, Sleep, Spawn, Wait, close
from restkit.pipeline import Proceed
from restkit.testing import Stepper, answer
from tests.flow.engines import Engine
from tests.worlds.conftest import Call


def fresh(request: httpx.Request, path: str | None = None) -> httpx.Request:
    """A copy of a request for a further attempt."""
    url = request.url if path is None else request.url.copy_with(path=path)
    return httpx.Request(request.method, url, extensions=dict(request.extensions))


def preflight(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Send: ask a health check before each call, past the layers below."""
    health = yield from Send(fresh(request, "/health"), whole=True)
    if health.is_error:
        raise httpx.ConnectError("unhealthy", request=request)
    return (yield from proceed(request))


def test_send(call: Call, engine: Engine) -> None:
    """A layer may put requests of its own on the wire."""
    engine.transport.script("GET", "/health", answer(204))
    engine.transport.script("GET", "/", answer(text="hello"))

    assert "hello" == call(preflight).text
    assert ["/health", "/"] == [request.url.path for request in engine.transport.requests]


def retry(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Sleep: try again a second later, twice at most."""
    for seconds in (1.0, 2.0):
        response = yield from proceed(fresh(request))
        if response.status_code != 503:
            return response
        yield from close(response)
        yield from Sleep(seconds)
    return (yield from proceed(request))


def test_sleep(call: Call, engine: Engine) -> None:
    """A layer waits between attempts in the clock's time, and leaves nothing open."""
    engine.transport.script("GET", "/", [answer(503), answer(503), answer(200)])

    assert (200, 1_003.0) == (call(retry).status_code, engine.clock.now())
    engine.transport.assert_all_over()


def test_sleep_by_hand() -> None:
    """The same layer, stepped: with no clock and no transport."""
    request = httpx.Request("GET", "http://api.test/")
    steps = Stepper(retry(request, lambda each: iter(Send(each))))
    steps.answer(answer(503))
    steps.answer()

    assert Sleep(1.0) == steps.effect


class OneAtATime:
    """Wait: a call waits for the one before it."""

    def __init__(self) -> None:
        self.before: Promise[None] | None = None

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Wait in line."""
        before, mine = self.before, Promise[None]()
        self.before = mine
        try:
            if before is not None:
                yield from Wait(before)
            return (yield from proceed(request))
        finally:
            _ = mine.keep()


def test_wait(call: Call, engine: Engine) -> None:
    """Calls that come at once go one after the other, each as soon as the one before it is done."""
    line, log = OneAtATime(), list[str]()

    def slow(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        log.append("begins")
        yield from Sleep(1.0)
        log.append("ends")
        return (yield from proceed(request))

    def thrice(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        for _ in range(2):
            assert (yield from Spawn(line(fresh(request), lambda each: slow(each, proceed))))
            yield from Sleep(0.1)
        return (yield from line(request, lambda each: slow(each, proceed)))

    engine.transport.script("GET", "/", answer(200))

    assert 200 == call(thrice).status_code
    assert (["begins", "ends"] * 3, 1_003.0) == (log, round(engine.clock.now(), 6))


class Tokens:
    """Ask: a token from a store that has a blocking and an awaiting form."""

    def read(self) -> str:
        """Blocking."""
        return "blocking"

    async def aread(self) -> str:
        """Awaiting."""
        return "awaiting"

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send the token along."""
        request.headers["Authorization"] = yield from Ask(self.read, self.aread)
        return (yield from proceed(request))


def test_ask(call: Call, engine: Engine) -> None:
    """A layer uses an outside function in the form of its world."""
    engine.transport.script("GET", "/", lambda request: answer(text=request.headers["Authorization"]))

    assert ("awaiting" if engine.awaits else "blocking") == call(Tokens()).text


class Lease:
    """Open: something that must be given back should the call fail."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def open(self) -> None:
        """Take it."""
        self.log.append("taken")

    def close(self) -> None:
        """Give it back."""
        self.log.append("given back")

    async def aopen(self) -> None:
        """Take it."""
        self.open()

    async def aclose(self) -> None:
        """Give it back."""
        self.close()

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Hold it for the call."""
        lease = yield from Open(self)
        response = yield from proceed(request)
        yield from Ask(lease.close, lease.aclose)
        return response


def test_open(call: Call, engine: Engine) -> None:
    """What a layer has opened is closed by itself or, if the call fails, by the engine."""
    engine.transport.script("GET", "/", [answer(200), httpx.ReadError("cut")])
    lease = Lease()
    _ = call(lease)
    try:
        _ = call(lease)
    except httpx.ReadError:
        lease.log.append("failed")

    assert ["taken", "given back", "taken", "given back", "failed"] == lease.log


def hedge(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Race: a second attempt if the first takes longer than two seconds."""

    def second() -> Flow[httpx.Response]:
        yield from Sleep(2.0)
        return (yield from proceed(fresh(request, "/second")))

    return (yield from Race(proceed(fresh(request)), second()))


def test_race(call: Call, engine: Engine) -> None:
    """The slow first attempt loses to the second."""
    engine.transport.script("GET", "/second", answer(text="second"))

    def stuck(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        if request.url.path == "/":
            yield from Sleep(60.0)
        return (yield from proceed(request))

    assert ("second", 1_002.0) == (call(hedge, stuck).text, engine.clock.now())


class Refresh:
    """Spawn: answer from memory at once, and refresh it in the background."""

    def __init__(self) -> None:
        self.known = "old"

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Answer what is known."""
        _ = yield from Spawn(self._refresh(fresh(request), proceed))
        yield from Sleep(0.1)
        return httpx.Response(200, text=self.known)

    def _refresh(self, request: httpx.Request, proceed: Proceed) -> Flow[None]:
        response = yield from proceed(request)
        yield from Ask(response.read, response.aread)
        self.known = response.text


def test_spawn(call: Call, engine: Engine) -> None:
    """A layer has work done that nobody waits for."""
    engine.transport.script("GET", "/", answer(text="new"))
    layer = Refresh()

    assert ("new", "new") == (call(layer).text, layer.known)
