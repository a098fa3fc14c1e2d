"""A secret that must never be seen, and the places where it could be."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from typing_extensions import override

SECRET = "c4n4ry-53cr37-v4lu3"  # noqa: S105 - of nothing


def shown(scheme: Any, act: Callable[[], object]) -> str:
    """All that can be seen of a scheme and of what an act with it does: its repr, log lines, the error's traceback."""
    with heard() as lines:
        try:
            said = [repr(act())]
        except Exception as error:  # noqa: BLE001 - it is what is looked at
            said = [repr(error), str(error), *traceback.format_exception(error)]
            said.append(repr(pickle.loads(pickle.dumps(error)).__dict__))  # noqa: S301 - our own
    return "\n".join([str(scheme), repr(scheme), *said, *lines])


class Ear(logging.Handler):
    """Notes what is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Note a line."""
        self.lines.append(record.getMessage())


@contextmanager
def heard() -> Iterator[list[str]]:
    """The lines that are logged meanwhile, at any level."""
    root, ear = logging.getLogger(), Ear(0)
    before = root.level
    root.addHandler(ear)
    root.setLevel(0)
    try:
        yield ear.lines
    finally:
        root.removeHandler(ear)
        root.setLevel(before)


def answering(*statuses: int, seen: list[httpx.Request] | None = None, **details: Any) -> httpx.MockTransport:
    """A server that answers with these statuses in turn, the last one for ever, and notes what it is sent."""
    left = list(statuses)

    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(left.pop(0) if len(left) > 1 else left[0], **details)

    return httpx.MockTransport(answer)
