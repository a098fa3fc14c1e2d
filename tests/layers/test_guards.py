"""Guards: what bodies are held to, over transports that are not ours."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit import (
    BadEncoding,
    Client,
    ConfigError,
    Guards,
    Op,
    Pipeline,
    ProtocolError,
    TooLarge,
    TruncatedBody,
    UnsupportedEncoding,
    WireTransport,
)
from restkit.testing import Simulation, VirtualClock
from restkit.testing.bodies import ScriptedBody
from restkit.wire import Stock
from tests.client.worlds import World
from tests.loopback import LONG, Loopback
from tests.wire.transports import Httpx

MOST = 1000
TEXT = b"Emma, Persuasion"
ZIPPED = gzip.compress(TEXT)
BOMB = gzip.compress(bytes(50_000_000))


def answers(body: bytes, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """A handler: a body that comes in two pieces; `_` in the name of a header is a dash."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    half = len(body) // 2
    return lambda _: httpx.Response(200, headers=said, stream=ScriptedBody([body[:half], body[half:]]))


def at_once(body: bytes, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """A handler: a body that is in memory, and has not been read."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(200, headers=said, stream=httpx.ByteStream(body))


def read_already(body: bytes, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """A handler: a body that httpx has read and decoded."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(200, headers=said, content=body)


EVERY_FORM = [answers, at_once, read_already]
WRONG = [
    pytest.param(ZIPPED[:-6], "gzip", TruncatedBody, id="gzip-cut"),
    pytest.param(zlib.compress(TEXT)[:-2], "deflate", TruncatedBody, id="deflate-cut"),
    pytest.param(ZIPPED + b"tail", "gzip", BadEncoding, id="gzip-and-more"),
    pytest.param(BOMB, "gzip", TooLarge, id="bomb"),
    pytest.param(gzip.compress(BOMB), "gzip, gzip", TooLarge, id="bomb-in-gzip"),
    pytest.param(TEXT, "foo", UnsupportedEncoding, id="unknown"),
    pytest.param(gzip.compress(gzip.compress(ZIPPED)), "gzip, gzip, gzip", UnsupportedEncoding, id="three"),
    pytest.param(bytes(MOST + 1), "identity", TooLarge, id="over-the-cap"),
]


@pytest.mark.parametrize("form", EVERY_FORM)
@pytest.mark.parametrize(("body", "coding", "error"), WRONG)
def test_a_body_that_is_wrong(world: World, form: Any, body: bytes, coding: str, error: type[Exception]) -> None:
    """Is an error with the facts of its call."""
    client = world.mocked(form(body, Content_Encoding=coding), max_response_bytes=MOST)

    with pytest.raises(error) as caught:
        world(client.get("/books"))

    assert ("GET", "https://api.test/books") == (caught.value.method, caught.value.url)  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", EVERY_FORM)
@pytest.mark.parametrize("status", [200, 500])
def test_a_body_of_several_members(world: World, form: Any, status: int) -> None:
    """Is decoded whole, whatever the status, and the headers no longer speak of its coding."""

    def handler(request: httpx.Request) -> httpx.Response:
        made: httpx.Response = form(ZIPPED + ZIPPED, Content_Encoding="gzip", X_Mark="1")(request)
        made.status_code = status
        return made

    answer = world(world.mocked(handler).get("/", raise_on_error=False)).http

    assert (status, TEXT * 2, "gzip", False, "1") == (
        answer.status_code,
        answer.content,
        answer.extensions["content_encoding"],
        "content-encoding" in answer.headers,
        answer.headers["x-mark"],
    )


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_body_that_just_fits(world: World, form: Any) -> None:
    """Is none too large."""
    client = world.mocked(form(bytes(MOST)), max_response_bytes=MOST)

    assert bytes(MOST) == world(client.get("/")).http.content


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_body_over_the_cap_that_is_not_encoded(world: World, form: Any) -> None:
    """Is too large."""
    with pytest.raises(TooLarge, match="over 1000 bytes, its cap"):
        world(world.mocked(form(bytes(MOST + 1)), max_response_bytes=MOST).get("/"))


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_cap_can_be_lifted(world: World, form: Any) -> None:
    """By None."""
    client = world.mocked(form(BOMB, Content_Encoding="gzip"), max_response_bytes=None)

    assert 50_000_000 == len(world(client.get("/")).http.content)


def test_a_cap_of_nothing(world: World) -> None:
    """No cap, and nothing encoded: in memory it is left as it is."""
    client = world.mocked(at_once(TEXT), max_response_bytes=None)

    assert TEXT == world(client.get("/")).http.content


def test_a_body_shorter_than_its_length(world: World) -> None:
    """Nobody is told that this was all."""
    with pytest.raises(TruncatedBody, match="ended after 16 of 100 bytes"):
        world(world.mocked(answers(TEXT, Content_Length="100")).get("/"))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Content_Length": str(len(TEXT))}, id="as-long-as-it-says"),
        pytest.param({"Content_Length": "3"}, id="longer"),
        pytest.param({"Content_Length": "100", "Transfer_Encoding": "chunked"}, id="chunked"),
        pytest.param({"Transfer_Encoding": "99"}, id="a-coding-that-is-a-number"),
        pytest.param({"Content_Length": "9" * 30}, id="a-length-nobody-believes"),
        pytest.param({"Content_Length": "-1"}, id="no-length"),
    ],
)
def test_what_is_said_of_a_whole_body(world: World, headers: dict[str, str]) -> None:
    """Is no error: what is over its length is the transport's business."""
    assert TEXT == world(world.mocked(answers(TEXT, **headers)).get("/")).http.content


