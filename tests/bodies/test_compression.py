"""Compressed bodies: what the server unpacks is what was sent."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import Client, InputError, M, Op, Resource, Upload, operation
from restkit.bodies.gzipped import gzipped
from restkit.bodies.kinds import source_of
from restkit.flow.outgoing import Outgoing
from tests.bodies.content import AWAITING, async_pieces, twice
from tests.client.worlds import World
from tests.loopback import Loopback, Received

LARGE = b"again and " * 103  # 1030 bytes
SMALL = b"x" * 1024


def unpacked(received: Received) -> tuple[str | None, bytes]:
    """The coding of a body, and what it holds."""
    coding = received.headers.get("content-encoding")
    return coding, gzip.decompress(received.body) if coding == "gzip" else received.body


@pytest.mark.parametrize("content", [LARGE, LARGE.decode(), Upload(LARGE)], ids=["bytes", "text", "upload"])
def test_a_large_body_in_memory(world: World, server: Loopback, content: Any) -> None:
    """It is compressed at once, and has a length."""
    world(world.client(base_url=server.url, compress="gzip").post("/echo", content=content))
    received = server.received[0]

    assert (("gzip", LARGE), str(len(received.body))) == (unpacked(received), received.headers["content-length"])


def test_a_large_body_of_json(world: World, server: Loopback) -> None:
    """Its media type stays."""
    world(world.client(base_url=server.url, compress="gzip").post("/echo", json=["x" * 2000]))
    received = server.received[0]

    assert (("gzip", b'["' + b"x" * 2000 + b'"]'), "application/json") == (
        unpacked(received),
        received.headers["content-type"],
    )


@pytest.mark.parametrize("kind", ["path", "open", "iterator", "form", "files"])
def test_a_body_that_is_streamed(world: World, server: Loopback, tmp_path: Path, kind: str) -> None:
    """It is compressed on the way, in chunks; a form is bytes."""
    path = tmp_path / "large"
    path.write_bytes(LARGE)
    with path.open("rb") as file:
        body: dict[str, Any] = {
            "path": {"content": path},
            "open": {"content": file},
            "iterator": {"content": iter([LARGE])},
            "form": {"data": {"f": LARGE.decode()}},
            "files": {"files": {"f": path}},
        }[kind]
        world(world.client(base_url=server.url, compress="gzip").post("/echo", **body))
    coding, content = unpacked(server.received[0])

    assert ("gzip", True) == (coding, LARGE in content.replace(b"+", b" "))


@AWAITING
def test_a_body_that_is_awaited(world: World, server: Loopback) -> None:
    """Whatever its length, since nobody knows it."""
    world(world.client(base_url=server.url, compress="gzip").post("/echo", content=async_pieces()))

    assert ("gzip", b"one two three") == unpacked(server.received[0])


@pytest.mark.parametrize(
    "body", [{"content": SMALL}, {"content": Upload(lambda: SMALL, length=1024)}, {"json": {}}, {}]
)
def test_a_small_body_stays_as_it_is(world: World, server: Loopback, body: dict[str, Any]) -> None:
    """One of 1 KiB, or less, or none."""
    world(world.client(base_url=server.url, compress="gzip").post("/echo", **body))

    assert "content-encoding" not in server.received[0].headers


def test_what_is_compressed_already_stays_as_it_is(world: World, server: Loopback) -> None:
    """Its header says so."""
    packed = gzip.compress(LARGE * 100, compresslevel=0)
    client = world.client(base_url=server.url, compress="gzip")
    world(client.post("/echo", content=packed, headers={"content-encoding": "gzip"}))

    assert packed == server.received[0].body


def test_a_compressed_body_can_be_sent_again(world: World, server: Loopback) -> None:
    """The same bytes: no time is written into them."""
    client = world.client(base_url=server.url, compress="gzip", attempt_layers=[twice])
    world(client.post("/echo", content=[LARGE]))
    world(client.post("/echo", content=[LARGE]))

    assert 1 == len({received.body for received in server.received})


class Reports(Resource[dict[str, Any], M], path="echo"):
    """Something large."""

    @operation(compress="gzip")
    def send(self, content: bytes) -> Op[Any]:
        """Send it."""
        return self.call("POST", content=content)


class Archive(Client[M]):
    """With one resource."""

    reports: Reports[M]


def test_a_call_and_an_operation_and_a_view_say_for_themselves(world: World, server: Loopback) -> None:
    """The more special place wins."""
    client = world.client(Archive, base_url=server.url)
    world(client.post("/echo", content=LARGE, compress="gzip"))
    world(client.reports.send(LARGE))
    world(client.with_options(compress="gzip").post("/echo", content=LARGE))
    world(client.with_options(compress="gzip").post("/echo", content=LARGE, compress=None))

    assert ["gzip", "gzip", "gzip", None] == [unpacked(received)[0] for received in server.received]


def test_a_wrong_coding_is_refused(world: World, server: Loopback) -> None:
    """There is one."""
    with pytest.raises(InputError, match="compress is no content coding"):
        world(world.client(base_url=server.url).post("/echo", content=LARGE, compress="br"))


@given(st.lists(st.binary(max_size=999), max_size=9))
def test_any_body_is_unpacked_as_it_was(pieces: list[bytes]) -> None:
    """However it comes."""
    source: Any = gzipped(source_of("content", pieces))
    whole: Any = gzipped(b"".join(pieces))

    assert [b"".join(pieces)] * 2 == [gzip.decompress(b"".join(Outgoing(source))), gzip.decompress(whole)]


@pytest.mark.parametrize("content", [iter([LARGE]), lambda: iter([LARGE])], ids=["once", "again"])
def test_it_is_as_replayable_as_what_it_packs(content: Any) -> None:
    """Before it is read, and after."""
    source: Any = gzipped(source_of("content", content))
    before = source.is_replayable
    _ = list(Outgoing(source))

    assert (True, callable(content), False) == (before, source.is_replayable, source.is_asynchronous)
