"""Bearer: a token in the Authorization header (RFC 6750)."""

from __future__ import annotations

import httpx
from typing_extensions import override

from restkit.credentials.scheme import Scheme
from restkit.credentials.secret import Value, ask, checked_value
from restkit.flow import Flow
from restkit.policies.field_name import checked_token


class Bearer(Scheme):
    """Send `Authorization: Bearer <token>`: a token that is text, an `EnvVar`, or what a function gives each time.

    `kind` is another word for `Bearer`, as some APIs want it, such as `token`.
    """

    header: tuple[str, str] | None = None

    def __init__(self, token: Value, *, kind: str = "Bearer") -> None:
        self._kind = f"{checked_token('kind', kind)} "
        self._token = checked_value("token", token)
        if isinstance(self._token, str):
            self.header = "Authorization", self._kind + self._token

    @override
    def _asked(self, request: httpx.Request) -> Flow[None]:
        request.headers["Authorization"] = self._kind + (yield from ask("token", self._token))
