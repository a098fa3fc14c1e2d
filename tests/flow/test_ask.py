"""Ask and Open: the outside world, and what has to be closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from restkit.errors import ConfigError
from restkit.flow import Ask, Flow, Open, Race, Send, Sleep, close
from restkit.testing import answer
from tests.flow.engines import Engine


def asks(effect: Ask[Any]) -> Flow[Any]:
    """A flow of one effect."""
    return (yield from effect)


async def double(number: int) -> int:
    """An asynchronous function of the user."""
    return 2 * number


def test_each_world_calls_its_own_form(engine: Engine) -> None:
    """Of the two forms of a function the world calls its own."""

    async def awaiting() -> str:
        """The awaiting form."""
        return "awaiting"

    said = engine.perform(asks(Ask(lambda: "blocking", awaiting)))

    assert ("awaiting" if engine.awaits else "blocking") == said


def test_a_plain_function_of_the_user(engine: Engine) -> None:
    """A plain callable works in both worlds, with its values."""
    assert "ab" == engine.perform(asks(Ask.of(str.__add__, "a", "b")))


def test_an_asynchronous_function_of_the_user(engine: Engine) -> None:
    """An asynchronous callable is awaited in the awaiting world and refused, by name, in the blocking one."""
    if engine.awaits:
        assert 8 == engine.perform(asks(Ask.of(double, 4)))
        return
    with pytest.raises(ConfigError, match="double is asynchronous"):
        _ = engine.perform(asks(Ask.of(double, 4)))


def test_an_awaitable_that_is_no_coroutine_is_refused() -> None:
    """Whatever has to be awaited is refused when blocking, not only coroutines, and callables without a name too."""

    class Later:
        """Something to be awaited."""

        def __call__(self) -> Later:
            return self

        def __await__(self) -> Iterator[None]:
            yield

    with pytest.raises(ConfigError, match="Later is asynchronous"):
        _ = Engine("blocking").perform(asks(Ask.of(Later())))


def test_an_error_is_raised_in_the_flow(engine: Engine) -> None:
    """What a function raises, the flow can catch."""

    def flow() -> Flow[str]:
        try:
            yield from Ask.of(int, "seven")
        except ValueError as error:
            return str(error)
        raise AssertionError

    assert "invalid literal" in engine.perform(flow())


def test_closes_a_response(engine: Engine) -> None:
    """A layer closes what it discards before it sends again."""
    import httpx

    engine.transport.script("GET", "/", [answer(503), answer(200)])

    def flow() -> Flow[int]:
        response = yield from Send(httpx.Request("GET", "http://api.test/"))
        yield from close(response)
        engine.transport.assert_all_over()
        response = yield from Send(httpx.Request("GET", "http://api.test/"), whole=True)
        return response.status_code

    assert 200 == engine.perform(flow())


class Door:
    """Steps that note what happens to them; those in `broken` fail."""

    def __init__(self, log: list[str], name: str = "door", broken: str = "") -> None:
        self.log, self.name, self.broken = log, name, broken

    def _note(self, what: str) -> None:
        self.log.append(f"{what} {self.name}")
        if what in self.broken:
            raise OSError(what)

    def open(self) -> None:
        """Open, blocking."""
        self._note("open")

    def close(self) -> None:
        """Close, blocking."""
        self._note("close")

    async def aopen(self) -> None:
        """Open, awaiting."""
        self._note("open")

    async def aclose(self) -> None:
        """Close, awaiting."""
        self._note("close")


def test_open_answers_the_steps(engine: Engine) -> None:
    """What is opened stays open when the run succeeds."""
    log: list[str] = []
    door = Door(log)

    def flow() -> Flow[Door]:
        return (yield from Open(door))

    assert (door, ["open door"]) == (engine.perform(flow()), log)


def test_a_failing_open_is_closed(engine: Engine) -> None:
    """Steps that fail half-way through opening are closed at once, and the error is theirs."""
    log: list[str] = []

    def flow() -> Flow[Door]:
        return (yield from Open(Door(log, broken="open")))

    with pytest.raises(OSError, match="open"):
        _ = engine.perform(flow())

    assert ["open door", "close door"] == log


def test_a_failed_run_closes_what_it_opened(engine: Engine) -> None:
    """The last opened is closed first, after the flow itself; one that cannot be closed does not keep the others."""
    log: list[str] = []

    def flow() -> Flow[None]:
        try:
            for name, broken in (("a", ""), ("b", "close"), ("c", "")):
                yield from Open(Door(log, name, broken))
            raise LookupError
        finally:
            log.append("finally")

    with pytest.raises(LookupError):
        engine.perform(flow())

    assert ["open a", "open b", "open c", "finally", "close c", "close b", "close a"] == log


def test_a_cancelled_run_closes_what_it_opened(engine: Engine) -> None:
    """A loser of a race has what it opened closed."""
    log: list[str] = []

    def loser() -> Flow[str]:
        yield from Open(Door(log))
        yield from Sleep(60.0)
        return "never"

    def winner() -> Flow[str]:
        yield from Sleep(1.0)
        return "won"

    def flow() -> Flow[str]:
        said = yield from Race(loser(), winner())
        yield from Sleep(1.0)
        return said

    assert ("won", ["open door", "close door"]) == (engine.perform(flow()), log)
