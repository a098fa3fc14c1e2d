"""Every grant, for what goes for all of them."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from restkit.auth import (
    AuthorizationCode,
    ClientCredentials,
    DeviceCode,
    JWTBearer,
    RefreshToken,
    TokenExchange,
    TokenScheme,
)
from tests.auth.oauth.authority import ISSUER, TOKEN_URL

CANARIES = [f"c4n4ry/{number}+ of={number * 7919}" for number in range(8)]
"""Secrets, of characters that are written in another way in URLs, forms, JSON and Basic."""
CLIENT, OTHER, TOKEN, REFRESH, CODE, ID_TOKEN, *_ = CANARIES
MADE: dict[str, Callable[..., TokenScheme]] = {
    "basic": lambda **life: ClientCredentials(TOKEN_URL, "acme", CLIENT, **life),
    "post": lambda **life: ClientCredentials(TOKEN_URL, "acme", CLIENT, method="post", **life),
    "jwt": lambda **life: ClientCredentials(TOKEN_URL, "acme", CLIENT * 3, method="jwt", **life),
    "dpop": lambda **life: ClientCredentials(TOKEN_URL, "acme", CLIENT, dpop=True, **life),
    "refresh": lambda **life: RefreshToken(TOKEN_URL, OTHER, "acme", CLIENT, **life),
    "assertion": lambda **life: JWTBearer(TOKEN_URL, OTHER, client_id="acme", client_secret=CLIENT, **life),
    "exchange": lambda **life: TokenExchange(TOKEN_URL, OTHER, actor_token=CODE, **life),
    "code": lambda **life: AuthorizationCode(f"{ISSUER}/authorize", TOKEN_URL, "acme", CLIENT, **life),
    "device": lambda **life: DeviceCode(f"{ISSUER}/device", TOKEN_URL, "acme", CLIENT, **life),
}


def signed_in(made: TokenScheme) -> None:
    """Have somebody sign in, where that is needed."""
    if isinstance(made, AuthorizationCode):
        begun = made.run(made.begin())
        back = httpx.URL("https://app.test/", params={"code": CODE, "state": begun.state})
        made.run(made.finish(str(back), begun))
    if isinstance(made, DeviceCode):
        made.run(made.keeper.hold(made.run(made.ask_token("device", [("device_code", CODE)], repeats=False))))
