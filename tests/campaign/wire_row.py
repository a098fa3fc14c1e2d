"""A row of the table of faults: what the server does, how it is asked, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from restkit.errors import RestkitError
from tests.campaign.wire_script import Connect, Say, Script, Shake, SpeakTwo, TakeAsProxy, raw

Way: TypeAlias = Literal["whole", "parts", "client"]
Find: TypeAlias = "Callable[[bool], Iterable[str]]"
Option: TypeAlias = "Callable[[bool], tuple[int, int, int]]"

GET, HEAD, POST, UPLOAD = "GET", "HEAD", "POST", "UPLOAD"
"""What is sent: without a body, or POST with one in memory, or with one that comes once, in parts."""
ANY = (GET, HEAD, POST, UPLOAD)
BODIED = (GET, POST, UPLOAD)
SENDING = (POST, UPLOAD)

TARGET = "/cell"
"""What the call that a row is about asks for."""

WHOLE: tuple[Way, ...] = ("whole", "client")
PARTS: tuple[Way, ...] = ("whole", "parts", "client")
"""How an answer is read: at once or in parts, both at the transport, or through a client."""


@frozen
class Answer:
    """An answer that must come: status, body, and a field if it matters."""

    body: bytes = b""
    status: int = 200
    field: tuple[str, str] | None = None


Errors: TypeAlias = tuple[type[RestkitError], ...]


@frozen(kw_only=True)
class Row:
    """One fault, and what must come of it: an answer, or an error of one of these classes."""

    name: str
    becomes: Answer | Errors
    scripts: tuple[Script, ...] = ()
    """What each connection is played: the first, the second, and so on."""
    methods: tuple[str, ...] = ANY
    ways: tuple[Way, ...] = WHOLE
    keeps: bool | None = False
    """Whether the connection is used again afterwards; None if that does not matter."""
    connections: int = 1
    """Connections that the server has seen when the call is over."""
    sends_nothing: bool = False
    """Whether it must be known that nothing was sent."""
    prior: Literal["read", "closed", "held"] | None = None
    """A call before this one: over, and its connection too if it is closed, or with its answer still open."""
    timeouts: Mapping[str, float] = field(factory=dict[str, float])
    """Seconds, by httpx's names; whatever is not named has plenty."""
    deadline: float | None = None
    """Seconds for the whole call."""
    due: float | None = None
    """Seconds after which it must have failed."""
    size: int = 5
    """Bytes of a request's body."""
    tls: bool = False
    host: str = "127.0.0.1"
    find: Find | None = None
    """A host's addresses while the fault lasts (False), and when it is over (True). It may raise."""
    backlog: int = 128
    listens: bool = True
    limit: int | None = None
    """The most bytes a body may have."""
    settings: Mapping[str, Any] = field(factory=dict[str, Any])
    """The transport's further settings."""
    option: Option | None = None
    """What a new socket is told while the fault lasts (False), and when it is over (True). It may raise."""
    proxy: Literal["http", "https", "socks5"] | None = None
    """The kind of proxy that the server is, and its own origin; an https one only passes requests on."""
    http2: bool = False
    unseen: int = 0
    """How often the server says of the request that it has not looked at it."""
    cpu: float | None = None
    """Seconds of CPU that it may take."""
    starves: Literal["descriptors", "threads"] | None = None
    """What the process has none left of for it."""
    exact: bool = False
    """Whether what was sent is known to the byte at the end."""

    @property
    def alone(self) -> bool:
        """Whether nothing else may go on meanwhile."""
        return self.starves is not None or self.cpu is not None

    @property
    def opens(self) -> Script:
        """How a healthy connection begins."""
        if self.proxy == "https":
            return (Shake(),)
        secure: Script = (Shake(protocol="h2"), SpeakTwo()) if self.http2 else (Shake(),)
        through = {"http": TUNNEL, "socks5": SOCKS, None: ()}[self.proxy]
        return (*through, *secure) if self.tls else ()


OPENED = raw(status="HTTP/1.1 200 Connection established")
TUNNEL: Script = (Connect(), Say(OPENED))
SOCKS: Script = (TakeAsProxy(3), Say(b"\5\0"), TakeAsProxy(10), Say(b"\5\0\0\1\x7f\0\0\1\0\x50"))
"""How a proxy leads to an origin: without credentials, to an IPv4 address (RFC 1928)."""


def secure(*steps: Any) -> tuple[Script]:
    """A single script, over TLS."""
    return ((Shake(), *steps),)
