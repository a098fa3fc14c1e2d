"""JWT: a token that the client makes and signs by itself (RFC 7519), for each request or for a while."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

import httpx
from typing_extensions import override

from restkit.credentials.place import placed
from restkit.credentials.scheme import Scheme
from restkit.credentials.secret import EnvVar, Value, ask, password_text
from restkit.errors import ConfigError
from restkit.flow import Ask, Clock, Flow
from restkit.policies.checked import (
    ABOVE_ZERO,
    clock_or_real,
    flag,
    mapping,
    number,
    refuse_unknown,
    text,
    text_or_none,
    texts,
)
from restkit.tokens.signing_key import ALGORITHMS, checked_pem, library, signed

Claims: TypeAlias = "Mapping[str, Any] | Callable[[], Mapping[str, Any]]"
"""Claims, or a function, plain or not, that gives them for each token."""
SHARED = ("HS256", "HS384", "HS512")
"""Algorithms whose key both sides have."""
USED = 0.8
"""The part of its life for which a token is sent again."""
SKEW = 5.0
"""Seconds by which the wall clock may go back without another token being made."""


class Made(NamedTuple):
    """A token that was signed."""

    token: str
    at: float
    until: float


class JWT(Scheme):
    """Sign a token with a key, and send it.

    Parameters: `key`, a shared secret, or a private key in PEM: text, an `EnvVar`, or what a function gives;
    `algorithm`, HS256, RS256, PS256, ES256 and their kin, or EdDSA; `issuer`, `subject` and `audience`; `life`, in
    seconds; `claims` of your own, which go before the others, and of which None leaves one out; `headers` and `key_id`,
    the `kid` among them; `reuse`, whether a token is sent until four fifths of its life are over, by its own `exp`, or
    one is made for each request; one of `header`, `query` and `cookie`, where it stands, by default Authorization, and
    `prefix`, the word before it there; `clock`. Takes the extra `jwt`. Raises ConfigError.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        key: Value,
        *,
        algorithm: str = "HS256",
        issuer: str | None = None,
        subject: str | None = None,
        audience: str | Iterable[str] | None = None,
        life: float = 300.0,
        claims: Claims | None = None,
        headers: Mapping[str, Any] | None = None,
        key_id: str | None = None,
        reuse: bool = True,
        header: str | None = None,
        query: str | None = None,
        cookie: str | None = None,
        prefix: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        _ = library()
        self._algorithm = checked_algorithm(algorithm)
        self._check = checked_secret if algorithm in SHARED else checked_pem
        self._key = cast("Value", key) if isinstance(key, EnvVar) or callable(key) else self._check("key", key)
        audiences = audience if audience is None or isinstance(audience, str) else texts("audience", audience)
        who = {"iss": text_or_none("issuer", issuer), "sub": text_or_none("subject", subject)}
        self._standing: Mapping[str, Any] = {**who, "aud": audiences}
        self._life = number("life", life, "pass a number of seconds above 0", least=ABOVE_ZERO)
        self._claims: Claims = checked_claims("claims", {} if claims is None else claims)
        known = {} if key_id is None else {"kid": text("key_id", key_id)}
        self._headers = {**known, **({} if headers is None else mapping("headers", headers))}
        self._reuse = flag("reuse", reuse)
        if header is query is cookie is None:
            header, prefix = "Authorization", "Bearer" if prefix is None else prefix
        self._place = placed(header, query, cookie, prefix or "")
        self._clock = clock_or_real("clock", clock)
        self._made: Made | None = None

    @override
    def authenticate(self, request: httpx.Request) -> Flow[None] | None:
        made, wall = self._made, self._clock.wall()
        if made is None or not made.at - SKEW <= wall < made.until:
            return self._anew(request)
        self._place.put(request, made.token)
        return None

    def _anew(self, request: httpx.Request) -> Flow[None]:
        """Sign a token and put it on a request."""
        at = self._clock.wall()
        key = yield from ask("key", self._key, self._check)
        claims = yield from self._said(at)
        token = signed(claims, key, self._algorithm, self._headers)
        left = seconds_left(claims.get("exp"), at)
        if self._reuse and left > 0:
            self._made = Made(token, at, at + USED * left)
        self._place.put(request, token)

    def _said(self, at: float) -> Flow[dict[str, Any]]:
        """The claims of a token that is made at a moment. Raises ConfigError."""
        given: object = self._claims
        if callable(given):
            given = yield from Ask[object].of(given)
        usual = {"iat": int(at), "exp": int(at + self._life), "jti": secrets.token_urlsafe(16)}
        said = {**self._standing, **usual, **mapping("claims", given)}
        return {name: value for name, value in said.items() if value is not None}


def seconds_left(exp: object, at: float) -> float:
    """The life of a token that ends by its own word; 0 for one that is over, or says no moment."""
    if isinstance(exp, bool) or not isinstance(exp, int | float) or not at < exp <= sys.float_info.max:
        return 0.0
    return exp - at


def checked_algorithm(given: object) -> str:
    """The name of an algorithm. Raises ConfigError; `none`, which signs nothing, is none."""
    refuse_unknown("algorithm", given, (*SHARED, *ALGORITHMS))
    return str(given)


def checked_claims(name: str, given: object) -> Claims:
    """Claims, or a function whose claims are checked when it has given them. Raises ConfigError."""
    return cast("Claims", given) if callable(given) else mapping(name, given)


def checked_secret(name: str, given: object) -> str:
    """A shared secret. Raises ConfigError."""
    made = password_text(name, given)
    if not made:
        raise ConfigError(name, "is empty", "pass the secret")
    return made
