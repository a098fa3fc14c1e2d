"""Proof that whoever redeems a code began the authorization: S256 always, never `plain` (RFC 7636)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

METHOD = "S256"
BYTES = 64
"""Of chance in a verifier: 86 characters, of the 43 to 128 that it may have."""


def verifier() -> str:
    """A new secret, which only the token request shows (section 4.1)."""
    return secrets.token_urlsafe(BYTES)


def challenge(verifier: str) -> str:
    """What the authorization request shows of it (section 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")
