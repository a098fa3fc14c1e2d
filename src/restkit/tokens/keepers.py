"""Several tokens of one scheme, each kept by itself."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic

from typing_extensions import TypeVar

from restkit.flow.forks import forks
from restkit.tokens.keeper import Keeper

K = TypeVar("K")
MOST = 64


class Keepers(Generic[K]):
    """A keeper for each key, made by `make` when it is first asked for; those that were asked for last are kept."""

    def __init__(self, make: Callable[[K], Keeper], most: int = MOST) -> None:
        self._make, self._most = make, most
        self._keepers: OrderedDict[K, Keeper] = OrderedDict()
        self._lock = threading.Lock()
        forks.add(self)

    def after_fork(self) -> None:
        """Renew the lock, which a thread of the parent may have held."""
        self._lock = threading.Lock()

    def of(self, key: K) -> Keeper:
        """The keeper of a key."""
        with self._lock:
            found = self._keepers.get(key)
            if found is None:
                found = self._keepers[key] = self._make(key)
            self._keepers.move_to_end(key)
            if len(self._keepers) > self._most:
                _ = self._keepers.popitem(last=False)
        return found

    def __len__(self) -> int:
        return len(self._keepers)
