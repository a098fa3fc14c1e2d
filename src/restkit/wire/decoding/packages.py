"""Packages that may be installed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType

Load = Callable[[str], ModuleType]
"""How a module is loaded: `importlib.import_module`. Raises ImportError."""


def loaded(load: Load, *names: str) -> Iterator[ModuleType]:
    """Those of the modules that there are, each loaded when it is its turn."""
    for name in names:
        with suppress(ImportError):
            yield load(name)
