"""Story: what came of each attempt of a call, and the waits in between."""

from __future__ import annotations

import time

from restkit import AttemptEnded, AttemptStarted, CallEnded, CallStarted

TOO_SHORT = 0.001
"""Seconds of a wait that nobody notices."""


class Story:
    """An observer that remembers attempts."""

    def __init__(self) -> None:
        self._attempts = 0
        self._words: list[str] = []
        self._over = 0.0

    def note(self, event: CallStarted | CallEnded | AttemptStarted | AttemptEnded) -> None:
        """Remember what came, and how long it was waited before that."""
        now = time.monotonic()
        if isinstance(event, AttemptStarted):
            waited = now - self._over if self._attempts else 0.0
            self._words += [f"waited {waited:.2f} s"] if waited > TOO_SHORT else []
        elif isinstance(event, AttemptEnded):
            self._attempts, self._over = self._attempts + 1, now
            self._words.append(str(event.status or type(event.error).__name__))

    def told(self) -> tuple[str, ...]:
        """All of it; nothing of a single attempt."""
        return tuple(self._words) if self._attempts > 1 else ()
