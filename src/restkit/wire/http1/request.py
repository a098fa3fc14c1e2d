"""A request's head, as the bytes that go out (RFC 9112 3, 5).

Theory of operation. The whole head is built first and looked at afterwards. What is left of it without its text must be
as many line ends as it has lines: so no value brings a line of its own, nor a control. Then each name is looked up.
Only a head that fails is looked at field by field, to say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, NoReturn, TypedDict

from restkit.wire.http1.broken import Unsendable
from restkit.wire.http1.events import Field
from restkit.wire.http1.framing import says_close
from restkit.wire.http1.names import (
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    NO_NAME,
    TRANSFER_ENCODING,
    UPGRADE,
    concerns,
    is_token,
)
from restkit.wire.http1.outgoing import Chunked, Counted, Outgoing
from restkit.wire.http1.rules import LENGTH_DIGITS

TEXT = bytes([9, *range(32, 127), *range(128, 256)])
"""What a head consists of beside its line ends."""
CRLF = b"\r\n"
_is_target = re.compile(rb"[!-~]++").fullmatch

USUAL: tuple[list[tuple[int, bytes]], ...] = ([], [(CONNECTION, b"keep-alive")])
"""What follows the Host of a request without a body, as nearly all say it."""
NO_BODY: Callable[[], Outgoing] = partial(Counted, 0)

NAMELESS = ("header name", "is no token")
HOSTLESS = ("header Host", "is missing")


class Meant(TypedDict, total=False):
    """What a head says beside its text, where that is unusual."""

    outgoing: Callable[[], Outgoing]
    expects_continue: bool
    asks_for_upgrade: bool
    says_close: bool


class Written(NamedTuple):
    """A request's head as it goes out, and what it says of the exchange."""

    head: bytes
    outgoing: Callable[[], Outgoing] = NO_BODY
    """Makes what frames the body: nothing, if no field does."""
    expects_continue: bool = False
    """Whether the body waits for a 100, or for a final answer (RFC 9110 10.1.1)."""
    asks_for_upgrade: bool = False
    """Whether another protocol is asked for (RFC 9110 7.8)."""
    says_close: bool = False
    """Whether the connection is to be closed behind the answer (RFC 9112 9.6)."""

    def framed(self, body: bytes) -> bytes:
        """A whole body as it goes out. Raises Unsendable if it is not as long as the head says."""
        if not body and self.outgoing is NO_BODY:
            return body
        frame = self.outgoing()
        return frame.part(body) + frame.end()


class Writer:
    """Writes heads. It remembers the fields of the last one: most requests over a pool have the same."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[Sequence[Field], bytes] = [], b""

    def written(self, method: bytes | str, target: bytes, headers: Sequence[Field]) -> Written:
        """The head of a request, from its request line to the empty line.

        Raises Unsendable for anything that could be read as something else: a line end or a control, a name that is no
        token, no Host or two, two lengths, or a length beside a coding.
        """
        if isinstance(method, str):
            method = method.encode("utf-8", "replace")
        known, text = self._last
        if known and headers == known and is_token(method) and _is_target(target):
            return Written(b"%b %b HTTP/1.1\r\n%b\r\n\r\n" % (method, target, text))
        text = CRLF.join(map(b": ".join, headers))
        head = b"%b %b HTTP/1.1\r\n%b\r\n\r\n" % (method, target, text)
        if head.translate(None, TEXT) != CRLF * (len(headers) + 2) or not (is_token(method) and _is_target(target)):
            explain(method, target, headers)
        found = concerns(headers)
        if found and found[0][0] == HOST and found[1:] in USUAL:
            self._last = list(headers), text  # the caller's list is the caller's
            return Written(head)
        check_concerns(found)
        return Written(head, **meant(found))


def written(method: bytes | str, target: bytes, headers: Sequence[Field]) -> Written:
    """The head of a single request, as `Writer` has it."""
    return Writer().written(method, target, headers)


def meant(found: Sequence[tuple[int, bytes]]) -> Meant:
    """What the fields say that concern the framing, which are known to be well."""
    says: Meant = {}
    for meaning, value in found:
        if meaning == CONNECTION and says_close(value):
            says["says_close"] = True
        elif meaning == CONTENT_LENGTH:
            says["outgoing"] = partial(Counted, int(value))
        elif meaning == TRANSFER_ENCODING:
            says["outgoing"] = Chunked
        elif meaning == EXPECT:
            says["expects_continue"] = value.lower() == b"100-continue"
        elif meaning == UPGRADE:
            says["asks_for_upgrade"] = True
    return says


def explain(method: bytes, target: bytes, headers: Sequence[Field]) -> NoReturn:
    """Say what is wrong with a head, without its values."""
    if not is_token(method):
        raise Unsendable("method", "is no token")
    if not _is_target(target):
        raise Unsendable("target", "is empty, or holds whitespace, controls or other than ASCII")
    for name, value in headers:
        if not is_token(name):
            raise Unsendable(*NAMELESS)
        if value.translate(None, TEXT):
            raise Unsendable(f"header {name.decode()}", "holds a line end or a control")
    raise Unsendable(*HOSTLESS)


def check_concerns(found: Sequence[tuple[int, bytes]]) -> None:
    """Whether the names are tokens, and the fields say once for whom it is and how its body is framed."""
    meanings = [meaning for meaning, _ in found]
    if NO_NAME in meanings:
        raise Unsendable(*NAMELESS)
    if HOST not in meanings:
        raise Unsendable(*HOSTLESS)
    if meanings.count(HOST) > 1:
        raise Unsendable("header Host", "is given more than once")
    if meanings.count(CONTENT_LENGTH) + meanings.count(TRANSFER_ENCODING) > 1:
        raise Unsendable("framing", "is given more than once: by Content-Length, Transfer-Encoding, or both")
    for meaning, value in found:
        if meaning == CONTENT_LENGTH and not (value.isdigit() and len(value) <= LENGTH_DIGITS):
            raise Unsendable("header Content-Length", "is no number of 1 to 18 digits")
        if meaning == TRANSFER_ENCODING and value.lower() != b"chunked":
            raise Unsendable("header Transfer-Encoding", "is not chunked, which is the one coding that is written here")
