"""Cookies: which are kept, where they go, and how many there can be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import Client, Clock, ConfigError, CookieJar, Cookies, InputError, Pipeline, Settings
from restkit.flow.forks import forks
from restkit.layers.cookies import LONGEST_LINE, MOST, MOST_OF_AN_ORIGIN
from restkit.policies.cookie import LONGEST, Cookie, default_path, read_cookie
from restkit.policies.cookie_date import moment_of
from restkit.testing import VirtualClock
from tests.client.worlds import World

HTTPS = ("https", "api.home.test", 443)
HTTP = ("http", "api.home.test", 80)
NOW = 1_000_000_000.0
URL = "https://api.test/"


def read(line: str, origin: Any = HTTPS, path: str = "/users/7") -> Cookie | None:
    """The cookie of a line."""
    return read_cookie(line, origin, path, NOW)


def test_a_cookie_has_a_name_a_value_a_path_and_an_end() -> None:
    """Whatever else is said of it."""
    found = read(' a = b=c ; Path=/x; Max-Age=60; SameSite=Lax; HttpOnly; Secure; Domain="x')

    assert None is found
    assert Cookie(name="a", value="b=c", path="/x", expires=NOW + 60) == read(
        " a = b=c ; Path=/x; Max-Age=60; SameSite=Lax; HttpOnly; Secure"
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a",
        "=b",
        ";a=b",
        "a=b\x00",
        "a=b\x7f",
        "a=b\tc",
        "a=é",
        "a\x01=b",
        f"a={'b' * LONGEST}",
        f"{'a' * 5000}=b",
    ],
)
def test_a_line_that_is_no_cookie(line: str) -> None:
    """No name, no equals sign, other characters, too long."""
    assert None is read(line)


def test_the_longest_one() -> None:
    """With its name."""
    assert read(f"a={'b' * (LONGEST - 1)}")


@pytest.mark.parametrize(
    ("line", "origin", "taken"),
    [
        ("a=b; Secure", HTTPS, True),
        ("a=b; Secure", HTTP, False),
        ("__Secure-a=b; Secure", HTTPS, True),
        ("__Secure-a=b", HTTPS, False),
        ("__secure-a=b", HTTPS, False),
        ("__Host-a=b; Secure; Path=/", HTTPS, True),
        ("__Host-a=b; Secure", HTTPS, False),
        ("__Host-a=b; Secure; Path=/x", HTTPS, False),
        ("__Host-a=b; Secure; Path=/; Domain=api.home.test", HTTPS, False),
        ("__Host-a=b; Path=/", HTTPS, False),
        ("a=b; Domain=api.home.test", HTTPS, True),
        ("a=b; Domain=.HOME.test", HTTPS, True),
        ("a=b; Domain=", HTTPS, True),
        ("a=b; Domain=test", HTTPS, False),
        ("a=b; Domain=other.test", HTTPS, False),
        ("a=b; Domain=i.home.test", HTTPS, False),
        ("a=b; Domain=www.api.home.test", HTTPS, False),
        ("a=b; Domain=a..b", HTTPS, False),
        ("a=b; Domain=0.0.1", ("http", "127.0.0.1", 80), False),
        ("a=b; Domain=127.1", ("http", "127.0.0.1", 80), True),
        ("a=b; Domain=localhost", ("http", "localhost", 80), True),
    ],
)
def test_attributes_may_forbid_it(line: str, origin: Any, taken: bool) -> None:  # noqa: FBT001 - a column of a table
    """As RFC 6265bis has it; a domain of a single label is everybody's."""
    assert taken is (read(line, origin) is not None)


@pytest.mark.parametrize(
    ("said", "expires"),
    [
        ("", None),
        ("Max-Age=0", NOW),
        ("Max-Age=-1", NOW),
        ("Max-Age=" + "9" * 5000, None),
        ("Max-Age=" + "9" * 900, NOW + 400 * 86_400),
        ("Max-Age=x", None),
        ("Max-Age=\u0661", None),
        ("Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", NOW + 60),
        ("Max-Age=1; Max-Age=2", NOW + 2),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Expires=Fri, 31 Dec 9999 23:59:59 GMT", NOW + 400 * 86_400),
        ("Expires=soon", None),
    ],
)
def test_when_it_ends(said: str, expires: float | None) -> None:
    """By its age, else by its date, after 400 days at the latest."""
    found = read(f"a=b; {said}")

    assert Cookie(name="a", value="b", path="/users", expires=expires) == found


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/users/7", "/users"), ("/users/", "/users"), ("/users", "/"), ("/", "/"), ("", "/"), ("x", "/")],
)
def test_a_path_that_is_not_named(path: str, expected: str) -> None:
    """Where it was set, up to the last slash."""
    assert expected == default_path(path)


