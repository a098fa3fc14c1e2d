"""Connections that lead through a proxy: opened by a backend, so that httpcore's plain pools know nothing of it.

Theory of operation. A pool asks its backend for a connection to the origin. That of a tunnel connects to the proxy,
shakes hands with it, and answers a stream whose other end is the origin. So a tunnel costs its call's connect timeout
and no more, is under its limit, is closed by whoever fails on the way, and what the proxy was told is counted for no
request. Two handshakes are written once each, as generators that ask for what is to be sent and are given what came.
"""

from collections.abc import Generator
from typing import TypeAlias

Steps: TypeAlias = Generator[bytes, bytes, None]
"""A handshake: it yields what is to be sent, perhaps nothing, and is sent what came next, nothing at the end."""
CHUNK = 4096
"""Bytes that are read at once."""
