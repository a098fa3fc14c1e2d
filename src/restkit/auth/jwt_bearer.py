"""JWT bearer: an assertion, signed by somebody whom the server trusts, for a token (RFC 7523, section 2.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import httpx
from typing_extensions import Unpack, override

from restkit.credentials.secret import Value, ask, checked_value
from restkit.credentials.token import Token
from restkit.errors import ConfigError
from restkit.flow import Flow
from restkit.pipeline import Proceed
from restkit.policies.checked import duration, mapping, text, text_or_none
from restkit.tokens.endpoint import with_fields
from restkit.tokens.grant import Grant
from restkit.tokens.options import GrantOptions
from restkit.tokens.signing_key import SigningKey

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class JWTBearer(Grant):
    """Tokens for an assertion: one that is signed here by a `SigningKey`, anew for each attempt, or had from elsewhere.

    Parameters: `token_url`, or `issuer` in the options (the server's, not the assertion's); `assertion`, a SigningKey,
    or text, an `EnvVar` or a function that gives it ready-made; of one that is signed here `iss`, who vouches, `sub`,
    for whom, by default the same, `aud`, by default the server's issuer or token URL, further `claims`, and `seconds`
    that it is good for; `client_id` and `client_secret`, if the server wants them; the rest is `GrantOptions`. Raises
    ConfigError.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        token_url: str | httpx.URL | None = None,
        assertion: SigningKey | Value = "",
        *,
        iss: str = "",
        sub: str | None = None,
        aud: str | None = None,
        claims: Mapping[str, Any] | None = None,
        seconds: float = 300.0,
        client_id: str | None = None,
        client_secret: Value | SigningKey | None = None,
        **options: Unpack[GrantOptions],
    ) -> None:
        super().__init__(token_url, client_id, client_secret, **options)
        is_key = isinstance(assertion, SigningKey)
        if not text("iss", iss) and is_key:
            raise ConfigError("iss", "is not set", "say who vouches: an assertion that is signed here names them")
        self._source = assertion if is_key else checked_value("assertion", assertion)
        whom, where = text_or_none("sub", sub) or iss, text_or_none("aud", aud)
        about = {"iss": iss, "sub": whom, "aud": where or options.get("issuer") or str(token_url)}
        self._claims: Mapping[str, Any] = {**about, **({} if claims is None else mapping("claims", claims))}
        self._seconds = duration("seconds", seconds)

    @override
    def fetch(self, old: Token | None) -> Flow[Token]:
        return (yield from self.ask_token(GRANT, self.wishes.fields, repeats=True, layers=[self._vouch]))

    def _vouch(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send an attempt with an assertion of its own."""
        if isinstance(self._source, SigningKey):
            now = self.endpoint.clock.wall()
            life = {"iat": int(now), "exp": int(now + self._seconds), "jti": secrets.token_urlsafe(16)}
            assertion = yield from self._source.sign({**life, **self._claims})
        else:
            assertion = yield from ask("assertion", self._source)
        return (yield from proceed(with_fields(request, {"assertion": assertion})))
