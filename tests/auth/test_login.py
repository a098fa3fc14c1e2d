"""Login: calls described by data, what they bring, where it is sent, and when they are made again."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AuthError, Client, ConfigError, EnvVar, InputError
from restkit.auth import Login, LoginCall, Token
from restkit.credentials.place import Place
from restkit.stores import MemoryTokens
from restkit.testing import VirtualClock
from tests.auth.canary import SECRET, shown
from tests.client.worlds import World

HOME = "https://api.test/v1"
JSON = LoginCall("auth/login", json={"user": "ada", "password": "pa55word"})
REFRESH = LoginCall("auth/refresh", json={"refresh_token": "{refresh_token}"})
Answers = Callable[[httpx.Request], httpx.Response]


class Office:
    """An API that lets those in who have logged in, and notes what it is sent."""

    def __init__(
        self, login: Answers | None = None, refresh: Answers | None = None, page: Answers | None = None
    ) -> None:
        self.seen: list[httpx.Request] = []
        self.answers = {"login": login or self.numbered, "refresh": refresh or self.numbered, "page": page}
        self.refuses = 0
        self.count = 0

    def numbered(self, _: httpx.Request) -> httpx.Response:
        """A token with a number."""
        self.count += 1
        return httpx.Response(200, json={"access_token": f"t{self.count}", "refresh": f"r{self.count}", "life": 100})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.seen.append(request)
        answer = self.answers.get(request.url.path.rpartition("/")[2])
        if answer is not None:
            return answer(request)
        self.refuses -= 1
        return httpx.Response(401 if self.refuses >= 0 else 200, json=request.headers.get("Authorization"))

    def client(self, world: World, scheme: httpx.Auth, **settings: Any) -> Any:
        """A client of this API."""
        return world.mocked(self, base_url=HOME, auth=scheme, **settings)

    def called(self, scheme: Login, method: str = "GET", **what: Any) -> httpx.Request:
        """The request of a call, as it came in the end, from a bare httpx client."""
        with httpx.Client(transport=httpx.MockTransport(self), auth=scheme) as client:
            _ = client.request(method, f"{HOME}/me", **what)
        return self.seen[-1]

    @property
    def paths(self) -> list[str]:
        """The last parts of the paths that were called."""
        return [each.url.path.rpartition("/")[2] for each in self.seen]


def bare(office: Office, login: LoginCall = JSON, refresh: LoginCall | None = None, **options: Any) -> Login:
    """A login for a bare httpx client."""
    return Login(login, refresh, base_url=HOME, transport=httpx.MockTransport(office), **options)


def answering(status: int = 200, **details: Any) -> Answers:
    """The same answer each time."""
    return lambda _: httpx.Response(status, **details)


def test_a_client_logs_in_once(world: World) -> None:
    """Below its base URL; each call has the token."""
    office = Office()
    client = office.client(world, Login(JSON))
    said = [world(client.get("/me")).data for _ in range(2)]

    assert (["Bearer t1", "Bearer t1"], ["login", "me", "me"]) == (said, office.paths)


@pytest.mark.anyio
async def test_a_bare_awaiting_client_logs_in() -> None:
    """With a base URL of its own."""
    office = Office()
    async with httpx.AsyncClient(transport=httpx.MockTransport(office), auth=bare(office)) as client:
        said = (await client.get(f"{HOME}/me")).json()

    assert "Bearer t1" == said


@pytest.mark.parametrize(
    ("call", "media_type", "expected"),
    [
        (JSON, "application/json", {"user": "ada", "password": "pa55word"}),
        (LoginCall("login", form={"user": "ada", "pw": lambda: "pä&5"}), "application/x-www-form-urlencoded", None),
        (LoginCall("login", json={"a": [1, True, None, {"pin": lambda: "c"}]}), "application/json", None),
    ],
)
def test_what_a_login_says(call: LoginCall, media_type: str, expected: object) -> None:
    """JSON or a form, with secrets from anywhere in it."""
    office = Office()
    _ = office.called(bare(office, call))
    said = office.seen[0]
    form = {"user": "ada", "pw": "pä&5"}
    read = dict(parse_qsl(said.content.decode())) if call.form else json.loads(said.content)

    assert (media_type, expected or (form if call.form else {"a": [1, True, None, {"pin": "c"}]})) == (
        said.headers["Content-Type"],
        read,
    )


def test_a_login_may_be_all_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """And another method."""
    monkeypatch.setenv("AN_API_KEY", "k3y")
    office = Office()
    _ = office.called(bare(office, LoginCall("login", method="PUT", headers={"X-Key": EnvVar("AN_API_KEY")})))

    assert ("PUT", "k3y", b"") == (office.seen[0].method, office.seen[0].headers["X-Key"], office.seen[0].content)


@pytest.mark.parametrize(
    ("spot", "answer"),
    [
        ("access_token", {"json": {"access_token": "f00"}}),
        ("data.tokens.1.value", {"json": {"data": {"tokens": [{}, {"value": "f00"}]}}}),
        (".", {"json": "f00"}),
        (".", {"text": " f00\n"}),
        ("header:X-Token", {"headers": {"X-Token": "f00"}}),
        ("header:Authorization", {"headers": {"Authorization": "Bearer f00"}, "status": 204}),
        ("cookie:sid", {"headers": {"Set-Cookie": "sid=f00; HttpOnly", "Location": "/home"}, "status": 302}),
        ("page:csrf", {"html": '<meta name=viewport><input type="hidden" value="f00" name="csrf">'}),
        ("page:csrf", {"html": "<META NAME='csrf' content='&#102;00'/>"}),
    ],
)
def test_where_a_token_may_be(spot: str, answer: dict[str, Any]) -> None:
    """In a field, the whole body, a header, a cookie, or a page."""
    office = Office(answering(answer.pop("status", 200), **answer))

    assert "Bearer f00" == office.called(bare(office, token=spot, header="Authorization")).headers["Authorization"]


@pytest.mark.parametrize(
    ("spot", "answer"),
    [
        ("data.token", {"json": {"data": None}}),
        ("data.1", {"json": {"data": ["a"]}}),
        ("data.x", {"json": {"data": ["a"]}}),
        ("access_token", {"json": {"access_token": 5}}),
        ("access_token", {"json": {"access_token": "a\r\nb"}}),
        ("access_token", {"html": "<h1>Welcome</h1>"}),
        ("access_token", {"json": ["access_token"]}),
        ("header:X-Token", {}),
        ("cookie:sid", {"headers": {"Set-Cookie": "other=f00"}}),
        ("page:csrf", {"html": "<input name=other value=x>"}),
        ("page:csrf", {"html": "<input name=csrf>"}),
    ],
)
def test_an_answer_without_a_token(spot: str, answer: dict[str, Any]) -> None:
    """The error says where it should have been."""
    office = Office(answering(**answer))

    with pytest.raises(AuthError, match=spot.replace(":", " ").replace(".", r"\.")):
        _ = office.called(bare(office, token=spot, header="X-Token"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ("Authorization", "Bearer t1")),
        ({"prefix": "JWT"}, ("Authorization", "JWT t1")),
        ({"prefix": ""}, ("Authorization", "t1")),
        ({"header": "X-Token"}, ("X-Token", "t1")),
        ({"header": "X-Token", "prefix": "T"}, ("X-Token", "T t1")),
        ({"cookie": "sid"}, ("Cookie", "sid=t1")),
    ],
)
def test_where_a_token_is_sent(options: dict[str, Any], expected: tuple[str, str]) -> None:
    """In a header, with or without a word before it, or in a cookie."""
    office = Office()

    assert expected[1] == office.called(bare(office, **options)).headers[expected[0]]


@pytest.mark.parametrize("charset", ["hex", "zlib", "idna", "no such"])
def test_a_body_in_an_odd_charset_is_read(world: World, charset: str) -> None:
    """As UTF-8, which it is everywhere else."""
    office = Office(answering(content=b"f00", headers={"Content-Type": f"text/plain; charset={charset}"}))
    client = office.client(world, Login(JSON, token="."))

    assert "Bearer f00" == world(client.get("/me")).data


def test_a_token_adds_no_cookie(world: World) -> None:
    """At a semicolon it would end, and another cookie begin: the API is not called."""
    office = Office(answering(json={"access_token": "f00; admin=1"}))
    client = office.client(world, Login(JSON, cookie="sid"))
    with pytest.raises(AuthError, match="access_token that no cookie could hold"):
        world(client.get("/me"))

    assert ["login"] == office.paths


def test_a_token_that_was_a_cookie_is_one() -> None:
    """Unless it is said to go elsewhere."""
    office = Office(answering(headers={"Set-Cookie": "sid=f00"}))

    assert "sid=f00" == office.called(bare(office, token="cookie:sid")).headers["Cookie"]


def test_a_token_in_the_query() -> None:
    """Beside what is there."""
    office = Office()

    assert b"a=1&auth=t1" == office.called(bare(office, query="auth"), params={"a": "1"}).url.query


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"json": {"a": 1.10}}, b'{"auth":"t1","a":1.1}'),
        ({"json": {}}, b'{"auth":"t1"}'),
        ({"data": {"a": "1"}}, b"a=1&auth=t1"),
    ],
)
def test_a_token_in_the_body(world: World, body: dict[str, Any], expected: bytes) -> None:
    """Beside what is there, anew when it is refused."""
    office, clock = Office(), VirtualClock()
    client = office.client(world, Login(JSON, field="auth", clock=clock), clock=clock)
    for refuses in (0, 1):
        office.refuses = refuses
        _ = world(client.post("/me", **body))
        clock.sleep(10)

    assert [expected, expected, expected.replace(b"t1", b"t2")] == [
        each.content for each in office.seen if each.url.path.endswith("/me")
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"json": [1]},
        {"json": {"auth": 1}},
        {"data": {"auth": "1"}},
        {"content": b"x", "headers": {"Content-Type": "text/plain"}},
        {"content": b"\xff{}", "headers": {"Content-Type": "application/json"}},
        {"content": b"{}", "headers": {"Content-Type": "application/json", "Content-Encoding": "gzip"}},
    ],
)
def test_a_body_that_takes_no_token(body: dict[str, Any]) -> None:
    """Nothing is there, it is of another kind, or has one already."""
    office = Office()

    with pytest.raises(InputError, match="auth belongs among its fields"):
        _ = office.called(bare(office, field="auth"), "POST", **body)


def test_a_login_is_made_again_when_its_token_is_over(world: World) -> None:
    """After the life that the answer names."""
    office, clock = Office(), VirtualClock()
    client = office.client(world, Login(JSON, lifetime="life", clock=clock), clock=clock)
    _ = world(client.get("/me"))
    clock.sleep(100)

    assert "Bearer t2" == world(client.get("/me")).data


@pytest.mark.parametrize(
    ("options", "answer", "expected"),
    [
        ({}, {}, 3600.0),
        ({"lives": 7}, {}, 7.0),
        ({"lifetime": "life"}, {"life": "60"}, 60.0),
        ({"lifetime": "life"}, {"life": 0}, 3600.0),
        ({"lifetime": "life"}, {"life": 10**12}, 400 * 86_400.0),
        ({"expires_at": "end"}, {"end": "2025-01-01T00:01:00Z"}, 60.0),
        ({"expires_at": "end"}, {"end": "2025-01-01T00:01:00"}, 60.0),
        ({"expires_at": "end"}, {"end": "2025-01-01T01:01:00+01:00"}, 60.0),
        ({"expires_at": "end"}, {"end": 1_735_689_660}, 60.0),
        ({"expires_at": "end"}, {"end": "1735689660"}, 60.0),
        ({"expires_at": "end"}, {"end": "2020-01-01"}, 3600.0),
        ({"expires_at": "end"}, {}, 3600.0),
    ],
)
def test_how_long_a_token_lives(options: dict[str, Any], answer: dict[str, Any], expected: float) -> None:
    """As the answer says, in seconds or by the moment of its end; else an hour, or as told."""
    office = Office(answering(json={"access_token": "f00", **answer}))
    scheme = bare(office, clock=VirtualClock(), **options)
    _ = office.called(scheme)
    token = scheme.keeper.at_once()

    assert expected == (token and token.lifetime)


@pytest.mark.parametrize("end", ["soon", 10**400, {"a": 1}, "9999-12-31T23:59:59-23:59x"])
def test_an_end_that_is_none(end: object) -> None:
    """It is no moment."""
    office = Office(answering(content=json.dumps({"access_token": "f00", "end": end}).encode()))

    with pytest.raises(AuthError, match="says in end what is no moment"):
        _ = office.called(bare(office, expires_at="end"))


def test_a_cookie_says_how_long_it_lives() -> None:
    """If it does."""
    office = Office(answering(headers={"Set-Cookie": "sid=f00; Max-Age=60"}))
    scheme = bare(office, token="cookie:sid", clock=VirtualClock())
    _ = office.called(scheme)
    token = scheme.keeper.at_once()

    assert 60.0 == (token and token.lifetime)


def test_a_token_is_renewed_by_what_came_with_it(world: World) -> None:
    """And what that brings is used from then on."""
    office, clock = Office(), VirtualClock()
    scheme = Login(JSON, REFRESH, refresh_token="refresh", lifetime="life", clock=clock)
    client = office.client(world, scheme, clock=clock)
    for _ in range(3):
        _ = world(client.get("/me"))
        clock.sleep(100)
    said = [json.loads(each.content) for each in office.seen if each.url.path.endswith("/refresh")]

    assert [{"refresh_token": "r1"}, {"refresh_token": "r2"}] == said


def test_a_refresh_may_go_by_the_token_itself() -> None:
    """In a header; then nothing else is needed."""
    office, clock = Office(), VirtualClock()
    refresh = LoginCall("refresh", headers={"Authorization": "Bearer {token}"})
    scheme = bare(office, refresh=refresh, lifetime="life", clock=clock)
    _ = office.called(scheme)
    clock.sleep(100)
    _ = office.called(scheme)

    assert ("refresh", "Bearer t1") == (office.paths[2], office.seen[2].headers["Authorization"])


def test_an_old_refresh_token_stays_good() -> None:
    """If no other comes."""
    office, clock = Office(refresh=answering(json={"access_token": "t9", "life": 100})), VirtualClock()
    scheme = bare(office, JSON, REFRESH, refresh_token="refresh", lifetime="life", clock=clock)
    for _ in range(3):
        _ = office.called(scheme)
        clock.sleep(100)

    assert b'{"refresh_token":"r1"}' == office.seen[-2].content


def test_without_a_refresh_token_it_logs_in_again() -> None:
    """Though there is a call to refresh."""
    office, clock = Office(answering(json={"access_token": "t", "life": 100})), VirtualClock()
    scheme = bare(office, JSON, REFRESH, refresh_token="refresh", lifetime="life", clock=clock)
    for _ in range(2):
        _ = office.called(scheme)
        clock.sleep(100)

    assert ["login", "me", "login", "me"] == office.paths


@pytest.mark.parametrize("answer", [answering(401), answering(503), answering(json={})])
def test_a_refused_refresh_logs_in_again(world: World, answer: Answers) -> None:
    """Whatever it says."""
    office, clock = Office(refresh=answer), VirtualClock()
    scheme = Login(JSON, REFRESH, refresh_token="refresh", lifetime="life", clock=clock)
    client = office.client(world, scheme, clock=clock)
    for _ in range(2):
        _ = world(client.get("/me"))
        clock.sleep(100)

    assert ["login", "me", "refresh", "login", "me"] == office.paths


def test_a_refresh_without_an_answer_is_no_reason_to_log_in() -> None:
    """A login would have none either."""

    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone", request=request)

    office, clock = Office(refresh=gone), VirtualClock()
    scheme = bare(office, JSON, REFRESH, refresh_token="refresh", lifetime="life", clock=clock)
    _ = office.called(scheme)
    clock.sleep(100)

    with pytest.raises(AuthError, match="did not answer"):
        _ = office.called(scheme)


def test_a_refused_token_is_renewed(world: World) -> None:
    """And the call is sent again, once."""
    office, clock = Office(), VirtualClock()
    client = office.client(world, Login(JSON, clock=clock), clock=clock)
    _ = world(client.get("/me"))
    clock.sleep(10)
    office.refuses = 1

    assert "Bearer t2" == world(client.get("/me")).data


def test_other_statuses_can_refuse_a_token() -> None:
    """As the API has it."""
    office, clock = Office(), VirtualClock()
    scheme = bare(office, refused=[419], clock=clock)
    _ = office.called(scheme)
    clock.sleep(10)
    office.answers["me"] = lambda request: httpx.Response(419 if "t1" in request.headers["Authorization"] else 200)
    _ = office.called(scheme)

    assert ["login", "me", "me", "login", "me"] == office.paths


def test_session_cookies_are_sent_back(world: World) -> None:
    """With each call that their path is for, until they are over."""
    lines = ["sid=1; Path=/", "far=2; Path=/elsewhere", "brief=3; Max-Age=5; Path=/"]
    office = Office(answering(json={"access_token": "t"}, headers=[("Set-Cookie", line) for line in lines]))
    clock = VirtualClock()
    client = office.client(world, Login(JSON, cookies=True, clock=clock), clock=clock)
    _ = world(client.get("/me"))
    clock.sleep(6)
    _ = world(client.get("/me"))

    assert ["sid=1; brief=3", "sid=1"] == [each.headers["Cookie"] for each in office.seen[1:]]


def test_a_refresh_has_the_cookies_of_its_login() -> None:
    """Also those that are for it alone; what it sets replaces them."""
    office, clock = Office(), VirtualClock()
    office.answers["login"] = answering(
        json={"access_token": "t"}, headers={"Set-Cookie": "r=1; Path=/v1/auth/refresh"}
    )
    office.answers["refresh"] = answering(json={"access_token": "u"}, headers={"Set-Cookie": "r=2"})
    scheme = bare(office, JSON, LoginCall("auth/refresh"), lives=100, clock=clock)
    for _ in range(3):
        _ = office.called(scheme)
        clock.sleep(100)

    assert [None, None, "r=1", None, "r=1; r=2", None] == [each.headers.get("Cookie") for each in office.seen]


class Site(Office):
    """A web site: a page with a token, a form, and a redirect with the session's cookie and a new token."""

    def __init__(self) -> None:
        after = [("Set-Cookie", "sid=f00; Path=/"), ("Set-Cookie", "csrf=n3w; Path=/"), ("Location", "/")]
        page = answering(html='<input name="csrf" value="p4ge">', headers={"Set-Cookie": "pre=1; Path=/"})
        super().__init__(answering(302, headers=after), page=page)

    def session(self, world: World, **options: Any) -> list[tuple[str, str | None, str | None]]:
        """What is sent by a client that logs in, reads and writes: path, cookies and CSRF token."""
        form = LoginCall("login", form={"user": "ada", "password": "x", "csrf": "{csrf}"})
        client = self.client(world, Login(form, token="cookie:sid", page="page", **options))
        _ = world(client.get("/me")), world(client.post("/me", json={}))
        return [
            (path, each.headers.get("Cookie"), each.headers.get("X-C"))
            for path, each in zip(self.paths, self.seen, strict=True)
        ]


