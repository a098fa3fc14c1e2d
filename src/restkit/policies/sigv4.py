"""AWS Signature Version 4: from the canonical request to the signature, without a clock."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import NamedTuple

from typing_extensions import override

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
"""Stands in the place of a body's hash that nobody has made."""
_END = "aws4_request"


class Scope(NamedTuple):
    """What a signature is good for: a day, a region, a service."""

    day: str
    region: str
    service: str

    @override
    def __str__(self) -> str:
        return "/".join((*self, _END))


def amz_date(moment: float) -> str:
    """A moment, in seconds since 1970, as AWS writes it: `20150830T123600Z`."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(moment))


def hashed(content: bytes) -> str:
    """The SHA-256 of a body or a text, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def string_to_sign(date: str, scope: Scope, canonical: str) -> str:
    """What the derived key signs. A canonical request may hold any byte, each in a character of its own."""
    return "\n".join((ALGORITHM, date, str(scope), hashed(canonical.encode("latin-1"))))


def signature(secret: str, scope: Scope, text: str) -> str:
    """The signature of a text, by the key derived from the secret for this scope."""
    key = f"AWS4{secret}".encode()
    for part in (*scope, _END):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
