"""What a server of a test has received, and which writes it has applied: what a test asserts on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from attrs import define, field, frozen

KEY = "idempotency-key"
"""The header by whose value a write is applied once, however often it comes."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that write."""
ONCE = frozenset({"POST", "PATCH"})
"""Methods that write something else when they are sent again, unless they have a key."""
OK, ERRORS = 200, 400


@frozen
class Received:
    """A request that has come whole."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """By lower-case name; several of one name are joined by a comma."""
    body: bytes
    connection: int
    """Which connection it came over, counted from 1."""

    @property
    def path(self) -> str:
        """The path, without the slash it begins with."""
        return self.target.partition("?")[0].strip("/")

    @property
    def key(self) -> str | None:
        """Its idempotency key."""
        return self.headers.get(KEY)


@frozen
class Answered:
    """What an API answers."""

    status: int = OK
    body: bytes = b""
    media_type: str = "application/json"
    fields: tuple[tuple[str, str], ...] = ()
    """Further header fields."""


@frozen
class Write:
    """A write that was applied."""

    method: str
    target: str
    key: str | None
    body: bytes


@define
class Ledger:
    """What has come, and what was done about it."""

    requests: list[Received] = field(factory=list[Received])
    """Those that have come whole, in this order."""
    writes: list[Write] = field(factory=list[Write])
    """Those that were applied, in this order; one that came again with its key is applied once."""
    repeated: int = 0
    """Writes that came again with a key, and were answered as before."""
    begun: int = 0
    """Requests whose head has come, whole or not."""
    size: int = 0
    """Bytes that have come, without those of TLS."""
    connections: int = 0
    """Connections that there were."""
    open: int = 0
    """Connections that nobody has closed yet."""
    _known: dict[str, Answered] = field(factory=dict[str, Answered], repr=False)

    def apply(self, request: Received, api: Callable[[Received], Answered]) -> Answered:
        """Have an API do what a request asks for, and note it; not again, if its key is known."""
        if request.key is not None and request.key in self._known:
            self.repeated += 1
            return self._known[request.key]
        answered = api(request)
        if request.method in UNSAFE and answered.status < ERRORS:
            self.writes.append(Write(request.method, request.target, request.key, request.body))
            if request.key is not None:
                self._known[request.key] = answered
        return answered

    @property
    def doubled(self) -> list[Write]:
        """Writes by POST or PATCH that were applied more than once: alike in all but the key."""
        counts = Counter((each.method, each.target, each.body) for each in self.writes if each.method in ONCE)
        twice = {each for each, count in counts.items() if count > 1}
        found = {(each.method, each.target, each.body): each for each in self.writes}
        return [write for alike, write in found.items() if alike in twice]

    def by_key(self) -> dict[str, int]:
        """How many writes of each idempotency key were applied."""
        return dict(Counter(each.key for each in self.writes if each.key is not None))
