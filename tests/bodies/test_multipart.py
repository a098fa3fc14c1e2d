"""Forms with files: what arrives, as others read it."""

from __future__ import annotations

import email
import email.policy
import io
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import InputError, Upload
from restkit.bodies.asking import PIECE
from restkit.bodies.multipart import multipart
from restkit.flow.outgoing import Outgoing
from tests.bodies.content import AGAIN, AGAIN_IN_CHUNKS, SAID, Make, opened, pieces, twice, written
from tests.client.worlds import World
from tests.loopback import Loopback

DISPOSITION = re.compile(rb'form-data; name="([^"]*)"(?:; filename="([^"]*)")?')


class Seen(NamedTuple):
    """A part, as a reader sees it."""

    name: str
    filename: str | None
    content: bytes
    media_type: str | None


def read(body: bytes, media_type: str) -> list[Seen]:
    """The parts of a body, found by its boundary as RFC 2046 says, their heads read by `email`."""
    boundary = media_type.partition("boundary=")[2].encode()
    *parts, last = (b"\r\n" + body).split(b"\r\n--" + boundary)
    assert (b"", b"--\r\n") == (parts[0], last)
    return [seen(part.removeprefix(b"\r\n")) for part in parts[1:]]


def seen(part: bytes) -> Seen:
    """A part."""
    head, _, content = part.partition(b"\r\n\r\n")
    parsed = email.message_from_bytes(head + b"\r\n\r\n", policy=email.policy.HTTP)
    found = DISPOSITION.fullmatch(head.partition(b"Content-Disposition: ")[2].partition(b"\r\n")[0])
    assert found is not None
    name, filename = (None if each is None else unquoted(each) for each in found.groups())
    return Seen(name or "", filename, content, parsed["Content-Type"])


def unquoted(name: bytes) -> str:
    """A name as a browser's server reads it."""
    return re.sub("%0D|%0A|%22", lambda found: unquote(found[0]), name.decode())


def sent(world: World, server: Loopback, **body: Any) -> list[Seen]:
    """The parts that arrive."""
    world(world.client(base_url=server.url).post("/echo", **body))
    received = server.received[-1]
    return read(received.body, received.headers["content-type"])


@pytest.mark.parametrize("make", [*AGAIN.values(), *AGAIN_IN_CHUNKS.values()], ids=[*AGAIN, *AGAIN_IN_CHUNKS])
def test_a_file_of_every_kind(world: World, server: Loopback, tmp_path: Path, make: Make) -> None:
    """Its bytes arrive; the whole has a length if each part has."""
    content = make(tmp_path)
    found = sent(world, server, files={"f": ("a.bin", content)})

    assert ([SAID], make in AGAIN.values()) == (
        [part.content for part in found],
        "content-length" in server.received[0].headers,
    )


OCTETS = "application/octet-stream"


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        pytest.param({"f": b"x"}, [Seen("f", "upload", b"x", OCTETS)], id="bytes"),
        pytest.param({"f": "ü"}, [Seen("f", "upload", "ü".encode(), OCTETS)], id="text"),
        pytest.param({"f": io.BytesIO(b"x")}, [Seen("f", "upload", b"x", OCTETS)], id="in memory"),
        pytest.param({"f": Upload(b"x")}, [Seen("f", "upload", b"x", OCTETS)], id="upload"),
        pytest.param({"f": Upload(b"x", filename="a.png")}, [Seen("f", "a.png", b"x", "image/png")], id="named upload"),
        pytest.param(
            {"f": Upload(b"x", filename="a.png", media_type="text/x")}, [Seen("f", "a.png", b"x", "text/x")], id="typed"
        ),
        pytest.param({"f": ("a.png", b"x")}, [Seen("f", "a.png", b"x", "image/png")], id="pair"),
        pytest.param({"f": (None, b"x")}, [Seen("f", None, b"x", None)], id="no file name"),
        pytest.param({"f": ("a", b"x", 'text/x; y="1"')}, [Seen("f", "a", b"x", 'text/x; y="1"')], id="triple"),
        pytest.param(
            {"f": ("a.png", Upload(b"x", media_type="text/x"))},
            [Seen("f", "a.png", b"x", "text/x")],
            id="pair of upload",
        ),
        pytest.param({"f": ("a.png", b"x", None, {"X-A": "1"})}, [Seen("f", "a.png", b"x", "image/png")], id="headers"),
        pytest.param(
            {"f": ("a.png", b"x", None, {"content-type": "text/x"})},
            [Seen("f", "a.png", b"x", "text/x")],
            id="its own type",
        ),
        pytest.param(
            [("f", b"x"), ("f", b"y")], [Seen("f", "upload", each, OCTETS) for each in (b"x", b"y")], id="pairs"
        ),
    ],
)
def test_a_file_is_described(world: World, server: Loopback, files: Any, parts: list[Seen]) -> None:
    """With its name and its media type."""
    assert parts == sent(world, server, files=files)


