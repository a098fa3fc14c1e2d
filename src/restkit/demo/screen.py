"""Screen: where the demo is shown. One file for each form."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from typing import Protocol

from restkit.demo.result import Result


class Screen(Protocol):
    """A form in which the demo is shown."""

    def world(self, name: str) -> AbstractContextManager[object]:
        """Within it, the results of one world are shown."""
        ...

    def show(self, result: Result) -> None:
        """Show what came of a call."""

    def end(self, results: Sequence[Result]) -> None:
        """Show what came of it all."""


def best_screen() -> Screen:
    """The prettiest there is: by rich, if that is installed."""
    if find_spec("rich") is None:
        from restkit.demo.plain import Plain

        return Plain()
    from restkit.demo.terminal import Terminal

    return Terminal()


def summary(results: Sequence[Result]) -> str:
    """What came of it all, in a sentence."""
    wrong = sum(not result.ok for result in results)
    requests = sum(len(result.received) for result in results)
    seconds = sum(result.milliseconds for result in results) / 1000
    verdict = f"{wrong} not as they must be" if wrong else "each as it must be"
    return f"{len(results)} calls, {requests} requests in {seconds:.2f} s: {verdict}"
