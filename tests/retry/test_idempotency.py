"""Idempotency keys: one for a call, equal on each attempt."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import pytest

from restkit import ConfigError, Idempotency, InputError, Pipeline, Retry, RetryPolicy
from restkit.layers.idempotency import REMEMBERED
from restkit.testing import ScriptedTransport, answer
from tests.client.worlds import World
from tests.loopback import Loopback

SOON = RetryPolicy(wait=0)
UUID4 = re.compile(r'"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"')


def keys(server: Loopback, header: str = "Idempotency-Key") -> list[str | None]:
    """The keys of what the server has received."""
    return [each.headers.get(header) for each in server.received]


def test_writes_have_no_key_unless_told(world: World, server: Loopback) -> None:
    """A server may not know of any."""
    client = world.client(base_url=server.url)
    _ = world(client.post("/echo", json=1))

    assert [None] == keys(server)


@pytest.mark.parametrize(
    ("method", "has_key"), [("POST", True), ("PATCH", True), ("PUT", False), ("GET", False), ("DELETE", False)]
)
def test_writes_have_a_key_on_request(world: World, server: Loopback, method: str, has_key: Any) -> None:
    """Those that need one to be sent twice: a UUID in quotes, as the draft has it."""
    client = world.client(base_url=server.url, idempotency=True)
    _ = world(client.request(method, "/echo"))
    (key,) = keys(server)

    assert has_key is bool(key and UUID4.fullmatch(key))


@pytest.mark.parametrize("fault", ["hang-up", "truncated", "down", "status/409"])
def test_a_key_is_equal_on_each_attempt(world: World, server: Loopback, fault: str) -> None:
    """And a write that has one is sent again."""
    behaviours = "once/" + ("down" if fault == "status/409" else fault)
    client = world.client(base_url=server.url, idempotency=True, retry=SOON)
    answer = world(client.post(f"/{behaviours}", json={"a": 1}))
    first, second = keys(server)

    assert (200, True, [b'{"a":1}'] * 2) == (
        answer.status_code,
        first == second is not None,
        [each.body for each in server.received],
    )


def test_each_call_has_a_key_of_its_own(world: World, server: Loopback) -> None:
    """Nobody else's."""
    client = world.client(base_url=server.url, idempotency=True)
    for _ in range(3):
        _ = world(client.post("/echo"))

    assert 3 == len(set(keys(server)))


@pytest.mark.parametrize(
    ("settings", "options", "header"),
    [
        ({"idempotency": "X-Request-Key"}, {}, "X-Request-Key"),
        ({"idempotency": "X-Request-Key"}, {"idempotency": True}, "X-Request-Key"),
        ({"idempotency": "X-Request-Key"}, {"idempotency": "X-Other-Key"}, "X-Other-Key"),
        ({}, {"idempotency": True}, "Idempotency-Key"),
        ({}, {"idempotency": "X-Other-Key"}, "X-Other-Key"),
    ],
)
def test_the_header_has_a_name(
    world: World, server: Loopback, settings: dict[str, Any], options: dict[str, Any], header: str
) -> None:
    """That of the call, of the client, or the usual one; retries go by it."""
    client = world.client(base_url=server.url, retry=SOON, **settings)
    _ = world(client.post("/once/hang-up", **options))
    first, second = keys(server, header)

    assert first == second is not None


def test_a_call_may_do_without_a_key(world: World, server: Loopback) -> None:
    """Where its client has them."""
    client = world.client(base_url=server.url, idempotency=True)
    _ = world(client.post("/echo", idempotency=False))

    assert [None] == keys(server)


def test_a_key_of_the_callers_own_goes_as_it_is(world: World, server: Loopback) -> None:
    """By the option, also for methods that need none, or by the header."""
    client = world.client(base_url=server.url, idempotency=True)
    _ = world(client.post("/echo", idempotency_key="order-7"))
    _ = world(client.put("/echo", idempotency_key="order-8"))
    _ = world(client.post("/echo", headers={"Idempotency-Key": "order-9"}))

    assert ["order-7", "order-8", "order-9"] == keys(server)


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a b", "a\n", "a\x00", 7, None])
def test_a_wrong_key_is_refused(world: World, server: Loopback, key: Any) -> None:
    """Before anything is sent."""
    client = world.client(base_url=server.url)

    with pytest.raises(InputError) as caught:
        client.post("/echo", idempotency_key=key)

    assert ("idempotency_key", []) == (caught.value.field, server.received)


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a, b"])
@pytest.mark.parametrize("idempotency", [False, True, "X-Request-Key"])
def test_a_wrong_key_is_refused_as_a_header_too(world: World, server: Loopback, key: str, idempotency: Any) -> None:
    """Whatever the header is called."""
    header = idempotency if isinstance(idempotency, str) else "Idempotency-Key"
    client = world.client(base_url=server.url, idempotency=idempotency)

    with pytest.raises(InputError) as caught:
        world(client.post("/echo", headers={header: key}))

    assert ("idempotency_key", []) == (caught.value.field, server.received)


def test_a_wrong_key_of_a_view_is_refused(world: World, server: Loopback) -> None:
    """Its headers are those of each of its calls."""
    client = world.client(base_url=server.url).with_options(headers={"Idempotency-Key": ""})

    with pytest.raises(InputError):
        world(client.post("/echo"))

    assert [] == server.received


@pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
def test_a_wrong_key_makes_no_write_safe(key: str) -> None:
    """Where nobody has refused it: the write is not sent again."""
    api = ScriptedTransport([httpx.ReadError("cut"), answer(200)])

    with httpx.Client(transport=Pipeline([Retry(SOON)], api)) as client, pytest.raises(httpx.ReadError):
        _ = client.post("http://api.test/", headers={"Idempotency-Key": key})

    assert 1 == len(api.requests)


@pytest.mark.parametrize(
    ("idempotency", "header"),
    [(False, "Idempotency-Key"), (True, "idempotency-key"), ("X-Key", "x-key"), ("X-Key", "Idempotency-Key")],
)
def test_a_client_has_no_key_among_its_headers(world: World, idempotency: Any, header: str) -> None:
    """Each call would have the same, and only the first would be carried out."""
    with pytest.raises(ConfigError, match="would be the key of each call") as caught:
        world.client(idempotency=idempotency, headers={header: "fixed"})

    assert f"headers['{header}']".lower() == caught.value.field.lower()


@pytest.mark.parametrize("setting", ["", "X Key", "Host", 7, None])
def test_a_wrong_setting_is_refused(world: World, setting: Any) -> None:
    """When the client is made."""
    with pytest.raises(ConfigError) as caught:
        world.client(idempotency=setting)

    assert "idempotency" == caught.value.field


def test_a_client_has_no_key_of_its_own(world: World) -> None:
    """Each call would have the same."""
    with pytest.raises(ConfigError, match="idempotency_key is no setting here"):
        world.client(idempotency_key="k")


@pytest.mark.parametrize("key", [{"idempotency_key": "k"}, {"headers": {"Idempotency-Key": "k"}}])
@pytest.mark.parametrize(
    ("path", "body"), [("/echo", {"json": 2}), ("/other/9", {"json": 1}), ("/echo", {"content": iter([b"abc"])})]
)
def test_a_key_is_for_one_request(
    world: World, server: Loopback, path: str, body: dict[str, Any], key: dict[str, Any]
) -> None:
    """Another one with it is refused before it is sent."""
    client = world.client(base_url=server.url)
    _ = world(client.post("/echo", json=1, idempotency_key="k"))

    with pytest.raises(InputError) as caught:
        world(client.post(path, **key, **body))

    assert ("idempotency_key", 1) == (caught.value.field, len(server.received))


def test_the_same_request_may_be_made_again_with_its_key(world: World, server: Loopback) -> None:
    """By whoever tries again by themselves."""
    client = world.client(base_url=server.url)
    for _ in range(2):
        _ = world(client.post("/echo", json=1, idempotency_key="k"))

    assert ["k", "k"] == keys(server)


@pytest.mark.parametrize("second", [b"b1", b"a1"], ids=["another", "the same"])
def test_a_key_is_for_one_body_that_is_not_in_memory(world: World, server: Loopback, second: bytes) -> None:
    """Nobody could tell whether the next one is another, which the server would not do, and answer as if it had."""
    client = world.client(base_url=server.url)
    _ = world(client.post("/echo", content=io.BytesIO(b"a1"), idempotency_key="k"))
    with pytest.raises(InputError, match="not in memory; make a key for each request, or pass the body as bytes"):
        _ = world(client.post("/echo", content=io.BytesIO(second), idempotency_key="k"))

    assert ["k"] == keys(server)


def test_the_option_goes_before_the_header(world: World, server: Loopback) -> None:
    """As any option goes before a setting."""
    client = world.client(base_url=server.url)
    _ = world(client.post("/echo", headers={"Idempotency-Key": ""}, idempotency_key="k"))

    assert ["k"] == keys(server)


def test_what_is_no_write_may_have_any_header(world: World, server: Loopback) -> None:
    """It can be sent twice without a key, and a name of the header may mean something else there."""
    client = world.client(base_url=server.url, idempotency="X-Trace")
    for path in ("/echo", "/echo?again=1"):
        _ = world(client.get(path, headers={"X-Trace": "a b"}))

    assert ["a b", "a b"] == keys(server, "X-Trace")


def test_a_key_in_a_plain_client_is_for_one_request() -> None:
    """Where the header is all that there is."""
    transport = Pipeline([Idempotency()], httpx.MockTransport(lambda _: httpx.Response(200)))

    with httpx.Client(transport=transport, headers={"Idempotency-Key": "fixed"}) as client:
        _ = client.post("http://api.test", json=1)
        with pytest.raises(InputError, match="idempotency_key was given for another request before"):
            _ = client.post("http://api.test", json=2)


def test_a_bound_call_may_have_a_key(world: World, server: Loopback) -> None:
    """As a view of a client may."""
    client = world.client(base_url=server.url)
    _ = world(client.with_options(idempotency_key="k").post("/echo"))

    assert ["k"] == keys(server)


def test_few_keys_are_remembered() -> None:
    """Those that were used last."""
    layer = Idempotency()
    client = httpx.Client(transport=Pipeline([layer], httpx.MockTransport(lambda _: httpx.Response(200))))
    for number in range(REMEMBERED + 3):
        layer._refuse_other(str(number), httpx.Request("POST", "http://api.test"))  # noqa: SLF001 - as a call would
    layer.after_fork()

    assert (200, REMEMBERED) == (client.post("http://api.test").status_code, len(layer._given))  # noqa: SLF001 - nobody else tells
