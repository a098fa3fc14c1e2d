"""What users write into a retry policy, checked: each function takes the field's name and what was written.

They raise ConfigError, naming the field, the reason and the remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from restkit.errors import ConfigError
from restkit.policies.checked import is_async, refuse_class, whole

MOST_ATTEMPTS = 100


def attempts(name: str, given: object) -> int:
    """A number of attempts."""
    return whole(name, given, f"pass a whole number of 1 to {MOST_ATTEMPTS}", least=1, most=MOST_ATTEMPTS)


def statuses(given: Iterable[int], name: str = "statuses") -> frozenset[int]:
    """Statuses of errors."""
    found: frozenset[Any] = members(given)
    if not all(isinstance(each, int) and 400 <= each < 600 for each in found):  # noqa: PLR2004 - those of errors
        raise ConfigError(name, "is no list of statuses of errors", "pass numbers of 400 to 599")
    return found


def methods(given: Iterable[str]) -> frozenset[str]:
    """Names of methods."""
    found: frozenset[Any] = members(given)
    if not all(isinstance(each, str) and each.isupper() for each in found):
        raise ConfigError("methods", "is no list of methods", 'write {"GET", "PUT"}')
    return found


def members(given: Any) -> frozenset[Any]:  # noqa: ANN401 - whatever was written
    """What a list or a set holds; of anything else, something that nobody takes."""
    try:
        return frozenset({None} if isinstance(given, str) else given)
    except TypeError:
        return frozenset({None})


def strategy(name: str, given: object) -> Callable[..., Any] | None:
    """One of tenacity's strategies, or None."""
    if given is None:
        return None
    from restkit.policies.tenacious import checked

    return checked(name, given, name)


def callback(name: str, given: object) -> Callable[..., Any] | None:
    """A plain function, or None."""
    if given is not None and (not callable(given) or is_async(given)):
        raise ConfigError(name, "is no plain function", "pass one that need not be awaited")
    return given


def own_strategy(name: str, given: object) -> object:
    """A strategy of the user's own, or None."""
    refuse_class(name, given)
    if given is not None and not is_strategy(given):
        raise ConfigError(name, "has no should_retry and get_delay", "write a class with both")
    for method in ("should_retry", "get_delay"):
        if given is not None and is_async(getattr(given, method)):
            raise ConfigError(name, f"has an asynchronous {method}, and a policy decides at once", "write a plain one")
    return given


def is_strategy(given: object) -> bool:
    """Whether it has the methods of a `RetryStrategy`."""
    return callable(getattr(given, "should_retry", None)) and callable(getattr(given, "get_delay", None))