def test_an_answer_to_head(world: World) -> None:
    """Has no body, and its headers stay."""
    client = world.mocked(answers(b"", Content_Length="100", Content_Encoding="gzip"))

    assert "gzip" == world(client.head("/")).headers["content-encoding"]


def test_an_answer_to_head_in_memory(world: World) -> None:
    """Likewise."""
    client = world.mocked(at_once(b"", Content_Length="100", Content_Encoding="gzip"))

    assert "gzip" == world(client.head("/")).headers["content-encoding"]


def test_a_response_that_was_closed_before_it_came(world: World) -> None:
    """Is left alone: it was guarded where it was read, and nothing more can be read of it."""
    inner = Pipeline([], httpx.MockTransport(answers(TEXT)))
    client = world.client(base_url="https://api.test", transport=inner, max_response_bytes=MOST)

    assert TEXT == world(client.get("/")).http.content


def test_a_streamed_body_has_no_cap(world: World) -> None:
    """Who reads it decides; it is decoded all the same."""
    client = world.mocked(answers(BOMB, Content_Encoding="gzip"), max_response_bytes=MOST)

    with world.open(client.stream(Op("GET", "/"))) as response:
        pieces: Any = world.items(response.aiter_bytes() if world.awaits else response.iter_bytes())
        found = sum(map(len, pieces))

    assert 50_000_000 == found


def test_a_streamed_body_that_is_cut(world: World) -> None:
    """Is an error where it is read."""
    client = world.mocked(answers(ZIPPED[:-6], Content_Encoding="gzip"))

    with pytest.raises(TruncatedBody), world.open(client.stream(Op("GET", "/"))) as response:
        _ = list(world.items(response.aiter_bytes() if world.awaits else response.iter_bytes()))


@pytest.mark.parametrize("form", EVERY_FORM)
@pytest.mark.parametrize(("body", "coding", "error"), WRONG)
def test_in_a_plain_client(world: World, form: Any, body: bytes, coding: str, error: type[Exception]) -> None:
    """The same, as errors of httpx's too."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    transport = Pipeline([Guards(MOST)], httpx.MockTransport(form(body, Content_Encoding=coding)))

    with pytest.raises(error) as caught, world.open(kind(transport=transport)) as client:
        world(client.get("https://api.test/"))

    assert isinstance(caught.value, httpx.RequestError)


def test_streams_of_a_plain_client_have_the_cap(world: World) -> None:
    """Since nobody can tell them from others there."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    transport = Pipeline([Guards(MOST)], httpx.MockTransport(answers(BOMB, Content_Encoding="gzip")))

    with (
        pytest.raises(TooLarge),
        world.open(kind(transport=transport)) as client,
        world.open(client.stream("GET", "https://api.test/")) as response,
    ):
        _ = list(world.items(response.aiter_bytes() if world.awaits else response.iter_bytes()))


