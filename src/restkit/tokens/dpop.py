"""DPoP: tokens that are good only with a proof, made for each attempt, that we have the key (RFC 9449)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

import httpx

from restkit.errors import ConfigError
from restkit.flow import Clock, Flow
from restkit.flow.original import Original
from restkit.pipeline import Proceed
from restkit.tokens.signing_key import SigningKey, library
from restkit.url import origin

NONCE = "DPoP-Nonce"
WANTS_NONCE = "use_dpop_nonce"
REFUSALS = frozenset({400, 401})
LONGEST = 1024
"""Characters of a nonce."""
MOST = 16
"""Servers of which the nonce is remembered."""


class DPoP:
    """Prove with each request that we have the key: a layer, for token requests and for those of the API.

    It remembers the last nonce of each server, and sends a request once more that was refused for want of one.
    """

    def __init__(self, key: object, clock: Clock) -> None:
        self._key, self._clock = checked_key(key), clock
        self._nonces: dict[tuple[str, str, int], str] = {}

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a request with its proof."""
        original, shown = Original(request), self._nonces.get(origin(request.url))
        yield from self._prove(request, shown)
        response = yield from proceed(request)
        nonce = self._learn(request, response)
        if nonce in {None, shown} or not wants_nonce(response) or not original.is_replayable:
            return response
        another = original.copy()
        yield from self._prove(another, nonce)
        response = yield from proceed(another)
        _ = self._learn(another, response)
        return response

    def _learn(self, request: httpx.Request, response: httpx.Response) -> str | None:
        """The nonce that an answer brings; None if it brings none."""
        where, nonce = origin(request.url), str(response.headers.get(NONCE, ""))
        if not nonce or len(nonce) > LONGEST or not nonce.isascii():
            return None
        if where not in self._nonces and len(self._nonces) >= MOST:
            self._nonces.clear()
        self._nonces[where] = nonce
        return nonce

    def _prove(self, request: httpx.Request, nonce: str | None) -> Flow[None]:
        """Write a proof: for this method and URL, this token, this moment (section 4.2)."""
        claims: dict[str, object] = {
            "jti": secrets.token_urlsafe(16),
            "htm": request.method,
            "htu": str(request.url.copy_with(query=None, fragment=None)),
            "iat": int(self._clock.wall()),
        }
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind == "DPoP":
            claims["ath"] = urlsafe_b64encode(hashlib.sha256(token.encode("ascii")).digest()).rstrip(b"=").decode()
        if nonce is not None:
            claims["nonce"] = nonce
        headers = {"typ": "dpop+jwt", "jwk": (yield from self._key.public())}
        request.headers["DPoP"] = yield from self._key.sign(claims, headers)


def wants_nonce(response: httpx.Response) -> bool:
    """Whether an answer refuses for want of a nonce: an API in its challenge, a token endpoint in its body."""
    if response.status_code not in REFUSALS:
        return False
    try:
        said = response.content
    except httpx.ResponseNotRead:  # an API's, which is for the caller
        said = b""
    return WANTS_NONCE in response.headers.get("WWW-Authenticate", "") or WANTS_NONCE.encode() in said


def checked_key(given: object) -> SigningKey:
    """A key to prove with: a new one for True. Raises ConfigError."""
    if given is True:
        return fresh_key()
    if not isinstance(given, SigningKey):
        raise ConfigError("dpop", f"is of type {type(given).__name__}", "pass True, or a SigningKey")
    return given


def fresh_key() -> SigningKey:
    """A new key, which never leaves this process. Raises ConfigError if the library for it is not installed."""
    _ = library()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningKey(pem.decode("ascii"), "ES256")
