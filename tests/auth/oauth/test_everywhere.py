"""Every grant: in a client of each world, in bare httpx clients, and what there is none of."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import restkit.auth
from restkit import ConfigError
from restkit.auth import TokenScheme
from restkit.testing import VirtualClock
from tests.auth.oauth.authority import API, Authority
from tests.auth.oauth.grants import MADE, signed_in
from tests.client.worlds import World


def scheme(name: str, authority: Authority, **options: Any) -> TokenScheme:
    """A scheme whose token requests need no client, of somebody who has signed in."""
    if name == "dpop":
        authority.extra["token_type"] = "DPoP"  # noqa: S105 - a kind
    made = MADE[name](transport=httpx.MockTransport(authority), **options)
    signed_in(made)
    return made


@pytest.mark.parametrize("name", MADE)
def test_a_client_of_each_world_sends_a_token(world: World, authority: Authority, name: str) -> None:
    """And another one once it is refused, where it can be had."""
    authority.rotates, clock = True, VirtualClock()
    client = world.mocked(authority, auth=scheme(name, authority, clock=clock), clock=clock)
    world(client.get("/items"))
    authority.expel()
    clock.sleep(10)
    world(client.get("/items"))

    assert ["token-1", "token-1", "token-2"] == [(said or "").partition(" ")[2] for said in authority.sent]


@pytest.mark.parametrize("name", MADE)
def test_a_bare_httpx_client_sends_a_token(authority: Authority, name: str) -> None:
    """It knows nothing of restkit."""
    auth = scheme(name, authority)
    with httpx.Client(transport=httpx.MockTransport(authority), auth=auth) as client:
        answers = [client.get(f"{API}/items").status_code for _ in range(2)]

    assert ([200, 200], 1) == (answers, authority.issued)


@pytest.mark.parametrize("name", MADE)
async def test_a_bare_awaiting_httpx_client_sends_a_token(authority: Authority, name: str) -> None:
    """On asyncio and on trio."""
    auth = scheme(name, authority)
    async with httpx.AsyncClient(transport=httpx.MockTransport(authority), auth=auth) as client:
        answers = [(await client.get(f"{API}/items")).status_code for _ in range(2)]

    assert ([200, 200], 1) == (answers, authority.issued)


@pytest.mark.parametrize("name", MADE)
def test_what_is_no_flag_allows_nothing(name: str) -> None:
    """A text such as `no` counts as true elsewhere, and would have secrets sent over plain http."""
    with pytest.raises(ConfigError) as caught:
        MADE[name](allow_insecure="no")

    assert "allow_insecure" == caught.value.field


def test_there_is_no_grant_that_gives_a_password_away() -> None:
    """Nor the implicit one, which gives a token away (RFC 9700, sections 2.1.2 and 2.4)."""
    names = [name.lower() for name in restkit.auth.__all__]

    assert [] == [name for name in names if "password" in name or "implicit" in name or "owner" in name]
