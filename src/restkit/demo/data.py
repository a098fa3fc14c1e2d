"""Data: the demo as JSON, an object for each call."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from restkit.demo.result import Result


class Data:
    """A JSON array when all is over, and nothing before."""

    @contextmanager
    def world(self, name: str) -> Generator[None]:  # noqa: ARG002 - each object names its world
        """Nothing."""
        yield

    def show(self, result: Result) -> None:
        """Nothing."""

    def end(self, results: Sequence[Result]) -> None:
        """The array, an object a line."""
        print("[" + ",\n ".join(json.dumps(data_of(result), ensure_ascii=True) for result in results) + "]")


def data_of(result: Result) -> dict[str, object]:
    """A result as plain data."""
    return {
        "world": result.world,
        "section": result.call.section,
        "call": result.call.name,
        "code": result.code,
        "expected": repr(result.call.expected),
        "outcome": repr(result.outcome),
        "requests": list(result.received),
        "story": list(result.story),
        "ok": result.ok,
        "wrongs": result.wrongs,
        "milliseconds": round(result.milliseconds, 3),
    }
