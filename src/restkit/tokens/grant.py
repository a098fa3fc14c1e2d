"""A grant of OAuth 2: a scheme whose tokens come from an authorization server (RFC 6749)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import attrs
import httpx
from typing_extensions import Unpack, override

from restkit.credentials.scheme import Proceed
from restkit.credentials.secret import Value
from restkit.credentials.token import Token
from restkit.errors import AuthError, ConfigError
from restkit.flow import Flow
from restkit.pipeline import Layer
from restkit.tokens.answer import KINDS, refuse_error, token_of
from restkit.tokens.discovery import Server
from restkit.tokens.dpop import DPoP
from restkit.tokens.endpoint import post
from restkit.tokens.identity import Identity, Method
from restkit.tokens.options import TokenOptions
from restkit.tokens.scheme import TokenScheme
from restkit.tokens.signing_key import SigningKey
from restkit.tokens.spent import Spent
from restkit.tokens.wishes import Fields, Wishes, wishes

AGAIN = "sign in again"
INVALID = "invalid_grant"


class Grant(TokenScheme):
    """What the grants of OAuth 2 share: endpoints, the client's identity, refreshing and revoking.

    Parameters: `token_url`, or `issuer` in the options; `client_id`, None where the client is not named;
    `client_secret`; the rest is `GrantOptions`. Raises ConfigError.
    """

    kept: ClassVar[tuple[str, ...]] = ()
    """What else is kept of an answer."""
    is_for_itself: ClassVar[bool] = False
    """Whether its tokens stand for the client alone: then a store can know them by what was asked for."""

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
        **options: Unpack[TokenOptions],
    ) -> None:
        self.wishes: Wishes = wishes(scope, audience, resource, parameters)
        where = str(token_url or issuer)
        if options.get("store") is not None and not options.get("key"):
            if not self.is_for_itself:
                raise ConfigError("key", "is not set, and the store may hold others' tokens", "name whose token it is")
            options["key"] = f"{where} {client_id} {self.wishes.digest}"
        super().__init__(**options)
        named = {"token_endpoint": token_url, "revocation_endpoint": revocation_url, **(endpoints or {})}
        self.server: Server = Server(self.endpoint, issuer, named, "token_endpoint")
        self.layers: list[Layer] = []
        """What each of its token requests goes through."""
        clock = self.endpoint.clock
        self.dpop: DPoP | None = None if dpop is False else DPoP(dpop, clock)
        if self.dpop is not None:
            self.layers.append(self.dpop)  # outermost: what it sends once more has another assertion, too
        if any(each is not None for each in (client_id, client_secret, method)):
            self.layers.append(Identity(client_id, client_secret, method, clock=clock, audience=issuer or where))
        self._spent = Spent()

    def ask_token(self, kind: str, fields: Fields, *, repeats: bool, layers: Sequence[Layer] = ()) -> Flow[Token]:
        """Ask the token endpoint by that `grant_type`. Raises AuthError, with the `code` the server gives."""
        url = yield from self.server.find("token_endpoint")
        request = post(url, [("grant_type", kind), *fields])
        response = yield from self.endpoint.ask(request, repeats=repeats, layers=[*self.layers, *layers])
        kinds = KINDS if self.dpop is None else {"dpop": "DPoP"}
        return token_of(response, self.endpoint.clock.wall(), kinds=kinds, extra=self.kept)

    def is_used_up(self, refresh_token: str | None) -> bool:
        """Whether the server wants no more of a refresh token: it has refused, replaced or revoked it."""
        return refresh_token is not None and refresh_token in self._spent

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
            self._spent.add(refresh_token)
            yield from self.keeper.forget(refresh_token)
            raise AuthError(f"the refresh token is not good any more: {AGAIN}", code=INVALID) from error
        if token.refresh_token is None:
            return attrs.evolve(token, refresh_token=refresh_token)
        if token.refresh_token != refresh_token:
            self._spent.add(refresh_token)
        return token

    def revoke(self) -> Flow[None]:
        """Have the server and the store forget the token: its refresh token, if it has one (RFC 7009).

        Of a store that is shared it is the one that was saved last. Raises AuthError if the server refuses. Where there
        is no token, nothing is done.
        """
        yield from self.keeper.end(self._revoke)

    def _revoke(self, token: Token) -> Flow[None]:
        hint = "access_token" if token.refresh_token is None else "refresh_token"
        url = yield from self.server.find("revocation_endpoint")
        request = post(url, [("token", token.refresh_token or token.value), ("token_type_hint", hint)])
        refuse_error((yield from self.endpoint.ask(request, repeats=True, layers=self.layers)))
        if token.refresh_token is not None:
            self._spent.add(token.refresh_token)

    @override
    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        if self.dpop is None:
            return (yield from super().exchange(request, proceed))
        dpop = self.dpop
        return (yield from super().exchange(request, lambda each: dpop(each, proceed)))
