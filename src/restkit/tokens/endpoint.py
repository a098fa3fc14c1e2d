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
from restkit.errors import FROM_BELOW, AuthError, ConfigError, InputError
from restkit.flow import Ask, Clock, Flow, Transport, World, run
from restkit.flow.awaiting import arun
from restkit.layers.deadline import Deadline
from restkit.layers.guards import Guards
from restkit.layers.retry import Retry
from restkit.pipeline import Exchange, Layer, compose
from restkit.policies.checked import clock_or_real, flag
from restkit.quotation import is_fit, said_by
from restkit.tokens.term import Term
from restkit.url import base_url, parse

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
    `allow_insecure`, whether they may go over plain http to another machine; `clock` and `dice`, as everywhere. Raises
    ConfigError.
    """

    def __init__(
        self,
        transport: Transport | None = None,
        *,
        allow_insecure: bool = False,
        clock: Clock | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self.clock: Clock = clock_or_real("clock", clock)
        self._allow_insecure = flag("allow_insecure", allow_insecure)
        self._world = None if transport is None else World(checked_transport(transport), self.clock)
        self._outer: list[Layer] = [Deadline(SECONDS, self.clock), Retry(clock=self.clock, dice=dice)]

    def checked(self, name: str, given: str | httpx.URL) -> httpx.URL:
        """The URL of an endpoint, which may have a query. Raises ConfigError, also for one over plain http."""
        return checked_url(name, given, allow_insecure=self._allow_insecure)

    def ask(
        self,
        request: httpx.Request,
        *,
        repeats: bool,
        layers: Sequence[Layer] = (),
        may_redirect: bool = False,
        who: str = "the token endpoint",
    ) -> Flow[httpx.Response]:
        """Send a request, more than once if it `repeats`, and read the answer, whatever its status.

        Each attempt goes through `layers`, which show who asks. Raises AuthError, which says `who` was asked, if there
        is no answer, and for a redirect, unless that may be one.
        """
        context = request.extensions[KEY] = Context("token", idempotent=repeats, streamed=False)
        context.deadline = yield from Term()
        request.extensions["timeout"] = TIMEOUT.as_dict()
        try:
            response = yield from self._sent(request, [*self._outer, *layers, Guards(MOST_BYTES)])
        except (AuthError, ConfigError):
            raise
        except FROM_BELOW as error:
            sent = sent_by(error) or request
            cause = error if is_fit(error, sent) else None
            said = f"{who} did not answer: {said_by(error, sent)}"
            raise AuthError(said, method=request.method, url=str(request.url)) from cause
        if response.is_redirect and not may_redirect:
            raise AuthError(
                f"{who} redirects, which is not followed: name the URL that it leads to",
                method=request.method,
                url=str(request.url),
                status=response.status_code,
            )
        return response

    def _sent(self, request: httpx.Request, layers: Sequence[Layer]) -> Flow[httpx.Response]:
        proceed = compose(layers, Exchange(self.clock, is_foreign=True))
        if self._world is None:
            return (yield from proceed(request))
        world = self._world
        return (yield from Ask(lambda: run(proceed(request), world), lambda: awaited(proceed(request), world)))


async def awaited(flow: Flow[httpx.Response], world: World) -> httpx.Response:
    """Run a flow in another world than its own, awaiting."""
    return await arun(flow, world)


def sent_by(error: Exception) -> httpx.Request | None:
    """The request that an error is of, as it was sent: with the secrets in it, which the error must not show."""
    try:
        return error.request if isinstance(error, httpx.RequestError) else None
    except RuntimeError:  # nobody said which
        return None


def post(
    url: httpx.URL, form: Mapping[str, str] | Sequence[tuple[str, str]], headers: Mapping[str, str] | None = None
) -> httpx.Request:
    """A request of OAuth 2: a form, answered by JSON."""
    content = urlencode(list(form.items()) if isinstance(form, Mapping) else form).encode("ascii")
    usual = {"Accept": "application/json", "Content-Type": FORM, "User-Agent": "restkit"}
    return httpx.Request("POST", url, content=content, headers={**usual, **(headers or {})})


def with_fields(request: httpx.Request, fields: Mapping[str, str]) -> httpx.Request:
    """A request with more fields in its form: for a layer, which writes them anew for each attempt."""
    headers = [(name, value) for name, value in request.headers.multi_items() if name != "content-length"]
    parts = [request.content, urlencode(fields).encode("ascii")]
    content = b"&".join(part for part in parts if part)
    made = httpx.Request(request.method, request.url, content=content, headers=headers)
    made.extensions = request.extensions  # the layers above and below tell each other there
    return made


def checked_transport(given: Transport) -> Transport:
    """What token requests go over. Raises ConfigError."""
    if not isinstance(given, httpx.BaseTransport | httpx.AsyncBaseTransport):  # pyright: ignore[reportUnnecessaryIsInstance] - users write it
        raise ConfigError("transport", f"is of type {type(given).__name__}", "pass an httpx.BaseTransport")
    return given


def checked_url(name: str, given: str | httpx.URL, *, allow_insecure: bool = False) -> httpx.URL:
    """The URL of an endpoint. Raises ConfigError for what is none, for user info, and for plain http."""
    said = str(given)
    path, _, query = said.partition("?")
    if "#" in query:
        raise ConfigError(name, "has a fragment", "leave it out (RFC 6749, section 3.2)")
    if not query.isprintable():
        raise ConfigError(name, "has a control character", "leave it out")
    try:
        url, made = base_url(path), parse(said if query else path)
    except (ConfigError, InputError) as error:
        raise ConfigError(name, error.reason, error.remedy) from None
    if is_clear(url) and not allow_insecure:
        raise ConfigError(name, "is plain http, and secrets could be read on the way", "use https")
    return made
