"""Which way a request goes: straight, through a proxy, over HTTP/2, or by a transport of the user's own.

Decided from settings alone, once for each client; no file here does I/O.
"""

from restkit.wire.roads.proxy import Proxy, proxy_of
from restkit.wire.roads.road import Direct, Http2, Mounted, Road, Through
from restkit.wire.roads.roads import Roads, check_guard, check_http2, read_mounts

__all__ = [
    "Direct",
    "Http2",
    "Mounted",
    "Proxy",
    "Road",
    "Roads",
    "Through",
    "check_guard",
    "check_http2",
    "proxy_of",
    "read_mounts",
]
