"""Faults while a request is sent, and those of a connection that is used again."""

from __future__ import annotations

from restkit.errors import ConnectError, ReadError, ReadTimeout, WriteError, WriteTimeout
from tests.campaign.wire_row import ANY, BODIED, GET, HEAD, POST, SENDING, TARGET, UPLOAD, Answer, Row
from tests.campaign.wire_script import Ask, Await, Close, HalfClose, Head, Reset, Say, Script, Stall, Step, Take, answer

SOON, BIG = 0.2, 8 << 20
BROKEN = (ReadError, WriteError)
REFUSED = answer(b"too much", "Connection: close", status="413 Content Too Large")
OWN = TARGET.encode()
"""What a healthy server answers."""
FIRST: Script = (Ask(), Say(answer(b"first")))


def early(name: str, *then: Step) -> Row:
    """An answer to a body that is still being sent."""
    return Row(
        name=f"F17 early answer, {name}",
        scripts=((Head(), Take(1024), Say(REFUSED), *then),),
        becomes=Answer(b"too much", 413),
        methods=SENDING,
        size=BIG,
        timeouts={"write": 2.0, "read": 2.0},
    )


def again(name: str, *then: Step, closes: bool, methods: tuple[str, ...] = ANY) -> Row:
    """A second call, over a connection that is closed when the first is over."""
    return Row(
        name=f"F42 {name}",
        scripts=((*FIRST, *then),),
        prior="closed" if closes else "read",
        becomes=Answer(OWN),
        connections=2,
        keeps=True,
        exact=True,
        methods=methods,
    )


ROWS = (
    Row(name="F14 reset after accept", scripts=((Reset(),),), becomes=(ConnectError, *BROKEN)),
    Row(name="F15 reset after head", scripts=((Head(), Reset()),), becomes=BROKEN),
    Row(
        name="F16 reset within body",
        scripts=((Head(), Take(10_000), Reset()),),
        becomes=BROKEN,
        methods=SENDING,
        size=BIG,
    ),
    early("half closed", HalfClose()),
    early("closed", Close()),
    early("stalled", Stall()),
    Row(
        name="F18 server never reads",
        scripts=((Stall(),),),
        becomes=(WriteTimeout,),
        timeouts={"write": SOON},
        due=SOON,
        methods=SENDING,
        size=BIG,
    ),
    Row(name="F19 closes without a byte", scripts=((Ask(), Close()),), becomes=(ReadError,), exact=True),
    again("closed after answer", Await(), Close(), closes=True),
    again("reset after answer", Await(), Reset(), closes=True),
    Row(
        name="F42 Connection: close",
        scripts=((Ask(), Say(answer(b"first", "Connection: close")), Stall()),),
        prior="read",
        becomes=Answer(OWN),
        connections=2,
        keeps=True,
        exact=True,
    ),
    Row(
        name="F42 closed while asking",
        scripts=((*FIRST, Ask(), Close()),),
        prior="read",
        becomes=(ReadError,),
        methods=ANY,
    ),
    Row(
        name="F43 half open",
        scripts=((*FIRST, Stall()),),
        prior="read",
        becomes=(ReadTimeout,),
        timeouts={"read": SOON},
        due=SOON,
        methods=(GET, HEAD, POST),
    ),
    Row(
        name="F43 half open, much to send",
        scripts=((*FIRST, Stall()),),
        prior="read",
        becomes=(WriteTimeout,),
        timeouts={"write": SOON},
        due=SOON,
        size=BIG,
        methods=(POST, UPLOAD),
    ),
    Row(
        name="keep-alive is well",
        scripts=((*FIRST, Ask(), Say(answer(b"second"))),),
        prior="read",
        becomes=Answer(b"second"),
        keeps=True,
        exact=True,
        methods=BODIED,
    ),
)
