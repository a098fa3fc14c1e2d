"""Basic: a user name and a password (RFC 7617)."""

from __future__ import annotations

import base64

import httpx
from typing_extensions import override

from restkit.credentials.scheme import Scheme
from restkit.credentials.secret import Value, ask, checked_password, checked_user, password_text
from restkit.flow import Flow


class Basic(Scheme):
    """Send `Authorization: Basic` with a user name and a password, in UTF-8.

    The password is text, an `EnvVar`, or what a function gives each time. Raises ConfigError for a colon in the user
    name, and for control characters (RFC 7617, section 2).
    """

    header: tuple[str, str] | None = None

    def __init__(self, user: str, password: Value = "") -> None:
        self._user = checked_user(user)
        self._password = checked_password("password", password)
        if isinstance(self._password, str):
            self.header = "Authorization", encoded(self._user, self._password)

    @override
    def _asked(self, request: httpx.Request) -> Flow[None]:
        request.headers["Authorization"] = encoded(
            self._user, (yield from ask("password", self._password, password_text))
        )


def encoded(user: str, password: str) -> str:
    """What stands in the header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
