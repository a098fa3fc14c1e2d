"""Which of a host's addresses to try when: happy eyeballs (RFC 8305)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import zip_longest

DELAY = 0.25
"""Seconds after which the next address is tried beside the last (RFC 8305 section 5)."""


class Turns:
    """The turns of a host's addresses.

    The next one's comes a quarter of a second after the last one's, or at once when that has failed. Moments, in
    seconds of any clock, are told to it: it waits for nothing.
    """

    __slots__ = ("_at", "_last", "_waiting")

    def __init__(self, addresses: Sequence[str]) -> None:
        self._waiting = deque(interleaved(addresses))
        self._last: str | None = None
        self._at: float | None = None

    def pause(self, now: float) -> float | None:
        """Seconds until the next turn; None if every address has had its own."""
        if not self._waiting:
            return None
        return 0.0 if self._at is None else max(0.0, self._at - now)

    def take(self, now: float) -> str | None:
        """The address whose turn it is; None if it is nobody's."""
        if self.pause(now) != 0.0:
            return None
        self._last, self._at = self._waiting.popleft(), now + DELAY
        return self._last

    def failed(self, address: str) -> None:
        """An address did not answer. If it was the last one tried, it is the next one's turn."""
        if address == self._last:
            self._at = None


def interleaved(addresses: Sequence[str]) -> list[str]:
    """The addresses, those of IPv4 and of IPv6 by turns, the first one still first (RFC 8305 section 4)."""
    first = [each for each in addresses if is_ipv6(each) is is_ipv6(addresses[0])]
    other = [each for each in addresses if is_ipv6(each) is not is_ipv6(addresses[0])]
    return [each for pair in zip_longest(first, other) for each in pair if each is not None]


def is_ipv6(address: str) -> bool:
    """Whether a literal address is one of IPv6."""
    return ":" in address