def test_further_headers_of_a_part(world: World, server: Loopback) -> None:
    """They stand beside ours."""
    sent(world, server, files={"f": ("a", b"x", "text/x", {"X-A": "1"})})

    assert b'filename="a"\r\nX-A: 1\r\nContent-Type: text/x\r\n\r\nx' in server.received[0].body


def test_an_open_file_and_a_path_have_their_names(world: World, server: Loopback, tmp_path: Path) -> None:
    """The last of where they lie."""
    found = sent(world, server, files={"a": opened(tmp_path), "b": written(tmp_path), "c": Upload(written(tmp_path))})

    assert ["said.bin"] * 3 == [part.filename for part in found]


def test_fields_come_before_files(world: World, server: Loopback) -> None:
    """Each value written as in any form."""
    found = sent(world, server, data={"a": [1, True, None], "b": "ü"}, files={"f": b"x"})

    assert [("a", b"1"), ("a", b"true"), ("b", "ü".encode()), ("f", b"x")] == [
        (part.name, part.content) for part in found
    ]


@pytest.mark.parametrize("files", [{}, []], ids=["mapping", "list"])
def test_without_files_it_is_a_form(world: World, server: Loopback, files: Any) -> None:
    """With or without fields."""
    client = world.client(base_url=server.url)
    world(client.post("/echo", data={"a": "b"}, files=files))
    world(client.post("/echo", files=files))

    assert [(b"a=b", "application/x-www-form-urlencoded"), (b"", "application/x-www-form-urlencoded")] == [
        (received.body, received.headers["content-type"]) for received in server.received
    ]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        pytest.param('"\r\n; x=', "%22%0D%0A; x=", id="quote and line"),
        pytest.param("a\r\n\r\nb", "a%0D%0A%0D%0Ab", id="a body of its own"),
        pytest.param("ä\\b%22", "ä\\b%22", id="the rest"),
    ],
)
def test_names_are_escaped(world: World, server: Loopback, name: str, written: str) -> None:
    """Those of files and of fields, so that nobody writes a head of their own."""
    sent(world, server, data={name: "x"}, files={name: (name, b"y")})

    assert [f'name="{written}"', f'name="{written}"; filename="{written}"'] == [
        line.partition("; ")[2] for line in server.received[0].body.decode().split("\r\n") if "Disposition" in line
    ]


@pytest.mark.parametrize(
    ("files", "field"),
    [
        pytest.param({"f": ("a\0", b"x")}, "files['f']'s file name", id="NUL"),
        pytest.param({"f\0": b"x"}, "files's name", id="NUL in a name"),
        pytest.param({"f": ("\ud800", b"x")}, "files['f']'s file name", id="surrogate"),
        pytest.param({"f": ("a", b"x", "text/x\r\nX: y")}, "files['f']'s media type", id="line in a media type"),
        pytest.param({"f": ("a", b"x", None, {"X": "1\r\nY: 2"})}, "files['f']['x']", id="line in a header"),
        pytest.param({"f": ("a", b"x", None, {"X Y": "1"})}, "files['f']['x y']", id="name of a header"),
        pytest.param({"f": ("a", b"x", None, {"Content-Length": "1"})}, "files['f']['content-length']", id="length"),
        pytest.param(
            {"f": ("a", b"x", None, {"Content-Disposition": "x"})},
            "files['f']['content-disposition']",
            id="disposition",
        ),
        pytest.param({"f": ("a",)}, "files['f']", id="one member"),
        pytest.param({"f": ("a", b"x", None, {}, 5)}, "files['f']", id="five members"),
        pytest.param({"f": (7, b"x")}, "files['f']'s file name", id="name of another type"),
        pytest.param({"f": [b"x"]}, "files['f']", id="list"),
        pytest.param({"f": 7}, "files['f']", id="number"),
        pytest.param({"f": Path("/no/such/file")}, "files['f']", id="missing"),
        pytest.param(b"x", "files", id="bytes"),
        pytest.param(7, "files", id="no files"),
    ],
)
def test_what_is_no_file_is_refused(world: World, server: Loopback, files: Any, field: str) -> None:
    """Before a byte is sent."""
    with pytest.raises(InputError) as caught:
        world(world.client(base_url=server.url).post("/echo", files=files))

    assert (field, []) == (caught.value.field, server.received)


