"""Bodies that are sent again: the same, or not at all."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import BodyChanged, ReadError, RestkitError, RetryPolicy, ServerError
from restkit.flow import Emit, Emitting
from restkit.flow.blocking import iterate
from restkit.flow.outgoing import outside
from restkit.flow.sameness import Sameness
from tests.client.worlds import World
from tests.loopback import Loopback

SOON = RetryPolicy(wait=0)
PARTS = st.lists(st.binary(max_size=5), max_size=5)


def emitted(parts: Iterable[bytes]) -> Emitting[bytes]:
    """Pieces, as a source gives them."""
    for part in parts:
        yield from Emit(part)


def read(sameness: Sameness, parts: Iterable[bytes], most: int = 100) -> bytes:
    """What an attempt hands over, of so many pieces at the most."""
    pieces: Any = iterate(sameness.compared(emitted(parts)), outside())
    found = [piece for _, piece in zip(range(most), pieces, strict=False)]
    pieces.close()
    return b"".join(found)


@given(PARTS, st.integers(0, 6), PARTS)
def test_a_body_passes_if_it_begins_as_it_did(first: list[bytes], taken: int, second: list[bytes]) -> None:
    """As far as it was read; read to its end, it must be the same body."""
    sameness = Sameness()
    before = read(sameness, first, taken)
    was_whole = taken > len(first)
    whole = b"".join(second)
    same = whole == before if was_whole else whole.startswith(before)

    try:
        found = read(sameness, second)
    except BodyChanged:
        assert not same
    else:
        assert (True, whole) == (same, found)


@given(PARTS, PARTS)
def test_no_changed_body_is_complete(first: list[bytes], second: list[bytes]) -> None:
    """It comes to no end."""
    sameness, whole = Sameness(), b"".join(first)
    _ = read(sameness, first)

    with contextlib.suppress(BodyChanged):
        assert whole == read(sameness, second)


def test_an_attempt_is_compared_with_the_one_that_went_furthest() -> None:
    """Not with the last one."""
    sameness = Sameness()
    _ = read(sameness, [b"abc", b"def"], 2)
    _ = read(sameness, [b"abc"], 1)

    with pytest.raises(BodyChanged):
        read(sameness, [b"abc", b"xyz"])


CONTENTS: dict[str, Any] = {
    "bytes": lambda _: b"0123456789" * 3,
    "text": lambda _: "0123456789" * 3,
    "BytesIO": lambda _: io.BytesIO(b"0123456789" * 3),
    "BytesIO from within": lambda _: moved(io.BytesIO(b"xyz" + b"0123456789" * 3), 3),
    "path": lambda folder: written(folder / "body", b"0123456789" * 3),
    "list": lambda _: [b"0123456789"] * 3,
    "function": lambda _: lambda: iter([b"0123456789"] * 3),
}


def moved(file: io.BytesIO, place: int) -> io.BytesIO:
    """A file that does not stand at its beginning."""
    _ = file.seek(place)
    return file


def written(path: Path, content: bytes) -> Path:
    """A file with that content."""
    _ = path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("fault", ["down", "hang-up", "truncated"])
def test_a_body_is_sent_again_whole(world: World, server: Loopback, tmp_path: Path, kind: str, fault: str) -> None:
    """From where it began."""
    client = world.client(base_url=server.url, retry=SOON)
    answer = world(client.put(f"/once/{fault}", content=CONTENTS[kind](tmp_path)))

    assert (200, [b"0123456789" * 3] * 2) == (answer.status_code, [each.body for each in server.received])


def test_forms_with_files_are_sent_again_whole(world: World, server: Loopback) -> None:
    """With the same boundary."""
    client = world.client(base_url=server.url, retry=SOON)
    _ = world(client.put("/once/down", data={"a": "1"}, files={"b": io.BytesIO(b"content")}))
    first, second = (each.body for each in server.received)

    assert (True, True) == (first == second, b"content" in second)


def once(pieces: int = 3) -> Iterator[bytes]:
    """A body that can be read once."""
    for _ in range(pieces):
        yield b"0123456789"


def test_an_iterator_is_sent_once(world: World, server: Loopback) -> None:
    """Its error says why."""
    client = world.client(base_url=server.url, retry=SOON)

    with pytest.raises(ServerError) as caught:
        world(client.put("/once/down", content=once()))

    assert (["not sent again: its body can be sent once only"], 1) == (caught.value.__notes__, len(server.received))


def test_an_iterator_is_sent_once_to_a_mock(world: World) -> None:
    """Which reads it into the request: a further attempt would not have it there."""
    client = world.mocked(lambda _: httpx.Response(503), retry=SOON)

    with pytest.raises(ServerError) as caught:
        world(client.put("/x", content=once()))

    assert (["not sent again: its body can be sent once only"], 1) == (
        caught.value.__notes__,
        len(caught.value.attempts),
    )


def test_an_iterator_that_nobody_has_begun_is_sent_again(world: World) -> None:
    """Nothing of it is missing."""
    fails = [True]

    def handler(_: httpx.Request) -> httpx.Response:
        if fails and fails.pop():
            raise httpx.ConnectError("no")
        return httpx.Response(200)

    client = world.client(base_url="http://api.test", transport=Unread(handler), retry=SOON)

    assert 200 == world(client.put("/x", content=once())).status_code


class Unread(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that fails before it reads a body."""

    def __init__(self, handler: Any) -> None:
        self.handler = handler

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Blocking."""
        return self.handler(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Awaiting."""
        return self.handler(request)


