"""A plain httpx client on a client's layers and pool."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import Flow, Proceed
from tests.client.worlds import World
from tests.loopback import Loopback


class Stamp:
    """A layer that marks requests."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Set a header."""
        request.headers["X-Stamp"] = "1"
        return (yield from proceed(request))


def test_a_plain_client_runs_the_layers(world: World, server: Loopback) -> None:
    """With the base URL, headers and parameters of its restkit client."""
    client = world.client(base_url=f"{server.url}/echo", headers={"X-App": "1"}, params={"v": 1}, layers=[Stamp()])

    with world.open(client.as_httpx()) as plain:
        said = world(plain.get("users")).json()

    assert ("/echo/users?v=1", "1", "1") == (said["target"], said["headers"]["x-app"], said["headers"]["x-stamp"])


def test_a_plain_client_is_of_its_world(world: World) -> None:
    """`httpx.Client` for a blocking one, `httpx.AsyncClient` for an awaiting one."""
    made = world.mocked(lambda _: httpx.Response(200)).as_httpx()

    assert (httpx.AsyncClient if world.awaits else httpx.Client) is type(made)


def test_closing_a_plain_client_leaves_the_pool_open(world: World, server: Loopback) -> None:
    """It was on loan."""
    client = world.client(base_url=server.url)

    with world.open(client.as_httpx()) as plain:
        world(plain.get("/echo"))
    answer = world(client.get("/echo"))

    assert (200, 1) == (answer.status_code, server.connections)


def test_a_plain_client_raises_httpx_errors(world: World) -> None:
    """Whoever uses it keeps their `except`."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    client = world.mocked(refuse)

    with pytest.raises(httpx.ConnectError), world.open(client.as_httpx()) as plain:
        world(plain.get("/x"))


def test_a_plain_client_needs_no_base_url(world: World, server: Loopback) -> None:
    """It takes absolute URLs then."""
    with world.open(world.client().as_httpx()) as plain:
        answer = world(plain.get(f"{server.url}/echo"))

    assert 200 == answer.status_code


def test_a_plain_client_keeps_the_timeouts(world: World) -> None:
    """Those of the restkit client, as far as they are httpx's."""
    made: Any = world.mocked(lambda _: httpx.Response(200), timeout=7).as_httpx()

    assert httpx.Timeout(7) == made.timeout


def test_a_plain_client_streams(world: World, server: Loopback) -> None:
    """The body is not read before it is asked for."""
    with (
        world.open(world.client(base_url=server.url).as_httpx()) as plain,
        world.open(plain.stream("GET", "/drip")) as response,
    ):
        body = world.items(response.aiter_bytes() if world.awaits else response.iter_bytes())
        first = next(body)
        server.release()
        rest = b"".join(body)

    assert (b"one\n", b"two\n") == (first, rest)
