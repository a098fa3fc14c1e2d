"""The direct road: HTTP/1.1 over connections of our own, for threads, asyncio and trio.

road        a pool as a transport; a request goes over an idle connection, or a new one
exchange    one request and its answer, as a flow
pool        places for connections, first come first served
opening     names become addresses, sockets, channels
channel     a socket that never blocks: of threads and trio (`socket_channel`), of asyncio (`protocol_channel`)
"""

from restkit.wire.direct.opening import Opening
from restkit.wire.direct.road import DirectTransport
from restkit.wire.whole import Whole

__all__ = ["DirectTransport", "Opening", "Whole"]