def test_a_session_of_a_web_site(world: World) -> None:
    """The page's cookie goes with the login, the session's with each call, the newest token with those that write."""
    assert [
        ("page", None, None),
        ("login", "pre=1", None),
        ("me", "sid=f00; pre=1; csrf=n3w", None),
        ("me", "sid=f00; pre=1; csrf=n3w", "n3w"),
    ] == Site().session(world, csrf="cookie:csrf", csrf_header="X-C", cookies=True)


def test_a_csrf_token_of_a_page(world: World) -> None:
    """It is that of the session, if the login brings no other."""
    assert ("me", "sid=f00", "p4ge") == Site().session(world, csrf="page:csrf", csrf_header="X-C")[-1]


def test_a_form_has_the_token_of_its_page(world: World) -> None:
    """Where its text says so."""
    site = Site()
    _ = site.session(world, csrf="page:csrf")

    assert b"user=ada&password=x&csrf=p4ge" == site.seen[1].content


def test_a_csrf_token_that_is_nowhere() -> None:
    """Writes would be refused, so this is said at once."""
    office = Office()

    with pytest.raises(AuthError, match="has no cookie csrf"):
        _ = office.called(bare(office, csrf="cookie:csrf"))


def test_a_csrf_token_stays_good_when_the_token_is_renewed() -> None:
    """If no other comes."""
    office, clock = Office(), VirtualClock()
    office.answers["login"] = answering(json={"access_token": "t", "csrf": "c1"})
    scheme = bare(office, JSON, LoginCall("refresh"), csrf="csrf", lives=100, clock=clock)
    _ = office.called(scheme)
    clock.sleep(100)

    assert "c1" == office.called(scheme, "POST").headers["X-CSRF-Token"]


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_a_login_that_is_refused(world: World, status: int) -> None:
    """The error has the status, and what the server says."""
    office = Office(answering(status, json={"error": "bad_login", "error_description": "not pa55word"}))
    client = office.client(world, Login(JSON))
    with pytest.raises(AuthError) as caught:
        _ = world(client.get("/me"))

    assert (status, "the token endpoint refuses: bad_login: not [redacted]") == (
        caught.value.status,
        caught.value.message,
    )


