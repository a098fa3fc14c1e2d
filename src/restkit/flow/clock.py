"""Time, as flows see it: a port like the network, so that a test can bring its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anyio


class Clock:
    """Real time. `restkit.testing.VirtualClock` is the other one."""

    __slots__ = ()

    if TYPE_CHECKING:

        def now(self) -> float:
            """Seconds on a clock that never goes back: what every wait and deadline is measured by."""
            ...

    else:
        now = staticmethod(time.monotonic)  # every call asks it several times: a function of ours would cost more

    def wall(self) -> float:
        """Seconds since 1970, UTC: what HTTP dates and token lifetimes are compared with."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Block this thread."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Suspend this task."""
        import anyio

        await anyio.sleep(seconds)

    def block(self, gate: threading.Lock, timeout: float | None) -> bool:
        """Block this thread until another one releases `gate`; False if `timeout` seconds went by first."""
        return gate.acquire(timeout=-1 if timeout is None else max(0.0, timeout))

    async def park(self, event: anyio.Event, timeout: float | None) -> bool:  # noqa: ASYNC109 - as `block` has it
        """Suspend this task until `event` is set; False if `timeout` seconds went by first."""
        if timeout is None:
            await event.wait()
            return True
        import anyio

        with anyio.move_on_after(timeout):
            await event.wait()
        return event.is_set()
