"""A server's end of HTTP/2, frame by frame (RFC 9113), so that a script is bytes here too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hpack import Decoder

from tests.campaign.wire_script import Over

if TYPE_CHECKING:
    from tests.campaign.wire_end import End

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
ACK = END_STREAM = 1
END_HEADERS = 4
NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 0, 2, 7, 8, 11
"""Codes of errors (section 7)."""
FIRST, NEXT = 1, 3
"""Streams, in the order in which a client opens them."""


class Frame(NamedTuple):
    """What comes in one frame."""

    kind: int
    flags: int
    stream: int
    payload: bytes


def frame(kind: int, stream: int = 0, payload: bytes = b"", flags: int = 0) -> bytes:
    """A frame."""
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def reset(code: int, stream: int = FIRST) -> bytes:
    """The end of a stream, for a reason."""
    return frame(RST_STREAM, stream, code.to_bytes(4, "big"))


def going(last: int, code: int = NO_ERROR) -> bytes:
    """The end of a connection on which streams up to one were looked at."""
    return frame(GOAWAY, 0, last.to_bytes(4, "big") + code.to_bytes(4, "big"))


def begun(stream: int = FIRST, *, ends: bool = False) -> bytes:
    """An answer's head: status 200, as HPACK's table has it."""
    return frame(HEADERS, stream, b"\x88", END_HEADERS | (END_STREAM if ends else 0))


def part(body: bytes, stream: int = FIRST, *, ends: bool = False) -> bytes:
    """A part of an answer's body."""
    return frame(DATA, stream, body, END_STREAM if ends else 0)


def answered(body: bytes, stream: int = FIRST) -> bytes:
    """A whole answer."""
    return begun(stream) + part(body, stream, ends=True)


def opened(count: int, stream: int = 0) -> bytes:
    """Leave to send so many bytes more."""
    return frame(WINDOW_UPDATE, stream, count.to_bytes(4, "big"))


class Two:
    """One connection's HTTP/2. It reads one request after the other; a new one ends what is left of the last."""

    def __init__(self, end: End) -> None:
        self._end, self._fields = end, Decoder()
        self._stream, self._is_known = FIRST, False

    def greet(self) -> None:
        """Read a client's preface, and answer with settings that change nothing."""
        if self._end.take(len(PREFACE), ahead=True) != PREFACE:
            raise Over
        self._end.send(frame(SETTINGS))

    def head(self) -> tuple[str, str]:
        """Read frames until a request's head is there: its method and its target."""
        while (came := self._frame()).kind != HEADERS:
            pass
        return self._begun(came)

    def request(self) -> tuple[str, str]:
        """Read frames until a request is whole, and our settings are acknowledged: then nothing more is to come."""
        asked, is_whole = ("", ""), False
        while not (is_whole and self._is_known):
            came = self._frame()
            if came.kind == HEADERS:
                asked = self._begun(came)
            elif came.kind == DATA and came.payload:
                self._end.send(opened(len(came.payload)) + opened(len(came.payload), came.stream))
            if came.kind in {HEADERS, DATA} and came.stream == self._stream:
                is_whole = bool(came.flags & END_STREAM)
        return asked

    def _begun(self, came: Frame) -> tuple[str, str]:
        told = dict(self._fields.decode(came.payload))
        self._stream = came.stream
        return self._end.noted(str(told[":method"]), str(told[":path"]))

    def _frame(self) -> Frame:
        head = self._end.take(9, ahead=True)
        stream = int.from_bytes(head[5:], "big")
        came = Frame(head[3], head[4], stream, self._end.take(int.from_bytes(head[:3], "big"), ahead=True))
        if came.kind == SETTINGS and came.flags & ACK:
            self._is_known = True
        elif came.kind == SETTINGS:
            self._end.send(frame(SETTINGS, flags=ACK))
        return came

    def answer(self, body: bytes, *, bare: bool) -> None:
        """Answer the request that was read last; bare is without the body."""
        self._end.send(begun(self._stream, ends=True) if bare else answered(body, self._stream))
