"""Discovery, and revocation, whose endpoint is found by it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import AuthError, ConfigError, Token
from restkit.auth import ClientCredentials, RefreshToken, discover
from restkit.flow.deadline import KEY as LIMIT
from restkit.stores import MemoryTokens
from restkit.testing import VirtualClock
from tests.auth.oauth.authority import API, ISSUER, TOKEN_URL, Authority, everything, refusal
from tests.client.worlds import World

OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


def scheme(authority: Authority, **options: Any) -> ClientCredentials:
    """A scheme that needs no client, in virtual time."""
    options = {"issuer": ISSUER, "clock": VirtualClock(), "transport": httpx.MockTransport(authority), **options}
    return ClientCredentials(None, "acme", "secret", **options)


def test_a_server_says_where_its_endpoints_are(world: World, authority: Authority) -> None:
    """In a client of either world."""
    authority.metadata = everything()
    found = world(world.mocked(authority).execute(discover(ISSUER)))

    assert (ISSUER, TOKEN_URL, ("S256",)) == (found.issuer, found.token_endpoint, found.challenges)


def test_a_scheme_finds_its_endpoint(world: World, authority: Authority) -> None:
    """By the issuer alone."""
    authority.metadata = everything()
    auth = ClientCredentials(None, "acme", "secret", issuer=ISSUER)
    world(world.mocked(authority, auth=auth).get("/items"))

    assert [f"{ISSUER}{OPENID}", TOKEN_URL, f"{API}/items"] == authority.urls


def test_an_endpoint_that_is_named_is_not_looked_for(authority: Authority) -> None:
    """The issuer may be named for other reasons."""
    made = ClientCredentials(TOKEN_URL, "acme", "s", issuer=ISSUER, transport=httpx.MockTransport(authority))
    made.run(made.fetch(None))

    assert [TOKEN_URL] == authority.urls


def test_what_a_server_says_is_kept_for_an_hour(authority: Authority) -> None:
    """So that endpoints can move, and are not asked for each time."""
    authority.metadata, clock = everything(), VirtualClock()
    made = scheme(authority, clock=clock)
    for _ in range(3):
        made.run(made.fetch(None))
        clock.sleep(1801)

    assert 2 == authority.urls.count(f"{ISSUER}{OPENID}")


@pytest.mark.parametrize(
    ("issuer", "asked"),
    [
        (ISSUER, [f"{ISSUER}{OPENID}", f"{ISSUER}{OAUTH}"]),
        (f"{ISSUER}/", [f"{ISSUER}{OPENID}", f"{ISSUER}{OAUTH}"]),
        (f"{ISSUER}/a/b", [f"{ISSUER}/a/b{OPENID}", f"{ISSUER}{OAUTH}/a/b"]),
        (f"{ISSUER}:8443/a/", [f"{ISSUER}:8443/a{OPENID}", f"{ISSUER}:8443{OAUTH}/a"]),
    ],
)
def test_it_asks_in_two_places(authority: Authority, issuer: str, asked: list[str]) -> None:
    """OpenID appends to the issuer; RFC 8414 inserts before its path (section 3.1)."""
    made = scheme(authority, issuer=issuer)
    with pytest.raises(AuthError, match="publishes no metadata"):
        made.run(made.fetch(None))

    assert asked == authority.urls


def test_metadata_of_oauth_will_do(authority: Authority) -> None:
    """Where there is none of OpenID."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == OAUTH:
            return httpx.Response(200, json=everything())
        return authority(request)

    made = ClientCredentials(None, "acme", "s", issuer=ISSUER, transport=httpx.MockTransport(answer))

    assert "token-1" == made.run(made.fetch(None)).value


USELESS: dict[str, httpx.Response] = {
    "a page": httpx.Response(200, html="<p>Welcome</p>"),
    "a list": httpx.Response(200, json=[everything()]),
    "nothing": httpx.Response(204),
    "a redirect": httpx.Response(302, headers={"Location": "/login"}),
}


@pytest.mark.parametrize("case", USELESS)
def test_what_is_no_metadata_of_openid_is_passed_over(world: World, authority: Authority, case: str) -> None:
    """A site may answer whatever is asked for with its own page."""

    def answer(request: httpx.Request) -> httpx.Response:
        places = {OPENID: USELESS[case], OAUTH: httpx.Response(200, json=everything())}
        return places.get(request.url.path) or authority(request)

    client = world.mocked(answer, auth=ClientCredentials(None, "acme", "s", issuer=ISSUER))
    world(client.get("/items"))

    assert ["Bearer token-1"] == authority.sent


