"""Faults in an answer's head, and in what comes before it."""

from __future__ import annotations

from restkit.testing.faults.fault import Fault
from restkit.testing.faults.steps import DONE, Close, Drip, Reply, Say, Step

EMPTY = "Content-Length: 0"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def raw(*fields: str, status: str = "HTTP/1.1 200 OK") -> Say:
    """A head of these lines, and no other."""
    return Say("\r\n".join((status, *fields, "", "")).encode("latin-1"))


def fault(name: str, about: str, *steps: Step) -> Fault:
    """A fault in the answer to a request that was done."""
    return Fault(name=name, kind="head", about=about, script=(*DONE, *steps))


def line(name: str, status: str) -> Fault:
    """A status line that is none."""
    return fault(name, f"answers with the status line {status!r}", raw(EMPTY, status=status), Close())


HEADS: tuple[Fault, ...] = (
    fault(
        "head drips",
        "sends a head a byte at a time, without end",
        Say(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        Drip(b"x"),
        Close(),
    ),
    fault(
        "two lengths",
        "names two different lengths",
        raw("Content-Length: 3", "Content-Length: 5"),
        Say(b"hello"),
        Close(),
    ),
    fault(
        "length and chunks",
        "names a length, and sends chunks",
        Say(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    ),
    fault("large head", "sends a head of 200 KiB", raw(f"X-Big: {'x' * 204_800}", EMPTY), Close()),
    fault("many fields", "sends a head of 1,100 fields", raw(*(f"X-{at}: 1" for at in range(1100)), EMPTY), Close()),
    fault("NUL in head", "sends a NUL in a header field", raw("X-Bad: a\0b", EMPTY), Close()),
    fault("bare CR in head", "sends a CR without LF in a header field", raw("X-Bad: a\rb", EMPTY), Close()),
    fault("folded field", "continues a header field in the next line", Reply(fields=(("X-Folded", "one\r\n two"),))),
    fault("garbage", "answers what is no HTTP", Say(b"what is this?\r\n\r\n"), Close()),
    line("status 99", "HTTP/1.1 99 Low"),
    line("status 1000", "HTTP/1.1 1000 High"),
    line("status 999", "HTTP/1.1 999 Odd"),
    line("another version", "HTTP/2.7 200 OK"),
    fault("100 and 103 first", "sends interim answers before the last one", Say(CONTINUE + HINTS * 5), Reply()),
    fault("1xx flood", "sends 150 interim answers before the last one", Say(HINTS * 150), Reply()),
    fault("1xx drip", "sends interim answers without end", Drip(CONTINUE), Reply()),
    fault(
        "unasked 101",
        "switches protocols unasked",
        raw("Upgrade: other", "Connection: upgrade", status="HTTP/1.1 101 Switching Protocols"),
        Close(),
    ),
    fault(
        "204 with a body",
        "answers 204, and sends a body",
        Reply(status=204, body=b"", fields=(("Content-Length", "5"),), after=b"extra"),
    ),
    fault(
        "a second answer",
        "sends another answer behind the right one",
        Reply(after=b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"),
    ),
)
