"""A declared length is kept, to the byte."""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import InputError, Upload
from restkit.bodies.kinds import source_of
from restkit.flow.outgoing import Outgoing
from tests.client.worlds import World
from tests.loopback import PATIENCE, Loopback
from tests.wire.conftest import Speak

Listen = Callable[[], bytes]


@pytest.fixture
def taking(speak: Speak) -> tuple[str, Listen]:
    """A server that takes what comes until the connection ends: its URL, and what it took."""
    taken: queue.Queue[bytes] = queue.Queue()

    def take(connection: socket.socket) -> None:
        said = b""
        while piece := connection.recv(65536):
            said += piece
        taken.put(said)

    return speak(take), lambda: taken.get(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("pieces", "length", "arrived"),
    [
        pytest.param([b"abc", b"def"], 7, b"abcdef", id="one too few"),
        pytest.param([], 1, b"", id="nothing"),
        pytest.param([b"abc", b"def"], 5, b"abc", id="one too many"),
        pytest.param([b"abc", b"def", b"g"], 6, b"abc", id="a piece too many"),
        pytest.param([b"GET / HTTP/1.1\r\n\r\n"], 0, b"", id="a request in the body"),
    ],
)
def test_another_length_than_declared(
    world: World, taking: tuple[str, Listen], pieces: list[bytes], length: int, arrived: bytes
) -> None:
    """It is refused, the connection ends, and the server never sees a whole body, or a byte beyond one."""
    url, listen = taking
    client = world.client(base_url=url)
    how = "more" if len(b"".join(pieces)) > length else "fewer"

    with pytest.raises(InputError, match=f"content has {how} bytes than its length of {length}"):
        world(client.post("/x", content=Upload(iter(pieces), length=length)))

    head, _, body = listen().partition(b"\r\n\r\n")
    assert (True, arrived) == (f"content-length: {length}" in head.decode().lower(), body)


def test_a_wrong_length_within_a_form(world: World, taking: tuple[str, Listen]) -> None:
    """The form's length counts on it."""
    url, listen = taking
    client = world.client(base_url=url)

    with pytest.raises(InputError, match=r"files\['f'\] has fewer bytes than its length of 4"):
        world(client.post("/x", files={"f": Upload(iter([b"abc"]), length=4)}))

    assert b"abc" in listen()


def test_the_next_call_is_well(world: World, server: Loopback) -> None:
    """It has a connection of its own."""
    client = world.client(base_url=server.url)
    with pytest.raises(InputError):
        world(client.post("/users", content=Upload(iter([b"{}", b"{}"]), length=2)))

    assert 201 == world(client.post("/users", json={})).status_code


PIECES = st.lists(st.binary(max_size=5), max_size=6)


@given(PIECES, st.integers(0, 12))
def test_no_wrong_body_is_whole(pieces: list[bytes], declared: int) -> None:
    """As many bytes as declared, or an error and fewer."""
    sent = b""
    source: Any = source_of("content", Upload(lambda: iter(pieces), length=declared))
    try:
        for piece in Outgoing(source):
            sent += piece
    except InputError:
        is_refused = True
    else:
        is_refused = False
    whole = b"".join(pieces)

    assert (len(whole) != declared, True) == (is_refused, whole.startswith(sent))
    assert len(sent) < declared or not is_refused or declared == 0


def test_httpx_knows_the_length() -> None:
    """Of a stream as of a header."""
    source: Any = source_of("content", Upload(lambda: b"abc", length=3))

    assert (3, True) == (Outgoing(source).length, isinstance(Outgoing(source), httpx.SyncByteStream))
