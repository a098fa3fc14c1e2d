"""The layer that authenticates: each attempt anew, and for the origin of the credentials only."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx
import pytest

from restkit import (
    APIKey,
    Authenticate,
    AuthError,
    Basic,
    Bearer,
    Client,
    ConfigError,
    Flow,
    InputError,
    M,
    Op,
    Pipeline,
    Proceed,
    Resource,
    RetryPolicy,
    Scheme,
    Sleep,
    operation,
)
from restkit.auth import HMAC, AccessKey, SigV4
from restkit.bodies.kinds import iterated
from restkit.credentials.scheme import whole
from restkit.flow import Outgoing, run
from restkit.flow import World as Outside
from restkit.testing import VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback


def echo(request: httpx.Request) -> httpx.Response:
    """Answer with the credentials that came."""
    return httpx.Response(200, json=request.headers.get_list("authorization"))


def test_a_client_authenticates_its_calls(world: World) -> None:
    """In every world."""
    client = world.mocked(echo, auth=Bearer("t"))

    assert ["Bearer t"] == world(client.get("/")).data


def test_a_call_may_have_credentials_of_its_own_or_none(world: World) -> None:
    """They go before those of the client."""
    client = world.mocked(echo, auth=Bearer("t"))
    said = [world(client.get("/", auth=auth)).data for auth in (Bearer("u"), ("a", "b"), None, False)]

    assert [["Bearer u"], ["Basic YTpi"], [], []] == said


def test_an_operation_may_need_no_credentials(world: World) -> None:
    """It says so where it is written."""

    class Status(Resource[Any, M], path="status"):
        """What anybody may ask, and what not."""

        @operation(auth=None)
        def now(self) -> Op[list[str]]:
            """Anybody may ask."""
            return self.call("GET", "now")

        @operation
        def mine(self) -> Op[list[str]]:
            """Not so here."""
            return self.call("GET", "mine")

    class Acme(Client[M]):
        """An API with it."""

        status: Status[M]

    client = world.mocked(echo, Acme, auth=Bearer("t"))

    assert ([], ["Bearer t"]) == (world(client.status.now()), world(client.status.mine()))


def test_a_client_without_credentials_sends_those_of_a_call(world: World) -> None:
    """To wherever the call goes."""
    client = world.mocked(echo, base_url=None)

    assert ["Bearer u"] == world(client.get("https://other.test/", auth=Bearer("u"))).data


def test_each_attempt_is_authenticated_anew(world: World) -> None:
    """A secret may have changed meanwhile."""
    secrets = iter("abc")
    seen: list[str] = []

    def api(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(503 if len(seen) < len("abc") else 200)

    client = world.mocked(api, auth=Bearer(lambda: next(secrets)), retry=RetryPolicy(wait=0))
    world(client.get("/"))

    assert ["Bearer a", "Bearer b", "Bearer c"] == seen


def test_a_redirect_takes_no_credentials_along(world: World) -> None:
    """To another origin; to the same one they are put anew."""
    seen: list[tuple[str, bool]] = []

    def api(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), "authorization" in request.headers or "key" in request.url.params))
        places = {"/a": "/b", "/b": "https://other.test/c", "/c": "https://api.test/d"}
        where = places.get(request.url.path)
        return httpx.Response(200) if where is None else httpx.Response(302, headers={"Location": where})

    client = world.mocked(api, auth=Bearer("t"), redirects=True)
    world(client.get("/a"))
    world(client.get("/a", auth=APIKey("k", query="key")))

    assert [
        ("https://api.test/a", True),
        ("https://api.test/b", True),
        ("https://other.test/c", False),
        ("https://api.test/d", False),
        ("https://api.test/a?key=k", True),
        ("https://api.test/b?key=k", True),
        ("https://other.test/c", False),
        ("https://api.test/d", False),
    ] == seen


def test_a_hook_that_leads_elsewhere_takes_no_credentials_along(world: World) -> None:
    """They belong to the origin of the base URL."""

    def astray(request: httpx.Request) -> None:
        request.url = httpx.URL("https://other.test/")

    client = world.mocked(echo, auth=Bearer("t"), before=[astray])

    assert [] == world(client.get("/")).data


@pytest.mark.parametrize("setting", ["before", "event_hooks"])
@pytest.mark.parametrize("base", ["https://api.test", None])
def test_a_hook_that_leads_elsewhere_takes_no_credentials_of_a_call_along(
    world: World, setting: str, base: str | None
) -> None:
    """They were given for where the call was made; another spelling of that is no other place."""
    places = iter(["https://other.test/", "https://API.test:443/"])

    def astray(request: httpx.Request) -> None:
        request.url = httpx.URL(next(places))

    hooks: Any = [astray] if setting == "before" else {"request": [astray]}
    client = world.mocked(echo, base_url=base, **{setting: hooks})
    said = [world(client.get("https://api.test/", auth=Bearer("t"))).data for _ in range(2)]

    assert [[], ["Bearer t"]] == said


class Astray:
    """A layer that leads elsewhere."""

    def __init__(self, where: str) -> None:
        self.where = where

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Go there."""
        request.url = httpx.URL(self.where)
        return proceed(request)


