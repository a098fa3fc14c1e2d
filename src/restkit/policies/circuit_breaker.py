"""How a circuit breaker decides: what opens it, for how long, and what closes it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from attrs import Attribute, field, frozen

from restkit.errors import ConfigError
from restkit.policies.checked import ABOVE_ZERO, is_async, number, whole
from restkit.unset import UNSET

State: TypeAlias = Literal["closed", "open", "half_open", "isolated"]
"""Calls pass; none does; a few may try; none does until somebody says so."""


class CircuitChange(NamedTuple):
    """A circuit has changed."""

    name: str
    """The circuit: an origin such as `https://api.example.com`, or the breaker's name."""
    before: State
    after: State


class CircuitState(NamedTuple):
    """Where a circuit stands."""

    state: State
    calls: int
    """How many of the calls in its window have told something."""
    failures: int
    """How many of them failed."""
    slow: int
    """How many of them were slow."""
    in_a_row: int
    """How many failed since the last success, while it was closed."""
    until: float | None
    """While it is open: the moment, on the clock of its clients, from which a few calls may try."""


OnChange: TypeAlias = Callable[[CircuitChange], object]
_Field: TypeAlias = "Attribute[Any]"
MARGIN = 5.0
"""Seconds by which a lease outlasts what a call may take."""


def _seconds(_: object, attribute: _Field, value: object) -> None:
    _ = number(attribute.name, value, "pass a number of seconds above 0", least=ABOVE_ZERO)


def _count(_: object, attribute: _Field, value: object) -> None:
    _ = whole(attribute.name, value, f"pass a whole number of 1 to {MOST:,}", least=1, most=MOST)


MOST = 1_000_000
"""Calls in a window."""


def _rate(_: object, attribute: _Field, value: object) -> None:
    _ = number(attribute.name, value, "pass a part of 1, such as 0.5 for a half", least=ABOVE_ZERO, most=1.0)


def _part(_: object, attribute: _Field, value: object) -> None:
    _ = number(attribute.name, value, "pass a part of 1, such as 0.1, or 0 for none", most=BELOW_ONE)


BELOW_ONE = math.nextafter(1.0, 0.0)
"""The greatest number below 1."""


def _text(_: object, attribute: _Field, value: object) -> None:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ConfigError(attribute.name, f"is {value!r}", "pass one line of text")


def _listener(_: object, attribute: _Field, value: Any) -> None:  # noqa: ANN401 - whatever was written
    if not callable(value) or is_async(value):
        raise ConfigError(attribute.name, "is no plain function", "pass a function of a CircuitChange")


def _or_none(check: Callable[[object, _Field, Any], None]) -> Callable[[object, _Field, Any], None]:
    def checked(owner: object, attribute: _Field, value: object) -> None:
        if value is not None:
            check(owner, attribute, value)

    return checked


@frozen(kw_only=True)
class CircuitBreaker:
    """When calls stop being sent because the server is not well, and when they are tried again.

    A circuit is *closed* while all is well. It *opens* when the failures among the last calls are too many, or too
    many in a row: then calls fail at once with CircuitOpen. After a while it is *half open*: a few calls may try, and
    what comes of them closes it, or opens it again for longer.

    Raises ConfigError for a wrong value, naming the field, the reason and the remedy.
    """

    name: str | None = field(default=None, validator=_or_none(_text))
    """One circuit of this name for all that is called; None for one for each origin."""
    window: int = field(default=100, validator=_count)
    """How many of the last calls are looked at."""
    window_seconds: float | None = field(default=None, validator=_or_none(_seconds))
    """Look at the calls of the last so many seconds instead, forgotten a tenth of that at a time."""
    min_calls: int = field(default=20, validator=_count)
    """With fewer calls in the window no rate opens it."""
    failure_rate: float | None = field(default=0.5, validator=_or_none(_rate))
    """It opens when this part of the calls has failed; None for not by a rate."""
    consecutive: int | None = field(default=None, validator=_or_none(_count))
    """It opens when so many calls failed in a row, however few there were; None for not by that."""
    slow_seconds: float | None = field(default=None, validator=_or_none(_seconds))
    """A call that took so long is slow; None for none is."""
    slow_rate: float = field(default=0.8, validator=_rate)
    """It opens when this part of the calls was slow."""
    open_seconds: float = field(default=30.0, validator=_seconds)
    """How long it is open, at first."""
    most_open_seconds: float = field(default=300.0, validator=_seconds)
    """It is open twice as long each time that the tries fail, up to this."""
    jitter: float = field(default=0.1, validator=_part)
    """By which part that time is longer or shorter, so that many clients do not try at once."""
    probes: int = field(default=5, validator=_count)
    """How many calls may try while it is half open, and how many results decide."""
    probe_failure_rate: float = field(default=0.5, validator=_rate)
    """It opens again as soon as it is certain that this part of them fails; else it closes."""
    lease: float = field(default=60.0, validator=_seconds)
    """Seconds after which a try that told nothing is given up, if neither a timeout nor a deadline bounds it."""
    fallback: object = UNSET
    """What is answered instead of CircuitOpen, or a function of that error, plain or asynchronous.

    In a client: an httpx.Response, or what becomes the JSON of one.
    """
    on_change: OnChange | None = field(default=None, validator=_or_none(_listener))
    """Called with a CircuitChange each time a circuit changes; what it raises is logged and stops nothing."""

    def __attrs_post_init__(self) -> None:
        if self.window_seconds is None and self.min_calls > self.window:
            raise ConfigError(
                "min_calls", f"is more than the window of {self.window} calls", "pass fewer, or a wider one"
            )
        if self.most_open_seconds < self.open_seconds:
            raise ConfigError("most_open_seconds", "is less than open_seconds", "pass as many seconds, or more")
        if self.failure_rate is None and self.consecutive is None and self.slow_seconds is None:
            raise ConfigError("failure_rate", "is None, and nothing else opens it", "set consecutive or slow_seconds")

    def lease_of(self, attempt_timeout: float | None, left: float | None) -> float:
        """How long a try may tell nothing: what its attempt may take, else what is left of its call; and some more."""
        seconds = left if attempt_timeout is None else attempt_timeout
        return (self.lease if seconds is None else seconds) + MARGIN
