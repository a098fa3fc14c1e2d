"""What a parser makes of a stream, ours and h11's in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import h11
from attrs import field, frozen

from restkit.wire.http1 import (
    AnswerTooLarge,
    BrokenAnswer,
    CutAnswer,
    End,
    Field,
    Head,
    Informational,
    NoAnswer,
    ResponseParser,
    Rule,
)

ENDED, CUT, REFUSED = "ended", "cut", "refused"
LARGEST = 1 << 20
LowerHead = tuple[int, bytes, tuple[Field, ...]]
NOTHING: tuple[LowerHead, ...] = ()


@frozen
class Outcome:
    """An exchange as far as it came: its heads with names in small letters, its body, and how it ended."""

    how: str
    heads: tuple[LowerHead, ...] = NOTHING
    body: bytes = b""
    trailers: tuple[Field, ...] = ()
    reusable: bool = False
    rule: Rule | None = field(default=None, eq=False)
    excess: int = field(default=0, eq=False)


def lower(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Fields as h11 has them: their names in small letters, and the one coding as well."""
    return tuple(
        (small, value.lower() if small == b"transfer-encoding" else value)
        for name, value in fields
        if (small := name.lower())
    )


def pieces(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    """A stream in pieces, none of them empty."""
    bounds = [0, *sorted(cuts), len(data)]
    return [data[start:end] for start, end in pairwise(bounds) if start < end]


def ours(stream: Iterable[bytes], method: bytes, parser: ResponseParser | None = None, *, eof: bool = True) -> Outcome:
    """What our parser makes of a stream, on a connection that is new or has answered before."""
    parser = parser or ResponseParser()
    heads: list[LowerHead] = []
    body: list[bytes] = []
    trailers: list[Field] | None = None
    rule: Rule | None = None
    how = CUT
    parser.begin(method)
    reusable, wait = False, [*stream, b""] if eof else [*stream]
    try:
        for piece in wait:
            if piece:
                parser.feed(piece)
            else:
                reusable = parser.reusable
                parser.feed_eof()
            while (event := parser.next_event()) is not None:
                match event:
                    case Informational():
                        heads.append((event.status, event.reason, lower(event.headers)))
                    case Head():
                        heads.append((event.status, event.reason, lower(event.headers)))
                    case End():
                        how, trailers = ENDED, event.trailers
                    case bytes():
                        body.append(event)
    except (BrokenAnswer, AnswerTooLarge) as error:
        how, rule = REFUSED, error.rule
    except (CutAnswer, NoAnswer):
        how = CUT
    reusable = reusable if eof else parser.reusable
    return Outcome(how, tuple(heads), b"".join(body), lower(trailers or ()), reusable, rule, parser.excess)


_ASKED: dict[bytes, h11.Request] = {}


def asked(method: bytes) -> h11.Request:
    """The request that h11 believes it has sent."""
    if method not in _ASKED:
        _ASKED[method] = h11.Request(method=method, target=b"x:1", headers=[(b"Host", b"x:1")])
    return _ASKED[method]


def theirs(stream: Iterable[bytes], method: bytes) -> Outcome:
    """What h11 makes of a stream."""
    connection = h11.Connection(h11.CLIENT, LARGEST)
    _ = connection.send(asked(method))
    _ = connection.send(h11.EndOfMessage())
    heads: list[LowerHead] = []
    body: list[bytes] = []
    trailers: tuple[Field, ...] = ()
    how, reusable, piece = CUT, False, b""
    try:
        for piece in (*stream, b""):
            reusable = connection.states == IDLE_STATES and not connection.trailing_data[0]
            connection.receive_data(piece)
            while (event := connection.next_event()) is not h11.NEED_DATA and event is not h11.PAUSED:
                if isinstance(event, h11.Data):
                    body.append(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    how, trailers = ENDED, lower(event.headers)
                elif isinstance(event, h11.ConnectionClosed):
                    break
                else:
                    heads.append((event.status_code, bytes(event.reason), lower(event.headers)))
            if connection.their_state is h11.SWITCHED_PROTOCOL:
                how = ENDED
                break
    except h11.RemoteProtocolError:
        if how != ENDED:
            how = REFUSED if piece else CUT
        reusable = False
    return Outcome(how, tuple(heads), b"".join(body), trailers, reusable)


IDLE_STATES = {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}
