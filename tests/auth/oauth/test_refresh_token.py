"""Refresh tokens: replaced, kept, used up, and never sent twice at a venture."""

from __future__ import annotations

import traceback
from typing import Any

import httpx
import pytest

from restkit import AuthError, ConfigError, EnvVar, Token
from restkit.auth import RefreshToken
from restkit.flow import Flow
from restkit.stores import MemoryTokens
from restkit.testing import VirtualClock
from restkit.tokens.spent import MOST
from tests.auth.oauth.authority import API, TOKEN_URL, Authority, refusal
from tests.client.worlds import World

FIRST = "r3fr3sh-c4n4ry"


class Watched(MemoryTokens):
    """A store of which is known when it saved: after so many requests."""

    def __init__(self, authority: Authority) -> None:
        super().__init__()
        self.authority = authority
        self.saved: list[tuple[str | None, int]] = []

    def save(self, key: str, token: Token, /) -> Flow[None]:
        """Note it."""
        self.saved.append((token.refresh_token, len(self.authority.requests)))
        yield from super().save(key, token)


def alone(authority: Authority, refresh_token: Any = FIRST, **options: Any) -> RefreshToken:
    """A scheme that needs no client, in virtual time."""
    options = {"clock": VirtualClock(), "client_id": "acme", **options}
    return RefreshToken(TOKEN_URL, refresh_token, transport=httpx.MockTransport(authority), **options)


def sent(authority: Authority) -> list[str]:
    """The refresh tokens that were sent."""
    return [form["refresh_token"] for form in authority.forms]


def test_a_token_is_had_for_it(world: World, authority: Authority) -> None:
    """And the API is shown that."""
    world(world.mocked(authority, auth=RefreshToken(TOKEN_URL, FIRST, "acme")).get("/items"))

    form = {"grant_type": "refresh_token", "refresh_token": FIRST, "client_id": "acme"}
    assert ([form], ["Bearer token-1"]) == (authority.forms, authority.sent)


def test_a_client_need_not_be_named(authority: Authority) -> None:
    """Some servers know it by the refresh token."""
    scheme = alone(authority, client_id=None)
    scheme.run(scheme.fetch(None))

    assert [{"grant_type": "refresh_token", "refresh_token": FIRST}] == authority.forms


def test_a_replaced_one_takes_its_place(world: World, authority: Authority) -> None:
    """The first is sent once only."""
    authority.rotates = True
    clock = VirtualClock()
    client = world.mocked(authority, auth=RefreshToken(TOKEN_URL, FIRST, "acme", clock=clock), clock=clock)
    for _ in range(3):
        world(client.get("/items"))
        clock.sleep(3600)

    assert [FIRST, "refresh-1", "refresh-2"] == sent(authority)


def test_one_that_is_not_replaced_stays(authority: Authority) -> None:
    """As most servers have it."""
    scheme = alone(authority)
    first = scheme.run(scheme.fetch(None))
    second = scheme.run(scheme.fetch(first))

    assert ([FIRST, FIRST], FIRST) == (sent(authority), second.refresh_token)


def test_one_that_is_repeated_stays(authority: Authority) -> None:
    """A server that names it each time has not replaced it."""
    authority.extra = {"refresh_token": FIRST}
    scheme = alone(authority)
    first = scheme.run(scheme.fetch(None))
    second = scheme.run(scheme.fetch(first))

    assert ([FIRST, FIRST], FIRST) == (sent(authority), second.refresh_token)


def test_a_new_one_is_saved_before_its_token_is_used(world: World, authority: Authority) -> None:
    """Whatever happens then, it is not lost."""
    authority.rotates = True
    store = Watched(authority)
    auth = RefreshToken(TOKEN_URL, FIRST, "acme", store=store, key="ada")
    world(world.mocked(authority, auth=auth).get("/items"))

    assert ([("refresh-1", 1)], [TOKEN_URL, f"{API}/items"]) == (store.saved, authority.urls)


def test_one_in_the_store_goes_before_the_first(world: World, authority: Authority) -> None:
    """That was replaced by it in another process."""
    store = MemoryTokens()
    stale = Token(value="old", refresh_token="refresh-0", expires_at=0.0, lifetime=60.0)
    scheme = RefreshToken(TOKEN_URL, FIRST, "acme", store=store, key="acme")
    scheme.run(store.save("acme", stale))
    world(world.mocked(authority, auth=scheme).get("/items"))

    assert ["refresh-0"] == sent(authority)


def test_one_process_after_another_gets_on_with_a_token_that_is_refused(world: World, authority: Authority) -> None:
    """Nobody said how long it lives, and each of them finds it in the store."""
    store = MemoryTokens()
    authority.extra = {"expires_in": None}
    for number in range(3):
        auth = RefreshToken(TOKEN_URL, FIRST, "acme", store=store, key="ada")
        world(world.mocked(authority, auth=auth).get("/items"))
        if number == 0:
            authority.expel()

    assert ["Bearer token-1", "Bearer token-1", "Bearer token-2", "Bearer token-2"] == authority.sent


def test_a_token_that_another_process_has_got_is_used(authority: Authority) -> None:
    """The store is read again before anything is sent."""
    clock, store = VirtualClock(), MemoryTokens()
    scheme = alone(authority, store=store, key="acme", clock=clock)
    scheme.run(scheme.keeper.current())
    clock.sleep(3600)
    theirs = Token(value="theirs", refresh_token="refresh-9", expires_at=clock.wall() + 600, lifetime=600.0)
    scheme.run(store.save("acme", theirs))

    assert ("theirs", [FIRST]) == (scheme.run(scheme.keeper.current()).value, sent(authority))


