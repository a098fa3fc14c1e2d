"""How many requests may be in flight at once."""

from __future__ import annotations

from typing import Any

from attrs import Attribute, field, frozen

from restkit.policies.checked import count, duration_or_none
from restkit.policies.counts import DEFAULT_QUEUE, DEFAULT_SIZE


def at_least_one(owner: Any, attribute: Attribute[Any], value: object) -> None:  # noqa: ANN401 - as attrs calls it
    """Refuse what is no whole number of 1 or more. Raises ConfigError."""
    _ = count(f"{type(owner).__name__}.{attribute.name}", value)


def seconds_or_none(owner: Any, attribute: Attribute[Any], value: object) -> None:  # noqa: ANN401 - as attrs calls it
    """Refuse what is neither None nor a finite number of seconds, 0 or more. Raises ConfigError."""
    _ = duration_or_none(f"{type(owner).__name__}.{attribute.name}", value)


@frozen
class Bulkhead:
    """At most `size` requests in flight to a server at once; a request is, until the body of its answer is over.

    The others wait, first come first served: `queue` of them, each for `max_wait` seconds at most, and not beyond its
    deadline. Raises ConfigError for numbers that are none.
    """

    size: int = field(default=DEFAULT_SIZE, validator=at_least_one)
    queue: int = field(default=DEFAULT_QUEUE, validator=at_least_one, kw_only=True)
    max_wait: float | None = field(default=None, validator=seconds_or_none, kw_only=True)
