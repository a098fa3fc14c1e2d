"""An authorization server and an API that takes its tokens, in memory: what is seen of OAuth on the wire.

Its token endpoint gives `token-1`, `token-2` and so on, each of which the API takes until it is `expelled`. A test may
put answers on its `script`, which come first; `forms` are what the token endpoint was sent.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl

import httpx

ISSUER = "https://login.test"
TOKEN_URL = f"{ISSUER}/token"
API = "https://api.test"


class Authority:
    """Both servers, as a function for a MockTransport."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.forms: list[dict[str, str]] = []
        self.sent: list[str | None] = []
        """The credentials that the API was shown."""
        self.script: list[httpx.Response | Exception] = []
        self.extra: dict[str, Any] = {}
        """More of each token answer."""
        self.metadata: dict[str, Any] | None = None
        self.rotates = False
        self.good: set[str] = set()
        self.issued = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.requests.append(request)
        if request.url.host == "api.test":
            return self.api(request)
        if request.method == "GET":
            return self.well_known(request)
        self.forms.append(once(parse_qsl(request.content.decode(), keep_blank_values=True, strict_parsing=True)))
        if self.script:
            return self.scripted()
        return self.token() if request.url.path == "/token" else httpx.Response(200)

    def scripted(self) -> httpx.Response:
        """The answer that a test has put there."""
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def token(self) -> httpx.Response:
        """Give a token."""
        self.issued += 1
        value = f"token-{self.issued}"
        self.good.add(value)
        said = {"access_token": value, "token_type": "Bearer", "expires_in": 3600, **self.extra}
        if self.rotates:
            said["refresh_token"] = f"refresh-{self.issued}"
        return httpx.Response(200, json=said)

    def api(self, request: httpx.Request) -> httpx.Response:
        """Take a token that is good."""
        self.sent.append(request.headers.get("authorization"))
        is_good = (self.sent[-1] or "").partition(" ")[2] in self.good
        return httpx.Response(200, json={"ok": True}) if is_good else httpx.Response(401)

    def well_known(self, request: httpx.Request) -> httpx.Response:
        """Say where the endpoints are, if anybody is to know."""
        where = "/.well-known/openid-configuration"
        if self.metadata is None or request.url.path != where:
            return httpx.Response(404)
        return httpx.Response(200, json=self.metadata)

    def expel(self) -> None:
        """Take no token any more that was given so far."""
        self.good.clear()

    @property
    def basic(self) -> str:
        """What the last Basic credential says."""
        kind, _, encoded = self.requests[-1].headers["authorization"].partition(" ")
        return f"{kind} {base64.b64decode(encoded).decode()}"

    @property
    def urls(self) -> list[str]:
        """Where it was asked, in this order."""
        return [str(request.url) for request in self.requests]


def once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The parameters of a form, of which none may be there twice (RFC 6749, section 3.2)."""
    said = dict(pairs)
    assert len(said) == len(pairs), pairs
    return said


def everything() -> dict[str, Any]:
    """Metadata of a server that has every endpoint."""
    return {
        "issuer": ISSUER,
        "token_endpoint": TOKEN_URL,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "device_authorization_endpoint": f"{ISSUER}/device",
        "revocation_endpoint": f"{ISSUER}/revoke",
        "code_challenge_methods_supported": ["S256"],
    }


def refusal(code: str, description: str = "", status: int = 400) -> httpx.Response:
    """An error of a token endpoint."""
    return httpx.Response(status, json={"error": code, "error_description": description})


def s256(verifier: str) -> str:
    """The challenge of a verifier, computed apart from the code under test."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
