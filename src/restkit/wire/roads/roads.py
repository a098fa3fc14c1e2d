"""The one object that chooses the road for a URL."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, cast

import httpx

from restkit.errors import ConfigError
from restkit.wire.roads.environment import Environment, environment
from restkit.wire.roads.pattern import Pattern, pattern_of
from restkit.wire.roads.place import Place, place_of
from restkit.wire.roads.proxy import Proxy, proxy_of
from restkit.wire.roads.road import Direct, Http2, Mounted, Road, Through

NOWHERE = Environment({})
LIKE = "write {'https://api.example.com': transport}"


class Roads:
    """Where each request goes, decided from settings when it is made.

    A pattern of `mounts` goes first, the most specific one before others; then `proxy`, or else, with `trust_env`, what
    the environment says by now; then straight to the origin. Raises ConfigError.
    """

    __slots__ = ("_environment", "_http2", "_mounts", "_proxy", "_straight", "only")
    only: Direct | Through | None
    """The one road, where every request takes the same."""

    def __init__(
        self,
        proxy: str | httpx.URL | httpx.Proxy | Proxy | None = None,
        mounts: Mapping[str, object] | None = None,
        trust_env: bool = False,  # noqa: FBT001, FBT002 - httpx's own spelling
        http2: bool = False,  # noqa: FBT001, FBT002 - httpx's own spelling
        uds: str | None = None,
    ) -> None:
        check_http2(http2=http2)
        check_uds(uds, proxy, http2=http2)
        self._http2, self._straight = http2, Direct(uds)
        self._proxy: Proxy | None = None if proxy is None else proxy_of("proxy", proxy)
        reads = trust_env and proxy is None and uds is None
        self._environment = environment(os.environ) if reads else NOWHERE
        self._mounts = tuple(sorted(self._read(mounts).items(), key=lambda each: each[0].rank))
        self.only = self._find_only()

    @property
    def leads_elsewhere(self) -> bool:
        """Whether a request may go to a proxy, or to somebody else's transport, rather than to its origin."""
        mounted = any(isinstance(road, Through | Mounted) for _, road in self._mounts)
        return mounted or self._proxy is not None or bool(self._environment.proxies)

    @property
    def mounted(self) -> tuple[Mounted, ...]:
        """The transports that the user has made."""
        return tuple(road for _, road in self._mounts if isinstance(road, Mounted))

    def road_for(self, url: httpx.URL) -> Road:
        """The road for a request to this URL."""
        if self.only is not None:
            return self.only
        if not self._mounts and not self._environment.proxies:
            return self._unless_proxied(url.scheme)
        place = place_of(url)
        for pattern, road in self._mounts:
            if pattern.matches(place):
                return self._direct(place.scheme) if road is None else road
        return self._unmounted(place)

    def _unmounted(self, place: Place) -> Road:
        proxy = self._environment.proxy_for(place)
        return self._unless_proxied(place.scheme) if proxy is None else Through(proxy, self._http2)

    def _unless_proxied(self, scheme: str) -> Road:
        return self._direct(scheme) if self._proxy is None else Through(self._proxy, self._http2)

    def _direct(self, scheme: str) -> Road:
        return Http2() if self._http2 and scheme == "https" else self._straight

    def _find_only(self) -> Direct | Through | None:
        if self._mounts or self._environment.without:
            return None
        http, https = (self._unmounted(Place(scheme, "", None)) for scheme in ("http", "https"))
        return http if http == https and isinstance(http, Direct | Through) else None

    def _read(self, mounts: object) -> dict[Pattern, Through | Mounted | None]:
        found = read_mounts(mounts).items()
        return {pattern_of("mounts", text): self._mounted(to) for text, to in found}

    def _mounted(self, to: httpx.BaseTransport | httpx.AsyncBaseTransport | Proxy | None) -> Through | Mounted | None:
        if to is None:
            return None
        return Through(to, self._http2) if isinstance(to, Proxy) else Mounted(to)


Mounts = dict[str, httpx.BaseTransport | httpx.AsyncBaseTransport | Proxy | None]


def read_mounts(given: object) -> Mounts:
    """Check mounts, and read the proxies in them. Raises ConfigError, which names an entry by its number."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ConfigError("mounts", f"are of type {type(given).__name__}", LIKE)
    found: Mounts = {}
    for at, (text, to) in enumerate(cast("Mapping[Any, object]", given).items()):
        _ = pattern_of(f"mounts[{at}]", text)
        if to is None or isinstance(to, httpx.BaseTransport | httpx.AsyncBaseTransport):
            found[text] = to
        else:
            found[text] = proxy_of(f"mounts[{at}]", to)
    return found


def check_http2(*, http2: object) -> None:
    """Raise ConfigError where HTTP/2 is asked for and cannot be spoken."""
    if not isinstance(http2, bool):
        raise ConfigError("http2", f"is of type {type(http2).__name__}", "pass True or False")
    if http2 and find_spec("h2") is None:
        raise ConfigError("http2", "needs the package h2", "install restkit-httpx[http2]")


def check_uds(uds: object, proxy: object, *, http2: bool) -> None:
    """Raise ConfigError for a Unix socket that is none, or is beside what cannot go over it."""
    if uds is None:
        return
    if not isinstance(uds, str) or not uds or "\0" in uds:
        raise ConfigError("uds", "is no path", "pass the path of a Unix socket as text")
    if proxy is not None:
        raise ConfigError("uds", "is set together with proxy", "a Unix socket leads to no proxy: choose one of them")
    if http2:
        raise ConfigError("uds", "is set together with http2", "HTTP/2 is spoken over TCP: choose one of them")


def check_guard(guard: object, elsewhere: object) -> None:
    """Raise ConfigError for a guard where requests may go to a proxy: it would never see an origin's address."""
    if guard is not None and elsewhere:
        reason = "is set together with a proxy or mounts, behind which it cannot see an address"
        raise ConfigError("guard", reason, "use it without them, or have the proxy refuse addresses")
