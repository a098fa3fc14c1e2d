"""The origins that are too busy, and until when their calls wait together: state, shared by all calls of a client."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from restkit.flow.forks import forks

MOST_ORIGINS = 1_000
"""How many busy origins are remembered; of more, the one that was busy longest ago is forgotten."""


class Pauses:
    """Moments of the clock, by origin: an origin that answers normally again has none."""

    def __init__(self) -> None:
        self.moments: OrderedDict[Hashable, float] = OrderedDict()
        self._lock = threading.Lock()
        forks.add(self)

    def extend(self, origin: Hashable, moment: float) -> None:
        """Have all calls to an origin wait until that moment, or a later one that is known."""
        with self._lock:
            self.moments[origin] = max(moment, self.moments.get(origin, moment))
            self.moments.move_to_end(origin)
            if len(self.moments) > MOST_ORIGINS:
                _ = self.moments.popitem(last=False)

    def end(self, origin: Hashable, now: float) -> None:
        """An origin has answered normally: forget a pause that is over."""
        with self._lock:
            if self.moments.get(origin, now) < now:
                del self.moments[origin]

    def after_fork(self) -> None:
        """In the child: a lock that may have been held by the parent."""
        self._lock = threading.Lock()
