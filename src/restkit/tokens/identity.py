"""How a client shows a token endpoint who it is (RFC 6749, section 2.3; RFC 7523, section 2.2)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Literal, TypeAlias, cast, get_args
from urllib.parse import quote_plus

import httpx

from restkit.credentials.secret import VISIBLE, Value, ask, checked_value
from restkit.errors import ConfigError
from restkit.flow import Clock, Flow
from restkit.pipeline import Proceed
from restkit.quotation import UNSENT
from restkit.tokens.endpoint import with_fields
from restkit.tokens.signing_key import SigningKey, signed

Method: TypeAlias = Literal["basic", "post", "jwt", "none"]
"""In a header, in the form, by a JWT that is signed with the secret or a private key, or not at all."""
SECONDS = 60
"""That an assertion is good for: it is made when it is sent."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Identity:
    """A client as token endpoints know it: a layer of token requests, which writes each attempt anew.

    Parameters: `client_id`; `secret`, text, an `EnvVar`, a function, or the `SigningKey` of `private_key_jwt`, None for
    a public client; `method`, by default the one of RFC 6749 that servers must know, `basic`, for a secret. Raises
    ConfigError.
    """

    def __init__(
        self, client_id: object, secret: object = None, method: object = None, *, clock: Clock, audience: str = ""
    ) -> None:
        self.client_id: str = checked_id(client_id)
        self._secret = secret if secret is None or isinstance(secret, SigningKey) else secret_of(secret)
        self._method = method_for(self._secret, method)
        self._clock, self._audience = clock, audience
        self._show: Callable[[httpx.Request], Flow[httpx.Request]] = {
            "basic": self._basic,
            "post": self._post,
            "jwt": self._jwt,
            "none": self._none,
        }[self._method]

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a token request with the client's credential."""
        return (yield from proceed((yield from self._show(request))))

    def _basic(self, request: httpx.Request) -> Flow[httpx.Request]:
        """Each half is encoded as a form first, colons and spaces included (RFC 6749, section 2.3.1)."""
        both = f"{quote_plus(self.client_id)}:{quote_plus((yield from self._asked()))}"
        request.headers["Authorization"] = "Basic " + base64.b64encode(both.encode("ascii")).decode("ascii")
        return request

    def _post(self, request: httpx.Request) -> Flow[httpx.Request]:
        secret = yield from self._asked()
        return with_fields(request, {"client_id": self.client_id, "client_secret": secret})

    def _jwt(self, request: httpx.Request) -> Flow[httpx.Request]:
        now = int(self._clock.wall())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self._audience or str(request.url),
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + SECONDS,
        }
        if isinstance(self._secret, SigningKey):
            assertion = yield from self._secret.sign(claims)
        else:
            secret = yield from self._asked()
            assertion = signed(claims, secret, "HS256", {})
            request.extensions[UNSENT] = [secret]  # the server may repeat it
        fields = {"client_id": self.client_id, "client_assertion_type": ASSERTION, "client_assertion": assertion}
        return with_fields(request, fields)

    def _none(self, request: httpx.Request) -> Flow[httpx.Request]:
        yield from ()
        return with_fields(request, {"client_id": self.client_id})

    def _asked(self) -> Flow[str]:
        return (yield from ask("client_secret", cast("Value", self._secret)))  # as the method needs one


def checked_id(given: object) -> str:
    """A client's id (RFC 6749, appendix A.1). Raises ConfigError."""
    if not isinstance(given, str) or not given or any(ord(each) not in VISIBLE for each in given):
        raise ConfigError("client_id", "is empty, or holds something else than visible ASCII", "pass the client's id")
    return given


def secret_of(given: object) -> Value:
    """A client's secret (RFC 6749, appendix A.2). Raises ConfigError."""
    if isinstance(given, str) and given.startswith("-----BEGIN"):
        raise ConfigError("client_secret", "is a private key", "pass SigningKey(...), which says how it signs")
    return checked_value("client_secret", given)


def method_for(secret: object, given: object) -> Method:
    """How a client is authenticated. Raises ConfigError for a method that does not go with its secret."""
    usual: Method = "none" if secret is None else "jwt" if isinstance(secret, SigningKey) else "basic"
    method = usual if given is None else given
    if method not in get_args(Method):
        raise ConfigError("method", "is no way to authenticate a client", f"use one of {', '.join(get_args(Method))}")
    if (method == "none") != (secret is None):
        raise ConfigError("method", f"is {method!r}, which does not go with client_secret", "pass the one it needs")
    if isinstance(secret, SigningKey) and method != "jwt":
        raise ConfigError("method", f"is {method!r}, and client_secret is a private key", "use 'jwt'")
    return cast("Method", method)  # one of its values