def test_a_token_is_kept_in_a_store() -> None:
    """With its cookies and its CSRF token: another process goes on with it."""
    office, store = Office(), MemoryTokens()
    office.answers["login"] = answering(
        json={"access_token": "t", "csrf": "c"}, headers={"Set-Cookie": "sid=1; Path=/"}
    )
    for _ in range(2):
        scheme = bare(office, store=store, key="ada", cookies=True, csrf="csrf")
        said = office.called(scheme, "POST").headers

    assert (["login", "me", "me"], ("Bearer t", "sid=1", "c")) == (
        office.paths,
        (said["Authorization"], said["Cookie"], said["X-CSRF-Token"]),
    )


def test_a_login_elsewhere(world: World) -> None:
    """At an absolute URL, which is no matter of the client's base."""
    office = Office()
    scheme = Login(LoginCall("https://login.test/login"))
    clients = [office.client(world, scheme), world.mocked(office, base_url="https://other.test", auth=scheme)]
    for client in clients:
        _ = world(client.get("/me"))

    assert ["login.test", "api.test", "other.test"] == [each.url.host for each in office.seen]


def test_clients_of_one_api_share_a_login(world: World) -> None:
    """The first one's base URL is that of all."""
    office, scheme = Office(), Login(JSON)
    for _ in range(2):
        _ = world(office.client(world, scheme).get("/me"))

    assert ["login", "me", "me"] == office.paths