class Own(Exception):
    """The caller's own."""


def test_an_error_of_the_callers_own_is_not_tried_again(world: World, server: Loopback) -> None:
    """It would come again."""
    times: list[int] = []

    def breaks() -> Iterator[bytes]:
        times.append(1)
        yield b"x"
        raise Own

    client = world.client(base_url=server.url, retry=SOON)
    with pytest.raises(Own):
        world(client.put("/echo", content=breaks))

    assert [1] == times


@pytest.mark.parametrize("change", [b"x123456789" * 3, b"0123456789" * 4, b"0123456789"], ids=["other", "more", "less"])
def test_a_body_that_has_changed_is_not_sent_again(world: World, server: Loopback, change: bytes) -> None:
    """The server never has the changed one, and the error knows of the attempts."""
    bodies = iter([b"0123456789" * 3, change])
    client = world.client(base_url=server.url, retry=SOON)

    with pytest.raises(BodyChanged) as caught:
        world(client.put("/once/down", content=lambda: iter([next(bodies)])))

    assert ([b"0123456789" * 3], 2, "PUT") == (
        [each.body for each in server.received],
        len(caught.value.attempts),
        caught.value.method,
    )


def test_a_body_that_has_changed_is_not_redirected(world: World) -> None:
    """It is compared with what was sent before, wherever that went."""
    bodies, read = iter([b"first", b"other"]), list[bytes]()

    def handler(request: httpx.Request) -> httpx.Response:
        read.append(request.content)
        return httpx.Response(307, headers={"Location": "/new"})

    client = world.mocked(handler, retry=SOON, redirects=True)
    with pytest.raises(BodyChanged):
        world(client.put("/old", content=lambda: iter([next(bodies)])))

    assert [b"first"] == read


def test_a_file_that_has_changed_is_not_sent_again(world: World, server: Loopback) -> None:
    """Though it is as long as before."""
    file = io.BytesIO(b"0123456789")

    def change(_: object) -> None:
        file.getbuffer()[3:4] = b"x"

    client = world.client(base_url=server.url, retry=RetryPolicy(wait=0, on_retry=change))
    with pytest.raises(BodyChanged):
        world(client.put("/once/down", content=file))

    assert [b"0123456789"] == [each.body for each in server.received if len(each.body) == 10]


@pytest.mark.parametrize("fault", ["hang-up", "truncated"])
def test_a_write_is_not_sent_again_after_its_head(world: World, server: Loopback, fault: str) -> None:
    """The server may have acted on it."""
    client = world.client(base_url=server.url, retry=SOON)

    with pytest.raises(ReadError) as caught:
        world(client.post(f"/once/{fault}", json={"a": 1}))

    assert (1, 1, ["not sent again: the server may have acted on it"]) == (
        len(server.received),
        len(caught.value.attempts),
        caught.value.__notes__,
    )


def test_what_was_written_is_known_of_an_answer_that_broke_off(world: World, server: Loopback) -> None:
    """Also where it broke off within its body."""
    client = world.client(base_url=server.url, retry=False)

    with pytest.raises(RestkitError) as caught:
        world(client.post("/truncated", content=b"x" * 10))

    sent = caught.value.attempts[0].bytes_sent
    assert sent
    assert sent > 10
