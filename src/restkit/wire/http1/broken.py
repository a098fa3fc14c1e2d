"""What can be wrong with an answer or a request, as errors with facts.

    ProtocolError
    └── BrokenAnswer      the server broke a rule of the table
    TooLarge
    └── AnswerTooLarge    it went past a cap of the table
    ReadError
    ├── NoAnswer          the stream ended before there was a whole head
    └── TruncatedBody
        └── CutAnswer     it ended within the body
    httpx.LocalProtocolError
    └── Unsendable        our own request is not to be sent

No error holds a value of a field: of what was sent it shows at most a few bytes, escaped.
"""

from __future__ import annotations

from typing import Any, Literal, NoReturn, TypeAlias

import httpx

from restkit.errors import ProtocolError, ReadError, TooLarge, TruncatedBody
from restkit.wire.http1.rules import Rule

Place: TypeAlias = Literal["head", "body", "chunk", "trailer"]
SHOWN = 32
"""Bytes of an answer that an error shows."""


class BrokenAnswer(ProtocolError):
    """The server broke HTTP: `rule` says which demand, `place` where, `said` what stood there, short and escaped."""

    rule: Rule
    place: Place
    said: str

    def __init__(self, rule: Rule, place: Place = "head", said: bytes = b"", **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        self.rule, self.place, self.said = rule, place, escaped(said)
        super().__init__(sentence(rule, place, self.said), **facts)


class AnswerTooLarge(TooLarge):
    """The answer is over a cap: `rule` says which, `place` where."""

    rule: Rule
    place: Place

    def __init__(self, rule: Rule, place: Place = "head", **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        self.rule, self.place = rule, place
        super().__init__(sentence(rule, place, ""), **facts)


class NoAnswer(ReadError, httpx.RemoteProtocolError):
    """The stream ended before there was a whole head: `received` bytes of it had come."""

    received: int

    def __init__(self, received: int, **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        self.received = received
        super().__init__(f"the server closed the connection after {received} bytes of an answer's head", **facts)


class CutAnswer(TruncatedBody, httpx.RemoteProtocolError):
    """The stream ended within the body: `place` says where, `missing` how many bytes are known to be missing."""

    place: Place
    missing: int | None

    def __init__(self, place: Place, missing: int | None = None, **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        self.place, self.missing = place, missing
        known = "" if missing is None else f", {missing} bytes short"
        super().__init__(f"the server closed the connection within the answer's {place}{known}", **facts)


class Unsendable(httpx.LocalProtocolError):
    """Our own request breaks HTTP: `field` says where, `reason` why. Its value is not shown: it may be a secret."""

    field: str
    reason: str

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field, self.reason = field, reason

    def __reduce__(self) -> tuple[type[Unsendable], tuple[str, str]]:
        return type(self), (self.field, self.reason)


def escaped(said: bytes) -> str:
    """The beginning of what was said, in printable ASCII."""
    return ascii(said[:SHOWN].decode("latin-1"))[1:-1]


def sentence(rule: Rule, place: Place, said: str) -> str:
    """What an error says."""
    shown = f", not {said!r}" if said else ""
    return f"{rule.demands.rstrip('.')} ({rule.section}, {place}{shown})"


def refuse(rule: Rule, place: Place, said: bytes = b"") -> NoReturn:
    """Raise the error of a rule."""
    if rule.then == "too large":
        raise AnswerTooLarge(rule, place)
    raise BrokenAnswer(rule, place, said)