def test_the_error_tells_what_both_places_answer() -> None:
    """So that somebody can see why the endpoints have to be named."""
    answers = {OPENID: httpx.Response(200, html="<p>Welcome</p>"), OAUTH: httpx.Response(302)}
    made = scheme(Authority(), transport=httpx.MockTransport(lambda request: answers[request.url.path]))
    with pytest.raises(AuthError, match=r"no metadata, but answers 200 without JSON and 302: name its endpoints"):
        made.run(made.fetch(None))


def test_a_server_that_does_not_answer_is_not_asked_again() -> None:
    """It was asked for its metadata, as the error says."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        raise httpx.UnsupportedProtocol("no")

    made = scheme(Authority(), transport=httpx.MockTransport(answer))
    with pytest.raises(AuthError, match="the authorization server did not answer"):
        made.run(made.fetch(None))

    assert [OPENID] == seen


@pytest.mark.parametrize(
    "issuer", ["https://other.test", f"{ISSUER}/", f"{ISSUER}:443", ISSUER.upper(), None, [ISSUER]], ids=str
)
def test_metadata_of_another_issuer_is_refused(authority: Authority, issuer: object) -> None:
    """It is compared exactly."""
    authority.metadata = {**everything(), "issuer": issuer}
    with pytest.raises(AuthError, match="another issuer"):
        scheme(authority).run(scheme(authority).fetch(None))


HOSTILE: dict[str, Any] = {
    "HTML": httpx.Response(200, html="<p>Welcome</p>"),
    "a list": httpx.Response(200, json=[everything()]),
    "over plain http": httpx.Response(200, json={**everything(), "token_endpoint": "http://login.test/token"}),
    "no URL": httpx.Response(200, json={**everything(), "token_endpoint": "javascript:alert(1)"}),
    "with user info": httpx.Response(200, json={**everything(), "token_endpoint": "https://a:b@login.test/"}),
    "too large": httpx.Response(200, content=b" " * (2**20 + 1), headers={"Content-Type": "application/json"}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_metadata_that_cannot_be_used_is_refused(case: str) -> None:
    """Nothing is sent to where it leads."""
    made = ClientCredentials(None, "acme", "s", issuer=ISSUER, transport=httpx.MockTransport(lambda _: HOSTILE[case]))
    with pytest.raises(AuthError) as caught:
        made.run(made.fetch(None))

    assert "javascript" not in str(caught.value)


@pytest.mark.parametrize("endpoint", [7, None, "https://login.test/" + "x" * 20_000], ids=["number", "none", "long"])
def test_an_endpoint_that_is_not_named_is_missing(authority: Authority, endpoint: object) -> None:
    """And the parameter is said by which it could be."""
    authority.metadata = {**everything(), "token_endpoint": endpoint}
    with pytest.raises(ConfigError) as caught:
        scheme(authority).run(scheme(authority).fetch(None))

    assert "token_url" == caught.value.field


def test_it_works_without_a_client() -> None:
    """With a transport of its own."""
    authority = Authority()
    authority.metadata = {"issuer": ISSUER}
    made = scheme(authority)
    found = made.run(discover(ISSUER, transport=httpx.MockTransport(authority)))

    assert (None, None, False) == (found.token_endpoint, found.challenges, found.names_issuer)


def test_what_is_no_flag_allows_nothing(world: World, authority: Authority) -> None:
    """Nothing is asked over plain http."""
    with pytest.raises(ConfigError) as caught:
        world(world.mocked(authority).execute(discover("http://login.test", allow_insecure="no")))  # type: ignore[arg-type] # on purpose

    assert ("allow_insecure", []) == (caught.value.field, authority.urls)


class Obedient(httpx.MockTransport):
    """A transport that is told how long each request may take."""

    obeys_limit = True


@pytest.mark.parametrize("whose", ["the client's", "its own"])
def test_finding_the_endpoint_and_asking_it_have_one_deadline(world: World, whose: str) -> None:
    """Of 30 seconds, over whichever transport; else others would begin anew while a token is still on its way."""
    clock, left = VirtualClock(), list[float]()

    def handler(request: httpx.Request) -> httpx.Response:
        left.append(request.extensions[LIMIT].seconds())
        clock.sleep(22.0)
        return httpx.Response(404)

    transport = Obedient(handler)
    own = transport if whose == "its own" else None
    auth = ClientCredentials(None, "acme", "s3cret", issuer=ISSUER, clock=clock, transport=own)
    settings: Any = {"base_url": API, "auth": auth, "clock": clock, "deadline": None, "retry": False}
    with pytest.raises(AuthError, match="not over within 30 s"):
        world(world.client(transport=transport, **settings).get("/items"))

    assert [30.0, 8.0] == left


def refreshing(authority: Authority, **options: Any) -> RefreshToken:
    """A scheme with a refresh token, which needs no client."""
    options = {"revocation_url": f"{ISSUER}/revoke", "clock": VirtualClock(), **options}
    return RefreshToken(TOKEN_URL, "refresh-0", "acme", "s3cret", transport=httpx.MockTransport(authority), **options)


def test_a_refresh_token_is_revoked(world: World, authority: Authority) -> None:
    """Which ends its access tokens as well (RFC 7009, section 2.1), and the client shows who it is."""
    authority.metadata = everything()
    auth = RefreshToken(None, "refresh-0", "acme", "s3cret", issuer=ISSUER)
    client = world.mocked(authority, auth=auth)
    world(client.get("/items"))
    world(client.execute(auth.revoke()))

    form = {"token": "refresh-0", "token_type_hint": "refresh_token"}
    assert (form, f"{ISSUER}/revoke", "Basic acme:s3cret") == (authority.forms[-1], authority.urls[-1], authority.basic)


def test_an_access_token_is_revoked_where_there_is_no_other(authority: Authority) -> None:
    """Of a client that stands for itself."""
    authority.metadata = everything()
    made = scheme(authority)
    made.run(made.keeper.current())
    made.run(made.revoke())

    assert {"token": "token-1", "token_type_hint": "access_token"} == authority.forms[-1]


def test_a_token_that_was_revoked_is_not_used_again(authority: Authority) -> None:
    """Another one is had for the next call."""
    authority.metadata = everything()
    made = scheme(authority)
    made.run(made.keeper.current())
    made.run(made.revoke())

    assert "token-2" == made.run(made.keeper.current()).value


def test_a_refresh_token_that_was_revoked_is_not_sent_again(authority: Authority) -> None:
    """Somebody has to sign in."""
    made = refreshing(authority)
    made.run(made.keeper.current())
    made.run(made.revoke())
    with pytest.raises(AuthError, match="sign in again"):
        made.run(made.keeper.current())


def test_the_store_forgets_what_was_revoked(authority: Authority) -> None:
    """Which may be all that is known of it."""
    store = MemoryTokens()
    made = refreshing(authority, store=store, key="acme")
    made.run(store.save("acme", Token(value="old", refresh_token="refresh-7")))
    made.run(made.revoke())

    assert ("refresh-7", None) == (authority.forms[-1]["token"], made.run(store.load("acme")))


def test_what_another_process_has_saved_is_revoked(world: World, authority: Authority) -> None:
    """It is what lives: the token of this process was replaced by it. Nothing is left in the store."""
    store = MemoryTokens()
    auth = refreshing(authority, store=store, key="acme")
    client = world.mocked(authority, auth=auth)
    world(client.get("/items"))
    world(client.execute(store.save("acme", Token(value="theirs", refresh_token="refresh-9"))))
    world(client.execute(auth.revoke()))

    assert ("refresh-9", None) == (authority.forms[-1]["token"], auth.run(store.load("acme")))


def test_a_token_that_another_process_has_replaced_is_not_used_again(authority: Authority) -> None:
    """Nor the one that was revoked in its place."""
    store = MemoryTokens()
    made = scheme(authority, store=store, key="acme", revocation_url=f"{ISSUER}/revoke")
    authority.metadata = everything()
    made.run(made.keeper.current())
    made.run(store.save("acme", Token(value="theirs", refresh_token="refresh-9")))
    made.run(made.revoke())

    assert "token-2" == made.run(made.keeper.current()).value


def test_nothing_is_revoked_where_there_is_nothing(authority: Authority) -> None:
    """And nobody is asked."""
    made = refreshing(authority)
    made.run(made.revoke())

    assert [] == authority.urls


def test_a_server_may_refuse_to_revoke(authority: Authority) -> None:
    """Then the token is good still."""
    made = refreshing(authority)
    made.run(made.keeper.current())
    authority.script = [refusal("unsupported_token_type")]
    with pytest.raises(AuthError, match="unsupported_token_type"):
        made.run(made.revoke())

    assert "token-1" == made.run(made.keeper.current()).value


def test_an_endpoint_to_revoke_at_must_be_known(authority: Authority) -> None:
    """By its name, or by the issuer's metadata."""
    made = refreshing(authority, revocation_url=None)
    made.run(made.keeper.current())
    with pytest.raises(ConfigError) as caught:
        made.run(made.revoke())

    assert "revocation_url" == caught.value.field
