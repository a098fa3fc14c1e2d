"""The most that an answer may have."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import ConfigError, Op, TooLarge, WireTransport
from tests.client.worlds import World
from tests.loopback import LONG, Loopback

MOST = 1000


@pytest.fixture(params=[False, True], ids=["plain", "gzip"])
def swollen(request: pytest.FixtureRequest, server: Loopback) -> str:
    """The address of a body that is over the cap once it is decoded."""
    return f"{server.url}/{'swollen' if request.param else 'long'}"


def test_a_body_over_the_cap(world: World, swollen: str) -> None:
    """Is an error, and the next call is well."""
    client = world.client(max_response_bytes=MOST)

    with pytest.raises(TooLarge) as caught:
        world(client.get(swollen))

    assert ("GET", swollen, 200) == (
        caught.value.method,
        caught.value.url,
        world(client.get(swollen.rpartition("/")[0] + "/echo")).status_code,
    )


def test_a_body_that_just_fits(world: World, server: Loopback) -> None:
    """Is none."""
    size = len(world(world.client().get(f"{server.url}/users")).http.content)
    client = world.client(max_response_bytes=size)

    assert 200 == world(client.get(f"{server.url}/users")).status_code


def test_a_body_that_is_streamed(world: World, swollen: str) -> None:
    """Has no cap: who reads it decides."""
    client = world.client(max_response_bytes=MOST)

    with world.open(client.stream(Op("GET", swollen))) as response:
        chunks: Any = world.items(response.aiter_bytes() if world.awaits else response.iter_bytes())
        found = sum(map(len, chunks))

    assert LONG == found


def test_a_cap_in_a_plain_client(swollen: str) -> None:
    """The transport has it, for everything."""
    with httpx.Client(transport=WireTransport(max_response_bytes=MOST)) as client, pytest.raises(TooLarge):
        _ = client.get(swollen)


@pytest.mark.parametrize("most", [-1, True, "1", 1.5])
def test_a_cap_that_is_none(world: World, most: Any) -> None:
    """Is refused."""
    with pytest.raises(ConfigError, match=r"^max_response_bytes is no number of bytes"):
        _ = world.client(max_response_bytes=most)


@pytest.mark.parametrize("settings", [{"max_response_bytes": -1}, {"local_address": "999"}, {"local_address": 1}])
def test_a_transport_that_cannot_be(settings: Any) -> None:
    """Is refused when it is made, not when it is used."""
    with pytest.raises(ConfigError, match=f"^{next(iter(settings))} is no"):
        _ = WireTransport(**settings)
