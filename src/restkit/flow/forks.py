"""What has to know that this process is a forked child: sockets, threads and locks are the parent's."""

from __future__ import annotations

import os
import weakref
from typing import Any


class ForkAware(weakref.WeakSet[Any]):
    """Members with an `after_fork` method, which is called in a forked child."""

    def after_fork(self) -> None:
        """Tell every member."""
        for each in list(self):
            each.after_fork()


forks: ForkAware = ForkAware()
set_aside: list[object] = []
"""What was the parent's, kept in a forked child so that nothing closes it."""

if hasattr(os, "register_at_fork"):  # pragma: no branch - there is no fork on Windows
    os.register_at_fork(after_in_child=forks.after_fork)
