"""Story: what came of each attempt of a call, and the waits in between."""

from __future__ import annotations

import time

from restkit import AttemptEnded, AttemptStarted, CallEnded, CallStarted
from restkit.attempt import name_of

TOO_SHORT = 0.001
"""Seconds of a wait that nobody notices."""


class Story:
    """An observer that remembers attempts."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._call: list[str] = []
        self._over = 0.0

    def note(self, event: CallStarted | CallEnded | AttemptStarted | AttemptEnded) -> None:
        """Remember what came, and how long was waited before that."""
        now = time.monotonic()
        match event:
            case CallStarted():
                self._call = []
            case AttemptStarted() if self._call and now - self._over > TOO_SHORT:
                self._call.append(f"waited {now - self._over:.2f} s")
            case AttemptEnded():
                self._call.append(str(event.status) if event.error is None else name_of(event.error))
                self._over = now
            case CallEnded() if event.attempts > 1:
                self._told += self._call
            case _:
                pass

    def told(self) -> tuple[str, ...]:
        """What came of each call that was sent more than once."""
        return tuple(self._told)