def test_a_media_type_of_the_callers_own_is_refused(world: World, server: Loopback) -> None:
    """It cannot know the boundary."""
    client = world.client(base_url=server.url)

    with pytest.raises(InputError, match=r"headers\['content-type'\] is given, and files as well"):
        world(client.post("/echo", headers={"Content-TYPE": "multipart/form-data"}, files={"f": b"x"}))


def test_a_media_type_of_the_client_gives_way(world: World, server: Loopback) -> None:
    """It was meant for other bodies; other headers of the call stay."""
    client = world.client(base_url=server.url, headers={"Content-Type": "application/json"})
    world(client.post("/echo", files={"f": b"x"}, headers={"X-A": "1"}))

    assert (True, "1") == (
        server.received[0].headers["content-type"].startswith("multipart/form-data; boundary="),
        server.received[0].headers["x-a"],
    )


def test_a_form_can_be_sent_again(world: World, server: Loopback, tmp_path: Path) -> None:
    """The same bytes, with the same boundary."""
    client = world.client(base_url=server.url, attempt_layers=[twice])
    world(client.post("/echo", data={"a": 1}, files={"f": written(tmp_path), "g": opened(tmp_path)}))
    first, second = server.received

    assert (first.body, first.headers["content-type"]) == (second.body, second.headers["content-type"])


def test_a_form_with_an_iterator_is_sent_once(world: World, server: Loopback) -> None:
    """It is as replayable as its parts."""
    client = world.client(base_url=server.url, attempt_layers=[twice])

    with pytest.raises(InputError, match=r"files\['f'\] can be read once only"):
        world(client.post("/echo", files={"f": pieces(), "g": b"x"}))


@pytest.mark.parametrize("content", [pieces, pieces()], ids=["factory", "generator"])
def test_a_form_is_as_replayable_as_its_parts(content: Any) -> None:
    """Before it was read, and after."""
    form = multipart(None, {"f": content, "g": b"x"})
    before = form.is_replayable
    _ = list(Outgoing(form))

    assert (True, callable(content)) == (before, form.is_replayable)


def test_two_forms_have_two_boundaries() -> None:
    """Nobody can guess them."""
    first, second = multipart(None, {"f": b""}), multipart(None, {"f": b""})

    assert (True, 32) == (first.boundary != second.boundary, len(first.boundary))


def test_what_is_small_goes_out_together() -> None:
    """And what is large as it is, without a copy."""
    large = b"x" * (PIECE + 1)
    pieces = list(Outgoing(multipart({"a": 1, "b": 2}, {"f": b"x", "g": large, "h": b"y"})))

    assert (3, True) == (len(pieces), pieces[1] is large)


NAMES = st.text(min_size=1, max_size=9).filter(lambda name: "\0" not in name)
PARTS = st.lists(st.tuples(NAMES, st.tuples(NAMES, st.binary(max_size=99))), max_size=4, min_size=1)


@given(st.dictionaries(NAMES, st.text(max_size=9), max_size=3), PARTS)
def test_any_form_is_read_as_it_was_written(fields: dict[str, str], files: list[tuple[str, Any]]) -> None:
    """Names, file names and bytes; what `%0A` and its like mean in a name, no reader can know."""
    form = multipart(fields, files)
    body = b"".join(Outgoing(form))
    expected = [(name, None, text.encode()) for name, text in fields.items()]
    expected += [(name, filename, content) for name, (filename, content) in files]

    assert (
        [(unescaped(name), filename and unescaped(filename), content) for name, filename, content in expected],
        len(body),
    ) == (
        [(part.name, part.filename, part.content) for part in read(body, form.media_type)],
        form.length,
    )


def unescaped(name: str) -> str:
    """A name in which an escape that its author wrote is read as one."""
    return unquoted(name.encode())