def credentials(request: httpx.Request) -> httpx.Response:
    """Answer with the names of headers that hold credentials, and that of another."""
    names = ("authorization", "x-key", "x-signature", "x-amz-date", "x-app")
    return httpx.Response(200, json=[name for name in names if name in request.headers])


SCHEMES: dict[str, Any] = {
    "authorization": lambda: Bearer("t"),
    "x-key": lambda: APIKey(lambda: "k", header="X-Key"),
    "x-signature": lambda: HMAC("s", template="{method}", headers={"X-Signature": "{signature}"}),
    "x-amz-date": lambda: SigV4(AccessKey("a", "b"), region="r", service="s"),
}


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("by", ["client", "call", "borrower"])
def test_a_layer_that_leads_elsewhere_takes_no_credentials_along(world: World, name: str, by: str) -> None:
    """Nor is anything signed for there; whatever else is sent stays as it is."""
    said: list[list[str]] = []
    for where in ("http://other.test/", "https://API.test:443/b"):
        auth = SCHEMES[name]()
        own = {} if by == "call" else {"auth": auth}
        client = world.mocked(credentials, attempt_layers=[Astray(where)], headers={"X-App": "1"}, **own)
        if by == "borrower":
            with world.open(client.as_httpx()) as plain:
                said.append(world(plain.get("/")).json())
        else:
            said.append(world(client.get("/", **({"auth": auth} if by == "call" else {}))).data)

    assert (["x-app"], True) == (said[0], name in said[1])


def test_a_layer_around_the_call_may_have_credentials_for_elsewhere(world: World) -> None:
    """What it sends there belongs there."""

    class Mirror(Astray):
        """Another origin, which knows us too."""

        def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
            """Go there."""
            request.headers["Authorization"] = "Bearer m"
            return super().__call__(request, proceed)

    layers = {"layers": [Mirror("https://mirror.test/")], "attempt_layers": [lambda request, proceed: proceed(request)]}
    client = world.mocked(echo, auth=Bearer("t"), **layers)

    assert ["Bearer m"] == world(client.get("/")).data


def test_a_borrowed_client_takes_no_credentials_elsewhere() -> None:
    """Its requests may go anywhere; and an origin has several spellings."""
    with Client(base_url="https://api.test", transport=httpx.MockTransport(echo), auth=Bearer("t")) as client:
        plain = client.as_httpx()
        said = [plain.get(url).json() for url in ("https://other.test/", "https://API.test:443/", "http://api.test/")]

    assert [[], ["Bearer t"], []] == said


