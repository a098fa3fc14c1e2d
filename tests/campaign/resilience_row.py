"""A row of the table of faults through a whole client: what one attempt comes to, and what becomes of the call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeAlias

from attrs import field, frozen

from restkit.errors import RestkitError
from restkit.settings import NAMES
from restkit.testing import FAULTS
from restkit.testing.faults.plan import Told

RETRIES = "retry" in NAMES
"""Whether there are retries: without them each call that would be sent again raises what its attempt came to."""


class Then(Enum):
    """What becomes of a call whose first attempt met a fault."""

    WELL = "it was answered all the same"
    AGAIN = "it is sent again, and that goes well"
    VAIN = "it is sent again as often as it may, in vain"
    RAISE = "it raises, and is not sent again"
    EITHER = "it is sent again if nothing was sent; else it raises"


WELL, AGAIN, VAIN, RAISE, EITHER = Then


@frozen
class Way:
    """A method and a kind of body."""

    name: str
    method: str
    keyed: bool = False
    once: bool = False
    """Whether the body comes once, in parts."""

    @property
    def writes(self) -> bool:
        """Whether it has a body."""
        return self.method in {"PUT", "POST", "PATCH"}

    @property
    def safe(self) -> bool:
        """Whether it may be sent again, whatever has become of it."""
        return self.keyed or self.method not in {"POST", "PATCH"}

    @property
    def reads(self) -> bool:
        """Whether its answer is read as an item."""
        return self.method not in {"HEAD", "DELETE"}


WAYS: tuple[Way, ...] = (
    Way("GET", "GET"),
    Way("HEAD", "HEAD"),
    Way("DELETE", "DELETE"),
    Way("PUT", "PUT"),
    Way("PUT of a stream", "PUT", once=True),
    Way("POST", "POST"),
    Way("POST with a key", "POST", keyed=True),
    Way("POST of a stream", "POST", once=True),
    Way("POST of a stream, with a key", "POST", keyed=True, once=True),
    Way("PATCH", "PATCH"),
    Way("PATCH with a key", "PATCH", keyed=True),
)
Errors: TypeAlias = tuple[type[RestkitError], ...]
Find: TypeAlias = Callable[[int], Iterable[str]]
"""Addresses of a host, told how often they were asked for before. It may raise."""


@frozen(kw_only=True)
class Row:
    """One fault, and what must become of calls that meet it."""

    name: str
    plan: tuple[Told, ...]
    once: Errors = ()
    """What one attempt comes to; nothing if it goes well."""
    safe: Then = WELL
    """What becomes of a call that may be sent again, or has an idempotency key."""
    unsafe: Then = WELL
    """What becomes of a POST or PATCH without a key."""
    status: int | None = None
    """The status of the first attempt, if it has one that matters."""
    ways: tuple[Way, ...] = WAYS
    settings: dict[str, Any] = field(factory=dict[str, Any])
    """The client's further settings."""
    prior: bool = False
    """Whether a call was made before, over the same connection."""
    unread: bool = False
    """Whether no byte of a body is asked for: then even one that comes once is sent again."""
    tls: bool = False
    certificate: str = "good"
    """Whose name the server's is: the first one's that it shows; those that follow are good."""
    held: bool = False
    """Whether another call holds the only slot meanwhile."""
    attempts: int | None = None
    """How many there must be, if that does not follow from the rest."""
    size: int = 0
    """Bytes to which the body is stretched."""
    options: dict[str, Any] = field(factory=dict[str, Any])
    """Options of the call itself."""
    find: Find | None = None
    foreign: bool = False
    """Whether it is played over httpx's own transport."""

    @property
    def applies(self) -> bool:
        """Whether the request that meets the fault is done all the same."""
        return any(isinstance(told, str) and FAULTS[told].applies for told in self.plan)

    @property
    def ends(self) -> bool:
        """Whether the connection of an answer ends behind it, unsaid."""
        return self.safe is WELL and any(isinstance(told, str) and FAULTS[told].ends for told in self.plan)

    def then(self, way: Way) -> Then:
        """What must become of a call."""
        then = self.safe if way.safe else self.unsafe
        if way.once and not self.unread and then in {AGAIN, VAIN}:
            then = EITHER if self.unsafe is EITHER else RAISE
        return then if RETRIES or then not in {AGAIN, VAIN, EITHER} else RAISE


def row(fault: str, once: type[RestkitError] | Errors | None, safe: Then, unsafe: Then, /, **more: Any) -> Row:
    """A row about one of the kit's faults."""
    ways = tuple(way for way in WAYS if suits(FAULTS[fault].kind, way))
    kinds = () if once is None else once if isinstance(once, tuple) else (once,)
    told = {"name": fault, "plan": (fault,), "once": kinds, "safe": safe, "unsafe": unsafe, "ways": ways}
    return Row(**{**told, **more})


def futile(fault: str, /, *errors: type[RestkitError], **more: Any) -> Row:
    """It would be the same again."""
    return row(fault, errors, RAISE, RAISE, **more)


def suits(kind: str, way: Way) -> bool:
    """Whether a fault can be seen this way: faults of bodies need one, those of contents somebody who reads it."""
    return way.reads or kind not in {"body", "content"} or (kind == "body" and way.method == "DELETE")