@pytest.mark.parametrize("said", ["", "Path=", "Path=x", "Path=/\x01"])
def test_a_path_that_is_none(said: str) -> None:
    """As if it were not named; a control character is nobody's."""
    found = read(f"a=b; {said}")

    assert found is not None
    assert "/users" == found.path


@pytest.mark.parametrize(
    ("path", "asked", "fits"),
    [
        ("/", "/", True),
        ("/", "/a", True),
        ("/a", "/a", True),
        ("/a", "/a/b", True),
        ("/a/", "/a/b", True),
        ("/a/", "/a", False),
        ("/a", "/ab", False),
        ("/a", "/", False),
    ],
)
def test_which_paths_it_is_for(path: str, asked: str, fits: bool) -> None:  # noqa: FBT001 - a column of a table
    """Whole segments."""
    assert fits is Cookie(name="a", value="b", path=path).is_for(asked)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777.0),
        ("Sun Nov  6 08:49:37 1994", 784111777.0),
        ("6 nov 1994 8:49:37 +0200", 784111777.0),
        ("1 Jan 69 0:0:0", 3124224000.0),
        ("1 Jan 70 0:0:0", 0.0),
        ("", None),
        ("soon", None),
        ("6 Nov 1994", None),
        ("8:49:37 Nov 1994", None),
        ("6 8:49:37 1994", None),
        ("6 Nov 8:49:37", None),
        ("6 Nov 1600 8:49:37", None),
        ("31 Feb 1994 8:49:37", None),
        ("6 Nov 1994 25:49:37", None),
        ("6 Nov 0000 8:49:37", 973500577.0),
        ("\uff16 Nov 1994 8:49:37", None),
    ],
)
def test_dates_come_in_many_forms(text: str, moment: float | None) -> None:
    """All of them are UTC."""
    assert moment == moment_of(text)


@given(st.text(max_size=40))
def test_no_date_breaks_anything(text: str) -> None:
    """It is one, or none."""
    assert isinstance(moment_of(text), float | None)


@given(st.text(max_size=80))
def test_no_line_breaks_anything(line: str) -> None:
    """What is taken can be sent back."""
    found = read(line)

    assert found is None or (found.name + found.value).isprintable()


class Server:
    """Sets cookies, and notes which come back."""

    def __init__(self, *lines: str, **redirects: str) -> None:
        self.lines, self.redirects = list(lines), redirects
        self.sent: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer with all lines once."""
        self.sent.append(request.headers.get("cookie"))
        lines, self.lines = self.lines, []
        to = self.redirects.get(request.url.path[1:])
        headers = [("Set-Cookie", line) for line in lines] + [("Location", to)] * (to is not None)
        return httpx.Response(200 if to is None else 302, headers=headers)


def test_a_client_has_no_jar_by_default(world: World) -> None:
    """What a server sets, it forgets."""
    server = Server("a=1")
    client = world.mocked(server)
    for _ in range(2):
        world(client.get("/"))

    assert [None, None] == server.sent


def test_what_is_set_is_sent_back(world: World) -> None:
    """The longest path first, then the oldest."""
    server = Server("a=1", "b=2; Path=/users", "c=3", "d=4; Path=/other")
    client = world.mocked(server, cookies=True)
    for path in ("/", "/users/7"):
        world(client.get(path))

    assert [None, "b=2; a=1; c=3"] == server.sent


def test_a_cookie_is_replaced_and_taken_away(world: World) -> None:
    """By its name and path."""
    server = Server("a=1", "b=1")
    client = world.mocked(server, cookies=True)
    world(client.get("/"))
    server.lines = ["a=2", "b=; Max-Age=0", "c=; Max-Age=0"]
    for _ in range(2):
        world(client.get("/"))

    assert [None, "a=1; b=1", "a=2"] == server.sent


def test_a_cookie_ends(world: World) -> None:
    """By the wall's clock."""
    clock, server = VirtualClock(), Server("a=1; Max-Age=60", "b=2")
    client = world.mocked(server, cookies=True, clock=clock)
    for _ in range(3):
        world(client.get("/"))
        clock.sleep(40.0)

    assert [None, "a=1; b=2", "b=2"] == server.sent


