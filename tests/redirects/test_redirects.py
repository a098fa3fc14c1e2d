"""Redirects through a client, in three worlds, and in a plain one of httpx."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit import (
    Client,
    ConfigError,
    Context,
    DeadlineExceeded,
    Flow,
    Home,
    InputError,
    M,
    Op,
    Pipeline,
    Proceed,
    ReadError,
    RedirectError,
    RedirectRefused,
    Redirects,
    Resource,
    RetryPolicy,
    Send,
    Settings,
    TooManyRedirects,
    WireTransport,
)
from restkit.layers.redirects import DRAINED
from restkit.stack import redirects
from restkit.testing import VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback

PEM = str(Path(__file__).parents[1] / "errors" / "loopback.pem")
"""A certificate with its key."""


class Site:
    """Answers by paths: a text leads there by 302, a pair of status and text by another status; any other path is OK.

    What a list holds is answered one after the other.
    """

    def __init__(self, **answers: Any) -> None:
        self.answers = {f"/{path}": answer for path, answer in answers.items()}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.requests.append(request)
        answer = self.answers.get(request.url.path, 200)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else 200
        if isinstance(answer, httpx.Response | httpx.TransportError):
            return given(answer)
        status, location = answer if isinstance(answer, tuple) else (302, answer)
        if isinstance(location, int):
            return httpx.Response(location, json={"path": request.url.path})
        return httpx.Response(status, headers={"Location": location}, text="moved")

    @property
    def lines(self) -> list[str]:
        """Method and URL of each request."""
        return [f"{each.method} {each.url}" for each in self.requests]


def given(answer: httpx.Response | httpx.TransportError) -> httpx.Response:
    """An answer, or its error."""
    if isinstance(answer, httpx.TransportError):
        raise answer
    return answer


def test_a_redirect_is_followed(world: World) -> None:
    """The answer is that of its end, and knows the way there."""
    site = Site(old="/new")
    answer = world(world.mocked(site, redirects=True).get("/old"))

    assert (200, "https://api.test/new", [(302, "https://api.test/old", b"moved")], [302, 200]) == (
        answer.status_code,
        str(answer.url),
        [(each.status_code, str(each.url), each.content) for each in answer.history],
        [each.status for each in answer.attempts],
    )


class Users(Resource[dict[str, str], M], path="users"):
    """Users."""


class Acme(Client[M], base_url="https://api.test"):
    """An API."""

    users: Users[M]


@pytest.mark.parametrize(
    ("settings", "options", "status"),
    [
        ({}, {}, 302),
        ({"redirects": False}, {}, 302),
        ({"redirects": 0}, {}, 302),
        ({"redirects": True}, {}, 200),
        ({"redirects": 1}, {}, 200),
        ({"follow_redirects": True}, {}, 200),
        ({"follow_redirects": False}, {}, 302),
        ({"redirects": 3, "follow_redirects": False}, {}, 302),
        ({}, {"follow_redirects": True}, 200),
        ({"redirects": True}, {"follow_redirects": False}, 302),
        ({"redirects": True}, {"follow_redirects": None}, 200),
    ],
)
def test_who_says_whether(world: World, settings: Any, options: Any, status: int) -> None:
    """The call, then `follow_redirects`, then `redirects`; nobody by default."""
    client = world.mocked(Site(old="/new"), **settings)

    assert status == world(client.get("/old", **options)).status_code


def test_a_typed_operation_follows(world: World) -> None:
    """And reads what it came to."""
    site = Site(**{"users/7": "/users/8"})

    assert {"path": "/users/8"} == world(world.mocked(site, Acme, redirects=True).users.get(7))


def test_a_typed_operation_may_ask_for_it(world: World) -> None:
    """By its options."""
    client = world.mocked(Site(**{"users/7": "/users/8"}), Acme)

    assert {"path": "/users/8"} == world(client.users.get.with_options(follow_redirects=True)(7))


def test_a_typed_operation_that_does_not_follow(world: World) -> None:
    """It says where to."""
    client = world.mocked(Site(**{"users/7": "/users/8"}), Acme)

    with pytest.raises(RedirectRefused) as caught:
        world(client.users.get(7))

    assert "/users/8" == caught.value.location


@pytest.mark.parametrize("status", [300, 304])
def test_other_statuses_are_answers(world: World, status: int) -> None:
    """Though they have a Location."""
    answer = world(world.mocked(Site(old=(status, "/new")), redirects=True).get("/old"))

    assert (status, ()) == (answer.status_code, answer.history)


@pytest.mark.parametrize("value", [-1, 101, 1.0, "5", None])
def test_a_wrong_number_is_refused(value: Any) -> None:
    """When the client is made."""
    with pytest.raises(ConfigError) as caught:
        Client(redirects=value)

    assert "redirects" == caught.value.field


@pytest.mark.parametrize("value", [1, "yes"])
def test_a_wrong_switch_is_refused(value: Any) -> None:
    """Of the client, and of the call."""
    with pytest.raises(ConfigError):
        Client(follow_redirects=value)
    with pytest.raises(InputError) as caught:
        Client(base_url="https://api.test").get("/", follow_redirects=value)

    assert "follow_redirects" == caught.value.field


def test_no_more_than_that_many(world: World) -> None:
    """The error names the last of the way, and has every attempt."""
    site = Site(**{str(number): f"/{number + 1}?token=hidden" for number in range(9)})

    with pytest.raises(TooManyRedirects) as caught:
        world(world.mocked(site, redirects=2).get("/0"))

    error = caught.value
    way = "https://api.test/0, https://api.test/1?token=[redacted], https://api.test/2?token=[redacted]"
    assert (f"more than 2 redirects: {way}", 302, 3, 3) == (
        error.message,
        error.status,
        len(error.attempts),
        len(site.requests),
    )


def test_twenty_are_followed(world: World) -> None:
    """And not one more."""
    site = Site(**{str(number): f"/{number + 1}" for number in range(20)})

    assert 20 == len(world(world.mocked(site, redirects=True).get("/0")).history)


def test_a_circle_is_seen(world: World) -> None:
    """Before the limit."""
    site = Site(a="/b", b="/a")

    with pytest.raises(TooManyRedirects, match=r"redirects in a circle: https://api\.test/a, https://api\.test/b"):
        world(world.mocked(site, redirects=True).get("/a"))

    assert 2 == len(site.requests)


def test_an_answer_that_sets_a_cookie_makes_no_circle(world: World) -> None:
    """Servers ask in this way whether cookies work."""
    sets = httpx.Response(302, headers={"Location": "/a", "Set-Cookie": "seen=1"})
    site = Site(a=[sets, 200])

    answer = world(world.mocked(site, redirects=True, cookies=True).get("/a"))

    assert (200, [None, "seen=1"]) == (answer.status_code, [each.headers.get("cookie") for each in site.requests])


def test_a_circle_of_writes_ends_at_the_limit(world: World) -> None:
    """Each of them may have changed something."""
    site = Site(a=(307, "/a"))

    with pytest.raises(TooManyRedirects, match="more than 3 redirects"):
        world(world.mocked(site, redirects=3).put("/a", json=1))

    assert 4 == len(site.requests)


@pytest.mark.parametrize(
    ("location", "said", "shown"),
    [
        ("", "the redirect has a Location that is empty", ""),
        ("file:///etc/passwd", "the redirect has a Location that has no http or https scheme", "file:///etc/passwd"),
        ("http://api.test/", "the redirect leads from https to http", "http://api.test/"),
        ("https://me:pw@b.test/", "the redirect has a Location that holds a user name or password", "https://b.test/"),
        ("/" + "x" * 102_400, "the redirect has a Location that is 102401 characters long", "/" + "x" * 1019 + " ..."),
        ("/a\x01b", "the redirect has a Location that has a control character", "/a\\x01b"),
        ("https://b.test:0/?token=s", "the redirect has a Location that has no port of 1 to 65535", None),
    ],
)
def test_a_location_that_is_refused(world: World, location: str, said: str, shown: str | None) -> None:
    """The error says why and where to, within bounds and without secrets."""
    shown = "https://b.test:0/?token=[redacted]" if shown is None else shown

    with pytest.raises(RedirectRefused) as caught:
        world(world.mocked(Site(old=location), redirects=True).get("/old?key=s3cr3t"))

    error = caught.value
    assert (said, shown, "GET", "https://api.test/old?key=[redacted]", 302, 1) == (
        error.message,
        error.location,
        error.method,
        error.url,
        error.status,
        len(error.attempts),
    )


def test_no_location_at_all(world: World) -> None:
    """Nobody knows where to."""
    site = Site(old=httpx.Response(302))

    with pytest.raises(RedirectRefused, match="the redirect has no Location") as caught:
        world(world.mocked(site, redirects=True).get("/old"))

    assert None is caught.value.location


def test_names_that_are_declared_secret_are_not_shown(world: World) -> None:
    """In no part of an error."""
    site = Site(old="file:///x?mine=canary")
    client = world.mocked(site, redirects=True, redact=["mine"])

    with pytest.raises(RedirectError) as caught:
        world(client.get("/old?mine=canary"))

    assert "canary" not in f"{caught.value!r} {vars(caught.value)}"


@pytest.mark.parametrize(("status", "line"), [(302, "GET https://api.test/new"), (307, "POST https://api.test/new")])
def test_a_write_is_sent_on(world: World, status: int, line: str) -> None:
    """As a GET without a body, or as it was."""
    site = Site(old=(status, "/new"))
    world(world.mocked(site, redirects=True).post("/old", json={"a": 1}))
    body = b"" if status == 302 else b'{"a":1}'

    assert (line, body, str(len(body)) if body else None) == (
        site.lines[1],
        site.requests[1].content,
        site.requests[1].headers.get("content-length"),
    )


def test_a_file_is_sent_again(world: World) -> None:
    """From where it stood."""
    bodies: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        """Send on."""
        bodies.append(request.content)
        return httpx.Response(308, headers={"Location": "/new"}) if request.url.path == "/old" else httpx.Response(200)

    file = io.BytesIO(b"..content")
    _ = file.seek(2)
    world(world.mocked(handler, redirects=True).put("/old", content=file))

    assert [b"content", b"content"] == bodies


def pieces(world: World) -> Any:
    """A body that comes once."""

    async def awaited() -> Any:
        """Awaiting."""
        yield b"once"

    def plain() -> Iterator[bytes]:
        """Blocking."""
        yield b"once"

    return awaited() if world.awaits else plain()


def test_a_body_that_was_read_is_not_sent_again(world: World) -> None:
    """It cannot be; nor is it sent without one."""
    site = Site(old=(307, "/new"))

    with pytest.raises(RedirectRefused, match="wants the body again, which can be read only once"):
        world(world.mocked(site, redirects=True).put("/old", content=pieces(world)))

    assert 1 == len(site.requests)


class Once:
    """A layer that sends once more after a failure, as a retry does."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send, and perhaps once more."""
        try:
            return (yield from proceed(request))
        except httpx.ReadError:
            again = httpx.Request(
                request.method,
                request.url,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
            _ = again.read()
            return (yield from proceed(again))


def test_a_hop_that_fails_is_repeated_alone(world: World) -> None:
    """What led to it has been done, and is not done twice."""
    site = Site(old=(303, "/new"), new=[httpx.ReadError("reset"), 200])
    answer = world(world.mocked(site, redirects=True, attempt_layers=[Once()]).post("/old", json=1))

    lines = ["POST https://api.test/old", "GET https://api.test/new", "GET https://api.test/new"]
    assert (200, lines) == (answer.status_code, site.lines)


def test_what_follows_a_write_has_no_key(world: World) -> None:
    """In whichever header: it is another request, and a conflict of it is an answer."""
    site = Site(old=(303, "/new"), new=httpx.Response(409))
    client = world.mocked(site, redirects=True, idempotency="X-Key", retry=RetryPolicy(wait=0))
    answer = world(client.post("/old", raise_on_error=False))

    assert (409, [True, False]) == (answer.status_code, ["x-key" in each.headers for each in site.requests])


def test_each_hop_has_attempts_of_its_own(world: World) -> None:
    """Whatever those before it took, hedges included."""
    site = Site(old=(302, "/new"), new=[httpx.ReadError("reset"), httpx.ReadError("reset"), 200])

    def hedges(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        if request.url.path == "/old":
            request.extensions["restkit.hedge"] = True
        return proceed(request)

    client = world.mocked(site, redirects=True, attempt_layers=[hedges], retry=RetryPolicy(wait=0))

    assert 4 == len(world(client.get("/old")).attempts)


def test_a_hop_that_fails_for_good(world: World) -> None:
    """Its error is the call's."""
    site = Site(old=(303, "/new"), new=httpx.ReadError("reset"))

    with pytest.raises(ReadError) as caught:
        world(world.mocked(site, redirects=True).post("/old", json=1))

    assert [(303, None), (None, "ReadError")] == [each[1:3] for each in caught.value.attempts]


class Signs:
    """A layer of one's own that knows of origins, or does not."""

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Sign."""
        if not (self._asks and request.extensions.get("restkit.foreign")):
            request.headers["Authorization"] = "Bearer canary"
        return proceed(request)


@pytest.mark.parametrize("layer", [Signs(asks=True), Signs(asks=False)], ids=["asks", "does-not"])
def test_no_layer_signs_for_another_origin(world: World, layer: Signs) -> None:
    """Whether it asks or not; nor when the way leads back."""
    site = Site(old="https://b.test/there", there="https://api.test/back")
    world(world.mocked(site, redirects=True, attempt_layers=[layer]).get("/old"))

    assert [True, False, False] == ["authorization" in each.headers for each in site.requests]


def test_no_event_hook_signs_for_another_origin(world: World) -> None:
    """It is called for each hop, and may change anything else."""

    def sign(request: httpx.Request) -> None:
        """Sign."""
        request.headers.update({"X-Api-Key": "canary", "Accept-Language": "de"})

    site = Site(old="https://b.test/there")
    world(world.mocked(site, redirects=True, event_hooks={"request": [sign]}).get("/old"))

    assert [("canary", "de"), (None, "de")] == [
        (each.headers.get("x-api-key"), each.headers["accept-language"]) for each in site.requests
    ]


def test_what_a_hook_adds_is_added_once(world: World) -> None:
    """Each hop starts from what the call sent."""

    def count(request: httpx.Request) -> None:
        """Add one."""
        request.headers["X-Count"] = request.headers.get("X-Count", "") + "1"

    site = Site(old="/new")
    world(world.mocked(site, redirects=True, event_hooks={"request": [count]}).get("/old"))

    assert ["1", "1"] == [each.headers["x-count"] for each in site.requests]


def test_params_of_the_client_are_not_added_to_a_location(world: World) -> None:
    """It is a whole URL."""
    site = Site(old="/new?page=2")
    world(world.mocked(site, redirects=True, params={"api_key": "s"}).get("/old"))

    assert ["GET https://api.test/old?api_key=s", "GET https://api.test/new?page=2"] == site.lines


def test_a_redirect_costs_no_connection(world: World, server: Loopback) -> None:
    """It is read, and the next hop goes the same way."""
    client = world.client(base_url=server.url)

    for _ in range(3):
        with world.open(client.stream(Op("GET", "redirect"), follow_redirects=True)) as answer:
            body = b"".join(world.items(answer.aiter_bytes() if world.awaits else answer.iter_bytes()))
            assert (b"[]", [302]) == (body, [each.status_code for each in answer.history])

    assert 1 == server.connections


class Shut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A streamed body, of both worlds, that knows whether it was read or closed."""

    def __init__(self, error: Exception | None = None) -> None:
        self.read, self.closed = 0, False
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        self.read += 5
        yield b"moved"
        if self._error is not None:
            raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        """Note it."""
        self.closed = True

    async def aclose(self) -> None:
        """Note it."""
        self.closed = True


@pytest.mark.parametrize(
    ("headers", "read"),
    [
        ({"Content-Length": "5"}, 5),
        ({"Content-Length": str(DRAINED + 1)}, 0),
        ({"Content-Length": "9" * 5000}, 0),
        ({"Content-Length": "five"}, 0),
        ({"Content-Length": "5", "Content-Encoding": "gzip"}, 0),
        ({}, 0),
    ],
)
def test_a_streamed_call_reads_little_of_a_redirect(world: World, headers: dict[str, str], read: int) -> None:
    """What is small, and says so; any other body is closed."""
    body = Shut()
    site = Site(old=httpx.Response(302, headers={"Location": "/new", **headers}, stream=body))
    client = world.mocked(site, redirects=True)

    with world.open(client.stream(Op("GET", "old"))) as answer:
        assert (200, read, True) == (answer.status_code, body.read, body.closed)


def test_a_redirects_own_body_may_break(world: World) -> None:
    """Nobody needs it."""
    body = Shut(httpx.ReadError("reset"))
    headers = {"Location": "/new", "Content-Length": "9"}
    client = world.mocked(Site(old=httpx.Response(302, headers=headers, stream=body)), redirects=True)

    with world.open(client.stream(Op("GET", "old"))) as answer:
        assert (200, True) == (answer.status_code, body.closed)


def test_a_hook_may_close_a_redirect(world: World) -> None:
    """Unread: nobody needs it."""
    body = Shut()
    site = Site(old=httpx.Response(302, headers={"Location": "/new"}, stream=body))

    def blocking(response: httpx.Response) -> None:
        """Close it."""
        response.close()

    async def awaiting(response: httpx.Response) -> None:
        """Close it."""
        await response.aclose()

    hook = awaiting if world.awaits else blocking
    client = world.mocked(site, redirects=True, event_hooks={"response": [hook]})

    with world.open(client.stream(Op("GET", "old"))) as answer:
        assert (1, 0) == (len(answer.history), body.read)


def test_what_replaces_parts_of_a_url_is_for_that_url(world: World) -> None:
    """Not for where it leads."""
    site = Site(old="/new")
    replaced = {"target": b"/x", "sni_hostname": "a.test", "mine": 1}

    with world.open(plain(world, site, Redirects())) as client:
        world(client.get("https://api.test/old", extensions=replaced))

    assert [replaced, {"mine": 1}] == [
        {name: each.extensions[name] for name in replaced if name in each.extensions} for each in site.requests
    ]


@pytest.mark.parametrize(("size", "kept"), [(DRAINED, DRAINED), (DRAINED + 1, 0)])
def test_a_large_body_is_not_remembered(world: World, size: int, kept: int) -> None:
    """Only that there was such an answer."""
    site = Site(old=httpx.Response(302, headers={"Location": "/new"}, content=bytes(size)))
    (step,) = world(world.mocked(site, redirects=True).get("/old")).history

    assert (302, "https://api.test/old", "/new", kept, True) == (
        step.status_code,
        str(step.url),
        step.headers["location"],
        len(step.content),
        step.elapsed.total_seconds() >= 0,
    )


def test_the_deadline_is_the_whole_calls(world: World) -> None:
    """With all hops."""
    clock = VirtualClock()

    def slow(_: httpx.Request) -> None:
        """Take long."""
        clock.sleep(25.0)

    site = Site(**{str(number): f"/{number + 1}" for number in range(9)})
    client = world.mocked(site, redirects=True, event_hooks={"request": [slow]}, clock=clock)

    with pytest.raises(DeadlineExceeded):
        world(client.get("/0"))

    assert 2 == len(site.requests)


@pytest.mark.parametrize(
    "settings", [{"cert": PEM}, {"transport": WireTransport(cert=PEM)}], ids=["setting", "transport"]
)
def test_whoever_has_a_client_certificate_is_known(settings: dict[str, Any]) -> None:
    """The client, or the transport that it was given."""
    request = httpx.Request("GET", "https://api.test/old")
    flow: Any = redirects(Settings(redirects=True, **settings))(request, lambda request: iter(Send(request)))
    _ = next(flow)

    with pytest.raises(RedirectRefused, match="would see the client certificate"):
        flow.send(httpx.Response(302, headers={"Location": "https://b.test/"}, request=request, content=b""))


def test_a_client_certificate_stays_at_home(world: World) -> None:
    """The hop is refused before anything is sent."""
    site = Site(old="https://b.test/")
    client = world.mocked(site, layers=[Redirects(is_certified=True)])

    with pytest.raises(RedirectRefused, match="would see the client certificate"):
        world(client.get("/old"))

    assert 1 == len(site.requests)


def plain(world: World, handler: Callable[[httpx.Request], httpx.Response], *layers: Any, **how: Any) -> Any:
    """A plain httpx client with layers."""
    kind: Any = httpx.AsyncClient if world.awaits else httpx.Client
    return kind(transport=Pipeline(layers, httpx.MockTransport(handler)), **how)


def test_redirects_work_in_a_plain_httpx_client(world: World) -> None:
    """Which forgets the way: it sets its own."""
    site = Site(old="https://b.test/new")

    with world.open(plain(world, site, Redirects(), headers={"X-Api-Key": "s"})) as client:
        answer = world(client.get("https://api.test/old", auth=("me", "pw")))

    assert ({"path": "/new"}, [True, False]) == (
        answer.json(),
        [{"x-api-key", "authorization"} <= set(each.headers) for each in site.requests],
    )


def test_a_plain_httpx_client_has_its_own_exceptions(world: World) -> None:
    """Those of httpx."""
    with (
        pytest.raises(httpx.TooManyRedirects) as caught,
        world.open(plain(world, Site(a="/a"), Redirects(1))) as client,
    ):
        world(client.get("https://api.test/a"))

    assert "https://api.test/a" == str(caught.value.request.url)


def test_a_body_of_httpx_that_comes_once(world: World) -> None:
    """Nobody knows whether it could be sent again."""
    with (
        pytest.raises(RedirectRefused, match="wants the body again"),
        world.open(plain(world, Site(old=(307, "/new")), Redirects())) as client,
    ):
        world(client.put("https://api.test/old", content=pieces(world)))


def test_home_lets_everything_pass_at_home() -> None:
    """It only looks at what is foreign."""
    request = httpx.Request("GET", "https://api.test/", headers={"X-Api-Key": "s"}, extensions={"restkit": Context()})

    def below(request: httpx.Request) -> Flow[httpx.Response]:
        """Answer."""
        return httpx.Response(200, request=request)
        yield

    with pytest.raises(StopIteration) as stop:
        next(Home()(request, below))

    assert "s" == stop.value.value.request.headers["x-api-key"]