def test_clients_of_two_apis_do_not() -> None:
    """A path would lead to either."""
    scheme = Login(JSON)
    with Client(base_url=HOME, auth=scheme), pytest.raises(ConfigError, match="below the URLs of two APIs"):
        _ = Client(base_url="https://other.test", auth=scheme)


def test_a_base_url_that_was_given_counts() -> None:
    """Whatever the client's is."""
    office = Office()
    with Client(base_url="https://other.test", auth=bare(office), transport=httpx.MockTransport(office)) as client:
        client.get("/me")

    assert "api.test" == office.seen[0].url.host


def test_a_path_needs_a_base() -> None:
    """Where there is no client of restkit to name one."""
    office = Office()

    with pytest.raises(ConfigError, match="base_url is not known"):
        _ = office.called(Login(JSON, transport=httpx.MockTransport(office)))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Login(LoginCall("http://login.test/")), "url"),
        (lambda: Login(LoginCall("login"), base_url="http://api.test"), "url"),
        (lambda: Login(LoginCall("//evil.test/login"), base_url=HOME), "url"),
        (lambda: Login(JSON, token="a..b"), "token"),
        (lambda: Login(JSON, token=""), "token"),
        (lambda: Login(JSON, token="a\nb"), "token"),
        (lambda: Login(JSON, token=5), "token"),  # type: ignore[arg-type] # on purpose
        (lambda: Login(JSON, token="header:a b"), "token"),
        (lambda: Login(JSON, tokn="a"), "tokn"),  # type: ignore[call-arg] # on purpose
        (lambda: Login(JSON, lives=-1), "lives"),
        (lambda: Login(JSON, cookies=1), "cookies"),  # type: ignore[arg-type] # likewise
        (lambda: Login(JSON, refused=[200]), "refused"),
        (lambda: Login(JSON, csrf_header="a b"), "csrf_header"),
        (lambda: Login(JSON, header="X", cookie="y"), "header, query, cookie"),
        (lambda: Login(JSON, field="x", cookie="y"), "field"),
        (lambda: Login(JSON, field="x", prefix="y"), "field"),
        (lambda: Login(JSON, field=""), "field"),
        (lambda: Login(JSON, query=""), "query"),
        (lambda: Login(JSON, store=MemoryTokens()), "key"),
        (lambda: Login(JSON, allow_insecure=1), "allow_insecure"),  # type: ignore[arg-type] # likewise
        (lambda: LoginCall("a", json={}, form={}), "json, form"),
        (lambda: LoginCall("a", json=[]), "json"),  # type: ignore[arg-type] # likewise
        (lambda: LoginCall("a", json={1: 2}), "json"),  # type: ignore[dict-item] # likewise
        (lambda: LoginCall("a", json={"b": [{1}]}), "b"),
        (lambda: LoginCall("a", form=[]), "form"),  # type: ignore[arg-type] # likewise
        (lambda: LoginCall("a", form={"b": 5}), "b"),  # type: ignore[dict-item] # likewise
        (lambda: LoginCall("a", headers=[]), "headers"),  # type: ignore[arg-type] # likewise
        (lambda: LoginCall("a", headers={"b c": ""}), "headers"),
        (lambda: LoginCall("a", headers={"b": "c\n"}), "b"),
        (lambda: LoginCall("a\n"), "url"),
        (lambda: LoginCall(5), "url"),  # type: ignore[arg-type] # likewise
        (lambda: LoginCall("a", method="G T"), "method"),
    ],
)
def test_what_cannot_be(make: Callable[[], object], field: str) -> None:
    """It is refused by name."""
    with pytest.raises(ConfigError) as caught:
        _ = make()

    assert field == caught.value.field