def test_what_the_call_sends_goes_first(world: World) -> None:
    """Its names are not sent twice."""
    server = Server()
    jar = CookieJar()
    jar.set(URL, "a", "1")
    jar.set(URL, "b", "2")
    world(world.mocked(server, cookies=jar).get("/", headers={"Cookie": "b=mine"}))

    assert ["b=mine; a=1"] == server.sent


def test_a_jar_for_others_sends_nothing(world: World) -> None:
    """What the call sends stays as it is."""
    server = Server()
    jar = CookieJar()
    jar.set("https://b.test/", "a", "1")
    client = world.mocked(server, cookies=jar)
    world(client.get("/"))
    world(client.get("/", headers={"Cookie": "b=mine"}))

    assert [None, "b=mine"] == server.sent


def test_a_jar_is_each_clients_own(world: World) -> None:
    """Though the class said so."""
    server = Server("a=1")

    class Acme(Client[Any], base_url="https://api.test", cookies={"b": "2"}):
        """An API with cookies."""

    for _ in range(2):
        world(world.mocked(server, Acme).get("/"))

    assert ["b=2", "b=2"] == server.sent


def test_views_share_a_jar(world: World) -> None:
    """They are the same client."""
    server = Server("a=1")
    client = world.mocked(server, cookies=True)
    world(client.get("/"))
    world(client.with_options(deadline=5).get("/"))

    assert [None, "a=1"] == server.sent


def test_cookies_to_begin_with_belong_to_the_base_url(world: World) -> None:
    """So a client without one has none to give."""
    with pytest.raises(ConfigError, match="belong to no origin, without a base_url"):
        world.client(cookies={"a": "1"})


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (7, "cookies"),
        ("a=1", "cookies"),
        (None, "cookies"),
        ({"a": 1}, "cookies['a']"),
        ({7: "a"}, "cookies[7]"),
        ({"a;": "1"}, "cookies['a;']"),
        ({"": "1"}, "cookies['']"),
        ({"a": "b\n"}, "cookies['a']"),
    ],
)
def test_wrong_cookies_are_refused(value: Any, field: str) -> None:
    """When the client is made."""
    with pytest.raises(ConfigError) as caught:
        Client(base_url=URL, cookies=value)

    assert field == caught.value.field


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        *(("", "1", "/"), ("a", "é", "/"), ("a", ";", "/"), ("a", "1", "x"), ("a", "1", "/\n")),
        *((0, "1", "/"), ("a", 0, "/"), (None, "1", "/"), ("a", b"1", "/"), ("a", "1", None)),
    ],
)
def test_what_cannot_be_sent_is_not_put_into_a_jar(name: Any, value: Any, path: Any) -> None:
    """It says so at once."""
    with pytest.raises(InputError, match="has a name, value or path that cannot be sent"):
        CookieJar().set(URL, name, value, path=path)


@pytest.mark.parametrize("url", [5, None, b"https://api.test", "x\n", "", "/a", "https://[::1", httpx.URL("/users")])
@pytest.mark.parametrize("use", [lambda jar, url: jar.set(url, "a", "1"), CookieJar.get], ids=["set", "get"])
def test_a_cookie_of_nowhere_is_refused(use: Callable[[CookieJar, Any], object], url: Any) -> None:
    """Nobody could say whose it is."""
    with pytest.raises(InputError, match=r"^(url|host) "):
        use(CookieJar(), url)


def test_no_value_is_shown() -> None:
    """By a jar, a cookie, or settings."""
    jar = CookieJar()
    jar.set(URL, "session", "canary")
    shown = f"{jar!r} {jar.of(httpx.URL(URL), NOW)!r} {Settings(cookies={'a': 'canary'})!r} {Settings(cookies=jar)!r}"

    assert ("<CookieJar of 1>", True, False) == (repr(jar), "cookies=" in shown, "canary" in shown)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://api.test/users", {"a": "1", "b": "3"}),
        ("https://API.test.:443/", {"a": "1", "b": "2"}),
        ("https://api.test:8443/", {}),
        ("http://api.test/", {}),
        ("https://www.api.test/", {}),
        ("https://test/", {}),
    ],
)
def test_a_cookie_is_for_its_origin(url: str, found: dict[str, str]) -> None:
    """In any spelling, and for no other."""
    jar = CookieJar()
    jar.set(URL, "a", "1")
    jar.set(URL, "b", "2")
    jar.set(URL, "b", "3", path="/users")

    assert found == jar.get(url)


