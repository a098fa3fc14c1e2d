"""`@circuit_breaker` around plain and asynchronous functions."""

from __future__ import annotations

import functools
import inspect
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest

from restkit import Breaker, CircuitBreaker, CircuitOpen, ConfigError, circuit_breaker
from restkit.testing import VirtualClock, run_asyncio, run_trio

POLICY = CircuitBreaker(consecutive=3, jitter=0.0)
Run = Callable[[Callable[..., Any]], Any]


class Desk:
    """What the functions below call: it fails until it is well."""

    def __init__(self) -> None:
        """Begin ill."""
        self.error: BaseException | None = ConnectionError("ill")
        self.calls = 0

    def __call__(self) -> str:
        """Answer."""
        self.calls += 1
        if self.error is not None:
            raise self.error
        return "well"


class Decorated:
    """A function around a desk, plain or asynchronous, with a circuit in virtual time."""

    def __init__(self, kind: str, given: CircuitBreaker | Breaker = POLICY, **keywords: Any) -> None:
        """Decorate."""
        self.kind, self.desk, self.clock = kind, Desk(), VirtualClock()
        decorate = circuit_breaker(given, clock=self.clock, **keywords)
        desk = self.desk

        def plain() -> str:
            """Call."""
            return desk()

        async def asynchronous() -> str:
            """Call."""
            return desk()

        self.function: Any = decorate(plain) if kind == "plain" else decorate(asynchronous)

    def __call__(self) -> Any:
        """Call it, in its world."""
        if self.kind == "plain":
            return self.function()
        return {"asyncio": run_asyncio, "trio": run_trio}[self.kind](self.function, self.clock)

    def outcome(self) -> Any:
        """What it answers, or the class of what it raises."""
        try:
            return self()
        except Exception as error:  # noqa: BLE001 - whatever it is
            return type(error)


@pytest.fixture(params=["plain", "asyncio", "trio"])
def make(request: pytest.FixtureRequest) -> Callable[..., Decorated]:
    """Each kind of function in turn."""
    return functools.partial(Decorated, request.param)


def test_a_function_that_keeps_failing_is_not_called(make: Callable[..., Decorated]) -> None:
    """Its errors come as they are, until the circuit opens."""
    made = make()

    assert ([ConnectionError] * 3 + [CircuitOpen] * 2, 3) == ([made.outcome() for _ in range(5)], made.desk.calls)


def test_it_is_called_again_after_a_while(make: Callable[..., Decorated]) -> None:
    """By that clock."""
    made = make()
    _ = [made.outcome() for _ in range(4)]
    made.desk.error = None
    made.clock.sleep(30.0)

    assert ["well"] * 6 == [made.outcome() for _ in range(6)]


def test_an_open_circuit_says_when_to_come_again(make: Callable[..., Decorated]) -> None:
    """As in a client."""
    made = make()
    _ = [made.outcome() for _ in range(3)]

    with pytest.raises(CircuitOpen, match="test_functions") as caught:
        made()

    assert 30.0 == caught.value.retry_after


def test_its_circuit_can_be_seen_and_reset(make: Callable[..., Decorated]) -> None:
    """It hangs on the function."""
    made = make()
    _ = [made.outcome() for _ in range(3)]
    breaker: Breaker = made.function.breaker

    before = [facts.state for facts in breaker.states().values()]
    breaker.reset()

    assert (["open"], ConnectionError) == (before, made.outcome())


def test_it_can_be_isolated_before_it_was_ever_called(make: Callable[..., Decorated]) -> None:
    """Its circuit is there from the beginning."""
    made = make()

    made.function.breaker.isolate()

    assert (CircuitOpen, 0) == (made.outcome(), made.desk.calls)


def test_functions_share_a_breaker(make: Callable[..., Decorated]) -> None:
    """With a name they share its circuit."""
    shared = Breaker(CircuitBreaker(name="desk", consecutive=3))
    one, other = make(shared), make(shared)

    assert ([ConnectionError] * 3, CircuitOpen) == ([one.outcome() for _ in range(3)], other.outcome())


@pytest.mark.parametrize(
    ("given", "answer"), [({"fallback": "closed"}, "closed"), ({"fallback": lambda error: error.retry_after}, 30.0)]
)
def test_a_fallback_answers_instead(make: Callable[..., Decorated], given: Any, answer: object) -> None:
    """As it is, or as a function of the error makes it."""
    made = make(CircuitBreaker(consecutive=3, jitter=0.0, **given))
    _ = [made.outcome() for _ in range(3)]

    assert answer == made.outcome()


def test_only_some_exceptions_count(make: Callable[..., Decorated]) -> None:
    """Those that were named."""
    made = make(failures=(OSError,))
    made.desk.error = KeyError("x")
    _ = [made.outcome() for _ in range(10)]
    made.desk.error = ConnectionError("x")

    assert ([ConnectionError] * 3 + [CircuitOpen], 13) == ([made.outcome() for _ in range(4)], made.desk.calls)


