"""Rotation: which of several keys is next, and which are not used for a while. A key is its number here."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from attrs import evolve, frozen


@frozen
class Turned:
    """What has become of one key so far."""

    sent: int = 0
    refused: int = 0
    failures: int = 0
    """How often it was refused in a row."""
    rests_until: float = -math.inf
    """The moment from which on it is used again, infinite for never; in the past if it was never dropped."""


@frozen(kw_only=True)
class Rotation:
    """The keys of a client, and whose turn it is."""

    keys: tuple[Turned, ...]
    turn: int = 0
    by_call: bool = True
    """Whether each call has the next key; else one is used until it is refused."""
    most: int = 3
    """Refusals in a row after which a key is dropped. One that has come back is dropped by the next refusal."""
    rest: float = math.inf
    """Seconds for which it is."""

    def living(self, now: float) -> int:
        """How many keys are in use."""
        return sum(key.rests_until <= now for key in self.keys)

    def next(self, now: float, tried: Collection[int] = ()) -> int | None:
        """The key whose turn it is, of those in use that were not tried; None if there is none."""
        for number in self._from_here():
            if number not in tried and self.keys[number].rests_until <= now:
                return number
        return None

    def _from_here(self) -> Iterator[int]:
        count = len(self.keys)
        return ((self.turn + step) % count for step in range(count))

    def picked(self, number: int) -> Rotation:
        """After a key was picked."""
        key = self.keys[number]
        turn = number + 1 if self.by_call else number
        return evolve(self._with(number, evolve(key, sent=key.sent + 1)), turn=turn % len(self.keys))

    def failed(self, number: int, now: float) -> Rotation:
        """After a key was refused."""
        key = self.keys[number]
        failures = key.failures + 1
        until = now + self.rest if failures >= self.most else key.rests_until
        return self._passed_on(number, evolve(key, failures=failures, rests_until=until))

    def throttled(self, number: int) -> Rotation:
        """After a key was asked to wait: that it is good nobody doubts, but it is the next one's turn."""
        return self._passed_on(number, self.keys[number])

    def _passed_on(self, number: int, key: Turned) -> Rotation:
        made = self._with(number, evolve(key, refused=key.refused + 1))
        return evolve(made, turn=(number + 1) % len(self.keys)) if self.turn == number else made

    def succeeded(self, number: int) -> Rotation:
        """After a key was let in."""
        key = self.keys[number]
        return self._with(number, evolve(key, failures=0, rests_until=-math.inf)) if key.failures else self

    def _with(self, number: int, key: Turned) -> Rotation:
        return evolve(self, keys=(*self.keys[:number], key, *self.keys[number + 1 :]))