def test_it_is_not_sent_twice_once_it_was_sent(authority: Authority) -> None:
    """The server may have used it up already."""
    authority.script = [httpx.ReadError("gone")]
    scheme = alone(authority)
    with pytest.raises(AuthError, match="did not answer"):
        scheme.run(scheme.fetch(None))

    assert [FIRST] == sent(authority)


def test_it_is_not_sent_twice_for_a_server_in_trouble(authority: Authority) -> None:
    """Which may have used it up before it was."""
    authority.script = [httpx.Response(503)]
    scheme = alone(authority)
    with pytest.raises(AuthError) as caught:
        scheme.run(scheme.fetch(None))

    assert ([FIRST], 503) == (sent(authority), caught.value.status)


def test_it_is_sent_again_if_nobody_was_there(authority: Authority) -> None:
    """Nothing has left this machine."""
    authority.script = [httpx.ConnectError("nobody")]
    scheme = alone(authority)

    assert ("token-1", 2) == (scheme.run(scheme.fetch(None)).value, len(authority.forms))


def test_one_that_is_used_up_says_so(world: World, authority: Authority) -> None:
    """Somebody has to sign in again."""
    authority.script = [refusal("invalid_grant", "expired")]
    client = world.mocked(authority, auth=RefreshToken(TOKEN_URL, FIRST, "acme"))
    with pytest.raises(AuthError, match="sign in again") as caught:
        world(client.get("/items"))

    assert "invalid_grant" == caught.value.code


def test_one_that_is_used_up_is_not_sent_again(authority: Authority) -> None:
    """Its server might take that for a thief's."""
    authority.script = [refusal("invalid_grant")]
    scheme = alone(authority)
    for _ in range(2):
        with pytest.raises(AuthError, match="sign in again"):
            scheme.run(scheme.fetch(None))

    assert [FIRST] == sent(authority)


def test_none_that_was_replaced_is_sent_again(world: World, authority: Authority) -> None:
    """Not even the first, when the last is refused: whoever has it signs in again."""
    authority.rotates = True
    clock = VirtualClock()
    client = world.mocked(authority, auth=RefreshToken(TOKEN_URL, FIRST, "acme", clock=clock), clock=clock)
    world(client.get("/items"))
    authority.script = [refusal("invalid_grant")] * 3
    for _ in range(3):
        clock.sleep(3600)
        with pytest.raises(AuthError, match="sign in again"):
            world(client.get("/items"))

    assert [FIRST, "refresh-1"] == sent(authority)


def test_of_very_many_that_were_replaced_the_first_and_the_last_are_known(authority: Authority) -> None:
    """The first is what the program was given; it goes on for years."""
    authority.rotates = True
    scheme = alone(authority)
    token = scheme.run(scheme.fetch(None))
    for _ in range(MOST):
        token = scheme.run(scheme.fetch(token))

    known = [
        scheme.is_used_up(each) for each in (FIRST, f"refresh-{MOST // 2}", f"refresh-{MOST}", token.refresh_token)
    ]
    assert [True, False, True, False] == known


def test_another_one_is_taken_up(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as its source has it."""
    authority.script = [refusal("invalid_grant")]
    scheme = alone(authority, EnvVar("ACME_REFRESH"))
    monkeypatch.setenv("ACME_REFRESH", FIRST)
    with pytest.raises(AuthError):
        scheme.run(scheme.fetch(None))
    monkeypatch.setenv("ACME_REFRESH", "second")

    assert "token-1" == scheme.run(scheme.fetch(Token(value="old", refresh_token=FIRST))).value


@pytest.mark.parametrize(("saved", "left"), [("refresh-0", None), ("newer", "newer")])
def test_the_store_forgets_one_that_is_used_up(authority: Authority, saved: str, left: str | None) -> None:
    """But not a newer one, which somebody has saved meanwhile."""
    store = MemoryTokens()
    scheme = alone(authority, store=store, key="acme")
    scheme.run(store.save("acme", Token(value="old", refresh_token=saved)))
    authority.script = [refusal("invalid_grant")]
    with pytest.raises(AuthError):
        scheme.run(scheme.fetch(Token(value="old", refresh_token="refresh-0")))

    kept = scheme.run(store.load("acme"))
    assert left == (kept and kept.refresh_token)


def test_another_error_leaves_it_alone(authority: Authority) -> None:
    """The server may be configured wrongly for a while."""
    authority.script = [refusal("invalid_client", status=401)]
    scheme = alone(authority)
    with pytest.raises(AuthError, match="invalid_client"):
        scheme.run(scheme.fetch(None))

    assert "token-1" == scheme.run(scheme.fetch(None)).value


def test_what_was_asked_for_is_asked_again(authority: Authority) -> None:
    """If a scope is named, the new token is for that."""
    scheme = alone(authority, scope="read")
    scheme.run(scheme.fetch(None))

    assert "read" == authority.forms[0]["scope"]


def test_it_is_never_shown(authority: Authority) -> None:
    """Not even if the server sends it back."""
    authority.script = [refusal("invalid_grant", f"no {FIRST}")]
    scheme = alone(authority)
    with pytest.raises(AuthError) as caught:
        scheme.run(scheme.fetch(None))

    assert FIRST not in repr(scheme) + "".join(traceback.format_exception(caught.value))


def test_a_store_is_told_whose_token_it_is(authority: Authority) -> None:
    """It may hold those of others, which must not be mistaken for it."""
    with pytest.raises(ConfigError) as caught:
        alone(authority, store=MemoryTokens())

    assert "key" == caught.value.field


def test_it_must_be_given() -> None:
    """An empty one is none."""
    with pytest.raises(ConfigError) as caught:
        RefreshToken(TOKEN_URL, "", "acme")

    assert "refresh_token" == caught.value.field
