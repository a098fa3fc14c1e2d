"""The server that misbehaves: each fault on a real socket, in each world, and its ledger."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from restkit import InputError, ReadError, RestkitError
from restkit.settings import NAMES
from restkit.testing import FAULTS, Answered, Fault, FaultServer, Received, by_chance
from restkit.testing.faults.fault import OK, status
from restkit.testing.faults.plan import harmless
from restkit.testing.faults.steps import HEALTHY, Apply, Body, Drip, Head, Reply, Say, Take
from tests.client.worlds import World
from tests.tls import issued, shown_by, trusting

SOON = httpx.Timeout(0.2)
ONCE: dict[str, Any] = {"retry": False} if "retry" in NAMES else {}
"""Whatever becomes of it, each call is sent once."""
PLAIN = [name for name, fault in FAULTS.items() if not fault.tls]
SECURE = [name for name, fault in FAULTS.items() if fault.tls]
HARMLESS = {
    "closed behind the answer",
    "length and chunks",
    "folded field",
    "100 and 103 first",
    "204 with a body",
    "a second answer",
    "length too short",
    "no length",
    "tiny chunks",
    "HTML",
    "HTML as JSON",
    "malformed JSON",
    "truncated JSON",
    "wrong JSON",
    "empty",
    "unexpected 204",
    "unknown charset",
}
"""What a client that asks for no more than bytes takes for an answer."""


@pytest.fixture
def faulty() -> Iterator[FaultServer]:
    """A server with an item."""
    with FaultServer() as server:
        server.items.contents["items/1"] = {"id": 1}
        yield server


def settled(world: World, server: FaultServer, method: str = "POST", path: str = "/items", **settings: Any) -> Any:
    """What a call becomes: a status, or an error."""
    settings = {"timeout": SOON, "deadline": 0.4, **ONCE, **settings}
    client = world.client(base_url=server.url, **settings)
    body = {"content": b'{"name": "Ada"}'} if method in {"POST", "PUT"} else {}
    try:
        return world(client.request(method, path, raise_on_error=False, **body)).http.status_code
    except RestkitError as error:
        return type(error).__name__
    finally:
        world.close(client)


@pytest.mark.parametrize("name", PLAIN)
def test_a_fault(world: World, name: str) -> None:
    """It comes to its end; a write is applied once at most, and as the fault says; afterwards all is well."""
    answers = name in HARMLESS or FAULTS[name].kind in {"status", "redirect"} or "413" in name
    patience = {"deadline": 5.0, "timeout": 5.0} if answers else {}
    with FaultServer([name]) as server:
        came = settled(world, server, **patience)
        server.release()
        after = settled(world, server, "GET", "/items", deadline=5.0, timeout=5.0)
        applied = len(server.ledger.writes)

    assert 200 == after
    assert FAULTS[name].applies == bool(applied)
    assert answers == isinstance(came, int)
    assert 0 == server.ledger.open


@pytest.mark.parametrize("name", SECURE)
def test_a_fault_of_tls(world: World, name: str) -> None:
    """Beneath TLS, or by it."""
    with FaultServer([name], tls=shown_by(issued())) as server:
        came = settled(world, server, verify=trusting())
        server.release()
        after = settled(world, server, "GET", "/items", verify=trusting(), deadline=5.0, timeout=5.0)

    assert (True, 200) == (isinstance(came, str), after)


def test_a_sequence(world: World, faulty: FaultServer) -> None:
    """A fault for each request; behind the last all is well."""
    faulty.play([503, "429, at once", None, "reset unanswered", "ok", OK, status(418)])

    assert [503, 429, 200, "ReadError", 200, 200, 418, 200] == [
        settled(world, faulty, "GET", "/items/1") for _ in range(8)
    ]


@pytest.mark.parametrize("told", ["503", 503, FAULTS["503"]])
def test_a_single_fault(world: World, faulty: FaultServer, told: Any) -> None:
    """Needs no list."""
    faulty.play(told)

    assert [503, 200] == [settled(world, faulty, "GET", "/items/1") for _ in range(2)]


def test_no_fault(world: World, faulty: FaultServer) -> None:
    """None is one as well."""
    faulty.play(None)

    assert 200 == settled(world, faulty, "GET", "/items/1")


def test_a_function(world: World, faulty: FaultServer) -> None:
    """It decides by the head of a request."""
    faulty.play(lambda request: "503" if request.method == "GET" else None)

    assert [503, 201] == [settled(world, faulty, "GET"), settled(world, faulty)]
    assert ["GET", "POST"] == [each.method for each in faulty.ledger.requests]


def test_chance() -> None:
    """The same seed decides the same, and no fault waits for ever."""
    first, again = (list(itertools.islice(by_chance(7), 200)) for _ in range(2))

    assert first == again
    assert 0.2 < sum(each is not OK for each in first) / 200 < 0.4
    assert not any(each.waits for each in first)
    assert {OK, FAULTS["503"]} == set(itertools.islice(by_chance(7, 0.5, ["503"]), 200))


def test_an_unknown_fault() -> None:
    """Is refused by name."""
    with FaultServer() as server, pytest.raises(InputError, match=r"'504a', which there is none of"):
        server.play(["504a"])


def test_the_ledger(world: World) -> None:
    """What came, and what was done about it."""
    with FaultServer(["reset after head", "closed unanswered, applied"]) as server:
        came = [settled(world, server) for _ in range(3)]
        server.wait_for(2)
        server.wait_until_left()
        ledger = server.ledger

    assert ["ReadError", "ReadError", 201] == [each if each != "NoAnswer" else "ReadError" for each in came]
    assert (3, 2, 3) == (ledger.begun, len(ledger.requests), ledger.connections)
    assert [("POST", "/items", b'{"name": "Ada"}')] == [(w.method, w.target, w.body) for w in ledger.doubled]
    assert ledger.size > 200


def test_keys(world: World, faulty: FaultServer) -> None:
    """A write with a key is applied once, and answered as before."""
    faulty.play("reset unanswered, applied")
    client = world.client(base_url=faulty.url, timeout=SOON, **ONCE)
    with pytest.raises(ReadError):
        world(client.post("/items", json={}, idempotency_key="k1"))
    world(client.post("/items", json={}, idempotency_key="k1"))

    assert ({"k1": 1}, 1) == (faulty.ledger.by_key(), faulty.ledger.repeated)


def test_what_stalls_is_released(world: World, faulty: FaultServer) -> None:
    """A request that stalled is answered then."""
    faulty.play("stalls")
    faulty.release()

    assert 200 == settled(world, faulty, "GET", "/items/1")


def test_a_handshake_that_stalls_is_released(world: World) -> None:
    """It goes on then."""
    with FaultServer("handshake stalls", tls=shown_by(issued())) as server:
        server.release()
        came = settled(world, server, "GET", "/items", verify=trusting(), deadline=5.0, timeout=5.0)

    assert 200 == came


@pytest.mark.parametrize("name", ["refused", "crowded"])
def test_nobody_is_there(world: World, faulty: FaultServer, name: str) -> None:
    """From when the fault's turn comes until it is released."""
    faulty.play([None, name])

    first, second = (settled(world, faulty, "GET", "/items/1") for _ in range(2))
    faulty.release()
    third = settled(world, faulty, "GET", "/items/1")

    assert (200, {"refused": "ConnectError", "crowded": "ConnectTimeout"}[name], 200) == (first, second, third)


