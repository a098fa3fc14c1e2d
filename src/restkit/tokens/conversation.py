"""A login's requests, of which each knows the cookies that the ones before were given."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping

import httpx

from restkit.credentials.token import Token
from restkit.errors import InputError
from restkit.flow import Flow
from restkit.layers.cookies import CookieJar, send
from restkit.tokens.answer import refuse_error
from restkit.tokens.endpoint import Endpoint
from restkit.tokens.spot import Answer

COOKIES = "cookies"
"""Where a token's `extra` holds the cookies that came with it: a line each, with the URL and the moment they are of."""
MOST = 50
LONGEST = 4096


class Conversation:
    """One login, or the renewal of what one brought, which begins with the cookies of that."""

    def __init__(self, endpoint: Endpoint, old: Token | None = None) -> None:
        self._endpoint = endpoint
        self._lines = [] if old is None else lines_of(old)
        self._jar = jar_of(self._lines)

    def ask(self, request: httpx.Request, *, repeats: bool, declared: Collection[str] = ()) -> Flow[Answer]:
        """Send a request with the cookies that belong to it, and keep those of the answer.

        Raises AuthError, which shows no field of a name that is `declared`.
        """
        send(self._jar.of(request.url, self._endpoint.clock.wall()), request.headers)
        response = yield from self._endpoint.ask(request, repeats=repeats, may_redirect=True)
        answer = Answer(response, self._endpoint.clock.wall())
        given = [each for each in response.headers.get_list("set-cookie") if len(each) <= LONGEST]
        self._jar.take(given, request.url, answer.wall)
        where = request.url.copy_with(query=None)
        self._lines = [*self._lines, *(f"{where} {answer.wall} {each}" for each in given)][-MOST:]
        refuse_error(response, declared)
        return answer

    @property
    def kept(self) -> Mapping[str, str]:
        """Its cookies, as a token keeps them."""
        return {COOKIES: "\n".join(self._lines)} if self._lines else {}


def lines_of(token: Token) -> list[str]:
    """The cookies that came with a token."""
    return [line for line in token.extra.get(COOKIES, "").split("\n") if line]


def jar_of(lines: list[str]) -> CookieJar:
    """A jar with the cookies of these lines; those of another form, which a store may hold, are passed over."""
    jar = CookieJar()
    for line in lines:
        with contextlib.suppress(ValueError, httpx.InvalidURL, InputError):
            url, wall, said = line.split(" ", 2)
            jar.take([said], httpx.URL(url), float(wall))
    return jar
