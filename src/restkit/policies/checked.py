"""What users write into settings and policies, checked: each function takes the field's name and what was written.

They raise ConfigError, naming the field, the reason and the remedy.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import attrs
from typing_extensions import TypeVar

from restkit.errors import ConfigError
from restkit.flow import Clock

if TYPE_CHECKING:
    import random

T = TypeVar("T")
CHECK = "check"
"""Where a field's metadata holds the function that checks it."""
ABOVE_ZERO = math.ulp(0.0)
"""The least number above 0."""


def check_fields(made: attrs.AttrsInstance) -> None:
    """Check the fields of a value, and keep what their checks make of them."""
    for each in attrs.fields(type(made)):
        if CHECK in each.metadata:
            object.__setattr__(made, each.name, each.metadata[CHECK](each.name, getattr(made, each.name)))


def number(name: str, given: object, remedy: str, *, least: float = 0.0, most: float = sys.float_info.max) -> float:
    """A finite number in a range."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ConfigError(name, f"is of type {type(given).__name__}", remedy)
    if not least <= given <= most:
        raise ConfigError(name, f"is {given}", remedy)
    return float(given)


def whole(name: str, given: object, remedy: str, *, least: int = 0, most: float = math.inf) -> int:
    """A whole number in a range."""
    if isinstance(given, bool) or not isinstance(given, int):
        raise ConfigError(name, f"is of type {type(given).__name__}", remedy)
    if not least <= given <= most:
        raise ConfigError(name, f"is {given}", remedy)
    return given


def duration(name: str, given: object) -> float:
    """A finite number of seconds, 0 or more."""
    return number(name, given, "pass a number of seconds, 0 or more")


def duration_or_none(name: str, given: object) -> float | None:
    """A finite number of seconds, 0 or more, or None."""
    return None if given is None else number(name, given, "pass a number of seconds, 0 or more, or None")


def seconds(name: str, given: object) -> float:
    """A positive, finite number of seconds."""
    return number(name, given, "pass a number of seconds above 0", least=ABOVE_ZERO)


def seconds_or_none(name: str, given: object) -> float | None:
    """A positive, finite number of seconds, or None for no limit."""
    return None if given is None else seconds(name, given)


def amount(name: str, given: object) -> int:
    """A whole number, 0 or more."""
    return whole(name, given, "pass a whole number, 0 or more")


def count(name: str, given: object) -> int:
    """A whole number, 1 or more."""
    return whole(name, given, "pass a whole number of 1 or more; nothing would ever be let through", least=1)


def flag(name: str, given: object) -> bool:
    """True or False."""
    if not isinstance(given, bool):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass True or False")
    return given


def cost(name: str, given: object) -> float:
    """A finite number of 0 or more."""
    return number(name, given, "pass how many requests it counts for, 0 or more")


def clock(name: str, given: object) -> Clock:
    """What waits are measured by."""
    if not isinstance(given, Clock):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a restkit.Clock")
    return given


def clock_or_real(name: str, given: object) -> Clock:
    """What waits are measured by: real time, if nobody says."""
    return Clock() if given is None else clock(name, given)


def dice(name: str, given: object) -> random.Random | None:
    """What chance comes from, or None."""
    if given is None:
        return None
    import random

    if not isinstance(given, random.Random):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a random.Random")
    return given


def text(name: str, given: object) -> str:
    """One line of text."""
    if not isinstance(given, str) or not given.isprintable():
        raise ConfigError(name, "is not one line of text", "pass text")
    return given


def names(name: str, given: object) -> frozenset[str]:
    """Names of headers, parameters and fields, in any case."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ConfigError(name, "is no list of names", f'write {name}=["x-my-secret"]')
    return frozenset(text(name, each).lower() for each in cast("Iterable[object]", given))


def callables(name: str, given: object) -> tuple[Any, ...]:
    """A sequence of functions."""
    if callable(given) or not isinstance(given, Sequence):
        raise ConfigError(name, "is no list of functions", f"write {name}=[function]")
    functions = cast("Sequence[object]", given)
    if not all(map(callable, functions)):
        raise ConfigError(name, "holds something that cannot be called", f"write {name}=[function]")
    return tuple(functions)


def plain_callables(name: str, given: object) -> tuple[Any, ...]:
    """A sequence of functions that do not have to be awaited."""
    functions = callables(name, given)
    if any(is_async(function) for function in functions):
        raise ConfigError(name, "holds an asynchronous function", "pass plain functions")
    return functions


def plain_function(name: str, given: object) -> Callable[..., Any]:
    """A function that does not have to be awaited."""
    if not callable(given) or is_async(given):
        raise ConfigError(name, "is no plain function", "pass one that need not be awaited")
    return given


def layer_list(name: str, given: object) -> tuple[Any, ...]:
    """A sequence of layers, none of which is a class that makes them."""
    layers = callables(name, given)
    for each in layers:
        refuse_class(name, each)
    return layers


def text_or_none(name: str, given: object) -> str | None:
    """One line of text, or None."""
    return None if given is None else text(name, given)


def texts(name: str, given: object) -> list[str]:
    """One text, or several."""
    if isinstance(given, str):
        return [given]
    found = list(cast("Iterable[object]", given)) if isinstance(given, Iterable) else [given]
    for each in found:
        if not isinstance(each, str):
            raise ConfigError(name, f"holds a value of type {type(each).__name__}", "pass text, or a list of texts")
    return cast("list[str]", found)  # as is checked


def mapping(name: str, given: object) -> Mapping[str, Any]:
    """A mapping of names to values of any kind."""
    if not isinstance(given, Mapping):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a mapping of names to values")
    found = cast("Mapping[object, Any]", given)
    if not all(isinstance(each, str) for each in found):
        raise ConfigError(name, "has a name that is no text", "write names as text")
    return cast("Mapping[str, Any]", found)  # as is checked


def refuse_unknown(name: str, given: object, known: Iterable[str]) -> None:
    """Raise ConfigError for what is none of the known words."""
    words = list(known)
    if given not in words:
        raise ConfigError(name, "is none that is known", f"pass one of {', '.join(words)}")


def is_async(function: Callable[..., object]) -> bool:
    """Whether calling it gives something to be awaited."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def decided(name: str, answer: T) -> T:
    """What a function of the user's has said at once. Raises ConfigError for what would have to be awaited."""
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()  # without Python's warning
        raise ConfigError(name, "gives what must be awaited, and a policy decides at once", "pass a plain function")
    return answer


def delay(name: str, answer: object) -> float:
    """The seconds that a function of the user's has said, 0 at the least. Raises ConfigError for what is none."""
    return max(0.0, number(name, decided(name, answer), "have it give seconds", least=-sys.float_info.max))


def refuse_class(name: str, given: object) -> None:
    """Raise ConfigError for a class, where what it makes is meant."""
    if isinstance(given, type):
        raise ConfigError(name, f"is the class {given.__name__}", f"pass what it makes: {given.__name__}(...)")
