"""Secrets stay out of errors, representations, logs and pickles (S36): a canary in each place."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit import ClientClosed, DecodeError, InputError, Op, RestkitError
from tests.client.worlds import World
from tests.loopback import Loopback

CANARY = "canary-7e57"
BEARER = f"Bearer {CANARY}"


def everything_of(error: BaseException) -> str:
    """All that a log, a report or another process may see of an error."""
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - ours
    trace = "".join(traceback.format_exception(error, limit=0))
    shown = [str(error), repr(error), trace, str(twin), repr(twin), repr(twin.__dict__), repr(copy.copy(error))]
    return "\n".join([*shown, repr(error.__dict__), repr(pickle.dumps(error))])


def failing(error: Callable[[httpx.Request], Exception]) -> Callable[[httpx.Request], httpx.Response]:
    """A server that cannot be reached; what is said of it quotes the request."""

    def handle(request: httpx.Request) -> httpx.Response:
        raise error(request)

    return handle


def echoing(status: int, media_type: str = "application/json") -> Callable[[httpx.Request], httpx.Response]:
    """A server whose answers quote what it was sent."""

    def handle(request: httpx.Request) -> httpx.Response:
        quoted = f'{{"Authorization": "{request.headers["authorization"]}", "token":"{CANARY}", "said": "{BEARER}"}}'
        headers = {"Content-Type": media_type, "Set-Cookie": f"sid={CANARY}", "X-Mine": CANARY}
        return httpx.Response(status, content=quoted.encode(), headers=headers)

    return handle


SERVERS: list[Any] = [
    pytest.param(failing(lambda request: httpx.ConnectError(f"to {request.url}", request=request)), id="connect"),
    pytest.param(failing(lambda request: httpx.ReadError(f"sent {BEARER}", request=request)), id="read"),
    pytest.param(failing(lambda request: httpx.LocalProtocolError(f"bad {BEARER}", request=request)), id="local"),
    pytest.param(failing(lambda _: httpx.InvalidURL(f"https://x?token={CANARY}")), id="url"),
    pytest.param(echoing(400), id="400"),
    pytest.param(echoing(429, "text/plain"), id="429"),
    pytest.param(echoing(500, "application/problem+json"), id="500"),
    pytest.param(echoing(200, "text/html"), id="login"),
    pytest.param(echoing(200), id="decode"),
]


@pytest.mark.parametrize("handler", SERVERS)
def test_an_error_holds_no_secret(
    world: World, handler: Callable[[httpx.Request], httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever failed: neither its text, nor its facts, nor its pickle, nor the log; its own cause is httpx's."""
    caplog.set_level(logging.DEBUG, "restkit")
    client = world.mocked(handler, headers={"Authorization": BEARER}, redact=["x-mine", "mine"])
    op = Op[Any](
        "POST",
        f"users?token={CANARY}",
        "users",
        params={"mine": CANARY, "api_key": CANARY},
        headers={"X-Mine": CANARY, "Cookie": f"sid={CANARY}", "X-Api-Key": CANARY},
        returns=list[int],
    )

    with pytest.raises(RestkitError) as caught:
        world(client.execute(op))
    caught.value.__cause__ = None
    for name in ("data", "problem"):  # the API's own words, for the program alone: nothing shows them
        caught.value.__dict__.pop(name, None)

    assert CANARY not in everything_of(caught.value) + caplog.text


def test_a_traceback_holds_no_secret(world: World) -> None:
    """Nor does what the error came from, as far as it is shown with it."""
    client = world.mocked(echoing(500), headers={"Authorization": BEARER})

    with pytest.raises(RestkitError) as caught:
        world(client.get(f"/x?token={CANARY}"))

    assert CANARY not in "".join(traceback.format_exception(caught.value, limit=0))


REFUSED: list[Any] = [
    pytest.param({"headers": {"Authorization": f" {CANARY}"}}, id="space"),
    pytest.param({"headers": {"Authorization": f"{CANARY}\r\nX: 1"}}, id="break"),
    pytest.param({"headers": {"Authorization": f"{CANARY}é"}}, id="no-ascii"),
    pytest.param({"params": {"token": float("inf")}, "headers": {"X-Key": CANARY}}, id="parameter"),
    pytest.param({"json": {"password": [CANARY, object()]}}, id="json"),
    pytest.param({"json": {"password": {CANARY}, "x": 1j}}, id="complex"),
]


@pytest.mark.parametrize("how", REFUSED)
def test_a_refusal_does_not_repeat_what_it_refuses(world: World, server: Loopback, how: dict[str, Any]) -> None:
    """It names the field and the reason."""
    client = world.client(base_url=server.url)

    with pytest.raises(InputError) as caught:
        world(client.post("/echo", **how))

    assert CANARY not in everything_of(caught.value)


def test_a_client_is_shown_without_its_secrets(world: World) -> None:
    """Nor are its settings, its views, its calls and its answers."""
    client = world.mocked(
        lambda _: httpx.Response(200),
        headers={"Authorization": BEARER, "X-Mine": CANARY, "X-Shown": "shown"},
        params={"api_key": CANARY},
        redact=["X-Mine"],
    )
    op = Op[Any]("GET", f"users?token={CANARY}", "users", headers={"Authorization": BEARER})
    view = client.with_options(headers={"Authorization": BEARER})
    shown = [repr(each) for each in (client, client.settings, view, op, world(client.raw(op)), client.get)]

    assert (False, True) == (CANARY in "".join(shown), "shown" in "".join(shown))


def test_a_closed_client_says_nothing_of_its_secrets(world: World) -> None:
    """Its error knows no call."""
    client = world.mocked(lambda _: httpx.Response(200), headers={"Authorization": BEARER})
    world.close(client)

    with pytest.raises(ClientClosed) as caught:
        world(client.get(f"/x?token={CANARY}"))

    assert CANARY not in everything_of(caught.value)


def test_a_decode_error_shows_no_value(world: World) -> None:
    """The path and the expected type are enough to find it."""
    client = world.mocked(lambda _: httpx.Response(200, json=[1, CANARY, 3]))

    with pytest.raises(DecodeError) as caught:
        world(client.execute(Op("GET", "x", returns=list[int])))

    assert (False, "$[1]", "expected int") == (
        CANARY in everything_of(caught.value),
        caught.value.path,
        caught.value.expected,
    )


def test_events_hold_no_secret(world: World) -> None:
    """What observers are told may be logged."""
    events: list[Any] = []
    client = world.mocked(lambda _: httpx.Response(200), observers=[events.append], redact=["mine"])

    world(client.get(f"/x?token={CANARY}&mine={CANARY}"))

    assert CANARY not in repr(events)


def test_logs_hold_no_declared_secret(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """`redact=` holds for the log as well."""
    caplog.set_level(logging.INFO, "restkit")
    client = world.mocked(lambda _: httpx.Response(200), redact=["mine"])

    world(client.get(f"/x?mine={CANARY}"))

    assert CANARY not in caplog.text
