"""Calls to nginx: kept and ended connections, early refusals, slow and odd bodies, TLS, and a Unix socket."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit import DeadlineExceeded, ProtocolError
from restkit.errors import TLSVerifyError
from tests.client.worlds import World
from tests.loopback import PATIENCE
from tests.servers.calling import Caller, Connect
from tests.servers.running import Running
from tests.servers.served import Served
from tests.wire.transports import Httpx, Make, transports

pytestmark = pytest.mark.server

PAGE = b"0123456789\n" * 100
"""A page of nginx's."""
LARGE = b"x" * 10_000_000


@pytest.fixture
def nginx(served: Served) -> Running:
    """The server."""
    return served("nginx")


@pytest.fixture
def work(nginx: Running) -> Path:
    """The folder it runs in."""
    return nginx.log.parent


@pytest.fixture
def call(connect: Connect, nginx: Running) -> Caller:
    """A client of it."""
    return connect(nginx.address)


@pytest.fixture
def secure(nginx: Running) -> str:
    """Its address over TLS."""
    return nginx.address.replace("http://127.0.0.1", "https://127.0.0.2")


@pytest.fixture
def trust(work: Path) -> ssl.SSLContext:
    """What knows its certificate."""
    return ssl.create_default_context(cafile=work / "ca.pem")


def connections(*answers: Any) -> int:
    """Over how many connections these came, as nginx counts."""
    return len({answer.headers["X-Connection"] for answer in answers})


def wait_until_ended(address: str) -> None:
    """Wait until the server has ended each connection that a client on this machine keeps with it."""
    port, over = httpx.URL(address).port, time.monotonic() + PATIENCE
    while port in established():
        assert time.monotonic() < over, "the connection stays open"


def established() -> set[int]:
    """The ports at the other ends of this machine's connections, without those that one side has ended."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return {int(row[2].partition(":")[2], 16) for row in rows if row[3] == ESTABLISHED}


ESTABLISHED = "01"
"""Linux's word for it."""


def test_a_connection_is_kept(call: Caller) -> None:
    """For one call after the other."""
    answers = [call("GET", "/") for _ in range(5)]

    assert (1, "5") == (connections(*answers), answers[-1].headers["X-Requests"])


@pytest.mark.parametrize(
    "path", ["/page.html", "/gzip/page.html", "/chunked/page.html", "/empty", "/nothing", "/moved", "/hinted"]
)
def test_a_connection_is_kept_after_any_answer(call: Caller, path: str) -> None:
    """Whatever ends its body."""
    assert 1 == connections(call("GET", path), call("HEAD", path), call("GET", "/"))


def test_a_connection_is_left_when_it_served_enough(call: Caller) -> None:
    """The server says so in its last answer."""
    answers = [call("GET", "/two") for _ in range(6)]

    assert (["1", "2"] * 3, 3) == ([each.headers["X-Requests"] for each in answers], connections(*answers))


def test_a_connection_that_is_not_to_be_kept(call: Caller) -> None:
    """Is not."""
    assert 3 == connections(*(call("GET", "/last") for _ in range(3)))


def test_a_connection_that_ended_idle(call: Caller, nginx: Running) -> None:
    """The next call is well, over another one."""
    first = call("GET", "/brief")
    wait_until_ended(nginx.address)
    second = call("POST", "/", content=b"sent once")

    assert (200, 2) == (second.status_code, connections(first, second))


def test_a_connection_that_broke_instead_of_an_answer(call: Caller) -> None:
    """Is an error, and the next call is well."""
    with pytest.raises((ProtocolError, httpx.RemoteProtocolError)):
        call("GET", "/drop")

    assert 200 == call("GET", "/").status_code


@pytest.mark.parametrize("path", ["/small", "/small-and-patient", "/small-put/a"])
def test_an_early_refusal_is_delivered(call: Caller, path: str) -> None:
    """The server refuses a large body by its length, and may hang up while it is sent."""
    assert 413 == call("PUT", path, content=LARGE).status_code


def test_an_early_refusal_of_a_body_in_chunks_is_delivered(call: Caller) -> None:
    """The server finds out on the way."""
    assert 413 == call("PUT", "/small-put/a", content=call.repeated(b"x" * 65536, 160)).status_code


def test_an_early_refusal_spoils_nothing(call: Caller) -> None:
    """What was left of the body is in no later request."""
    _ = call("PUT", "/small", content=LARGE)

    assert b"GET / \n" == call("GET", "/").content


def test_a_large_body_arrives(call: Caller, work: Path) -> None:
    """Whole."""
    assert call("PUT", "/put/large", content=LARGE).is_success

    assert LARGE == (work / "files" / "put" / "large").read_bytes()


def test_a_body_in_chunks_arrives(call: Caller, work: Path) -> None:
    """Whole, though nobody has said how long it is."""
    assert call("PUT", "/put/chunks", content=call.repeated(b"0123456789", 1000)).is_success

    assert b"0123456789" * 1000 == (work / "files" / "put" / "chunks").read_bytes()


