"""Faults in an answer's body: its framing, its compression, what it says."""

from __future__ import annotations

from restkit.testing.faults.bomb import Bomb
from restkit.testing.faults.fault import Fault, Kind
from restkit.testing.faults.steps import DONE, Close, Drip, Reply, Reset, Say, Stall, Step

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
MUCH = 1 << 30
PAGE = b"<!doctype html><html><title>Log in</title><body>Please log in.</body></html>"


def fault(name: str, about: str, *steps: Step, kind: Kind = "body", tls: bool | None = None) -> Fault:
    """A fault in the answer to a request that was done."""
    return Fault(name=name, kind=kind, about=about, script=(*DONE, *steps), tls=tls)


def chunks(name: str, about: str, said: bytes) -> Fault:
    """Chunks that are wrong."""
    return fault(name, about, Say(CHUNKED + said), Close())


def content(name: str, about: str, how: Reply) -> Fault:
    """A body that is whole, and says something else."""
    return fault(name, about, how, kind="content")


def encoded(name: str, coding: str, body: bytes, about: str) -> Fault:
    """A body that is not what its Content-Encoding says."""
    return fault(name, about, Reply(status=200, fields=(("Content-Encoding", coding),), body=body))


BODIES: tuple[Fault, ...] = (
    fault("body drips", "sends a body a byte at a time, without end", Reply(promises=MUCH), Drip(b" "), Close()),
    fault("body stalls", "sends half of a body", Reply(lacks=1), Stall(), Close()),
    fault("reset within the answer", "resets the connection within the answer", Reply(lacks=1), Reset()),
    fault("reset within chunks", "resets the connection within a chunk", Reply(framing="chunks", lacks=1), Reset()),
    fault("length too long", "promises more than it sends, and closes", Reply(promises=5), Close()),
    fault("length too short", "sends more than it promises", Reply(after=b"extra")),
    fault("no length", "tells the end of a body by closing", Reply(framing="close"), Close(), tls=False),
    fault("no length, no end of TLS", "tells the end of a body by a cut", Reply(framing="close"), Close(), tls=True),
    fault("chunk cut", "closes within a chunk", Reply(framing="chunks", lacks=1), Close()),
    chunks("no last chunk", "closes before the last chunk", b"2\r\n{}\r\n"),
    chunks("no end of trailers", "closes within the trailers", b"2\r\n{}\r\n0\r\n"),
    chunks("chunk size not hexadecimal", "sends a chunk whose size is no number", b"xyz\r\nabc\r\n0\r\n\r\n"),
    chunks("chunk size huge", "sends a chunk of 2**68 bytes, it says", b"f" * 17 + b"\r\nabc\r\n0\r\n\r\n"),
    chunks("chunk size negative", "sends a chunk of -3 bytes, it says", b"-3\r\nabc\r\n0\r\n\r\n"),
    fault(
        "tiny chunks",
        "sends 20,000 chunks of one byte",
        Say(CHUNKED + b"1\r\n \r\n" * 20_000 + b"2\r\n{}\r\n0\r\n\r\n"),
    ),
    chunks("chunk extension flood", "sends 150 KB of chunk extensions", b"1;" + b"x" * 150_000 + b"\r\n1\r\n0\r\n\r\n"),
    chunks("trailer flood", "sends 200 KB of trailers", b"1\r\n1\r\n0\r\n" + b"X-T: 0123456789\r\n" * 12_000 + b"\r\n"),
    fault("truncated gzip", "sends gzip without its end", Reply(coding="gzip", lacks=8, promises=-8)),
    fault("truncated deflate", "sends deflate without its end", Reply(coding="deflate", lacks=4, promises=-4)),
    encoded("not gzip", "gzip", b"no gzip at all", "says gzip, and sends something else"),
    encoded("unknown encoding", "foo", b"abc", "sends an encoding that nobody knows"),
    encoded("encoded three times", "gzip, gzip, gzip", b"abc", "says that it has compressed three times"),
    fault("garbage behind gzip", "sends gzip, and something behind it", Reply(coding="gzip", behind=b"garbage")),
    fault("bomb", "sends 64 KiB of gzip that are 64 MiB", Bomb()),
    fault("bomb in an error", "answers 400 with 64 KiB of gzip that are 64 MiB", Bomb(400)),
)
CONTENTS: tuple[Fault, ...] = (
    content("HTML", "answers a page where JSON is expected", Reply(status=200, body=PAGE, media_type="text/html")),
    content("HTML as JSON", "answers a page, and says it is JSON", Reply(status=200, body=PAGE)),
    content("malformed JSON", "answers what is no JSON", Reply(status=200, body=b'{"id": 1,, }')),
    content("truncated JSON", "answers half of a JSON text", Reply(status=200, body=b'{"id": 1, "na')),
    content("wrong JSON", "answers JSON of another shape", Reply(status=200, body=b'[[["unexpected"]]]')),
    content("empty", "answers 200, and no body", Reply(status=200, body=b"")),
    content("unexpected 204", "answers 204 where a body is expected", Reply(status=204, body=b"")),
    content(
        "unknown charset",
        "names a charset that does not exist",
        Reply(media_type="application/json; charset=nope"),
    ),
)
