"""Calls to httpbin, which answers as it is asked to: statuses, encodings, echoes."""

from __future__ import annotations

import json

import pytest

from restkit import Async, Client, DeadlineExceeded, NotFound, ServerError, StatusError, Unauthorized
from tests.client.worlds import World
from tests.servers.calling import Caller, Connect
from tests.servers.served import Served
from tests.wire.transports import Make

pytestmark = pytest.mark.server


@pytest.fixture
def address(served: Served) -> str:
    """The server's address."""
    return served("httpbin").address


@pytest.fixture
def call(connect: Connect, address: str) -> Caller:
    """A client of it, in either world and of either make."""
    return connect(address)


@pytest.mark.parametrize(("status", "expected"), [(401, Unauthorized), (404, NotFound), (503, ServerError)])
def test_error_status_is_raised(address: str, status: int, expected: type[StatusError]) -> None:
    """A real server's error status becomes the error of its name."""
    with Client(base_url=address) as client, pytest.raises(expected) as caught:
        _ = client.get(f"/status/{status}")

    assert caught.value.status == status


@pytest.mark.parametrize(("encoding", "flag"), [("gzip", "gzipped"), ("deflate", "deflated")])
def test_compressed_answer_is_read(address: str, encoding: str, flag: str) -> None:
    """What the server compresses is read as if it had not."""
    with Client(base_url=address) as client:
        assert client.get(f"/{encoding}").data[flag] is True


async def test_what_is_sent_arrives(address: str) -> None:
    """Awaiting: parameters and body are, on the server, what was sent."""
    async with Client[Async](base_url=address) as client:
        echoed = (await client.post("/anything/users", params={"q": "ä &"}, json={"age": 36})).data

    assert (echoed["method"], echoed["args"], echoed["json"]) == ("POST", {"q": "ä &"}, {"age": 36})


async def test_chunked_answer_is_streamed(address: str) -> None:
    """Awaiting: a body that comes in pieces comes whole."""
    async with Client[Async](base_url=address) as client:
        assert len((await client.get("/stream-bytes/4096", params={"seed": 1, "chunk_size": 512})).content) == 4096


@pytest.mark.parametrize(("coding", "flag"), [("gzip", "gzipped"), ("deflate", "deflated"), ("brotli", "brotli")])
def test_a_coding_is_decoded(call: Caller, coding: str, flag: str) -> None:
    """Each that the server knows."""
    answer = call("GET", f"/{coding}", headers={"Accept-Encoding": "gzip, deflate, br"})

    assert json.loads(answer.content)[flag] is True


@pytest.mark.parametrize("status", [200, 204, 304, 404, 418, 500, 503])
def test_a_status_is_an_answer(call: Caller, status: int) -> None:
    """As the wire has it, whatever its client makes of it; the connection goes on."""
    answers = [call("GET", f"/status/{status}") for _ in range(2)]

    assert [status] * 2 == [each.status_code for each in answers]


def test_a_redirect_is_an_answer(call: Caller) -> None:
    """The transport follows none."""
    answer = call("GET", "/redirect/1")

    assert (302, "/get") == (answer.status_code, answer.headers["Location"])


@pytest.mark.parametrize("kind_of", ["redirect", "relative-redirect", "absolute-redirect"])
def test_redirects_are_followed(world: World, make: Make, address: str, kind_of: str) -> None:
    """Where a client is told to, however they are written."""
    client = world.client(base_url=address, transport=make(), redirects=3)
    answer = world(client.get(f"/{kind_of}/3"))

    assert (f"{address}/get", [302] * 3) == (str(answer.url), [each.status_code for each in answer.history])


def test_cookies_are_kept(world: World, make: Make, address: str) -> None:
    """Where a client has a jar."""
    client = world.client(base_url=address, transport=make(), redirects=True, cookies=True)
    kept = world(client.get("/cookies/set", params={"a": "1", "b": "2"})).data
    left = world(client.get("/cookies/delete", params={"a": ""})).data

    assert ({"a": "1", "b": "2"}, {"b": "2"}) == (kept["cookies"], left["cookies"])


def test_headers_arrive(call: Caller) -> None:
    """In any spelling, each with its value."""
    answer = call("GET", "/headers", headers={"X-One": "1", "x-two": "zwei; q=0.5"})
    seen = json.loads(answer.content)["headers"]

    assert ("1", "zwei; q=0.5") == (seen["X-One"], seen["X-Two"])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_body_arrives(call: Caller, method: str) -> None:
    """With each method that has one."""
    answer = call(method, f"/{method.lower()}", content=b"as it is")

    assert "as it is" == json.loads(answer.content)["data"]


def test_bytes_are_the_servers(call: Caller) -> None:
    """By length or in chunks, the same."""
    whole = call("GET", "/bytes/50000", params={"seed": 1})
    pieces = call("GET", "/stream-bytes/50000", params={"seed": 1, "chunk_size": 777})

    assert ("50000", None) == (whole.headers.get("Content-Length"), pieces.headers.get("Content-Length"))
    assert (50000, 50000) == (len(whole.content), len(pieces.content))


def test_lines_are_streamed(call: Caller) -> None:
    """An object in each."""
    answer = call("GET", "/stream/5")

    assert [0, 1, 2, 3, 4] == [json.loads(line)["id"] for line in answer.text.splitlines()]


def test_a_body_that_drips_comes_whole(call: Caller) -> None:
    """Byte by byte."""
    answer = call("GET", "/drip", params={"duration": 0.1, "numbytes": 5})

    assert b"*****" == answer.content


@pytest.mark.parametrize("path", ["/delay/5", "/drip?duration=5&numbytes=50"])
def test_a_deadline_ends_the_call(world: World, make: Make, address: str, path: str) -> None:
    """Whether the server says nothing, or a little at a time."""
    client = world.client(base_url=address, transport=make())
    with pytest.raises(DeadlineExceeded):
        world(client.get(path, deadline=0.2))

    assert 200 == world(client.get("/get")).status_code
