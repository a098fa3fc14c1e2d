"""A connection of the pool: a channel, and how far its answers were read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from restkit.wire.direct.channel import Channel
from restkit.wire.http1 import ResponseParser

if TYPE_CHECKING:
    from restkit.flow.promise import Promise
    from restkit.wire.direct.origin import Origin
    from restkit.wire.direct.pace import Pace
    from restkit.wire.direct.pool import Pool


class Connection:
    """Carries one exchange after the other. It belongs to its pool, or to the exchange that took it from there.

    Theory of operation. While an exchange has it, whoever calls that exchange off may cut it, a moment late perhaps.
    So one that was called off by the time it comes back is not used again.
    """

    __slots__ = ("_pool", "_stop", "channel", "expires", "is_reused", "is_taken", "origin", "parser")
    origin: Origin
    channel: Channel
    parser: ResponseParser
    is_reused: bool
    """Whether an earlier exchange has used it."""
    is_taken: bool
    """Whether an exchange has it now."""
    expires: float
    """The moment after which it is no longer used, by the monotonic clock, while it is idle."""

    def __init__(self, origin: Origin, channel: Channel, pool: Pool) -> None:
        self.origin, self.channel, self._pool = origin, channel, pool
        self.parser = ResponseParser()
        self.is_reused, self.is_taken = False, True
        self.expires = 0.0
        self._stop: Promise[Any] | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it can be used after having been idle."""
        return time.monotonic() < self.expires and not self.channel.has_news

    def begin(self, pace: Pace) -> None:
        """Have it cut as soon as the exchange is called off. Raises ClientClosed if that has happened already."""
        stop = self._stop = pace.stop
        if stop is not None and not stop.enlist(self.channel.cut):
            raise pace.over()

    def _end(self) -> bool:
        """Have nobody cut it any more. False if it was, or is about to be."""
        stop, self._stop = self._stop, None
        if stop is None:
            return True
        stop.forget(self.channel.cut)
        return not stop.is_kept

    def release(self, seconds: float | None = None) -> None:
        """Give it back to its pool, where it may be idle for so many `seconds`."""
        if not self._end() or not self.parser.reusable or self.channel.unsent:
            return self.discard()
        if self.is_taken:
            self.is_taken, self.is_reused = False, True
            self._pool.put_back(self, seconds)
        return None

    def leave(self) -> None:
        """Close it, and keep its place for another that is opened at once."""
        self.is_taken = False
        self.channel.close()

    def discard(self) -> None:
        """Close it, and give its place to another. It may be called by a finalizer. Again: nothing."""
        _ = self._end()
        self.channel.close()
        if self.is_taken:
            self.is_taken = False
            self._pool.lose(self)
