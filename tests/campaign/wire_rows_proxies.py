"""Faults of a proxy: it refuses, wants credentials, or dies, before there is a tunnel, in it, or without one.

The server is the proxy, and the origin to which it leads. What the proxy is told counts for no request.
"""

from __future__ import annotations

from restkit.errors import (
    ConnectError,
    ConnectTimeout,
    DeadlineExceeded,
    ProtocolError,
    ProxyAuthError,
    ProxyError,
    ReadError,
    ReadTimeout,
    RestkitError,
    TLSVerifyError,
)
from tests.campaign.wire_row import ANY, BODIED, GET, OPENED, PARTS, POST, TUNNEL, Answer, Row
from tests.campaign.wire_script import (
    Ask,
    Close,
    Connect,
    Drip,
    Farewell,
    Reset,
    Say,
    Script,
    Shake,
    Stall,
    Step,
    Take,
    TakeAsProxy,
    answer,
    raw,
)

SOON = 0.2
FEW = (GET, POST)
WANTS = "407 Proxy Authentication Required"
HALF: Script = (Shake(), Ask(), Say(answer(b"half", length=8)))
ENDLESS: Script = (Shake(), Ask(), Say(raw() + b"whole"))
"""An answer that ends with its connection."""
GREETED: Script = (TakeAsProxy(3), Say(b"\5\0"), TakeAsProxy(10))
"""A SOCKS proxy that has been asked for a connection."""


def unopened(name: str, *steps: Step, becomes: type[RestkitError] = ProxyError, **more: object) -> Row:
    """A tunnel that is not opened: nothing of the request has left."""
    how: dict[str, object] = {"proxy": "http", "tls": True, "sends_nothing": True, "methods": FEW, **more}
    return Row(name=f"F65 {name}", scripts=(steps,) if steps else (), becomes=(becomes,), **how)  # type: ignore[arg-type]  # a row's own


def refused(name: str, said: bytes, becomes: type[RestkitError] = ProxyError, **more: object) -> Row:
    """A CONNECT that is answered with something else than a tunnel, by a proxy that stays."""
    return unopened(f"CONNECT answered {name}", Connect(), Say(said), becomes=becomes, exact=True, **more)


def socks(name: str, *steps: Step, becomes: type[RestkitError] = ProxyError, **more: object) -> Row:
    """A SOCKS proxy that does not connect."""
    return unopened(f"SOCKS {name}", *steps, becomes=becomes, proxy="socks5", **more)


def within(name: str, *steps: Step, becomes: Answer | type[RestkitError], **more: object) -> Row:
    """A tunnel in which something goes wrong, or well."""
    outcome = becomes if isinstance(becomes, Answer) else (becomes,)
    how: dict[str, object] = {"proxy": "http", "exact": True, "methods": FEW, **more}
    return Row(name=f"F65 {name}", scripts=((*TUNNEL, *steps),), tls=True, becomes=outcome, **how)  # type: ignore[arg-type]  # likewise


def passed_on(name: str, *steps: Step, becomes: Answer | type[RestkitError], **more: object) -> Row:
    """Plain HTTP, which a proxy is asked to pass on."""
    outcome = becomes if isinstance(becomes, Answer) else (becomes,)
    how: dict[str, object] = {"proxy": "http", "exact": True, **more}
    return Row(name=f"F65 passed on, {name}", scripts=(steps,), becomes=outcome, **how)  # type: ignore[arg-type]  # likewise


