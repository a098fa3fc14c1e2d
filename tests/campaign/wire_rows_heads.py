"""Faults in an answer's head: its status line, its fields, what comes before it."""

from __future__ import annotations

from restkit.errors import DeadlineExceeded, ProtocolError, ReadTimeout, RestkitError, TooLarge
from tests.campaign.wire_row import ANY, GET, HEAD, POST, Answer, Row
from tests.campaign.wire_script import Ask, Drip, Head, Say, Stall, answer, chunked, raw

SOON = 0.2
FEW = (GET, HEAD, POST)
EMPTY = "Content-Length: 0"
EARLY_HINTS = raw("Link: </style.css>", status="HTTP/1.1 103 Early Hints")
CONTINUE = raw(status="HTTP/1.1 100 Continue")


def bad(name: str, said: bytes, error: type[RestkitError] = ProtocolError, methods: tuple[str, ...] = FEW) -> Row:
    """A head that must be refused."""
    return Row(name=name, scripts=((Ask(), Say(said)),), becomes=(error,), methods=methods)


def good(name: str, said: bytes, becomes: Answer, *cuts: int, keeps: bool = True, head: bool = False) -> Row:
    """A head that must be read."""
    script = (Ask(), Say(said, cuts))
    methods = (HEAD,) if head else (GET, POST)
    return Row(name=name, scripts=(script,), becomes=becomes, keeps=keeps, exact=True, methods=methods)


def empty(status: str) -> Row:
    """An answer that has no body, with bytes behind it."""
    said = raw("Content-Length: 5", status=f"HTTP/1.1 {status}") + b"extra"
    return good(f"F40 {status} with a body", said, Answer(b"", int(status[:3])), keeps=False)


ROWS = (
    Row(
        name="F20 nothing comes",
        scripts=((Ask(), Stall()),),
        becomes=(ReadTimeout,),
        timeouts={"read": SOON},
        due=SOON,
        exact=True,
        methods=ANY,
    ),
    Row(
        name="F21 head drips",
        scripts=((Ask(), Drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.02)),),
        becomes=(DeadlineExceeded,),
        deadline=0.3,
        due=0.3,
        exact=True,
        methods=ANY,
    ),
    bad("F27 two lengths", raw("Content-Length: 3", "Content-Length: 5") + b"hello"),
    bad("F27 two lengths in one", raw("Content-Length: 3, 5") + b"hello"),
    good(
        "F28 length and coding",
        raw("Content-Length: 3", "Transfer-Encoding: chunked") + chunked(b"hello"),
        Answer(b"hello"),
        keeps=False,
    ),
    bad("F33 head of 200 KiB", raw(f"X-Big: {'x' * 204_800}", EMPTY), TooLarge),
    bad("F33 1,100 fields", raw(*(f"X-{number}: 1" for number in range(1100)), EMPTY), TooLarge),
    bad("F33 head without end", raw("X: 1")[:-4] + b"x" * 204_800, TooLarge),
    bad("F34 NUL", raw("X-Bad: a\0b", EMPTY)),
    bad("F34 bare CR", raw("X-Bad: a\rb", EMPTY)),
    good("F34 folded field", raw("X-Folded: one", "  two", EMPTY), Answer(field=("x-folded", "one two"))),
    bad("F35 garbage", b"what is this?\r\n\r\n"),
    bad("F35 status 99", raw(EMPTY, status="HTTP/1.1 99 Low")),
    bad("F35 status 1000", raw(EMPTY, status="HTTP/1.1 1000 High")),
    bad("F35 HTTP/2.7", raw(EMPTY, status="HTTP/2.7 200 OK")),
    bad("F36 status 600", raw(EMPTY, status="HTTP/1.1 600 Odd")),
    bad("F36 status 999", raw(EMPTY, status="HTTP/1.1 999 Odd")),
    good("F36 status 299", answer(b"odd", status="299 Odd"), Answer(b"odd", 299)),
    good("F36 status 599", answer(b"odd", status="599 Odd"), Answer(b"odd", 599)),
    good("F37 100 and 103 first", CONTINUE + EARLY_HINTS * 5 + answer(b"last"), Answer(b"last"), 10, 40),
    bad("F38 1xx flood", EARLY_HINTS * 150 + answer(b"last")),
    Row(
        name="F38 1xx drip",
        scripts=((Ask(), Drip(b"", CONTINUE, 0.02)),),
        becomes=(DeadlineExceeded,),
        deadline=0.3,
        due=0.3,
        methods=(GET, POST),
    ),
    bad("F39 101 unasked", raw("Upgrade: other", "Connection: upgrade", status="HTTP/1.1 101 Switching Protocols")),
    empty("204 No Content"),
    empty("304 Not Modified"),
    good("F40 HEAD with a body", answer(b"extra"), Answer(), keeps=False, head=True),
    good("F41 second answer behind", answer(b"mine") + answer(b"poison"), Answer(b"mine"), keeps=False),
    Row(
        name="head in single bytes",
        scripts=((Head(), Say(answer(b"mine"), tuple(range(1, 40)))),),
        becomes=Answer(b"mine"),
        keeps=True,
        methods=(GET,),
    ),
)
