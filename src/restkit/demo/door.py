"""Door: who may ask the library. Its tokens live for a second, and a little longer for whoever is on the way."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus

from restkit.demo.routes import Reply

CLIENT, SECRET = "front desk", "open: sesame"
"""Who may have a token. Both are encoded before they stand in a header (RFC 6749, section 2.3.1)."""
LIFETIME = 1.0
"""Seconds of a token."""
LEEWAY = 2.0
"""How many times as long a token is good as was said: somebody may be slow on the way."""
REFUSED: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="library", error="invalid_token"'}


class Door:
    """Gives tokens to who knows the secret, and lets pass who has one that is not over (RFC 6750)."""

    def __init__(self, lifetime: float = LIFETIME) -> None:
        self.lifetime: float = lifetime
        """Seconds of a token."""
        self._issued = 0
        self._tokens: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def token(self, authorization: str) -> Reply:
        """A token for a client that shows its id and secret, 401 for any other."""
        wanted = base64.b64encode(f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}".encode()).decode("ascii")
        if not secrets.compare_digest(authorization, f"Basic {wanted}"):
            return Reply(HTTPStatus.UNAUTHORIZED, {"error": "invalid_client"})
        with self._lock:
            self._issued += 1
            value = secrets.token_urlsafe()
            self._tokens[value] = self._issued, time.monotonic() + LEEWAY * self.lifetime
        said: dict[str, Any] = {"access_token": value, "token_type": "Bearer", "expires_in": self.lifetime}
        return Reply(HTTPStatus.OK, said)

    def number(self, authorization: str) -> int | None:
        """Which token somebody shows, from 1 on; None for none that is good."""
        with self._lock:
            number, ends = self._tokens.get(authorization.removeprefix("Bearer "), (0, 0.0))
        return number if time.monotonic() < ends else None
