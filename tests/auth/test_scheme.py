"""Schemes with tokens: in a client and in a bare httpx client, refused, renewed and failing."""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
from typing import Any

import httpx
import pytest

from restkit import AsyncClient, AuthError, Client, ConfigError, Flow, InputError, Token
from restkit.auth import TokenScheme
from restkit.stores import MemoryTokens
from restkit.testing import VirtualClock
from restkit.tokens.answer import token_of
from restkit.tokens.endpoint import post
from tests.client.worlds import World
from tests.loopback import Loopback

SECRET = "c4n4ry-s3cr3t-of-a-client"  # noqa: S105 - to be looked for


class Grant(TokenScheme):
    """Posts a form for a token."""

    def __init__(self, url: str = "https://login.test/token", **settings: Any) -> None:
        super().__init__(**settings)
        self.url = self.endpoint.checked("token_url", url)

    def fetch(self, old: Token | None) -> Flow[Token]:
        """Get one."""
        request = post(self.url, {"client_secret": SECRET, "refresh_token": (old and old.refresh_token) or "none"})
        answer = yield from self.endpoint.ask(request, repeats=old is None)
        return token_of(answer, self.endpoint.clock.wall())


class Service:
    """A token endpoint and an API, which takes only the newest token."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.forms: list[str] = []
        self.sent: list[str | None] = []
        self.answers: list[httpx.Response] = []
        """Of the token endpoint, instead of a token, the last one first."""
        self.is_closed = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        if request.url.path == "/token":
            return self.token(request)
        self.sent.append(request.headers.get("authorization"))
        is_good = self.tokens and self.sent[-1] == f"Bearer {self.tokens[-1]}" and not self.is_closed
        return httpx.Response(200, content=request.content) if is_good else httpx.Response(401, json={"no": SECRET})

    def token(self, request: httpx.Request) -> httpx.Response:
        """Give a token."""
        self.forms.append(request.content.decode())
        if self.answers:
            return self.answers.pop()
        self.tokens.append(f"t{len(self.tokens) + 1}")
        said = {"access_token": self.tokens[-1], "token_type": "bearer", "expires_in": 100, "refresh_token": "again"}
        return httpx.Response(200, json=said)


@pytest.fixture
def service() -> Service:
    """A new one."""
    return Service()


def test_a_store_is_told_whose_token_it_keeps() -> None:
    """It may hold those of other APIs."""
    with pytest.raises(ConfigError, match="key is not set, and the store may hold others' tokens"):
        _ = Grant(store=MemoryTokens())


def test_a_token_is_had_and_sent(world: World, service: Service) -> None:
    """Over the client's own transport, which holds no permit for it."""
    client = world.mocked(service, auth=Grant(), bulkhead=1)
    world(client.get("/a"))
    world(client.get("/a"))

    assert (["Bearer t1"] * 2, 1) == (service.sent, len(service.forms))


def test_a_token_is_had_in_a_bare_httpx_client(service: Service) -> None:
    """Over the scheme's own transport, blocking and awaiting."""
    transport = httpx.MockTransport(service)

    async def awaiting() -> int:
        """The same, awaiting."""
        async with httpx.AsyncClient(transport=transport, auth=Grant(transport=transport)) as client:
            return (await client.get("https://api.test/a")).status_code

    with httpx.Client(transport=transport, auth=Grant(transport=transport)) as client:
        blocking = client.get("https://api.test/a").status_code

    assert (200, 200, ["Bearer t1", "Bearer t2"]) == (blocking, asyncio.run(awaiting()), service.sent)


def test_a_bare_httpx_client_has_tokens_over_a_transport_of_ours(server: Loopback) -> None:
    """If the scheme has none."""
    server.items["x"] = {}
    with (
        httpx.Client(auth=Grant(f"{server.url}/echo")) as client,
        pytest.raises(AuthError, match="has no access_token"),
    ):
        client.get(f"{server.url}/echo")

    assert ["POST"] == [each.method for each in server.received]


def test_a_refused_token_is_renewed_and_the_call_sent_once_more(world: World, service: Service) -> None:
    """With its body; the answer is that of the second."""
    clock = VirtualClock()
    client = world.mocked(service, auth=Grant(clock=clock), clock=clock)
    world(client.get("/a"))
    clock.sleep(10)
    service.tokens.append("revoked")
    response = world(client.post("/a", content=b"body"))

    assert (b"body", [401, 200], "Bearer t3") == (
        response.content,
        [each.status for each in response.attempts],
        service.sent[-1],
    )


