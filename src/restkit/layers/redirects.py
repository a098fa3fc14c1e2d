"""Redirects: go where an answer sends the call, and leave credentials at home."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import httpx

from restkit.context import Context
from restkit.errors import FROM_BELOW, RedirectRefused, TooManyRedirects
from restkit.flow import Flow, close, read
from restkit.flow.original import Original
from restkit.flow.outgoing import is_replayable
from restkit.pipeline import Proceed
from restkit.policies.checked import flag, names
from restkit.policies.hop import CODES, FOREIGN, USUAL, Asked, Hop, Refusal, checked_hops, next_hop
from restkit.policies.idempotency import ISSUED, Issued
from restkit.redaction import redact_url, shorten, visible

DRAINED = 65_536
"""Bytes of a redirect's own body that are read, so that its connection can be used again."""
OF_ONE_URL = frozenset({"target", "sni_hostname"})
"""Extensions of httpx's that say what is sent in place of parts of a URL: another one has its own."""
SHOWN, SHORT = 5, 256
"""URLs of a chain that an error names, and the bytes of each."""


class Redirects:
    """Follow 301, 302, 303, 307 and 308, `limit` times at most; the call's own `follow_redirects` goes first.

    On the way to another origin (scheme, host or port) a request keeps its method and a few harmless headers, and
    nothing else, also where a later hop leads back; `request.extensions["restkit.foreign"]` is True then. A body goes
    to no other origin. `follows` says what a call does that does not say; `is_certified`, that the transport shows a
    client certificate, which no other origin may see; `redact` names further parameters that hold secrets.

    Raises ConfigError, RedirectRefused for a hop that is not safe, or no hop at all, and TooManyRedirects for a circle,
    too.
    """

    __slots__ = ("_follows", "_is_certified", "_limit", "_redact")

    def __init__(
        self,
        limit: int = USUAL,
        *,
        follows: bool = True,
        is_certified: bool = False,
        redact: Collection[str] = (),
    ) -> None:
        self._limit, self._redact = checked_hops("limit", limit), names("redact", redact)
        self._follows, self._is_certified = flag("follows", follows), flag("is_certified", is_certified)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done for a call that does not ask for it."""
        return not self._follows

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Follow, if that is wanted."""
        told = Context.of(request).options.get("follow_redirects")
        follows = self._follows if told is None else told
        return self._follow(request, proceed) if follows else proceed(request)

    def _follow(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        history: list[httpx.Response] = []
        chain: list[httpx.Request] = []
        while True:
            original = Original(request)
            response = yield from proceed(request)
            if response.status_code not in CODES:
                response.history = history
                return response
            chain.append(original.copy())
            request = self._after(chain, response)
            history.append(without_much(response) if response.is_closed else (yield from discard(response)))

    def _after(self, chain: Sequence[httpx.Request], response: httpx.Response) -> httpx.Request:
        """The request that follows the last one of a chain. Raises RedirectError."""
        sent, locations = chain[-1], response.headers.get_list("location")
        where: dict[str, Any] = {"method": sent.method, "url": self._shown(str(sent.url))}
        where["status"] = response.status_code
        found = next_hop(asked_of(sent), response.status_code, locations, is_certified=self._is_certified)
        if isinstance(found, Refusal):
            location = self._shown(locations[0]) if locations else None
            raise RedirectRefused(f"the redirect {found.reason}", location=location, **where)
        if len(chain) > self._limit:
            raise TooManyRedirects(f"more than {self._limit} redirects: {self._path(chain)}", **where)
        if "set-cookie" not in response.headers and any(is_same(each, found) for each in chain):
            raise TooManyRedirects(f"redirects in a circle: {self._path(chain)}", **where)
        return made(found, sent)

    def _shown(self, url: str) -> str:
        return shorten(visible(redact_url(url, self._redact)))

    def _path(self, chain: Sequence[httpx.Request]) -> str:
        return ", ".join(shorten(self._shown(str(each.url)), SHORT) for each in chain[-SHOWN:])


def asked_of(request: httpx.Request) -> Asked:
    """What matters of a request that was redirected."""
    has_body = not isinstance(request.stream, httpx.ByteStream) or bool(request.content)
    return Asked(
        method=request.method,
        url=request.url,
        headers=request.headers,
        has_body=has_body,
        is_replayable=is_replayable(request),
        is_foreign=FOREIGN in request.extensions,
    )


def made(hop: Hop, sent: httpx.Request) -> httpx.Request:
    """The request of a hop, which belongs to the same call."""
    stream = sent.stream if hop.has_body else httpx.ByteStream(b"")
    extensions = {name: said for name, said in sent.extensions.items() if name not in OF_ONE_URL}
    if hop.is_foreign:
        extensions[FOREIGN] = True
    if hop.method != sent.method:
        drop_key(hop.headers, extensions)
    request = httpx.Request(hop.method, hop.url, headers=hop.headers, stream=stream, extensions=extensions)
    if isinstance(stream, httpx.ByteStream):
        _ = request.read()
    return request


def drop_key(headers: httpx.Headers, extensions: dict[str, Any]) -> None:
    """Leave out the idempotency key of a write, in whichever header it stands: what follows is another request."""
    key: Issued | None = extensions.pop(ISSUED, None)
    if key is not None:
        _ = headers.pop(key.header, None)


def is_same(sent: httpx.Request, hop: Hop) -> bool:
    """Whether a hop is what was sent before."""
    had = FOREIGN in sent.extensions
    return (sent.method, sent.url, had) == (hop.method, hop.url, hop.is_foreign) and not hop.has_body


def discard(response: httpx.Response) -> Flow[httpx.Response]:
    """Be done with a redirect that is still open: read a body that is small, close any other."""
    if is_small(response):
        try:
            _ = yield from read(response)
        except FROM_BELOW:  # nobody needs it
            yield from close(response)
    else:
        yield from close(response)
    return response


def is_small(response: httpx.Response) -> bool:
    """Whether a body says that it is. One that is compressed may say nothing of the kind."""
    length = response.headers.get("content-length", "")
    is_number = length.isascii() and length.isdigit() and len(length) <= len(str(DRAINED))
    return is_number and int(length) <= DRAINED and "content-encoding" not in response.headers


def without_much(response: httpx.Response) -> httpx.Response:
    """A redirect that is over, as it is remembered: a large body is let go of."""
    try:
        is_large = len(response.content) > DRAINED
    except httpx.ResponseNotRead:  # a hook has closed it
        is_large = False
    if not is_large:
        return response
    headers = [pair for pair in response.headers.raw if pair[0].lower() != b"content-encoding"]
    slim = httpx.Response(
        response.status_code, headers=headers, request=response.request, extensions=response.extensions
    )
    slim.elapsed = response.elapsed
    return slim
