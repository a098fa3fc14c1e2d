"""Cookies: keep what an origin asks to have sent back, and send it back there.

The jar is restkit's own, and small: that of Python's library, on which httpx's stands, takes as many cookies as a
server sends, of any size, gives them to every port of a host, and shows their values.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import httpx
from attrs import field, frozen
from typing_extensions import override

from restkit.errors import ConfigError, InputError
from restkit.flow import Clock, Flow
from restkit.flow.forks import forks
from restkit.pipeline import Proceed
from restkit.policies.checked import clock_or_real
from restkit.policies.cookie import LONGEST, Cookie, Origin, is_path, is_sound, read_cookie
from restkit.policies.hop import FOREIGN
from restkit.url import origin, parse

MOST_OF_AN_ORIGIN, MOST = 50, 3000
"""Cookies that are kept; more than that, and the oldest go."""
LONGEST_LINE = 8192
"""Characters of a Cookie header: servers take few more."""


class CookieJar:
    """Cookies of one or several clients, in memory: 50 for an origin and 3,000 in all, of 4 KiB each.

    Each goes back to the origin (scheme, host and port) that set it, and nowhere else. Threads, tasks and loops may
    share a jar.
    """

    def __init__(self) -> None:
        self._origins: OrderedDict[Origin, dict[tuple[str, str], Cookie]] = OrderedDict()
        self._lock = threading.Lock()
        self._count = 0
        forks.add(self)

    def after_fork(self) -> None:
        """Renew the lock, which a thread of the parent may have held."""
        self._lock = threading.Lock()

    def set(self, url: str | httpx.URL, name: str, value: str, *, path: str = "/") -> None:
        """Put a cookie into the jar, for the origin of a URL. Raises InputError for one that cannot be sent."""
        if not is_sound(name, value) or not is_path(path):
            raise InputError("cookie", "has a name, value or path that cannot be sent", "use printable ASCII, no `;`")
        self._keep(origin(url_of(url)), [Cookie(name=name, value=value, path=path)])

    def get(self, url: str | httpx.URL) -> dict[str, str]:
        """The cookies that a request to this URL would be sent with, by name. Raises InputError for what is no URL."""
        found: dict[str, str] = {}
        for each in self.of(url_of(url), Clock().wall()):
            _ = found.setdefault(each.name, each.value)
        return found

    def clear(self) -> None:
        """Forget all cookies."""
        with self._lock:
            self._origins.clear()
            self._count = 0

    def __len__(self) -> int:
        return self._count

    @override
    def __repr__(self) -> str:
        return f"<CookieJar of {self._count}>"

    def of(self, url: httpx.URL, now: float) -> list[Cookie]:
        """The cookies for a URL, those of the longest path first, the older ones first (RFC 6265bis, section 5.8.3)."""
        path = path_of(url)
        with self._lock:
            mine = self._origins.get(origin(url), {})
            fit = [each for each in mine.values() if each.is_for(path) and not is_over(each, now)]
        return sorted(fit, key=lambda each: -len(each.path))

    def take(self, lines: Sequence[str], url: httpx.URL, now: float) -> None:
        """Keep what the Set-Cookie lines of an answer from this URL say."""
        whose, path = origin(url), path_of(url)
        found = [read_cookie(line, whose, path, now) for line in lines]
        self._keep(whose, [each for each in found if each is not None], now)

    def _keep(self, whose: Origin, cookies: Sequence[Cookie], now: float = 0.0) -> None:
        with self._lock:
            mine = self._origins.setdefault(whose, {})
            self._origins.move_to_end(whose)
            before = len(mine)
            for each in cookies:
                replace(mine, each, now)
            self._count += len(mine) - before
            if not mine:
                del self._origins[whose]
            while self._count > MOST:
                self._drop_one()

    def _drop_one(self) -> None:
        """Drop the oldest cookie of the origin that has set none for longest."""
        whose, mine = next(iter(self._origins.items()))
        del mine[next(iter(mine))]
        self._count -= 1
        if not mine:
            del self._origins[whose]


def replace(mine: dict[tuple[str, str], Cookie], cookie: Cookie, now: float) -> None:
    """Put a cookie in the place of the one of its name and path, or take that away, if it is over."""
    key = cookie.name, cookie.path
    if is_over(cookie, now):
        _ = mine.pop(key, None)
        return
    mine[key] = cookie
    if len(mine) > MOST_OF_AN_ORIGIN:
        del mine[next(iter(mine))]


def is_over(cookie: Cookie, now: float) -> bool:
    """Whether a cookie has expired."""
    return cookie.expires is not None and cookie.expires <= now


def url_of(given: object) -> httpx.URL:
    """A URL, as it may be written. Raises InputError."""
    if isinstance(given, httpx.URL):
        return given
    if not isinstance(given, str):
        raise InputError("url", f"is of type {type(given).__name__}", "pass one such as https://api.example.com")
    return parse(given)


def path_of(url: httpx.URL) -> str:
    """The path of a URL, as it is sent."""
    return url.raw_path.decode("ascii").partition("?")[0]


class Cookies:
    """Send the cookies of a jar, and keep those that answers set. What the call itself sends goes before them.

    A request that a redirect has led to another origin is sent none, and sets none. Raises ConfigError.
    """

    __slots__ = ("_clock", "_jar")

    def __init__(self, jar: CookieJar | None = None, *, clock: Clock | None = None) -> None:
        self._jar = CookieJar() if jar is None else checked_jar("jar", jar)
        self._clock = clock_or_real("clock", clock)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send them, and keep more."""
        return proceed(request) if FOREIGN in request.extensions else self._at_home(request, proceed)

    def _at_home(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        url = request.url
        if self._jar:
            send(self._jar.of(url, self._clock.wall()), request.headers)
        response = yield from proceed(request)
        if "set-cookie" in response.headers:
            self._jar.take(response.headers.get_list("set-cookie"), url, self._clock.wall())
        return response


def checked_jar(name: str, given: object) -> CookieJar:
    """A jar. Raises ConfigError."""
    if not isinstance(given, CookieJar):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a CookieJar, or None for a new one")
    return given


def send(cookies: Sequence[Cookie], headers: httpx.Headers) -> None:
    """Write cookies into headers, behind those that are there, and not in their place."""
    own = "; ".join(headers.get_list("cookie"))
    names = {pair.partition("=")[0].strip() for pair in own.split(";")}
    line = own
    for each in cookies:
        longer = f"{line}; {each.name}={each.value}".removeprefix("; ")
        if each.name not in names and len(longer) <= LONGEST_LINE:
            line = longer
    if line != own:
        headers["Cookie"] = line


@frozen
class Given:
    """Cookies that a client begins with, by name."""

    pairs: tuple[tuple[str, str], ...] = field(repr=False)


def checked_cookies(name: str, value: object) -> CookieJar | Given | bool:
    """True for a jar of the client's own, a mapping for one that has something in it, a CookieJar, or False.

    Raises ConfigError.
    """
    if isinstance(value, bool | CookieJar | Given):
        return value
    if not isinstance(value, Mapping):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass True, a mapping of names, or a CookieJar")
    pairs = tuple(text_pairs(name, cast("Mapping[object, object]", value)))
    return Given(pairs)


def text_pairs(name: str, values: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    """Names and values that can be sent."""
    for each, value in values.items():
        if not isinstance(each, str) or not isinstance(value, str) or not is_sound(each, value):
            raise ConfigError(
                f"{name}[{each!r}]", "cannot be sent", f"use printable ASCII without `;`, {LONGEST} characters at most"
            )
        yield each, value


def jar_of(given: CookieJar | Given | bool, base_url: httpx.URL | None) -> CookieJar:  # noqa: FBT001 - what a setting holds
    """The jar of a client. Raises ConfigError for cookies of which nobody knows whose they are."""
    if isinstance(given, CookieJar):
        return given
    jar = CookieJar()
    if isinstance(given, Given) and base_url is None:
        raise ConfigError("cookies", "belong to no origin, without a base_url", "pass a CookieJar filled by its `set`")
    if isinstance(given, Given) and base_url is not None:
        for name, value in given.pairs:
            jar.set(base_url, name, value)
    return jar