def test_the_errors_of_a_client_count_as_in_a_client(make: Callable[..., Decorated]) -> None:
    """A 404 says nothing, a 503 does."""
    made, request = make(), httpx.Request("GET", "https://api.test")
    made.desk.error = httpx.HTTPStatusError("x", request=request, response=httpx.Response(404))
    _ = [made.outcome() for _ in range(10)]
    made.desk.error = httpx.HTTPStatusError("x", request=request, response=httpx.Response(503))

    assert [httpx.HTTPStatusError] * 3 + [CircuitOpen] == [made.outcome() for _ in range(4)]


def test_a_cancellation_says_nothing() -> None:
    """Neither of a plain function."""
    made = Decorated("plain")
    made.desk.error = KeyboardInterrupt()
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            made()

    assert [0] == [facts.calls for facts in made.function.breaker.states().values()]


def test_dice_can_be_given() -> None:
    """For a run that repeats."""
    moments = []
    for _ in range(2):
        made = Decorated("plain", CircuitBreaker(consecutive=3), dice=random.Random(7))  # noqa: S311 - not for secrets
        _ = [made.outcome() for _ in range(3)]
        moments += [facts.until for facts in made.function.breaker.states().values()]

    assert moments[0] == moments[1] != made.clock.now() + 30.0


class Reader:
    """A class with decorated methods."""

    def __init__(self, word: str) -> None:
        """Have a word."""
        self.word = word

    @circuit_breaker()
    def say(self, times: int = 1, *, end: str = "") -> str:
        """Say it."""
        return self.word * times + end

    @circuit_breaker()
    async def think(self, times: int = 1) -> str:
        """Say it later."""
        return self.word * times

    @staticmethod
    @circuit_breaker()
    def count(words: list[str]) -> int:
        """Count."""
        return len(words)

    @classmethod
    @circuit_breaker()
    def named(cls) -> str:
        """Say one's name."""
        return cls.__name__

    @circuit_breaker()
    def __call__(self) -> str:
        """Say it."""
        return self.word


def test_methods_can_be_decorated() -> None:
    """Of each kind."""
    reader = Reader("ha")

    assert ["haha!", "ha", "haha", 1, "Reader", "ha"] == [
        reader.say(2, end="!"),
        Reader.say(reader),
        run_asyncio(lambda: reader.think(times=2), VirtualClock()),
        Reader.count(["x"]),
        Reader.named(),
        reader(),
    ]


def test_a_method_has_one_circuit_for_all_instances() -> None:
    """It is named after the function."""
    name = f"{__name__}.Reader.say"

    assert ([name], True) == (list(Reader.say.breaker.states()), Reader("x").say.breaker is Reader.say.breaker)


def test_a_decorated_function_looks_like_itself() -> None:
    """Its name, docstring and signature, and whether it is asynchronous."""
    say, think = Reader.say, Reader.think

    assert (
        "say",
        "Say it.",
        "(self, times: 'int' = 1, *, end: 'str' = '') -> 'str'",
        False,
        True,
    ) == (
        say.__wrapped__.__name__,
        say.__doc__,
        str(inspect.signature(say)),
        inspect.iscoroutinefunction(say),
        inspect.iscoroutinefunction(think),
    )


class Awaited:
    """An object that is called like an asynchronous function."""

    async def __call__(self, word: str) -> str:
        """Answer."""
        return word


def test_an_object_that_must_be_awaited_is_awaited() -> None:
    """So is a partial function."""
    functions: list[Callable[[], Coroutine[Any, Any, str]]] = [
        functools.partial(circuit_breaker()(Awaited()), "x"),
        circuit_breaker()(functools.partial(Awaited().__call__, "x")),
    ]

    assert ["x", "x"] == [run_asyncio(function, VirtualClock()) for function in functions]


def generator() -> Iterator[int]:
    """Not a function."""
    yield 1


async def asynchronous_generator() -> AsyncIterator[int]:
    """Neither."""
    yield 1


@pytest.mark.parametrize(
    "given",
    [7, generator, asynchronous_generator, staticmethod(len), classmethod(len)],
    ids=["number", "generator", "asynchronous-generator", "static-method", "class-method"],
)
def test_what_cannot_be_decorated_is_refused(given: Any) -> None:
    """Rather than counted as a success when it is only made."""
    with pytest.raises(ConfigError) as caught:
        circuit_breaker()(given)

    assert "function" == caught.value.field


@pytest.mark.parametrize("given", [5, "x", {"consecutive": 5}, len])
def test_what_is_no_policy_is_refused(given: Any) -> None:
    """As when `@circuit_breaker` is written without its parentheses."""
    with pytest.raises(ConfigError, match="policy is of type"):
        circuit_breaker(given)


@pytest.mark.parametrize("given", [5, OSError("x"), [OSError], (OSError, "x"), BaseException])
def test_what_is_no_class_of_exceptions_is_refused(given: Any) -> None:
    """When the function is decorated, not when it first fails."""
    with pytest.raises(ConfigError, match="failures holds"):
        circuit_breaker(failures=given)