def test_nobody_is_there_at_once(world: World, faulty: FaultServer) -> None:
    """When it is told so between requests."""
    faulty.play("refused")

    assert "ConnectError" == settled(world, faulty, "GET", "/items/1")


def test_an_api_of_ones_own(world: World) -> None:
    """Answers in place of the items."""

    def api(request: Received) -> Answered:
        """Say what was asked for."""
        return Answered(200, f"{request.method} {request.path}".encode(), "text/plain", (("X-Seen", "1"),))

    with FaultServer(api=api) as server:
        response = world(world.client(base_url=server.url).get("/users/7"))

    assert ("GET users/7", "1") == (response.text, response.headers["X-Seen"])


def test_a_fault_of_ones_own(world: World, faulty: FaultServer) -> None:
    """Is made of steps."""
    odd = Fault(
        name="odd", kind="head", about="says hello first", script=(Head(), Body(), Apply(), Say(b"hello"), Reply())
    )
    faulty.play(odd)

    assert "BrokenAnswer" == settled(world, faulty, "GET", "/items/1")


def talk(server: FaultServer, *said: bytes) -> bytes:
    """Say something on a bare socket, piece by piece, and hear everything until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.settimeout(5)
        for each in said:
            line.sendall(each)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


CHUNKED = b"POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_chunks_are_read(faulty: FaultServer) -> None:
    """With their extensions and trailers."""
    said = talk(faulty, CHUNKED, b'5;x=1\r\n{"a":\r\n2\r\n1}\r\n0\r\nX-Trailer: 1\r\n\r\n')

    assert said.startswith(b"HTTP/1.1 201 Created\r\n")
    assert [b'{"a":1}'] == [each.body for each in faulty.ledger.requests]


def test_a_request_within_chunks_is_looked_at(faulty: FaultServer) -> None:
    """A step that takes part of a body takes part of chunks too."""
    faulty.play(Fault(name="taken", kind="sending", about="takes a few bytes", script=(Head(), Take(3), *HEALTHY[1:])))

    assert b" 201 " in talk(faulty, CHUNKED, b"2\r\n{}\r\n0\r\n\r\n")


def test_a_client_that_waits_for_100(faulty: FaultServer) -> None:
    """Is told to go on."""
    head = b"POST /items HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"

    assert talk(faulty, head, b"{}").startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")
    assert "1, 2" == faulty.ledger.requests[0].headers["x-a"]


def test_a_request_that_ends_its_connection(faulty: FaultServer) -> None:
    """Gets its answer, and nothing comes after it."""
    said = talk(faulty, b"GET /items/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" * 2)

    assert 1 == said.count(b"HTTP/1.1 200")


def test_requests_that_come_together(faulty: FaultServer) -> None:
    """Are answered one after the other."""
    assert 2 == talk(faulty, b"GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n" * 2).count(b"HTTP/1.1 200")


def test_an_answer_without_a_body_gets_one_to_be_damaged(faulty: FaultServer) -> None:
    """Since what is not there cannot be cut."""
    faulty.play("truncated gzip")

    said = talk(faulty, b"DELETE /items/1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n")

    assert said.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n")


def test_an_odd_status(faulty: FaultServer) -> None:
    """Has odd words behind it."""
    faulty.play(status(299))

    assert talk(faulty, b"GET /items/1 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 299 Odd\r\n")


@pytest.mark.parametrize("said", [b"GET\r\n\r\n", b"x" * 200_000, b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b""])
def test_no_request(faulty: FaultServer, said: bytes) -> None:
    """What is no HTTP ends its connection, and no other."""
    try:
        heard = talk(faulty, said)
    except OSError:
        heard = b""

    assert b"" == heard
    assert talk(faulty, b"GET /items/1 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


def test_a_body_read_twice(faulty: FaultServer) -> None:
    """Is read once."""
    faulty.play(Fault(name="twice", kind="sending", about="reads twice", script=(Head(), Head(), Body(), *HEALTHY)))

    assert b" 201 " in talk(faulty, b"POST /items HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
    assert 1 == len(faulty.ledger.requests)


def test_a_large_upload(world: World, faulty: FaultServer) -> None:
    """Comes whole, over buffers that are small."""
    client = world.client(base_url=faulty.url)
    world(client.post("/items", content=b"x" * 1_000_000))

    assert [1_000_000] == [len(each.body) for each in faulty.ledger.requests]


def test_a_drip_that_is_released(faulty: FaultServer) -> None:
    """Goes on with what comes behind it."""
    faulty.play(Fault(name="drip", kind="body", about="drips", script=(*HEALTHY, Drip(b".", 0.001))))
    faulty.release()

    assert talk(faulty, b"GET /items/1 HTTP/1.1\r\n\r\n").endswith(b"}")


def test_waiting_for_what_does_not_come(faulty: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails, and tells what has come."""
    monkeypatch.setattr("restkit.testing.faults.server.PATIENCE", 0.01)

    with pytest.raises(AssertionError, match="1 requests did not come: Ledger"):
        faulty.wait_for(1)


def test_every_fault_is_described() -> None:
    """By a name of its own, and a sentence."""
    assert all(name == fault.name and fault.about for name, fault in FAULTS.items())
    assert {"connecting", "sending", "head", "body", "content", "status", "redirect"} == {
        fault.kind for fault in FAULTS.values()
    }
    assert len(FAULTS) > 80


def test_faults_that_end_by_themselves() -> None:
    """Are those that chance chooses from; many of them end their connection."""
    found = harmless()

    assert not any(each.waits for each in found)
    assert 20 < sum(each.ends for each in found)