ROWS = (
    unopened("no proxy there", becomes=ConnectError, listens=False, connections=0, methods=ANY),
    unopened("reset at once", Reset(), becomes=ConnectError),
    unopened("closed at once", Close()),
    unopened("reset within CONNECT", Take(10), Reset()),
    unopened("reset after CONNECT", Connect(), Reset(), exact=True, methods=ANY),
    unopened("closed after CONNECT", Connect(), Close(), exact=True, methods=ANY),
    unopened("closed within its answer", Connect(), Say(b"HTTP/1.1 200 Conn"), Close(), exact=True),
    unopened(
        "CONNECT stalls", Connect(), Stall(), becomes=ConnectTimeout, timeouts={"connect": SOON}, due=SOON, exact=True
    ),
    unopened(
        "answer to CONNECT drips",
        Connect(),
        Drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.02),
        becomes=ConnectTimeout,
        timeouts={"connect": SOON},
        due=SOON,
        exact=True,
    ),
    unopened(
        "answer to CONNECT drips, deadline",
        Connect(),
        Drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.02),
        becomes=DeadlineExceeded,
        deadline=0.3,
        due=0.3,
        exact=True,
    ),
    refused("403", answer(b"no!", status="403 Forbidden"), methods=ANY),
    refused("502", answer(b"no!", status="502 Bad Gateway")),
    refused("302", answer(b"", "Location: http://login.test/", status="302 Found")),
    refused("407", answer(b"no!", "Proxy-Authenticate: Basic", status=WANTS), ProxyAuthError, methods=ANY),
    refused("407 without an end", answer(b"no!", length=1000, status=WANTS), ProxyAuthError),
    refused("nonsense", b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    refused("too much", raw(f"X-Big: {'x' * 204_800}")),
    refused("with more", OPENED + b"hello"),
    unopened("reset in the handshake", *TUNNEL, Take(64), Reset(), becomes=ConnectError),
    unopened("closed in the handshake", *TUNNEL, Take(64), Close(), becomes=ConnectError),
    unopened("handshake stalls", *TUNNEL, Stall(), becomes=ConnectTimeout, timeouts={"connect": SOON}, due=SOON),
    unopened("HTTP in the tunnel", *TUNNEL, Take(1), Say(answer(status="400 Bad Request")), becomes=ProtocolError),
    unopened("certificate stranger in the tunnel", *TUNNEL, Shake("stranger"), Ask(), becomes=TLSVerifyError),
    within("tunnel reset after the request", Shake(), Ask(), Reset(), becomes=ReadError, methods=ANY),
    within("tunnel closed after the request", Shake(), Ask(), Close(), becomes=ReadError),
    within("tunnel closed within the answer", *HALF, Close(), becomes=ReadError, ways=PARTS),
    within("tunnel closed, no length", *ENDLESS, Close(), becomes=ReadError, ways=PARTS),
    within("tunnel ended, no length", *ENDLESS, Farewell(), becomes=Answer(b"whole"), ways=PARTS),
    within(
        "tunnel stalls",
        *(Shake(), Ask(), Say(answer(b"first")), Ask(), Stall()),
        becomes=ReadTimeout,
        prior="read",
        timeouts={"read": SOON},
        due=SOON,
    ),
    within("tunnel is well", Shake(), Ask(), Say(answer(b"well")), becomes=Answer(b"well"), keeps=True, methods=FEW),
    socks("reset at once", Reset(), becomes=ConnectError),
    socks("closed before it greets", TakeAsProxy(3), Close(), exact=True),
    socks("does not speak it", TakeAsProxy(3), Say(b"HT"), exact=True),
    socks("wants credentials", TakeAsProxy(3), Say(b"\5\xff"), becomes=ProxyAuthError, exact=True),
    socks("refused by its rules", *GREETED, Say(b"\5\2\0\1" + bytes(6)), exact=True),
    socks("refused by the origin", *GREETED, Say(b"\5\5\0\1" + bytes(6)), exact=True),
    socks("reset after CONNECT", *GREETED, Reset(), exact=True),
    socks("closed within its answer", *GREETED, Say(b"\5\0\0\1"), Close(), exact=True),
    socks("stalls", *GREETED, Stall(), becomes=ConnectTimeout, timeouts={"connect": SOON}, due=SOON, exact=True),
    passed_on("407", Ask(), Say(answer(b"no!", status=WANTS)), becomes=ProxyAuthError),
    passed_on("407 without an end", Ask(), Say(answer(b"no!", length=1000, status=WANTS)), becomes=ProxyAuthError),
    passed_on(
        "502",
        Ask(),
        Say(answer(b"no!", status="502 Bad Gateway")),
        becomes=Answer(b"no!", 502),
        keeps=True,
        methods=BODIED,
    ),
    passed_on("reset after the request", Ask(), Reset(), becomes=ReadError),
    passed_on("closed after the request", Ask(), Close(), becomes=ProtocolError),
    passed_on("is well", Ask(), Say(answer(b"well")), becomes=Answer(b"well"), keeps=True, methods=BODIED),
    passed_on(
        "407 over TLS",
        Shake(),
        Ask(),
        Say(answer(b"no!", status=WANTS)),
        becomes=ProxyAuthError,
        proxy="https",
        methods=FEW,
    ),
    passed_on(
        "stranger", Shake("stranger"), Ask(), becomes=TLSVerifyError, proxy="https", sends_nothing=True, methods=FEW
    ),
    passed_on(
        "over TLS is well",
        Shake(),
        Ask(),
        Say(answer(b"well")),
        becomes=Answer(b"well"),
        proxy="https",
        keeps=True,
        methods=FEW,
    ),
)
