"""What a login may be told besides its calls."""

from __future__ import annotations

from collections.abc import Collection

import httpx

from restkit.credentials.place import Place, checked_place, placed
from restkit.errors import ConfigError
from restkit.policies.checked import duration
from restkit.tokens.login_answer import HOUR, LoginAnswer
from restkit.tokens.options import TokenOptions
from restkit.tokens.spot import Spot, checked_spot, checked_spot_or_none

AUTHORIZATION = "authorization"


class LoginOptions(TokenOptions, total=False):
    """What a `Login` may be told, by keyword."""

    token: str
    """Where the token is in the answer: the path of a field, as `data.token`, or `header:`, `cookie:` or `page:` and a
    name; `.` for a body that is nothing else. By default `access_token`."""
    refresh_token: str | None
    """Where the token is that the `refresh` call sends."""
    lifetime: str | None
    """Where the seconds are that the token lives."""
    expires_at: str | None
    """Or where the moment of its end is: seconds since 1970, or a date."""
    lives: float
    """Seconds that it lives if the answer does not say; by default an hour."""
    header: str | None
    """The header that the token is sent in; by default Authorization, or the cookie that it was."""
    query: str | None
    """Or the parameter of the query."""
    cookie: str | None
    """Or the cookie."""
    field: str | None
    """Or the field of the body."""
    prefix: str | None
    """The word before it in a header; by default `Bearer` in Authorization."""
    cookies: bool
    """Whether the cookies that the login sets are sent along."""
    page: str | None
    """A page that is fetched before the login, for its cookies and its CSRF token."""
    csrf: str | None
    """Where the CSRF token is: in the answer to the login, or else in that page."""
    csrf_header: str
    """The header that it is sent in, with each call that changes something; by default X-CSRF-Token."""
    refused: Collection[int]
    """The statuses that say that the token is no longer good; by default 401."""
    base_url: str | httpx.URL | None
    """What paths are below; by default the client's own."""


def check_options(options: LoginOptions) -> None:
    """Raise ConfigError for one that there is not, and for a store without a key: it may hold tokens of others."""
    for name in options.keys() - LoginOptions.__optional_keys__:
        raise ConfigError(name, "is no option of a login", "see LoginOptions for those that there are")
    if options.get("store") is not None and not options.get("key"):
        raise ConfigError("key", "is not set, and the store may hold tokens of others", "name whose token it is")


def answer_of(options: LoginOptions) -> LoginAnswer:
    """Where the answer has what. Raises ConfigError."""
    return LoginAnswer(
        token=checked_spot("token", options.get("token", "access_token")),
        refresh_token=checked_spot_or_none("refresh_token", options.get("refresh_token")),
        lifetime=checked_spot_or_none("lifetime", options.get("lifetime")),
        expires_at=checked_spot_or_none("expires_at", options.get("expires_at")),
        lives=duration("lives", options.get("lives", HOUR)),
    )


def place_of(options: LoginOptions, token: Spot) -> Place:
    """Where the token is sent. Raises ConfigError for two places."""
    header, query, cookie = options.get("header"), options.get("query"), options.get("cookie")
    named, field = {header, query, cookie} != {None}, options.get("field")
    if field is not None:
        if named or options.get("prefix"):
            raise ConfigError("field", "is set, and another place or a prefix is, too", "name one place")
        return checked_place("field", field)
    if not named and token.kind == "cookie":
        cookie = token.name
    elif not named:
        header = AUTHORIZATION
    usual = "Bearer" if header is not None and header.lower() == AUTHORIZATION else ""
    prefix = options.get("prefix")
    return placed(header, query, cookie, usual if prefix is None else prefix)
