"""respx and VCR.py see what restkit sends, and when they are over it goes out again."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
import respx
import vcr
from respx.models import AllMockedAssertionError
from vcr.errors import CannotOverwriteExistingCassetteException

from restkit import AddressGuard, AddressRefused, DeadlineExceeded, Op
from restkit.wire.patched import Watch, is_patched
from tests.client.worlds import World
from tests.loopback import Loopback
from tests.wire.transports import Make, transports

Recorder = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(params=transports())
def make(request: pytest.FixtureRequest) -> Make:
    """Each of the transports that mocks see."""
    made: Make = request.param
    return made


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    """VCR.py with a cassette of this test's."""
    return lambda: vcr.use_cassette(tmp_path / "cassette.yaml")


def test_respx_answers(world: World, make: Make) -> None:
    """A route that it mocks, with nothing said to restkit."""
    client = world.client(base_url="https://api.test", transport=make())
    with respx.mock:
        route = respx.get("https://api.test/users/7").respond(json={"id": 7})
        answer = world(client.get("/users/7"))

    assert ({"id": 7}, 1) == (answer.data, route.call_count)


def test_respx_sees_the_body(world: World, make: Make) -> None:
    """As it was sent."""
    client = world.client(base_url="https://api.test", transport=make())
    with respx.mock:
        route = respx.post("https://api.test/users").respond(201)
        world(client.post("/users", json={"name": "Ada"}))

    assert b'{"name":"Ada"}' == route.calls.last.request.content


def test_respx_refuses_what_nobody_mocked(world: World, make: Make, server: Loopback) -> None:
    """By its own error; nothing is sent."""
    client = world.client(base_url=server.url, transport=make())
    with respx.mock, pytest.raises(AllMockedAssertionError):
        world(client.get("/echo"))

    assert [] == server.received


def test_respx_lets_through(world: World, make: Make, server: Loopback) -> None:
    """What it was told to."""
    client = world.client(base_url=server.url, transport=make())
    with respx.mock:
        route = respx.get(f"{server.url}/echo").pass_through()
        world(client.get("/echo"))

    assert (True, 1) == (route.called, len(server.received))


def test_respx_tells_what_was_not_called(world: World, make: Make) -> None:
    """At the end, of all routes."""
    client = world.client(base_url="https://api.test", transport=make())
    router = respx.mock()
    router.get("https://api.test/a")
    router.get("https://api.test/b")
    with pytest.raises(AssertionError, match="some routes were not called"), router:
        world(client.get("/a"))


def test_respx_is_over(world: World, make: Make, server: Loopback) -> None:
    """The client that it answered sends again, as it did before."""
    client = world.client(base_url=server.url, transport=make())
    world(client.get("/echo"))
    with respx.mock:
        respx.get(f"{server.url}/echo").respond(json={})
        world(client.get("/echo"))
    world(client.get("/echo"))

    assert 2 == len(server.received)


def test_vcr_records_and_replays(world: World, make: Make, server: Loopback, recorder: Recorder) -> None:
    """With the server gone, what it had answered."""
    client = world.client(base_url=server.url, transport=make())
    with recorder():
        first = world(client.post("/echo", params={"q": "a b"}, json={"name": "ü"}))
    server.__exit__(None, None, None)
    with recorder():
        again = world(client.post("/echo", params={"q": "a b"}, json={"name": "ü"}))

    assert (first.data, first.status_code, 1) == (again.data, again.status_code, len(server.received))


def test_vcr_records_what_is_compressed(world: World, make: Make, server: Loopback, recorder: Recorder) -> None:
    """And plays it in a way that can be read."""
    client = world.client(base_url=server.url, transport=make())
    read = []
    for _ in range(2):
        with recorder():
            read.append(world(client.get("/zipped")).data)

    assert ([{"zipped": True}] * 2, 1) == (read, len(server.received))


def test_vcr_refuses_what_it_did_not_record(world: World, make: Make, server: Loopback, recorder: Recorder) -> None:
    """By its own error; nothing is sent."""
    client = world.client(base_url=server.url, transport=make())
    with recorder():
        world(client.get("/echo"))
    with recorder(), pytest.raises(CannotOverwriteExistingCassetteException):
        world(client.get("/users"))

    assert 1 == len(server.received)


