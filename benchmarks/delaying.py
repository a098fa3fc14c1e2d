"""A server on the loopback address that answers after so many seconds: `python -m benchmarks.delaying SECONDS`.

One loop answers any number of connections the twelve fields, at once for a delay of 0. It looks at nothing but where a
request ends, and clients do not send ahead.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from typing_extensions import override

from benchmarks.loopback import SMALL_ANSWER


class Answering(asyncio.Protocol):
    """A connection that answers every request with the same."""

    def __init__(self, loop: asyncio.AbstractEventLoop, delay: float) -> None:
        """Take the seconds to wait."""
        self._loop, self._delay = loop, delay
        self._head = b""
        self._transport: asyncio.Transport

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] - a stream is all we serve
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._head += data
        if not self._head.endswith(b"\r\n\r\n"):
            return
        self._head = b""
        if self._delay:
            _ = self._loop.call_later(self._delay, self._transport.write, SMALL_ANSWER)
        else:
            self._transport.write(SMALL_ANSWER)


async def main(delay: float) -> None:
    """Print the port, and serve for ever."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Answering, loop, delay), "127.0.0.1", 0, backlog=4096)
    _ = sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    _ = sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
