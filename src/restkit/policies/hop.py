"""Where a redirect leads: the request that follows it, or why none does (RFC 9110, section 15.4).

What a call sends belongs to the origin it was made for: scheme, host and port, in whatever spelling. A hop to another
origin takes along only what is named here, and no later hop gets the rest back, not even one that returns.
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx
from attrs import frozen

from restkit.errors import ConfigError, InputError
from restkit.url import origin, resolve

FOREIGN = "restkit.foreign"
"""Set to True in the extensions of a request that has left the origin its call was made for.

Whoever adds credentials below the redirects asks for it, and adds none: `request.extensions.get("restkit.foreign")`.
"""
CODES = frozenset({301, 302, 303, 307, 308})
"""The statuses that send a client elsewhere. 300 and 304 do not."""
SEE_OTHER = 303
USUAL, MOST = 20, 100
"""Hops that are followed unless told otherwise, as many as httpx and browsers follow; and the most there may be."""
_MAY_BECOME_GET = frozenset({301, 302})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that may go to another origin (RFC 9110, section 9.2.1): a write was meant for the one it was sent to."""
_CROSSING = frozenset(
    {
        *("accept", "accept-charset", "accept-encoding", "accept-language"),
        *("cache-control", "connection", "range", "user-agent"),
    }
)
"""Headers that may go to another origin. Any other could be a credential, or tell of whom the call is."""
_OF_A_BODY = frozenset({"digest", "expect", "idempotency-key", "repr-digest", "trailer", "transfer-encoding"})
"""Headers of a body or a write, beside all that begin with `content-` and the conditions, which begin with `if-`."""


def checked_hops(name: str, given: object) -> int:
    """The most hops: a number, or True for the usual one. Raises ConfigError."""
    if isinstance(given, bool):
        return USUAL if given else 0
    if not isinstance(given, int):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass True, False or the most hops")
    if not 0 <= given <= MOST:
        raise ConfigError(name, f"is {given}", f"pass a number of hops from 0 to {MOST}")
    return given


@frozen(kw_only=True)
class Asked:
    """A request that was redirected, as far as it matters."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    has_body: bool = False
    is_replayable: bool = True
    """Whether its body could be sent again."""
    is_foreign: bool = False
    """Whether it had left the origin of its call."""


@frozen(kw_only=True)
class Hop:
    """The request that follows a redirect."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    has_body: bool
    """Whether the body is sent again."""
    is_foreign: bool


@frozen
class Refusal:
    """A redirect that is not followed."""

    reason: str


def next_hop(asked: Asked, status: int, locations: Sequence[str], *, is_certified: bool = False) -> Hop | Refusal:
    """What to send after a redirect.

    `is_certified` says that a client certificate would be shown to whoever asks for one over https.
    """
    if len(set(locations)) != 1:
        return Refusal("has several Locations" if locations else "has no Location")
    try:
        url = resolve("Location", asked.url, locations[0])
        is_foreign = asked.is_foreign or origin(url) != origin(asked.url)
    except InputError as error:
        return Refusal(f"has a Location that {error.reason}")
    method = next_method(asked.method, status)
    keeps = asked.has_body and method == asked.method and status != SEE_OTHER
    if asked.url.scheme == "https" and url.scheme != "https":
        return Refusal("leads from https to http")
    if keeps and not asked.is_replayable:
        return Refusal("wants the body again, which can be read only once")
    if is_foreign:
        return abroad(method, url, asked.headers, keeps=keeps, is_certified=is_certified)
    is_another = method != asked.method or asked.has_body > keeps
    headers = without_body(asked.headers) if is_another else asked.headers
    return Hop(method=method, url=url, headers=at(url, headers), has_body=keeps, is_foreign=False)


def next_method(method: str, status: int) -> str:
    """The method after a redirect: GET after 303, but for HEAD; POST becomes GET after 301 and 302, as in browsers."""
    if status == SEE_OTHER:
        return method if method == "HEAD" else "GET"
    return "GET" if status in _MAY_BECOME_GET and method == "POST" else method


def abroad(method: str, url: httpx.URL, headers: httpx.Headers, *, keeps: bool, is_certified: bool) -> Hop | Refusal:
    """A hop away from the origin of the call."""
    if keeps or method not in _SAFE:
        return Refusal(f"would send a {method} to another origin" + (" with its body" if keeps else ""))
    if is_certified and url.scheme == "https":
        return Refusal("leads to another origin, which would see the client certificate")
    return Hop(method=method, url=url, headers=at(url, crossing(headers)), has_body=False, is_foreign=True)


def crossing(headers: httpx.Headers) -> httpx.Headers:
    """The headers that may go to another origin, every instance of them."""
    return httpx.Headers([pair for pair in headers.raw if pair[0].lower().decode("latin-1") in _CROSSING])


def without_body(headers: httpx.Headers) -> httpx.Headers:
    """The headers without those that describe a body or a write that is not sent again."""

    def stays(name: str) -> bool:
        return name not in _OF_A_BODY and not name.startswith(("content-", "if-"))

    return httpx.Headers([pair for pair in headers.raw if stays(pair[0].lower().decode("latin-1"))])


def at(url: httpx.URL, headers: httpx.Headers) -> httpx.Headers:
    """The headers with the host of a URL, which stands first (RFC 9110, section 7.2)."""
    others = [pair for pair in headers.raw if pair[0].lower() != b"host"]
    return httpx.Headers([(b"Host", url.netloc), *others])