def test_a_token_that_is_refused_twice_is_an_error(world: World, service: Service) -> None:
    """After one refresh."""
    clock = VirtualClock()
    client = world.mocked(service, auth=Grant(clock=clock), clock=clock)
    world(client.get("/a"))
    clock.sleep(10)
    service.is_closed = True
    with pytest.raises(AuthError, match="a token that is new is refused") as caught:
        world(client.get("/a"))

    assert (401, 2, 3, "https://api.test/a") == (
        caught.value.status,
        len(service.forms),
        len(service.sent),
        caught.value.url,
    )


def test_a_new_token_that_is_refused_is_an_error_at_once(world: World, service: Service) -> None:
    """Another would be refused as well."""
    service.is_closed = True
    with pytest.raises(AuthError, match="a token that is new is refused"):
        world(world.mocked(service, auth=Grant()).get("/a"))

    assert 1 == len(service.forms)


def test_a_body_that_is_read_once_is_not_sent_again(world: World, service: Service) -> None:
    """The token is renewed for the next call."""
    clock = VirtualClock()
    client = world.mocked(service, auth=Grant(clock=clock), clock=clock)
    world(client.get("/a"))
    clock.sleep(10)
    service.tokens.append("revoked")
    with pytest.raises(AuthError, match="the body can be sent only once"):
        world(client.post("/a", content=iter([b"a", b"b"])))

    assert 200 == world(client.get("/a")).status_code


def test_a_token_endpoint_that_is_busy_is_asked_again(service: Service) -> None:
    """Where that is safe: the first request spends nothing."""
    clock = VirtualClock()
    service.answers = [httpx.Response(503), httpx.Response(503)]
    settings: Any = {"auth": Grant(clock=clock), "clock": clock, "transport": httpx.MockTransport(service)}
    with Client(base_url="https://api.test", **settings) as client:
        status = client.get("/a").status_code

    assert (200, 3) == (status, len(service.forms))


def test_a_refresh_token_is_not_sent_twice_blindly(world: World, service: Service) -> None:
    """The server may have used it up."""
    clock = VirtualClock()
    client = world.mocked(service, auth=Grant(clock=clock), clock=clock)
    world(client.get("/a"))
    clock.sleep(98)
    service.answers = [httpx.Response(503)]
    with pytest.raises(AuthError, match="refuses: it gives no reason") as caught:
        world(client.get("/a"))

    assert (503, 2) == (caught.value.status, len(service.forms))


def test_a_refusal_of_the_token_endpoint_says_why(world: World, service: Service) -> None:
    """In its words, without the secret that they repeat."""
    said = {"error": "invalid_client", "error_description": f"no such secret: {SECRET}"}
    service.answers = [httpx.Response(401, json=said)]
    with pytest.raises(AuthError, match="invalid_client: no such secret") as caught:
        world(world.mocked(service, auth=Grant()).get("/a"))

    assert ("invalid_client", 401, False) == (caught.value.code, caught.value.status, SECRET in repr(caught.value))


def test_a_token_endpoint_that_redirects_is_refused(world: World, service: Service) -> None:
    """A secret would follow."""
    service.answers = [httpx.Response(307, headers={"Location": "http://evil.test/"})]
    with pytest.raises(AuthError, match="redirects, which is not followed"):
        world(world.mocked(service, auth=Grant(), redirects=True).get("/a"))

    assert 1 == len(service.forms)


def test_a_token_endpoint_that_hangs_is_given_up() -> None:
    """After half a minute, whatever the call's own deadline."""
    clock = VirtualClock()

    def hangs(request: httpx.Request) -> httpx.Response:
        clock.sleep(11)
        raise httpx.ReadTimeout("no answer", request=request)

    with (
        Client(
            base_url="https://api.test",
            auth=Grant(clock=clock),
            clock=clock,
            deadline=None,
            transport=httpx.MockTransport(hangs),
        ) as client,
        pytest.raises(AuthError, match="did not answer"),
    ):
        client.get("/")

    assert clock.now() < 1_000 + 45


