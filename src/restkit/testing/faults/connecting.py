"""Faults before a request is looked at, and while it comes."""

from __future__ import annotations

from restkit.testing.faults.fault import Absence, Fault, reply
from restkit.testing.faults.steps import (
    DONE,
    HEALTHY,
    READ,
    Apply,
    Close,
    HalfClose,
    Head,
    Reply,
    Reset,
    Say,
    Stall,
    Step,
    Take,
)

ALERT = bytes((21, 3, 3, 0, 2, 2, 40))
"""What a server of TLS says to somebody who speaks something else."""
BAD = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbad"
TOO_MUCH = reply(413, [("Connection", "close")])


def absent(name: str, about: str, absence: Absence) -> Fault:
    """Nobody is there, until the server is released."""
    return Fault(name=name, kind="connecting", about=about, absence=absence)


def shaking(name: str, about: str, *steps: Step) -> Fault:
    """Something is wrong beneath TLS."""
    return Fault(name=name, kind="connecting", about=about, script=steps, tls=True, beneath=True)


def sending(name: str, about: str, *steps: Step) -> Fault:
    """Something goes wrong while the request comes, or instead of an answer."""
    return Fault(name=name, kind="sending", about=about, script=steps)


CONNECTING: tuple[Fault, ...] = (
    absent("refused", "refuses connections until it is released", "refuses"),
    absent("crowded", "lets nobody in until it is released: others wait in line", "crowded"),
    shaking("handshake reset", "resets the connection in the TLS handshake", Take(1), Reset()),
    shaking("handshake stalls", "answers no TLS handshake until it is released", Stall()),
    shaking(
        "plain HTTP where TLS is expected", "answers a TLS handshake in plain HTTP", Take(1), Say(BAD), HalfClose()
    ),
    Fault(
        name="TLS where plain HTTP is expected",
        kind="connecting",
        about="answers a request with an alert of TLS",
        script=(Take(1), Say(ALERT), HalfClose()),
        tls=False,
    ),
    Fault(name="reset at once", kind="connecting", about="resets the connection, with nothing read", script=(Reset(),)),
)
SENDING: tuple[Fault, ...] = (
    sending("reset after head", "resets the connection behind the request's head", Head(), Reset()),
    sending("reset within body", "resets the connection within the request's body", Head(), Take(1), Reset()),
    sending(
        "early 413, half closed", "answers 413 within the body, and reads on", Head(), Take(1), TOO_MUCH, HalfClose()
    ),
    sending("early 413, closed", "answers 413 within the body, and closes", Head(), Take(1), TOO_MUCH, Close()),
    sending("never reads", "reads nothing until it is released", Stall(), *HEALTHY),
    sending("closed unanswered", "reads the request, and closes", *READ, Close()),
    sending("closed unanswered, applied", "applies a write, and closes without an answer", *DONE, Close()),
    sending("reset unanswered", "reads the request, and resets the connection", *READ, Reset()),
    sending("reset unanswered, applied", "applies a write, and resets the connection", *DONE, Reset()),
    sending("stalls", "does nothing about a request until it is released", *READ, Stall(), Apply(), Reply()),
    sending("stalls, applied", "applies a write, and answers when it is released", *DONE, Stall(), Reply()),
    sending("closed behind the answer", "answers, and closes without having said so", *HEALTHY, Close()),
)
