"""The way through one proxy: how its handshake begins, its TLS, and what time is left for both."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Generator

import httpcore

from restkit.errors import ProxyError
from restkit.wire.bound import Bound, as_bound, bound
from restkit.wire.budget import Budget
from restkit.wire.roads.proxy import Proxy
from restkit.wire.tls import Tls, handed
from restkit.wire.tls.identity import HTTP1
from restkit.wire.tunnel import Steps
from restkit.wire.tunnel.connect import connect
from restkit.wire.tunnel.socks import socks


class Way:
    """What opening one tunnel asks for: the handshake, and a timeout for each of its steps."""

    __slots__ = ("_bound", "_budget", "_proxy")

    def __init__(self, proxy: Proxy, timeout: float | None) -> None:
        self._proxy, self._bound = proxy, as_bound(timeout)
        self._budget = Budget(self._bound)

    def dialling(self) -> Bound:
        """The timeout for connecting to the proxy, which counts as the request's own."""
        return bound(self._budget.left(), self._bound.limit, self._bound.tally)

    def step(self) -> Bound:
        """The timeout for the next step, whose bytes are none of the request's."""
        return bound(self._budget.left(), self._bound.limit)

    def handshake(self, host: str, port: int) -> Steps:
        """The handshake that this proxy wants. Raises ProxyError."""
        if self._proxy.is_socks:
            return socks(host, port, self._proxy.auth)
        return connect(host, port, self._proxy.fields)

    @contextlib.contextmanager
    def named(self) -> Generator[None]:
        """Have what breaks in the handshake be the proxy's error, and what takes too long one of connecting."""
        try:
            yield
        except (httpcore.ReadTimeout, httpcore.WriteTimeout):
            raise self._budget.over() from None
        except (httpcore.ReadError, httpcore.WriteError) as error:
            raise ProxyError(f"the connection to the proxy broke: {error}") from error


def tls_of(proxy: Proxy) -> ssl.SSLContext:
    """The context for an https proxy: its own, which stays as it is, or the one of everybody who says nothing."""
    return handed(Tls(proxy.ssl_context or True), HTTP1)


@contextlib.contextmanager
def connecting() -> Generator[None]:
    """Have what breaks while a connection is made be an error of connecting."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except (httpcore.ReadError, httpcore.WriteError) as error:
        raise httpcore.ConnectError(str(error)) from error


def quiet(limited: Bound) -> Bound:
    """The same timeout, for bytes that are none of the request's."""
    return bound(limited, limited.limit)
