"""Faults in an answer's body: its framing, its coding, how it breaks off."""

from __future__ import annotations

import gzip
import zlib

import brotli

from restkit.errors import (
    BadEncoding,
    DeadlineExceeded,
    ProtocolError,
    ReadError,
    ReadTimeout,
    RestkitError,
    TooLarge,
    TruncatedBody,
    UnsupportedEncoding,
)
from tests.campaign.wire_row import BODIED, GET, PARTS, POST, Answer, Row, secure
from tests.campaign.wire_script import Ask, Close, Drip, Farewell, Reset, Say, Stall, Step, answer, chunked, raw
from tests.wire.decoding.encoded import FORMS, in_gzip, zstd

SOON = 0.2
FEW = (GET, POST)
CHUNKED = raw("Transfer-Encoding: chunked")
BODY = b"a body that is long enough to be cut anywhere, " * 40


def row(name: str, *steps: Step, becomes: Answer | type[RestkitError], **more: object) -> Row:
    """A row of one script, whose answer is read in each way."""
    outcome = becomes if isinstance(becomes, Answer) else (becomes,)
    how: dict[str, object] = {"methods": BODIED, "ways": PARTS, "exact": True, **more}
    return Row(name=name, scripts=((Ask(), *steps),), becomes=outcome, **how)  # type: ignore[arg-type]  # a row's own


def over_tls(name: str, *steps: Step, becomes: Answer | tuple[type[RestkitError], ...], keeps: bool = False) -> Row:
    """A row over TLS."""
    return Row(
        name=name, scripts=secure(Ask(), *steps), becomes=becomes, tls=True, keeps=keeps, ways=PARTS, methods=FEW
    )


def encoded(name: str, coding: str, body: bytes, becomes: Answer | type[RestkitError], **more: object) -> Row:
    """A row about a Content-Encoding; what cannot be decoded may leave its connection as it likes."""
    said = answer(body, f"Content-Encoding: {coding}")
    return row(name, Say(said), becomes=becomes, methods=FEW, **{"keeps": isinstance(becomes, Answer) or None, **more})


def cut(form: str) -> Row:
    """A body that is whole for HTTP, and lacks its end for its coding."""
    coding, make = FORMS[form]
    return encoded(f"F44 truncated {form}", coding, make(BODY)[:-3], TruncatedBody)


def chunk(name: str, said: bytes, error: type[RestkitError] = ProtocolError, *then: Step) -> Row:
    """A body in chunks that are wrong."""
    return row(name, Say(CHUNKED + said), *then, becomes=error)


ROWS = (
    over_tls("F11 no close_notify, length", Say(answer(b"whole")), Close(), becomes=Answer(b"whole")),
    over_tls("F12 no close_notify, no length", Say(raw() + b"cut"), Close(), becomes=(TruncatedBody,)),
    over_tls("F12 close_notify, no length", Say(raw() + b"whole"), Farewell(), becomes=Answer(b"whole")),
    row(
        "F22 body drips",
        Drip(answer(b"", length=1000), b"x", 0.02),
        becomes=DeadlineExceeded,
        deadline=0.3,
        due=0.3,
    ),
    row(
        "F23 body stalls",
        Say(answer(b"half", length=8)),
        Stall(),
        becomes=ReadTimeout,
        timeouts={"read": SOON},
        due=SOON,
    ),
    row("F24 reset within body", Say(answer(b"half", length=8)), Reset(), becomes=ReadError),
    row("F24 reset within chunks", Say(CHUNKED + b"8\r\nhalf"), Reset(), becomes=ReadError),
    row("F25 length too long", Say(answer(b"12345", length=10)), Close(), becomes=TruncatedBody),
    row("F26 length too short", Say(answer(b"abcde", length=3)), becomes=Answer(b"abc")),
    row("no length", Say(raw() + BODY), Close(), becomes=Answer(BODY)),
    chunk("F29 chunk cut", b"8\r\nhalf", TruncatedBody, Close()),
    chunk("F29 no last chunk", b"4\r\nhalf\r\n", TruncatedBody, Close()),
    chunk("F29 no end of trailers", b"4\r\nhalf\r\n0\r\n", TruncatedBody, Close()),
    chunk("F30 size not hexadecimal", b"xyz\r\nabc\r\n0\r\n\r\n"),
    chunk("F30 size huge", b"f" * 17 + b"\r\nabc\r\n0\r\n\r\n"),
    chunk("F30 size negative", b"-3\r\nabc\r\n0\r\n\r\n"),
    chunk("F30 no CRLF behind chunk", b"3\r\nabcd\r\n0\r\n\r\n"),
    Row(
        name="F31 500,000 chunks",
        scripts=((Ask(), Say(CHUNKED + b"1\r\nx\r\n" * 500_000 + b"0\r\n\r\n")),),
        becomes=Answer(b"x" * 500_000),
        keeps=True,
        cpu=5.0,
        methods=(GET,),
        ways=("whole",),
    ),
    Row(
        name="F31 chunks without end",
        scripts=((Ask(), Drip(CHUNKED, b"1\r\nx\r\n", 0.001)),),
        becomes=(DeadlineExceeded,),
        deadline=0.3,
        due=0.3,
        methods=(GET,),
        ways=PARTS,
    ),
    chunk("F32 extension flood", b"1;" + b"x" * 150_000 + b"\r\nx\r\n0\r\n\r\n", TooLarge),
    chunk("F32 extensions flood", b"1;abcdefgh\r\nx\r\n" * 20_000 + b"0\r\n\r\n", TooLarge),
    chunk("F32 trailer flood", b"1\r\nx\r\n0\r\n" + b"X-Trailer: 0123456789\r\n" * 10_000 + b"\r\n", TooLarge),
    row("chunks", Say(CHUNKED + chunked(b"one", b"two")), becomes=Answer(b"onetwo"), keeps=True),
    *map(cut, FORMS),
    encoded("F45 not gzip", "gzip", b"no gzip at all", BadEncoding),
    encoded("F45 wrong checksum", "gzip", in_gzip(BODY)[:-8] + bytes(4) + in_gzip(BODY)[-4:], BadEncoding),
    encoded("F45 not deflate", "deflate", b"\xff\xff\xff\xff", BadEncoding),
    encoded("F45 not br", "br", b"\xff" * 20, BadEncoding),
    encoded("F45 not zstd", "zstd", b"no zstd at all", BadEncoding),
    encoded("F46 members of gzip", "gzip", in_gzip(b"one") + in_gzip(b"two"), Answer(b"onetwo")),
    encoded("F47 garbage behind gzip", "gzip", in_gzip(BODY) + b"garbage", BadEncoding),
    encoded("F47 garbage behind deflate", "deflate", zlib.compress(BODY) + b"garbage", BadEncoding),
    encoded("F48 bomb of br", "br", brotli.compress(bytes(1 << 24)), TooLarge, limit=1 << 20),
    encoded("F48 bomb of zstd", "zstd", zstd.compress(bytes(1 << 24)), TooLarge, limit=1 << 20),
    encoded("F49 unknown coding", "foo", b"abc", UnsupportedEncoding),
    encoded(
        "F49 three layers", "gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(BODY))), UnsupportedEncoding
    ),
    encoded("gzip twice", "gzip, gzip", gzip.compress(gzip.compress(BODY)), Answer(BODY)),
)
