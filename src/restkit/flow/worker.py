"""Work for a thread of its own, where the event loop must not wait for it."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import TypeVar

from restkit.flow.effects import Ask

T = TypeVar("T")


def in_thread(act: Callable[[], T], *, abandon: bool = False) -> Ask[T]:
    """Ask for what blocks: the awaiting world has a worker thread do it, and may abandon that if it is cancelled."""

    async def awaiting() -> T:
        from anyio.to_thread import run_sync

        return await run_sync(act, abandon_on_cancel=abandon)

    return Ask(act, awaiting)
