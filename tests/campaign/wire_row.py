"""A row of the table of faults: what the server does, how it is asked, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from restkit.errors import RestkitError
from tests.campaign.wire_script import Script, Shake

Way: TypeAlias = Literal["whole", "parts", "client"]
Find: TypeAlias = "Callable[[bool], Iterable[str]]"

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
    cpu: float | None = None
    """Seconds of CPU that it may take."""
    starves: bool = False
    """Whether the process has no descriptor left for it."""
    exact: bool = False
    """Whether what was sent is known to the byte at the end."""

    @property
    def alone(self) -> bool:
        """Whether nothing else may go on meanwhile."""
        return self.starves or self.cpu is not None


def secure(*steps: Any) -> tuple[Script]:
    """A single script, over TLS."""
    return ((Shake(), *steps),)
