"""Requests to a token endpoint: a stack of their own, apart from the API's, which holds no permit of it.

They are bounded to 30 seconds and 1 MiB, follow no redirect, go over https unless to this machine, and are sent again
only where that is safe: a refresh token that is used up by one request is not sent in two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from restkit.context import KEY, Context
from restkit.credentials.clear import is_clear
from restkit.errors import FROM_BELOW, AuthError, ConfigError
from restkit.flow import Ask, Clock, Flow, Transport, World, run
from restkit.layers.deadline import Deadline
from restkit.layers.guards import Guards
from restkit.layers.retry import Retry
from restkit.pipeline import Exchange, Layer, Proceed, compose
from restkit.quotation import is_fit, said_by
from restkit.url import base_url

if TYPE_CHECKING:
    import random

SECONDS = 30.0
"""The most that a token request takes, with all its attempts."""
MOST_BYTES = 2**20
TIMEOUT = httpx.Timeout(connect=5, read=10, write=10, pool=5)
FORM = "application/x-www-form-urlencoded"


class Endpoint:
    """Where tokens come from.

    Parameters: `transport`, what requests go over, by default the one of the client that the scheme is used in;
    `allow_insecure`, whether they may go over plain http to another machine; `clock` and `dice`, as everywhere.
    """

    def __init__(
        self,
        transport: Transport | None = None,
        *,
        allow_insecure: bool = False,
        clock: Clock | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self._allow_insecure = allow_insecure
        self._world = None if transport is None else World(transport, self.clock)
        self._stack = stack(self.clock, dice)

    def checked(self, name: str, given: str | httpx.URL) -> httpx.URL:
        """The URL of an endpoint, which may have a query. Raises ConfigError, also for one over plain http."""
        return checked_url(name, given, allow_insecure=self._allow_insecure)

    def ask(self, request: httpx.Request, *, repeats: bool) -> Flow[httpx.Response]:
        """Send a request, more than once if it `repeats`, and read the answer, whatever its status.

        Raises AuthError if there is none, and for a redirect.
        """
        request.extensions[KEY] = Context("token", idempotent=repeats, streamed=False)
        request.extensions["timeout"] = TIMEOUT.as_dict()
        try:
            response = yield from self._sent(request)
        except FROM_BELOW as error:
            cause = error if is_fit(error, request) else None
            said = f"the token endpoint did not answer: {said_by(error, request)}"
            raise AuthError(said, method=request.method, url=str(request.url)) from cause
        if response.is_redirect:
            raise AuthError(
                "the token endpoint redirects, which is not followed: name the URL that it leads to",
                method=request.method,
                url=str(request.url),
                status=response.status_code,
            )
        return response

    def _sent(self, request: httpx.Request) -> Flow[httpx.Response]:
        if self._world is None:
            return (yield from self._stack(request))
        world = self._world
        return (yield from Ask(lambda: run(self._stack(request), world), lambda: awaited(self._stack(request), world)))


async def awaited(flow: Flow[httpx.Response], world: World) -> httpx.Response:
    """Run a flow in another world than its own, awaiting."""
    from restkit.flow.awaiting import arun

    return await arun(flow, world)


def stack(clock: Clock, dice: random.Random | None) -> Proceed:
    """The layers of token requests."""
    layers: list[Layer] = [Deadline(SECONDS, clock), Retry(clock=clock, dice=dice), Guards(MOST_BYTES)]
    return compose(layers, Exchange(clock, is_foreign=True))


def post(
    url: httpx.URL, form: Mapping[str, str] | Sequence[tuple[str, str]], headers: Mapping[str, str] | None = None
) -> httpx.Request:
    """A request of OAuth 2: a form, answered by JSON."""
    content = urlencode(list(form.items()) if isinstance(form, Mapping) else form).encode("ascii")
    usual = {"Accept": "application/json", "Content-Type": FORM, "User-Agent": "restkit"}
    return httpx.Request("POST", url, content=content, headers={**usual, **(headers or {})})


def checked_url(name: str, given: str | httpx.URL, *, allow_insecure: bool = False) -> httpx.URL:
    """The URL of an endpoint. Raises ConfigError for what is none, for user info, and for plain http."""
    said = str(given)
    path, _, query = said.partition("?")
    try:
        url = base_url(path)
    except ConfigError as error:
        raise ConfigError(name, error.reason, error.remedy) from None
    if "#" in query:
        raise ConfigError(name, "has a fragment", "leave it out (RFC 6749, section 3.2)")
    made = httpx.URL(said) if query else httpx.URL(path)
    if is_clear(url) and not allow_insecure:
        raise ConfigError(name, "is plain http, and secrets could be read on the way", "use https")
    return made
