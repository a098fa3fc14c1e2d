"""Faults before there is a connection to send over: names, addresses, TLS, a full pool."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable

import httpx

from restkit.errors import (
    ConnectError,
    ConnectTimeout,
    DNSError,
    PoolTimeout,
    ProtocolError,
    TLSVerifyError,
)
from tests.campaign.wire_row import GET, HEAD, POST, Answer, Find, Row, secure
from tests.campaign.wire_script import Ask, Reset, Say, Shake, Stall, Step, Take, answer

HERE, DEAD = "127.0.0.1", "127.0.0.2"
FEW = (GET, POST)
SOON = 0.2
ALERT = bytes((21, 3, 3, 0, 2, 2, 40))
"""What a server of TLS says to somebody who speaks something else."""


def failing(code: int) -> Find:
    """No address, for a reason of `getaddrinfo`."""

    def find(healed: bool) -> Iterable[str]:  # noqa: FBT001 - a phase, as a row's `find` is told
        if not healed:
            raise socket.gaierror(code, "as its row says")
        return [HERE]

    return find


def slow(healed: bool) -> Iterable[str]:  # noqa: FBT001 - likewise
    """An address that comes too late."""
    if not healed:
        _ = threading.Event().wait(SOON * 5)
    return [HERE]


def untrusted(name: str) -> Row:
    """A certificate that is not to be trusted."""
    row = f"F07 certificate {name}"
    return Row(name=row, scripts=((Shake(name), Ask()),), becomes=(TLSVerifyError,), tls=True, sends_nothing=True)


def shaking(name: str, *steps: Step, becomes: type[ConnectError]) -> Row:
    """A handshake that fails."""
    return Row(name=name, scripts=(steps,), becomes=(becomes,), tls=True, sends_nothing=True, methods=FEW)


ROWS = (
    Row(name="F01 refused", listens=False, becomes=(ConnectError,), connections=0, sends_nothing=True),
    Row(
        name="F02 connect timeout",
        backlog=0,
        becomes=(ConnectTimeout,),
        connections=0,
        keeps=None,  # those who waited in line are connections as well
        timeouts={"connect": SOON},
        due=SOON,
        sends_nothing=True,
        methods=FEW,
    ),
    Row(
        name="F03 no such name",
        host="api.test",
        find=failing(socket.EAI_NONAME),
        becomes=(DNSError,),
        connections=0,
        sends_nothing=True,
    ),
    Row(
        name="F04 no name for now",
        host="api.test",
        find=failing(socket.EAI_AGAIN),
        becomes=(DNSError,),
        connections=0,
        sends_nothing=True,
    ),
    Row(
        name="F05 slow name",
        host="api.test",
        find=slow,
        becomes=(ConnectTimeout,),
        connections=0,
        timeouts={"connect": SOON},
        due=SOON,
        sends_nothing=True,
        methods=FEW,
    ),
    Row(
        name="F06 first address dead",
        host="api.test",
        find=lambda _: [DEAD, HERE],
        scripts=((Ask(), Say(answer(b"alive"))),),
        becomes=Answer(b"alive"),
        timeouts={"connect": 1.0},
        keeps=True,
        exact=True,
        methods=FEW,
    ),
    untrusted("expired"),
    untrusted("elsewhere"),
    untrusted("stranger"),
    shaking("F08 handshake reset", Take(64), Reset(), becomes=ConnectError),
    Row(
        name="F09 handshake stalls",
        scripts=((Stall(),),),
        tls=True,
        becomes=(ConnectTimeout,),
        timeouts={"connect": SOON},
        due=SOON,
        sends_nothing=True,
        methods=FEW,
    ),
    Row(
        name="F10 HTTP where TLS is expected",
        scripts=((Take(1), Say(answer(b"bad", status="400 Bad Request"))),),
        tls=True,
        becomes=(ProtocolError,),
        sends_nothing=True,
        methods=FEW,
    ),
    Row(name="F10 TLS where HTTP is expected", scripts=((Take(1), Say(ALERT)),), becomes=(ProtocolError,), methods=FEW),
    Row(
        name="F13 pool saturated",
        scripts=((Ask(), Say(answer(b"half", length=8)), Stall(), Say(b"half")),),
        prior="held",
        settings={"limits": httpx.Limits(max_connections=1, max_keepalive_connections=1)},
        timeouts={"pool": SOON},
        due=SOON,
        becomes=(PoolTimeout,),
        sends_nothing=True,
        methods=(GET, HEAD, POST),
    ),
    Row(
        name="TLS is well",
        scripts=secure(Ask(), Say(answer(b"well"))),
        tls=True,
        becomes=Answer(b"well"),
        keeps=True,
        exact=True,
        methods=FEW,
    ),
)
