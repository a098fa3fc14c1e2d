"""Looking up a host's addresses: who does it, how long it may take, and what its failures become (F03, F04, F05)."""

from __future__ import annotations

import contextvars
import gc
import socket
import threading
from collections.abc import Callable, Iterable, Iterator

import httpx
import pytest
from typing_extensions import override

from restkit import ClientClosed, ConfigError, DNSError, ResourceError
from restkit.flow import Clock, Limit, Promise
from restkit.flow.deadline import MomentPassed
from restkit.wire import Stock
from restkit.wire.bound import Bound, bound
from restkit.wire.budget import Budget
from restkit.wire.resolve import is_literal, look_up, system
from tests.client.worlds import World
from tests.loopback import PATIENCE, Loopback
from tests.wire.conftest import Ticking, Wire, asked, at, descriptors, left_open

WHO = contextvars.ContextVar("WHO", default="nobody")


class Slow:
    """A resolver that answers when the test says so."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self, _host: str, _port: int) -> list[str]:
        """Find an address."""
        self.thread = threading.current_thread()
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        return ["127.0.0.1"]

    def end(self) -> None:
        """Let it answer, after all."""
        self.go_on.set()
        if self.begun.wait(PATIENCE) and self.thread is not None:
            self.thread.join(PATIENCE)


@pytest.fixture
def slow() -> Iterator[Slow]:
    """A slow resolver, which ends with the test."""
    made = Slow()
    yield made
    made.end()


def failing(error: BaseException) -> Callable[[str, int], Iterable[str]]:
    """A resolver that fails."""

    def resolve(_host: str, _port: int) -> Iterable[str]:
        raise error

    return resolve


def endless(stop: Promise[None] | None = None) -> Bound:
    """A timeout that only `stop` ends."""
    return bound(None, Limit(None, Clock(), stop))


def test_a_resolver_is_asked_once_for_a_connection(wire: Wire, server: Loopback) -> None:
    """With the host and the port; what it finds is called."""
    heard: list[tuple[str, int]] = []
    port = httpx.URL(server.url).port or 0

    def resolve(host: str, port: int) -> Iterable[str]:
        heard.append((host, port))
        return iter(["127.0.0.1"])

    stock = wire.stock(resolver=resolve)
    statuses = [wire.whole(stock, asked(f"http://api.test:{port}/echo")).status_code for _ in range(2)]

    assert ([200, 200], [("api.test", port)]) == (statuses, heard)


def test_an_address_is_not_looked_up(wire: Wire, server: Loopback) -> None:
    """It is one already."""
    stock = wire.stock(resolver=failing(ZeroDivisionError()))

    assert 200 == wire.whole(stock, asked(f"{server.url}/echo")).status_code


def test_the_system_knows_this_machine(wire: Wire, server: Loopback) -> None:
    """With nothing said, it is asked."""
    url = server.url.replace("127.0.0.1", "localhost")

    assert 200 == wire.whole(wire.stock(), asked(f"{url}/echo")).status_code


def test_a_resolver_sees_the_context_of_the_call(server: Loopback) -> None:
    """Though it runs in another thread."""
    seen: list[str] = []

    def resolve(_host: str, _port: int) -> list[str]:
        seen.append(WHO.get())
        return ["127.0.0.1"]

    with Stock(resolver=resolve) as stock:
        token = WHO.set("somebody")
        stock.handle_request(asked(server.url.replace("127.0.0.1", "api.test"))).close()
        WHO.reset(token)

    assert ["somebody"] == seen


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN], ids=["no such name", "not just now"])
def test_a_name_without_addresses(world: World, code: int) -> None:
    """The error's cause tells whether that will stay so."""
    stock = Stock(resolver=failing(socket.gaierror(code, "because")))
    client = world.client(base_url="http://api.test", transport=stock)

    with pytest.raises(DNSError, match="because") as caught:
        world(client.get("/"))
    causes = list(chain(caught.value))

    assert [code] == [each.errno for each in causes if isinstance(each, socket.gaierror)]


def chain(error: BaseException) -> Iterator[BaseException]:
    """What caused an error, and what caused that."""
    cause = error.__cause__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def test_a_resolver_that_finds_nothing(world: World) -> None:
    """It is as if it had said so."""
    client = world.client(base_url="http://api.test", transport=Stock(resolver=at()))

    with pytest.raises(DNSError, match="no address"):
        world(client.get("/"))


@pytest.mark.parametrize("found", ["localhost", "", "127.0.0.1:80", "[::1]", 7])
def test_a_resolver_that_finds_no_address(wire: Wire, found: str) -> None:
    """Nothing is looked up again: that would be another answer than the one that was vetted."""
    with pytest.raises(ConfigError, match="resolver found something that is no IP address"):
        _ = wire.send(wire.stock(resolver=at(found)), asked("http://api.test"))


