"""Faults of HTTP/2: streams that are refused or reset, connections that go away, frames that are none."""

from __future__ import annotations

from restkit.errors import DeadlineExceeded, ProtocolError, ReadError, ReadTimeout, RestkitError, WriteError
from tests.campaign.wire_row import (
    ANY,
    BODIED,
    GET,
    HEAD,
    PARTS,
    POST,
    SENDING,
    TARGET,
    TUNNEL,
    UPLOAD,
    Answer,
    Errors,
    Row,
)
from tests.campaign.wire_script import (
    Ask,
    Beat,
    Close,
    Farewell,
    Head,
    Reset,
    Say,
    Script,
    Shake,
    SpeakTwo,
    Stall,
    Step,
    answer,
)
from tests.campaign.wire_two import (
    CANCEL,
    ENHANCE_YOUR_CALM,
    HEADERS,
    INTERNAL_ERROR,
    NEXT,
    PING,
    REFUSED_STREAM,
    SETTINGS,
    answered,
    begun,
    frame,
    going,
    part,
    reset,
)

SOON, BIG = 0.2, 1 << 20
FEW = (GET, POST)
TWO: Script = (Shake(protocol="h2"), SpeakTwo())
HALF: Script = (Ask(), Say(begun() + part(b"half")))
LOST = (ReadError, WriteError)
"""Whoever wants to acknowledge what came may notice it first."""
OWN = TARGET.encode()
"""What a healthy server answers."""


def row(name: str, *steps: Step, becomes: Answer | Errors | type[RestkitError], **more: object) -> Row:
    """A row of one script, over HTTP/2."""
    outcome = (becomes,) if isinstance(becomes, type) else becomes
    how: dict[str, object] = {"exact": True, **more}
    return Row(name=f"F66 {name}", scripts=((*TWO, *steps),), tls=True, http2=True, becomes=outcome, **how)  # type: ignore[arg-type]  # a row's own


def ended(name: str, said: bytes, methods: tuple[str, ...] = ANY) -> Row:
    """A request that is answered with the end of its stream, after which its connection is used again."""
    return row(name, Ask(), Say(said), becomes=ProtocolError, keeps=True, methods=methods)


def gone(name: str, said: bytes, methods: tuple[str, ...] = FEW) -> Row:
    """A request that is answered with the end of its connection. What was sent last may be lost with that."""
    return row(name, Ask(), Say(said), becomes=ProtocolError, exact=False, methods=methods)


def later(name: str, *steps: Step, becomes: Answer | type[RestkitError], **more: object) -> Row:
    """The second stream of a connection whose first was answered."""
    return row(name, Ask(), Say(answered(b"first")), *steps, becomes=becomes, prior="read", **more)


def shut(name: str, *steps: Step) -> Row:
    """A body that waits for leave to be sent. httpcore looks for that alone, and not for the end of its stream."""
    return late(name, *steps, methods=SENDING, size=BIG, ways=("whole",))


def late(name: str, *steps: Step, **more: object) -> Row:
    """An answer that does not come in time, over a connection whose hands were shaken before."""
    how: dict[str, object] = {"timeouts": {"read": SOON}, "due": SOON, "exact": False, "methods": FEW, **more}
    return later(name, *steps, becomes=ReadTimeout, **how)


def endless(name: str, first: bytes, then: bytes, **more: object) -> Row:
    """Frames without end. Where awaiting, the call's stream alone is given up."""
    how: dict[str, object] = {"deadline": 0.3, "due": 0.3, "exact": False, "keeps": None, "methods": FEW, **more}
    return later(name, Ask(), Beat(first, then, 0.02), becomes=DeadlineExceeded, **how)


def broken(name: str, said: bytes, *, keeps: bool = False) -> Row:
    """An answer whose body breaks off."""
    return row(name, *HALF, Say(said), becomes=ProtocolError, ways=PARTS, methods=FEW, keeps=keeps, exact=keeps)


def again(name: str, *steps: Step) -> Row:
    """A request that was not looked at, and is sent again."""
    how: dict[str, object] = {
        "connections": 2,
        "unseen": 1,
        "keeps": True,
        "methods": (GET, HEAD, POST),
        "exact": not steps,
    }
    return later(f"{name}, sent again", Ask(), Say(going(1)), *steps, becomes=Answer(OWN), **how)


def once(name: str, *steps: Step) -> Row:
    """A request that was not looked at, whose body cannot be sent again. It is found out when that begins."""
    how: dict[str, object] = {"connections": 2, "unseen": 1, "keeps": True, "methods": (UPLOAD,), "exact": not steps}
    return later(f"{name}, with a body that comes once", Ask(), Say(going(1)), *steps, becomes=ProtocolError, **how)