@pytest.mark.parametrize(
    ("url", "auth"),
    [
        ("http://elsewhere.test/", ("ada", "pa55word")),
        ("http://elsewhere.test/", Bearer("t")),
        ("http://ada:pa55word@elsewhere.test/", None),
    ],
)
def test_a_borrowed_client_sends_none_of_its_own_over_plain_http(world: World, url: str, auth: Any) -> None:
    """Though httpx puts them on before there is a layer."""
    seen: list[httpx.Request] = []

    def api(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    refused = pytest.raises(InputError, match="would be sent over plain http")
    with world.open(world.mocked(api).as_httpx()) as plain, refused:
        world(plain.get(url, auth=auth))

    assert [] == seen


def test_a_borrowed_client_sends_its_own_over_plain_http_if_told_so(world: World) -> None:
    """As the client that it was borrowed from."""
    client = world.mocked(echo, allow_insecure=True)

    with world.open(client.as_httpx()) as plain:
        said = world(plain.get("http://elsewhere.test/", auth=("a", "b"))).json()

    assert ["Basic YTpi"] == said


@pytest.mark.parametrize("settings", [{"auth": Bearer("t")}, {"auth": ("a", "b")}])
def test_credentials_without_a_base_are_refused(settings: Any) -> None:
    """Nobody knows whose they are."""
    with pytest.raises(ConfigError, match="auth is set, and base_url is not"):
        Client(**settings)


@pytest.mark.parametrize(
    "url",
    [
        *("http://api.test", "http://10.0.0.1", "http://localhost.test", "http://0.0.0.0"),
        *("http://api.localhost:80", "http://API.Localhost."),
    ],
)
def test_credentials_over_plain_http_are_refused(url: str) -> None:
    """Anybody on the way could read them."""
    for settings in ({"auth": Bearer("t")}, {"headers": {"authorization": "Bearer t"}}):
        with pytest.raises(ConfigError, match="is plain http, and auth could be read"):
            Client(base_url=url, **settings)
    with Client(base_url=url) as client, pytest.raises(InputError, match="would be sent over plain http"):
        client.get("/", auth=Bearer("t"))


BY_HAND = {"authorization": "Bearer t"}


@pytest.mark.parametrize(
    "settings", [{"base_url": "http://api.test"}, {"base_url": None}], ids=["at its base", "anywhere"]
)
def test_credentials_by_hand_over_plain_http_are_refused(world: World, settings: Any) -> None:
    """Of a call, and of a view; where they are allowed, or encrypted, they go."""
    seen: list[str] = []

    def api(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.url.scheme} {request.headers['Authorization']}")
        return httpx.Response(200)

    client, told = (world.mocked(api, **settings, allow_insecure=allowed) for allowed in (False, True))
    for call in (
        client.build().get("http://api.test/").headers(BY_HAND),
        client.with_options(headers=BY_HAND).build().get("http://api.test/"),
    ):
        with pytest.raises(InputError, match="would be sent over plain http"):
            _ = world(call.execute())
    _ = world(told.get("http://api.test/", headers=BY_HAND))

    assert ["http Bearer t"] == seen


def test_credentials_by_hand_go_to_this_machine_and_encrypted(world: World) -> None:
    """Whichever they are."""
    said = [
        world(world.mocked(echo, base_url=None).get(url, headers=BY_HAND)).data
        for url in ("https://api.test/", "http://127.0.0.1:9/")
    ]

    assert [["Bearer t"], ["Bearer t"]] == said


@pytest.mark.parametrize("url", ["http://localhost", "http://LOCALHOST.", "http://127.1:9", "http://[::1]:8080"])
def test_credentials_may_stay_on_this_machine(url: str) -> None:
    """Nobody is on the way."""
    with Client(base_url=url, transport=httpx.MockTransport(echo), auth=Bearer("t")) as client:
        said = client.get("/").data, client.get("/", auth=Bearer("u")).data

    assert (["Bearer t"], ["Bearer u"]) == said


def test_credentials_go_over_plain_http_if_told_so() -> None:
    """The network may be one's own."""
    settings: Any = {"base_url": "http://api.test", "transport": httpx.MockTransport(echo), "allow_insecure": True}
    with Client(**settings, auth=Bearer("t")) as client:
        said = client.get("/").data, client.get("/", auth=Bearer("u")).data
    with Client(**settings, headers={"Authorization": "Bearer v"}) as client:
        by_hand = client.get("/").data

    assert (["Bearer t"], ["Bearer u"], ["Bearer v"]) == (*said, by_hand)


def test_a_layer_of_its_own_takes_what_a_client_takes() -> None:
    """Nothing else."""
    with pytest.raises(ConfigError, match="auth is of type str"):
        _ = Authenticate("t", home="https://api.test")  # type: ignore[arg-type] # that is what is tried


def test_a_layer_of_its_own_keeps_credentials_at_home() -> None:
    """In a bare httpx client, where redirects come from above."""
    seen: list[tuple[str, str | None]] = []

    def api(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.host, request.headers.get("x-key")))
        is_home = request.url.host == "api.test"
        return httpx.Response(302, headers={"Location": "https://other.test/"}) if is_home else httpx.Response(200)

    pipeline = Pipeline([Authenticate(APIKey("k", header="X-Key"), "https://api.test")], httpx.MockTransport(api))
    with httpx.Client(transport=pipeline, follow_redirects=True) as client:
        _ = client.get("https://api.test/")

    assert [("api.test", "k"), ("other.test", None)] == seen


class Stamped(Scheme):
    """Learns a header from a 409."""

    def __init__(self) -> None:
        self.stamp = ""

    def authenticate(self, request: httpx.Request) -> None:
        """Put the stamp on."""
        request.headers["X-Stamp"] = self.stamp

    def renew(self, request: httpx.Request, response: httpx.Response) -> bool:  # noqa: ARG002 - as it is called
        """Learn another."""
        self.stamp = response.headers.get("x-stamp", self.stamp)
        return response.status_code == httpx.codes.CONFLICT