def test_a_body_that_waits_for_leave_arrives(call: Caller, work: Path) -> None:
    """The server gives it by 100, which is no answer."""
    assert call("PUT", "/put/asked", content=b"may I?", headers={"Expect": "100-continue"}).is_success

    assert b"may I?" == (work / "files" / "put" / "asked").read_bytes()


def test_a_body_that_gets_no_leave(call: Caller) -> None:
    """Its refusal is the answer."""
    assert 413 == call("PUT", "/small-put/a", content=LARGE, headers={"Expect": "100-continue"}).status_code


@pytest.mark.parametrize(
    ("path", "coding", "length"),
    [
        ("/page.html", None, "1100"),
        ("/chunked/page.html", None, None),
        ("/gzip/page.html", "gzip", None),
    ],
)
def test_a_body_is_the_page(call: Caller, path: str, coding: str | None, length: str | None) -> None:
    """However it is sent."""
    answer = call("GET", path, headers={"Accept-Encoding": coding or "identity"})

    assert (PAGE, length) == (answer.content, answer.headers.get("Content-Length"))


def test_what_has_no_body(call: Caller) -> None:
    """HEAD, 204, and 304, each of which says something of one."""
    etag = call("GET", "/page.html").headers["ETag"]
    head = call("HEAD", "/page.html")
    unchanged = call("GET", "/page.html", headers={"If-None-Match": etag})
    empty = call("GET", "/empty")

    assert [(200, b""), (304, b""), (204, b"")] == [
        (each.status_code, each.content) for each in (head, unchanged, empty)
    ]
    assert ("1100", etag) == (head.headers["Content-Length"], unchanged.headers["ETag"])


def test_a_part_of_a_page(call: Caller) -> None:
    """As asked for, and one that is not there."""
    part = call("GET", "/page.html", headers={"Range": "bytes=11-20"})
    beyond = call("GET", "/page.html", headers={"Range": "bytes=9999-"})

    assert (206, b"0123456789", "bytes 11-20/1100") == (part.status_code, part.content, part.headers["Content-Range"])
    assert (416, "bytes */1100") == (beyond.status_code, beyond.headers["Content-Range"])


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/broken", 500)])
def test_a_page_about_an_error(call: Caller, path: str, status: int) -> None:
    """Is read as any other."""
    answer = call("GET", path)

    assert (status, True) == (answer.status_code, answer.text.startswith("<html>"))


def test_a_slow_body_may_be_left(call: Caller) -> None:
    """Its connection cannot be used again, and is not."""
    with call.open("/slow.txt") as response:
        left = response

    assert 2 == connections(left, call("GET", "/"))


def test_a_slow_body_ends_at_the_deadline(world: World, make: Make, nginx: Running) -> None:
    """It takes a minute, and each read of it but a moment."""
    client = world.client(base_url=nginx.address, transport=make())
    with pytest.raises(DeadlineExceeded):
        world(client.get("/slow.txt", deadline=0.2))

    assert 200 == world(client.get("/")).status_code


def test_tls(connect: Connect, secure: str, trust: ssl.SSLContext) -> None:
    """Over one connection, for those who trust the certificate."""
    call = connect(secure, verify=trust)
    answers = [call("GET", "/") for _ in range(3)]

    assert (b"GET / on\n", 1) == (answers[-1].content, connections(*answers))


def test_large_bodies_over_tls(connect: Connect, secure: str, trust: ssl.SSLContext, work: Path) -> None:
    """Both ways."""
    call = connect(secure, verify=trust)
    _ = call("PUT", "/put/secure", content=LARGE)

    assert (LARGE, LARGE) == ((work / "files" / "put" / "secure").read_bytes(), call("GET", "/put/secure").content)


def test_an_early_refusal_over_tls(connect: Connect, secure: str, trust: ssl.SSLContext) -> None:
    """Is delivered as well."""
    assert 413 == connect(secure, verify=trust)("PUT", "/small", content=LARGE).status_code


def test_a_certificate_of_another_host(connect: Connect, secure: str, trust: ssl.SSLContext) -> None:
    """Is trusted by nobody."""
    address = httpx.URL(secure)
    call = connect(
        str(address.copy_with(host="other.test")), verify=trust, resolver=lambda _host, _port: [address.host]
    )
    with pytest.raises((TLSVerifyError, httpx.ConnectError)):
        call("GET", "/")


@pytest.mark.parametrize("make", transports(stock=Httpx))
def test_a_unix_socket(connect: Connect, work: Path) -> None:
    """Is called by its path, whatever the URL's host."""
    call = connect("http://nginx.test", uds=str(work / "nginx.sock"))
    answers = [call("GET", "/") for _ in range(3)]

    assert (b"GET / \n", 1) == (answers[-1].content, connections(*answers))