def test_a_jar_can_be_cleared() -> None:
    """And used again."""
    jar = CookieJar()
    jar.set(URL, "a", "1")
    jar.clear()
    jar.set(URL, "b", "2")

    assert ({"b": "2"}, 1) == (jar.get(URL), len(jar))


def test_a_hop_to_another_origin_has_no_cookies(world: World) -> None:
    """Nor does it set any; nor has the way back."""
    jar = CookieJar()
    jar.set(URL, "a", "1")
    jar.set("https://b.test/", "b", "1")
    server = Server(old="https://b.test/there", there="https://api.test/back")
    client = world.mocked(server, redirects=True, cookies=jar)
    world(client.get("/old"))
    server.redirects = {}
    world(client.get("/"))

    assert ["a=1", None, None, "a=1"] == server.sent


def test_nobody_away_sets_cookies(world: World) -> None:
    """Not for themselves, not for home."""

    def handler(request: httpx.Request) -> httpx.Response:
        """Send there and back, with a cookie each time from there."""
        to = {"/old": "https://b.test/there", "/there": "https://api.test/back"}.get(request.url.path)
        cookie = {} if request.url.path == "/old" else {"Set-Cookie": "a=planted"}
        return httpx.Response(302 if to else 200, headers={**cookie, **({"Location": to} if to else {})})

    jar = CookieJar()
    world(world.mocked(handler, redirects=True, cookies=jar).get("/old"))

    assert 0 == len(jar)


def test_a_hop_at_home_has_what_was_just_set(world: World) -> None:
    """As a login has it."""
    server = Server("session=1", login="/home")
    world(world.mocked(server, redirects=True, cookies=True).post("/login", data={"a": "b"}))

    assert [None, "session=1"] == server.sent


def test_a_flood_fills_no_jar(world: World) -> None:
    """Of 1,500 cookies of 4,000 characters fifty stay, and two are sent: more would be too much for a header."""
    server = Server(*(f"c{number}={'x' * 4000}" for number in range(1500)))
    jar = CookieJar()
    client = world.mocked(server, cookies=jar)
    for _ in range(2):
        world(client.get("/"))

    assert (MOST_OF_AN_ORIGIN, True) == (len(jar), 8000 < len(server.sent[1] or "") <= LONGEST_LINE)


def test_many_origins_fill_no_jar() -> None:
    """Those go that have set none for longest, the oldest of each first."""
    jar = CookieJar()
    for host in range(MOST // 30 + 1):
        for number in range(30):
            jar.set(f"https://h{host}.test/", f"c{number}", "x")
    before = len(jar), len(jar.get("https://h0.test/")), len(jar.get("https://h1.test/"))
    jar.set("https://last.test/", "a", "1")

    assert ((MOST, 0, 30), MOST, "c0" in jar.get("https://h1.test/")) == (before, len(jar), False)


def test_a_jar_of_nothing_has_no_origins() -> None:
    """However many have set what is over."""
    jar = CookieJar()
    for host in range(100):
        jar.take(["a=1; Max-Age=0"], httpx.URL(f"https://h{host}.test/"), NOW)

    assert (0, {}) == (len(jar), jar._origins)  # noqa: SLF001 - nothing else could tell


def test_threads_share_a_jar() -> None:
    """And lose nothing."""
    jar = CookieJar()

    def fill(host: int) -> None:
        """Set some."""
        for number in range(40):
            jar.set(f"https://h{host}.test/", f"c{number}", "x")

    threads = [threading.Thread(target=fill, args=(host,)) for host in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 320 == len(jar)


def test_a_forked_child_has_a_jar_that_opens() -> None:
    """Though a thread of its parent may have held the lock."""
    jar = CookieJar()
    with jar._lock:  # noqa: SLF001 - as at the fork
        known = jar in forks
        jar.after_fork()
        jar.set(URL, "a", "1")

    assert (True, {"a": "1"}) == (known, jar.get(URL))


def test_cookies_work_in_a_plain_httpx_client(world: World) -> None:
    """In place of its own."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    server = Server("a=1; Path=/x")
    with world.open(kind(transport=Pipeline([Cookies(clock=Clock())], httpx.MockTransport(server)))) as client:
        for _ in range(2):
            world(client.get("https://api.test/x"))
            client.cookies.clear()

    assert [None, "a=1"] == server.sent
