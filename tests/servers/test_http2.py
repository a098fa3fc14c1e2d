"""Calls to a real server over HTTP/2."""

from __future__ import annotations

import ssl

import httpx
import pytest

from tests.client.worlds import World, portal, world
from tests.servers.served import Served

pytestmark = pytest.mark.server
__all__ = ["portal", "world"]


@pytest.fixture
def address(served: Served) -> str:
    """Where the server speaks TLS."""
    return f"https://127.0.0.2:{httpx.URL(served('hypercorn').address).port}"


@pytest.fixture
def trust(served: Served) -> ssl.SSLContext:
    """What knows its certificate."""
    return ssl.create_default_context(cafile=str(served("hypercorn").log.parent / "client.pem"))


@pytest.mark.parametrize(("settings", "expected"), [({"http2": True}, "HTTP/2"), ({}, "HTTP/1.1")])
def test_the_version_is_settled(
    world: World, address: str, trust: ssl.SSLContext, settings: dict[str, bool], expected: str
) -> None:
    """HTTP/2 where it is wanted."""
    client = world.client(base_url=address, verify=trust, **settings)
    answer = world(client.get("/"))

    assert (expected, expected.removeprefix("HTTP/")) == (answer.http.http_version, answer.data["version"])


def test_plain_http_stays_as_it_is(world: World, served: Served) -> None:
    """HTTP/2 is spoken over TLS only."""
    client = world.client(base_url=served("hypercorn").address, http2=True)

    assert "HTTP/1.1" == world(client.get("/")).http.http_version


def test_a_body_arrives_over_http2(world: World, address: str, trust: ssl.SSLContext) -> None:
    """A megabyte, in as many frames as it takes."""
    client = world.client(base_url=address, verify=trust, http2=True)

    assert 1_000_000 == world(client.post("/", content=b"x" * 1_000_000)).data["length"]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_http2_through_a_proxy(world: World, address: str, trust: ssl.SSLContext, served: Served, scheme: str) -> None:
    """A tunnel carries it as well."""
    proxy = f"{scheme}://127.0.0.1:{httpx.URL(served('pproxy').address).port}"
    client = world.client(base_url=address, verify=trust, http2=True, proxy=proxy)

    assert "HTTP/2" == world(client.get("/")).http.http_version
