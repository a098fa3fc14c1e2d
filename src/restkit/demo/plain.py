"""Plain: the demo as lines of text, for where there is no rich."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from restkit.demo.result import Result
from restkit.demo.screen import summary


class Plain:
    """A line for each call."""

    def __init__(self) -> None:
        self._section = ""

    @contextmanager
    def world(self, name: str) -> Generator[None]:
        """Name the world."""
        print(f"\n== {name} ==")
        self._section = ""
        yield

    def show(self, result: Result) -> None:
        """One line, and one for whatever is wrong."""
        if result.call.section != self._section:
            self._section = result.call.section
            print(f"-- {self._section}")
        verdict = "ok   " if result.ok else "WRONG"
        print(f"{verdict} {result.milliseconds:7.1f} ms  {result.code} -> {result.outcome!r}")
        if result.story:
            print(f"                  {', '.join(result.story)}")
        for wrong in result.wrongs:
            print(f"                  {wrong}")

    def end(self, results: Sequence[Result]) -> None:
        """The last line."""
        print(f"\n{summary(results)}")
