"""What may be handed over as content: which bytes arrive, and how they are framed."""

from __future__ import annotations

import gc
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit import JSON, Client, Flow, InputError, M, Op, Proceed, Resource, Upload, operation
from restkit.bodies.kinds import source_of
from restkit.flow.outgoing import Outgoing, is_replayable
from tests.bodies.content import (
    AGAIN,
    AGAIN_IN_CHUNKS,
    AWAITED,
    AWAITED_ONCE,
    AWAITING,
    ONCE,
    SAID,
    AsyncPieces,
    Make,
    async_pieces,
    copy,
    later,
    opened,
    pieces,
    twice,
    written,
)
from tests.client.worlds import World
from tests.loopback import Loopback, Received


def each(*tables: dict[str, Make]) -> Any:
    """A test for each kind in these tables."""
    return pytest.mark.parametrize(
        "make", [pytest.param(make, id=name) for table in tables for name, make in table.items()]
    )


def framing(received: Received) -> tuple[str | None, str | None]:
    """How a body was framed."""
    return received.headers.get("content-length"), received.headers.get("transfer-encoding")


@each(AGAIN)
def test_content_of_known_length(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Its bytes arrive, with their length."""
    client = world.client(base_url=server.url)

    world(client.post("/echo", content=make(tmp_path)))

    assert (SAID, (str(len(SAID)), None)) == (server.received[0].body, framing(server.received[0]))


@each(AGAIN_IN_CHUNKS, ONCE)
def test_content_of_unknown_length(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Its bytes arrive in chunks."""
    client = world.client(base_url=server.url)

    world(client.post("/echo", content=make(tmp_path)))

    assert (SAID, (None, "chunked")) == (server.received[0].body, framing(server.received[0]))


@each(AWAITED, AWAITED_ONCE)
def test_content_that_is_awaited(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """An awaiting client sends it in chunks; a blocking one refuses it."""
    client = world.client(base_url=server.url)

    if world.awaits:
        world(client.post("/echo", content=make(tmp_path)))

        assert (SAID, (None, "chunked")) == (server.received[0].body, framing(server.received[0]))
    else:
        with pytest.raises(InputError, match=r"content must be awaited, which a blocking client cannot"):
            client.post("/echo", content=make(tmp_path))


@pytest.mark.parametrize(
    "made",
    [AsyncPieces, async_pieces, lambda: async_pieces, lambda: later, lambda: Upload(async_pieces, length=3)],
    ids=["pieces", "generator", "factory", "awaited factory", "upload"],
)
def test_what_must_be_awaited_is_refused_before_a_byte_is_sent(server: Loopback, made: Callable[[], Any]) -> None:
    """Nothing arrives."""
    world = World("blocking", None)
    client = world.client(base_url=server.url)

    with pytest.raises(InputError, match="content must be awaited"):
        client.post("/echo", content=made())
    world.close_all()

    assert [] == server.received


@each(AGAIN, AGAIN_IN_CHUNKS)
def test_content_that_can_be_sent_again(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Each attempt sends the same bytes."""
    client = world.client(base_url=server.url, attempt_layers=[twice])

    world(client.post("/echo", content=make(tmp_path)))

    assert [SAID, SAID] == [received.body for received in server.received]


def told(world: World, server: Loopback, content: Any) -> list[bool]:
    """Whether a body could be sent again, before it was sent and after it."""
    said: list[bool] = []

    def note(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        said.append(is_replayable(request))
        response = yield from proceed(request)
        said.append(is_replayable(request))
        return response

    world(world.client(base_url=server.url, layers=[note]).post("/echo", content=content))
    return said


@each(AGAIN, AGAIN_IN_CHUNKS)
def test_what_can_be_sent_again_says_so(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Before and after."""
    assert [True, True] == told(world, server, make(tmp_path))


@AWAITING
@each(AWAITED)
def test_what_is_awaited_and_can_be_sent_again_says_so(
    world: World, server: Loopback, tmp_path: Path, make: Make
) -> None:
    """Likewise."""
    assert [True, True] == told(world, server, make(tmp_path))


@each(ONCE)
def test_what_can_be_read_once_says_so(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """It could be sent again as long as nothing was taken of it."""
    assert [True, False] == told(world, server, make(tmp_path))


@AWAITING
@each(AWAITED_ONCE)
def test_what_is_awaited_and_read_once_says_so(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Likewise."""
    assert [True, False] == told(world, server, make(tmp_path))


def sent_twice(world: World, server: Loopback, content: Any) -> list[bytes]:
    """What arrived first, when it was refused to be sent again."""
    client = world.client(base_url=server.url, attempt_layers=[twice])
    with pytest.raises(InputError, match="content can be read once only, and has been read"):
        world(client.post("/echo", content=content))
    return [received.body for received in server.received[:1]]


@each(ONCE)
def test_what_was_read_is_not_sent_again(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Rather than nothing, an error comes: in a further attempt."""
    assert [SAID] == sent_twice(world, server, make(tmp_path))


@AWAITING
@each(AWAITED_ONCE)
def test_what_was_awaited_is_not_sent_again(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Likewise."""
    assert [SAID] == sent_twice(world, server, make(tmp_path))


@pytest.mark.parametrize(
    "make", [pytest.param(ONCE["generator"], id="generator"), pytest.param(ONCE["pipe"], id="pipe")]
)
def test_what_was_read_is_not_sent_by_another_call(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """In a further execution of the same description, too."""
    client = world.client(base_url=server.url)
    op = client.post.op("/echo", content=make(tmp_path))
    world(client.execute(op))

    with pytest.raises(InputError, match="can be read once only"):
        world(client.execute(op))


def test_an_iterator_that_cannot_be_remembered_is_read_once(world: World, server: Loopback) -> None:
    """One that cannot be hashed, since it is equal to others."""

    class Equal:
        """An iterator with an equality of its own."""

        __hash__ = None  # type: ignore[assignment]
        left = 1

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Equal)

        def __iter__(self) -> Equal:
            return self

        def __next__(self) -> bytes:
            if not self.left:
                raise StopIteration
            self.left -= 1
            return SAID

    assert [SAID] == sent_twice(world, server, Equal())


def test_a_file_stands_where_it_stood(world: World, server: Loopback, tmp_path: Path) -> None:
    """So that the same description can be executed again."""
    client = world.client(base_url=server.url)
    with opened(tmp_path) as file:
        op = client.put.op("/echo", content=file)
        world(client.execute(op))
        world(client.execute(op))

        assert ([SAID, SAID], len(b"before ")) == ([received.body for received in server.received], file.tell())


def test_a_file_that_grows_is_sent_as_it_was(world: World, server: Loopback, tmp_path: Path) -> None:
    """Its length was said before."""
    path = written(tmp_path)

    def grow(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        with path.open("ab") as file:
            file.write(b" and more")
        return (yield from proceed(request))

    client = world.client(base_url=server.url, layers=[grow])
    with path.open("rb") as file:
        world(client.post("/echo", content=file))
    world(client.post("/echo", content=path))

    assert [SAID, SAID + b" and more"] == [received.body for received in server.received]


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "path"])
def test_a_file_that_shrinks_is_refused(world: World, server: Loopback, tmp_path: Path, is_open: bool) -> None:  # noqa: FBT001 - a parameter
    """Its length was said before, and cannot be kept."""
    path = written(tmp_path)

    def shrink(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        os.truncate(path, 3)
        return (yield from proceed(request))

    client = world.client(base_url=server.url, layers=[shrink])

    with path.open("rb") as file, pytest.raises(InputError, match="content became shorter while it was sent"):
        world(client.post("/echo", content=file if is_open else path))


def test_a_file_that_vanishes_is_refused(world: World, server: Loopback, tmp_path: Path) -> None:
    """It was there when the call was described."""
    path = written(tmp_path)

    def remove(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        path.unlink()
        return (yield from proceed(request))

    client = world.client(base_url=server.url, layers=[remove])

    with pytest.raises(InputError, match="content cannot be opened: No such file or directory"):
        world(client.post("/echo", content=path))


def test_a_file_that_is_closed_meanwhile(world: World, server: Loopback, tmp_path: Path) -> None:
    """Its own error comes, not another from putting it back."""
    file = opened(tmp_path)

    def close(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        file.close()
        return (yield from proceed(request))

    client = world.client(base_url=server.url, layers=[close])

    with pytest.raises(ValueError, match="closed file"):
        world(client.post("/echo", content=file))


def test_two_attempts_read_a_file_side_by_side(tmp_path: Path) -> None:
    """Each keeps its own place."""
    with opened(tmp_path) as file:
        source: Any = source_of("content", file)
        first, second = iter(Outgoing(source)), iter(Outgoing(source))
        taken = [next(first), next(second), *first, *second]

        assert [SAID, SAID] == taken


def test_two_calls_cannot_read_a_file_at_once(tmp_path: Path) -> None:
    """Neither one that is described meanwhile, nor one that was described before."""
    file = opened(tmp_path)
    first: Any = source_of("content", file)
    second: Any = source_of("content", file)
    reading = iter(Outgoing(first))
    _ = next(reading)

    with pytest.raises(InputError, match="content is a file that another call is sending"):
        source_of("content", file)
    with pytest.raises(InputError, match="another call"):
        next(iter(Outgoing(second)))
    assert ([], [SAID]) == (list(reading), list(Outgoing(second)))


def test_a_factory_is_called_for_each_attempt(world: World, server: Loopback, tmp_path: Path) -> None:
    """And a file that it opens is closed."""
    made: list[Any] = []

    def make() -> Any:
        made.append(opened(tmp_path))
        return made[-1]

    client = world.client(base_url=server.url, attempt_layers=[twice])
    world(client.post("/echo", content=make))

    assert [True, True] == [file.closed for file in made]


class Reader:
    """A file of somebody else's, which neither seeks nor tells."""

    def __init__(self) -> None:
        self._left = io.BytesIO(SAID)

    def read(self, size: int = -1) -> bytes:
        """What comes next."""
        return self._left.read(size)


def test_a_file_of_another_kind(world: World, server: Loopback) -> None:
    """It is enough that it reads."""
    world(world.client(base_url=server.url).post("/echo", content=Reader()))

    assert (SAID, "chunked") == (server.received[0].body, server.received[0].headers["transfer-encoding"])


class AsyncReader:
    """A file that is read asynchronously."""

    async def read(self, _: int = -1) -> bytes:
        """Never called."""
        return b""


def closed(folder: Path) -> Any:
    """A file that is closed."""
    file = opened(folder)
    file.close()
    return file


def waiting(folder: Path) -> Path:
    """A pipe with a name, at which nobody writes."""
    path = folder / "pipe"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda folder: written(folder).open(encoding="utf-8"), id="text mode"),
        pytest.param(closed, id="closed"),
        pytest.param(lambda folder: written(folder).open("wb"), id="write only"),
        pytest.param(lambda _: AsyncReader(), id="read asynchronously"),
        pytest.param(lambda _: httpx.Response(200), id="response"),
        pytest.param(lambda folder: folder / "missing", id="missing"),
        pytest.param(lambda folder: folder, id="directory"),
        pytest.param(waiting, id="pipe"),
        pytest.param(lambda folder: Path(f"{folder}/\0"), id="impossible"),
        pytest.param(lambda _: {"a": b"b"}, id="mapping"),
        pytest.param(lambda _: 7, id="number"),
        pytest.param(lambda _: "\ud800", id="surrogate"),
        pytest.param(lambda _: Upload(b"abc", length=4), id="length of bytes"),
        pytest.param(lambda folder: Upload(written(folder), length=4), id="length of a file"),
    ],
)
def test_what_is_no_content_is_refused(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Before a byte is sent, with the field, the reason and a remedy."""
    client, content = world.client(base_url=server.url), make(tmp_path)

    with pytest.raises(InputError) as caught:
        world(client.post("/echo", content=content))
    getattr(content, "close", gc.collect)()

    assert ("content", True, []) == (caught.value.field, bool(caught.value.remedy), server.received)


@pytest.mark.parametrize("wrong", [["text"], [7], [[b"x"]], [None]], ids=["text", "number", "list", "None"])
def test_a_piece_that_is_no_bytes_is_refused(world: World, server: Loopback, wrong: list[Any]) -> None:
    """By its type; the body stays incomplete."""
    client = world.client(base_url=server.url)

    with pytest.raises(InputError, match=f"content gives a piece of type {type(wrong[0]).__name__}"):
        world(client.post("/echo", content=wrong))


@pytest.mark.parametrize("wrong", [{"length": -1}, {"length": 1.0}, {"length": True}, {"filename": "a\0"}])
def test_a_wrong_upload_is_refused(wrong: dict[str, Any]) -> None:
    """When it is made."""
    with pytest.raises(InputError) as caught:
        Upload(b"", **wrong)

    assert next(iter(wrong)) == caught.value.field


@pytest.mark.parametrize(
    "media_type", ["", "image", "image/", "image/png\r\nX: y", "image/png; a=\n", "imäge/png", "a b/c", 7]
)
def test_a_wrong_media_type_is_refused(media_type: Any) -> None:
    """When the upload is made."""
    with pytest.raises(InputError, match="media_type is no media type"):
        Upload(b"", media_type=media_type)


def test_an_upload_does_not_show_its_content() -> None:
    """It may hold secrets."""
    assert "Upload(length=3, filename='a.txt', media_type=None)" == repr(Upload(b"abc", length=3, filename="a.txt"))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        pytest.param(b"x", None, id="bytes"),
        pytest.param("x", "text/plain; charset=utf-8", id="text"),
        pytest.param(Upload("x"), "text/plain; charset=utf-8", id="upload of text"),
        pytest.param(Upload(b"x", filename="a.png"), "image/png", id="by its name"),
        pytest.param(Upload(b"x", filename="a.tar.gz"), "application/gzip", id="compressed"),
        pytest.param(Upload(b"x", filename="a.xz"), None, id="compressed otherwise"),
        pytest.param(Upload(b"x", filename="a"), None, id="no suffix"),
        pytest.param(Upload(b"x", filename="a.png", media_type="image/x; a=1"), "image/x; a=1", id="as said"),
        pytest.param(pieces, None, id="factory"),
    ],
)
def test_content_has_its_media_type(world: World, server: Loopback, content: Any, media_type: str | None) -> None:
    """If anything is known of it."""
    world(world.client(base_url=server.url).post("/echo", content=content))

    assert media_type == server.received[0].headers.get("content-type")


def test_a_path_has_the_media_type_of_its_name(world: World, server: Loopback, tmp_path: Path) -> None:
    """As an upload with that name."""
    path = tmp_path / "a.png"
    path.write_bytes(SAID)
    world(world.client(base_url=server.url).post("/echo", content=path))

    assert "image/png" == server.received[0].headers.get("content-type")


@pytest.mark.parametrize("body", [{"content": "x"}, {"data": {"a": "b"}}, {"json": 1}], ids=str)
def test_a_callers_own_media_type_goes_first(world: World, server: Loopback, body: dict[str, Any]) -> None:
    """Whatever the body."""
    world(world.client(base_url=server.url).post("/echo", headers={"content-type": "text/x"}, **body))

    assert ["text/x"] == server.received[0].headers.get_list("content-type")


def test_a_body_of_nothing_is_none(world: World, server: Loopback) -> None:
    """A builder may be handed None."""
    client = world.client(base_url=server.url)
    world(client.build().post("/echo").content(None).execute())
    world(client.build().get("/echo").content(None).execute())

    assert [("0", None), (None, None)] == [framing(received) for received in server.received]


def test_a_hook_may_read_a_body(world: World, server: Loopback) -> None:
    """It is in memory then, and is sent from there."""

    def read(request: httpx.Request) -> Any:
        return request.aread() if world.awaits else request.read() and None

    world(world.client(base_url=server.url, before=[read]).post("/echo", content=[SAID]))

    assert SAID == server.received[0].body


def test_a_factory_of_what_must_be_awaited(server: Loopback) -> None:
    """Nobody knew before it was called."""
    world = World("blocking", None)
    client = world.client(base_url=server.url)

    with pytest.raises(InputError, match="content must be awaited"):
        client.post("/echo", content=lambda: AsyncPieces())  # noqa: PLW0108 - its annotation would tell
    world.close_all()


class Shouting(JSON):
    """A codec of one call's own."""

    media_type: str = "text/shouting"

    def encode(self, value: object) -> bytes:
        """Loud."""
        return str(value).upper().encode()


class Shouts(Resource[Any, M], path="echo"):
    """What is written by another codec."""

    @operation
    def shout(self, text: str) -> Op[Any]:
        """Write it."""
        return self.call("POST", json=text, codec=Shouting())

    @operation
    def ask(self) -> Op[Any]:
        """Read it, though as something else."""
        return self.call("GET", headers={"Accept": "text/mine"}, codec=Shouting())


class Loud(Client[M]):
    """With one resource."""

    shouts: Shouts[M]


def test_a_codec_of_the_calls_own(world: World, server: Loopback) -> None:
    """It writes the body, and says what it is and what it wants; what the caller wants goes first."""
    client = world.client(Loud, base_url=server.url)
    world(client.shouts.shout("hey"))
    world(client.shouts.ask())
    first, second = server.received

    assert (b"HEY", "text/shouting", "text/shouting", "text/mine") == (
        first.body,
        first.headers["content-type"],
        first.headers["accept"],
        second.headers["accept"],
    )


def test_a_stream_of_another_kind_is_not_known_to_be_replayable() -> None:
    """Such as one that httpx has made."""
    request = httpx.Request("POST", "https://api.test", content=pieces())

    assert (False, True) == (is_replayable(request), is_replayable(copy(httpx.Request("GET", "https://api.test"))))
