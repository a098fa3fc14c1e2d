"""A grant of OAuth 2: a scheme whose tokens come from an authorization server (RFC 6749)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, TypedDict, cast

import attrs
import httpx
from typing_extensions import override

from restkit.credentials.scheme import Proceed
from restkit.credentials.secret import Value
from restkit.credentials.store import TokenStore
from restkit.credentials.token import Token
from restkit.errors import AuthError, ConfigError
from restkit.flow import Clock, Flow, Transport
from restkit.pipeline import Layer
from restkit.tokens.answer import KINDS, refuse_error, token_of
from restkit.tokens.discovery import WORDS, Server
from restkit.tokens.dpop import DPoP
from restkit.tokens.endpoint import post
from restkit.tokens.identity import Identity, Method
from restkit.tokens.scheme import TokenScheme
from restkit.tokens.signing_key import SigningKey

AGAIN = "sign in again"
INVALID = "invalid_grant"
Fields = Sequence[tuple[str, str]]
OURS = frozenset(
    {
        *("actor_token", "actor_token_type", "assertion", "client_assertion", "client_assertion_type", "client_id"),
        *("client_secret", "code", "code_challenge", "code_challenge_method", "code_verifier", "device_code"),
        *("grant_type", "password", "redirect_uri", "refresh_token", "response_type", "state", "subject_token"),
        *("subject_token_type", "token", "token_type_hint", "username"),
    }
)
"""Parameters that the grants write themselves."""


class GrantOptions(TypedDict, total=False):
    """What every grant may be told."""

    issuer: str | None
    """The authorization server, whose metadata names the endpoints that are not named here."""
    revocation_url: str | httpx.URL | None
    """Where tokens are revoked."""
    method: Method | None
    """How the client shows who it is: `basic`, `post`, `jwt` or `none`."""
    scope: str | Iterable[str] | None
    """What is asked for."""
    audience: str | None
    """Whom the token is for, as some servers have it."""
    resource: str | Iterable[str]
    """The URLs of the APIs that the token is for (RFC 8707)."""
    parameters: Mapping[str, str] | None
    """Further parameters that the server wants."""
    dpop: bool | SigningKey
    """Whether tokens are bound to a key (RFC 9449): a new one for each scheme, or this one."""
    early: float | None
    """Seconds before its end at which a token is renewed; None for a fifth of its life."""
    store: TokenStore | None
    """Where tokens outlive the process, or are shared."""
    key: str
    """By which the store knows the token; by default the endpoint, the client and its scope."""
    transport: Transport | None
    """What token requests go over; None for that of the client."""
    allow_insecure: bool
    """Whether they may go over plain http to another machine."""
    clock: Clock | None
    """Time, for tests."""
    dice: random.Random | None
    """Chance, for tests."""


class Grant(TokenScheme):
    """What the grants of OAuth 2 share: endpoints, the client's identity, refreshing and revoking.

    Parameters: `token_url`, or `issuer` in the options; `client_id`, None where the client is not named;
    `client_secret`; the rest is `GrantOptions`. Raises ConfigError.
    """

    kept: ClassVar[tuple[str, ...]] = ()
    """What else is kept of an answer."""
    needed: ClassVar[str] = "token_endpoint"
    """The endpoint that is used first."""

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        token_url: str | httpx.URL | None,
        client_id: str | None,
        client_secret: Value | SigningKey | None = None,
        *,
        endpoints: Mapping[str, str | httpx.URL | None] | None = None,
        issuer: str | None = None,
        revocation_url: str | httpx.URL | None = None,
        method: Method | None = None,
        scope: str | Iterable[str] | None = None,
        audience: str | None = None,
        resource: str | Iterable[str] = (),
        parameters: Mapping[str, str] | None = None,
        dpop: bool | SigningKey = False,
        early: float | None = None,
        store: TokenStore | None = None,
        key: str = "",
        transport: Transport | None = None,
        allow_insecure: bool = False,
        clock: Clock | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self.scope: str | None = words("scope", scope)
        super().__init__(
            early=early,
            store=store,
            key=key or " ".join([str(token_url or issuer), client_id or "", self.scope or ""]),
            transport=transport,
            allow_insecure=allow_insecure,
            clock=clock,
            dice=dice,
        )
        named = {"token_endpoint": token_url, "revocation_endpoint": revocation_url, **(endpoints or {})}
        self.server = Server(self.endpoint, issuer, named, self.needed)
        self.identity: Identity | None = None
        if client_id is not None or client_secret is not None:
            audience_of_client = issuer or str(token_url)
            self.identity = Identity(
                client_id, client_secret, method, clock=self.endpoint.clock, audience=audience_of_client
            )
        self.dpop: DPoP | None = None if dpop is False else DPoP(dpop, self.endpoint.clock)
        self.resources: Fields = [
            ("resource", each) for each in ([resource] if isinstance(resource, str) else resource)
        ]
        self.extras: Fields = extras(audience, parameters)
        self._used_up: str | None = None

    @property
    def wishes(self) -> Fields:
        """What is asked for, as parameters."""
        scope = [] if self.scope is None else [("scope", self.scope)]
        return [*scope, *self.resources, *self.extras]

    @property
    def layers(self) -> list[Layer]:
        """What each of its token requests goes through."""
        return [each for each in (self.identity, self.dpop) if each is not None]

    def ask_token(self, kind: str, fields: Fields, *, repeats: bool, layers: Sequence[Layer] = ()) -> Flow[Token]:
        """Ask the token endpoint by that `grant_type`. Raises AuthError, with the `code` the server gives."""
        url = yield from self.server.find("token_endpoint")
        request = post(url, [("grant_type", kind), *fields])
        response = yield from self.endpoint.ask(request, repeats=repeats, layers=[*layers, *self.layers])
        kinds = KINDS if self.dpop is None else {"dpop": "DPoP"}
        return token_of(response, self.endpoint.clock.wall(), kinds=kinds, extra=self.kept)

    def is_used_up(self, refresh_token: str | None) -> bool:
        """Whether the server wants no more of a refresh token."""
        return refresh_token is not None and refresh_token == self._used_up

    def refreshed(self, refresh_token: str, fields: Fields = ()) -> Flow[Token]:
        """A new token for a refresh token, which is sent once: it may be used up by that (RFC 6749, section 6).

        Raises AuthError; if the server wants no more of it, the store forgets it, and it is not sent again.
        """
        if self.is_used_up(refresh_token):
            raise AuthError(f"the refresh token is not good any more: {AGAIN}", code=INVALID)
        try:
            token = yield from self.ask_token(
                "refresh_token", [("refresh_token", refresh_token), *fields], repeats=False
            )
        except AuthError as error:
            if error.code != INVALID:
                raise
            self._used_up = refresh_token
            yield from self.keeper.forget(refresh_token)
            raise AuthError(f"the refresh token is not good any more: {AGAIN}", code=INVALID) from error
        return token if token.refresh_token else attrs.evolve(token, refresh_token=refresh_token)

    def revoke(self) -> Flow[None]:
        """Have the server and the store forget the token: its refresh token, if it has one (RFC 7009).

        Raises AuthError if the server refuses. Where there is no token, nothing is done.
        """
        token = yield from self.keeper.last()
        if token is None:
            return
        hint = "access_token" if token.refresh_token is None else "refresh_token"
        url = yield from self.server.find("revocation_endpoint")
        request = post(url, [("token", token.refresh_token or token.value), ("token_type_hint", hint)])
        refuse_error((yield from self.endpoint.ask(request, repeats=True, layers=self.layers)))
        self._used_up = token.refresh_token
        yield from self.keeper.drop(token)

    @override
    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        if self.dpop is None:
            return (yield from super().exchange(request, proceed))
        dpop = self.dpop
        return (yield from super().exchange(request, lambda each: dpop(each, proceed)))


def words(name: str, given: str | Iterable[str] | None) -> str | None:
    """A list as OAuth writes it: its words with spaces between them. Raises ConfigError."""
    if given is None:
        return None
    said = given if isinstance(given, str) else " ".join(given)
    if not said.isascii() or not said.isprintable():
        raise ConfigError(name, "holds something else than visible ASCII", "pass words")
    return said or None


def extras(audience: str | None, parameters: Mapping[str, str] | None) -> Fields:
    """Further parameters. Raises ConfigError for those that the grants write themselves."""
    given = cast("Mapping[object, object]", parameters or {})
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise ConfigError("parameters", "holds something else than text", "pass names and values as text")
        if name in OURS or name in WORDS:
            raise ConfigError("parameters", f"names {name}, which is not for you to set", "leave it out")
    return [*([] if audience is None else [("audience", audience)]), *(parameters or {}).items()]
