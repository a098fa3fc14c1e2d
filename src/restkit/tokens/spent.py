"""Refresh tokens that are used up: a server takes one that is sent again for a thief's (RFC 9700, section 4.14.2)."""

from __future__ import annotations

import hashlib

MOST = 1024
"""How many are remembered: the first ones, which a program was given and may be given again, and the last."""


class Spent:
    """Refresh tokens that were refused, replaced or revoked; known by their hashes, since they are secrets."""

    def __init__(self) -> None:
        self._hashes: dict[bytes, None] = {}  # in this order

    def add(self, refresh_token: str) -> None:
        """Remember one, in the place of one from the middle if there is no room."""
        if len(self._hashes) >= MOST:
            _ = self._hashes.pop(list(self._hashes)[MOST // 2], None)
        self._hashes[hash_of(refresh_token)] = None

    def __contains__(self, refresh_token: str) -> bool:
        return hash_of(refresh_token) in self._hashes


def hash_of(refresh_token: str) -> bytes:
    """What tells a refresh token from others, and does not show it."""
    return hashlib.sha256(refresh_token.encode()).digest()
