"""What the environment says of proxies: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case.

The lower-case name goes first, as everywhere. Under CGI a client's header `Proxy:` becomes HTTP_PROXY (CVE-2016-5385),
so then only `http_proxy` counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from restkit.wire.roads.bypass import Entry, bypass, matches
from restkit.wire.roads.place import Place
from restkit.wire.roads.proxy import Proxy, proxy_of

CGI = "REQUEST_METHOD"


@frozen
class Environment:
    """The proxy for each scheme that has one, and the places to which none leads."""

    proxies: Mapping[str, Proxy]
    without: tuple[Entry, ...] = ()

    def proxy_for(self, place: Place) -> Proxy | None:
        """The proxy for a place, if there is one."""
        proxy = self.proxies.get(place.scheme)
        return None if proxy is None or matches(self.without, place) else proxy


def environment(environ: Mapping[str, str]) -> Environment:
    """Read the variables. Raises ConfigError, which names the variable and shows no value."""
    everything = named(environ, "all_proxy")
    found = {scheme: named(environ, f"{scheme}_proxy") or everything for scheme in ("http", "https")}
    proxies = {scheme: proxy for scheme, proxy in found.items() if proxy is not None}
    name, value = variable(environ, "no_proxy")
    return Environment(proxies, bypass(name, value) if proxies else ())


def named(environ: Mapping[str, str], name: str) -> Proxy | None:
    """The proxy of a variable; one that is written without a scheme is an http one."""
    name, value = variable(environ, name)
    if not value:
        return None
    return proxy_of(name, value if "://" in value else f"http://{value}")


def variable(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """A variable's name as it is written there, and its value. An empty one in lower case overrides the other."""
    if name in environ or (name == "http_proxy" and CGI in environ):
        return name, environ.get(name, "").strip()
    return name.upper(), environ.get(name.upper(), "").strip()