def test_a_scheme_that_says_nothing_of_an_answer_takes_it(world: World) -> None:
    """Whoever forgets to return has meant no."""

    class Silent(Stamped):
        """Learns, and says nothing."""

        def renew(self, request: httpx.Request, response: httpx.Response) -> None:  # type: ignore[override]
            """Learn another."""
            _ = super().renew(request, response)

    client = world.mocked(office, auth=Silent())

    assert 409 == world(client.get("/", raise_on_error=False)).status_code


@pytest.mark.parametrize("name", ["authenticate", "renew"])
def test_a_coroutine_is_no_flow(world: World, name: str) -> None:
    """The error says how it is written."""

    async def wrong(*_: object) -> None:
        """Never begun."""

    scheme = type("Wrong", (Stamped,), {name: wrong})()
    with pytest.raises(ConfigError, match="write it as a flow"):
        world(world.mocked(office, auth=scheme).get("/"))


class Waits(Stamped):
    """The same with flows."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.clock = clock

    def authenticate(self, request: httpx.Request) -> Flow[None]:  # type: ignore[override]
        """Put the stamp on, after a while."""
        yield from Sleep(1)
        request.headers["X-Stamp"] = self.stamp

    def renew(self, request: httpx.Request, response: httpx.Response) -> Flow[bool]:  # type: ignore[override]
        """Learn another, after a while."""
        yield from Sleep(1)
        return Stamped.renew(self, request, response)


def office(request: httpx.Request) -> httpx.Response:
    """Wants a stamp."""
    if request.headers["x-stamp"] == "blue":
        return httpx.Response(200, content=request.content)
    return httpx.Response(409, headers={"X-Stamp": "blue"})


def test_a_scheme_may_learn_from_an_answer(world: World) -> None:
    """The request is sent once more, with its body."""
    client = world.mocked(office, auth=Stamped())
    response = world(client.post("/", content=b"body"))

    assert (b"body", [409, 200]) == (response.content, [each.status for each in response.attempts])


def test_a_scheme_may_wait() -> None:
    """It is a flow then."""
    clock = VirtualClock()
    with Client(
        base_url="https://api.test", transport=httpx.MockTransport(office), auth=Waits(clock), clock=clock
    ) as client:
        began = clock.now()
        status = client.get("/").status_code

    assert (200, 3.0) == (status, clock.now() - began)


def test_a_scheme_that_never_learns_has_one_answer_more(world: World) -> None:
    """And no third."""
    sends: list[httpx.Request] = []

    def api(request: httpx.Request) -> httpx.Response:
        sends.append(request)
        return httpx.Response(409)

    client = world.mocked(api, auth=Stamped())
    response = world(client.get("/", raise_on_error=False))

    assert (409, 2) == (response.status_code, len(sends))


def test_a_scheme_without_authenticate_is_no_scheme() -> None:
    """It says so where it is used."""
    with Client(base_url="https://api.test", auth=Scheme()) as client, pytest.raises(NotImplementedError):
        client.get("/")


class Signs(Scheme):
    """Wants to see the body."""

    needs_body = True

    def authenticate(self, request: httpx.Request) -> None:
        """Sign it, more or less."""
        request.headers["X-Length"] = str(len(request.content))


@pytest.mark.parametrize("body", [b"four", "four", {"a": 1}])
def test_a_body_is_read_for_who_signs_it(world: World, body: Any) -> None:
    """Whatever it is made of."""
    client = world.mocked(lambda request: httpx.Response(200, json=request.headers["x-length"]), auth=Signs())
    sent = client.post("/", json=body) if isinstance(body, dict) else client.post("/", content=body)

    assert str(len(b'{"a":1}') if isinstance(body, dict) else len(body)) == world(sent).data


def test_a_body_that_can_be_read_once_is_read_for_who_signs_it(world: World) -> None:
    """And sent from memory."""
    client = world.mocked(lambda request: httpx.Response(200, content=request.content), auth=Signs())

    assert b"ab" == world(client.post("/", content=iter([b"a", b"b"]))).content


def test_a_body_that_was_read_cannot_be_signed() -> None:
    """It would be signed as empty."""
    request = httpx.Request("POST", "https://api.test/", stream=Outgoing(iterated("content", iter([b"a"]))))
    _ = list(request.stream)  # type: ignore[arg-type] # in this world

    with pytest.raises(InputError, match="has to be signed whole"):
        run(whole(request), Outside())


class Twice(httpx.Auth):
    """A scheme of somebody else's that is written twice."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Blocking."""
        request.headers["Authorization"] = "first"
        response = yield request
        request.headers["Authorization"] = f"blocking {response.status_code}"
        yield request
        self.ended.append("blocking")

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Awaiting."""
        request.headers["Authorization"] = "first"
        response = yield request
        request.headers["Authorization"] = f"awaiting {response.status_code}"
        yield request
        self.ended.append("awaiting")


def test_a_scheme_that_is_written_twice_runs_in_its_world(world: World) -> None:
    """To its end."""
    scheme = Twice()
    client = world.mocked(echo, auth=scheme)
    name = "awaiting" if world.awaits else "blocking"

    assert ([f"{name} 200"], [name]) == (world(client.get("/")).data, scheme.ended)


def test_a_scheme_that_is_written_twice_is_ended_when_sending_fails(world: World) -> None:
    """Its generator is closed."""
    ended: list[bool] = []

    class Closes(Twice):
        """Notes its end."""

        def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            """Blocking."""
            try:
                yield request
            finally:
                ended.append(True)

        async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
            """Awaiting."""
            try:
                yield request
            finally:
                ended.append(True)

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    client = world.mocked(broken, auth=Closes())
    with pytest.raises(httpx.ConnectError):
        world(client.get("/"))

    assert [True] == ended


class Silent(httpx.Auth):
    """A scheme that sends nothing."""

    def sync_auth_flow(self, _: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Nothing."""
        yield from ()

    async def async_auth_flow(self, _: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Nothing."""
        for each in ():
            yield each


def test_a_scheme_that_sends_nothing_is_an_error(world: World) -> None:
    """Which names it."""
    with pytest.raises(AuthError, match="Silent sends nothing"):
        world(world.mocked(echo, auth=Silent()).get("/"))


class Reads(httpx.Auth):
    """A scheme of somebody else's that reads bodies."""

    requires_request_body = True
    requires_response_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Answer with what was answered."""
        response = yield request
        request.headers["Authorization"] = response.text + request.content.decode()
        yield request


def test_a_scheme_may_read_bodies(world: World) -> None:
    """It says so as httpx has it."""
    client = world.mocked(echo, auth=Reads())

    assert ["[]body"] == world(client.post("/", content=b"body")).data


def test_the_schemes_of_httpx_work(world: World) -> None:
    """Digest sends twice."""

    def api(request: httpx.Request) -> httpx.Response:
        if "authorization" not in request.headers:
            challenge = 'Digest realm="a", qop="auth", nonce="n", algorithm=MD5'
            return httpx.Response(401, headers={"WWW-Authenticate": challenge})
        return echo(request)

    client = world.mocked(api, auth=httpx.DigestAuth("ada", "pw"))

    assert world(client.get("/")).data[0].startswith('Digest username="ada"')


def test_the_answer_that_is_not_the_last_is_put_away(world: World, server: Loopback) -> None:
    """Its connection is used for the next."""
    client = world.client(base_url=server.url, auth=Stamped())
    _ = world(client.get("/status/409", raise_on_error=False))

    assert (2, 1) == (len(server.received), server.connections)


def test_an_answer_that_is_streamed_is_put_away_as_well(world: World, server: Loopback) -> None:
    """Though nobody has read it."""
    client = world.client(base_url=server.url, auth=Stamped())
    with world.open(client.stream(Op("GET", "/status/409", answers={409: bytes}))) as response:
        status = response.status_code
    world.close(client)
    server.wait_until_left()

    assert (409, 2) == (status, len(server.received))


def test_a_subclass_may_add_to_what_a_scheme_sends(world: World) -> None:
    """It is asked each time."""

    class Tenant(Bearer):
        """Tells of whom it is, too."""

        def authenticate(self, request: httpx.Request) -> Flow[None] | None:
            """Add a header."""
            request.headers["X-Tenant"] = "blue"
            return super().authenticate(request)

    client = world.mocked(lambda request: httpx.Response(200, json=request.headers["x-tenant"]), auth=Tenant("t"))

    assert "blue" == world(client.get("/")).data


def test_threads_share_a_scheme() -> None:
    """One at a time is not asked for."""
    with Client(base_url="https://api.test", transport=httpx.MockTransport(echo), auth=Basic("a", "b")) as client:
        said: list[object] = []
        threads = [threading.Thread(target=lambda: said.append(client.get("/").data)) for _ in range(16)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    assert [["Basic YTpi"]] * 16 == said


def test_a_scheme_may_be_no_more_than_a_header(world: World) -> None:
    """One that is known."""

    class Known(Scheme):
        """Nothing else."""

        header = "Authorization", "known"

    assert ["known"] == world(world.mocked(echo, auth=Known()).get("/")).data
