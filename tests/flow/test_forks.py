"""What a forked child finds: nothing that waits for a thread of its parent."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Iterator

import restkit

LOCKS = (type(threading.Lock()), type(threading.RLock()))


def places() -> Iterator[tuple[str, object]]:
    """Everything that a module or one of its classes holds, by its name."""
    for found in pkgutil.walk_packages(restkit.__path__, "restkit."):
        if not found.name.endswith("__main__"):
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                yield f"{found.name}.{name}", value
                if isinstance(value, type):
                    yield from ((f"{found.name}.{name}.{each}", held) for each, held in vars(value).items())


def test_every_lock_belongs_to_an_object() -> None:
    """Which renews it after a fork; one that belongs to a module or a class would stay as another thread left it."""
    assert [] == [name for name, value in places() if isinstance(value, LOCKS)]
