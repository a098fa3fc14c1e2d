"""The plain verbs: any path, no resource."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from restkit import ConfigError, InputError, NotFound, RedirectRefused, Response
from tests.client.worlds import World
from tests.loopback import Loopback

VERBS = ["get", "head", "options", "post", "put", "patch", "delete"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_sends_its_method(world: World, server: Loopback, verb: str) -> None:
    """Each verb sends the method it is named after, and answers a Response."""
    client = world.client(base_url=server.url)

    answer = world(getattr(client, verb)("/echo"))

    assert (Response, 200, verb.upper()) == (type(answer), answer.status_code, server.received[0].method)


def test_request_sends_any_method_in_upper_case(world: World, server: Loopback) -> None:
    """`request` takes the method as text."""
    client = world.client(base_url=server.url)

    answer = world(client.request("post", "/echo", json=None))

    assert ("POST", "null") == (answer.data["method"], answer.data["body"])


def test_a_path_is_below_the_base_url(world: World, server: Loopback) -> None:
    """The path of the base URL stands before that of the call, with one slash between them."""
    client = world.client(base_url=f"{server.url}/echo/v1/")

    world(client.get("users"))
    world(client.get("/users"))
    world(client.get(""))

    assert ["/echo/v1/users", "/echo/v1/users", "/echo/v1"] == [each.target for each in server.received]


def test_an_absolute_url_of_the_same_origin_is_taken(world: World, server: Loopback) -> None:
    """An API that answers links can be followed."""
    client = world.client(base_url=f"{server.url}/v1")

    answer = world(client.get(f"{server.url}/echo/2"))

    assert "/echo/2" == answer.data["target"]


def test_a_client_without_base_url_takes_absolute_urls(world: World, server: Loopback) -> None:
    """The base URL may be left out."""
    client = world.client()

    answer = world(client.get(f"{server.url}/echo"))

    assert server.url.removeprefix("http://") == answer.data["headers"]["host"]


BODIES = [
    pytest.param({"json": {"a": 1}}, "application/json", '{"a":1}', id="json"),
    pytest.param({"content": b"bytes"}, None, "bytes", id="bytes"),
    pytest.param({"content": "text"}, "text/plain; charset=utf-8", "text", id="text"),
    pytest.param({"content": b""}, None, "", id="nothing"),
    pytest.param({"data": {"a": "1 2"}}, "application/x-www-form-urlencoded", "a=1+2", id="form"),
]


@pytest.mark.parametrize(("body", "media_type", "sent"), BODIES)
def test_a_body_is_sent_as_given(
    world: World, server: Loopback, body: dict[str, Any], media_type: str | None, sent: str
) -> None:
    """JSON, bytes, text and forms each have their keyword."""
    client = world.client(base_url=server.url)

    said = world(client.post("/echo", **body)).data

    assert (media_type, str(len(sent)), sent) == (
        said["headers"].get("content-type"),
        said["headers"]["content-length"],
        said["body"],
    )


def test_files_are_sent_as_a_multipart_form(world: World, server: Loopback) -> None:
    """A form may hold files beside its fields."""
    client = world.client(base_url=server.url)

    said = world(client.post("/echo", data={"name": "x"}, files={"file": ("a.txt", b"inside")})).data

    assert (True, True, True) == (
        said["headers"]["content-type"].startswith("multipart/form-data; boundary="),
        'name="name"' in said["body"],
        'filename="a.txt"' in said["body"],
    )


def test_a_stream_is_sent_in_chunks(world: World, server: Loopback) -> None:
    """An iterator of bytes is sent as it comes, without a length."""

    async def chunks() -> Any:
        """The body, in two pieces."""
        for chunk in (b"one", b"two"):
            yield chunk

    client = world.client(base_url=server.url)

    said = world(client.post("/echo", content=chunks() if world.awaits else iter([b"one", b"two"]))).data

    assert ("chunked", "onetwo") == (said["headers"]["transfer-encoding"], said["body"])


@pytest.mark.parametrize("verb", ["post", "put", "patch"])
def test_a_verb_without_its_body_says_so(world: World, server: Loopback, verb: str) -> None:
    """A method that has a body says that this one is empty (RFC 9110, section 8.6)."""
    client = world.client(base_url=server.url)

    said = world(getattr(client, verb)("/echo")).data

    assert "0" == said["headers"]["content-length"]


def test_parameters_are_joined_with_those_of_the_path_and_the_client(world: World, server: Loopback) -> None:
    """The client's parameters come first, a call's replace those of the same name, and a query in the path stays."""
    client = world.client(base_url=server.url, params={"lang": "en", "v": 1})

    world(client.get("/echo?a=1", params={"v": 2, "tags": ["x", "y"], "none": None}))
    world(client.get("/echo", params=[("lang", "de"), ("b", "1")]))
    world(client.get("/echo"))

    assert ["/echo?a=1&lang=en&v=2&tags=x&tags=y", "/echo?lang=en&v=1&lang=de&b=1", "/echo?lang=en&v=1"] == [
        each.target for each in server.received
    ]


def test_parameters_that_are_all_none_leave_no_question_mark(world: World, server: Loopback) -> None:
    """None leaves a parameter out."""
    client = world.client(base_url=server.url)

    world(client.get("/echo", params={"a": None}))

    assert "/echo" == server.received[0].target


def test_every_request_has_the_clients_headers(world: World, server: Loopback) -> None:
    """What a bare client sends, and what it was told to."""
    client = world.client(base_url=server.url, headers={"X-App": "1"}, user_agent="acme/1.0")

    said = world(client.get("/echo", headers={"X-Call": "2"})).data["headers"]

    assert {
        "host": server.url.removeprefix("http://"),
        "accept": "application/json",
        "connection": "keep-alive",
        "user-agent": "acme/1.0",
        "x-app": "1",
        "x-call": "2",
    } == {name: value for name, value in said.items() if name != "accept-encoding"}


def test_a_calls_header_replaces_the_clients(world: World, server: Loopback) -> None:
    """In any case of its letters."""
    client = world.client(base_url=server.url, headers={"X-App": "client"})

    said = world(client.get("/echo", headers={"x-app": "call"})).data["headers"]

    assert "call" == said["x-app"]


def test_a_repeated_header_of_the_client_is_sent_twice(world: World, server: Loopback) -> None:
    """Headers are given as httpx takes them."""
    client = world.client(base_url=server.url, headers=[("X-App", "1"), ("X-App", "2")])

    world(client.get("/echo"))

    assert ["1", "2"] == server.received[0].headers.get_list("x-app")


def test_an_error_status_is_raised(world: World, server: Loopback) -> None:
    """Plain verbs raise as operations do."""
    client = world.client(base_url=server.url)

    with pytest.raises(NotFound) as caught:
        world(client.get("/users/9"))

    assert (404, "GET", f"{server.url}/users/9", "/users/9", "req-1", "There is nothing here") == (
        caught.value.status,
        caught.value.method,
        caught.value.url,
        caught.value.route,
        caught.value.request_id,
        caught.value.problem.title if caught.value.problem else None,
    )


def test_an_error_status_is_answered_when_asked_for(world: World, server: Loopback) -> None:
    """`raise_on_error=False` answers any status, and its data is what came."""
    client = world.client(base_url=server.url)

    answer = world(client.get("/users/9", raise_on_error=False))

    assert (404, "There is nothing here") == (answer.status_code, answer.data["title"])


def test_a_redirect_is_an_answer(world: World, server: Loopback) -> None:
    """Redirects are off: a plain verb answers them."""
    client = world.client(base_url=server.url)

    answer = world(client.get("/redirect"))

    assert (302, True, "/elsewhere?token=hidden") == (
        answer.status_code,
        answer.is_redirect,
        answer.headers["location"],
    )


def test_the_data_of_a_redirect_is_refused(world: World, server: Loopback) -> None:
    """A redirect has no data; the error says where it leads, without secrets."""
    client = world.client(base_url=server.url)
    answer = world(client.get("/redirect"))

    with pytest.raises(RedirectRefused) as caught:
        _ = answer.data

    assert ("/elsewhere?token=[redacted]", 302) == (caught.value.location, caught.value.status)


WRONG_CALLS = [
    pytest.param("/x", {"jsno": 1}, "jsno", id="unknown"),
    pytest.param("/x", {"timeout": 0}, "timeout", id="timeout"),
    pytest.param("/x", {"deadline": -1}, "deadline", id="deadline"),
    pytest.param("/x", {"attempt_timeout": "5"}, "attempt_timeout", id="attempt"),
    pytest.param("/x", {"json": 1, "content": b"x"}, "json and content", id="two-bodies"),
    pytest.param("/x", {"json": 1, "data": {}, "files": {}}, "json and data and files", id="three-bodies"),
    pytest.param("/x", {"json": object()}, "json", id="no-json"),
    pytest.param("/x", {"content": 1}, "content", id="no-body"),
    pytest.param("/x", {"params": {"a": float("nan")}}, "a", id="parameter"),
    pytest.param("/x", {"headers": {"X Y": "1"}}, "headers['x y']", id="header-name"),
    pytest.param("/x", {"headers": {"X-Y": " 1"}}, "headers['x-y']", id="header-value"),
    pytest.param("/x", {"headers": {"X-Y": "1\r\nZ: 2"}}, "headers['x-y']", id="header-break"),
    pytest.param("/x", {"headers": {"Host": "evil.test"}}, "headers['host']", id="framing"),
    pytest.param("/x", {"headers": {"Content-Length": "3"}}, "headers['content-length']", id="length"),
    pytest.param("/x", {"headers": 1}, "headers", id="no-headers"),
    pytest.param("https://other.test/x", {}, "path", id="other-origin"),
    pytest.param("http://api.test/x", {}, "path", id="other-scheme"),
    pytest.param("//other.test/x", {}, "path", id="other-host"),
    pytest.param("https://api.test:x", {}, "path", id="no-url"),
]


@pytest.mark.parametrize(("path", "how", "field"), WRONG_CALLS)
def test_a_wrong_call_is_refused_before_it_is_sent(world: World, path: str, how: dict[str, Any], field: str) -> None:
    """Each wrong argument is an InputError that names it, the reason and a remedy, and nothing is sent."""
    sent: list[httpx.Request] = []
    client = world.mocked(lambda request: sent.append(request) or httpx.Response(200))  # type: ignore[func-returns-value]

    with pytest.raises(InputError) as caught:
        world(client.post(path, **how))

    assert (field, True, True, []) == (caught.value.field, bool(caught.value.reason), bool(caught.value.remedy), sent)


def test_a_misspelt_argument_is_named_with_what_was_meant(world: World) -> None:
    """An unknown keyword is refused with a suggestion."""
    client = world.mocked(lambda _: httpx.Response(200))

    with pytest.raises(InputError, match="did you mean 'timeout'"):
        world(client.get("/x", time_out=5))


def test_a_relative_path_needs_a_base_url(world: World) -> None:
    """Without a base URL there is nothing it could be relative to."""
    client = world.client(transport=httpx.MockTransport(lambda _: httpx.Response(200)))

    with pytest.raises(InputError, match="base_url"):
        world(client.get("/x"))


def asked(request: httpx.Request) -> list[tuple[str, float | None]]:
    """The four timeouts that a transport is given."""
    return list(request.extensions["timeout"].items())


def test_a_calls_timeouts_reach_the_transport(world: World) -> None:
    """Those of httpx read them there."""
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append({name: None if limit is None or limit > 1000 else limit for name, limit in asked(request)})
        return httpx.Response(200)

    client = world.mocked(answer, timeout=7, deadline=None)

    world(client.get("/x"))
    world(client.get("/x", timeout=3))
    world(client.get("/x", timeout=httpx.Timeout(2, read=None)))

    assert [
        {"connect": 7, "read": 7, "write": 7, "pool": 7},
        {"connect": 3, "read": 3, "write": 3, "pool": 3},
        {"connect": 2, "read": None, "write": 2, "pool": 2},
    ] == seen


def test_a_cross_origin_host_header_is_the_targets(world: World) -> None:
    """A client without a base URL sets Host for each target."""
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.headers["host"])
        return httpx.Response(200)

    client = world.client(transport=httpx.MockTransport(answer))

    world(client.get("https://a.test/"))
    world(client.get("http://b.test:8080/"))

    assert ["a.test", "b.test:8080"] == hosts


def test_an_asynchronous_transport_is_refused_by_a_blocking_client() -> None:
    """The mistake is named where the client is made."""
    from restkit import Client

    with pytest.raises(ConfigError) as caught:
        Client(transport=httpx.AsyncHTTPTransport())

    assert "transport" == caught.value.field


def test_the_body_of_an_answer_can_be_read_in_every_form(world: World, server: Loopback) -> None:
    """Bytes, text and decoded data of one answer."""
    client = world.client(base_url=server.url)

    answer = world(client.get("/zipped"))

    assert (b'{"zipped": true}', '{"zipped": true}', {"zipped": True}) == (answer.content, answer.text, answer.data)


def test_state_is_kept_over_one_connection(world: World, server: Loopback) -> None:
    """Calls one after another reuse their connection."""
    client = world.client(base_url=server.url)

    made = world(client.post("/users", json={"name": "Ada"})).data
    world(client.patch(f"/users/{made['id']}", json={"name": "Bo"}))
    found = world(client.get("/users/1")).data
    world(client.delete("/users/1"))
    left = world(client.get("/users")).data

    assert ({"id": 1, "name": "Bo"}, [], 1) == (found, left, server.connections)


def test_json_that_is_sent_is_compact_utf_8(world: World, server: Loopback) -> None:
    """As the codec writes it."""
    client = world.client(base_url=server.url)

    world(client.post("/echo", json={"name": "Zoë"}))

    assert {"name": "Zoë"} == json.loads(server.received[0].body)


@pytest.mark.parametrize(("name", "meant"), [("param", "params"), ("header", "headers"), ("deadlin", "deadline")])
def test_a_misspelt_argument_of_a_verb_is_named_with_what_was_meant(
    world: World, server: Loopback, name: str, meant: str
) -> None:
    """Among all that a verb takes."""
    client = world.client(base_url=server.url)

    with pytest.raises(InputError, match=f"^{name} is no argument here; did you mean '{meant}'"):
        world(client.get("/echo", **{name: {}}))
    assert [] == server.received
