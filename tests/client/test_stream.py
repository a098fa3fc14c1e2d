"""Streamed answers: the body as it comes, closed at the end however it ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from restkit import (
    ConnectError,
    DeadlineExceeded,
    InputError,
    NotFound,
    Op,
    ReadTimeout,
    Response,
    TransportError,
    TruncatedBody,
)
from tests.client.worlds import World
from tests.loopback import Loopback


def chunks(world: World, response: Response[Any]) -> Any:
    """The body's bytes, in either world."""
    return world.items(response.aiter_bytes() if world.awaits else response.iter_bytes())


def lines(world: World, response: Response[Any]) -> Any:
    """The body's lines, in either world."""
    return world.items(response.aiter_lines() if world.awaits else response.iter_lines())


def test_a_stream_gives_its_bytes(world: World, server: Loopback) -> None:
    """As they come."""
    client = world.client(base_url=server.url)

    with world.open(client.stream(Op("GET", "chunked"))) as response:
        body = b"".join(chunks(world, response))

    assert b"one\ntwo\nthree\n" == body


def test_a_stream_gives_its_lines(world: World, server: Loopback) -> None:
    """Without their ends."""
    client = world.client(base_url=server.url)

    with world.open(client.stream(Op("GET", "chunked"))) as response:
        found = list(lines(world, response))

    assert ["one", "two", "three"] == found


def test_the_first_bytes_come_before_the_last_are_sent(world: World, server: Loopback) -> None:
    """Nothing is held back until the body is whole."""
    client = world.client(base_url=server.url)

    with world.open(client.stream(Op("GET", "drip"))) as response:
        body = chunks(world, response)
        first = next(body)
        server.release()
        rest = b"".join(body)

    assert (b"one\n", b"two\n") == (first, rest)


def test_a_stream_that_was_read_gives_its_connection_back(world: World, server: Loopback) -> None:
    """The next call uses it."""
    client = world.client(base_url=server.url)

    with world.open(client.stream(Op("GET", "chunked"))) as response:
        _ = list(chunks(world, response))
    world(client.get("/echo"))

    assert 1 == server.connections


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # trio's, of the generators within httpx
def test_a_stream_that_is_left_early_is_closed(world: World, server: Loopback) -> None:
    """The rest of the body is not waited for, and later calls are well."""
    client = world.client(base_url=server.url)

    with world.open(client.stream(Op("GET", "drip"))) as response:
        _ = next(chunks(world, response))
    answer = world(client.get("/echo"))

    assert (True, 200) == (response.http.is_closed, answer.status_code)


def test_the_elapsed_time_of_a_stream_is_known_at_its_end(world: World, server: Loopback) -> None:
    """Before that it is an error to ask."""
    client = world.client(base_url=server.url)

    with world.open(client.stream(Op("GET", "chunked"))) as response:
        with pytest.raises(RuntimeError):
            _ = response.elapsed
        _ = list(chunks(world, response))

    assert dt.timedelta(0) < response.elapsed


def test_a_streams_error_status_is_raised_with_its_body(world: World, server: Loopback) -> None:
    """It is read for the error, and the connection given back."""
    client = world.client(base_url=server.url)

    with pytest.raises(NotFound) as caught, world.open(client.stream(Op("GET", "users/9"))):
        pass
    world(client.get("/echo"))

    assert ("There is nothing here", 1) == (caught.value.problem and caught.value.problem.title, server.connections)


def test_a_streams_error_status_is_answered_where_the_call_says_so(world: World, server: Loopback) -> None:
    """`raises=False`, or a declared status."""
    client = world.client(base_url=server.url)
    seen = []

    for op in (Op[Any]("GET", "users/9", raises=False), Op[Any]("GET", "users/9", answers={404: None})):
        with world.open(client.stream(op)) as response:
            seen.append(response.status_code)

    assert [404, 404] == seen


@pytest.mark.parametrize("path", ["truncated", "half-chunk"])
def test_a_body_that_breaks_off_is_restkits_error(world: World, server: Loopback, path: str) -> None:
    """An error of httpx within the `with` becomes one of the tree, with the facts of its call."""
    client = world.client(base_url=server.url)

    with pytest.raises(TruncatedBody) as caught, world.open(client.stream(Op("GET", path, path))) as response:
        _ = list(chunks(world, response))

    assert ("GET", f"{server.url}/{path}", path) == (caught.value.method, caught.value.url, caught.value.route)


@pytest.mark.parametrize("path", ["truncated", "half-chunk"])
def test_lines_that_break_off_are_restkits_error(world: World, server: Loopback, path: str) -> None:
    """Like bytes."""
    client = world.client(base_url=server.url)

    with pytest.raises(TruncatedBody), world.open(client.stream(Op("GET", path))) as response:
        _ = list(lines(world, response))


def test_the_error_of_a_response_that_is_read_whole_within_is_restkits(world: World, server: Loopback) -> None:
    """Even where the httpx response itself is read."""
    client = world.client(base_url=server.url)

    with pytest.raises(TruncatedBody), world.open(client.stream(Op("GET", "truncated"))) as response:
        world(response.http.aread() if world.awaits else response.http.read())


def test_an_error_status_whose_body_breaks_off_is_a_failed_transport(world: World) -> None:
    """What the error would have said is not known."""

    class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
        """A body that cannot be read."""

        def __iter__(self) -> Any:
            raise httpx.ReadError("broken")
            yield b""

        async def __aiter__(self) -> Any:
            raise httpx.ReadError("broken")
            yield b""

    client = world.mocked(lambda _: httpx.Response(500, stream=Broken()))

    with pytest.raises(TransportError, match="broken"), world.open(client.stream(Op("GET", "x"))):
        pass


def test_an_error_of_the_users_own_within_passes(world: World, server: Loopback) -> None:
    """And the response is closed."""
    client = world.client(base_url=server.url)

    with pytest.raises(ZeroDivisionError), world.open(client.stream(Op("GET", "drip"))) as response:
        raise ZeroDivisionError

    assert response.http.is_closed


def test_a_failure_to_connect_is_raised_on_the_way_in(world: World) -> None:
    """Nothing was opened, nothing is closed."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ConnectError), world.open(world.mocked(refuse).stream(Op("GET", "x"))):
        pass


def test_options_of_a_stream_are_the_calls(world: World) -> None:
    """`deadline=None` for a long body."""
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["restkit"].options)
        return httpx.Response(200)

    with world.open(world.mocked(answer).stream(Op("GET", "x"), deadline=None)):
        pass

    assert [{"deadline": None}] == seen


def test_wrong_options_of_a_stream_are_refused(world: World) -> None:
    """Where they are given."""
    with pytest.raises(InputError, match="deadline"):
        world.mocked(lambda _: httpx.Response(200)).stream(Op("GET", "x"), deadline=0)


def test_a_stream_outlasts_no_deadline(world: World, server: Loopback) -> None:
    """The deadline holds for the body as well."""
    client = world.client(base_url=server.url)

    with (
        pytest.raises((DeadlineExceeded, ReadTimeout)),
        world.open(client.stream(Op("GET", "drip"), deadline=0.2)) as response,
    ):
        _ = list(chunks(world, response))


def test_a_read_timeout_within_a_stream_is_restkits(world: World, server: Loopback) -> None:
    """Nothing came for as long as the timeout says."""
    client = world.client(base_url=server.url, timeout=0.1)

    with pytest.raises(ReadTimeout), world.open(client.stream(Op("GET", "drip"))) as response:
        _ = list(chunks(world, response))