def tunnelled(name: str, *steps: Step, becomes: Answer | Errors) -> Row:
    """The same in a tunnel through a proxy."""
    return Row(
        name=f"F66 in a tunnel, {name}",
        scripts=((*TUNNEL, *TWO, Ask(), *steps),),
        proxy="http",
        tls=True,
        http2=True,
        becomes=becomes,
        keeps=True,
        exact=True,
        methods=FEW,
    )


ROWS = (
    ended("stream refused", reset(REFUSED_STREAM)),
    ended("stream reset, internal error", reset(INTERNAL_ERROR)),
    ended("stream cancelled", reset(CANCEL), FEW),
    later("second stream refused", Ask(), Say(reset(REFUSED_STREAM, NEXT)), becomes=ProtocolError, keeps=True),
    later(
        "second stream reset, internal error",
        Ask(),
        Say(reset(INTERNAL_ERROR, NEXT)),
        becomes=ProtocolError,
        keeps=True,
        methods=FEW,
    ),
    shut("stream refused within body", Head(), Say(reset(REFUSED_STREAM, NEXT)), Stall()),
    shut("stream reset within body, internal error", Head(), Say(reset(INTERNAL_ERROR, NEXT)), Stall()),
    shut("window stays shut", Head(), Stall()),
    broken("reset within the answer, internal error", reset(INTERNAL_ERROR), keeps=True),
    broken("gone away within the answer", going(1)),
    broken("gone away within the answer, internal error", going(1, INTERNAL_ERROR)),
    gone("gone away, nothing seen", going(0), ANY),
    gone("gone away, seen", going(1), ANY),
    gone("gone away, seen, and answered", going(1) + answered(b"late")),
    gone("gone away, internal error", going(1, INTERNAL_ERROR), ANY),
    gone("gone away, be calm", going(1, ENHANCE_YOUR_CALM)),
    again("gone away below"),
    again("gone away below, and closed", Close()),
    once("gone away below"),
    once("gone away below, and closed", Close()),
    later(
        "gone away below, within body",
        Head(),
        Say(going(1)),
        becomes=ProtocolError,
        methods=SENDING,
        size=BIG,
        exact=False,
    ),
    later("gone away at", Ask(), Say(going(NEXT)), becomes=ProtocolError, exact=False, methods=FEW),
    gone("no frame", frame(SETTINGS, 0, bytes(5))),
    gone("data before a head", part(b"half")),
    gone("a frame of another stream", part(b"half", 7)),
    late("frame without an end", Ask(), Say(b"\xff\xff\xff" + frame(HEADERS, NEXT)[3:] + bytes(20_000)), Stall()),
    late("HTTP/1.1 all at once", Ask(), Say(answer(b"what?")), Stall()),
    late("nothing comes", Ask(), Stall()),
    late("body stalls", Ask(), Say(begun(NEXT) + part(b"half", NEXT)), Stall(), ways=PARTS),
    row("closed after request", Ask(), Close(), becomes=LOST, exact=False, methods=FEW),
    row("reset after request", Ask(), Reset(), becomes=LOST, exact=False, methods=FEW),
    row("TLS ended after request", Ask(), Farewell(), becomes=(ProtocolError, WriteError), exact=False, methods=FEW),
    row("closed within the answer", *HALF, Close(), becomes=LOST, exact=False, ways=PARTS, methods=FEW),
    row("reset within the answer", *HALF, Reset(), becomes=LOST, exact=False, ways=PARTS, methods=FEW),
    endless("pings without end", b"", frame(PING, 0, bytes(8))),
    endless("body drips", begun(NEXT), part(b"x", NEXT), ways=PARTS),
    row("is well", Ask(), Say(answered(b"well")), becomes=Answer(b"well"), keeps=True, ways=PARTS, methods=BODIED),
    later("is well again", Ask(), Say(answered(b"well", NEXT)), becomes=Answer(b"well"), keeps=True, methods=BODIED),
    row(
        "much to send is well",
        Ask(),
        Say(answered(b"well")),
        becomes=Answer(b"well"),
        keeps=True,
        methods=SENDING,
        size=BIG,
    ),
    tunnelled("is well", Say(answered(b"well")), becomes=Answer(b"well")),
    tunnelled("stream refused", Say(reset(REFUSED_STREAM)), becomes=(ProtocolError,)),
    Row(
        name="F66 not spoken is well",
        scripts=((Shake(), Ask(), Say(answer(b"well"))),),
        tls=True,
        http2=True,
        becomes=Answer(b"well"),
        keeps=True,
        exact=True,
        methods=BODIED,
    ),
)
