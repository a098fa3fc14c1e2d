"""The handshake with a SOCKS proxy, version 5 (RFC 1928), with a user name and password (RFC 1929) or without."""

from __future__ import annotations

import ipaddress
from collections.abc import Generator
from typing import TypeAlias

from restkit.errors import InputError, ProxyAuthError, ProxyError
from restkit.wire.roads.proxy import LONGEST
from restkit.wire.tunnel import Steps

Exchange: TypeAlias = Generator[bytes, bytes, bytes]
VERSION, NEGOTIATION, CONNECT = b"\x05", b"\x01", b"\x01\x00"
ANYBODY, PASSWORD, NOBODY = 0, 2, 255
IPV4, NAME, IPV6 = 1, 3, 4
REPLIES = {
    1: "it failed",
    2: "its rules do not allow it",
    3: "the network cannot be reached",
    4: "the host cannot be reached",
    5: "the connection was refused",
    6: "it took too long",
    7: "it knows no CONNECT",
    8: "it knows no such address",
}


def socks(host: str, port: int, auth: tuple[str, str] | None) -> Steps:
    """Ask a proxy for a tunnel; it looks up the name. Raises ProxyError."""
    came = bytearray()
    offered = bytes([ANYBODY] if auth is None else [ANYBODY, PASSWORD])
    version, method = yield from exchange(came, VERSION + bytes([len(offered)]) + offered, 2)
    check(version == VERSION[0])
    if method == NOBODY:
        raise ProxyAuthError("the proxy wants other credentials, or any at all")
    check(method in offered)
    if auth is not None and method == PASSWORD:
        yield from introduce(came, *auth)
    yield from ask(came, VERSION + CONNECT + written(host) + port.to_bytes(2, "big"))
    if came:
        raise ProxyError("the proxy sent something before the origin was asked")


def introduce(came: bytearray, user: str, password: str) -> Steps:
    """Tell who we are. Raises ProxyAuthError, also where the proxy hangs up instead of an answer, as some do."""
    told = b"".join(bytes([len(each)]) + each for each in (user.encode(), password.encode()))
    try:
        _, status = yield from exchange(came, NEGOTIATION + told, 2)
    except ProxyError:
        status = NOBODY
    if status:
        raise ProxyAuthError("the proxy does not accept the credentials")


def ask(came: bytearray, request: bytes) -> Steps:
    """Ask for the connection, and read the answer to its end. Raises ProxyError."""
    version, reply, _, kind = yield from exchange(came, request, 4)
    check(version == VERSION[0])
    if reply:
        raise ProxyError(f"the proxy refuses to connect: {REPLIES.get(reply, 'it does not say why')}")
    check(kind in (IPV4, NAME, IPV6))
    length = {IPV4: 4, IPV6: 16}.get(kind) or (yield from exchange(came, b"", 1))[0]
    _ = yield from exchange(came, b"", length + 2)


def exchange(came: bytearray, request: bytes, count: int) -> Exchange:
    """Send, and read so many bytes. Raises ProxyError at an early end."""
    while request or len(came) < count:
        data = yield request
        if not data:
            raise ProxyError("the proxy ended the connection in its handshake")
        came += data
        request = b""
    answer = bytes(came[:count])
    del came[:count]
    return answer


def written(host: str) -> bytes:
    """An address as the protocol writes it. Raises InputError for a name that it cannot write."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        if len(name) > LONGEST:
            raise InputError("host", f"has more than {LONGEST} characters", "no host name is as long") from None
        return bytes([NAME, len(name)]) + name
    return bytes([IPV4 if address.version == IPV4_VERSION else IPV6]) + address.packed


IPV4_VERSION = 4


def check(holds: bool) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise ProxyError for an answer that is none of the protocol's."""
    if not holds:
        raise ProxyError("the proxy does not speak SOCKS 5")