def test_a_call_that_has_no_time_left_does_not_end_the_refresh() -> None:
    """It is for others, too."""
    released = threading.Event()
    service = Service()

    def slow(request: httpx.Request) -> httpx.Response:
        """Take one's time with tokens."""
        if request.url.path == "/token":
            assert released.wait(20)
        return service(request)

    with Client(base_url="https://api.test", auth=Grant(), transport=httpx.MockTransport(slow), retry=False) as client:
        with pytest.raises(Exception, match="not over within its deadline"):
            client.get("/a", deadline=0.05)
        released.set()
        status = client.get("/a").status_code

    assert (200, 1) == (status, len(service.forms))


def test_a_cancelled_task_does_not_end_the_refresh(service: Service) -> None:
    """Whoever comes next has the token."""

    async def main() -> int:
        """One is cancelled, another comes."""
        entered, go_on = asyncio.Event(), asyncio.Event()

        async def slow(request: httpx.Request) -> httpx.Response:
            """Take one's time with tokens."""
            if request.url.path == "/token":
                entered.set()
                await go_on.wait()
            return service(request)

        async with AsyncClient(
            base_url="https://api.test", auth=Grant(), transport=httpx.MockTransport(slow)
        ) as client:
            first = asyncio.ensure_future(client.get("/a"))
            await entered.wait()
            first.cancel()
            second = asyncio.ensure_future(client.get("/a"))
            go_on.set()
            return (await second).status_code

    assert (200, 1) == (asyncio.run(main()), len(service.forms))


@pytest.mark.parametrize(
    "url",
    ["http://login.test/token", "ftp://login.test", "login.test/token", "https://a:b@login.test/", "https://l/?a#b"],
)
def test_a_wrong_token_url_is_refused_when_it_is_written(url: str) -> None:
    """By its field's name."""
    with pytest.raises(ConfigError) as caught:
        Grant(url)

    assert "token_url" == caught.value.field


def test_a_token_url_may_have_a_query() -> None:
    """Some do (RFC 6749, section 3.2)."""
    assert "https://login.test/token?v=2" == str(Grant("https://login.test/token?v=2").url)


def test_no_secret_is_shown(world: World, service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Not of the client, not the token."""
    scheme = Grant()
    with caplog.at_level(logging.DEBUG):
        world(world.mocked(service, auth=scheme).get("/a"))
    shown = caplog.text + repr(scheme) + repr(scheme.keeper) + repr(scheme.keeper.at_once())

    assert (False, False, False) == (SECRET in shown, "again" in shown, "'t1'" in shown)
    with pytest.raises(TypeError):
        pickle.dumps(scheme)
    with pytest.raises(TypeError):
        pickle.dumps(scheme.keeper.at_once())


def test_a_token_comes_out_of_a_store_as_it_went_in() -> None:
    """With everything."""
    token = Token(value="v", kind="DPoP", expires_at=5.0, lifetime=2.0, refresh_token="r", scope="s", extra={"a": "b"})

    assert (token, Token(value="v")) == (Token.from_dict(token.to_dict()), Token.from_dict({"value": "v"}))


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"value": 5},
        {"value": "v", "expires_at": "5"},
        {"value": "v", "extra": 1},
        {"value": "v", "lifetime": 10**400},
        {"value": "v", "lifetime": float("nan")},
        {"value": "v", "expires_at": float("inf")},
    ],
)
def test_what_is_no_token_is_refused(wrong: object) -> None:
    """By the name of what is wrong with it."""
    with pytest.raises(InputError, match=r"^token"):
        Token.from_dict(wrong)


def test_a_scheme_without_fetch_is_none() -> None:
    """It says so where it is used."""
    with (
        Client(base_url="https://api.test", auth=TokenScheme(), transport=httpx.MockTransport(Service())) as client,
        pytest.raises(AuthError, match="NotImplementedError"),
    ):
        client.get("/")


def test_exchanges_of_a_real_server(world: World, server: Loopback) -> None:
    """A token request and a call, on one connection."""
    client = world.client(base_url=server.url, auth=Grant(f"{server.url}/echo"))
    with pytest.raises(AuthError, match="has no access_token"):
        world(client.get("/echo"))

    assert (1, ["POST"]) == (server.connections, [each.method for each in server.received])