def test_over_our_own_transport(server: Loopback) -> None:
    """In a plain client they may stand above it, and are the cap of that client."""
    transport = Pipeline([Guards(MOST)], WireTransport())

    with httpx.Client(transport=transport) as client, pytest.raises(TooLarge):
        _ = client.get(f"{server.url}/long")


def test_in_a_simulation() -> None:
    """The third engine does as the others."""
    simulation = Simulation(VirtualClock())
    client = Client(
        base_url="https://api.test",
        clock=simulation.clock,
        transport=httpx.MockTransport(answers(ZIPPED[:-6], Content_Encoding="gzip")),
    )

    with client, pytest.raises(TruncatedBody):
        simulation.run(Op[Any]("GET", "/"), client=client)


@pytest.fixture(params=[Httpx, Stock])
def foreign(world: World, request: pytest.FixtureRequest) -> Any:
    """A client over httpx's own transport, or over httpcore's pools."""
    return world.client(transport=request.param(), max_response_bytes=MOST)


# httpx leaves httpcore's generators to trio, which warns of them where a body is not read to its end
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("path", "error"),
    [("truncated", TruncatedBody), ("half-chunk", TruncatedBody), ("long", TooLarge), ("swollen", TooLarge)],
)
def test_on_a_socket(world: World, server: Loopback, foreign: Any, path: str, error: type[Exception]) -> None:
    """A real server's bodies, and the next call is well."""
    with pytest.raises(error):
        world(foreign.get(f"{server.url}/{path}"))

    assert 200 == world(foreign.get(f"{server.url}/echo")).status_code


def test_a_body_whose_chunks_are_none(world: World) -> None:
    """Stays what it was: the server broke HTTP."""

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=ScriptedBody([TEXT, httpx.RemoteProtocolError("illegal chunk header")]))

    with pytest.raises(ProtocolError, match="illegal chunk"):
        world(world.mocked(handler).get("/"))


def wsgi(_: object, start: Callable[..., object]) -> list[bytes]:
    """An application that sends less than it says."""
    start("200 OK", [("Content-Length", "100")])
    return [TEXT]


async def asgi(_: object, __: object, send: Callable[..., Any]) -> None:
    """An application that sends less than it says."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
    await send({"type": "http.response.body", "body": TEXT})


def test_an_application_that_sends_less_than_it_says(world: World) -> None:
    """Those of httpx do not look."""
    transport: Any = httpx.ASGITransport(asgi) if world.awaits else httpx.WSGITransport(wsgi)
    client = world.client(base_url="https://api.test", transport=transport)

    with pytest.raises(TruncatedBody):
        world(client.get("/"))


def test_what_is_asked_for(world: World) -> None:
    """The codings that can be undone here, since it is we who undo them."""
    from restkit.wire.decoding import accepted

    client = world.mocked(lambda request: httpx.Response(200, json=request.headers["accept-encoding"]))

    assert accepted() == world(client.get("/")).data


@pytest.mark.parametrize("most", [-1, True, "1"])
def test_a_cap_that_is_none(most: Any) -> None:
    """Is refused."""
    with pytest.raises(ConfigError, match=r"^max_response_bytes is no number of bytes"):
        _ = Guards(most)


@pytest.mark.parametrize(
    ("own", "given", "error"),
    [
        pytest.param(None, MOST, TooLarge, id="the-clients"),
        pytest.param(MOST, None, TooLarge, id="its-own"),
        pytest.param(MOST, 2 * LONG, TooLarge, id="its-own-first"),
    ],
)
def test_a_wire_transport_that_is_brought(
    world: World, server: Loopback, own: int | None, given: int | None, error: type[Exception]
) -> None:
    """Has the client's cap, unless it has one itself."""
    client = world.client(transport=WireTransport(max_response_bytes=own), max_response_bytes=given)

    with pytest.raises(error):
        world(client.get(f"{server.url}/long"))


def test_a_wire_transport_without_any_cap(world: World, server: Loopback) -> None:
    """When the client has none either."""
    client = world.client(transport=WireTransport(), max_response_bytes=None)

    assert LONG == len(world(client.get(f"{server.url}/long")).http.content)