def test_over_plain_http_if_allowed() -> None:
    """To this machine anyway."""
    made = [Login(LoginCall("http://127.0.0.1/")), Login(LoginCall("http://login.test/"), allow_insecure=True)]

    assert 2 == len(made)


@pytest.mark.parametrize(
    "login",
    [
        answering(json={"access_token": SECRET}),
        answering(401, json={"error": f"no {SECRET}"}),
        answering(500, text=f"what is {SECRET}?"),
        answering(json={"token": SECRET}),
        answering(html=SECRET),
        answering(json={"access_token": SECRET + "\r\n"}),
    ],
)
@pytest.mark.parametrize("place", [{}, {"header": "X-T0k"}, {"query": "t0k"}, {"cookie": "t0k"}, {"field": "t0k"}])
def test_no_secret_is_ever_seen(login: Answers, place: dict[str, Any]) -> None:
    """Whatever the login and the call come to."""
    office = Office(login)
    call = LoginCall("login", json={"user": "ada", "pw": lambda: SECRET})
    scheme = bare(office, call, **place)
    office.refuses = 2
    with Client(base_url=HOME, transport=httpx.MockTransport(office), auth=scheme, retry=False) as client:
        seen = shown([scheme, call], lambda: client.post("/me", json={}))

    assert SECRET not in seen


