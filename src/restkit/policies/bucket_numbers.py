"""The numbers of limits: what they may be, and whole ones for what they are."""

from __future__ import annotations

import math
from typing import Any

from attrs import Attribute

from restkit.errors import ConfigError
from restkit.policies.checked import number

FULL = 1000
"""Thousandths: of a permit, and of the share of a limit that may be used."""
SECOND = 1_000_000
"""Microseconds."""
LEAST = 1e-6
"""The finest part of a permit, and the shortest period in seconds, that is told apart."""
MOST = 1e15
"""The largest number of a limit."""


def micros(seconds: float) -> int:
    """A moment or a span in microseconds, the nearest one."""
    return round(seconds * SECOND)


def thousandths(permits: float) -> int:
    """A cost, rounded up."""
    return math.ceil(permits * FULL)


def positive(owner: Any, attribute: Attribute[Any], value: object) -> None:  # noqa: ANN401 - as attrs calls it
    """Refuse what is no number above 0. Raises ConfigError."""
    _ = above_zero(owner, attribute.name, value)


def above_zero(owner: object, name: str, value: object) -> float:
    """A number above 0, in a field of that owner."""
    field = f"{type(owner).__name__}.{name}"
    return number(field, value, "pass a number above 0; nothing would ever be let through", least=LEAST, most=MOST)


def a_permit(owner: Any, attribute: Attribute[Any], value: object) -> None:  # noqa: ANN401 - as attrs calls it
    """Refuse what is no number of 1 or more. Raises ConfigError."""
    positive(owner, attribute, value)
    if value < 1:  # type: ignore[operator] # it is a number
        raise ConfigError(
            f"{type(owner).__name__}.{attribute.name}",
            f"is {value}, less than a request costs",
            "pass 1 or more; nothing would ever be let through",
        )


def steady(rate: float, per: float) -> tuple[int, int]:
    """`ticks` to a microsecond, and `step`, those that a thousandth of a permit takes, both whole.

    So time and permits are counted exactly, for rates as fine as a millionth.
    """
    permits, span = round(rate * SECOND), micros(per)
    ticks, step = permits * FULL, span * SECOND
    common = math.gcd(ticks, step)
    return ticks // common, step // common
