"""Valid answers by chance."""

from __future__ import annotations

import random

from attrs import define, field

METHODS = (b"GET", b"GET", b"GET", b"POST", b"HEAD", b"CONNECT")
STATUSES = (200, 200, 200, 200, 201, 204, 304, 404, 500, 302, 599)
REASONS = (b"OK", b"", b"Not Found", b"\xe9t\xe9", b"a\tb", b"I'm a teapot")
FIRST = (
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    b"HTTP/1.1 102\r\n\r\n",
)
LINES = (
    b"Server: nginx\r\n",
    b"date: Tue, 21 Nov 2025 10:00:00 GMT\r\n",
    b"Content-Type: application/json; charset=utf-8\r\n",
    b"X-Empty:\r\n",
    b"X-Space: \t \r\n",
    b'ETag:W/"0"\r\n',
    b"x-tail: v \t\r\n",
    b"Vary:  Accept\r\n",
    b"Vary: Origin\r\n",
    b"X-Utf: \xc3\xa9\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: x, Close\r\n",
    b"!#$%&'*+-.^_`|~09: a:b: c\r\n",
)
TRAILERS = (b"", b"", b"", b"T: x\r\n", b"Digest: a\r\nT:\r\n")
EXTENSIONS = (b"", b"", b"", b"", b";a", b';a="b c"', b"; x=1 ")
SPELLINGS = (b"chunked", b"chunked", b"Chunked", b"chunked\t", b"\tCHUNKED  ")
LENGTH, CHUNKED, CLOSE = "length", "chunked", "close"


@define
class Draft:
    """An answer while it is made: its lines, how its body is framed, and what stands behind it."""

    method: bytes = b"GET"
    before: bytes = b""
    start: bytes = b"HTTP/1.1 200 OK\r\n"
    lines: list[bytes] = field(factory=list)
    end: bytes = b"\r\n"
    framing: str = LENGTH
    body: bytes = b""
    coded: bytes = b""
    after: bytes = b""

    @property
    def stream(self) -> bytes:
        """Its bytes."""
        return self.before + self.start + b"".join(self.lines) + self.end + self.coded + self.after


def valid(dice: random.Random, framing: str | None = None) -> Draft:
    """An answer without a mistake; with a framing given, one whose body counts."""
    draft = Draft(framing=framing or dice.choice((LENGTH, LENGTH, CHUNKED, CHUNKED, CLOSE)))
    version = b"1.1" if framing or dice.random() < 0.9 or draft.framing == CHUNKED else b"1.0"
    status = 200
    if framing is None:
        draft.method, status = dice.choice(METHODS), dice.choice(STATUSES)
    draft.start = b"HTTP/%b %d %b\r\n" % (version, status, dice.choice(REASONS))
    if dice.random() < 0.1:
        draft.start = b"HTTP/%b %d\r\n" % (version, status)
    if dice.random() < 0.15:
        draft.before = b"".join(dice.choices(FIRST, k=25 if dice.random() < 0.02 else dice.choice((1, 1, 2))))
    draft.lines = dice.sample(LINES, dice.randrange(5))
    draft.body = dice.randbytes(dice.choice((0, 1, 2, 30, 300))) + dice.choice(
        (b"", b"\r\n", b"0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n")
    )
    frame(
        dice,
        draft,
        bodiless=draft.method == b"HEAD" or (draft.method == b"CONNECT" and status < 300) or status in (204, 304),
    )
    dice.shuffle(draft.lines)
    return draft


def frame(dice: random.Random, draft: Draft, *, bodiless: bool) -> None:
    """Give a draft the fields of its framing, and its body as it is sent."""
    draft.coded = draft.body
    if draft.framing == LENGTH:
        draft.lines.append(b"Content-Length: %d\r\n" % len(draft.body))
    elif draft.framing == CHUNKED:
        draft.lines.append(b"Transfer-Encoding: %b\r\n" % dice.choice(SPELLINGS))
        draft.coded = chunks(dice, draft.body) + b"0%b\r\n" % dice.choice(EXTENSIONS) + dice.choice(TRAILERS) + b"\r\n"
    if bodiless:
        draft.coded = b""


def chunks(dice: random.Random, body: bytes) -> bytes:
    """A body in chunks, without the last."""
    coded, at = b"", 0
    while at < len(body):
        size = dice.choice((1, 7, 60, 200, 300))
        part = body[at : at + size]
        digits = dice.choice((b"%x", b"%X", b"00%x")) % len(part)
        coded += b"%b%b\r\n%b\r\n" % (digits, dice.choice(EXTENSIONS), part)
        at += size
    return coded