@pytest.mark.parametrize(
    "call",
    [
        LoginCall("login", json={"a": [{"kennwort": SECRET}]}),
        LoginCall("login", form={"kennwort": SECRET}),
        LoginCall("login", headers={"X-Kennwort": SECRET}),
    ],
)
@pytest.mark.parametrize(
    "answer",
    [
        {"text": f"what is {SECRET}?"},
        {"json": {"error": SECRET}},
        {"json": {"error": "wrong", "error_description": f"not {SECRET}"}},
    ],
)
def test_what_a_login_says_is_not_seen_where_it_is_refused(call: LoginCall, answer: dict[str, Any]) -> None:
    """Whatever its fields are called."""
    office = Office(answering(403, **answer))
    scheme = bare(office, call)

    assert SECRET not in shown(scheme, lambda: office.called(scheme))


@pytest.mark.parametrize("what", [JSON, Login(JSON)])
def test_secrets_are_not_pickled(what: object) -> None:
    """Neither the call nor the scheme."""
    with pytest.raises(TypeError):
        _ = pickle.dumps(what)


def test_a_place_shows_no_secret() -> None:
    """Only where it is."""
    assert "Place(kind='field', name='auth')" == repr(Place("field", "auth"))


def test_a_token_shows_no_cookies() -> None:
    """Which came with it."""
    assert SECRET not in repr(Token(value=SECRET, extra={"cookies": SECRET}))


def test_a_login_may_be_plain_data() -> None:
    """As a file has it."""
    data: Any = json.loads(
        """
        {
          "login": {"url": "auth/login", "form": {"user": "ada", "password": "x"}},
          "refresh": {"url": "auth/refresh", "json": {"refresh_token": "{refresh_token}"}, "method": "PUT"},
          "options": {"token": "access_token", "refresh_token": "refresh", "lifetime": "life", "query": "auth"}
        }
        """
    )
    office = Office()
    scheme = bare(office, LoginCall(**data["login"]), LoginCall(**data["refresh"]), **data["options"])

    assert b"auth=t1" == office.called(scheme).url.query


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4), st.text(), st.text(), st.sampled_from([None, 2]))
def test_a_field_is_all_that_is_added(body: dict[str, Any], name: str, value: str, indent: int | None) -> None:
    """To an object that has none of this name, however it is written."""
    _ = body.pop(name, None)
    content = json.dumps(body, indent=indent, ensure_ascii=False).encode()
    request = httpx.Request("POST", HOME, content=content, headers={"Content-Type": "application/json"})
    Place("field", name).put(request, value)

    assert ({**body, name: value}, str(len(request.content))) == (
        json.loads(request.content),
        request.headers["Content-Length"],
    )