def test_vcr_is_over(world: World, make: Make, server: Loopback, recorder: Recorder) -> None:
    """The client that it recorded sends again."""
    client = world.client(base_url=server.url, transport=make())
    with recorder():
        world(client.get("/echo"))
    world(client.get("/echo"))

    assert 2 == len(server.received)


def test_a_deadline_holds_while_vcr_records(world: World, make: Make, server: Loopback, recorder: Recorder) -> None:
    """What goes out goes our way."""
    client = world.client(base_url=server.url, transport=make())
    with recorder(), pytest.raises(DeadlineExceeded):
        world(client.get("/slow", deadline=0.05))


def test_a_guard_holds_while_vcr_records(world: World, make: Make, server: Loopback, recorder: Recorder) -> None:
    """Nobody is called who must not be."""
    client = world.client(base_url=server.url, transport=make(guard=AddressGuard()))
    with recorder(), pytest.raises(AddressRefused):
        world(client.get("/echo"))

    assert 0 == server.connections


def test_a_body_is_streamed_while_nobody_records(world: World, make: Make, server: Loopback) -> None:
    """A mock needs all of it at once, and nobody else does: here it is read while half of it has not been sent."""
    client = world.client(base_url=server.url, transport=make())
    with world.open(client.stream(Op("GET", "drip"))) as response:
        lines = world.items(response.aiter_lines() if world.awaits else response.iter_lines())
        first = next(lines)
        server.release()
        rest = list(lines)

    assert ("one", ["two"]) == (first, rest)


MOCKS = pytest.mark.parametrize(
    "mock",
    [
        pytest.param(lambda: respx.mock, id="respx"),
        pytest.param(lambda: vcr.use_cassette("unused.yaml", record_mode="none"), id="vcr"),
    ],
)


@MOCKS
def test_a_mock_is_noticed(mock: Recorder) -> None:
    """As long as it lasts."""
    before = is_patched()
    with mock():
        meanwhile = is_patched()

    assert (False, True, False) == (before, meanwhile, is_patched())


@MOCKS
def test_a_mock_that_came_first_is_noticed(mock: Recorder) -> None:
    """By whoever looks for the first time, and for ever after."""
    watch = Watch()
    with mock():
        meanwhile = [watch.is_patched() for _ in range(2)]

    assert ([True, True], False, False) == (meanwhile, watch.is_patched(), watch.is_patched())


@pytest.mark.parametrize("kind", [httpcore.ConnectionPool, httpx.MockTransport])
def test_anything_else_is_noticed(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what is no function, as a wrapper."""
    monkeypatch.setattr(kind, "handle_request", object())

    assert is_patched()


def test_what_traces_httpx_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is traced sends as one that is not."""
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda *_: None)

    assert not is_patched()


def test_httpcore_may_be_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread is importing it: it is looked at next time."""
    watch, real = Watch(), sys.modules["httpcore"]
    monkeypatch.setitem(sys.modules, "httpcore", types.ModuleType("httpcore"))
    early = watch.is_patched()
    monkeypatch.setitem(sys.modules, "httpcore", real)
    with respx.mock:
        late = watch.is_patched()

    assert (False, True) == (early, late)


ASK = """
import sys
{alias}
from restkit.wire.patched import is_patched

asked = [is_patched(), "httpcore" in sys.modules]
import httpcore, respx
asked.append(is_patched())
with respx.mock:
    asked.append(is_patched())
print([*asked, is_patched()])
"""


@pytest.mark.parametrize("alias", ["", "import httpx2; httpx2.alias_httpx()"], ids=["httpx", "httpx2"])
def test_httpcore_is_not_imported(alias: str) -> None:
    """And is looked at once somebody else has imported it."""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", ASK.format(alias=alias)], capture_output=True, text=True, check=True
    )

    assert f"[False, {'httpx2' in alias}, False, True, False]\n" == done.stdout