def test_a_resolver_with_a_fault(wire: Wire) -> None:
    """It is shown."""
    with pytest.raises(ZeroDivisionError):
        _ = wire.send(wire.stock(resolver=failing(ZeroDivisionError())), asked("http://api.test"))


def test_a_slow_name_outlasts_no_connect_timeout(wire: Wire, slow: Slow) -> None:
    """A timeout for connecting bounds it, and its thread is left behind."""
    request = httpx.Request("GET", "http://api.test", extensions={"timeout": {"connect": 0.02}})

    with pytest.raises(httpx.ConnectTimeout):
        _ = wire.send(wire.stock(resolver=slow), request)

    assert slow.begun.wait(PATIENCE)


def test_a_slow_name_outlasts_no_call(wire: Wire, slow: Slow) -> None:
    """Nor its moment."""
    with pytest.raises(MomentPassed):
        _ = wire.send(wire.stock(resolver=slow), asked("http://api.test", None, 0.02))


def test_a_slow_name_is_called_off(wire: Wire, slow: Slow) -> None:
    """Nor its client."""
    stop: Promise[None] = Promise()
    keeper = threading.Thread(target=lambda: slow.begun.wait(PATIENCE) and stop.keep())
    keeper.start()

    with pytest.raises(ClientClosed):
        _ = wire.send(wire.stock(resolver=slow), asked("http://api.test", stop))
    keeper.join(PATIENCE)


def test_what_is_left_behind_opens_nothing(wire: Wire, slow: Slow, server: Loopback) -> None:
    """A name that is found too late is not called."""
    before = descriptors()
    url = server.url.replace("127.0.0.1", "api.test")
    request = httpx.Request("GET", url, extensions={"timeout": {"connect": 0.02}})
    with pytest.raises(httpx.ConnectTimeout):
        _ = wire.send(wire.stock(resolver=slow), request)

    slow.end()

    assert (0, 0) == (server.connections, left_open(before))


def test_looking_up_is_interrupted(slow: Slow) -> None:
    """By Ctrl-C, which travels on."""

    class Interrupting(Promise[None]):
        """A promise that is waited for when the user loses patience."""

        __slots__ = ()

        @override
        def enlist(self, wake: Callable[[], bool]) -> bool:
            """Lose it."""
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _ = look_up(slow, "api.test", 80, Budget(endless(Interrupting())))


@pytest.fixture
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that has no more threads to give."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)


@pytest.mark.usefixtures("_no_threads")
def test_a_name_cannot_be_looked_up_without_a_thread() -> None:
    """Whoever waits would have to do so without end."""
    with pytest.raises(ResourceError, match="no thread"):
        _ = look_up(at("127.0.0.1"), "api.test", 80, Budget(endless()))


@pytest.mark.usefixtures("_no_threads")
def test_a_name_is_looked_up_without_a_thread_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the interpreter ends there are no threads, and nobody is kept waiting."""
    over = threading.Thread()
    monkeypatch.setattr(threading, "main_thread", lambda: over)

    assert ["127.0.0.1"] == list(look_up(at("127.0.0.1"), "api.test", 80, Budget(endless())))


def test_a_failure_leaves_no_cycle() -> None:
    """Its error goes when nobody holds it any more."""
    _ = gc.collect()
    gc.disable()
    try:
        with pytest.raises(httpx.ConnectError):
            _ = look_up(failing(socket.gaierror(socket.EAI_AGAIN, "later")), "api.test", 80, Budget(endless()))
        caught = [each for each in gc.get_objects() if type(each) is httpx.ConnectError and "later" in str(each)]
    finally:
        gc.enable()

    assert len(caught) <= 1


def test_a_budget_is_spent_once() -> None:
    """What one step took, the next one has no more."""
    budget = Budget(bound(5.0, Limit(None, Clock(), None)))
    first, second = budget.left() or 0.0, budget.left() or 0.0

    assert 5.0 >= first > second


def test_a_budget_without_end() -> None:
    """Nothing bounds it."""
    assert Budget(endless()).left() is None


@pytest.mark.parametrize(
    ("timeout", "error"),
    [
        pytest.param(bound(0.0, Limit(None, Clock(), None)), httpx.ConnectTimeout, id="a step that took too long"),
        pytest.param(bound(None, Limit(1.5, Ticking(), None)), MomentPassed, id="a call that did"),
    ],
)
def test_a_budget_that_is_used_up(timeout: Bound, error: type[Exception]) -> None:
    """The error says which it was."""
    budget = Budget(timeout)

    with pytest.raises(error):
        _ = budget.left()


def test_a_label_that_is_too_long() -> None:
    """It is a name that does not exist, not a fault of Unicode."""
    with pytest.raises(socket.gaierror):
        _ = system("a" * 64 + ".invalid", 80)


def test_what_is_an_address() -> None:
    """And what would have to be looked up."""
    found = [is_literal(each) for each in ("127.0.0.1", "::1", "fe80::1%eth0", "127.1", "api.test", "")]

    assert [True, True, True, False, False, False] == found
