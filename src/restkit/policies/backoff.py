"""How long to wait before a further attempt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeGuard, cast

from attrs import field, frozen

from restkit.errors import ConfigError
from restkit.policies.checked import CHECK, check_fields, duration, flag, is_async, refuse_class

if TYPE_CHECKING:
    import random


class Tried(NamedTuple):
    """What a wait is asked about: an attempt that failed, and the course of its call so far."""

    number: int
    """1 for the first attempt."""
    error: Exception | None = None
    """What it raised."""
    answer: object = None
    """What it gave instead: an httpx.Response, or what the function returned."""
    started: float = 0.0
    """When the first attempt began, in seconds of the clock."""
    now: float = 0.0
    """When this one ended, in seconds of the clock."""
    idle: float = 0.0
    """Seconds that were waited so far."""


class Waits(Protocol):
    """How long to wait before a further attempt: any value with this method."""

    def seconds(self, tried: Tried, dice: random.Random, /) -> float:
        """The seconds to wait after an attempt; what is random is rolled with these dice."""
        ...


@frozen
class ExponentialWait:
    """Longer each time: `base` seconds, times `factor` for each further attempt, `most` at the most.

    With `jitter` any time from 0 to that is as likely, so that clients that failed together do not return together.
    """

    base: float = field(default=0.5, metadata={CHECK: duration})
    most: float = field(default=20.0, metadata={CHECK: duration})
    factor: float = field(default=2.0, metadata={CHECK: duration})
    jitter: bool = field(default=True, kw_only=True, metadata={CHECK: flag})

    def __attrs_post_init__(self) -> None:
        check_fields(self)

    def seconds(self, tried: Tried, dice: random.Random, /) -> float:
        """The seconds to wait after an attempt."""
        try:
            ceiling = min(self.most, self.base * self.factor ** (tried.number - 1))
        except OverflowError:
            ceiling = self.most
        return dice.uniform(0.0, ceiling) if self.jitter else ceiling


@frozen
class LinearWait:
    """Longer each time by `step` seconds, from `base`, `most` at the most; with `jitter` any time up to that."""

    base: float = field(default=1.0, metadata={CHECK: duration})
    step: float = field(default=1.0, metadata={CHECK: duration})
    most: float = field(default=20.0, metadata={CHECK: duration})
    jitter: bool = field(default=False, kw_only=True, metadata={CHECK: flag})

    def __attrs_post_init__(self) -> None:
        check_fields(self)

    def seconds(self, tried: Tried, dice: random.Random, /) -> float:
        """The seconds to wait after an attempt."""
        ceiling = min(self.most, self.base + self.step * (tried.number - 1))
        return dice.uniform(0.0, ceiling) if self.jitter else ceiling


@frozen
class FixedWait:
    """Always as long: `delay` seconds; with `jitter` any time up to that."""

    delay: float = field(default=1.0, metadata={CHECK: duration})
    jitter: bool = field(default=False, kw_only=True, metadata={CHECK: flag})

    def __attrs_post_init__(self) -> None:
        check_fields(self)

    def seconds(self, _: Tried, dice: random.Random, /) -> float:
        """The seconds to wait after an attempt."""
        return dice.uniform(0.0, self.delay) if self.jitter else self.delay


def own_waits(given: Mapping[type[Exception], Wait]) -> Mapping[type[Exception], Waits]:
    """What `waits` of a `WaitByError` are. Raises ConfigError."""
    return by_error("waits", given)


def other_wait(given: Wait) -> Waits:
    """What `otherwise` of a `WaitByError` is. Raises ConfigError."""
    return as_wait("otherwise", given)


@frozen
class WaitByError:
    """As the class of the error says, the nearest one of its ancestors; `otherwise` for others, and for answers."""

    waits: Mapping[type[Exception], Waits] = field(converter=own_waits)
    otherwise: Waits = field(factory=ExponentialWait, converter=other_wait)

    def seconds(self, tried: Tried, dice: random.Random, /) -> float:
        """The seconds to wait after an attempt."""
        kinds = type(tried.error).__mro__
        found = next((self.waits[kind] for kind in kinds if kind in self.waits), self.otherwise)
        return found.seconds(tried, dice)


Wait: TypeAlias = float | Waits | Mapping[type[Exception], Any] | Callable[[Any], float]
"""How long to wait: seconds, one of restkit's waits or tenacity's, or one for each class of errors."""


def by_error(name: str, given: object) -> Mapping[type[Exception], Waits]:
    """A wait for each class of errors. Raises ConfigError."""
    if not isinstance(given, Mapping):
        raise no_mapping(name)
    found = cast("Mapping[type[Exception], object]", given)  # as the next line makes sure
    if not all(map(is_error, found)):
        raise no_mapping(name)
    return MappingProxyType({kind: as_wait(f"{name}[{kind.__name__}]", value) for kind, value in found.items()})


def is_error(kind: object) -> bool:
    """Whether it is a class of errors."""
    return isinstance(kind, type) and issubclass(kind, Exception)


def no_mapping(name: str) -> ConfigError:
    """The error for what says nothing of errors."""
    return ConfigError(name, "is no mapping of exceptions to waits", "write {httpx.ConnectError: 1.0}")


def is_wait(given: object) -> TypeGuard[Waits]:
    """Whether it is one of ours."""
    return callable(getattr(given, "seconds", None))


def as_wait(name: str, given: object) -> Waits:
    """A wait, as it may be written: one of ours, a number of seconds, one for each class of errors, or tenacity's.

    Raises ConfigError.
    """
    if isinstance(given, Mapping):
        return WaitByError(cast("Mapping[type[Exception], Any]", given))  # it looks itself
    refuse_class(name, given)
    if is_wait(given):
        if is_async(given.seconds):
            raise ConfigError(name, "has asynchronous seconds, and a policy decides at once", "write a plain method")
        return given
    if callable(given):
        from restkit.policies.tenacious import TenacityWait

        return TenacityWait.of(name, given)
    return FixedWait(duration(name, given))
