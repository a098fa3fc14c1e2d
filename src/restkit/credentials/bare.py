"""Where a scheme's flows run in a bare httpx client, which has no world of ours."""

from __future__ import annotations

import functools

from restkit.flow import World


@functools.cache
def nowhere() -> World:
    """A world without a transport: httpx sends."""
    return World()


@functools.cache
def outside() -> World:
    """A world with a transport of its own, for the token requests of schemes that have none."""
    import atexit

    from restkit.wire.transport import WireTransport

    transport = WireTransport()
    _ = atexit.register(transport.close)
    return World(transport)
