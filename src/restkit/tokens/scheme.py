"""A scheme with tokens: had once for everybody, renewed before their end, and once more when they are refused."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import httpx
from typing_extensions import TypeVar, override

from restkit.credentials.scheme import Proceed, Scheme
from restkit.credentials.store import TokenStore, checked_store
from restkit.credentials.token import Token
from restkit.errors import AuthError, ConfigError
from restkit.flow import Clock, Flow, Transport, World, run
from restkit.flow.awaiting import arun
from restkit.flow.original import Original
from restkit.policies.checked import duration_or_none
from restkit.tokens.endpoint import Endpoint
from restkit.tokens.keeper import Keeper

if TYPE_CHECKING:
    import random

REFUSED = 401
T = TypeVar("T")


class TokenScheme(Scheme):
    """Subclass it and write `fetch`, the flow that gets a token; `place`, if that stands elsewhere than usual.

    Parameters: `early`, the seconds before a token's end at which it is renewed, by default a fifth of its life;
    `store` and `key`, where tokens outlive the process or are shared, and whose they are; `transport`, what token
    requests go over, by default that of the client; `allow_insecure`, whether they may go over plain http; `clock` and
    `dice`. Raises ConfigError for a store without a key.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        *,
        early: float | None = None,
        store: TokenStore | None = None,
        key: str = "",
        transport: Transport | None = None,
        allow_insecure: bool = False,
        clock: Clock | None = None,
        dice: random.Random | None = None,
    ) -> None:
        if store is not None and not key:
            raise ConfigError("key", "is not set, and the store may hold others' tokens", "name whose token it is")
        self.endpoint: Endpoint = Endpoint(transport, allow_insecure=allow_insecure, clock=clock, dice=dice)
        self.keeper: Keeper = Keeper(
            self.fetch,
            early=duration_or_none("early", early),
            store=checked_store("store", store),
            key=key,
            clock=self.endpoint.clock,
            dice=dice,
        )

    def fetch(self, old: Token | None) -> Flow[Token]:
        """Get a token; `old` is the last one, for its refresh token."""
        raise NotImplementedError

    def place(self, request: httpx.Request, token: Token) -> None:
        """Put a token on a request."""
        request.headers["Authorization"] = f"{token.kind} {token.value}"

    def is_refusal(self, response: httpx.Response) -> bool:
        """Whether an answer says that the token is not, or no longer, good."""
        return response.status_code == REFUSED

    @property
    @override
    def world(self) -> World:
        from restkit.credentials.bare import outside

        return outside()

    def run(self, flow: Flow[T]) -> T:
        """Run one of its flows where there is no client for that, blocking."""
        return run(flow, self.world)

    def arun(self, flow: Flow[T]) -> Coroutine[Any, Any, T]:
        """Run one of its flows where there is no client for that, awaiting."""
        return arun(flow, self.world)

    @override
    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        original = Original(request)
        token = self.keeper.at_once() or (yield from self.keeper.current())
        self.place(request, token)
        response = yield from proceed(request)
        if not self.is_refusal(response):
            return response
        newer = yield from self.keeper.after_refusal(token, response.status_code)
        if not original.is_replayable:
            raise AuthError("a token was refused and renewed, but the body can be sent only once", status=REFUSED)
        another = original.copy()
        self.place(another, newer)
        response = yield from proceed(another)
        if self.is_refusal(response):
            raise AuthError("a token that is new is refused", status=response.status_code)
        return response
