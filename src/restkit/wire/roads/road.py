"""The roads there are."""

from __future__ import annotations

from typing import TypeAlias

import httpx
from attrs import frozen

from restkit.wire.roads.proxy import Proxy


@frozen
class Direct:
    """To the origin itself, over HTTP/1.1: by TCP, or by the Unix socket at this path."""

    uds: str | None = None


@frozen
class Http2:
    """To the origin itself, over TLS, which settles on HTTP/2 if the server speaks it."""


@frozen
class Through:
    """Through a proxy; to an https origin over HTTP/2, if that is wanted and the server speaks it."""

    proxy: Proxy
    http2: bool = False


@frozen
class Mounted:
    """By a transport that the user has made."""

    transport: httpx.BaseTransport | httpx.AsyncBaseTransport


Road: TypeAlias = Direct | Http2 | Through | Mounted
