"""Calls to httpbin, which answers as it is asked to: statuses, encodings, echoes."""

from __future__ import annotations

import pytest

from restkit import Async, Client, NotFound, ServerError, StatusError, Unauthorized
from tests.servers.served import Served

pytestmark = pytest.mark.server


@pytest.fixture
def address(served: Served) -> str:
    """The server's address."""
    return served("httpbin").address


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
