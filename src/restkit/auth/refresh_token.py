"""Refresh token: one that was had elsewhere, by somebody who signed in (RFC 6749, section 6)."""

from __future__ import annotations

import httpx
from typing_extensions import Unpack, override

from restkit.credentials.secret import Value, ask, checked_value
from restkit.credentials.token import Token
from restkit.flow import Flow
from restkit.tokens.grant import Grant
from restkit.tokens.options import GrantOptions
from restkit.tokens.signing_key import SigningKey


class RefreshToken(Grant):
    """Tokens for a refresh token, which the server may replace each time: then the last one is used.

    Parameters: `token_url`, or `issuer` in its place; `refresh_token`, text, an `EnvVar` or a function; the rest is
    `GrantOptions`. With a `store`, a replaced refresh token is saved before its access token is used: without one it is
    lost with the process, and the server may take the first one, sent again, for a thief's. Raises ConfigError.
    """

    def __init__(
        self,
        token_url: str | httpx.URL | None = None,
        refresh_token: Value = "",
        client_id: str | None = None,
        client_secret: Value | SigningKey | None = None,
        **options: Unpack[GrantOptions],
    ) -> None:
        super().__init__(token_url, client_id, client_secret, **options)
        self._first = checked_value("refresh_token", refresh_token)

    @override
    def fetch(self, old: Token | None) -> Flow[Token]:
        last = None if old is None or self.is_used_up(old.refresh_token) else old.refresh_token
        refresh_token = last or (yield from ask("refresh_token", self._first))
        return (yield from self.refreshed(refresh_token, self.wishes.fields))
