"""The one scope of the awaiting world around something that may take too long, or be called off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from restkit.flow.promise import Promise, rouser

T = TypeVar("T")


async def within(
    act: Callable[[], Awaitable[T]],
    seconds: float | None,
    stop: Promise[Any] | None,
    over: Callable[[], BaseException],
) -> T:
    """Act, for so many `seconds` at most, and until `stop` is kept; then raise what `over` makes."""
    if seconds is None and stop is None:
        return await act()
    import anyio

    with anyio.move_on_after(seconds) as scope:
        if stop is None:
            return await act()
        cancel = rouser(scope.cancel)
        try:
            if stop.enlist(cancel):
                return await act()
        finally:
            stop.forget(cancel)
    raise over()
