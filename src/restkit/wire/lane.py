"""What one pool is for: plain HTTP or TLS, straight or through a proxy."""

from __future__ import annotations

import httpx
from attrs import frozen

from restkit.wire.dial import SocketOption
from restkit.wire.roads.proxy import AUTHORIZATION, Proxy

Fields = list[tuple[bytes, bytes]]


@frozen
class Lane:
    """How the requests of a pool travel."""

    proxy: Proxy | None = None
    secure: bool = False
    """Whether the origins are https ones."""
    http2: bool = False
    """Whether HTTP/2 is spoken with those that want it."""
    local: str | None = None
    """The address of this machine that connections come from."""
    options: tuple[SocketOption, ...] = ()
    """What is set on each socket, as `setsockopt` takes it."""

    @property
    def forwards(self) -> bool:
        """Whether requests are handed to a proxy, which passes them on (RFC 9112, section 3.2.2)."""
        return self.proxy is not None and not self.proxy.is_socks and not self.secure

    @property
    def tunnels(self) -> bool:
        """Whether connections lead through a proxy, which sees nothing of the requests but their bytes."""
        return self.proxy is not None and not self.forwards

    def fields(self, request: httpx.Request) -> Fields:
        """The headers that go out. What was meant for a proxy goes to no origin."""
        if not self.tunnels:
            return request.headers.raw
        return [each for each in request.headers.raw if each[0].lower() != AUTHORIZATION]


STRAIGHT = Lane()
