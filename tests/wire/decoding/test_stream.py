"""A response's stream, in the three worlds."""

from __future__ import annotations

import gzip
from typing import Any

import anyio
import httpx
import pytest

from restkit.errors import BadEncoding, TruncatedBody, UnsupportedEncoding
from restkit.wire.decoding import DecodedStream, Decoding
from tests.client.worlds import World
from tests.wire.decoding.conftest import Raw
from tests.wire.decoding.encoded import FORMS, in_gzip

BODY = b"a line of text\n" * 99
LARGE = bytes(3_000_000)


def ended(world: World, raw: Raw, *given: Any) -> tuple[bytes, str, int]:
    """What came out, the error that ended it, and how often the raw stream was closed."""
    found: list[bytes] = []
    error = ""
    try:
        found.extend(world.items(DecodedStream(raw, *given)))
    except Exception as raised:  # noqa: BLE001 - whichever
        error = type(raised).__name__
    return b"".join(found), error, raw.closed


@pytest.mark.parametrize("form", FORMS)
def test_a_body(world: World, form: str) -> None:
    """Decoded, the raw stream closed."""
    name, encode = FORMS[form]
    encoded = encode(BODY)

    assert (BODY, "", 1) == ended(world, Raw(encoded[:9], b"", encoded[9:]), name)


def test_a_body_that_is_not_encoded(world: World) -> None:
    """It is as it came."""
    assert (BODY, "", 1) == ended(world, Raw(BODY))


@pytest.mark.parametrize("name", ["gzip", "foo", "gzip, gzip, gzip"])
@pytest.mark.parametrize("chunks", [(), (b"",)], ids=["none", "empty"])
def test_a_body_without_a_byte(world: World, name: str, chunks: tuple[bytes, ...]) -> None:
    """It is empty, whatever it is said to be."""
    assert (b"", "", 1) == ended(world, Raw(*chunks), name)


@pytest.mark.parametrize(
    ("chunks", "name", "error"),
    [
        ((in_gzip(BODY)[:-1],), "gzip", TruncatedBody),
        ((in_gzip(BODY), b"x"), "gzip", BadEncoding),
        ((b"x",), "foo", UnsupportedEncoding),
    ],
    ids=["cut", "bad", "unknown"],
)
def test_a_body_that_cannot_be_decoded(world: World, chunks: tuple[bytes, ...], name: str, error: type) -> None:
    """The error is the same everywhere, and the raw stream is closed."""
    _, raised, closed = ended(world, Raw(*chunks), name)

    assert (error.__name__, 1) == (raised, closed)


def test_a_body_that_is_too_large(world: World) -> None:
    """The raw stream is closed."""
    found, raised, closed = ended(world, Raw(gzip.compress(LARGE)), "gzip", Decoding(1_000_000))

    assert ("TooLarge", 1, True) == (raised, closed, len(found) <= 1_000_000)


def test_pieces_are_small(world: World) -> None:
    """However much a chunk holds: at most 256 KiB."""
    sizes = [len(piece) for piece in world.items(DecodedStream(Raw(gzip.compress(LARGE)), "gzip"))]

    assert (3_000_000, 262_144) == (sum(sizes), max(sizes))


def test_a_raw_stream_that_breaks(world: World) -> None:
    """Its error passes, and it is closed."""
    assert (b"", "ReadError", 1) == ended(world, Raw(in_gzip(BODY)[:5], error=httpx.ReadError("reset")), "gzip")


def test_what_went_wrong_first_is_told(world: World) -> None:
    """Not that the raw stream could not be closed either."""
    raw = Raw(b"x", closing_fails=httpx.CloseError("too late"))

    assert (b"", "BadEncoding", 1) == ended(world, raw, "gzip")


def test_a_raw_stream_that_cannot_be_closed(world: World) -> None:
    """After a whole body that is an error."""
    assert (BODY, "CloseError", 1) == ended(world, Raw(BODY, closing_fails=httpx.CloseError("no")))


def test_closing_early(world: World) -> None:
    """Once, however often it is said."""
    raw = Raw(in_gzip(BODY), in_gzip(BODY))
    stream = DecodedStream(raw, "gzip")
    iterator = world.items(stream)
    _ = next(iterator)
    iterator.close()

    before = raw.closed
    for _ in range(2):
        world.close(stream)

    assert (0, 1) == (before, raw.closed)


def test_closing_unread(world: World) -> None:
    """It was never begun."""
    raw = Raw(in_gzip(BODY))

    world.close(DecodedStream(raw, "gzip"))

    assert 1 == raw.closed


def test_closing_after_the_end(world: World) -> None:
    """Nothing more happens."""
    raw = Raw(in_gzip(BODY))
    stream = DecodedStream(raw, "gzip")
    _ = list(world.items(stream))

    world.close(stream)

    assert 1 == raw.closed


def test_an_iteration_that_is_given_up(world: World) -> None:
    """The raw iteration ends with it."""
    raw = Raw(in_gzip(BODY), b"more")
    iterator = world.items(DecodedStream(raw, "gzip"))
    _ = next(iterator)

    iterator.close()

    assert 1 == raw.ended


async def test_cancelling_closes_nothing() -> None:
    """Whoever holds the response closes it, in the time that they have for it."""
    raw = Raw(gzip.compress(LARGE * 3))
    stream = DecodedStream(raw, "gzip")

    with anyio.CancelScope() as scope:
        async for _ in stream:
            scope.cancel()

    assert (True, 0, 1) == (scope.cancelled_caught, raw.closed, raw.ended)


async def test_others_have_their_turn() -> None:
    """While much comes out of one chunk."""
    turns: list[str] = []

    async def other() -> None:
        """Somebody else."""
        turns.append("other")

    async with anyio.create_task_group() as group:
        group.start_soon(other)
        seen = [len(turns) async for _ in DecodedStream(Raw(gzip.compress(LARGE)), "gzip")]

    assert (0, 1) == (seen[0], seen[-1])


def test_reading_again(world: World) -> None:
    """It begins anew, as the raw stream does."""
    stream = DecodedStream(Raw(in_gzip(BODY)), "gzip")

    assert [[BODY], [BODY]] == [list(world.items(stream)) for _ in range(2)]
