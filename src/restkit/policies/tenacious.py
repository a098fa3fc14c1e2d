"""tenacity's strategies as values: the loop, the clock and the dice stay ours.

Each decision makes a `RetryCallState` of what has happened so far, with times of our clock, and asks the strategy about
it. Random waits are rebuilt, since tenacity's roll the `random` module, which no client can seed for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, Self, TypeGuard, cast

import httpx
import tenacity
from attrs import frozen
from tenacity import wait as waits
from tenacity.retry import retry_base
from tenacity.stop import stop_base
from typing_extensions import override

from restkit.errors import ConfigError
from restkit.policies.backoff import Tried
from restkit.policies.checked import delay, is_async, refuse_class

if TYPE_CHECKING:
    import random

State = tenacity.RetryCallState
Strategy = Callable[[State], Any]
"""One of tenacity's, or a function of the same form."""
_KINDS: dict[str, type] = {"stop": stop_base, "wait": waits.wait_base, "retry": retry_base}
_RETRYING = tenacity.Retrying()


def called() -> None:
    """What strategies that log ask for a name; tenacity before 9.2 knows no other way to give one."""


called.__module__, called.__qualname__ = "", "the call"


def state(tried: Tried, wait: float = 0.0) -> State:
    """What tenacity would know by now; `wait` is what comes next."""
    made = State(_RETRYING, called, (), {})
    made.start_time, made.outcome_timestamp = tried.started, tried.now
    made.attempt_number, made.idle_for = tried.number, tried.idle
    outcome = tried.answer if tried.error is None else tried.error
    made.outcome = tenacity.Future.construct(tried.number, outcome, tried.error is not None)
    made.upcoming_sleep, made.next_action = wait, tenacity.RetryAction(wait)
    return made


def checked(name: str, strategy: object, kind: str) -> Strategy:
    """A strategy of that kind that decides at once. Raises ConfigError.

    A coroutine, or what a class makes, would count as yes, whatever it says; so would the seconds of a wait.
    """
    remedy = f"pass one of tenacity's {kind} strategies"
    if not callable(strategy):
        raise ConfigError(name, f"is of type {type(strategy).__name__}", remedy)
    refuse_class(name, strategy)
    found = next((each for each, base in _KINDS.items() if isinstance(strategy, base)), kind)
    if found != kind:
        raise ConfigError(name, f"is one of tenacity's {found} strategies", remedy)
    if awaits(strategy):
        raise ConfigError(name, "is asynchronous, and a policy decides at once", "pass its twin from tenacity itself")
    return strategy


def are_several(found: object) -> TypeGuard[tuple[Any, ...]]:
    """Whether what a strategy holds is a tuple of strategies."""
    return isinstance(found, tuple)


def awaits(strategy: Callable[..., Any]) -> bool:
    """Whether it, or one of tenacity's that it is made of, has to be awaited."""
    if is_async(strategy):
        return True
    if not isinstance(strategy, tuple(_KINDS.values())):
        return False
    found = vars(strategy).values()  # a function that it asks, or a tuple of strategies
    parts = [each if are_several(each) else (each,) for each in found]
    return any(awaits(each) for each in chain.from_iterable(parts) if callable(each))


@frozen
class TenacityWait:
    """One of tenacity's `wait` strategies, or several."""

    strategy: Strategy

    @classmethod
    def of(cls, name: str, strategy: object) -> Self:
        """The strategy as a wait. Raises ConfigError for an asynchronous one."""
        return cls(checked(name, strategy, "wait"))

    def seconds(self, tried: Tried, dice: random.Random, /) -> float:
        """The seconds to wait after an attempt."""
        return delay("wait", seeded(self.strategy, dice)(state(tried)))


class Rolled(waits.wait_base):
    """A random wait with dice of its own."""

    def __init__(self, roll: Callable[[State], float]) -> None:
        self._roll = roll

    @override
    def __call__(self, retry_state: State) -> float:
        return self._roll(retry_state)


def seeded(wait: Strategy, dice: random.Random) -> Strategy:
    """The same wait, whose random parts roll these dice."""
    if type(wait) in _REBUILT:
        return Rolled(lambda asked: _REBUILT[type(wait)](wait, asked, dice))
    if isinstance(wait, waits.wait_combine):
        return waits.wait_combine(*(cast("Any", seeded(each, dice)) for each in wait.wait_funcs))
    if isinstance(wait, waits.wait_chain):
        return waits.wait_chain(*(cast("Any", seeded(each, dice)) for each in wait.strategies))
    return wait


def uniform(wait: Any, _: State, dice: random.Random) -> float:  # noqa: ANN401 - a wait_random
    """What `wait_random` rolls."""
    return dice.uniform(wait.wait_random_min, wait.wait_random_max)


def full_jitter(wait: Any, asked: State, dice: random.Random) -> float:  # noqa: ANN401 - a wait_random_exponential
    """What `wait_random_exponential` rolls."""
    return dice.uniform(wait.min, waits.wait_exponential.__call__(wait, asked))


def some_jitter(wait: Any, asked: State, dice: random.Random) -> float:  # noqa: ANN401 - a wait_exponential_jitter
    """What `wait_exponential_jitter` rolls."""
    told: dict[str, Any] = {"min": 0.0, **vars(wait)}  # before tenacity 9.2 it has none, and the next has another name
    multiplier = told["multiplier"] if "multiplier" in told else told["initial"]
    plain = waits.wait_exponential(multiplier, max=float("inf"), exp_base=wait.exp_base)(asked)
    return float(max(0.0, told["min"], min(plain + dice.uniform(0.0, wait.jitter), wait.max)))


def of_the_error(wait: Any, asked: State, _: random.Random) -> float:  # noqa: ANN401 - a wait_exception
    """What `wait_exception` says; of an answer it is asked as httpx's error for that status."""
    outcome = cast("tenacity.Future", asked.outcome)  # every state of ours has one
    error = outcome.exception() or status_error(outcome.result())
    return float(wait.predicate(error))


_REBUILT: dict[type, Callable[[Any, State, random.Random], float]] = {
    waits.wait_random: uniform,
    waits.wait_random_exponential: full_jitter,
    waits.wait_exponential_jitter: some_jitter,
    getattr(waits, "wait_exception", type(None)): of_the_error,  # tenacity before 9.1.3 has none
}


def status_error(answer: Any) -> Exception:  # noqa: ANN401 - whatever was answered
    """An answer that is none, as an error."""
    if isinstance(answer, httpx.Response):
        return httpx.HTTPStatusError(f"{answer.status_code}", request=answer.request, response=answer)
    return ValueError("the answer was not accepted")
