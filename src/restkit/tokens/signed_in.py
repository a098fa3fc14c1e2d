"""A grant that begins with somebody who signs in: its tokens are refreshed from then on."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from restkit.credentials.token import Token
from restkit.errors import AuthError
from restkit.flow import Flow
from restkit.tokens.grant import AGAIN, Grant


class SignedIn(Grant):
    """What the grants share for which somebody signs in: until then, and after the end of that, there is no token."""

    kept: ClassVar[tuple[str, ...]] = ("id_token",)

    @override
    def fetch(self, old: Token | None) -> Flow[Token]:
        if old is None:
            raise AuthError("nobody has signed in yet")
        if old.refresh_token is None:
            raise AuthError(f"the token is over, and it came without a refresh token: {AGAIN}")
        return (yield from self.refreshed(old.refresh_token, self.wishes.resources))
